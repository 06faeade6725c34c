#pragma once

// A tape is a list of operations in the order in which they ran: a Wengert list. A Var is a line of it.

#include <array>
#include <concepts>
#include <cstdint>
#include <deque>
#include <type_traits>
#include <vector>

#include <xgrad/core/error.hpp>
#include <xgrad/core/parameter.hpp>
#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Tape;

/// Where a Var finds its tape. Anchors outlive tapes, so that a Var kept for too long is refused and reads nothing
/// wild.
struct Anchor {
  Tape* tape = nullptr;
  std::uint32_t recording = 0;  // counts up at every rewind, and when the tape ends
};

/// One line of a tape: a tensor that was given to it or computed on it. Small, and copied freely; it is valid until its
/// tape is rewound or destroyed, and every use after that throws TapeError.
class Var {
 public:
  Var() = default;

  const Tensor& value() const;
  const Shape& shape() const { return value().shape(); }

  /// The value of a Var with one element. Throws ShapeError if there are more, or none.
  double item() const;

  Tape& tape() const;
  std::uint32_t line() const { return line_; }

 private:
  friend class Tape;
  Var(const Anchor* anchor, std::uint32_t recording, std::uint32_t line)
      : anchor_(anchor), recording_(recording), line_(line) {}

  const Anchor* anchor_ = nullptr;
  std::uint32_t recording_ = 0, line_ = 0;
};

/// A plain function whose last arguments are one, two or three operands; how many is the arity of its operation.
template <class Result, class Operand, class... First>
struct Rule {
  Result (*one)(First..., Operand) = nullptr;
  Result (*two)(First..., Operand, Operand) = nullptr;
  Result (*three)(First..., Operand, Operand, Operand) = nullptr;

  constexpr Rule() = default;
  template <class F>
  constexpr Rule(F f) {
    if constexpr (std::is_convertible_v<F, decltype(one)>)
      one = f;
    else if constexpr (std::is_convertible_v<F, decltype(two)>)
      two = f;
    else
      three = f;
  }

  constexpr std::size_t arity() const { return one ? 1 : two ? 2 : three ? 3 : 0; }

  /// Calls the function with operand(0), operand(1), ... for its operands.
  template <class Get>
  Result operator()(First... first, Get operand) const {
    if (one) return one(first..., operand(0));
    if (two) return two(first..., operand(0), operand(1));
    return three(first..., operand(0), operand(1), operand(2));
  }
};

using In = const Tensor&;

/// What a tape knows of an operation y = f(a, b, c), of one, two or three inputs.
struct Op {
  const char* name;
  const char* rule;                 ///< the pullbacks as text; x' is the gradient of the final result by x
  Rule<void, In, Tensor&> forward;  ///< writes y, whose shape the tape has set: (y, a, b, c)
  Rule<Var, Var, Var, Var> pull_a{}, pull_b{}, pull_c{};  ///< the part of a', b', c' due to y' = g: (g, y, a, b, c)
};

/// One line: what was done, to which lines, and where the result is.
struct Record {
  const Op* op = nullptr;  ///< none for a leaf: a constant, a variable, a parameter
  std::array<std::uint32_t, 3> inputs{};
  bool active = false;  ///< whether a gradient is wanted here: it depends on a variable or parameter
  const Tensor* value = nullptr;
};

/// Records operations, and runs backward over them. Not shared between threads: each recording belongs to the thread
/// that began it.
class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// A copy of x that gets no gradient.
  Var constant(const Tensor& x) { return leaf(x, false); }
  Var constant(Real x) { return constant(Shape{}, x); }

  /// A constant of the given shape, of one value, or such as fill(tensor) writes in place.
  Var constant(const Shape& shape, Real value) {
    return constant(shape, [value](Tensor& x) { x.fill(value); });
  }
  template <std::invocable<Tensor&> Fill>
  Var constant(const Shape& shape, Fill fill) {
    Tensor& x = buffer();
    if (x.shape() != shape) x.resize(shape);
    fill(x);
    return push({.value = &x});
  }

  /// x itself, not copied, that gets no gradient. The caller keeps x alive and as it is until rewind().
  Var borrow(const Tensor& x);

  /// A copy of x that gets a gradient: gradient(y, {x}).
  Var variable(const Tensor& x) { return leaf(x, true); }

  /// The parameter's value, not copied. backward() sets its gradient. Watching it again gives the same Var.
  Var watch(Parameter& parameter);

  /// Runs op.forward on the inputs into a tensor of the given shape, and writes the line down. The caller has checked
  /// the shapes. Throws TapeError if an input is not of this recording.
  template <class... Inputs>
  Var record(const Op& op, const Shape& shape, Inputs... inputs) {
    static_assert(sizeof...(inputs) >= 1 && sizeof...(inputs) <= 3);
    return record_line(op, shape, {line_of(inputs)...});
  }

  /// Sets the gradient of every watched parameter to that of `loss`, a Var with one element, and marks it fresh; a
  /// parameter that the loss does not depend on gets zeros. Throws ShapeError or TapeError.
  void backward(Var loss);

  /// The reverse sweep, recorded on this tape: gradients of y by each of `inputs`, given y's own gradient `seed`.
  std::vector<Var> pull(Var y, Var seed, const std::vector<Var>& inputs);

  /// Forgets the recording and keeps its memory: the next one finds each line's tensor where it was, already allocated.
  void rewind();

  std::size_t size() const { return records_.size(); }
  const Record& operator[](std::size_t line) const { return records_[line]; }
  Var var(std::uint32_t line) const { return {anchor_, anchor_->recording, line}; }

 private:
  struct Watched {
    Parameter* parameter;
    std::uint64_t version;
    Var var;
  };

  Var leaf(const Tensor& x, bool active);
  Var record_line(const Op& op, const Shape& shape, const std::array<std::uint32_t, 3>& inputs);
  Var push(const Record& record);
  Tensor& buffer();
  std::uint32_t line_of(Var input) const;
  void sweep(Var y, Var seed);
  void check_watched() const;

  Anchor* anchor_;
  const void* thread_ = nullptr;
  std::vector<Record> records_;
  std::deque<Tensor> buffers_;  // one for each line, and those of longer recordings before
  std::vector<Watched> watched_;
  std::vector<std::uint32_t> gradients_;  // of the sweep: for each line, the line of its gradient
};

}  // namespace xgrad::inline XGRAD_PRECISION
