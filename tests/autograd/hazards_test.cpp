#include <stdexcept>
#include <type_traits>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

// The ways in which a graph has broken one autodiff system or another.

using namespace xgrad;

namespace {

const std::string ended = "this Var (line 1) is of a recording that has ended; its tape was rewound or destroyed since";

/// 2 x, unless it is the fuse's turn to blow: forward and in the pullback alike.
int fuse = 0;
void burn() {
  if (--fuse == 0) throw std::runtime_error("the fuse");
}
Var fragile(Var x) {
  static constexpr Op op{.name = "fragile",
                         .rule = "ā += 2 ȳ",
                         .forward =
                             [](Tensor& y, In x) {
                               burn();
                               y = 2 * x;
                             },
                         .pull_a =
                             [](const Pull& p) {
                               burn();
                               return 2 * p.g;
                             }};
  return x.tape().record(op, x.shape(), x);
}

/// x^3, of which nothing is kept: its pullback computes it anew, and takes the gradient of that.
Var recomputed_cube(Var x) {
  static constexpr Op op{.name = "recomputed_cube",
                         .rule = "ā += ȳ d(a^3)/da",
                         .forward = [](Tensor& y, In x) { y = x * x * x; },
                         .pull_a =
                             [](const Pull& p) {
                               const Var again = p.a.tape().variable(p.a.value());
                               return vjp(square(again) * again, {again}, p.g)[0];
                             }};
  return x.tape().record(op, x.shape(), x);
}

}  // namespace

TEST_CASE("a Var with itself: x - x, x / x, x x and x + x") {
  Tape tape;
  const Var x = tape.variable(Tensor{4});
  CHECK(gradient(x - x, {x})[0].item() == 0);
  CHECK(gradient(x / x, {x})[0].item() == 0);
  CHECK(gradient(x * x, {x})[0].item() == 8);
  CHECK(gradient(x + x, {x})[0].item() == 2);
  CHECK(gradient(outer(x, x), {x})[0].item() == 8);
}

TEST_CASE("a pullback may take gradients itself, while others wait for their turn") {
  Tape tape;
  const Var x = tape.variable(Tensor{2, 3});
  check_close(gradient(sum(x * recomputed_cube(square(x))), {x})[0].value(), {7 * 64, 7 * 729}, 0);
}

TEST_CASE("forty diamonds in a row double the slope forty times, and take forty steps") {
  Tape tape;
  const Var x = tape.variable(Tensor{1});
  Var y = x;
  for (int i = 0; i < 40; ++i) y = y + y;
  CHECK(gradient(y, {x})[0].item() == std::ldexp(1.0, 40));
  CHECK(tape.size() < 200);
}

TEST_CASE("a fan-out of 1,000 adds up at order 1 and 2") {
  Tape tape;
  const Var x = tape.variable(Tensor{2});
  Var y = tape.constant(Tensor{0});
  for (int i = 1; i <= 1000; ++i) y = y + i * square(x);
  const Var first = gradient(y, {x})[0];
  CHECK(first.item() == 2.0 * 2 * 500500);
  CHECK(gradient(first, {x})[0].item() == 2.0 * 500500);
}

TEST_CASE("the gradient of a Var by itself is 1, and by what is recorded later 0") {
  Tape tape;
  const Var x = tape.variable(Tensor{3}), y = square(x), later = exp(y);
  const std::vector<Var> g = gradient(y, {y, x, x, later});
  CHECK(g[0].item() == 1);
  CHECK(g[1].item() == 6);
  CHECK(g[2].item() == 6);
  CHECK(g[3].item() == 0);
}

TEST_CASE("a constant has a gradient of zeros by everything") {
  Tape tape;
  const Var x = tape.variable(Tensor{3, 4}), y = sum(tape.constant(Tensor{1}));
  check_close(gradient(y, {x})[0].value(), {0, 0}, 0);
}

TEST_CASE("a derivative inside a derivative is by its own variable") {
  Tape tape;  // d/dx (x d/dy (x + y)) = 1, and not 2
  const Var x = tape.variable(Tensor{1}), y = tape.variable(Tensor{1});
  CHECK(gradient(x * gradient(x + y, {y})[0], {x})[0].item() == 1);
}

