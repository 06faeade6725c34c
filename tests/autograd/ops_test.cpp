#include <xgrad/autograd/ops.hpp>

#include <functional>

#include <xgrad/autograd/check.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

using Inputs = std::vector<Var>;

// An operation, the shapes to try it on, and where its inputs may lie.
struct Row {
  const char* name;
  std::function<Var(const Inputs&)> f;
  std::vector<std::vector<Shape>> shapes;
  double low = -2, high = 2;
};

const std::vector<std::vector<Shape>> any_one{{Shape{}},  {Shape{1}},    {Shape{3}},      {Shape{2, 3}},
                                              {Shape{0}}, {Shape{2, 0}}, {Shape{2, 1, 3}}};
const std::vector<std::vector<Shape>> any_two{{{}, {}},      {{3}, {3}},       {{2, 3}, {2, 3}}, {{2, 3}, {3}},
                                              {{3}, {2, 3}}, {{2, 1}, {1, 3}}, {{}, {2, 2}},     {{2, 1, 3}, {4, 1}},
                                              {{0, 3}, {3}}, {{2, 3}, {2, 1}}, {{1}, {0}},       {{1, 2}, {3, 1, 1}}};

const std::vector<Row> rows{
    {"add", [](const Inputs& x) { return x[0] + x[1]; }, any_two},
    {"subtract", [](const Inputs& x) { return x[0] - x[1]; }, any_two},
    {"multiply", [](const Inputs& x) { return x[0] * x[1]; }, any_two},
    {"divide", [](const Inputs& x) { return x[0] / x[1]; }, any_two, 0.5, 2},
    {"negative", [](const Inputs& x) { return -x[0]; }, any_one},
    {"square", [](const Inputs& x) { return square(x[0]); }, any_one},
    {"sqrt", [](const Inputs& x) { return sqrt(x[0]); }, any_one, 0.5, 3},
    {"exp", [](const Inputs& x) { return exp(x[0]); }, any_one},
    {"log", [](const Inputs& x) { return log(x[0]); }, any_one, 0.5, 3},
    {"tanh", [](const Inputs& x) { return tanh(x[0]); }, any_one},
    {"sigmoid", [](const Inputs& x) { return sigmoid(x[0]); }, any_one},
    {"relu", [](const Inputs& x) { return relu(x[0]); }, any_one, 0.1, 2},
    {"relu of what is below 0", [](const Inputs& x) { return relu(x[0]); }, any_one, -2, -0.1},
    {"gate", [](const Inputs& x) { return gate(x[0], x[1]); }, {{{2, 3}, {2, 3}}, {{}, {}}}, 0.1, 2},
    {"matmul",
     [](const Inputs& x) { return matmul(x[0], x[1]); },
     {{{2, 3}, {3, 4}}, {{1, 1}, {1, 1}}, {{2, 0}, {0, 3}}, {{0, 2}, {2, 3}}}},
    {"matmul_nt", [](const Inputs& x) { return matmul_nt(x[0], x[1]); }, {{{2, 3}, {4, 3}}, {{1, 2}, {0, 2}}}},
    {"matmul_tn", [](const Inputs& x) { return matmul_tn(x[0], x[1]); }, {{{3, 2}, {3, 4}}, {{0, 2}, {0, 3}}}},
    {"linear",
     [](const Inputs& x) { return linear(x[0], x[1], x[2]); },
     {{{2, 3}, {3, 4}, {4}}, {{1, 1}, {1, 1}, {1}}, {{0, 2}, {2, 3}, {3}}}},
    {"sum", [](const Inputs& x) { return sum(x[0]); }, any_one},
    {"mean", [](const Inputs& x) { return mean(x[0]); }, {{Shape{}}, {Shape{3}}, {{2, 3}}}},
    {"sum_to",
     [](const Inputs& x) {
       return sum_to(x[0], {3, 1});
     },
     {{{2, 3, 4}}, {{3, 1}}, {{3, 2}}, {{0, 3, 1}}}},
    {"broadcast_to",
     [](const Inputs& x) {
       return broadcast_to(x[0], {2, 3, 4});
     },
     {{Shape{}}, {{3, 1}}, {{2, 1, 4}}, {{2, 3, 4}}}},
    {"reshape",
     [](const Inputs& x) {
       return reshape(x[0], {3, 2});
     },
     {{{2, 3}}, {{6}}, {{3, 2}}}},
    {"softmax", [](const Inputs& x) { return softmax(x[0]); }, {{{4}}, {{2, 3}}, {{2, 1, 3}}, {{0, 3}}, {{2, 1}}}},
    {"log_softmax",
     [](const Inputs& x) { return log_softmax(x[0]); },
     {{{4}}, {{2, 3}}, {{2, 1, 3}}, {{0, 3}}, {{2, 1}}}},
    {"mean_squared_error",
     [](const Inputs& x) { return mean_squared_error(x[0], x[1]); },
     {{{2, 3}, {2, 3}}, {{}, {}}, {{4}, {4}}}},
    {"softmax_cross_entropy",
     [](const Inputs& x) {
       return softmax_cross_entropy(Tensor{2, 0}, x[0]);
     },
     {{{2, 3}}, {{2, 4}}}},
    {"sparse_categorical_crossentropy",
     [](const Inputs& x) {
       return sparse_categorical_crossentropy(Tensor{1, 1}, softmax(x[0]));
     },
     {{{2, 3}}}},
};

}  // namespace

