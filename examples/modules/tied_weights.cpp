// Tied weights: a decoder whose kernel is the encoder's, transposed. The parameter is one field, which two products
// use, so it is drawn, counted and saved once, and its gradient is the sum of what both give it.

#include "common.hpp"

using namespace xgrad;

struct Tied {
  static constexpr const char* kind = "tied";
  Dense encoder{3, tanh};
  Parameter bias;  // the decoder's

  void fields(Fields& f) { f("encoder", encoder)("bias", bias); }
  Var operator()(Var x, const Context& context) {
    const Var code = encoder(x, context);
    const Var kernel = context.weight(x.tape(), encoder.kernel);  // the same Var that the encoder has just used
    return matmul_nt(code, kernel) + context.weight(x.tape(), bias, {x.shape()[1]}, zeros);
  }
};

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor x = zeros({40, 8});  // waves of one frequency: two numbers each, an amplitude and a phase, for eight
  for (std::size_t i = 0; i < 40; ++i)
    for (std::size_t k = 0; k < 8; ++k)
      x(i, k) = Real((0.2 + double(i % 5) / 8) * std::sin(0.8 * double(k) + double(i)));

  Model model{Tied{}};
  if (command.resumes()) {
    model = Model::load<Tied>(command.file);
  } else {
    model.seed(1);
    model.compile(Adam{.learning_rate = 0.01}, "mse");
    const History history = model.fit(x, x, {.epochs = 50, .verbose = silent});
    print_paths("learnt", model.parameters());
    std::printf("after 50 epochs: loss %.3g\n", history["loss"].back());
  }
  if (command.saves()) return model.save(command.file), 0;
  const History history = model.fit(x, x, {.epochs = 100, .verbose = silent, .initial_epoch = 50});
  std::printf("%zu weights: 8 x 3, 3 and 8\n", model.count_params());
  print_end(history["loss"].back(), model);
}