TEST_CASE("a gradient of a gradient goes through the node that both share") {
  Tape tape;  // s = x y, f = s^3 + s: df/dx = y (3 s^2 + 1), and its derivatives by x and y
  const Var x = tape.variable(Tensor{2}), y = tape.variable(Tensor{3}), s = x * y;
  const Var by_x = gradient(s * s * s + s, {x})[0];
  CHECK(by_x.item() == 3 * (3 * 36 + 1));
  const std::vector<Var> second = gradient(by_x, {x, y});
  CHECK(second[0].item() == 6 * 6 * 3 * 3);
  CHECK(second[1].item() == 3 * 36 + 1 + 3 * 6 * 6 * 2);
  CHECK(gradient(by_x, {s})[0].item() == 3 * 6 * 6);
}

TEST_CASE("a third derivative by three different inputs") {
  Tape tape;  // x^2 y^3 z: d3/dx dy dz = 2 x 3 y^2
  const Var x = tape.variable(Tensor{2}), y = tape.variable(Tensor{3}), z = tape.variable(Tensor{5});
  const Var first = gradient(square(x) * pow(y, 3) * z, {x})[0];
  CHECK(gradient(gradient(first, {y})[0], {z})[0].item() == doctest::Approx(2 * 2 * 3 * 9));
}

TEST_CASE("a sum of gradients does not write into the gradient it started from") {
  Tape tape;
  const Var a = tape.variable(Tensor{1, 1}), b = tape.variable(Tensor{1, 1});
  const Var y = a + b;  // ā and b̄ begin as one and the same line
  const std::vector<Var> g = gradient(sum(y + 10 * slice(a, 0, 0, 1)), {a, b, y});
  check_close(g[0].value(), {21, 1}, 0);
  check_close(g[1].value(), {1, 1}, 0);
  check_close(g[2].value(), {1, 1}, 0);
}

TEST_CASE("parts of one Var, overlapping or repeated, add up where they came from") {
  Tape tape;
  const Var x = tape.variable(Tensor{1, 2, 3});
  check_close(gradient(sum(slice(x, 0, 0, 2) * slice(x, 0, 1, 3)), {x})[0].value(), {2, 4, 2}, 0);
  check_close(gradient(sum(take(x, tape.constant(Tensor{2, 0, 2, 2}))), {x})[0].value(), {1, 0, 3}, 0);
  check_close(gradient(sum(stack({x, x, 5 * x})), {x})[0].value(), {7, 7, 7}, 0);
  check_close(gradient(sum(concatenate({x, square(x)})), {x})[0].value(), {3, 5, 7}, 0);
}

TEST_CASE("one element is enough for a gradient, whatever its rank") {
  Tape tape;
  const Var x = tape.variable(Tensor{{1, 2}, {3, 4}});
  const Tensor all = ones({2, 2});
  check_close(gradient(sum(x), {x})[0].value(), all, 0);
  check_close(gradient(sum(x, {0, 1}, true), {x})[0].value(), all, 0);
  check_close(gradient(reshape(sum(x), {1}), {x})[0].value(), all, 0);
  CHECK(thrown_by<ShapeError>([&] { gradient(x, {x}); }).find("gradient: y has shape (2, 2)") == 0);
}

TEST_CASE("what is empty has an empty gradient") {
  Tape tape;
  const Var x = tape.variable(zeros({0, 3}));
  check_close(gradient(sum(exp(x) * 2), {x})[0].value(), zeros({0, 3}), 0);
}

TEST_CASE("an operation without a pullback passes nothing on") {
  static constexpr Op flat{.name = "flat", .rule = "no gradient", .forward = [](Tensor& y, In x) { y = x; }};
  Tape tape;
  const Var x = tape.variable(Tensor{3}), y = tape.record(flat, x.shape(), x);
  CHECK(!tape[y.line()].active);
  CHECK(gradient(x * y, {x})[0].item() == 3);
}

namespace {

template <class Condition>
concept Testable = requires(Condition c) {
  c ? 1 : 0;
};

template <class Place>
concept Writable = requires(Place& place) {
  place = Real(1);
};

}  // namespace

TEST_CASE("a Var is neither true nor false") {
  CHECK(!Testable<Var>);
  CHECK(Testable<double>);  // of item()
}

TEST_CASE("a value on the tape cannot be written to") {
  CHECK(!Writable<decltype(std::declval<Var>().value()(0))>);
  CHECK(Writable<decltype(std::declval<Parameter>().edit()(0))>);
}

