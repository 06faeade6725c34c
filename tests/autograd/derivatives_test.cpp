#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("the numbers that docs/backprop.md finds by hand") {
  Tape tape;
  const Var u = tape.variable(Tensor{2}), v = tape.variable(Tensor{3});
  const Var p = u * v, s = p + u;
  const Var L = square(s);
  const std::vector<Var> adjoints = gradient(L, {u, v, p, s});
  CHECK(adjoints[0].item() == 64);
  CHECK(adjoints[1].item() == 32);
  CHECK(adjoints[2].item() == 16);
  CHECK(adjoints[3].item() == 16);
  CHECK(gradient(adjoints[1], {v})[0].item() == 8);  // 2 u^2
}

TEST_CASE("vjp weighs the outputs") {
  Tape tape;
  const Var x = tape.variable(Tensor{1, 2, 3});
  const Var v = tape.constant(Tensor{10, 20, 30});
  check_close(vjp(square(x), {x}, v)[0].value(), {2 * 1 * 10, 2 * 2 * 20, 2 * 3 * 30}, 0);
  CHECK(thrown_by<ShapeError>([&] { vjp(square(x), {x}, tape.constant(1)); }) ==
        "gradient: the seed's shape is (); it takes y's, (3,)");
}

TEST_CASE("jvp moves the inputs") {
  Tape tape;
  const Var w = tape.variable(Tensor{{1, 2}, {3, 4}}), x = tape.variable(Tensor{5, 6});
  const Var dw = tape.constant(Tensor{{1, 0}, {0, 0}}), dx = tape.constant(Tensor{0, 1});
  // d(w x) = dw x + w dx
  check_close(jvp(matmul(w, x), {w, x}, {dw, dx}).value(), {5 + 2, 4}, 0);
  CHECK(thrown_by<ShapeError>([&] {
          jvp(matmul(w, x), {w, x}, {dw});
        }) == "jvp: 1 directions for 2 inputs; it takes one for each");
  CHECK(thrown_by<ShapeError>([&] {
          jvp(matmul(w, x), {w, x}, {dx, dw});
        }) == "jvp: direction 0 has shape (2,); it takes its input's, (2, 2)");
}

TEST_CASE("jvp of what does not depend on the input is zeros") {
  Tape tape;
  const Var x = tape.variable(Tensor{1, 2}), y = tape.variable(Tensor{3, 4, 5});
  check_close(jvp(square(y), {x}, {tape.constant(Tensor{1, 1})}).value(), {0, 0, 0}, 0);
}

TEST_CASE("vjp and jvp are each other's transpose") {
  Rng rng(3);
  Tape tape;
  const Var x = tape.variable(random_normal(rng, {3, 4}, 0, 1));
  const Var y = softmax(matmul(tanh(x), tape.constant(random_normal(rng, {4, 5}, 0, 1))));
  const Var u = tape.constant(random_normal(rng, y.shape(), 0, 1)),
            v = tape.constant(random_normal(rng, x.shape(), 0, 1));
  const Var left = sum(u * jvp(y, {x}, {v})), right = sum(v * vjp(y, {x}, u)[0]);
  CHECK(left.item() == doctest::Approx(right.item()).epsilon(either(1e-4, 1e-12)));
}

TEST_CASE("the Jacobian by hand") {
  Tape tape;
  const Var x = tape.variable(Tensor{2, 3});
  const Var y = stack({slice(x, 0, 0, 1) * slice(x, 0, 1, 2), square(slice(x, 0, 0, 1))});  // (x0 x1, x0^2) as (2, 1)
  const Var j = jacobian(y, x);
  REQUIRE(j.shape() == Shape{2, 1, 2});
  check_close(reshape(j, {2, 2}).value(), {{3, 2}, {4, 0}}, 0);
  CHECK(jacobian(reshape(slice(x, 0, 0, 0), {0, 1}), x).shape() == Shape{0, 1, 2});
}

TEST_CASE("the Hessian of x'Ax / 2 is A") {
  Tape tape;
  const Tensor a{{2, 1, 0}, {1, 3, -1}, {0, -1, 4}};
  const Var x = tape.variable(Tensor{1, 2, 3});
  const Var y = dot(x, matmul(a, x)) / 2;
  check_close(hessian(y, x).value(), a, 0);
  check_close(hessian_vector_product(y, {x}, {tape.constant(Tensor{1, 0, 2})})[0].value(), {2, -1, 8}, 0);
}

TEST_CASE("the Hessian of Rosenbrock's function, and its third derivatives") {
  Tape tape;
  const Var x = tape.variable(Tensor{-1.5, 2});
  const Var a = slice(x, 0, 0, 1), b = slice(x, 0, 1, 2);
  const Var y = sum(square(1 - a) + 100 * square(b - square(a)));
  const Var h = hessian(y, x);
  // 2 - 400 b + 1200 a^2, -400 a, 200
  check_close(h.value(), {{2 - 800 + 2700, 600}, {600, 200}}, 1e-6);
  check_close(gradient(sum(rows(h, 0, 1)), {x})[0].value(), {2400 * Real(-1.5) - 400, -400}, 1e-6);
}
