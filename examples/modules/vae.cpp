// A variational autoencoder (Kingma & Welling 2014). Its layer in the middle takes a mean and a log-variance, draws a
// code from the normal distribution of these, and adds to the loss how far that is from the standard one: a penalty, as
// a regularizer's, but of what the layer computes instead of its weights. In inference the code is the mean.

#include "common.hpp"

using namespace xgrad;

struct Sample {
  static constexpr const char* kind = "sample";
  double weight = 0.02;

  void fields(Fields& f) { f("weight", weight); }
  Var operator()(Var x, const Context& context) {
    const std::size_t n = x.shape()[0], k = x.shape()[1] / 2;
    const Var mu = slice(x, 1, 0, k), log_variance = slice(x, 1, k, 2 * k);
    if (!context.training) return mu;
    if (context.penalties != nullptr) {
      const Var divergence = 0.5 * sum(square(mu) + exp(log_variance) - 1 - log_variance);
      context.penalties->push_back(weight * divergence / Real(n));
    }
    const Var noise = x.tape().constant({n, k}, [&](Tensor& e) {
      for (Real& one : e) one = Real(context.rng->normal());
    });
    return mu + noise * exp(0.5 * log_variance);  // gradients go back to both; the noise is a constant
  }
};

int main(int argc, char** argv) {
  const Command command(argc, argv);
  Tensor x = zeros({64, 2});  // an ellipse
  for (std::size_t i = 0; i < 64; ++i) {
    x(i, 0) = Real(std::cos(double(i) / 10));
    x(i, 1) = Real(0.5 * std::sin(double(i) / 10));
  }

  Sequential vae{Dense(16, tanh), Dense(4), Sample(), Dense(16, tanh), Dense(2)};
  if (command.resumes()) {
    vae = Sequential::load(command.file);
  } else {
    vae.seed(1);
    vae.compile(Adam{.learning_rate = 0.01}, "mse", {"mse"});
    const History history = vae.fit(x, x, {.epochs = 30, .verbose = silent});
    std::printf("after 30 epochs: loss %.3g, of which the error is %.3g\n", history["loss"].back(),
                history["mse"].back());
  }
  if (command.saves()) return vae.save(command.file), 0;
  const History history = vae.fit(x, x, {.epochs = 60, .verbose = silent, .initial_epoch = 30});
  std::printf("the error of what the means give: %.3g\n", vae.evaluate(x, x, {.verbose = silent}).at("loss"));
  print_end(history["loss"].back(), vae);
}
