#pragma once

#include <xgrad/nn/losses/losses.hpp>

#include "support.hpp"

namespace xgrad {

/// The loss of a batch as a number.
inline double value(const Loss& loss, const Tensor& y_true, const Tensor& y_pred) {
  Tape tape;
  const Var y = tape.constant(y_true);
  return loss(y, tape.constant(y_pred)).item();
}

inline double value(const Loss& loss, const Tensor& y_true, const Tensor& y_pred, const Tensor& weights) {
  Tape tape;
  const Var y = tape.constant(y_true), p = tape.constant(y_pred);
  return loss(y, p, tape.constant(weights)).item();
}

}  // namespace xgrad
