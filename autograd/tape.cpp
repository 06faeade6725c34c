#include <xgrad/autograd/tape.hpp>

#include <algorithm>

#include <xgrad/autograd/detail/replay.hpp>
#include <xgrad/autograd/tools/explain.hpp>

namespace xgrad::inline XGRAD_PRECISION {

constinit thread_local char Tape::this_thread = 0;

Tape::Tape() : anchor_(Anchor::take(this)) {}

Tape::~Tape() { anchor_->give_back(); }

void Tape::rewind() {
  require<TapeError>(!writing_, "rewind: a line is being written");
  const std::size_t kept = std::min(records_.size(), lines_before_);
  lines_before_ = records_.size();
  records_.clear();
  watched_.clear();
  std::fill(places_.begin(), places_.end(), 0);
  has_old_lines_ = false;
  ++anchor_->recording;
  if (buffers_.size() > kept) buffers_.resize(kept), records_.shrink_to_fit();
}

// Checks that a line may be written now, and makes its buffer if it has none.
void Tape::begin_line() {
  if (records_.empty()) thread_ = &this_thread;
  require<TapeError>(thread_ == &this_thread,
                     "this recording belongs to another thread; give each thread its own tape");
  require<TapeError>(!writing_, "recorded while a line is being written, by the fill of constant(shape, fill) or an ",
                     "operation's forward; record it before, and read its value there");
  if (buffers_.size() == records_.size()) buffers_.push_back(std::make_unique<Tensor>());
}

Var Tape::constant(const Tensor& x) {
  return constant(x.shape(), [&](Tensor& y) { y = x; });
}

Var Tape::constant(Real x) { return constant(Shape{}, x); }

Var Tape::constant(const Shape& shape, Real value) {
  Record& leaf = write(shape, [value](Tensor& x) { x.fill(value); });
  leaf.number = true;
  leaf.with.number = value;
  return last();
}

Var Tape::variable(const Tensor& x) {
  write(x.shape(), [&](Tensor& y) { y = x; }).active = true;
  return last();
}

Var Tape::watch(Parameter& parameter) {
  std::uint32_t& its_place = place(parameter);
  Watched* const seen = its_place > 0 ? &watched_[its_place - 1] : nullptr;
  if (seen && seen->version == parameter.version()) return seen->var;
  buffer();
  Record& record = push(&parameter.value());
  record.active = true;
  record.parameter = &parameter;
  const Watched now{&parameter, parameter.version(), last()};
  if (seen) {
    has_old_lines_ = true;
    *seen = now;
  } else {
    watched_.push_back(now);
    its_place = static_cast<std::uint32_t>(watched_.size());
  }
  return now.var;
}

bool Tape::is_watched(const Parameter& parameter) const {
  return std::any_of(watched_.begin(), watched_.end(), [&](const Watched& w) { return w.parameter == &parameter; });
}

std::vector<const Parameter*> Tape::watched(std::size_t first) const {
  std::vector<const Parameter*> all;
  for (std::size_t k = first; k < watched_.size(); ++k) all.push_back(watched_[k].parameter);
  return all;
}

// Where the table has a parameter, or has room for it. The table stays at most half full.
std::uint32_t& Tape::place(const Parameter& parameter) {
  const auto find = [&](const Parameter* p) -> std::uint32_t& {
    const std::size_t last = places_.size() - 1;
    std::size_t k = reinterpret_cast<std::uintptr_t>(p) * std::uint64_t{0x9e3779b97f4a7c15} >> 32 &
                    last;  // 2^64 / the golden ratio
    while (places_[k] > 0 && watched_[places_[k] - 1].parameter != p) k = (k + 1) & last;
    return places_[k];
  };
  if (2 * (watched_.size() + 1) > places_.size()) {
    places_.assign(std::max<std::size_t>(64, 2 * places_.size()), 0);
    for (std::size_t k = 0; k < watched_.size(); ++k) find(watched_[k].parameter) = static_cast<std::uint32_t>(k + 1);
  }
  return find(&parameter);
}

// Takes the memory first, for the shape to be changed without an error.
void Tape::resize(Tensor& x, const Shape& shape) {
  const std::size_t size = element_count(shape), more = size - std::min(size, x.storage().capacity());
  require<LimitError>(more <= room_, "tape: a line of shape ", shape, " takes more memory than this tape may have");
  x.storage().reserve(size);
  room_ -= more;
  x.resize(shape);
}

Var Tape::record_line(const Op& op, const Shape& shape, const Attributes* with, std::array<std::uint32_t, 3> inputs) {
  static constexpr Attributes none;
  bool active = false;
  std::array<const Tensor*, 3> values{};
  for (std::size_t k = 0; k < op.forward.arity(); ++k) {
    active |= records_[inputs[k]].active && op.pull(k) != nullptr;
    values[k] = records_[inputs[k]].value;
  }
  // Written in place, a number at a time: a processor waits when it loads what it has just stored in smaller pieces.
  Record& z = write(shape, [&](Tensor& y) { op.forward(y, values, with ? *with : none); });
  z.op = &op;
  z.inputs = inputs;
  z.active = active;
  if (with) z.with = *with;
  if (looks_) look();
  return last();
}

// What was asked for with every line of an operation.
void Tape::look() {
  const std::uint32_t line = last().line();
  if (check_finite_) require_finite(*this, line);
  if (!on_line_) return;
  const Writing until_done{writing_ = true};
  on_line_(line);
}

std::array<std::int8_t, Attributes::most_axes> one_axis(const char* who, std::size_t axis) {
  require(axis < 128, who, ": axis ", axis, " is beyond what a line of a tape keeps; it takes 0 to 127");
  return {static_cast<std::int8_t>(axis)};
}

}  // namespace xgrad::inline XGRAD_PRECISION
