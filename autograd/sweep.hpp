#pragma once

// Backpropagation, one line of the tape at a time. gradient() and Tape::backward() do all lines at once; a page, a
// lesson or a debugger can stop after each.

#include <vector>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The reverse sweep from y up its tape, given the adjoint of y, the seed:
///   for (Sweep sweep(y, seed); sweep.next();) look(sweep.line(), sweep.gradient(x.line()));
/// Each line hands its adjoint, through its pullbacks, to its inputs. What that computes is recorded at the end of the
/// tape, so gradients can be differentiated again. A Sweep lives no longer than the recording, and one thread uses it.
class Sweep {
 public:
  /// Begins a sweep at y, with the seed as y's adjoint. Throws ShapeError unless the seed has y's shape; TapeError if y
  /// depends on the value that a watched parameter had before it was changed.
  Sweep(Var y, Var seed);
  ~Sweep();
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  /// Goes up to the next line that depends on a variable and that y depends on, and hands its adjoint to its inputs.
  /// Returns false if there is no such line left. Throws TapeError after rewind(), and what a pullback throws.
  bool next();

  /// Does all lines that are left. A sweep that has not begun, over the same lines as the one of the tape's recording
  /// before, is replayed: its operations are run on the new numbers without their pullbacks. The lines that it writes,
  /// and every bit of their numbers, are the same as by next().
  void finish();

  /// What a line has handed to one of its inputs.
  struct Term {
    std::uint32_t input;    ///< the line of the input
    std::uint32_t value;    ///< the line of the term, which has the input's shape
    std::uint32_t adjoint;  ///< the line of the input's adjoint, with this term added
  };

  /// As next() without an argument, and writes down what was handed to each input, in order. Replaces what the list
  /// held.
  bool next(std::vector<Term>& terms);

  /// The line that next() has done last; before the first call, the line after y.
  std::uint32_t line() const { return line_; }

  /// Whether the adjoint of a line has any term yet. When next() comes to a line, the line has all its terms.
  bool reached(std::uint32_t line) const { return line < adjoints_.size() && adjoints_[line] != none; }

  /// The adjoint of a line, as far as its terms are added up. Throws TapeError for a line that is not reached.
  Var gradient(std::uint32_t line) const;

 private:
  void require_unchanged() const;
  template <class See>
  bool next_line(See see);

  static constexpr std::uint32_t none = ~std::uint32_t{0};

  Var result_;
  std::uint32_t line_;
  std::vector<std::uint32_t> adjoints_;  // for each line down to y, the line of its adjoint, or none
};

}  // namespace xgrad::inline XGRAD_PRECISION
