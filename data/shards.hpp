#pragma once

// The order in which processes that divide a data set take its samples.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Samples that are divided among ranks, processes that train one model together. Sample i is row i of the data.
///
/// The rows are cut into shards, neighbouring rows each, whose sizes differ by 1 at most. A rank has the rows of whole
/// neighbouring shards. An epoch goes round all shards, and takes one sample of each in a round: a batch has as many of
/// one shard as of another, up to 2. So the batches, and the order within each, depend on the samples, the number of
/// shards and the seed alone, not on the number of ranks, and ranks have nearly equal work.
class Shards {
 public:
  static constexpr std::size_t usual = 64;

  /// What the rank, from 0, has of these samples. With fewer samples than shards, each sample is a shard. Throws
  /// ValueError unless there are as many samples and shards as ranks, and for a rank that is none; for 2^32 rows of one
  /// rank or more.
  Shards(std::size_t samples, std::size_t rank, std::size_t ranks, std::size_t shards = usual);

  /// first() and last() of such an object, which is not made.
  static std::pair<std::size_t, std::size_t> divide(std::size_t samples, std::size_t rank, std::size_t ranks,
                                                    std::size_t shards = usual);

  std::size_t samples() const { return samples_; }     ///< of all ranks
  std::size_t first() const { return first_; }         ///< this rank's first row
  std::size_t last() const { return last_; }           ///< the row after this rank's last
  std::size_t size() const { return last_ - first_; }  ///< how many samples this rank has

  /// A new random order, from the same one each time: of the rows in a shard, and of the shards in each round. Draws
  /// two numbers, whatever the rank has: generators that are equal on all ranks stay so.
  void shuffle(Rng& rng);
  /// The order without a shuffle, which is that of a new object: rows of a shard as they stand.
  void sort();

  /// This rank's rows of a batch of all ranks, counted from first(), in the order in which the batch has them. Batch
  /// `batch`, from 0, has `batch_size` samples, the last one what is left, and none beyond; a rank may have none of a
  /// small one. The numbers are good until the next call. Throws ValueError for a batch_size of 0.
  std::span<const std::uint32_t> rows(std::size_t batch, std::size_t batch_size);

 private:
  struct Turn {
    std::size_t place;  // in the round
    std::uint32_t row;
  };
  std::size_t begin_of(std::size_t shard) const;
  std::size_t place(std::size_t round, std::size_t number, std::size_t lowest, std::size_t count) const;
  void go_round(std::size_t round);

  std::size_t samples_, shards_, first_shard_, last_shard_, first_, last_;
  std::uint64_t key_ = 0;  // of this epoch's order, 0 for that without a shuffle
  std::vector<std::uint32_t> order_, shard_, rows_;
  std::vector<Turn> turns_;  // of round_, this rank's
  std::size_t round_ = ~std::size_t{0};
};

}  // namespace xgrad::inline XGRAD_PRECISION
