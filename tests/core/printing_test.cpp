#include <sstream>

#include <xgrad/core/xtensor.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

std::string printed(const Tensor& x) {
  std::ostringstream out;
  out << x;
  return out.str();
}

}  // namespace

TEST_CASE("a tensor is printed as NumPy does, with its numbers under each other") {
  CHECK(printed(Tensor{1, 2.5, -3}) == "[  1 2.5  -3]");
  CHECK(printed(Tensor{{1, 2}, {3, 40}}) == "[[ 1  2]\n [ 3 40]]");
  CHECK(printed(Tensor{{{1, 2}, {3, 4}}, {{5, 6}, {7, 8}}}) == "[[[1 2]\n  [3 4]]\n\n [[5 6]\n  [7 8]]]");
  CHECK(printed(filled({}, 7)) == "7");
  CHECK(printed(zeros({0, 3})) == "[]");
  CHECK(printed(Tensor{-Real(NAN), INFINITY, 0}) == "[nan inf   0]");
  CHECK(text("w is ", Tensor{1, 2}, "!") == "w is [1 2]!");
}

TEST_CASE("the stream's precision holds, and its locale does not") {
  std::ostringstream out;
  out.precision(3);
  out << Tensor{Real(2) / 3, 100};
  CHECK(out.str() == "[0.667   100]");
}

TEST_CASE("of many numbers the first and last of each axis are printed, and no text is long") {
  Tensor x = zeros({1000, 10});
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = static_cast<Real>(i % 10);
  CHECK(printed(x) ==
        "[[0 1 2 ... 7 8 9]\n [0 1 2 ... 7 8 9]\n [0 1 2 ... 7 8 9]\n ...\n [0 1 2 ... 7 8 9]\n [0 1 2 ... 7 8 9]\n"
        " [0 1 2 ... 7 8 9]]");
  CHECK(printed(zeros(Shape(12, 2))) == "[...] of shape (2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2)");
  for (const Shape& shape : {Shape{1000000}, Shape{1000, 1000}, Shape{10, 10, 10, 10}, Shape{5, 5, 5, 5, 5, 5}})
    CHECK(printed(filled(shape, Real(-1.2345678e-30))).size() < 30000);
  const std::string row = printed(filled({100}, 0.125));
  for (std::size_t at = 0, end = 0; at < row.size(); at = end + 1) {
    end = std::min(row.find('\n', at), row.size());
    CHECK(end - at <= 76);
  }
}

TEST_CASE("core/xtensor.hpp has xtensor's views, sorting and building, beside which printing is not ambiguous") {
  const Tensor x{{3, 1, 2}, {6, 5, 4}};
  check_close(xt::view(x, 1, xt::all()), {6, 5, 4}, 0);
  check_close(xt::sort(x, 1), {{1, 2, 3}, {4, 5, 6}}, 0);
  check_close(xt::arange<Real>(3), {0, 1, 2}, 0);
  CHECK(printed(x) == "[[3 1 2]\n [6 5 4]]");
}
