#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include <xgrad/data/batches.hpp>
#include <xgrad/data/generator.hpp>
#include <xgrad/data/shards.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// How a Feed cuts and checks its data.
struct FeedOptions {
  const char* who = "fit";  ///< the function that messages name
  std::size_t batch_size = 32;
  std::size_t steps = 0;                      ///< batches of an epoch; 0 for all up to the end of the data
  Rng* shuffle = nullptr;                     ///< null for samples in their order
  std::size_t begin = 0, end = Batches::all;  ///< the numbers of the samples that are taken
  std::map<std::size_t, double> class_weight{};
  std::size_t rank = 0, ranks = 0, all = 0;     ///< with ranks: the samples are this rank's of all; 0 ranks for none
  bool targets = true;                          ///< whether a generator's batches have to have targets
  std::function<void(const Samples&)> check{};  ///< throws for samples that do not fit the model: all, or each batch
};

/// The batches of fit(), evaluate() and predict(): of samples, cut by their numbers, or of a generator. Epoch by epoch:
///   feed.begin(); do learn(feed.batch(), feed.weights()); while (feed.next());
class Feed {
 public:
  /// Checks samples, or draws and checks the first batch of a generator. What samples refer to outlives the feed.
  /// Throws ValueError if there are none, and for class weights that do not fit the targets, which are labels (n,) or
  /// (n, 1), or one-hot (n, classes); what the check throws; for a batch of a generator with its number.
  Feed(const BatchSource& source, FeedOptions options);
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  /// Whether there is a batch to begin an epoch with. If not, says so on stderr.
  bool has_more();

  /// Begins an epoch, for which has_more(). Samples begin anew, if all of them were taken, in a new order if shuffled.
  void begin();

  /// Has samples begin anew, not where the last epoch left them.
  void rewind();

  /// Says that the batch is done, and goes to the next one, if it is wanted. Returns false at the end of the epoch. If
  /// the data ends before `steps` batches, says so on stderr.
  bool next(bool wanted = true);

  /// Whether there is a batch, and no error of a generator stands in its place.
  bool has_batch() const { return batches_ || shards_ || is_drawn_; }

  /// How many batches an epoch has; 0 while that is not known.
  std::size_t size() const;

  const Batch& batch();     ///< is good until next()
  const Tensor* weights();  ///< of the batch's samples, (n,), or null; is good until next()

  /// The samples among which those of the batch have the numbers() and the weights all_weights(), for workers.
  const Samples& samples() const { return *samples_; }
  std::span<const std::uint32_t> numbers();
  const Tensor* all_weights() const;

  /// With ranks: of how many samples the batch of all ranks is, where that is known; 0 for a generator.
  std::size_t batch_samples() const;

  bool batch_samples_are_known() const { return shards_.has_value(); }

  bool weighs() const { return weights_ || !options_.class_weight.empty(); }  ///< weights that are not the batches' own
  bool shuffles() const { return (batches_ || shards_) && options_.shuffle; }

 private:
  bool draw();
  void warn() const;
  std::size_t batches() const;

  const FeedOptions options_;
  std::optional<Samples> samples_;   // all, or those of the generator's batch
  const Tensor* weights_ = nullptr;  // of all samples
  Tensor class_weights_ = Tensor(Shape{0}), gathered_weights_ = Tensor(Shape{0});
  std::size_t step_ = 0;
  // samples
  std::optional<Batches> batches_;
  std::optional<Shards> shards_;  // instead, with ranks
  std::size_t at_ = 0;
  // a generator
  std::optional<BatchGenerator> generator_;
  Batch drawn_;
  bool is_drawn_ = false, has_ended_ = false;
  std::size_t count_ = 0, last_size_ = 0;  // batches drawn in all, and in the last epoch
  std::vector<std::uint32_t> numbers_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
