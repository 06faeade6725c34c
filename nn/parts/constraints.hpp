#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// w min(|w|, max_value) / (|w| + 1e-7), with the norm |w| of the weights along an axis: of those of one unit, where
/// the axis is 0 and w a Dense's kernel. As in Keras, also weights that are short enough lose a ten-millionth.
struct MaxNorm {
  static constexpr const char* name = "max_norm";
  double max_value = 2;   ///< the greatest norm, finite and not negative
  std::int64_t axis = 0;  ///< along which norms are taken; a negative one counts from the last

  void operator()(Tensor& w) const;  ///< throws ShapeError for a w without that axis
  void check() const;                ///< throws ValueError for an option out of range
  void fields(Fields& f) { f("max_value", max_value)("axis", axis); }
};

/// max(w, 0), for each weight.
struct NonNeg {
  static constexpr const char* name = "non_neg";

  void operator()(Tensor& w) const;
};

/// w / (|w| + 1e-7), with the norm |w| of the weights along an axis.
struct UnitNorm {
  static constexpr const char* name = "unit_norm";
  std::int64_t axis = 0;  ///< along which norms are taken; a negative one counts from the last

  void operator()(Tensor& w) const;  ///< throws ShapeError for a w without that axis
  void fields(Fields& f) { f("axis", axis); }
};

/// w n / (|w| + 1e-7), with the norm |w| of the weights along an axis, and n = rate clip(|w|, min_value, max_value) +
/// (1 - rate) |w|. A rate of 1 brings the norm between the two at once, a smaller one in several steps.
struct MinMaxNorm {
  static constexpr const char* name = "min_max_norm";
  double min_value = 0, max_value = 1;  ///< the least and the greatest norm, finite: 0 <= min_value <= max_value
  double rate = 1;                      ///< 0 to 1
  std::int64_t axis = 0;                ///< along which norms are taken; a negative one counts from the last

  void operator()(Tensor& w) const;  ///< throws ShapeError for a w without that axis
  void check() const;                ///< throws ValueError for an option out of range
  void fields(Fields& f) { f("min_value", min_value)("max_value", max_value)("rate", rate)("axis", axis); }
};

/// What a weight is made to be after each step of its optimizer, as in Keras. It is given as an object (MaxNorm{3}), by
/// name with the defaults ("max_norm", "non_neg", "unit_norm", "min_max_norm"), or as any callable that takes a Tensor&
/// and changes its numbers, or that returns the changed Tensor.
class Constraint {
 public:
  /// No constraint.
  Constraint();

  /// A constraint as an object or a callable. Throws ValueError for an option out of range.
  template <std::invocable<Tensor&> C>
  requires(!std::same_as<C, Constraint>) Constraint(C rule) {
    using Result = std::invoke_result_t<C&, Tensor&>;
    static_assert(std::is_void_v<Result> || std::same_as<Result, Tensor>,
                  "a constraint changes its argument and returns nothing, or returns a Tensor: -> Tensor; an xtensor "
                  "expression would refer to what is gone");
    if constexpr (std::is_void_v<Result>)
      rule_ = Callable<void(Tensor&)>(std::move(rule));
    else
      rule_ = Callable<void(Tensor&)>([rule](Tensor& w) mutable { w = rule(w); });
  }

  /// The constraint of a name in any of Keras's spellings, with its defaults. Throws ValueError, which lists the names,
  /// for another.
  Constraint(std::string_view name);
  Constraint(const char* name) : Constraint(std::string_view(name)) {}

  /// Whether there is a constraint.
  explicit operator bool() const { return static_cast<bool>(rule_); }

  /// Changes w as the constraint says; leaves it if there is none.
  void operator()(Tensor& w) const;

  /// Makes this the constraint of a parameter, or frees it of any. A layer does so where it is made, and in fields().
  void constrain(Parameter& p) const;

  void fields(Fields& f);  ///< the name, which is "none" without a constraint, and the options

 private:
  Callable<void(Tensor&)> rule_;
};

/// The library's constraints by name. The function beside a name makes that constraint, with its defaults.
std::span<const std::pair<std::string_view, Constraint (*)()>> constraints();

}  // namespace xgrad::inline XGRAD_PRECISION