TEST_CASE("every operation has the gradient, and the gradient of the gradient, that differences show") {
  if (sizeof(Real) == sizeof(float)) return;  // differences are too coarse
  Rng rng(11);
  for (const Row& row : rows) {
    for (const std::vector<Shape>& shapes : row.shapes) {
      std::vector<Tensor> inputs;
      for (const Shape& shape : shapes) inputs.push_back(random_uniform(rng, shape, row.low, row.high));
      const GradientCheck check = check_gradient(row.f, inputs, 1e-8);
      CHECK_MESSAGE(check.ok, row.name, " of ", text(shapes[0]), ": ", check.message);
    }
  }
}

TEST_CASE("values by hand") {
  Tape tape;
  const Var x = tape.constant(Tensor{-1, 0, 2});
  check_close(negative(x).value(), {1, 0, -2}, 0);
  check_close(square(x).value(), {1, 0, 4}, 0);
  check_close(sqrt(square(x)).value(), {1, 0, 2}, 0);
  check_close(exp(x).value(), {Real(0.36787944117), 1, Real(7.38905609893)}, 1e-6);
  check_close(log(tape.constant(Tensor{1, 2})).value(), {0, Real(0.69314718056)}, 1e-6);
  check_close(tanh(x).value(), {Real(-0.76159415596), 0, Real(0.96402758008)}, 1e-6);
  check_close(sigmoid(x).value(), {Real(0.26894142137), 0.5, Real(0.88079707798)}, 1e-6);
  check_close(relu(x).value(), {0, 0, 2}, 0);
  CHECK(mean(x).item() == doctest::Approx(1 / 3.0));
  check_close(
      linear(tape.constant(Tensor{{1, 2}}), tape.constant(Tensor{{1, 2}, {3, 4}}), tape.constant(Tensor{10, 20}))
          .value(),
      {{17, 30}}, 0);
  CHECK(softmax_cross_entropy(Tensor{0, 1}, tape.constant(Tensor{{0, 0}, {0, std::log(Real{3})}})).item() ==
        doctest::Approx((std::log(2) + std::log(4 / 3.0)) / 2));
}

TEST_CASE("relu's slope at its kink is 0, and NaN passes through it") {
  Tape tape;
  const Var x = tape.variable(Tensor{0});
  CHECK(gradient(sum(relu(x)), {x})[0].item() == 0);
  CHECK(std::isnan(relu(tape.constant(Tensor{Real(NAN)})).item()));
}

TEST_CASE("softmax cross-entropy is finite, with the right gradient, for logits of 10,000") {
  Tape tape;
  const Var z = tape.variable(Tensor{{10000, -10000, 0}});
  const Var loss = softmax_cross_entropy(Tensor{1}, z);
  CHECK(loss.item() == 20000);
  check_close(gradient(loss, {z})[0].value(), {{1, -1, 0}}, 0);
}

