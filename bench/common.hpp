#pragma once

// What the benchmark programs in C++ share, and none of them is measured by: workloads, command line, random numbers,
// MNIST's files, the clock, and the line of JSON at the end. common.py is the same for the programs in Python.

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <numeric>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

enum class Rule { sgd, momentum, rmsprop, adam };

/// A network of Dense layers on MNIST, relu between them and softmax with cross-entropy at the end; without layers, L.
struct Workload {
  char name;
  std::vector<std::size_t> layers;
  Rule rule;
  std::size_t batch, steps;
};

// Learning rates: 0.001 for Adam and RMSprop, 0.01 for the others. Momentum 0.9, rho 0.9, beta_1 0.9, beta_2 0.999.
// Keras adds epsilon to the uncorrected root in Adam and within the root in RMSprop, PyTorch adds it to the corrected
// root and beside it: with these both forms agree, up to rounding.
constexpr double adam_epsilon = 1e-10, rmsprop_epsilon = 1e-16;

inline Workload workload(std::string_view name) {
  const Workload all[] = {
      {'S', {10, 10, 10}, Rule::adam, 32, 20000},      {'Q', {128, 10}, Rule::adam, 32, 5000},
      {'K', {512, 512, 10}, Rule::rmsprop, 128, 1000}, {'G', {2048, 2048, 2048, 10}, Rule::momentum, 256, 200},
      {'T', {10, 10, 10}, Rule::sgd, 1, 20000},        {'L', {}, Rule::sgd, 100, 1000}};
  for (const Workload& w : all)
    if (name.size() == 1 && w.name == name[0]) return w;
  throw std::runtime_error("--workload takes S, Q, K, G, T or L");
}

struct Arguments {
  Workload work;
  int threads = 1;
  std::size_t steps = 0;
  std::uint32_t seed = 1;
  std::string data = ".", variant;
  std::int64_t started = 0;  // when the driver started this process, in ns of the monotonic clock
};

/// Whether it is the variant of that name, which is the only one.
inline bool is_variant(const Arguments& a, std::string_view name) {
  if (!a.variant.empty() && a.variant != name) throw std::runtime_error("there is no variant " + a.variant);
  return a.variant == name;
}

inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// --workload S [--threads N] [--steps N] [--batch N] [--data DIR] [--seed N] [--variant NAME] [--started NS]
inline Arguments arguments(int argc, char** argv) {
  Arguments a;
  a.started = now_ns();
  std::size_t batch = 0;
  if (argc % 2 == 0) throw std::runtime_error("every option takes a value");
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view option = argv[i];
    const char* const value = argv[i + 1];
    if (option == "--workload")
      a.work = workload(value);
    else if (option == "--threads")
      a.threads = std::atoi(value);
    else if (option == "--steps")
      a.steps = std::strtoul(value, nullptr, 10);
    else if (option == "--batch")
      batch = std::strtoul(value, nullptr, 10);
    else if (option == "--data")
      a.data = value;
    else if (option == "--seed")
      a.seed = static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
    else if (option == "--variant")
      a.variant = value;
    else if (option == "--started")
      a.started = std::strtoll(value, nullptr, 10);
    else
      throw std::runtime_error("there is no option " + std::string(option));
  }
  if (a.work.batch == 0) throw std::runtime_error("--workload is missing");
  if (a.steps == 0) a.steps = a.work.steps;
  if (batch > 0) a.work.batch = batch;
  return a;
}

/// np.random.RandomState(seed): uniform(low, high), randn() and shuffle() draw the same numbers.
class Random {
 public:
  explicit Random(std::uint32_t seed) : engine_(seed) {}

  double uniform(double low = 0, double high = 1) {
    const std::uint32_t a = bits() >> 5, b = bits() >> 6;
    return low + (high - low) * ((a * 67108864.0 + b) / 9007199254740992.0);
  }

  double normal() {
    if (std::exchange(has_spare_, false)) return spare_;
    double x, y, r2;
    do {
      x = 2 * uniform() - 1;
      y = 2 * uniform() - 1;
      r2 = x * x + y * y;
    } while (r2 >= 1 || r2 == 0);
    const double scale = std::sqrt(-2 * std::log(r2) / r2);
    spare_ = x * scale;
    has_spare_ = true;
    return y * scale;
  }

  void shuffle(std::vector<std::uint32_t>& numbers) {
    for (std::uint32_t last = static_cast<std::uint32_t>(numbers.size()); last-- > 1;) {
      std::uint32_t mask = last, x;
      for (int shift = 1; shift < 32; shift *= 2) mask |= mask >> shift;
      do x = bits() & mask;
      while (x > last);
      std::swap(numbers[last], numbers[x]);
    }
  }

  /// A Dense kernel, in rows by out columns, as Keras draws it: uniform within sqrt(6 / (in + out)). Biases are zero.
  std::vector<float> glorot(std::size_t in, std::size_t out) {
    const double limit = std::sqrt(6.0 / static_cast<double>(in + out));
    std::vector<float> kernel(in * out);
    for (float& x : kernel) x = static_cast<float>(uniform(-limit, limit));
    return kernel;
  }

 private:
  std::uint32_t bits() { return static_cast<std::uint32_t>(engine_()); }

  std::mt19937 engine_;
  double spare_ = 0;
  bool has_spare_ = false;
};

/// L's data: 100 points around y = 4 + 3 x, and where the line y = w x + b begins.
struct Line {
  std::vector<float> x, y;
  float w, b;

