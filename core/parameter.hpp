#pragma once

#include <cstdint>
#include <string>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A named tensor that is learnt, with its gradient. Writing to the value goes through edit() or assignment, which
/// count versions: a tape that has watched the parameter can then tell that its recording no longer describes it.
///
/// A parameter belongs to one thread at a time, for backward() writes its gradient. Threads may read its value
/// together; to learn together, each watches it on a tape of its own and takes its gradient by gradient() or pull(),
/// which leave the parameter as it is, and one adds them up in a fixed order.
class Parameter {
 public:
  Parameter();
  Parameter(std::string name, Tensor value, bool trainable = true);

  Parameter(const Parameter&);
  Parameter(Parameter&&) noexcept;
  Parameter& operator=(Parameter other);
  ~Parameter();

  std::string name;
  bool trainable = true;  ///< false for what a layer counts instead of learning it, such as a moving mean
  Tensor gradient;        ///< of the value's shape once a tape has run backward, which sets it and never adds to it
  bool fresh = false;     ///< whether the gradient was set since the last step

  const Tensor& value() const { return value_; }
  std::uint64_t version() const { return version_; }

  /// The value, to be written to.
  Tensor& edit() {
    ++version_;
    return value_;
  }

 private:
  Tensor value_;
  std::uint64_t version_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
