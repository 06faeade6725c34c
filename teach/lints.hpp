#pragma once

// What is suspicious in a recording, though it is no error: the mistakes that training does not show.

#include <iostream>
#include <memory>
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

/// What lint() is told beside the tape.
struct LintOptions {
  bool untrained = false;  ///< whether this is the first batch, so that the loss is compared with ln C
};

/// Reads the lines of the program, not those of sweeps, and notes what is suspicious, in the order of the lines. A
/// broadcast that was asked for, by outer() or expand_dims(), is no growing one.
std::vector<Lint> lint(const Tape& tape, const LintOptions& options = {});

/// Reads a trace, and notes the watched parameters that got no gradient, or one that is 0 or not finite. Parameters
/// that are frozen or not trainable are passed over.
std::vector<Lint> lint(const Tape& tape, const std::vector<TraceStep>& steps);

/// Notes while a tape records, as long as it lives: it reads each line as soon as it is there, so the note comes before
/// an error that follows from the line. It writes "hint: line 2: subtract: (5,) with (5, 1) is broadcast to ...", once
/// for each line and kind, however often the tape is rewound. When the next recording begins, and at the end, it looks
/// at the gradients that backward() has set. `untrained` is taken for the first recording. A tape has one Lints at a
/// time, which ends before the tape does. A tape without one is not slower for it.
///   Tape tape;
///   const Lints lints(tape);
class Lints {
 public:
  /// Looks at the tape, and writes each note to out once.
  explicit Lints(Tape& tape, std::ostream& out = std::cerr, LintOptions options = {});
  ~Lints();
  Lints(const Lints&) = delete;
  Lints& operator=(const Lints&) = delete;

  const std::vector<Lint>& notes() const { return notes_; }  ///< what it has written

 private:
  struct Watched {
    const Parameter* parameter;
    std::weak_ptr<const void> token;
    std::uint32_t line;
    bool is_read;  // by an operation
  };

  void look(std::uint32_t line);
  void end_recording();
  void add(const Lint& note);

  Tape& tape_;
  std::ostream& out_;
  LintOptions options_;
  Var last_;
  std::vector<Watched> watched_;
  std::vector<Lint> notes_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
