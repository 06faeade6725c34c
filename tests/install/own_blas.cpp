// A program that has found a BLAS of its own, beside xgrad's.
#include <xgrad/autograd/ops/tensors.hpp>

extern "C" double ddot_(const int* n, const double* x, const int* step_x, const double* y, const int* step_y);

int main() {
  const xgrad::Tensor a = xgrad::ones({300, 300});
  const int n = 300, step = 1;
  return ddot_(&n, a.data(), &step, a.data(), &step) == 300 && xgrad::matmul(a, a)(7, 9) == 300 ? 0 : 1;
}
