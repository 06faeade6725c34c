// An encoder that is trained with a decoder first, where there are no labels, and then frozen under a classifier, which
// learns from a few. freeze() takes a pattern of paths; that they are frozen is in the file, too.

#include "common.hpp"

using namespace xgrad;

struct Classifier {
  static constexpr const char* kind = "classifier";
  Sequential encoder{Dense(8, tanh), Dense(2, tanh)};
  Dense head{1, sigmoid};

  void fields(Fields& f) { f("encoder", encoder)("head", head); }
  Var operator()(Var x, const Context& context) { return head(encoder(x, context), context); }
};

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor x = zeros({100, 3}), few = zeros({10, 3}), labels = zeros({10, 1});
  for (std::size_t i = 0; i < 100; ++i) {  // a spiral; the labels say on which side of its middle a point is
    const double t = double(i) / 50 - 1;
    const Real point[]{Real(t * std::cos(2 * t)), Real(t * std::sin(2 * t)), Real(t)};
    for (std::size_t k = 0; k < 3; ++k) x(i, k) = point[k];
    if (i % 10 != 5) continue;
    for (std::size_t k = 0; k < 3; ++k) few(i / 10, k) = point[k];
    labels(i / 10, 0) = i > 50;
  }

  Model model{Classifier{}};
  if (command.resumes()) {
    model = Model::load<Classifier>(command.file);
  } else {
    Sequential autoencoder{model.as<Classifier>().encoder, Dense(3)};
    autoencoder.seed(1);
    autoencoder.compile(Adam{.learning_rate = 0.01}, "mse");
    const History pretraining = autoencoder.fit(x, x, {.epochs = 50, .verbose = silent});
    std::printf("pretrained: loss %.3g\n", pretraining["loss"].back());

    model.as<Classifier>().encoder = *autoencoder.layers()[0].as<Sequential>();
    freeze(model, "encoder/**");
    model.seed(2);
    model.compile(Adam{.learning_rate = 0.1}, "binary_crossentropy");
    const History history = model.fit(few, labels, {.epochs = 20, .verbose = silent});
    std::printf("after 20 epochs: loss %.3g\n", history["loss"].back());
  }
  if (command.saves()) return model.save(command.file), 0;
  const History history = model.fit(few, labels, {.epochs = 40, .verbose = silent, .initial_epoch = 20});
  print_paths("learnt", model.parameters());
  print_end(history["loss"].back(), model);
}
