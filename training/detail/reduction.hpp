#pragma once

#include <memory>
#include <vector>

#include <xgrad/core/fields.hpp>
#include <xgrad/training/communicator.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The sums of gradients over ranks, in buckets of whole parameters. Each bucket is begun as soon as its gradients are
/// there. All ranks begin the same buckets in the same order, whatever becomes of their steps: one that fails gives
/// zeros, and says so with what follows the gradients.
class Reduction {
 public:
  explicit Reduction(std::shared_ptr<Communicator> communicator) : communicator_(std::move(communicator)) {}

  Communicator& communicator() const { return *communicator_; }

  /// Whether these are the parameters that lay_out() has divided into buckets.
  bool fits(const Parameters& parameters) const { return parameters_ == parameters.all; }

  /// Divides the parameters into buckets. `order` has their numbers as this rank's sweep is going to finish them, or
  /// nothing if it has no sweep; the first rank that has one decides for all.
  void lay_out(const Parameters& parameters, const std::vector<std::uint32_t>& order);

  /// The numbers of the parameters in the order in which they are given.
  const std::vector<std::uint32_t>& order() const { return order_; }

  /// Begins a step.
  void begin();

  /// Gives the gradient of the next parameter in the order, times the share of this rank's samples; null for zeros.
  void give(const Tensor* gradient, Real share);

  /// Where the next parameter's gradient goes, for a caller who writes it there; give_written() then says that it is
  /// done, and whether it was used by the loss.
  Real* next();
  void give_written(bool used);

  std::size_t at() const { return at_; }  ///< how many gradients were given
  bool is_done() const { return at_ == order_.size(); }

  /// Gives zeros for what was not given, and waits for all sums. Afterwards parameters have the sums for gradients, and
  /// are fresh where a rank has used them. Adds up flags, too: how many ranks set each of them.
  void finish(std::vector<Real>& flags);

 private:
  struct Bucket {
    std::size_t end;             // in the order
    std::vector<Real> together;  // empty for one parameter, whose gradient is summed where it is
  };
  void close();

  std::shared_ptr<Communicator> communicator_;
  std::vector<Parameter*> parameters_;
  std::vector<std::uint32_t> order_;
  std::vector<std::size_t> offsets_;  // in the order: where in its bucket
  std::vector<Bucket> buckets_;
  std::vector<Real> last_;  // whether each parameter, in the order, was used, and the flags
  std::size_t at_ = 0, bucket_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
