// A shared library with a face in C over xgrad.
#include <xgrad/xgrad.hpp>
using namespace xgrad;

extern "C" {

// The loss of a line that is fitted to n points by two threads; it is 0 if the points lie on one.
[[gnu::visibility("default")]] double plugin_fit(const double* x, const double* y, std::size_t n) {
  set_num_threads(2);
  in_threads([](std::size_t, std::size_t) {});
  Tensor inputs = zeros({n, 1}), targets = zeros({n, 1});
  std::copy_n(x, n, inputs.begin());
  std::copy_n(y, n, targets.begin());
  Sequential model{Dense(1)};
  model.compile(Adam{.learning_rate = 0.1}, "mse");
  return model.fit(inputs, targets, {.epochs = 300, .verbose = 0})["loss"].back();
}

// What xgrad says of a product that does not fit, caught within the library.
[[gnu::visibility("default")]] const char* plugin_error() {
  static std::string what;
  try {
    matmul(ones({2, 3}), ones({2, 3}));
  } catch (const ShapeError& error) {
    what = error.what();
  }
  return what.c_str();
}

// A static xgrad is unloaded with the plugin, so its threads must end before.
[[gnu::visibility("default")]] void plugin_end() { set_num_threads(1); }
}
