#include <xgrad/data/shards.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// 64 random bits of a number, as SplitMix64 makes them (Steele, Lea & Flood 2014).
std::uint64_t mixed(std::uint64_t z) {
  z += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

constexpr std::size_t largest = std::numeric_limits<std::uint32_t>::max();

// floor(k n / parts) for k <= parts, where the product may be more than 64 bits hold.
std::size_t share(std::size_t n, std::size_t k, std::size_t parts) { return n / parts * k + n % parts * k / parts; }

}  // namespace

std::pair<std::size_t, std::size_t> Shards::divide(std::size_t samples, std::size_t rank, std::size_t ranks,
                                                   std::size_t shards) {
  require<ValueError>(rank < ranks, "Shards: rank ", rank, " of ", ranks, "; ranks count from 0");
  require<ValueError>(samples >= ranks, "Shards: ", samples, " samples for ", ranks,
                      " ranks; each takes one or more: use fewer ranks");
  require<ValueError>(shards >= ranks, "Shards: ", shards, " shards for ", ranks,
                      " ranks; each takes one or more: use fewer ranks, or ", ranks, " shards or more");
  require<ValueError>(shards <= largest, "Shards: ", shards, " shards; it takes fewer than 2^32");
  shards = std::min(samples, shards);
  const std::size_t first = share(samples, share(shards, rank, ranks), shards),
                    last = share(samples, share(shards, rank + 1, ranks), shards);
  require<ValueError>(last - first <= largest, "Shards: rank ", rank, " has ", last - first,
                      " rows; it takes fewer than 2^32: use more ranks");
  return {first, last};
}

Shards::Shards(std::size_t samples, std::size_t rank, std::size_t ranks, std::size_t shards)
    : samples_(samples), shards_(std::min(samples, shards)) {
  std::tie(first_, last_) = divide(samples, rank, ranks, shards);
  first_shard_ = share(shards_, rank, ranks);
  last_shard_ = share(shards_, rank + 1, ranks);
  order_.resize(size());
  turns_.reserve(last_shard_ - first_shard_);
  sort();
}

std::size_t Shards::begin_of(std::size_t shard) const { return share(samples_, shard, shards_); }

void Shards::sort() {
  std::iota(order_.begin(), order_.end(), 0U);
  key_ = 0;
  round_ = ~std::size_t{0};
}

void Shards::shuffle(Rng& rng) {
  sort();
  const std::uint64_t high = rng.bits(), low = rng.bits();
  key_ = (high << 32 | low) | 1;
  for (std::size_t s = first_shard_; s < last_shard_; ++s) {
    const auto begin = order_.begin() + static_cast<std::ptrdiff_t>(begin_of(s) - first_);
    shard_.assign(begin, begin + static_cast<std::ptrdiff_t>(begin_of(s + 1) - begin_of(s)));
    Rng(static_cast<std::uint32_t>(mixed(key_ ^ mixed(s)))).shuffle(shard_);
    std::copy(shard_.begin(), shard_.end(), begin);
  }
}

// Which place `number`, one of `count` neighbours from `lowest` on, has in a round. Half of the neighbours and the
// other half have their places among themselves, and take turns: in each pair of places, chance says who is first.
// So each half, quarter and so on has its part of any run of places. Of an odd count, one at a chance place has no
// pair.
std::size_t Shards::place(std::size_t round, std::size_t number, std::size_t lowest, std::size_t count) const {
  if (count == 1) return 0;
  const std::size_t half = count / 2, middle = lowest + half;
  const bool is_right = number >= middle, is_odd = count % 2 == 1;
  const std::size_t among = is_right ? place(round, number, middle, count - half) : place(round, number, lowest, half);
  const std::uint64_t chance = key_ == 0 ? 0 : mixed(mixed(key_ ^ round) ^ (std::uint64_t{lowest} << 32 | count));
  const std::size_t alone = is_odd ? (key_ == 0 ? half : chance % (half + 1)) : count;
  if (is_right && among == alone) return 2 * alone;
  const std::size_t pair = among - (is_right && among > alone ? 1 : 0);
  const bool right_first = key_ != 0 && (mixed(chance + pair) & 1) != 0;
  return 2 * pair + (pair >= alone ? 1 : 0) + (is_right == right_first ? 0 : 1);
}

// The samples of this rank in a round, in the order of their places. The larger shards alone have a last round.
void Shards::go_round(std::size_t round) {
  if (round == round_) return;
  turns_.clear();
  const std::size_t all = samples_ / shards_;  // rounds in which each shard takes part
  for (std::size_t s = first_shard_; s < last_shard_; ++s) {
    const std::size_t begin = begin_of(s);
    if (begin + round >= begin_of(s + 1)) continue;
    const std::size_t at =
        round < all ? place(round, s, 0, shards_) : place(round, begin - s * all, 0, samples_ - shards_ * all);
    turns_.push_back({at, order_[begin - first_ + round]});
  }
  std::sort(turns_.begin(), turns_.end(), [](const Turn& a, const Turn& b) { return a.place < b.place; });
  round_ = round;
}

std::span<const std::uint32_t> Shards::rows(std::size_t batch, std::size_t batch_size) {
  require<ValueError>(batch_size > 0, "Shards: batch_size is 0; it takes 1 or more");
  rows_.clear();
  if (batch > (samples_ - 1) / batch_size) return rows_;
  const std::size_t begin = batch * batch_size, end = begin + std::min(batch_size, samples_ - begin);
  for (std::size_t round = begin / shards_; round * shards_ < end; ++round) {
    go_round(round);
    for (const Turn& turn : turns_)
      if (const std::size_t at = round * shards_ + turn.place; begin <= at && at < end) rows_.push_back(turn.row);
  }
  return rows_;
}

}  // namespace xgrad::inline XGRAD_PRECISION
