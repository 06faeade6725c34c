#include <xgrad/core/parameter.hpp>

#include <algorithm>
#include <utility>

namespace xgrad::inline XGRAD_PRECISION {

Parameter::Parameter(std::string name_, Tensor value, bool trainable_)
    : name(std::move(name_)), trainable(trainable_), value_(std::move(value)) {}

Parameter::Parameter() = default;
Parameter::Parameter(const Parameter&) = default;
Parameter::Parameter(Parameter&&) noexcept = default;
Parameter::~Parameter() = default;

Parameter& Parameter::operator=(Parameter other) {
  name = std::move(other.name);
  trainable = other.trainable;
  gradient = std::move(other.gradient);
  fresh = other.fresh;
  value_ = std::move(other.value_);
  version_ = std::max(version_, other.version_) + 1;
  return *this;
}

}  // namespace xgrad::inline XGRAD_PRECISION
