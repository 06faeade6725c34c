#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("a shape is written as Python writes it") {
  CHECK(text(Shape{}) == "()");
  CHECK(text(Shape{5}) == "(5,)");
  CHECK(text(Shape{128, 784}) == "(128, 784)");
}

TEST_CASE("braces give a tensor its numbers, zeros() gives it a shape") {
  CHECK(Tensor({2, 3}).shape() == Shape{2});
  CHECK(zeros({2, 3}).shape() == Shape{2, 3});
  CHECK(filled({2}, 7)(1) == 7);
  CHECK(column({1, 2, 3}).shape() == Shape{3, 1});
  CHECK(column({1, 2, 3})(2, 0) == 3);
}

TEST_CASE("a shape of more elements than memory has addresses for is refused") {
  constexpr std::size_t n = std::size_t{1} << 33;
  CHECK(element_count({n, n, 0}) == 0);
  CHECK(thrown_by<ShapeError>([] {
          zeros({n, n});
        }) == "tensor: the shape is (8589934592, 8589934592); it takes one whose elements fit in memory");
  Tape tape;
  const Var tall = tape.variable(zeros({n, 0})), wide = tape.variable(zeros({0, n}));
  CHECK_THROWS_AS(matmul(tall, wide), ShapeError);
  CHECK_THROWS_AS(broadcast_to(tape.variable(ones({1})), {n, n}), ShapeError);
}

TEST_CASE("a buffer that shrinks for the last batch keeps its memory") {
  Tensor x(Shape{32, 10});
  const Real* const memory = x.data();
  x.resize(Shape{16, 10});
  x.resize(Shape{32, 10});
  CHECK(x.data() == memory);
  CHECK(reinterpret_cast<std::uintptr_t>(memory) % 64 == 0);
}

TEST_CASE("a tensor of megabytes begins where a huge page can") {
  constexpr std::size_t huge_page = 2 << 20;
  const Tensor large(Shape{huge_page / sizeof(Real)});
  CHECK(reinterpret_cast<std::uintptr_t>(large.data()) % huge_page == 0);
}

TEST_CASE("messages have a decimal point, whatever the global locale") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  CHECK(text(0.5) == "0.5");
  std::locale::global(before);
}

TEST_CASE("require throws the parts of its message") {
  CHECK(thrown_by<ShapeError>([] { require(false, "f: shape ", Shape{2}, "; it takes ", 3); }) ==
        "f: shape (2,); it takes 3");
  CHECK(thrown_by<ValueError>([] { require<ValueError>(1 + 1 == 2, "arithmetic is off"); }) == "nothing");
}
