#pragma once

// Is a gradient that was derived by hand right, and if not, what is the mistake? The learner's formulas are compared
// with a sweep at the current values and at random ones. What a mistake would give is computed, too, and a mistake is
// named only if it explains the numbers at all points.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <xgrad/autograd/tools/check.hpp>
#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What may be wrong with a gradient.
enum class Cause {
  not_given,        ///< there is no gradient of this name
  not_finite,       ///< it has a NaN or an infinity where the right one has none
  sign,             ///< it is minus the right one
  factor_two,       ///< it is half or twice the right one
  mean_or_sum,      ///< it is n times the right one or 1/n of it, for a sum of n terms in the loss
  constant_factor,  ///< it is another multiple of the right one
  transposed,       ///< it is the right one, transposed
  wrong_shape,      ///< it has another shape, such as (n, 1) for (n,)
  outer_product,    ///< (n, 1) with (n,) is a table: every residual times every input, or every target less every
                    ///< prediction
  not_reduced,      ///< it still has the axis of the batch, or is that of one example
  missing_path,     ///< a term of the sum over all paths is missing
  missing_mask,     ///< the derivative of an activation, such as relu's 1 where x > 0, is missing, or is another's
  updated,          ///< it is right for the values after a step of another parameter
  on_kink,          ///< not judged: all points are on a kink, such as relu at 0
  unknown,          ///< none of these
};

/// A parameter of a loss: its name, and the Parameter or the Tensor that has its value. check_by_hand() moves the value
/// and puts it back.
struct HandParameter {
  /// A parameter of a model, which outlives it.
  HandParameter(std::string name_, Parameter& parameter_) : name(std::move(name_)), parameter(&parameter_) {}
  /// A plain tensor, which outlives it.
  HandParameter(std::string name_, Tensor& tensor_) : name(std::move(name_)), tensor(&tensor_) {}

  std::string name;
  Parameter* parameter = nullptr;
  Tensor* tensor = nullptr;
};

/// The learner's gradients at the current values, by the parameters' names.
using HandGradients = std::map<std::string, Tensor>;

/// What was found of one gradient.
struct HandVerdict {
  std::string name;
  /// Empty if the gradient is right. Otherwise each reading explains all the numbers alone; the causes within a reading
  /// act together, such as sign and factor_two.
  std::vector<std::vector<Cause>> readings;
  std::string message;  ///< "right", or the cause in words

  /// Whether the gradient is right.
  bool ok() const { return readings.empty(); }
  bool names(Cause cause) const;  ///< whether a reading has this cause
};

/// What was found of all gradients.
struct HandReport {
  std::vector<HandVerdict> parameters;
  std::size_t points = 0;  ///< at how many points the gradients were compared
  std::size_t kinks = 0;   ///< how many elements were on a kink, at points that were therefore skipped

  /// Whether all gradients are right.
  bool ok() const;
};

/// Writes a line for each parameter.
std::ostream& operator<<(std::ostream& out, const HandReport& report);

/// What check_by_hand() is told beside the loss.
struct HandOptions {
  double learning_rate = 0;  ///< of the learner's steps, to find that a parameter was already updated; 0: not known,
                             ///< then it is found where the mistake grows evenly with the rate
  std::size_t points = 3;    ///< how many random points beside the current one
  std::uint32_t seed = 1;    ///< of the random points
};

/// Compares gradients derived by hand with those of the tape. `loss` is a function of Vars, one for each parameter in
/// their order, or of a Tape& that watches the Parameters itself; it is recorded afresh at every point. `gradients`
/// computes the learner's gradients from the current values. Points where the loss has a kink or is not finite are
/// passed over. The values are put back at the end, also after an exception; a tape that watched a Parameter before has
/// to be rewound, as after every edit(). Throws ShapeError if the loss is not a number; ValueError for a gradient of an
/// unknown name, and for a loss that differs between two calls at the same values, as with dropout whose random numbers
/// are not seeded afresh; and what the functions throw.
HandReport check_by_hand(const Function& loss, const std::vector<HandParameter>& parameters,
                         const std::function<HandGradients()>& gradients, const HandOptions& options = {});

template <class Loss>
HandReport check_by_hand(Loss loss, const std::vector<HandParameter>& parameters,
                         const std::function<HandGradients()>& gradients, const HandOptions& options = {}) {
  if constexpr (std::is_invocable_v<Loss&, Tape&>)
    return check_by_hand(Function([&](const std::vector<Var>& x) { return loss(x.at(0).tape()); }), parameters,
                         gradients, options);
  else
    return check_by_hand(detail::on_list("check_by_hand", loss, parameters.size()), parameters, gradients, options);
}

}  // namespace xgrad::inline XGRAD_PRECISION
