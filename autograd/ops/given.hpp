#pragma once

#include <optional>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The target or the weights of a loss, as an argument: a Var, or a tensor, which becomes a constant on the
/// prediction's tape. It refers to the tensor that it was made of, so it is not kept.
class Given {
 public:
  /// A line of a tape.
  Given(Var x) : var_(x) {}
  /// A tensor, which outlives the call.
  Given(const Tensor& x) : tensor_(&x) {}
  /// An xtensor expression, computed here.
  template <class X>
  requires xt::is_xexpression<X>::value Given(const X& x) : computed_(x), tensor_(&*computed_) {}
  Given(const Given&) = delete;

  /// The target or the weights as a Var on the prediction's tape.
  Var beside(Var prediction) const { return tensor_ == nullptr ? var_ : prediction.tape().constant(*tensor_); }

 private:
  Var var_;
  std::optional<Tensor> computed_;  // an xtensor expression, evaluated
  const Tensor* tensor_ = nullptr;
};

}  // namespace xgrad::inline XGRAD_PRECISION
