#include <algorithm>
#include <cmath>
#include <string>

#include <xgrad/core/error.hpp>

// NumPy's way of writing an array, without its dots after whole numbers.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::size_t most_numbers = 1000, line_length = 75;

class Printer {
 public:
  Printer(std::ostream& out, const Tensor& x) : out_(out), x_(x) {
    if (x.size() > most_numbers) edge_ = x.dimension() <= 4 ? 3 : 1;
    each_number(0, 0, [&](std::size_t at) { width_ = std::max(width_, text_of(at).size()); });
  }

  // The part of the tensor at `offset` of which so many axes are chosen.
  void print(std::size_t axis, std::size_t offset) {
    if (axis == x_.dimension()) return write(std::string(width_ - text_of(offset).size(), ' ') + text_of(offset));
    const bool is_last = axis + 1 == x_.dimension();
    const std::string gap = is_last ? " " : std::string(x_.dimension() - axis - 1, '\n') + std::string(axis + 1, ' ');
    write("[");
    each(x_.shape(axis), [&](std::size_t i, bool is_skipped) {
      if (i > 0 && is_last && column_ + width_ >= line_length)
        write(std::string(1, '\n') + std::string(axis + 1, ' '));
      else if (i > 0)
        write(gap);
      is_skipped ? write("...") : print(axis + 1, offset * x_.shape(axis) + i);
    });
    write("]");
  }

 private:
  // Calls f(i, false) for what is shown along an axis, and f(i, true) once for what is not.
  template <class F>
  void each(std::size_t extent, F f) const {
    for (std::size_t i = 0; i < extent; ++i) {
      if (edge_ > 0 && i == edge_ && extent > 2 * edge_) f(i, true), i = extent - edge_;
      f(i, false);
    }
  }
  template <class F>
  void each_number(std::size_t axis, std::size_t offset, F f) const {
    if (axis == x_.dimension()) return f(offset);
    each(x_.shape(axis), [&](std::size_t i, bool is_skipped) {
      if (!is_skipped) each_number(axis + 1, offset * x_.shape(axis) + i, f);
    });
  }
  std::string text_of(std::size_t at) const {
    if (std::isnan(x_.data()[at])) return "nan";  // without the sign that it may have
    std::ostringstream number = classic_stream();
    number.precision(out_.precision());
    number << x_.data()[at];
    return std::move(number).str();
  }
  void write(const std::string& part) {
    out_ << part;
    const std::size_t broken = part.rfind('\n');
    column_ = broken == std::string::npos ? column_ + part.size() : part.size() - broken - 1;
  }

  std::ostream& out_;
  const Tensor& x_;
  std::size_t edge_ = 0, width_ = 0, column_ = 0;
};

}  // namespace

std::ostream& by_argument::operator<<(std::ostream& out, const Tensor& x) {
  constexpr std::size_t most_axes = 6;  // beyond, even the corners are many
  if (x.size() == 0) return out << "[]";
  if (x.size() > most_numbers && x.dimension() > most_axes) return out << text("[...] of shape ", x.shape());
  Printer(out, x).print(0, 0);
  return out;
}

}  // namespace xgrad::inline XGRAD_PRECISION
