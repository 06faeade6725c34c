#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/autograd/var.hpp>
#include <xgrad/core/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// l1 times the sum of |w|. The factor is finite and not negative, else ValueError.
struct L1 {
  static constexpr const char* name = "l1";
  double l1 = 0.01;

  Var operator()(Var w) const;
  bool is_zero() const { return l1 == 0; }
  void check() const;
  void fields(Fields& f) { f("l1", l1); }
};

/// l2 times the sum of w^2: not halved, and not divided by anything, so that it adds 2 l2 w to the gradient.
struct L2 {
  static constexpr const char* name = "l2";
  double l2 = 0.01;

  Var operator()(Var w) const;
  bool is_zero() const { return l2 == 0; }
  void check() const;
  void fields(Fields& f) { f("l2", l2); }
};

/// The sum of L1 and L2; as in Keras, what is not given is 0.
struct L1L2 {
  static constexpr const char* name = "l1_l2";
  double l1 = 0, l2 = 0;

  Var operator()(Var w) const;
  bool is_zero() const { return l1 == 0 && l2 == 0; }
  void check() const;
  void fields(Fields& f) { f("l1", l1)("l2", l2); }
};

/// What a weight, or a layer's output, adds to the loss for being large: L2{0.01}, by name with 0.01 ("l1", "l2",
/// "l1_l2"), or any callable from Var to a Var that is a number. By default, none.
class Regularizer {
 public:
  Regularizer();

  /// Throws ValueError for a factor that is negative or not finite.
  template <std::invocable<Var> R>
  requires(!std::same_as<R, Regularizer>) Regularizer(R penalty) {
    bool zero = false;
    if constexpr (requires { penalty.is_zero(); }) zero = penalty.is_zero();
    Callable<Var(Var)> checked(std::move(penalty));
    if (!zero) penalty_ = std::move(checked);
  }

  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  Regularizer(std::string_view name);
  Regularizer(const char* name) : Regularizer(std::string_view(name)) {}

  /// Whether there is any.
  explicit operator bool() const { return static_cast<bool>(penalty_); }

  /// The penalty on w, a number. Throws ShapeError if a callable of the user's gives something else.
  Var operator()(Var w) const;

  void fields(Fields& f);

 private:
  Callable<Var(Var)> penalty_;
};

/// The regularizers of the library by name, with their defaults.
std::span<const std::pair<std::string_view, Regularizer (*)()>> regularizers();

}  // namespace xgrad::inline XGRAD_PRECISION
