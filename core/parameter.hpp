#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A tensor that is learnt, with its gradient. Writing to the value goes through edit() or assignment, which count
/// versions: a tape that has watched the parameter can then tell that its recording no longer describes it. The path of
/// a parameter in a model, such as "dense/kernel", comes from the model's fields(); the label is for messages only.
///
/// A parameter belongs to one thread at a time, for backward() writes its gradient. Threads may read its value
/// together; to learn together, each watches it on a tape of its own and takes its gradient by gradient() or pull(),
/// which leave the parameter as it is. One thread then adds these up in a fixed order.
class Parameter {
 public:
  /// Makes a parameter without a value: a layer's weight before it is drawn. A parameter that was moved from has no
  /// value either.
  Parameter();

  /// Makes a parameter with a value. One that is not trainable is a statistic, which a layer counts.
  Parameter(std::string label, Tensor value, bool trainable = true);

  /// Makes a parameter without a value that is not trainable: a statistic, which a layer counts, such as a moving mean.
  static Parameter statistic();

  Parameter(const Parameter&);
  Parameter(Parameter&&) noexcept;
  Parameter& operator=(Parameter other);
  ~Parameter();

  std::string label;      ///< for messages; build() and the first step make it the path
  bool trainable = true;  ///< false for what a layer counts instead of learning it, such as a moving mean
  bool frozen = false;    ///< whether it is excluded from learning for now: see freeze()
  Tensor gradient;        ///< set by Tape::backward(), never added to; it then has the value's shape
  bool fresh = false;     ///< whether the gradient was set since the last step

  /// What an optimizer does to the value after each step, if there is one: see nn/parts/constraints.hpp.
  std::function<void(Tensor& value)> constraint = {};

  bool is_empty() const { return empty_; }                 ///< whether it has no value
  bool is_learnt() const { return trainable && !frozen; }  ///< whether it is trainable and not frozen

  /// The value. Throws ValueError, which names the label, if there is none.
  const Tensor& value() const {
    if (empty_) [[unlikely]]
      refuse();
    return value_;
  }

  /// A number that goes up whenever the value may have changed.
  std::uint64_t version() const { return version_; }

  /// Expires when the parameter is destroyed: for those who keep a pointer to it. A copy has a token of its own. So has
  /// the parameter that this one is moved to.
  std::weak_ptr<const void> token() const;

  /// The value, to be written to. Each call counts as a new version. A parameter without a value has one from then on.
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
