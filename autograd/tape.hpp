#pragma once

// A tape is the list of the operations that a program runs, in the order in which it runs them: a Wengert list (Wengert
// 1964). Each line is a node of the computation graph. It has an operation, the lines of its inputs, which all stand
// above it, and a tensor. The tape of L = (u v + u)^2 at u = 2, v = 3:
//
//   line  operation  inputs  tensor
//   0     variable           2       u
//   1     variable           3       v
//   2     multiply   0, 1    6       u v
//   3     add        2, 0    8       u v + u
//   4     square     3       64      L
//
// A program that runs writes such lines downwards. A sweep reads them upwards, from L to the variables, and writes the
// lines of its own below (sweep.cpp).

#include <array>
#include <atomic>
#include <concepts>
#include <functional>
#include <memory>
#include <vector>

#include <xgrad/autograd/op.hpp>
#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A line of a tape would take more memory than Tape::limit() allows.
struct LimitError : TapeError {
  using TapeError::TapeError;
};

/// Records operations, and runs backward over them. A recording lasts until the next rewind(), and belongs to the
/// thread that began it.
class Tape {
 public:
  /// A line of a tape: an operation, the lines of its inputs, and where its result is.
  struct Record {
    const Op* op = nullptr;                 ///< none for a leaf: a constant, a variable or a parameter
    std::array<std::uint32_t, 3> inputs{};  ///< the lines of the inputs a, b and c, as many as the operation has
    bool active = false;            ///< whether it depends on a variable or a parameter, so that it gets a gradient
    bool swept = false;             ///< whether a sweep wrote this line
    bool number = false;            ///< for a leaf whose elements are all `with.number`, as constant(number) makes it
    const Tensor* value = nullptr;  ///< the result, or the tensor of a leaf
    const Parameter* parameter = nullptr;  ///< for a leaf that is a parameter, which one
    Attributes with{};                     ///< what the operation was told beside its inputs
  };

  Tape();
  ~Tape();
  Tape(const Tape&) = delete;
  Tape& operator=(const Tape&) = delete;

  /// Puts a copy of x on the tape. It gets no gradient.
  Var constant(const Tensor& x);

  /// Puts a number on the tape, of shape (). It gets no gradient.
  Var constant(Real x);

  /// Puts a tensor of the given shape on the tape, whose elements all have one value. It gets no gradient.
  Var constant(const Shape& shape, Real value);

  /// Puts a tensor of the given shape on the tape, which fill(tensor) writes in place. It gets no gradient. To record
  /// within fill throws TapeError, for the line is not yet there.
  template <std::invocable<Tensor&> Fill>
  Var constant(const Shape& shape, Fill fill) {
    return write(shape, fill), last();
  }

  /// Puts x itself on the tape, without a copy. It gets no gradient. The caller keeps x alive and unchanged until
  /// rewind(). The tape does not notice a change: gradients would then mix results of the old numbers with the new
  /// ones.
  Var borrow(const Tensor& x) { return buffer(), push(&x), last(); }
  Var borrow(Tensor&&) = delete;

  /// Puts a copy of x on the tape. It gets a gradient: gradient(y, {x}).
  Var variable(const Tensor& x);

  /// Puts a parameter's value on the tape, without a copy. It gets a gradient. The parameter outlives the recording.
  /// Watching it again gives the same Var, unless it was changed since: then a new one, for the new value. The lines of
  /// the old value can no longer be swept. A parameter belongs to one thread at a time: see core/parameter.hpp.
  Var watch(Parameter& parameter);
  /// Whether this recording has watched the parameter.
  bool is_watched(const Parameter& parameter) const;
  std::size_t watched_count() const { return watched_.size(); }  ///< how many parameters this recording has watched

  /// The parameters that this recording has watched, in the order in which it first did, but for the first so many.
  std::vector<const Parameter*> watched(std::size_t first = 0) const;

  /// Runs an operation on one to three inputs, and writes the line. Its result has the given shape. The caller has
  /// checked the shapes. Throws TapeError if an input is not of this recording.
  template <std::same_as<Var>... Inputs>
  Var record(const Op& op, const Shape& shape, Inputs... inputs) {
    require<TapeError>(op.forward.arity() == sizeof...(inputs), op.name, ": not its number of inputs");
    return record_line(op, shape, nullptr, {line_of(inputs)...});
  }

  /// Runs an operation that has attributes on one to three inputs, and writes the line. Its result has the given shape.
  /// The caller has checked the shapes. Throws TapeError if an input is not of this recording.
  template <std::same_as<Var>... Inputs>
  Var record(const Op& op, const Shape& shape, const Attributes& with, Inputs... inputs) {
    require<TapeError>(op.forward.arity() == sizeof...(inputs), op.name, ": not its number of inputs");
    return record_line(op, shape, &with, {line_of(inputs)...});
  }

