#pragma once

// A tape is a list of operations in the order in which they ran: a Wengert list. A Var is a line of it.

#include <array>
#include <concepts>
#include <memory>
#include <vector>

#include <xgrad/autograd/op.hpp>
#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// One line: what was done, to which lines, and where the result is.
struct Record {
  const Op* op = nullptr;  ///< none for a leaf: a constant, a variable, a parameter
  std::array<std::uint32_t, 3> inputs{};
  bool active = false;  ///< whether a gradient is wanted here: it depends on a variable or parameter
  bool swept = false;   ///< whether a reverse sweep wrote it
  const Tensor* value = nullptr;
  const Parameter* parameter = nullptr;  ///< the one that this leaf is, if any
  Attributes with{};                     ///< what the operation was told beside its inputs
};
static_assert(sizeof(Record) <= 64);  // a cache line

/// Records operations, and runs backward over them. Each recording belongs to the thread that began it.
class Tape {
 public:
  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// A copy of x that gets no gradient.
  Var constant(const Tensor& x);
  Var constant(Real x);

  /// A tensor of the given shape that gets no gradient, of one value or as fill(tensor) writes it in place. Recording
  /// within fill throws TapeError: the line is not yet there.
  Var constant(const Shape& shape, Real value);
  template <std::invocable<Tensor&> Fill>
  Var constant(const Shape& shape, Fill fill) {
    return write({}, shape, fill);
  }

  /// x itself, not copied, without a gradient. The caller keeps it alive and as it is until rewind(): the tape cannot
  /// see that it was written to, and gradients would mix what was computed from the old numbers with the new.
  Var borrow(const Tensor& x) { return buffer(), push({.value = &x}); }
  Var borrow(Tensor&&) = delete;

  /// A copy of x that gets a gradient: gradient(y, {x}).
  Var variable(const Tensor& x);

  /// The parameter's value, not copied; it outlives the recording, and watched again it is the same Var. A parameter
  /// belongs to one thread at a time: see core/parameter.hpp.
  Var watch(Parameter& parameter);
  bool is_watched(const Parameter& parameter) const;
  std::vector<const Parameter*> watched() const;  ///< in this recording, in the order in which they were first watched

  /// Runs op.forward on one to three inputs into a tensor of the given shape, and writes the line down. The caller has
  /// checked the shapes. Throws TapeError if an input is not of this recording.
  template <std::same_as<Var>... Inputs>
  Var record(const Op& op, const Shape& shape, Inputs... inputs) {
    return record(op, shape, Attributes{}, inputs...);
  }
  template <std::same_as<Var>... Inputs>
  Var record(const Op& op, const Shape& shape, const Attributes& with, Inputs... inputs) {
    require<TapeError>(op.forward.arity() == sizeof...(inputs), op.name, ": not its number of inputs");
    return record_line(op, shape, with, {line_of(inputs)...});
  }

  /// Sets the gradient of every watched parameter to that of `loss`, a Var with one element, and marks it fresh. It is
  /// never added to what was there, so nothing needs zeroing before; a parameter that the loss does not depend on gets
  /// zeros. Throws ShapeError if the loss has more elements; TapeError if it depends on no watched parameter, or one
  /// was changed since it was watched.
  void backward(Var loss);

  /// The whole reverse sweep, recorded on this tape (sweep.hpp does it line by line): gradients of y by each of
  /// `inputs`, given y's own gradient `seed`, of y's shape. They replace what was in the list, so that a loop need not
  /// allocate. Throws ShapeError for another seed; TapeError for an input that is a constant, or a watched parameter
  /// that was changed since.
  void pull(Var y, Var seed, const std::vector<Var>& inputs, std::vector<Var>& gradients);

  /// Forgets the recording, and keeps the memory of as many lines as it and the one before both had: in a training loop
  /// each line finds its tensor where it was, already allocated.
  void rewind();

  /// If on, an operation that yields NaN or infinity throws ValueError, which names it and its inputs.
  void check_finite(bool on) { check_finite_ = on; }

  std::size_t size() const { return records_.size(); }
  const Record& operator[](std::size_t line) const { return records_[line]; }
  Var var(std::uint32_t line) const { return {anchor_, anchor_->recording, line}; }

 private:
  struct Watched {
    Parameter* parameter;
    std::uint64_t version;
    Var var;
  };
  struct Writing {  // while it lives, nothing is recorded
    bool& on;
    ~Writing() { on = false; }
  };
  Var copied(const Tensor& x, const Record& record);
  template <class Fill>
  Var write(Record record, const Shape& shape, Fill fill) {
    Tensor& x = buffer();
    if (x.shape() != shape) x.storage().reserve(element_count(shape)), x.resize(shape);  // which then cannot throw
    record.value = &x;
    const Writing until_done{writing_ = true};
    fill(x);
    return push(record);
  }
  Var record_line(const Op& op, const Shape& shape, const Attributes& with, const std::array<std::uint32_t, 3>& inputs);
  Tensor& buffer() {
    if (records_.empty() || thread_ != &this_thread || writing_ || buffers_.size() == records_.size()) [[unlikely]]
      begin_line();
    return *buffers_[records_.size()];
  }
  void begin_line();
  Var push(const Record& record) {
    records_.push_back(record);
    return var(static_cast<std::uint32_t>(records_.size() - 1));
  }
  std::uint32_t line_of(Var input) const {
    require<TapeError>(&input.tape() == this,
                       "an operation mixes Vars of two tapes; bring a value over with constant()");
    return input.line();
  }
  friend class Sweep;

  static constinit thread_local char this_thread;  // no two threads have it at one address

  Anchor* anchor_;
  const char* thread_ = nullptr;
  bool check_finite_ = false, writing_ = false;
  std::vector<Record> records_;
  std::vector<std::unique_ptr<Tensor>> buffers_;  // one for each line, and those kept from before
  std::size_t lines_before_ = 0;
  std::vector<Watched> watched_;
  std::vector<std::uint32_t> spare_;  // the memory of the last sweep's list
};

inline const Tensor& Var::value() const { return *tape()[line_].value; }

}  // namespace xgrad::inline XGRAD_PRECISION
