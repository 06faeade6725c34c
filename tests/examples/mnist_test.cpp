// The MNIST program as its users meet it: a process with arguments, two streams and an exit code.

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include <xgrad/nn/parts/activation.hpp>

#include "support.hpp"

using namespace xgrad;
namespace fs = std::filesystem;

namespace {

std::string shell_output(const std::string& command, int& exit_code) {
  FILE* pipe = popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) output.append(buffer.data(), n);
  exit_code = WEXITSTATUS(pclose(pipe));
  return output;
}

// Runs the program; gives its standard output, or its standard error where it is to fail.
std::string run_mnist(const std::string& arguments, int expected_exit_code) {
  int exit_code = 0;
  const char* const streams = expected_exit_code == 0 ? " 2>/dev/null" : " 2>&1 >/dev/null";
  const std::string output = shell_output("'" XGRAD_MNIST "' " + arguments + streams, exit_code);
  CAPTURE(output);
  CHECK(exit_code == expected_exit_code);
  return output;
}

// A folder with a data set in MNIST's form: bright rows in the image say what the label is.
class Digits {
 public:
  explicit Digits(std::uint32_t images = 200, std::uint8_t classes = 10) {
    fs::create_directories(folder_);
    for (const char* split : {"train", "t10k"}) {
      std::string pixels, labels;
      for (std::uint32_t i = 0; i < images; ++i) {
        const std::uint8_t label = static_cast<std::uint8_t>(i % classes);
        for (int k = 0; k < 784; ++k) pixels += static_cast<char>(k / 56 == label ? 255 - i % 50 : i * 7 % 30);
        labels += static_cast<char>(label);
      }
      write(std::string(split) + "-images-idx3-ubyte", header(3, {images, 28, 28}) + pixels);
      write(std::string(split) + "-labels-idx1-ubyte", header(1, {images}) + labels);
    }
  }
  ~Digits() { fs::remove_all(folder_); }

  std::string path(const std::string& name = "") const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }

  // What the program prints on standard output when it runs on this folder and succeeds.
  std::string run(const std::string& arguments) const { return run_mnist("--data " + path() + " " + arguments, 0); }

  // What it prints on standard error when it fails with this exit code.
  std::string fail(const std::string& arguments, int exit_code) const {
    return run_mnist("--data " + path() + " " + arguments, exit_code);
  }

 private:
  static std::string header(int rank, std::initializer_list<std::uint32_t> extents) {
    std::string bytes{0, 0, 8, static_cast<char>(rank)};
    for (const std::uint32_t n : extents)
      for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(n >> shift);
    return bytes;
  }

  static inline int count_ = 0;
  fs::path folder_ =
      fs::temp_directory_path() / ("xgrad_mnist_test_" + std::to_string(getpid()) + "_" + std::to_string(++count_));
};

nlohmann::json without_seconds(const std::string& path) {
  nlohmann::json report = nlohmann::json::parse(std::ifstream(path));
  for (auto& epoch : report["epochs"]) epoch.erase("seconds");
  return report;
}

bool one_line(const std::string& s) { return !s.empty() && s.find('\n') == s.size() - 1; }

}  // namespace

TEST_CASE("mnist prints an epoch's line in Keras's form and the test result last") {
  const Digits digits;
  const std::string output = digits.run("--epochs 12 --batch-size 8");
  CHECK(output.find("Epoch 1/12\n25/25 ━━━━━━━━━━━━━━━━━━━━ ") == 0);
  CHECK(output.find("\r") == std::string::npos);
  const std::size_t last = output.rfind("test loss ");
  REQUIRE(last != std::string::npos);
  float loss = 9, accuracy = 0;
  CHECK(std::sscanf(output.c_str() + last, "test loss %f - test accuracy %f\n", &loss, &accuracy) == 2);
  CHECK(accuracy > 0.9);
  CHECK(one_line(output.substr(last)));
}

TEST_CASE("the same seed gives the same report, bit for bit, weights included") {
  const Digits digits;
  const std::string arguments = "--quiet --epochs 2 --layers 16,8 --dropout 0.25 --seed 7 --json ";
  CHECK(one_line(digits.run(arguments + digits.path("a.json"))));
  digits.run(arguments + digits.path("b.json"));
  digits.run("--quiet --epochs 2 --layers 16,8 --dropout 0.25 --seed 8 --json " + digits.path("c.json"));
  const nlohmann::json a = without_seconds(digits.path("a.json"));
  CHECK(a == without_seconds(digits.path("b.json")));
  CHECK(a["weights"] != without_seconds(digits.path("c.json"))["weights"]);

  CHECK(a["configuration"]["layers"] == nlohmann::json{16, 8});
  CHECK(a["configuration"]["optimizer"] == "adam");
  CHECK(a["configuration"]["learning_rate"].get<double>() == doctest::Approx(1e-3));
  CHECK(a["epochs"].size() == 2);
  CHECK(a["epochs"][1]["loss"].is_number());
  CHECK(a["epochs"][1]["accuracy"].is_number());
  CHECK(a["test"]["accuracy"].is_number());
  CHECK(a["weights"]["dense_2/kernel"]["shape"] == nlohmann::json{8, 10});
  CHECK(a["weights"]["dense_2/kernel"]["values"].size() == 80);
}

