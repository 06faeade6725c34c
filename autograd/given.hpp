#pragma once

#include <optional>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What a loss is given beside the prediction, its target or weights: a Var, or a tensor, which becomes a constant on
/// the prediction's tape. An argument only: it refers to the tensor that it was made of.
class Given {
 public:
  Given(Var x) : var_(x) {}
  Given(const Tensor& x) : tensor_(&x) {}
  template <class X>
  requires xt::is_xexpression<X>::value Given(const X& x) : computed_(x), tensor_(&*computed_) {}
  Given(const Given&) = delete;

  Var beside(Var prediction) const { return tensor_ == nullptr ? var_ : prediction.tape().constant(*tensor_); }

 private:
  Var var_;
  std::optional<Tensor> computed_;  // an xtensor expression, evaluated
  const Tensor* tensor_ = nullptr;
};

}  // namespace xgrad::inline XGRAD_PRECISION
