// The floor: the workloads by hand, with raw loops and cblas_sgemm and no framework. Bytes are scaled as a batch is
// gathered while the next one is prefetched, transposes are flags of the product, bias and relu are one pass, softmax
// with its gradient another, and the optimiser is one pass over all weights at once. `--variant own` also replaces
// sgemm where a layer has few units (narrow.hpp), and then steps those weights while their gradient is in registers.
// bench_floor_onednn is the same program with oneDNN's sgemm. Two threads have half of each product, of each pass over
// much, and of the weights.

#include <cblas.h>
#include <sys/mman.h>

#include <bit>
#include <cstring>
#include <memory>

#include "common.hpp"
#include "halves.hpp"
#include "narrow.hpp"

extern "C" void openblas_set_num_threads(int threads);

namespace {

using bench::Rule;

// Aligned to a cache line, in huge pages if they fill one, and zero.
using Floats = std::unique_ptr<float[], decltype(&std::free)>;
Floats floats(std::size_t n) {
  constexpr std::size_t huge_page = 2 << 20;
  const std::size_t size = n * sizeof(float), alignment = size < huge_page ? 64 : huge_page;
  const std::size_t bytes = std::max(size + alignment - 1, alignment) / alignment * alignment;
  void* p = std::aligned_alloc(alignment, bytes);
  if (size >= huge_page) madvise(p, bytes, MADV_HUGEPAGE);
  std::memset(p, 0, bytes);
  return {static_cast<float*>(p), std::free};
}

// What happens to n weights w with gradients g; s and t are the optimiser's memory.
struct Update {
  Rule rule;
  float alpha = 0;

  // Adam's corrections in step t are in the step size.
  void start(std::size_t t) {
    const double x = static_cast<double>(t);
    if (rule == Rule::adam)
      alpha = static_cast<float>(0.001 * std::sqrt(1 - std::pow(0.999, x)) / (1 - std::pow(0.9, x)));
    else
      alpha = rule == Rule::rmsprop ? 0.001f : 0.01f;
  }

  [[gnu::always_inline]] inline void operator()(float* __restrict w, const float* __restrict g, float* __restrict s,
                                                float* __restrict t, std::size_t n) const {
    const float a = alpha;
    switch (rule) {
      case Rule::sgd:
        for (std::size_t i = 0; i < n; ++i) w[i] -= a * g[i];
        break;
      case Rule::momentum:
        for (std::size_t i = 0; i < n; ++i) {
          s[i] = 0.9f * s[i] - a * g[i];
          w[i] += s[i];
        }
        break;
      case Rule::rmsprop:
        for (std::size_t i = 0; i < n; ++i) {
          s[i] = 0.9f * s[i] + 0.1f * (g[i] * g[i]);
          w[i] -= a * g[i] / std::sqrt(s[i] + float(bench::rmsprop_epsilon));
        }
        break;
      case Rule::adam:
        for (std::size_t i = 0; i < n; ++i) {
          s[i] += (g[i] - s[i]) * 0.1f;
          t[i] += (g[i] * g[i] - t[i]) * 0.001f;
          w[i] -= a * s[i] / (std::sqrt(t[i]) + float(bench::adam_epsilon));
        }
    }
  }
};

// e^x for x <= 0, without a branch or a call: 2^n times a polynomial for the rest, |r| <= log(2) / 2.
inline float exponential(float x) {
  x = x < -87.f ? -87.f : x;
  const float shifted = x * 1.44269504f + 12582912.f, n = shifted - 12582912.f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1 / 5040.f;
  for (const float c : {1 / 720.f, 1 / 120.f, 1 / 24.f, 1 / 6.f, 1 / 2.f, 1.f, 1.f}) p = p * r + c;
  return p * std::bit_cast<float>((std::bit_cast<std::int32_t>(shifted) - 0x4b400000 + 127) << 23);
}

struct Layer {
  std::size_t in, out, x_stride, y_stride;  // a narrow layer's rows begin at multiples of 16
  std::size_t at;                           // of the kernel among all weights, the bias after it
  bool narrow;
  Floats y, delta;  // its output, and the gradient of the loss by its output before the relu
};

class Net {
 public:
  Net(const bench::Workload& work, bool own, int threads, bench::Random& random)
      : halves_(threads), update_{work.rule} {
    std::vector<std::vector<float>> kernels;
    std::size_t in = 784, stride = 784;
    for (const std::size_t out : work.layers) {
      const bool narrow = own && out % narrow::columns == 0 && out <= 16;
      const std::size_t y_stride = own && out <= 16 ? 16 : out, at = size_;
      layers_.push_back(
          {in, out, stride, y_stride, at, narrow, floats(work.batch * y_stride), floats(work.batch * y_stride)});
      size_ += (stride * out + y_stride + 15) / 16 * 16;
      kernels.push_back(random.glorot(in, out));
      in = out;
      stride = y_stride;
    }
    for (Floats* all : {&w_, &g_, &s_, &t_}) *all = floats(size_);
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      const Layer& d = layers_[l];
      for (std::size_t i = 0; i < d.in; ++i)
        for (std::size_t j = 0; j < d.out; ++j)
          w_[d.at + (d.narrow ? j * d.x_stride + i : i * d.out + j)] = kernels[l][i * d.out + j];
    }
  }

