// A library of a user's over xgrad.
#include <xgrad/autograd/ops/tensors.hpp>

double mine_sum(const double* x, std::size_t n) {
  xgrad::Tensor copy = xgrad::zeros({n});
  std::copy_n(x, n, copy.begin());
  return static_cast<double>(sum(copy)(0));
}
