#pragma once

#include <concepts>
#include <span>
#include <string_view>
#include <utility>

#include <xgrad/autograd/var.hpp>
#include <xgrad/core/named.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The penalty l1 sum |w|, a number. Its gradient adds l1 sign(w).
struct L1 {
  static constexpr const char* name = "l1";
  double l1 = 0.01;  ///< finite and not negative

  Var operator()(Var w) const;
  bool is_zero() const { return l1 == 0; }
  void check() const;  ///< throws ValueError for a factor that is negative or not finite
  void fields(Fields& f) { f("l1", l1); }
};

/// The penalty l2 sum w^2, a number. As in Keras, it is not halved and not divided by anything: its gradient adds
/// 2 l2 w.
struct L2 {
  static constexpr const char* name = "l2";
  double l2 = 0.01;  ///< finite and not negative

  Var operator()(Var w) const;
  bool is_zero() const { return l2 == 0; }
  void check() const;  ///< throws ValueError for a factor that is negative or not finite
  void fields(Fields& f) { f("l2", l2); }
};

/// The penalty l1 sum |w| + l2 sum w^2, a number. As in Keras, a factor that is not given is 0.
struct L1L2 {
  static constexpr const char* name = "l1_l2";
  double l1 = 0, l2 = 0;  ///< finite and not negative

  Var operator()(Var w) const;
  bool is_zero() const { return l1 == 0 && l2 == 0; }
  void check() const;  ///< throws ValueError for a factor that is negative or not finite
  void fields(Fields& f) { f("l1", l1)("l2", l2); }
};

/// The penalty that is added to the loss where a weight, or a layer's output, is large. It is given as an object
/// (L2{0.01}), by name with a factor of 0.01 ("l1", "l2", "l1_l2"), or as any callable from Var to a Var that is a
/// number.
class Regularizer {
 public:
  /// No penalty.
  Regularizer();

  /// A penalty as an object or a callable. One whose factors are 0 is none. Throws ValueError for a factor that is
  /// negative or not finite.
  template <std::invocable<Var> R>
  requires(!std::same_as<R, Regularizer>) Regularizer(R penalty) {
    bool zero = false;
    if constexpr (requires { penalty.is_zero(); }) zero = penalty.is_zero();
    Callable<Var(Var)> checked(std::move(penalty));
    if (!zero) penalty_ = std::move(checked);
  }

  /// The regularizer of a name in any of Keras's spellings, with its defaults. Throws ValueError, which lists the
  /// names, for another.
  Regularizer(std::string_view name);
  Regularizer(const char* name) : Regularizer(std::string_view(name)) {}

  /// Whether there is a penalty.
  explicit operator bool() const { return static_cast<bool>(penalty_); }

  /// The penalty for w, a number; 0 if there is none. Throws ShapeError if a callable of the user's gives no number.
  Var operator()(Var w) const;

  void fields(Fields& f);  ///< the name, which is "none" without a penalty, and the options

 private:
  Callable<Var(Var)> penalty_;
};

/// The library's regularizers by name. The function beside a name makes that regularizer, with its defaults.
std::span<const std::pair<std::string_view, Regularizer (*)()>> regularizers();

}  // namespace xgrad::inline XGRAD_PRECISION
