// Two inputs, two outputs, and one tower that both inputs go through: its weights are learnt from both. Such a module
// is called with what it likes, and compiled with an objective, which says what the loss of a batch is.

#include "common.hpp"

using namespace xgrad;

/// Whether two curves are the same but for noise, and how far apart their frequencies are.
struct Towers {
  static constexpr const char* kind = "two_towers";
  Sequential tower{Dense(16, tanh), Dense(4)};
  Dense same{1, sigmoid}, distance{1};

  void fields(Fields& f) { f("tower", tower)("same", same)("distance", distance); }
  std::pair<Var, Var> operator()(Var left, Var right, const Context& context) {
    const Var a = tower(left, context), b = tower(right, context);
    const Var apart = square(a - b);
    return {same(apart, context), distance(apart, context)};
  }
};

const auto loss = [](Towers& net, Tape& tape, const Batch& batch, const Context& context) {
  const auto [same, distance] = net(tape.borrow(batch.input(0)), tape.borrow(batch.input(1)), context);
  return binary_crossentropy(batch.target(0), same) + mean_squared_error(batch.target(1), distance);
};

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor left = zeros({60, 8}), right = zeros({60, 8}), same = zeros({60, 1}), distance = zeros({60, 1});
  for (std::size_t i = 0; i < 60; ++i) {
    const double f = 1 + double(i % 5), g = i % 2 == 0 ? f : 1 + double(i % 3);
    same(i, 0) = f == g;
    distance(i, 0) = Real(std::abs(f - g));
    for (std::size_t k = 0; k < 8; ++k) {
      left(i, k) = Real(std::sin(f * double(k) / 4));
      right(i, k) = Real(std::sin(g * double(k) / 4) + 0.05 * std::cos(double(i * k)));
    }
  }
  const Samples data({&left, &right}, {&same, &distance});

  Model model = command.resumes() ? Model::load<Towers>(command.file) : Model{Towers{}};
  model.compile(Adam{.learning_rate = 0.03}, loss);
  if (command.resumes()) {
    model.restore(command.file);  // no file holds an objective: once it is compiled again, the optimizer's state
  } else {
    model.seed(1);
    const History history = model.fit(data, {.epochs = 30, .verbose = silent});
    print_paths("learnt", model.parameters());
    std::printf("after 30 epochs: loss %.3g\n", history["loss"].back());
  }
  if (command.saves()) return model.save(command.file), 0;
  const History history = model.fit(data, {.epochs = 60, .verbose = silent, .initial_epoch = 30});
  print_end(history["loss"].back(), model);
}
