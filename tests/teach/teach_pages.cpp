// teach_pages FOLDER: for teach_pages.mjs, writes a page of a model of ten classes with what the model computes for 100
// digits, a page of a larger model, a report and a race. The digits are MNIST's where they are to be had, in the folder
// of the environment's XGRAD_DATA or in ~/.cache/xgrad/mnist, or else drawn here.

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <xgrad/core/xtensor.hpp>
#include <xgrad/teach/race.hpp>
#include <xgrad/teach/report.hpp>
#include <xgrad/teach/tape_page.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

namespace {

struct Digits {
  Tensor x, labels;
};

Tensor rows(const Tensor& x, std::size_t n) { return xt::view(x, xt::range(0, n)); }

// Lines from side to side: class k is at angle k.
Digits drawn(std::size_t n) {
  Rng rng(5);
  Digits digits{zeros({n, 784}), zeros({n})};
  for (std::size_t i = 0; i < n; ++i) {
    const double angle = static_cast<double>(i % 10) * 0.314;
    digits.labels(i) = static_cast<Real>(i % 10);
    for (int k = 0; k < 40; ++k) {
      const double at = k / 2.0 - 10, away = rng.uniform() - 0.5;
      const auto row = static_cast<std::size_t>(14 + at * std::sin(angle) + away);
      digits.x(i, 28 * row + static_cast<std::size_t>(14 + at * std::cos(angle))) = static_cast<Real>(rng.uniform());
    }
  }
  return digits;
}

Digits some_digits(std::size_t n) {
  const char *data = std::getenv("XGRAD_DATA"), *home = std::getenv("HOME");
  try {
    const std::string folder =
        data != nullptr ? data : std::string(home == nullptr ? "." : home) + "/.cache/xgrad/mnist";
    const LabelledImages images = load_mnist(folder, "t10k");
    const Tensor x = to_tensor(images), labels = to_tensor(images.labels);
    return {rows(x, n), rows(labels, n)};
  } catch (const std::exception&) {
    return drawn(n);
  }
}

struct Trained {
  Sequential model;
  History history;
};

Trained train(std::size_t units, const Digits& digits) {
  Trained t{Sequential{Dense(units, relu), Dense(10, relu), Dense(10, softmax)}, {}};
  if (units > 10) t.model = Sequential{Dense(units, relu), Dense(10, softmax)};
  t.model.seed(2);
  t.model.compile(Adam{}, "sparse_categorical_crossentropy", {"accuracy"});
  t.history = t.model.fit(digits.x, digits.labels, {.epochs = 5, .verbose = silent});
  return t;
}

// A page of a step on the first eight digits, with as many frames as mnist --explain writes.
void write_page(const std::string& path, Trained& t, const Digits& digits) {
  const Tensor x = rows(digits.x, 8), labels = rows(digits.labels, 8);
  Tape tape;
  const Var loss = sparse_categorical_crossentropy(labels, t.model(tape.borrow(x)));
  const std::vector<TapeFrame> frames(6, {0, t.model.get_weights().front()});
  write_tape_html(path, loss, {.history = &t.history, .frames = frames, .model = &t.model});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const std::string folder = argv[1];
  std::filesystem::create_directories(folder);
  const Digits digits = some_digits(1000);
  Trained small = train(10, digits), large = train(128, digits);
  write_page(folder + "/digits.html", small, digits);
  write_page(folder + "/large.html", large, digits);

  const Tensor some = rows(digits.x, 100);
  Tape tape;
  const Var p = small.model(tape.borrow(some));
  const Tensor& logits = *tape[tape[p.line()].inputs[0]].value;
  const nlohmann::json expected{{"x", std::vector<double>(some.begin(), some.end())},
                                {"logits", std::vector<double>(logits.begin(), logits.end())},
                                {"is_float", sizeof(Real) == 4}};
  std::ofstream(folder + "/digits.json") << expected;

  write_report(folder + "/report.html", small.model, small.history, digits.x, digits.labels);
  std::vector<std::pair<Surface, std::vector<Track>>> races;
  for (const Surface& surface : {rosenbrock(), ravine()}) races.emplace_back(surface, race(surface, runners(), 200));
  write_race_html(folder + "/race.html", races);
}
