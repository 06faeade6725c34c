#include <xgrad/autograd/detail/replay.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::size_t most_lines = 10'000;  // of a longer recording, the copy would take more memory than it is worth

// Without calls: this is done for every line of every step.
bool is_same(const Tape::Record& a, const Tape::Record& b) {
  const auto bits = [](const Attributes& with) { return std::bit_cast<std::uint64_t>(with.axes); };
  return a.op == b.op && a.inputs[0] == b.inputs[0] && a.inputs[1] == b.inputs[1] && a.inputs[2] == b.inputs[2] &&
         a.active == b.active && a.swept == b.swept && a.number == b.number && a.parameter == b.parameter &&
         bits(a.with) == bits(b.with) && a.with.begin == b.with.begin &&
         (a.number || (a.with.number == b.with.number && std::signbit(a.with.number) == std::signbit(b.with.number)));
}

bool is_same(const Shape& a, const Shape& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t k = 0; k < a.size(); ++k)
    if (a[k] != b[k]) return false;
  return true;
}

}  // namespace

// Nothing but the recording before has written to the buffers that follow: they have the shapes of the sweep's lines.
bool Tape::Replay::fits(const Tape& tape, std::uint32_t its_result, std::uint32_t its_seed) const {
  if (!is_kept || recording + 1 != tape.anchor_->recording || first != tape.records_.size() || result != its_result ||
      seed != its_seed || tape.looks_ || tape.buffers_.size() < lines.size())
    return false;
  for (std::size_t line = 0; line < first; ++line) {
    const Record& now = tape.records_[line];
    if (!is_same(now, lines[line]) || !is_same(now.value->shape(), shapes[line])) return false;
  }
  return true;
}

void Tape::Replay::keep(const Tape& tape, std::uint32_t its_result, std::uint32_t its_seed, std::size_t its_first,
                        const std::vector<std::uint32_t>& its_adjoints) {
  const auto begin = tape.records_.begin(), sweep = begin + static_cast<std::ptrdiff_t>(its_first);
  const bool is_second = std::any_of(begin, sweep, [](const Record& line) { return line.swept; });
  if (is_second) return;  // the first one stays: what a recording sweeps again is recorded
  is_kept =
      tape.records_.size() <= most_lines && !tape.was_read_.load(std::memory_order_relaxed) &&
      std::all_of(sweep, tape.records_.end(), [](const Record& line) { return line.op != nullptr || line.number; });
  if (!is_kept) return;
  recording = tape.anchor_->recording;
  result = its_result;
  seed = its_seed;
  first = its_first;
  lines = tape.records_;
  shapes.resize(first);
  for (std::size_t line = 0; line < first; ++line) shapes[line] = lines[line].value->shape();
  adjoints = its_adjoints;
}

void Tape::Replay::run(Tape& tape) {
  tape.buffer();  // which throws in another thread
  const Writing until_done{tape.writing_ = true};
  tape.records_.reserve(lines.size());
  for (std::size_t line = first; line < lines.size(); ++line) {
    Record& z = lines[line];
    Tensor& y = *tape.buffers_[line];
    z.value = &y;
    if (z.number) {
      y.fill(z.with.number);
    } else {
      std::array<const Tensor*, 3> values{};
      for (std::size_t k = 0; k < z.op->forward.arity(); ++k) values[k] = tape.records_[z.inputs[k]].value;
      z.op->forward(y, values, z.with);
    }
    tape.records_.push_back(z);
  }
  ++recording;
}

}  // namespace xgrad::inline XGRAD_PRECISION