  /// Sets the gradient of every watched parameter to dloss/dparameter, and marks it fresh. The loss is a Var with one
  /// element. Gradients are replaced, never added to, so nothing needs zeroing before. A parameter that the loss does
  /// not depend on gets zeros. Throws ShapeError if the loss has another number of elements; TapeError if it depends on
  /// no watched parameter, or on the value that one had before it was changed.
  void backward(Var loss);

  /// Runs a whole sweep (sweep.hpp runs one line by line) from y, whose adjoint is `seed`, of y's shape. Writes the
  /// adjoints of `inputs` to `gradients`; what that list held is replaced, so that a loop need not allocate. Throws
  /// ShapeError for a seed of another shape; TapeError if an input is a constant, or if y depends on the value that a
  /// watched parameter had before it was changed.
  void pull(Var y, Var seed, const std::vector<Var>& inputs, std::vector<Var>& gradients);

  /// Forgets the recording. It keeps the memory of as many lines as both this recording and the one before had, so in a
  /// training loop each line finds its tensor already allocated.
  void rewind();

  /// If on, an operation that yields NaN or infinity throws ValueError, which names it and its inputs.
  void check_finite(bool on) { check_finite_ = on, looks_ = on || on_line_; }

  /// What is called with the number of each operation's line as soon as the line is there, also those of sweeps; an
  /// empty function: nothing. It may read the tape; to record within it throws TapeError.
  void on_line(std::function<void(std::uint32_t line)> f) {
    on_line_ = std::move(f), looks_ = check_finite_ || on_line_;
  }

  /// From now on, lines may take memory for so many elements in all beyond what the tape has: for a dry run of what
  /// somebody else made. A line that takes more throws LimitError, before memory is given.
  void limit(std::size_t elements) { room_ = elements; }

  /// How many lines the recording has.
  std::size_t size() const { return records_.size(); }

  /// A line, by its number. The reference is good until the next line is recorded.
  const Record& operator[](std::size_t line) const {
    was_read_.store(true, std::memory_order_relaxed);
    return records_[line];
  }

  /// A line as a Var, by its number.
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
  // The next line, filled; it is not there if fill throws.
  template <class Fill>
  Record& write(const Shape& shape, Fill fill) {
    Tensor& x = buffer();
    if (x.shape() != shape) resize(x, shape);
    const Writing until_done{writing_ = true};
    fill(x);
    return push(&x);
  }
  Var record_line(const Op& op, const Shape& shape, const Attributes* with, std::array<std::uint32_t, 3> inputs);
  Tensor& buffer() {
    if (records_.empty() || thread_ != &this_thread || writing_ || buffers_.size() == records_.size()) [[unlikely]]
      begin_line();
    return *buffers_[records_.size()];
  }
  void begin_line();
  void look();
  void resize(Tensor& x, const Shape& shape);
  std::uint32_t& place(const Parameter& parameter);
  Record& push(const Tensor* value) {
    Record& record = records_.emplace_back();
    record.value = value;
    return record;
  }
  Var last() const { return var(static_cast<std::uint32_t>(records_.size() - 1)); }
  std::uint32_t line_of(Var input) const {
    require<TapeError>(&input.tape() == this,
                       "an operation mixes Vars of two tapes; bring a value over with constant()");
    return input.line();
  }
  friend class Sweep;
  friend class Var;
  struct Replay;

  static constinit thread_local char this_thread;  // no two threads have it at one address

  Anchor* anchor_;
  const char* thread_ = nullptr;
  bool looks_ = false, writing_ = false;
  bool has_old_lines_ = false;  // of values that a parameter had before it was changed and watched again
  std::vector<Record> records_;
  std::vector<std::unique_ptr<Tensor>> buffers_;  // one for each line, and those kept from before
  std::size_t lines_before_ = 0;
  std::size_t room_ = static_cast<std::size_t>(-1);  // elements that lines may still take memory for
  std::vector<Watched> watched_;
  std::vector<std::uint32_t> places_;  // a hash table of the parameters: 1 + the number of one in watched_, or 0
  std::vector<std::uint32_t> spare_;   // the memory of the last sweep's list
  std::unique_ptr<Replay> replay_;     // the sweep of the recording before, if it can be run again
  mutable std::atomic<bool> was_read_ = false;  // whether anybody looked at a number since a sweep began
  bool check_finite_ = false;
  std::function<void(std::uint32_t)> on_line_;
};

static_assert(sizeof(Tape::Record) <= 64);  // a cache line

inline const Tensor& Var::value() const { return *tape()[line()].value; }
inline const Shape& Var::shape() const { return tape().records_[line()].value->shape(); }
inline std::size_t Var::size() const { return tape().records_[line()].value->size(); }

}  // namespace xgrad::inline XGRAD_PRECISION
