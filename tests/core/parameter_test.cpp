#include <xgrad/core/fields.hpp>
#include <xgrad/core/named.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("a parameter's version goes up whenever its value may have changed, and never down") {
  Parameter p("p", Tensor{1}), other("other", Tensor{2});
  p.edit();
  p.edit();
  const auto before = p.version();
  p = other;  // whose version is lower
  CHECK(p.version() > before);
  const auto full = p.version();
  const Parameter taken = std::move(p);
  CHECK(p.version() > full);  // NOLINT(bugprone-use-after-move)
  CHECK(p.is_empty());
  CHECK(taken.value() == Tensor{2});
}

TEST_CASE("an assigned parameter has the gradient of the other, as fresh or as old as it is there") {
  Parameter p("p", Tensor{1}), other("other", Tensor{2});
  p.fresh = true;
  p = other;
  CHECK(!p.fresh);
  other.fresh = true;
  p = other;
  CHECK(p.fresh);
}

TEST_CASE("** stands for no name, too, at either end of a path") {
  CHECK(matches("encoder/**", "encoder"));
  CHECK(matches("**/encoder", "encoder"));
  CHECK(matches("**", ""));
  CHECK(matches("bias*", "bias"));
  CHECK(!matches("encoder/**/bias", "encoder"));
}

TEST_CASE("an assigned generator draws what the other draws, also between two normal numbers") {
  Rng one(1), two(2);
  one.normal();  // leaves a spare number
  Rng copy(3);
  copy = one;
  CHECK(copy.normal() == one.normal());
  two.normal();
  two = one;  // which has none
  for (int i = 0; i < 3; ++i) CHECK(two.normal() == one.normal());
}

// np.random.seed(1); for _ in range(3): x = np.arange(5); np.random.shuffle(x); print(x)
TEST_CASE("shuffle is NumPy's") {
  Rng rng(1);
  const std::vector<std::uint32_t> numpy[] = {{2, 1, 4, 0, 3}, {0, 2, 4, 3, 1}, {2, 3, 1, 4, 0}};
  for (const auto& expected : numpy) {
    std::vector<std::uint32_t> x{0, 1, 2, 3, 4};
    rng.shuffle(x);
    CHECK(x == expected);
  }
}

TEST_CASE("a shape of more bytes than a pointer difference counts is refused, and one with an extent of 0 is empty") {
  const std::size_t half = std::size_t{1} << 62;
  CHECK(
      thrown_by<ShapeError>([&] { element_count({half}); }).starts_with("tensor: the shape is (4611686018427387904,)"));
  CHECK(element_count({half, half, 0}) == 0);
  CHECK(element_count({0, half, half}) == 0);
}

TEST_CASE("an assigned function has the name of the other") {
  using Function = Callable<double(double)>;
  double (*const half)(double) = [](double x) { return x / 2; };
  double (*const twice)(double) = [](double x) { return 2 * x; };
  Function f("half", half);
  const Function g("twice", twice);
  f = g;
  CHECK(f.name() == "twice");
  CHECK(f(3) == 6);
}