TEST_CASE("vjp moves what jvp gives") {
  // the Gauss-Newton product J'J v for y = (x0 x1, x0^2) at (2, 3), where J = ((3, 2), (4, 0))
  Tape tape;
  const Var x = tape.variable(Tensor{2, 3}), a = slice(x, 0, 0, 1), b = slice(x, 0, 1, 2);
  const Var y = concatenate({a * b, square(a)}), moved = jvp(y, {x}, {tape.constant(Tensor{1, -1})});
  check_close(moved.value(), {1, 4}, 0);
  check_close(vjp(y, {x}, moved)[0].value(), {19, 2}, 0);
}

TEST_CASE("rows taken by one take() have one gradient") {
  Tape tape;
  const Var x = tape.variable(zeros({1000, 2})), all = tape.constant({1000}, [](Tensor&indices) {
    for (std::size_t i = 0; i < 1000; ++i) indices(i) = static_cast<Real>(i);
  });
  check_close(gradient(sum(take(x, all)), {x})[0].value(), ones({1000, 2}), 0);
  CHECK(tape.size() < 10);
}

TEST_CASE("a second backward over one recording gives the same gradient, not twice it") {
  Tape tape;
  Parameter w("w", Tensor{3});
  const Var v = tape.watch(w), loss = square(v);
  for (int i = 0; i < 3; ++i) {
    tape.backward(loss);
    check_close(w.gradient, {6}, 0);
  }
  tape.backward(5 * v);
  check_close(w.gradient, {5}, 0);
  w.edit()(0) = 4;
  CHECK_THROWS_AS(tape.backward(loss), TapeError);
  check_close(w.gradient, {5}, 0);
}

TEST_CASE("a gradient by a watched parameter is refused after the parameter was changed, and right after rewind") {
  Tape tape;
  Parameter w("w", Tensor{3});
  const Var before = tape.watch(w), loss = square(before);
  w.edit() = Tensor{4, 5};
  CHECK_THROWS_AS(gradient(loss, {before}), TapeError);
  tape.rewind();
  tape.backward(sum(square(tape.watch(w))));
  check_close(w.gradient, {8, 10}, 0);
}

TEST_CASE("after rewind an old Var is refused as a loss, an input, an operand and a value") {
  static_assert(!std::is_copy_constructible_v<Tape> && !std::is_move_constructible_v<Tape>);
  Tape tape;
  const Var x = tape.variable(Tensor{1}), y = square(x);
  tape.rewind();
  const Var now = tape.variable(Tensor{2}), new_y = square(now);  // on the same two lines
  CHECK(thrown_by<TapeError>([&] { tape.backward(y); }) == ended);
  CHECK(thrown_by<TapeError>([&] { gradient(y, {now}); }) == ended);
  CHECK(thrown_by<TapeError>([&] { gradient(new_y, {y}); }) == ended);
  CHECK(thrown_by<TapeError>([&] { new_y + y; }) == ended);
  CHECK(thrown_by<TapeError>([&] { y.item(); }) == ended);
  CHECK(gradient(new_y, {now})[0].item() == 4);
}

TEST_CASE("a value stays where it is while the tape grows") {
  Tape tape;
  const Var x = tape.variable(Tensor{1, 2});
  const Tensor& value = x.value();
  Var y = x;
  for (int i = 0; i < 10000; ++i) y = -y;
  CHECK(&x.value() == &value);
  check_close(tape.constant(value).value(), {1, 2}, 0);
}

TEST_CASE("wherever an operation or its pullback throws, parameters are as before and the tape goes on") {
  Tape tape;
  Parameter w("w", Tensor{3});
  const auto loss = [&] {
    Var y = tape.watch(w);
    for (int i = 0; i < 4; ++i) y = fragile(y) * tape.watch(w);
    return sum(y);  // 16 w^5, with four operations forward and four pullbacks that can throw
  };
  for (int k = 1; k <= 9; ++k) {
    CAPTURE(k);
    tape.rewind();
    w.gradient = Tensor{7};
    w.fresh = false;
    fuse = k;
    bool thrown = false;
    try {
      tape.backward(loss());
    } catch (const std::runtime_error&) {
      thrown = true;
    }
    CHECK(thrown == (k <= 8));
    check_close(w.value(), {3}, 0);
    check_close(w.gradient, {thrown ? Real(7) : Real(80 * 81)}, 0);
    CHECK(w.fresh == !thrown);
    fuse = 0;
    tape.backward(loss());  // goes on with the same recording
    check_close(w.gradient, {80 * 81}, 0);
  }
}
