#include <xgrad/autograd/tape.hpp>

#include <algorithm>

#include <xgrad/autograd/explain.hpp>

namespace xgrad::inline XGRAD_PRECISION {

void Tape::rewind() {
  const std::size_t kept = std::min(records_.size(), lines_before_);
  lines_before_ = records_.size();
  records_.clear();
  watched_.clear();
  ++anchor_->recording;
  if (buffers_.size() > kept) buffers_.resize(kept), records_.shrink_to_fit();
}

Tensor& Tape::buffer() {
  if (records_.empty()) thread_ = std::this_thread::get_id();
  require<TapeError>(thread_ == std::this_thread::get_id(),
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
  const Var var = push({.active = true, .value = &parameter.value(), .parameter = &parameter});
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
  bool active = false;
  for (std::size_t k = 0; k < op.forward.arity(); ++k) active |= records_[inputs[k]].active && op.pull(k).arity() != 0;
  const Var result = push({.op = &op, .inputs = inputs, .active = active, .value = &y});
  if (check_finite_) require_finite(*this, result.line());
  return result;
}

}  // namespace xgrad::inline XGRAD_PRECISION
