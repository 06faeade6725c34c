#include <xgrad/core/parameter.hpp>

#include <algorithm>
#include <utility>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Parameter::Parameter() = default;
Parameter::Parameter(std::string label_, Tensor value, bool trainable_)
    : label(std::move(label_)), trainable(trainable_), value_(std::move(value)), empty_(false) {}

Parameter Parameter::statistic() {
  Parameter p;
  p.trainable = false;
  return p;
}

Parameter::Parameter(const Parameter&) = default;
Parameter::Parameter(Parameter&& other) noexcept
    : label(other.label),  // which stays, for messages. NOLINT(performance-move-constructor-init)
      trainable(other.trainable),
      frozen(other.frozen),
      gradient(std::move(other.gradient)),
      fresh(std::exchange(other.fresh, false)),
      constraint(std::move(other.constraint)),
      value_(std::move(other.value_)),
      version_(other.version_++),
      empty_(std::exchange(other.empty_, true)) {
  other.gradient = Tensor();
  other.value_ = Tensor();
}
Parameter::~Parameter() = default;

Parameter& Parameter::operator=(Parameter other) {
  label = std::move(other.label);
  trainable = other.trainable;
  frozen = other.frozen;
  gradient = std::move(other.gradient);
  fresh = other.fresh;
  constraint = std::move(other.constraint);
  value_ = std::move(other.value_);
  empty_ = other.empty_;
  version_ = std::max(version_, other.version_) + 1;
  return *this;
}

std::weak_ptr<const void> Parameter::token() const {
  if (!token_.alive) token_.alive = std::make_shared<char>();
  return token_.alive;
}

void Parameter::refuse() const {
  throw ValueError(text("parameter ", label.empty() ? "without a label" : label,
                        ": it has no value; a layer's weights are drawn by build() or the first step, and a parameter "
                        "that was moved has none"));
}

}  // namespace xgrad::inline XGRAD_PRECISION