  // One step on a batch of n rows; returns their mean loss.
  double step(const float* x, const std::uint8_t* labels, std::size_t n) {
    const float* input = x;
    for (Layer& d : layers_) {
      forward(d, input, n);
      input = d.y.get();
    }
    const double loss = cross_entropy(layers_.back(), labels, n);

    update_.start(++t_steps_);
    for (std::size_t l = layers_.size(); l-- > 0;) {
      const Layer& d = layers_[l];
      Layer* const below = l == 0 ? nullptr : &layers_[l - 1];
      if (below != nullptr) input_gradient(d, *below, n);
      kernel_gradient(d, below == nullptr ? x : below->y.get(), n);
      float* const bias = g_.get() + d.at + d.x_stride * d.out;
      std::fill_n(bias, d.out, 0.f);
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < d.out; ++j) bias[j] += d.delta[i * d.y_stride + j];
      if (d.narrow) step_weights(d.at + d.x_stride * d.out, d.y_stride);
    }
    for (std::size_t l = 0; l < layers_.size(); ++l)
      if (!layers_[l].narrow) step_weights(layers_[l].at, layers_[l].x_stride * layers_[l].out + layers_[l].y_stride);
    return loss;
  }

 private:
  void step_weights(std::size_t at, std::size_t n) {
    each(n, [&](std::size_t first, std::size_t last) {
      const std::size_t i = at + first;
      update_(&w_[i], &g_[i], &s_[i], &t_[i], last - first);
    });
  }

  // f(first, last) for n numbers.
  template <class F>
  void each(std::size_t n, F f) {
    halves_.share(n, n >= 1 << 16, f);
  }

  void forward(Layer& d, const float* x, std::size_t n) {
    const float* const w = w_.get() + d.at;
    const float* const bias = w + d.x_stride * d.out;
    float* const y = d.y.get();
    if (d.narrow) {
      narrow::forward(x, w, y, n, d.x_stride, d.out);
    } else {
      halves_.product(CblasNoTrans, CblasNoTrans, n, d.out, d.in, x, d.x_stride, w, d.out, bias, y, d.y_stride);
    }
    const bool last = &d == &layers_.back();
    if (d.narrow)
      for (std::size_t i = 0; i < n; ++i)
        for (std::size_t j = 0; j < d.out; ++j) {
          const float z = y[i * d.y_stride + j] + bias[j];
          y[i * d.y_stride + j] = z > 0 || last ? z : 0;
        }
    else if (!last)
      each(n * d.y_stride, [&](std::size_t first, std::size_t end) {
        for (std::size_t i = first; i < end; ++i) y[i] = y[i] > 0 ? y[i] : 0;
      });
  }

  // From the logits: the loss, and as delta its gradient, (softmax - onehot) / n.
  double cross_entropy(Layer& d, const std::uint8_t* labels, std::size_t n) {
    const std::size_t k = d.out, stride = d.y_stride;
    float* const e = d.delta.get();
    double loss = 0;
    for (std::size_t i = 0; i < n; ++i) {
      const float* const z = &d.y[i * stride];
      const float largest = *std::max_element(z, z + k);
      for (std::size_t j = 0; j < k; ++j) e[i * stride + j] = z[j] - largest;
      loss -= e[i * stride + labels[i]];
    }
    for (std::size_t i = 0; i < n * stride; ++i) e[i] = exponential(e[i]);
    for (std::size_t i = 0; i < n; ++i) {
      float total = 0;
      for (std::size_t j = 0; j < k; ++j) total += e[i * stride + j];
      loss += std::log(total);
      const float scale = 1 / (total * static_cast<float>(n));
      for (std::size_t j = 0; j < k; ++j) e[i * stride + j] *= scale;
      e[i * stride + labels[i]] -= 1 / static_cast<float>(n);
      for (std::size_t j = k; j < stride; ++j) e[i * stride + j] = 0;
    }
    return loss / static_cast<double>(n);
  }

  // delta below = delta w^T where the relu below let through.
  void input_gradient(const Layer& d, Layer& below, std::size_t n) {
    const float* const w = w_.get() + d.at;
    float* const dx = below.delta.get();
    if (d.narrow)
      narrow::input_gradient(d.delta.get(), w, dx, n, d.x_stride, d.out);
    else
      halves_.product(CblasNoTrans, CblasTrans, n, d.in, d.out, d.delta.get(), d.y_stride, w, d.out, nullptr, dx,
                      d.x_stride);
    each(n * below.y_stride, [&, y = below.y.get()](std::size_t first, std::size_t last) {
      for (std::size_t i = first; i < last; ++i) dx[i] = y[i] > 0 ? dx[i] : 0;
    });
  }

  void kernel_gradient(const Layer& d, const float* x, std::size_t n) {
    if (d.narrow)
      narrow::step_kernel(x, d.delta.get(), n, d.x_stride, d.out, [&](std::size_t at, const float* g, std::size_t m) {
        at += d.at;
        update_(&w_[at], g, &s_[at], &t_[at], m);
      });
    else
      halves_.product(CblasTrans, CblasNoTrans, d.in, d.out, n, x, d.x_stride, d.delta.get(), d.y_stride, nullptr,
                      &g_[d.at], d.out);
  }

  Halves halves_;
  Update update_;
  std::vector<Layer> layers_;
  std::size_t size_ = 0, t_steps_ = 0;
  Floats w_ = floats(0), g_ = floats(0), s_ = floats(0), t_ = floats(0);
};

