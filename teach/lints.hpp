#pragma once

// What is suspicious in a recording, though it is no error: the mistakes that training does not show.

#include <string>
#include <vector>

#include <xgrad/teach/trace.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What a note is about.
enum class LintKind {
  growing_broadcast,  ///< an elementwise result has more elements than both inputs: (5, 1) - (5,) is (5, 5)
  bad_label,          ///< a label is no integer from 0 to C - 1
  probabilities,      ///< a loss that takes logits is given probabilities
  logits,             ///< a loss that takes probabilities is given other numbers
  dead_units,         ///< units of a relu are 0 for every row of the batch
  first_loss,         ///< the cross-entropy of an untrained model is far from ln C, that of guessing
  no_gradient,        ///< a watched parameter got no gradient
  zero_gradient,      ///< the gradient of a parameter is 0
  not_finite,         ///< the gradient of a parameter has a NaN or an infinity
};

/// A note on one line of a tape.
struct Lint {
  std::uint32_t line;
  LintKind kind;
  std::string message;
};

struct LintOptions {
  bool untrained = false;  ///< whether this is the first batch, so that the loss is compared with ln C
};

/// Reads the lines of the program, not those of sweeps, and notes what is suspicious, in the order of the lines. A
/// broadcast that was asked for, by outer() or expand_dims(), is no growing one.
std::vector<Lint> lint(const Tape& tape, const LintOptions& options = {});

/// Reads a trace, and notes the watched parameters that got no gradient, or one that is 0 or not finite. Parameters
/// that are frozen or not trainable are passed over.
std::vector<Lint> lint(const Tape& tape, const std::vector<TraceStep>& steps);

}  // namespace xgrad::inline XGRAD_PRECISION
