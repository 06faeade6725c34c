#include <xgrad/nn/parts/constraints.hpp>

#include <algorithm>
#include <cmath>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Multiplies the weights along an axis by norm(their norm) / (their norm + 1e-7). In place, without new memory.
template <class Norm>
void rescale(const char* name, Tensor& w, std::int64_t axis, Norm norm) {
  const auto rank = static_cast<std::int64_t>(w.dimension());
  require(-rank <= axis && axis < rank, name, ": axis ", axis, " for a weight of shape ", w.shape(), "; it takes ",
          -rank, " to ", rank - 1);
  const std::size_t at = static_cast<std::size_t>(axis < 0 ? axis + rank : axis), extent = w.shape(at);
  std::size_t inner = 1;
  for (std::size_t k = at + 1; k < w.dimension(); ++k) inner *= w.shape(k);
  for (std::size_t outer = 0; outer < w.size(); outer += extent * inner)
    for (std::size_t i = 0; i < inner; ++i) {
      Real* const first = w.data() + outer + i;
      double squares = 0;
      for (std::size_t k = 0; k < extent; ++k) squares += double{first[k * inner]} * first[k * inner];
      const double length = std::sqrt(squares);
      const Real factor = static_cast<Real>(norm(length) / (length + 1e-7));
      for (std::size_t k = 0; k < extent; ++k) first[k * inner] *= factor;
    }
}

void check_norm(const char* name, const char* option, double value, double least) {
  require<ValueError>(value >= least && std::isfinite(value), name, ": ", option, " is ", value,
                      "; it takes a finite number from ", least, " up");
}

}  // namespace

void MaxNorm::check() const { check_norm(name, "max_value", max_value, 0); }
void MinMaxNorm::check() const {
  check_norm(name, "min_value", min_value, 0);
  check_norm(name, "max_value", max_value, min_value);
  require<ValueError>(rate >= 0 && rate <= 1, name, ": rate is ", rate, "; it takes 0 to 1");
}

void MaxNorm::operator()(Tensor& w) const {
  rescale(name, w, axis, [this](double length) { return std::min(length, max_value); });
}
void NonNeg::operator()(Tensor& w) const {
  for (Real& entry : w) entry = entry < 0 ? 0 : entry;
}
void UnitNorm::operator()(Tensor& w) const {
  rescale(name, w, axis, [](double) { return 1.0; });
}
void MinMaxNorm::operator()(Tensor& w) const {
  rescale(name, w, axis,
          [this](double length) { return rate * std::clamp(length, min_value, max_value) + (1 - rate) * length; });
}

std::span<const std::pair<std::string_view, Constraint (*)()>> constraints() {
  static constexpr std::pair<std::string_view, Constraint (*)()> all[] = {
      {"max_norm", [] { return Constraint(MaxNorm{}); }},
      {"non_neg", [] { return Constraint(NonNeg{}); }},
      {"unit_norm", [] { return Constraint(UnitNorm{}); }},
      {"min_max_norm", [] { return Constraint(MinMaxNorm{}); }}};
  return all;
}

Constraint::Constraint() = default;

Constraint::Constraint(std::string_view name) : Constraint(find_named("constraint", constraints(), name)()) {}

void Constraint::operator()(Tensor& w) const {
  if (rule_) rule_(w);
}

void Constraint::constrain(Parameter& p) const { p.constraint = rule_ ? std::function<void(Tensor&)>(rule_) : nullptr; }

void Constraint::fields(Fields& f) {
  std::string name = rule_ ? rule_.name() : "none";
  require<ValueError>(!f.is_portable || !name.empty(),
                      "constraint: a function of one's own has no name by which to save it; use MaxNorm, NonNeg, "
                      "UnitNorm or MinMaxNorm");
  f.needed("name", name);
  if (f.purpose() == Fields::reading && !(rule_ && name == rule_.name()))
    *this = name == "none" ? Constraint() : Constraint(std::string_view(name));
  rule_.options(f);
}

}  // namespace xgrad::inline XGRAD_PRECISION
