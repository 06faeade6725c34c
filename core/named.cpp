#include <xgrad/core/named.hpp>

#include <cctype>
#include <utility>

namespace xgrad::inline XGRAD_PRECISION {

std::string spelling(std::string_view name) {
  std::string plain;
  for (const char c : name)
    if (c != '_') plain += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return plain;
}

Named::Named(const Named& other)
    : name_(other.name_),
      object_(other.object_ ? other.object_->copy() : nullptr),
      address_(object_ ? object_->address() : nullptr) {}
Named::Named(Named&& other) noexcept
    : name_(std::move(other.name_)),
      object_(std::move(other.object_)),
      address_(std::exchange(other.address_, nullptr)) {}
Named& Named::operator=(Named&& other) noexcept {
  name_ = std::move(other.name_);
  object_ = std::move(other.object_);
  address_ = std::exchange(other.address_, nullptr);
  return *this;
}
Named& Named::operator=(const Named& other) {
  if (object_ && other.object_ && object_->assign(*other.object_)) {
    name_ = other.name_;
    return *this;
  }
  return *this = Named(other);
}
Named::~Named() = default;

void Named::options(Fields& f) {
  if (object_) object_->options(f);
}

void Named::refuse(const char* what) { throw ValueError(text(what, ": there is nothing in it; was it moved from?")); }

}  // namespace xgrad::inline XGRAD_PRECISION
