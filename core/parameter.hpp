#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A tensor that is learnt, with its gradient. Writing to the value goes through edit() or assignment, which count
/// versions: a tape that has watched the parameter can then tell that its recording no longer describes it. Where a
/// parameter stands in a model, its path, the model's fields() say; the label is for messages only.
///
/// A parameter belongs to one thread at a time, for backward() writes its gradient. Threads may read its value
/// together; to learn together, each watches it on a tape of its own and takes its gradient by gradient() or pull(),
/// which leave the parameter as it is, and one adds them up in a fixed order.
class Parameter {
 public:
  /// Without a value yet: a layer's weight before it is drawn. One that was moved from is so again.
  Parameter();
  Parameter(std::string label, Tensor value, bool trainable = true);

  /// Without a value yet, for what a layer counts instead of learning it.
  static Parameter statistic();

  Parameter(const Parameter&);
  Parameter(Parameter&&) noexcept;
  Parameter& operator=(Parameter other);
  ~Parameter();

  std::string label;
  bool trainable = true;  ///< false for what a layer counts instead of learning it, such as a moving mean
  bool frozen = false;    ///< whether it stays as it is for now: see freeze()
  Tensor gradient;        ///< set by Tape::backward(), never added to; it then has the value's shape
  bool fresh = false;     ///< whether the gradient was set since the last step

  bool is_empty() const { return empty_; }
  bool is_learnt() const { return trainable && !frozen; }

  /// Throws ValueError if there is none.
  const Tensor& value() const {
    if (empty_) [[unlikely]]
      refuse();
    return value_;
  }

  /// Counts up whenever the value may have changed.
  std::uint64_t version() const { return version_; }

  /// Expires with the parameter: for who holds a pointer to it for long. Copies and what it is moved to have others.
  std::weak_ptr<const void> token() const;

  /// The value, to be written to. Each call counts as a new version.
  Tensor& edit() {
    ++version_;
    empty_ = false;
    return value_;
  }

 private:
  [[noreturn]] void refuse() const;

  struct Token {
    Token() = default;
    Token(const Token&) {}
    Token& operator=(const Token&) { return *this; }
    std::shared_ptr<const void> alive;
  };

  Tensor value_;
  std::uint64_t version_ = 0;
  bool empty_ = true;
  mutable Token token_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
