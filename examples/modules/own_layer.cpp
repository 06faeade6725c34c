// A layer that is made of layers, with an option and a parameter of its own: a mixture of experts (Jacobs et al. 1991),
// whose gate says for each sample how much each expert counts. It stands in a Sequential like any other, and that it
// was put there is how Sequential::load() knows its kind.

#include "common.hpp"

using namespace xgrad;

struct Mixture {
  static constexpr const char* kind = "mixture";
  double sharpness = 1;
  Parameter gate{};
  std::vector<Layer> experts;

  void fields(Fields& f) { f("sharpness", sharpness)("gate", gate)("experts", experts); }
  Var operator()(Var x, const Context& context) {
    const Var kernel = context.weight(x.tape(), gate, {x.shape()[1], experts.size()}, glorot_uniform);
    const Var share = softmax(sharpness * matmul(x, kernel));
    std::vector<Var> answers;
    for (std::size_t k = 0; k < experts.size(); ++k)
      answers.push_back(slice(share, 1, k, k + 1) * experts[k](x, context));
    Var all = answers[0];
    for (std::size_t k = 1; k < answers.size(); ++k) all = all + answers[k];
    return all;
  }
};

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor x = zeros({80, 1}), y = zeros({80, 1});  // two lines that meet at a corner
  for (std::size_t i = 0; i < 80; ++i) {
    x(i, 0) = Real(i) / 40 - 1;
    y(i, 0) = std::abs(x(i, 0));
  }

  Sequential model{Mixture{.sharpness = 4, .experts = {Dense(1), Dense(1)}}};
  if (command.resumes()) {
    model = Sequential::load(command.file);
  } else {
    model.seed(1);
    model.compile(Adam{.learning_rate = 0.03}, "mse");
    const History history = model.fit(x, y, {.epochs = 20, .verbose = silent});
    print_paths("learnt", model.parameters());
    std::printf("after 20 epochs: loss %.3g\n", history["loss"].back());
  }
  if (command.saves()) return model.save(command.file), 0;
  const History history = model.fit(x, y, {.epochs = 40, .verbose = silent, .initial_epoch = 20});
  std::printf("loaded or not, its sharpness is %g\n", model.layers()[0].as<Mixture>()->sharpness);
  print_end(history["loss"].back(), model);
}
