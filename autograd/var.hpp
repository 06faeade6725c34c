#pragma once

#include <atomic>
#include <cstdint>

#include <xgrad/core/error.hpp>
#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Tape;

/// Where a Var finds its tape. Anchors outlive tapes, so that a Var kept for too long is refused and reads nothing
/// wild.
struct Anchor {
  std::atomic<Tape*> tape = nullptr;
  std::atomic<std::uint32_t> recording = 0;  // counts up at every rewind, and when the tape ends

  static Anchor* take(Tape* tape);  // one that no tape has
  void give_back();
};

/// One line of a tape: a tensor that was given to it or computed on it. Small, and copied freely; it is valid until its
/// tape is rewound or destroyed, and every use after that throws TapeError.
class Var {
 public:
  Var() = default;

  /// Good until the tape is rewound: copy it to keep it.
  inline const Tensor& value() const;  // in tape.hpp
  const Shape& shape() const { return value().shape(); }

  /// The value of a Var with one element. Throws ShapeError if there are more, or none.
  double item() const;

  Tape& tape() const {
    if (!is_current()) [[unlikely]]
      refuse();
    return *anchor_->tape;
  }
  std::uint32_t line() const { return line_; }

  /// Whether its recording is still there.
  bool is_current() const { return anchor_ != nullptr && anchor_->recording == recording_; }

 private:
  friend class Tape;
  [[noreturn]] void refuse() const;
  Var(const Anchor* anchor, std::uint32_t recording, std::uint32_t line)
      : anchor_(anchor), recording_(recording), line_(line) {}

  const Anchor* anchor_ = nullptr;
  std::uint32_t recording_ = 0, line_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
