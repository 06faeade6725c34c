#include <xgrad/core/detail/comparison.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

/// How long so many tasks take that take these times in the two ways, the n-th of a step of so many n + 1 times as
/// long.
double run(Comparison& comparison, int tasks, std::int64_t shared, std::int64_t alone, int step = 1) {
  double all = 0;
  for (int k = 0; k < tasks; ++k) {
    const std::int64_t time = (comparison.shares() ? shared : alone) * (k % step + 1);
    comparison.add(time);
    all += static_cast<double>(time);
  }
  return all / tasks / (step + 1) * 2;
}

}  // namespace

TEST_CASE("threads share tasks at first, and as long as that is faster") {
  Comparison comparison;
  for (int k = 0; k < 400; ++k) {
    CHECK(comparison.shares());
    comparison.add(5);
  }
  CHECK(run(comparison, 100'000, 700, 1000) < 710);
  CHECK(run(comparison, 100'000, 1000, 1000) == 1000);
}

TEST_CASE("the caller does alone what threads do more slowly") {
  for (const std::int64_t shared : {1100, 2000, 3000, 10'000}) {
    Comparison comparison;
    run(comparison, 5000, shared, 1000);
    CHECK(run(comparison, 100'000, shared, 1000) < 1050);
    CHECK(run(comparison, 100'000, shared, 1000) >= 1000);
  }
}

TEST_CASE("a change is seen, there and back") {
  Comparison comparison;
  run(comparison, 50'000, 700, 1000);
  run(comparison, 10'000, 3000, 1000);
  CHECK(run(comparison, 50'000, 3000, 1000) < 1050);
  run(comparison, 10'000, 700, 1000);
  CHECK(run(comparison, 50'000, 700, 1000) < 710);
}

TEST_CASE("steps of several tasks of different sizes are compared as wholes") {
  for (const int step : {2, 4, 10, 15, 30}) {
    Comparison comparison;
    CHECK(run(comparison, 60'000, 700, 1000, step) < 715);
  }
  for (const int step : {7, 9, 11}) {
    Comparison comparison;
    CHECK(run(comparison, 77 * 900, 700, 1000, step) < 730);
  }
}

TEST_CASE("one task that was interrupted does not hold for long") {
  Comparison comparison;
  run(comparison, 50'000, 700, 1000);
  for (int k = 0; k < 2000; ++k) run(comparison, 100, 700, 1000), comparison.add(comparison.shares() ? 40'000 : 1000);
  run(comparison, 10'000, 700, 1000);
  CHECK(run(comparison, 50'000, 700, 1000) < 720);
}
