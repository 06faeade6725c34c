#include <xgrad/autograd/tape.hpp>

#include <algorithm>
#include <mutex>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Anchors of tapes that have ended, for the next tapes. None is ever freed: a Var may still point to it.
struct AnchorPool {
  std::mutex mutex;
  std::deque<Anchor> anchors;
  std::vector<Anchor*> free;

  Anchor* take(Tape* tape) {
    const std::lock_guard lock(mutex);
    if (free.empty()) free.push_back(&anchors.emplace_back());
    Anchor* anchor = free.back();
    free.pop_back();
    anchor->tape = tape;
    return anchor;
  }

  void give_back(Anchor* anchor) {
    const std::lock_guard lock(mutex);
    anchor->tape = nullptr;
    ++anchor->recording;
    free.push_back(anchor);
  }
};

AnchorPool& anchor_pool() {
  static AnchorPool& pool = *new AnchorPool;  // lives until the process ends, after every static tape
  return pool;
}

const void* this_thread() {
  thread_local const char mark = 0;
  return &mark;
}

}  // namespace

Tape& Var::tape() const {
  require<TapeError>(anchor_ != nullptr, "this Var is empty; it comes from a tape or an operation");
  require<TapeError>(anchor_->recording == recording_, "this Var (line ", line_,
                     ") is of a recording that has ended; its tape was rewound or destroyed since");
  return *anchor_->tape;
}

const Tensor& Var::value() const { return *tape()[line_].value; }

double Var::item() const {
  require(value().size() == 1, "item: the shape is ", shape(), "; it takes a Var with one element");
  return *value().data();
}

Tape::Tape() : anchor_(anchor_pool().take(this)) {}
Tape::~Tape() { anchor_pool().give_back(anchor_); }

void Tape::rewind() {
  records_.clear();
  watched_.clear();
  ++anchor_->recording;
}

Tensor& Tape::buffer() {
  if (records_.empty()) thread_ = this_thread();
  require<TapeError>(thread_ == this_thread(),
                     "this recording belongs to another thread; give each thread its own tape");
  if (buffers_.size() == records_.size()) buffers_.emplace_back();
  return buffers_[records_.size()];
}

Var Tape::push(const Record& record) {
  records_.push_back(record);
  return var(static_cast<std::uint32_t>(records_.size() - 1));
}

Var Tape::leaf(const Tensor& x, bool active) {
  Tensor& copy = buffer();
  copy = x;
  return push({.active = active, .value = &copy});
}

Var Tape::borrow(const Tensor& x) {
  buffer();
  return push({.value = &x});
}

Var Tape::watch(Parameter& parameter) {
  const auto seen = std::find_if(watched_.begin(), watched_.end(), [&](auto& w) { return w.parameter == &parameter; });
  if (seen != watched_.end()) return seen->var;
  buffer();
  const Var var = push({.active = true, .value = &parameter.value()});
  watched_.push_back({&parameter, parameter.version(), var});
  return var;
}

std::uint32_t Tape::line_of(Var input) const {
  require<TapeError>(&input.tape() == this, "an operation mixes Vars of two tapes; bring a value over with constant()");
  return input.line();
}

Var Tape::record_line(const Op& op, const Shape& shape, const std::array<std::uint32_t, 3>& inputs) {
  Tensor& y = buffer();
  if (y.shape() != shape) y.resize(shape);
  op.forward(y, [&](std::size_t k) -> const Tensor& { return *records_[inputs[k]].value; });
  const Rule<Var, Var, Var, Var>* pulls[] = {&op.pull_a, &op.pull_b, &op.pull_c};
  bool active = false;
  for (std::size_t k = 0; k < op.forward.arity(); ++k) active |= records_[inputs[k]].active && pulls[k]->arity() != 0;
  return push({&op, inputs, active, &y});
}

}  // namespace xgrad::inline XGRAD_PRECISION
