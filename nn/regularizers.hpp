#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include <xgrad/autograd/var.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// l1 times the sum of |w|.
struct L1 {
  double l1 = 0.01;
};

/// l2 times the sum of w^2: not halved, and not divided by anything, so that it adds 2 l2 w to the gradient.
struct L2 {
  double l2 = 0.01;
};

/// Their sum; as in Keras, what is not given is 0.
struct L1L2 {
  double l1 = 0, l2 = 0;
};

/// What a weight, or a layer's output, adds to the loss for being large: L2{0.01}, by name with 0.01 ("l1", "l2",
/// "l1_l2"), or any callable from Var to a Var that is a number. By default, none.
class Regularizer {
 public:
  Regularizer() = default;
  Regularizer(L1 r) : Regularizer(L1L2{.l1 = r.l1}) {}
  Regularizer(L2 r) : Regularizer(L1L2{.l2 = r.l2}) {}

  /// Throws ValueError for a factor that is negative or not finite.
  Regularizer(L1L2 r);

  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  Regularizer(std::string_view name);
  Regularizer(const char* name) : Regularizer(std::string_view(name)) {}

  template <std::invocable<Var> F>
  requires(!std::same_as<F, Regularizer>) Regularizer(F penalty) : own_(std::move(penalty)) {}

  /// Whether there is any.
  explicit operator bool() const { return own_ || factors_.l1 != 0 || factors_.l2 != 0; }

  /// The penalty on w, a number. Throws ShapeError if a callable of the user's gives something else.
  Var operator()(Var w) const;

  /// "l1_l2 0.01 0" and the like, or "none". Throws ValueError for a callable of the user's own.
  friend std::string option_text(const Regularizer& regularizer);
  friend void read_option(const std::string& text, Regularizer& regularizer);

 private:
  L1L2 factors_;
  std::function<Var(Var)> own_;
};

std::string option_text(const Regularizer& regularizer);
void read_option(const std::string& text, Regularizer& regularizer);

}  // namespace xgrad::inline XGRAD_PRECISION
