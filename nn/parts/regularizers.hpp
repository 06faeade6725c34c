#pragma once

#include <concepts>
#include <span>
#include <string>
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
  static constexpr const char* name = "l1l2";
  double l1 = 0, l2 = 0;  ///< finite and not negative

  Var operator()(Var w) const;
  bool is_zero() const { return l1 == 0 && l2 == 0; }
  void check() const;  ///< throws ValueError for a factor that is negative or not finite
  void fields(Fields& f) { f("l1", l1)("l2", l2); }
};

/// factor times the mean of |cos| of the angles between all pairs of rows of a matrix, or of its columns, which it
/// makes orthogonal. As in Keras, a row shorter than 1e-7 counts by its length over that. A single row has no pairs,
/// and no penalty.
struct OrthogonalRegularizer {
  static constexpr const char* name = "orthogonal_regularizer";
  double factor = 0.01;       ///< finite and not negative
  std::string mode = "rows";  ///< or "columns", which for the kernel of a Dense are its units

  Var operator()(Var w) const;  ///< throws ShapeError for other than two axes
  bool is_zero() const { return factor == 0; }
  void check() const;  ///< throws ValueError for a factor that is negative or not finite, and for another mode
  void fields(Fields& f) { f("factor", factor)("mode", mode); }
};

/// The penalty that is added to the loss where a weight, or a layer's output, is large. It is given as an object
/// (L2{0.01}), by Keras's name with its default factors, 0.01 for "l1", "l2" and "orthogonal_regularizer" but 0 for
/// "l1l2", or as any callable from Var to a Var that is a number.
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
  /// names, for another. Keras 2's "l1_l2", of factors 0.01, is refused, as in Keras 3.
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