void train_mnist(const bench::Arguments& a, bench::Report& report) {
  const bench::Mnist mnist(a.data);
  bench::Random random(a.seed);
  Net net(a.work, bench::is_variant(a, "own"), a.threads, random);
  bench::Order order(random, mnist.labels.size(), a.work.batch);
  const Floats x = floats(a.work.batch * 784);
  std::vector<std::uint8_t> labels(a.work.batch);
  const std::size_t ahead = std::max<std::size_t>(a.work.batch, 4);  // rows that are asked for before their turn
  while (report.more()) {
    order.next();
    const std::size_t n = order.size(), known = n + order.left();
    for (std::size_t i = 0; i < n; ++i) {
      if (i + ahead < known)
        for (std::size_t k = 0; k < 784; k += 64)
          __builtin_prefetch(&mnist.pixels[order.samples()[i + ahead] * std::size_t{784} + k]);
      const std::uint8_t* const pixels = &mnist.pixels[order.samples()[i] * std::size_t{784}];
      float* const row = &x[i * 784];
      for (std::size_t k = 0; k < 784; ++k) row[k] = static_cast<float>(pixels[k]) * (1 / 255.f);
      labels[i] = mnist.labels[order.samples()[i]];
    }
    const double loss = net.step(x.get(), labels.data(), n);
    if (report.wanted()) report.loss(loss);
  }
}

void fit_line(const bench::Arguments& a, bench::Report& report) {
  bench::Random random(a.seed);
  const bench::Line line(random);
  const float *const x = line.x.data(), *const y = line.y.data();
  float w = line.w, b = line.b;
  while (report.more()) {
    float square[8] = {}, product[8] = {}, error[8] = {};  // sums of e^2, e x and e, in lanes
    const auto add = [&](std::size_t i, std::size_t lane) {
      const float e = w * x[i] + b - y[i];
      square[lane] += e * e;
      product[lane] += e * x[i];
      error[lane] += e;
    };
    for (std::size_t i = 0; i < 96; i += 8)
      for (std::size_t lane = 0; lane < 8; ++lane) add(i + lane, lane);
    for (std::size_t i = 96; i < 100; ++i) add(i, i - 96);
    const auto sum = [](const float(&lanes)[8]) { return std::accumulate(lanes, lanes + 8, 0.f); };
    const float loss = sum(square) / 100;
    w -= 0.01f * (sum(product) * 2 / 100);
    b -= 0.01f * (sum(error) * 2 / 100);
    if (report.wanted()) report.loss(loss);
  }
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Arguments& a, bench::Report& report) {
    flush_denormals();
    openblas_set_num_threads(1);
    a.work.layers.empty() ? fit_line(a, report) : train_mnist(a, report);
  });
}
