#include <xgrad/data/shards.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "support.hpp"

using namespace xgrad;

namespace {

using Rows = std::vector<std::size_t>;

// Rows of a batch, of the whole data, rank by rank.
std::vector<Rows> of_ranks(std::vector<Shards>& ranks, std::size_t batch, std::size_t batch_size) {
  std::vector<Rows> all;
  for (Shards& rank : ranks) {
    Rows& rows = all.emplace_back();
    for (const std::uint32_t row : rank.rows(batch, batch_size)) rows.push_back(rank.first() + row);
  }
  return all;
}

std::vector<Shards> divided(std::size_t samples, std::size_t ranks, std::size_t shards, unsigned seed) {
  std::vector<Shards> all;
  for (std::size_t r = 0; r < ranks; ++r) {
    all.emplace_back(samples, r, ranks, shards);
    Rng rng(seed);
    if (seed != 0) all.back().shuffle(rng);
  }
  return all;
}

}  // namespace

TEST_CASE("ranks divide the rows, whole shards each") {
  const auto ranks = divided(1000, 3, 64, 0);
  CHECK(ranks[0].first() == 0);
  CHECK(ranks[0].last() == 328);  // 21 shards of 1000 / 64 = 15.625 rows
  CHECK(ranks[1].first() == 328);
  CHECK(ranks[1].last() == 656);
  CHECK(ranks[2].first() == 656);
  CHECK(ranks[2].last() == 1000);
  CHECK(ranks[2].size() == 344);
}

TEST_CASE("without a shuffle, four shards take turns and rows of a shard stand as they stood") {
  Shards shards(10, 0, 1, 4);  // rows 0 1, 2 3 4, 5 6, 7 8 9
  const auto rows = [&](std::size_t batch) {
    const auto span = shards.rows(batch, 4);
    return Rows(span.begin(), span.end());
  };
  CHECK(rows(0) == Rows{0, 5, 2, 7});
  CHECK(rows(1) == Rows{1, 6, 3, 8});
  CHECK(rows(2) == Rows{4, 9});
  CHECK(rows(3).empty());
}

TEST_CASE("the batches are the same for any number of ranks, and an epoch takes each sample once") {
  for (const auto& [samples, shards] : {std::pair{5, 64}, {64, 64}, {1000, 64}, {777, 7}, {100, 21}, {130, 128}})
    for (const std::size_t batch_size : {1, 3, 32, 64, 100, 2000})
      for (const unsigned seed : {0U, 1U, 2U}) {
        CAPTURE(samples);
        CAPTURE(shards);
        CAPTURE(batch_size);
        CAPTURE(seed);
        const auto n = static_cast<std::size_t>(samples), s = static_cast<std::size_t>(shards);
        auto alone = divided(n, 1, s, seed);
        Rows epoch;
        for (const std::size_t ranks : {2, 3, 4, 5}) {
          auto many = divided(n, ranks, s, seed);
          for (std::size_t batch = 0; batch * batch_size < n; ++batch) {
            const Rows whole = of_ranks(alone, batch, batch_size)[0];
            REQUIRE(whole.size() == std::min(batch_size, n - batch * batch_size));
            if (ranks == 2) epoch.insert(epoch.end(), whole.begin(), whole.end());
            const auto parts = of_ranks(many, batch, batch_size);
            for (std::size_t r = 0; r < ranks; ++r) {  // what is the rank's, in the order of the whole batch
              Rows own;
              std::copy_if(whole.begin(), whole.end(), std::back_inserter(own),
                           [&](std::size_t row) { return many[r].first() <= row && row < many[r].last(); });
              REQUIRE(parts[r] == own);
            }
          }
        }
        std::sort(epoch.begin(), epoch.end());
        Rows every(n);
        std::iota(every.begin(), every.end(), 0);
        CHECK(epoch == every);
      }
}

