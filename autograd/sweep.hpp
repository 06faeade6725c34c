#pragma once

// Backpropagation as an object that does one line at a time, for what wants to look on: a page, a lesson, a debugger.

#include <vector>

#include <xgrad/autograd/tape.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The reverse sweep from y up its tape, given y's own gradient, the seed:
///   for (Sweep sweep(y, seed); sweep.next();) look(sweep.line(), sweep.gradient(x.line()));
/// Each line hands what it has received on to its inputs. What is computed for that is recorded at the tape's end, so
/// that gradients can be differentiated again. It lives within the recording, and one thread uses it.
class Sweep {
 public:
  /// Throws ShapeError unless the seed has y's shape; TapeError if a watched parameter was changed since.
  Sweep(Var y, Var seed);
  ~Sweep();
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  /// Has the next line that depends on a variable, going up, hand its gradient on. False, and nothing done, if there is
  /// none left. Throws TapeError after rewind(), and what a pullback throws.
  bool next();

  /// The line that next() did last; before the first, the one after y.
  std::uint32_t line() const { return line_; }

  /// Whether a line has received anything yet. All that it can receive it has when next() comes to it.
  bool reached(std::uint32_t line) const { return line < gradients_.size() && gradients_[line] != none; }

  /// What a line has received so far, added up. Throws TapeError for a line that is not reached.
  Var gradient(std::uint32_t line) const;

 private:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  Var y_;
  std::uint32_t line_;
  std::vector<std::uint32_t> gradients_;  // for each line down to y, that of its gradient, or none
};

}  // namespace xgrad::inline XGRAD_PRECISION