TEST_CASE("--explain writes a page, and leaves every weight as it would be without") {
  const Digits digits;
  const std::string arguments = "--quiet --epochs 2 --json ";
  digits.run(arguments + digits.path("a.json"));
  digits.run(arguments + digits.path("b.json") + " --explain " + digits.path("page.html"));
  CHECK(without_seconds(digits.path("a.json")) == without_seconds(digits.path("b.json")));
  std::ifstream file(digits.path("page.html"));
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  const std::string begin = "id=\"tape\">";
  const std::size_t at = page.find(begin) + begin.size();
  const nlohmann::json data = nlohmann::json::parse(page.substr(at, page.find("</script>", at) - at));
  REQUIRE(data["lines"].size() == 15);
  CHECK(data["lines"][4]["name"] == "z1");
  CHECK(data["lines"][4]["shape"] == nlohmann::json{8, 10});
  CHECK(data["lines"][14]["name"] == "L");
  CHECK(data["frames"].size() == 3);
  CHECK(data["frames"][2]["step"] == 14);  // 7 steps an epoch: 200 images in batches of 32
  CHECK(data["gradient_norms"]["dense_2/kernel"].size() == 2);
  CHECK(data["gradient_norms"]["dense_2/kernel"][0].get<double>() > 0);
  CHECK(data["history"]["accuracy"].size() == 2);
  CHECK(data["model"].size() == 3);
}

TEST_CASE("every optimiser and activation trains by its name") {
  const Digits digits;
  for (const char* arguments :
       {"--optimizer sgd --learning-rate 0.1", "--optimizer momentum --learning-rate 0.05", "--optimizer rmsprop",
        "--activation tanh", "--activation sigmoid --layers 32 --learning-rate 0.01"}) {
    CAPTURE(arguments);
    const std::string output = digits.run(std::string("--quiet --epochs 20 --batch-size 8 ") + arguments);
    float loss = 9, accuracy = 0;
    std::sscanf(output.c_str(), "test loss %f - test accuracy %f", &loss, &accuracy);
    CHECK(accuracy > 0.8);
  }
}

TEST_CASE("--limit trains on the first images only") {
  const Digits digits;
  CHECK(digits.run("--limit 20 --epochs 1 --batch-size 8").find("3/3 ") == 0);
}

TEST_CASE("bad arguments are one line that says what to do, and exit code 2") {
  const Digits digits;
  const std::vector<std::pair<const char*, const char*>> cases{
      {"--optimizer adamm", "--optimizer: adamm not in {sgd,momentum,rmsprop,adam}"},
      {"--optimiser adam", "not expected: "},
      {"--layers 10,x", "--layers: it takes numbers above 0, not x"},
      {"--layers 0", "--layers"},
      {"--dropout 2", "--dropout: it takes 0 to 1, not 2"},
      {"--epochs 0", "--epochs: it takes numbers above 0, not 0"},
      {"--batch-size -3", "--batch-size: it takes numbers above 0, not -3"},
      {"--learning-rate 0", "--learning-rate: it takes numbers above 0, not 0"},
      {"--learning-rate inf", "--learning-rate: it takes numbers above 0, not inf"},
      {"--threads 0", "--threads: it takes numbers above 0, not 0"},
      {"--seed x", "--seed"}};
  for (const auto& [arguments, message] : cases) {
    const std::string error = digits.fail(arguments, 2);
    CHECK(one_line(error));
    CHECK(error.find("mnist: ") == 0);
    CHECK_MESSAGE(error.find(message) != std::string::npos, error);
    CHECK(error.find("--optimizer") != std::string::npos);  // the valid ones are listed
  }
}

TEST_CASE("an unknown activation lists the names") {
  const std::string error = Digits().fail("--activation rleu", 1);
  CHECK(error == "mnist: activation: there is no \"rleu\"; the names are " + listed(activations()) + "\n");
}

TEST_CASE("a folder without the files is named, with every name tried") {
  const std::string error = run_mnist("--data /nonexistent/folder", 1);
  CHECK(one_line(error));
  CHECK(error.find("/nonexistent/folder") != std::string::npos);
  const Digits digits;
  fs::remove(digits.path("t10k-labels-idx1-ubyte"));
  const std::string names = digits.fail("", 1);
  CHECK(one_line(names));
  for (const char* name :
       {"t10k-labels-idx1-ubyte", "t10k-labels.idx1-ubyte", "t10k-labels-idx1-ubyte.gz", "t10k-labels.idx1-ubyte.gz"})
    CHECK_MESSAGE(names.find(name) != std::string::npos, names);
}

TEST_CASE("damaged data is one line that names the file, and exit code 1") {
  Digits digits;
  const std::string good = digits.path("train-labels-idx1-ubyte");
  digits.write("train-labels-idx1-ubyte", std::string("\0\0\x8\x1\0\0\0\xc8", 8) + "too short");
  std::string error = digits.fail("", 1);
  CHECK(one_line(error));
  CHECK(error.find(good) != std::string::npos);
  digits.write("train-labels-idx1-ubyte", std::string("\0\0\x8\x1\0\0\0\xc8", 8) + std::string(199, '\1') + '\xa');
  error = digits.fail("", 1);
  CHECK(one_line(error));
  CHECK_MESSAGE(error.find("10") != std::string::npos, error);
}

TEST_CASE("a loss that is not finite stops the run with its epoch and step") {
  const std::string huge = sizeof(Real) == sizeof(float) ? "1e38" : "1e300";
  const std::string error = Digits().fail("--quiet --optimizer sgd --learning-rate " + huge, 1);
  CHECK(one_line(error));
  CHECK_MESSAGE(error.find("in epoch 1, step ") != std::string::npos, error);
  const std::string last = Digits().fail("--quiet --limit 32 --epochs 1 --optimizer sgd --learning-rate " + huge, 1);
  CHECK_MESSAGE(last.find("the loss on the test images is ") != std::string::npos, last);
}

TEST_CASE("a report that cannot be written is an error") {
  const std::string error = Digits().fail("--quiet --epochs 1 --json /nonexistent/report.json", 1);
  CHECK(error == "mnist: cannot write /nonexistent/report.json: No such file or directory\n");
}
