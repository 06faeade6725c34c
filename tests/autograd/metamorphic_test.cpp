#include <algorithm>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

// What must not change a gradient, or must change it in a known way.

using namespace xgrad;

namespace {

/// A small network on a batch, with its loss.
struct Network {
  Parameter first{"first", {}}, second{"second", {}};

  explicit Network(Rng& rng)
      : first("first", random_normal(rng, {4, 5}, 0, 1)), second("second", random_normal(rng, {5, 3}, 0, 1)) {}

  /// The gradients of factor times the loss of these samples, with a number added to each row of logits.
  std::vector<Tensor> gradients(const Tensor& x, const Tensor& labels, double factor = 1,
                                const Tensor& shift = zeros({1, 1})) {
    Tape tape;
    const Var hidden = tanh(matmul(tape.constant(x), tape.watch(first)));
    const Var logits = matmul(hidden, tape.watch(second)) + shift;
    tape.backward(factor * softmax_cross_entropy(labels, logits));
    return {first.gradient, second.gradient};
  }
};

Tensor some_rows(const Tensor& x, const std::vector<std::size_t>& rows) {
  Shape shape = x.shape();
  shape[0] = rows.size();
  Tensor y = zeros(shape);
  const std::size_t width = x.size() / x.shape(0);
  for (std::size_t i = 0; i < rows.size(); ++i) std::copy_n(x.data() + rows[i] * width, width, y.data() + i * width);
  return y;
}

struct Batch {
  Rng rng{7};
  Network network{rng};
  Tensor x = random_normal(rng, {6, 4}, 0, 1), labels = {0, 2, 1, 1, 0, 2};
  std::vector<Tensor> whole = network.gradients(x, labels);
  double tolerance = either(1e-5, 1e-12);
};

}  // namespace

TEST_CASE_FIXTURE(Batch, "the gradient of a batch is the mean over its parts, each by its size") {
  const std::vector<std::size_t> left{0, 1}, right{2, 3, 4, 5};
  const auto a = network.gradients(some_rows(x, left), some_rows(labels, left));
  const auto b = network.gradients(some_rows(x, right), some_rows(labels, right));
  for (std::size_t k = 0; k < 2; ++k) check_close((2 * a[k] + 4 * b[k]) / 6, whole[k], tolerance);
}

TEST_CASE_FIXTURE(Batch, "the order of the samples does not matter") {
  const std::vector<std::size_t> order{3, 0, 5, 4, 1, 2};
  const auto g = network.gradients(some_rows(x, order), some_rows(labels, order));
  for (std::size_t k = 0; k < 2; ++k) check_close(g[k], whole[k], tolerance);
}

TEST_CASE_FIXTURE(Batch, "scaling the loss by a power of two scales the gradients exactly") {
  const auto g = network.gradients(x, labels, -8);
  for (std::size_t k = 0; k < 2; ++k) check_close(g[k], -8 * whole[k], 0);
}

TEST_CASE_FIXTURE(Batch, "adding a number to a sample's logits leaves the gradients of the cross-entropy") {
  const auto g = network.gradients(x, labels, 1, column({1, -2, 3, 0.5, -4, 8}));
  for (std::size_t k = 0; k < 2; ++k) check_close(g[k], whole[k], tolerance);
}
