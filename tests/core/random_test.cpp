#include <xgrad/core/random.hpp>

#include <numeric>

#include "support.hpp"

using namespace xgrad;

// The expected numbers are those of NumPy 2.4.6 after np.random.seed(seed).

TEST_CASE("Rng draws NumPy's uniform numbers") {
  Rng rng(0);
  CHECK(rng.uniform() == 0.5488135039273248);
  CHECK(rng.uniform() == 0.7151893663724195);
  CHECK(rng.uniform() == 0.6027633760716439);
}

TEST_CASE("Rng draws NumPy's normal numbers") {
  Rng rng(0);
  for (const double expected :
       {1.764052345967664, 0.4001572083672233, 0.9787379841057392, 2.240893199201458, 1.8675579901499675})
    CHECK(rng.normal() == doctest::Approx(expected).epsilon(1e-15));
}

TEST_CASE("uniform and normal draws take turns as in NumPy") {
  Rng rng(7);
  CHECK(rng.uniform() == 0.07630828937395717);
  CHECK(rng.uniform() == 0.7799187922401146);
  CHECK(rng.normal() == doctest::Approx(1.690525703800356).epsilon(1e-15));
  CHECK(rng.normal() == doctest::Approx(-0.4659373705408328).epsilon(1e-15));
  CHECK(rng.normal() == doctest::Approx(0.0328201636785844).epsilon(1e-15));
  CHECK(rng.uniform() == 0.5011204636599379);
}

TEST_CASE("Rng shuffles as NumPy does") {
  Rng rng(42);
  std::vector<std::uint32_t> numbers(10);
  std::iota(numbers.begin(), numbers.end(), 0u);
  rng.shuffle(numbers);
  CHECK(numbers == std::vector<std::uint32_t>{8, 1, 5, 0, 7, 2, 9, 4, 3, 6});
}

TEST_CASE("the 10000th bits after seed 5489 are those that the C++ standard gives for std::mt19937") {
  Rng rng(5489);
  for (int i = 1; i < 10'000; ++i) rng.bits();
  CHECK(rng.bits() == 4123659995u);
}

TEST_CASE("a copy of a generator draws the same numbers") {
  Rng a(3);
  a.normal();
  Rng b = a;
  CHECK(a.normal() == b.normal());
  CHECK(a.bits() == b.bits());
}

TEST_CASE("a normal distribution without its tails has deviation 0.8796") {
  Rng rng(5);
  const Tensor x = random_truncated_normal(rng, {100'000}, 0, 1);
  double squares = 0;
  for (const Real value : x) {
    CHECK_UNARY(std::abs(value) <= 2);
    squares += double{value} * double{value};
  }
  CHECK(std::sqrt(squares / 100'000) == doctest::Approx(0.87962566103423978).epsilon(0.01));
}

TEST_CASE("a generator taken back to a state draws the same again, also between two normal numbers") {
  Rng rng(7), other(8);
  rng.normal();  // leaves a spare one
  const std::string state = rng.state();
  other.set_state(state);
  for (int i = 0; i < 2000; ++i) CHECK(other.normal() == rng.normal());
}

TEST_CASE("what is no state of a generator is refused, and changes nothing") {
  Rng rng(7);
  const std::string state = rng.state();
  const auto is_refused = [&](const std::string& text) {
    return thrown_by<ValueError>([&] { rng.set_state(text); }) == "set_state: this is not the state of a generator" &&
           rng.state() == state;
  };
  CHECK(is_refused(""));
  CHECK(is_refused("1 2 3"));
  CHECK(is_refused(state + " 1"));
  CHECK(is_refused(state.substr(0, state.size() / 2)));
  CHECK(is_refused("x" + state));
  CHECK(is_refused("4294967296" + state.substr(state.find(' '))));  // 2^32
  std::size_t at = 0;  // the engine's place among its 624 words comes after them
  for (int word = 0; word < 624; ++word) at = state.find(' ', at) + 1;
  CHECK(is_refused(state.substr(0, at) + "625" + state.substr(state.find(' ', at))));
}

TEST_CASE("categories are drawn as NumPy draws them, one for each row of probabilities") {
  Rng rng(5);  // np.random.seed(5); [np.random.choice(4, p=[.1, .2, .3, .4]) for _ in range(12)]
  const Tensor row{Real(0.1), Real(0.2), Real(0.3), Real(0.4)};
  const Tensor rows = xt::broadcast(row, Shape{12, 4});
  check_close(random_categorical(rng, rows), {1, 3, 1, 3, 2, 3, 3, 2, 1, 1, 0, 3}, 0);
  Rng again(5);
  CHECK(random_categorical(again, row * 20)() == 1);  // divided by their sum
  for (int i = 0; i < 20; ++i) CHECK(random_categorical(again, Tensor{0, 2, 0})() == 1);
  CHECK(thrown_by<ValueError>([&] {
          random_categorical(again, Tensor{{1, 0}, {NAN, 1}});
        }) == "random_categorical: probability nan in row 1; it takes numbers from 0");
  CHECK(thrown_by<ValueError>([&] {
          random_categorical(again, Tensor{0, 0});
        }) == "random_categorical: all probabilities of row 0 are 0");
  CHECK(thrown_by<ShapeError>([&] { random_categorical(again, filled({}, 1)); }) ==
        "random_categorical: probabilities of shape (); it takes (..., categories)");
}
