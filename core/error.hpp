#pragma once

// What xgrad throws, and the one way in which it checks: require(condition, "what is wrong: ", what, "; what would
// fit").

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A text on one line: a line break is \n, other control characters such as a tab are \x09. Names are the users'.
std::string printable(std::string_view text);

/// The base of everything that xgrad throws on purpose. what() is one line: the function, the values, what would fit.
struct Error : std::runtime_error {
  /// An error with this text, in which what cannot be printed is replaced.
  explicit Error(std::string_view what) : std::runtime_error(printable(what)) {}
};

/// Shapes that do not fit each other or the function.
struct ShapeError : Error {
  using Error::Error;
};

/// A number, name or label outside the range that the function takes.
struct ValueError : Error {
  using Error::Error;
};

/// A Var used where it has no meaning: after rewind(), on another tape, in another thread.
struct TapeError : Error {
  using Error::Error;
};

/// A file that is missing, cut short, corrupt, or not what its name says.
struct DataError : Error {
  using Error::Error;
};

/// Writes a shape as Python does: (), (5,), (128, 784).
std::ostream& operator<<(std::ostream& out, const Shape& shape);

/// A stream that writes numbers with a decimal point, whatever the global locale says.
std::ostringstream classic_stream();

/// The parts one after another as text. Numbers have a decimal point whatever the global locale says.
template <class... Parts>
std::string text(const Parts&... parts) {
  std::ostringstream out = classic_stream();
  (out << ... << parts);
  return std::move(out).str();
}

/// A number in the fewest digits from which the same one is read.
std::string shortest(double number);

/// A number as printf's "%.4f" would write it in the C locale, whatever the locale is, for the form 'f', 'e' or 'g' and
/// up to 99 places.
std::string formatted(double number, char form, int places);

/// Throws an error of type E unless the condition holds. Its message is the parts, one after another.
template <class E = ShapeError, class... Parts>
void require(bool condition, const Parts&... parts) {
  if (!condition) [[unlikely]]
    throw E(text(parts...));
}

}  // namespace xgrad::inline XGRAD_PRECISION