TEST_CASE("shapes that do not fit are refused in the caller's words") {
  Tape tape;
  const auto of = [&](const Shape& shape) { return tape.variable(ones(shape)); };
  const auto says = [](auto f) { return thrown_by<ShapeError>(f); };
  CHECK(says([&] {
          of({2, 3}) + of({2});
        }) ==
        "add: shapes (2, 3) and (2,) do not broadcast: counted from the last, extents must be equal, or one of them 1");
  CHECK(says([&] {
          matmul(of({128, 784}), of({512, 10}));
        }) == "matmul: cannot multiply (128, 784) by (512, 10); it takes (m, k) by (k, n)");
  CHECK(says([&] {
          matmul(of({3}), of({3, 1}));
        }) == "matmul: cannot multiply (3,) by (3, 1); it takes (m, k) by (k, n)");
  CHECK(says([&] {
          matmul_nt(of({2, 3}), of({3, 2}));
        }) == "matmul_nt: cannot multiply (2, 3) by (3, 2); it takes (m, k) by (n, k)");
  CHECK(says([&] {
          matmul_tn(of({2, 3}), of({3, 2}));
        }) == "matmul_tn: cannot multiply (2, 3) by (3, 2); it takes (k, m) by (k, n)");
  CHECK(says([&] {
          linear(of({2, 3}), of({3, 4}), of({3}));
        }) == "linear: cannot compute (2, 3) by (3, 4) plus (3,); it takes (n, k) by (k, m) plus (m,)");
  CHECK(says([&] { gate(of({2}), of({3})); }) == "gate: g has shape (2,) and x (3,); it takes equal shapes");
  CHECK(says([&] { mean(of({0})); }) == "mean: the shape is (0,); it takes at least one element");
  CHECK(says([&] {
          sum_to(of({2, 3}), {2});
        }) == "sum_to: cannot sum (2, 3) down to (2,); it takes a shape that broadcasts to (2, 3)");
  CHECK(says([&] {
          broadcast_to(of({2}), {2, 3});
        }) ==
        "broadcast_to: cannot stretch (2,) to (2, 3); counted from the last, extents must be equal, or that of x 1");
  CHECK(says([&] {
          reshape(of({2, 3}), {4});
        }) == "reshape: cannot turn (2, 3) into (4,); it takes a shape of 6 elements");
  CHECK(says([&] { softmax(of({})); }) == "softmax: the shape is (); it takes at least one axis");
  CHECK(says([&] { log_softmax(of({})); }) == "log_softmax: the shape is (); it takes at least one axis");
  CHECK(says([&] {
          mean_squared_error(of({5}), of({5, 1}));
        }) ==
        "mean_squared_error: the target has shape (5,) and the prediction (5, 1); it takes equal shapes that are not "
        "empty");
  CHECK(says([&] {
          softmax_cross_entropy(ones({2}), of({3, 4}));
        }) == "softmax_cross_entropy: labels (2,) with logits (3, 4); it takes (n,) with (n, classes), not empty");
}

TEST_CASE("a label out of range is refused with its row") {
  Tape tape;
  const Var z = tape.variable(zeros({2, 10}));
  for (const double label : {10.0, -1.0, 2.5, std::nan("")}) {
    const Tensor labels{3, static_cast<Real>(label)};
    CHECK(thrown_by<ValueError>([&] { softmax_cross_entropy(labels, z); }) ==
          text("softmax_cross_entropy: label ", label, " at row 1; it takes integers from 0 to 9"));
  }
}

TEST_CASE("probabilities that no softmax has made are refused") {
  Tape tape;
  const Var p = tape.constant(Tensor{{0.5, 0.5}});
  CHECK(thrown_by<TapeError>([&] { sparse_categorical_crossentropy(Tensor{1}, p); }) ==
        "sparse_categorical_crossentropy: these probabilities are not the result of a softmax");
}
