#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tools/check.hpp>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("the gradient of a broadcast bias is the sum over the batch") {
  Tape tape;
  const Var x = tape.constant(Tensor{{1, 2}, {3, 4}, {5, 6}}), b = tape.variable(Tensor{10, 20});
  const Var d = gradient(sum((x + b) * x), {b})[0];
  check_close(d.value(), {1 + 3 + 5, 2 + 4 + 6}, 0);
}

TEST_CASE("an input that y does not depend on has a gradient of zeros") {
  Tape tape;
  const Var a = tape.variable(Tensor{1, 2}), b = tape.variable(zeros({2, 3}));
  check_close(gradient(sum(a), {a, b})[1].value(), zeros({2, 3}), 0);
}

TEST_CASE("a constant has no gradient") {
  Tape tape;
  const Var a = tape.variable(Tensor{1}), c = tape.constant(Tensor{1});
  CHECK(thrown_by<TapeError>([&] {
          gradient(sum(a * c), {a, c});
        }) == "gradient: input 1 is a constant; make it a variable() or a watched parameter");
}

TEST_CASE("micrograd's example") {
  // The numbers of its README.
  Tape tape;
  const Var a = tape.variable(Tensor{-4}), b = tape.variable(Tensor{2});
  Var c = a + b, d = a * b + b * square(b);
  c = c + c + 1;
  c = c + 1 + c + (-a);
  d = d + d * 2 + relu(b + a);
  d = d + 3 * d + relu(b - a);
  const Var e = c - d, f = square(e);
  Var g = f / 2.0;
  g = g + 10.0 / f;
  CHECK(g.item() == doctest::Approx(24.7041).epsilon(1e-5));
  const std::vector<Var> gradients = gradient(sum(g), {a, b});
  CHECK(gradients[0].item() == doctest::Approx(138.8338).epsilon(1e-6));
  CHECK(gradients[1].item() == doctest::Approx(645.5773).epsilon(1e-6));
}

TEST_CASE("the sweep is recorded, so that derivatives of derivatives come free") {
  Tape tape;
  const Var x = tape.variable(Tensor{2});
  const Var cube = x * x * x;
  const Var first = gradient(sum(cube), {x})[0];
  const Var second = gradient(sum(first), {x})[0];
  const Var third = gradient(sum(second), {x})[0];
  CHECK(first.item() == 12);
  CHECK(second.item() == 12);
  CHECK(third.item() == 6);
}

TEST_CASE("a gradient through a diamond and a wide fan adds every path") {
  Tape tape;
  const Var x = tape.variable(Tensor{3});
  const Var left = 2 * x, right = square(x);
  CHECK(gradient(sum(left * right), {x})[0].item() == 6 * 9);  // (2 x^3)' = 6 x^2
  Var total = x;
  for (int i = 1; i < 1000; ++i) total = total + x;
  CHECK(gradient(sum(total), {x})[0].item() == 1000);
}

TEST_CASE("a gradient flows only into what wants one") {
  Tape tape;
  const Var images = tape.constant(ones({4, 3})), kernel = tape.variable(ones({3, 2})),
            bias = tape.variable(zeros({2}));
  const Var loss = sum(linear(images, kernel, bias));
  gradient(loss, {kernel, bias});
  for (std::size_t line = 0; line < tape.size(); ++line)
    if (tape[line].op != nullptr) CHECK(std::string(tape[line].op->name) != "matmul_nt");
}

TEST_CASE("check_gradient passes what is right and says where something is wrong") {
  if (sizeof(Real) == sizeof(float)) return;
  const Tensor x{{0.1, -0.2}, {1.1, 0.3}};
  CHECK(check_gradient([](Var a) { return square(a) * a; }, {x}).ok);

  static constexpr Op wrong{.name = "wrong",
                            .rule = "ā -= 2 a ȳ, which has the wrong sign",
                            .forward = [](Tensor& y, In a) { y = a * a; },
                            .pull_a = [](const Pull& p) { return -(2 * p.a * p.g); }};
  const GradientCheck check = check_gradient([](Var a) { return a.tape().record(wrong, a.shape(), a); }, {x});
  CHECK(!check.ok);
  CHECK(check.order == 1);
  CHECK(check.element == 2);
  CHECK(check.message.find("order 1: input 0 at (1, 0): analytic -") == 0);
}

TEST_CASE("check_gradient finds a rule that is right once and wrong when differentiated again") {
  if (sizeof(Real) == sizeof(float)) return;
  static constexpr Op frozen{.name = "frozen",
                             .rule = "ā += 2 a ȳ, with a frozen",
                             .forward = [](Tensor& y, In a) { y = a * a; },
                             .pull_a = [](const Pull& p) { return 2 * p.a.value() * p.g; }};
  const GradientCheck check =
      check_gradient([](Var a) { return a.tape().record(frozen, a.shape(), a); }, {Tensor{1, 2}});
  CHECK(!check.ok);
  CHECK(check.order == 2);
}
