#pragma once

// A Var is a line of a tape: a tensor that was put there, or the result of an operation. It holds the number of the
// line, and where to find the tape; the tape holds the tensor. How it finds a tape that may have ended is at the end of
// this file.

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <xgrad/core/error.hpp>
#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Tape;
struct Anchor;

namespace by_argument {
/// The base of Var, by which a call finds the functions of this namespace.
struct Operand {};
}  // namespace by_argument

/// A line of a tape: a tensor that was given to the tape or computed on it. A Var is small and copied freely. It is
/// valid until its tape is rewound or destroyed; every use after that throws TapeError.
class Var : by_argument::Operand {
 public:
  /// An empty Var, of no tape. Every use but is_current() throws TapeError.
  Var() = default;

  /// The tensor on this line. The reference is good until the tape is rewound; copy the tensor to keep it.
  inline const Tensor& value() const;  // in tape.hpp
  inline const Shape& shape() const;  ///< the shape of the tensor on this line
  inline std::size_t size() const;    ///< the number of its elements

  /// The extent along an axis; negative ones count from the last. Throws ShapeError if there is no such axis.
  std::size_t shape(std::ptrdiff_t axis) const;

  /// The value of a Var with one element. Throws ShapeError if it has more, or none.
  double item() const;

  /// The tape that this is a line of. Throws TapeError if the Var is not current.
  inline Tape& tape() const;

  /// The number of the line, counted from 0.
  std::uint32_t line() const { return static_cast<std::uint32_t>(place_); }

  /// Whether the recording that this Var is of is still on its tape.
  inline bool is_current() const;

 private:
  friend class Tape;
  [[noreturn]] void refuse() const;
  Var(const Anchor* anchor, std::uint32_t recording, std::uint32_t line)
      : anchor_(anchor), place_(std::uint64_t{recording} << 32 | line) {}
  std::uint32_t recording() const { return static_cast<std::uint32_t>(place_ >> 32); }

  const Anchor* anchor_ = nullptr;
  std::uint64_t place_ = 0;  // recording and line in one word, so that what was stored as a whole is loaded as a whole
};

/// Writes the value as a Tensor is written, or that the Var is not current.
std::ostream& operator<<(std::ostream& out, Var x);

/// Where a Var finds its tape. Every tape has one anchor, and anchors outlive tapes. So a Var that was kept for too
/// long can be refused, and never reads memory that is gone.
struct Anchor {
  std::atomic<Tape*> tape = nullptr;         // none after the tape has ended, until another takes the anchor
  std::atomic<std::uint32_t> recording = 0;  // counts up at every rewind, and when the tape ends

  /// An anchor that no tape has, which is the given tape's from now on.
  static Anchor* take(Tape* tape);  // one that no tape has
  /// Lets another tape take the anchor.
  void give_back();
};

inline bool Var::is_current() const { return anchor_ != nullptr && anchor_->recording == recording(); }

inline Tape& Var::tape() const {
  if (!is_current()) [[unlikely]]
    refuse();
  return *anchor_->tape;
}

}  // namespace xgrad::inline XGRAD_PRECISION

#include <xgrad/autograd/tape.hpp>  // the bodies that need it