TEST_CASE("each batch takes its samples from all shards evenly, and ranks have equal work") {
  auto four = divided(6400, 4, 64, 5);
  for (std::size_t batch = 0; batch < 200; ++batch)
    for (const Rows& rows : of_ranks(four, batch, 32)) CHECK(rows.size() == 8);
  auto three = divided(60000, 3, 64, 5);
  const double fair[] = {21 / .64, 21 / .64, 22 / .64};  // 21, 21 and 22 of 64 shards, of 100 samples
  for (std::size_t batch = 0; batch < 600; ++batch) {
    const auto parts = of_ranks(three, batch, 100);
    for (std::size_t r = 0; r < 3; ++r) CHECK(std::abs(static_cast<double>(parts[r].size()) - fair[r]) < 4);
  }
  Shards one(6400, 0, 1);
  Rng rng(1);
  one.shuffle(rng);
  for (std::size_t batch = 0; batch < 30; ++batch) {
    std::vector<int> of_shard(64);
    for (const std::uint32_t row : one.rows(batch, 200)) ++of_shard[row / 100];
    CHECK(*std::min_element(of_shard.begin(), of_shard.end()) >= 2);
    CHECK(*std::max_element(of_shard.begin(), of_shard.end()) <= 5);
  }
}

TEST_CASE("the order of an epoch depends on the generator alone, and draws two numbers of it") {
  Shards shards(1000, 1, 2);
  Rng rng(3), two(3);
  two.bits(), two.bits();
  const auto batch = [&] {
    const auto rows = shards.rows(0, 256);
    return Rows(rows.begin(), rows.end());
  };
  shards.shuffle(rng);
  const Rows first = batch();
  CHECK(rng.state() == two.state());
  shards.shuffle(rng);
  const Rows second = batch();
  CHECK(first != second);
  Rng again(3);
  shards.shuffle(again);
  CHECK(batch() == first);
  shards.sort();
  const Rows sorted = batch();
  CHECK(sorted != first);
  Shards fresh(1000, 1, 2);
  const auto rows = fresh.rows(0, 256);
  CHECK(sorted == Rows(rows.begin(), rows.end()));
}

TEST_CASE("samples and shards meet anew in each epoch: every pair of rows of two shards shares a batch at times") {
  Shards shards(16, 0, 1, 4);  // 4 shards of 4 rows
  Rng rng(7);
  std::set<std::pair<std::uint32_t, std::uint32_t>> met;
  std::vector<int> places(16);  // of row 0
  for (int epoch = 0; epoch < 4000; ++epoch) {
    shards.shuffle(rng);
    for (std::size_t batch = 0; batch < 8; ++batch) {
      const auto rows = shards.rows(batch, 2);
      met.insert(std::minmax(rows[0], rows[1]));
      for (std::size_t k = 0; k < 2; ++k) places[2 * batch + k] += rows[k] == 0;
    }
  }
  CHECK(met.size() == 4 * 4 * 4);  // of the left two shards and the right two: of each half one in two places
  for (const int count : places) CHECK(std::abs(count - 250) < 5 * std::sqrt(250.));
}

TEST_CASE("what ranks cannot divide is refused") {
  CHECK_THROWS_WITH_AS(Shards(100, 2, 2), "Shards: rank 2 of 2; ranks count from 0", ValueError);
  CHECK_THROWS_WITH_AS(Shards(3, 0, 4), "Shards: 3 samples for 4 ranks; each takes one or more: use fewer ranks",
                       ValueError);
  CHECK_THROWS_WITH_AS(Shards(1000, 0, 65),
                       "Shards: 64 shards for 65 ranks; each takes one or more: use fewer ranks, or 65 shards or more",
                       ValueError);
  CHECK_THROWS_WITH_AS(Shards(std::size_t{1} << 40, 0, 2),
                       "Shards: rank 0 has 549755813888 rows; it takes fewer than 2^32: use more ranks", ValueError);
  Shards shards(4, 0, 2);
  CHECK_THROWS_WITH_AS(shards.rows(0, 0), "Shards: batch_size is 0; it takes 1 or more", ValueError);
  CHECK(Shards(4, 3, 4).size() == 1);
}
