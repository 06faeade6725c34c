#include <xgrad/core/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <iterator>
#include <locale>
#include <random>
#include <sstream>

#include <xgrad/core/error.hpp>
#include <xgrad/core/fields.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct Rng::Twister {
  std::mt19937 engine;
};

Rng::Rng(std::uint32_t seed) : twister_(new Twister{std::mt19937(seed)}) {}
Rng::Rng(const Rng& other)
    : twister_(new Twister(*other.twister_)), spare_(other.spare_), has_spare_(other.has_spare_) {}
Rng::~Rng() = default;

Rng& Rng::operator=(const Rng& other) {
  *twister_ = *other.twister_;
  spare_ = other.spare_;
  has_spare_ = other.has_spare_;
  return *this;
}

std::uint32_t Rng::bits() { return static_cast<std::uint32_t>(twister_->engine()); }

double Rng::uniform() {
  const std::uint32_t high = bits() >> 5, low = bits() >> 6;  // 27 and 26 bits
  return (high * 67108864.0 + low) / 9007199254740992.0;      // 2^26 and 2^53
}

double Rng::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  double x = 0, y = 0, r2 = 0;
  do {
    x = 2 * uniform() - 1;
    y = 2 * uniform() - 1;
    r2 = x * x + y * y;
  } while (r2 >= 1 || r2 == 0);
  const double scale = std::sqrt(-2 * std::log(r2) / r2);
  spare_ = x * scale;
  has_spare_ = true;
  return y * scale;
}

double Rng::truncated_normal() {
  double x = 0;
  do x = normal();
  while (std::abs(x) > 2);
  return x;
}

std::uint32_t Rng::integer(std::uint32_t largest) {
  if (largest == 0) return 0;
  const std::uint32_t mask = ~std::uint32_t{0} >> std::countl_zero(largest);
  std::uint32_t x = 0;
  do x = bits() & mask;
  while (x > largest);
  return x;
}

std::string Rng::state() const {
  return text(twister_->engine, ' ', has_spare_, ' ', std::bit_cast<std::uint64_t>(spare_));
}

void Rng::set_state(const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  const std::vector<std::uint64_t> numbers{std::istream_iterator<std::uint64_t>(in), {}};
  // the engine's own 624 words and its place among them, which its operator>> would believe unseen
  const std::size_t words = std::mt19937::state_size;
  const bool fits = in.eof() && numbers.size() == words + 3 && numbers[words] <= words && numbers[words + 1] <= 1 &&
                    *std::max_element(numbers.begin(), numbers.begin() + words) <= std::mt19937::max();
  require<ValueError>(fits, "set_state: this is not the state of a generator");
  in.clear();
  in.seekg(0);
  in >> twister_->engine;
  has_spare_ = numbers[words + 1] == 1;
  spare_ = std::bit_cast<double>(numbers[words + 2]);
}

void Rng::fields(Fields& f) {
  std::string text = state();
  f.needed("state", text);
  if (f.purpose() == Fields::reading) set_state(text);
}

void Rng::shuffle(std::vector<std::uint32_t>& numbers) {
  for (std::size_t last = numbers.size(); last-- > 1;)
    std::swap(numbers[last], numbers[integer(static_cast<std::uint32_t>(last))]);
}

namespace {
template <class Draw>
Tensor drawn(const Shape& shape, Draw draw) {
  element_count(shape);  // or an error
  Tensor x(shape);
  for (Real& value : x) value = static_cast<Real>(draw());
  return x;
}
}  // namespace

Tensor random_uniform(Rng& rng, const Shape& shape, double low, double high) {
  return drawn(shape, [&] { return low + (high - low) * rng.uniform(); });
}

Tensor random_categorical(Rng& rng, const Tensor& probabilities) {
  const Shape& shape = probabilities.shape();
  require(!shape.empty() && shape.back() > 0, "random_categorical: probabilities of shape ", shape,
          "; it takes (..., categories)");
  Tensor drawn(Shape(shape.begin(), shape.end() - 1));
  std::vector<double> until(shape.back());  // the sum up to each category
  for (std::size_t row = 0; row < drawn.size(); ++row) {
    double total = 0;
    for (std::size_t i = 0; i < until.size(); ++i) {
      const double p = probabilities.data()[row * until.size() + i];
      require<ValueError>(p >= 0 && std::isfinite(p), "random_categorical: probability ", p, " in row ", row,
                          "; it takes numbers from 0");
      until[i] = total += p;
    }
    require<ValueError>(total > 0, "random_categorical: all probabilities of row ", row, " are 0");
    for (double& p : until) p /= total;
    const auto chosen = std::upper_bound(until.begin(), until.end(), rng.uniform());
    drawn.data()[row] = static_cast<Real>(chosen - until.begin());
  }
  return drawn;
}

Tensor random_normal(Rng& rng, const Shape& shape, double mean, double deviation) {
  return drawn(shape, [&] { return mean + deviation * rng.normal(); });
}

Tensor random_truncated_normal(Rng& rng, const Shape& shape, double mean, double deviation) {
  return drawn(shape, [&] { return mean + deviation * rng.truncated_normal(); });
}

}  // namespace xgrad::inline XGRAD_PRECISION
