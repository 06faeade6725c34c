// A program of a user's, which all of these consumers build: it trains, saves, loads, and catches what xgrad throws.
#include <cstdio>

#include <xgrad/xgrad.hpp>
using namespace xgrad;

static_assert(XGRAD_VERSION >= 200);

// A module of the user's own, so that a vtable and a type of theirs cross the border.
struct Doubled {
  Dense inner{1};
  void fields(Fields& f) { f("inner", inner); }
  Var operator()(Var x, const Context& context) { return 2 * inner(x, context); }
};

int main() {
  Rng rng(1);
  const Tensor x = random_uniform(rng, {64, 2}, -1, 1);
  Tensor y = zeros({64, 1});
  for (std::size_t i = 0; i < 64; ++i) y(i, 0) = x(i, 0) - x(i, 1);

  Model model{Doubled{}};
  model.compile(Adam{.learning_rate = 0.1}, "mse");
  const History history = model.fit(x, y, {.epochs = 60, .verbose = 0, .callbacks = {TerminateOnNaN{}}});
  const double loss = history["loss"].back();
  std::printf("loss %g\n", loss);
  if (!(loss < 1e-3)) return 1;

  model.save("consumer.safetensors");
  Model again = Model::load<Doubled>("consumer.safetensors");
  if (again.predict(x)(5, 0) != model.predict(x)(5, 0)) return 2;

  try {
    model.predict(zeros({2, 3}));
  } catch (const ShapeError& error) {
    std::puts(error.what());
    return 0;
  }
  return 3;
}
