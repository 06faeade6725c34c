// A residual net (He et al. 2016): each block adds to its input what its two layers make of it. No chain of layers can
// say so, but a struct can: it names its parts in fields(), and its operator() computes. A Model trains any such
// struct.

#include "common.hpp"

using namespace xgrad;

struct Block {
  Dense a{8, tanh}, b{8};

  void fields(Fields& f) { f("a", a)("b", b); }
  Var operator()(Var x, const Context& context) {
    const Var inside = a(x, context);
    return x + b(inside, context);
  }
};

struct Net {
  static constexpr const char* kind = "residual_net";
  Dense first{8};
  std::vector<Block> blocks{2};
  Dense last{1};

  void fields(Fields& f) { f("first", first)("blocks", blocks)("last", last); }
  Var operator()(Var x, const Context& context) {
    x = first(x, context);
    for (Block& block : blocks) x = block(x, context);
    return last(x, context);
  }
};

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor x = zeros({64, 1}), y = zeros({64, 1});
  for (std::size_t i = 0; i < 64; ++i) {
    x(i, 0) = Real(i) / 32 - 1;
    y(i, 0) = std::sin(4 * x(i, 0));
  }

  Model model{Net{}};
  if (command.resumes()) {
    model = Model::load<Net>(command.file);
  } else {
    model.seed(1);
    model.compile(Adam{.learning_rate = 0.01}, "mse");
    const History history = model.fit(x, y, {.epochs = 10, .verbose = silent});
    print_paths("learnt", model.parameters());
    std::printf("after 10 epochs: loss %.3g\n", history["loss"].back());
  }
  if (command.saves()) return model.save(command.file), 0;
  const History history = model.fit(x, y, {.epochs = 20, .verbose = silent, .initial_epoch = 10});
  print_end(history["loss"].back(), model);
}
