#include <xgrad/data/detail/numbers.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <type_traits>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

static_assert(std::endian::native == std::endian::little,
              "files are little-endian and so are the machines xgrad knows");

namespace {

constexpr const char* name_of_real = sizeof(Real) == sizeof(float) ? "float" : "double";

// Types of our own for what C++20 has none for.
struct Bool {
  std::uint8_t byte;
};
struct Half {
  std::uint16_t bits;
};
struct BrainFloat {
  std::uint16_t bits;
};

// 1 sign, 5 bits of exponent and 10 of fraction: (1 + f / 1024) 2^(e - 15), or f / 1024 2^-14 where e is 0.
float number(Half h) {
  const float sign = h.bits >> 15 ? -1 : 1;
  const int exponent = h.bits >> 10 & 31, fraction = h.bits & 1023;
  if (exponent == 31 && fraction != 0) return std::numeric_limits<float>::quiet_NaN();
  if (exponent == 31) return sign * std::numeric_limits<float>::infinity();
  const int significand = exponent == 0 ? fraction : 1024 + fraction;
  return std::ldexp(sign * static_cast<float>(significand), std::max(exponent, 1) - 25);
}

float number(BrainFloat b) { return std::bit_cast<float>(std::uint32_t{b.bits} << 16); }
int number(Bool b) { return b.byte; }
template <class T>
requires std::is_arithmetic_v<T> T number(T x) { return x; }

// Whether Real holds x: a whole number from its first bit to its last, a float at least in range.
template <class T>
bool holds(T x) {
  if constexpr (std::is_integral_v<T>) {
    const std::uint64_t size = x < 0 ? 0 - static_cast<std::uint64_t>(x) : static_cast<std::uint64_t>(x);
    return size == 0 || std::bit_width(size) - std::countr_zero(size) <= std::numeric_limits<Real>::digits;
  } else {
    return std::isfinite(static_cast<Real>(x)) || !std::isfinite(x);
  }
}

template <class Stored>
void convert(std::string_view bytes, bool big_endian, Tensor& to, const std::string& whose) {
  for (std::size_t i = 0; i < to.size(); ++i) {
    std::array<char, sizeof(Stored)> raw;
    std::copy_n(bytes.data() + i * sizeof(Stored), sizeof(Stored), raw.data());
    if (big_endian) std::reverse(raw.begin(), raw.end());
    const auto x = number(std::bit_cast<Stored>(raw));
    if constexpr (std::is_same_v<Stored, Bool>)
      require<DataError>(x == 0 || x == 1, whose, ": element ", i, " is ", x, "; a bool is 0 or 1");
    require<DataError>(holds(x), whose, ": element ", i, " is ", +x, ", which a ", name_of_real, " cannot hold");
    to.data()[i] = static_cast<Real>(x);
  }
}

struct Type {
  std::size_t size;
  void (*convert)(std::string_view, bool, Tensor&, const std::string&);
};

template <class Stored>
constexpr Type type_of{sizeof(Stored), convert<Stored>};

constexpr Type types[] = {type_of<Bool>,          type_of<std::uint8_t>, type_of<std::int8_t>, type_of<std::int16_t>,
                          type_of<std::uint16_t>, type_of<Half>,         type_of<BrainFloat>,  type_of<std::int32_t>,
                          type_of<std::uint32_t>, type_of<float>,        type_of<double>,      type_of<std::int64_t>,
                          type_of<std::uint64_t>};

}  // namespace

std::size_t size_of(NumberType type) { return types[static_cast<std::size_t>(type)].size; }

std::optional<std::size_t> bytes_of(NumberType type, const Shape& shape) {
  std::size_t most = std::numeric_limits<std::ptrdiff_t>::max() / size_of(type);
  for (const std::size_t extent : shape) most /= std::max<std::size_t>(extent, 1);
  if (most == 0) return std::nullopt;
  return element_count(shape) * size_of(type);
}

Tensor to_tensor(NumberType type, const Shape& shape, std::string_view bytes, const std::string& whose,
                 bool big_endian) {
  require<DataError>(bytes_of(type, shape) == bytes.size(), whose, ": ", bytes.size(), " bytes for ", shape,
                     " numbers of ", size_of(type));
  Tensor tensor(shape);
  types[static_cast<std::size_t>(type)].convert(bytes, big_endian, tensor, whose);
  return tensor;
}

std::string_view bytes_of(const Tensor& tensor) {
  return {reinterpret_cast<const char*>(tensor.data()), tensor.size() * sizeof(Real)};
}

}  // namespace xgrad::inline XGRAD_PRECISION