  explicit Line(Random& random) {
    std::vector<double> points(100);
    for (double& p : points) x.push_back(static_cast<float>(p = random.uniform(0, 2)));
    for (const double p : points) y.push_back(static_cast<float>(4 + 3 * p + random.normal()));
    w = static_cast<float>(random.normal());
    b = static_cast<float>(random.normal());
  }
};

/// The training images, 60,000 rows of 784 bytes, and their labels.
struct Mnist {
  std::vector<std::uint8_t> pixels, labels;

  explicit Mnist(const std::string& folder)
      : pixels(body(folder + "/train-images-idx3-ubyte", 16)), labels(body(folder + "/train-labels-idx1-ubyte", 8)) {
    if (labels.empty() || pixels.size() != labels.size() * 784)
      throw std::runtime_error("the files in " + folder + " are not MNIST's, unpacked");
  }

 private:
  static std::vector<std::uint8_t> body(const std::string& path, std::size_t header) {
    std::ifstream file(path, std::ios::binary | std::ios::ate);
    if (!file) throw std::runtime_error("cannot read " + path);
    std::vector<std::uint8_t> bytes;
    const std::size_t size = static_cast<std::size_t>(file.tellg()) - header;
    bytes.reserve(size);
    constexpr std::size_t page = 4096;  // those that are whole ask for huge ones, on which rows are found faster
    void* first = bytes.data();
    std::size_t room = size;
    if (std::align(page, page, first, room)) madvise(first, room / page * page, MADV_HUGEPAGE);
    bytes.resize(size);
    file.seekg(static_cast<std::streamoff>(header));
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return bytes;
  }
};

/// Which samples the next batch has. Every epoch shuffles the order of the one before; its last batch may be smaller.
class Order {
 public:
  Order(Random& random, std::size_t samples, std::size_t batch) : random_(random), batch_(batch), order_(samples) {
    std::iota(order_.begin(), order_.end(), 0u);
    begin_ = end_ = samples;
  }

  void next() {
    if (end_ == order_.size()) {
      random_.shuffle(order_);
      end_ = 0;
    }
    begin_ = end_;
    end_ = std::min(begin_ + batch_, order_.size());
  }
  std::size_t size() const { return end_ - begin_; }
  const std::uint32_t* samples() const { return order_.data() + begin_; }
  std::size_t left() const { return order_.size() - end_; }  // after this batch, at samples() + size()

 private:
  Random& random_;
  std::size_t batch_, begin_, end_;
  std::vector<std::uint32_t> order_;
};

/// The most memory that this program had at a time. getrusage() would count what the driver had before it became this.
inline double peak_rss_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kb = 0; word == "VmHWM:" && status >> kb) return kb / 1000;
  return 0;
}

/// Counts the steps, takes the time of ten chunks of them, keeps the losses of some, and prints it all.
class Report {
 public:
  explicit Report(const Arguments& arguments) : a_(arguments), chunk_(std::max<std::size_t>(1, a_.steps / 10)) {}

  /// Whether there is another step; it is called before each. The first allocates, and is in no chunk.
  bool more() {
    if (done_ > 0 && (done_ - 1) % chunk_ == 0) {
      times_.push_back(now_ns());
      cpu_.push_back(std::clock());
    }
    return done_++ < a_.steps + 1;
  }

  /// Whether this step's loss is compared with that of the others.
  bool wanted() const { return done_ == 1 || done_ == 10 || done_ == 100 || done_ == 300; }
  void loss(double value) { losses_.emplace_back(done_, value); }

  /// Whether this was the last of those steps, and of all.
  bool compared() const { return done_ >= 300; }
  bool done() const { return done_ > a_.steps + 1; }

  /// One line of JSON.
  void print() const {
    std::vector<double> rates;
    const double cpu_us = static_cast<double>(cpu_.back() - cpu_.front()) * 1e6 / CLOCKS_PER_SEC;
    for (std::size_t k = 1; k < times_.size(); ++k)
      rates.push_back(static_cast<double>(chunk_) * 1e9 / static_cast<double>(times_[k] - times_[k - 1]));
    std::sort(rates.begin(), rates.end());
    std::printf(
        "{\"workload\": \"%c\", \"steps\": %zu, \"threads\": %d, \"batch\": %zu, \"steps_per_second\": {\"median\": "
        "%.2f, \"min\": %.2f, \"max\": %.2f}, \"cpu_us_per_step\": %.3f, \"seconds_to_first_step\": %.4f, "
        "\"peak_rss_mb\": %.1f, \"losses\": {",
        a_.work.name, a_.steps, a_.threads, a_.work.batch, rates[rates.size() / 2], rates.front(), rates.back(),
        cpu_us / static_cast<double>((cpu_.size() - 1) * chunk_),
        static_cast<double>(times_.front() - a_.started) * 1e-9, peak_rss_mb());
    for (std::size_t k = 0; k < losses_.size(); ++k)
      std::printf("%s\"%zu\": %.9g", k == 0 ? "" : ", ", losses_[k].first, losses_[k].second);
    std::printf("}}\n");
  }

 private:
  Arguments a_;
  std::size_t chunk_, done_ = 0;
  std::vector<std::int64_t> times_;
  std::vector<std::clock_t> cpu_;  // of all threads
  std::vector<std::pair<std::size_t, double>> losses_;
};

/// Runs a benchmark, and says what is wrong with its arguments or its data.
template <class Run>
int run(int argc, char** argv, Run benchmark) {
  try {
    const Arguments a = arguments(argc, argv);
    Report report(a);
    benchmark(a, report);
    report.print();
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s: %s\n", argv[0], error.what());
    return 1;
  }
}

}  // namespace bench
