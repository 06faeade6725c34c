#include <xgrad/autograd/ops.hpp>

#include <cstring>
#include <fstream>
#include <functional>
#include <set>

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

// Shapes of rank 0 to 4 with extents 0 to 3, the first few by choice and the rest at random.
std::vector<std::vector<Shape>> any_one() {
  std::vector<std::vector<Shape>> shapes{{Shape{}}, {Shape{1}}, {Shape{0}}, {Shape{2, 0}}, {Shape{2, 1, 3}}};
  Rng rng(21);
  for (int i = 0; i < 6; ++i) {
    Shape shape;
    for (std::uint32_t rank = rng.integer(4); rank > 0; --rank) shape.push_back(1 + rng.integer(2));
    shapes.push_back({shape});
  }
  return shapes;
}

// Shapes that broadcast to one another, from either side and from both, also to nothing.
std::vector<std::vector<Shape>> any_of(std::size_t arguments) {
  std::vector<std::vector<Shape>> shapes;
  Rng rng(22);
  for (int i = 0; i < 14; ++i) {
    Shape common;
    for (std::uint32_t rank = rng.integer(4); rank > 0; --rank)
      common.push_back(i % 5 == 4 ? rng.integer(3) : 1 + rng.integer(2));
    std::vector<Shape> row(arguments);
    for (Shape& shape : row) {
      const std::size_t dropped = rng.integer(static_cast<std::uint32_t>(common.size()));
      shape = rng.integer(2) == 0 ? common : Shape(common.begin() + static_cast<std::ptrdiff_t>(dropped), common.end());
      for (std::size_t& extent : shape)
        if (rng.integer(3) == 0) extent = 1;
    }
    shapes.push_back(row);
  }
  return shapes;
}

Var labels_for(Var x) {
  return x.tape().constant({x.shape()[0]}, [&](Tensor& labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) labels(i) = static_cast<Real>((3 * i + 1) % x.shape()[1]);
  });
}
Var indices(Var x, std::initializer_list<Real> numbers) { return x.tape().constant(Tensor(numbers)); }
Var weights_for(Var x) {
  return x.tape().constant({x.shape()[0]}, [](Tensor& w) {
    for (std::size_t i = 0; i < w.size(); ++i) w(i) = static_cast<Real>(i) / 2;
  });
}

// One or more rows for every function that ops.hpp declares; a name may go on after a blank.
const std::vector<Row> rows_of_table{
    {"add", [](const Inputs& x) { return x[0] + x[1]; }, any_of(2)},
    {"subtract", [](const Inputs& x) { return x[0] - x[1]; }, any_of(2)},
    {"multiply", [](const Inputs& x) { return x[0] * x[1]; }, any_of(2)},
    {"divide", [](const Inputs& x) { return x[0] / x[1]; }, any_of(2), 0.5, 2},
    {"pow", [](const Inputs& x) { return pow(x[0], x[1]); }, any_of(2), 0.5, 2},
    {"pow to a number", [](const Inputs& x) { return pow(x[0], 3); }, any_one()},
    {"pow of a number", [](const Inputs& x) { return pow(2, x[0]); }, any_one()},
    {"maximum", [](const Inputs& x) { return maximum(square(x[0]), x[1] + 0.0173); }, any_of(2)},
    {"minimum", [](const Inputs& x) { return minimum(square(x[0]), x[1] + 0.0173); }, any_of(2)},
    {"clip", [](const Inputs& x) { return clip(square(x[0]), 0.5, 1.5); }, any_one()},
    {"clip between tensors", [](const Inputs& x) { return clip(square(x[0]), stop_gradient(x[1]) - 3, 9); }, any_of(2)},
    {"where", [](const Inputs& x) { return where(greater(x[0], 0), square(x[1]), x[2] * x[0]); }, any_of(3)},
    {"greater", [](const Inputs& x) { return greater(x[0], x[1]) * x[0]; }, any_of(2)},
    {"equal", [](const Inputs& x) { return equal(x[0], x[1]) + x[0] * x[1]; }, any_of(2)},
    {"negative", [](const Inputs& x) { return -x[0]; }, any_one()},
    {"square", [](const Inputs& x) { return square(x[0]); }, any_one()},
    {"sqrt", [](const Inputs& x) { return sqrt(x[0]); }, any_one(), 0.5, 3},
    {"rsqrt", [](const Inputs& x) { return rsqrt(x[0]); }, any_one(), 0.5, 3},
    {"exp", [](const Inputs& x) { return exp(x[0]); }, any_one()},
    {"expm1", [](const Inputs& x) { return expm1(x[0]); }, any_one()},
    {"log", [](const Inputs& x) { return log(x[0]); }, any_one(), 0.5, 3},
    {"log1p", [](const Inputs& x) { return log1p(x[0]); }, any_one(), -0.5, 3},
    {"abs", [](const Inputs& x) { return abs(x[0]); }, any_one(), 0.1, 2},
    {"abs below 0", [](const Inputs& x) { return abs(x[0]); }, any_one(), -2, -0.1},
    {"sign", [](const Inputs& x) { return sign(x[0]) * x[0]; }, any_one(), 0.1, 2},
    {"sin", [](const Inputs& x) { return sin(x[0]); }, any_one()},
    {"cos", [](const Inputs& x) { return cos(x[0]); }, any_one()},
    {"erf", [](const Inputs& x) { return erf(x[0]); }, any_one()},
    {"stop_gradient", [](const Inputs& x) { return stop_gradient(greater(x[0], 0)) * x[0]; }, any_one(), 0.1, 2},
    {"tanh", [](const Inputs& x) { return tanh(x[0]); }, any_one()},
    {"sigmoid", [](const Inputs& x) { return sigmoid(x[0]); }, any_one()},
    {"softplus", [](const Inputs& x) { return softplus(x[0]); }, any_one()},
    {"relu", [](const Inputs& x) { return relu(x[0]); }, any_one(), 0.1, 2},
    {"relu below 0", [](const Inputs& x) { return relu(x[0]); }, any_one(), -2, -0.1},
    {"gate", [](const Inputs& x) { return gate(x[0], x[1]); }, {{{2, 3}, {2, 3}}, {{}, {}}}, 0.1, 2},
    {"leaky_relu", [](const Inputs& x) { return leaky_relu(x[0]); }, any_one(), 0.1, 2},
    {"leaky_relu below 0", [](const Inputs& x) { return leaky_relu(x[0], Real(0.3)); }, any_one(), -2, -0.1},
    {"elu", [](const Inputs& x) { return elu(x[0]); }, any_one(), 0.1, 2},
    {"elu below 0", [](const Inputs& x) { return elu(x[0], 2); }, any_one(), -2, -0.1},
    {"selu", [](const Inputs& x) { return selu(x[0]); }, any_one(), 0.1, 2},
    {"selu below 0", [](const Inputs& x) { return selu(x[0]); }, any_one(), -2, -0.1},
    {"silu", [](const Inputs& x) { return silu(x[0]); }, any_one()},
    {"gelu", [](const Inputs& x) { return gelu(x[0]); }, any_one()},
    {"gelu_tanh", [](const Inputs& x) { return gelu_tanh(x[0]); }, any_one()},
    {"softmax", [](const Inputs& x) { return softmax(x[0]); }, {{{4}}, {{2, 3}}, {{2, 1, 3}}, {{0, 3}}, {{2, 1}}}},
    {"softmax along an axis",
     [](const Inputs& x) { return softmax(x[0], 0); },
     {{{4}}, {{2, 3}}, {{2, 1, 3}}, {{1, 3}}}},
    {"log_softmax",
     [](const Inputs& x) { return log_softmax(x[0]); },
     {{{4}}, {{2, 3}}, {{2, 1, 3}}, {{0, 3}}, {{2, 1}}}},
    {"log_softmax along an axis", [](const Inputs& x) { return log_softmax(x[0], -2); }, {{{2, 3}}, {{2, 2, 3}}}},
    {"matmul",
     [](const Inputs& x) { return matmul(x[0], x[1]); },
     {{{2, 3}, {3, 4}},
      {{1, 1}, {1, 1}},
      {{2, 0}, {0, 3}},
      {{0, 2}, {2, 3}},
      {{2, 3}, {3}},
      {{3}, {3, 2}},
      {{3}, {3}},
      {{2, 2, 3}, {2, 3, 2}},
      {{2, 2, 3}, {3, 2}},
      {{2, 3}, {2, 1, 3, 2}},
      {{2, 1, 2, 3}, {3, 3, 1}},
      {{2, 2, 3}, {3}},
      {{3}, {2, 3, 2}}}},
    {"matmul_nt",
     [](const Inputs& x) { return matmul_nt(x[0], x[1]); },
     {{{2, 3}, {4, 3}}, {{1, 2}, {0, 2}}, {{2, 2, 3}, {1, 3}}}},
    {"matmul_tn",
     [](const Inputs& x) { return matmul_tn(x[0], x[1]); },
     {{{3, 2}, {3, 4}}, {{0, 2}, {0, 3}}, {{3, 2}, {2, 3, 1}}}},
    {"linear",
     [](const Inputs& x) { return linear(x[0], x[1], x[2]); },
     {{{2, 3}, {3, 4}, {4}}, {{1, 1}, {1, 1}, {1}}, {{0, 2}, {2, 3}, {3}}}},
    {"dot", [](const Inputs& x) { return dot(x[0], x[1]); }, {{{3}, {3}}, {{0}, {0}}, {{1}, {1}}}},
    {"outer", [](const Inputs& x) { return outer(x[0], x[1]); }, {{{3}, {2}}, {{0}, {2}}, {{1}, {1}}}},
    {"sum", [](const Inputs& x) { return sum(x[0]); }, any_one()},
    {"sum over axes",
     [](const Inputs& x) {
       return sum(x[0], {0, -1});
     },
     {{{2, 3}}, {{2, 3, 4}}, {{0, 2}}, {{2, 1, 3, 2}}}},
    {"mean", [](const Inputs& x) { return mean(x[0]); }, {{Shape{}}, {Shape{3}}, {{2, 3}}}},
    {"mean over axes", [](const Inputs& x) { return mean(x[0], {1}, true); }, {{{2, 3}}, {{2, 3, 2}}, {{0, 2}}}},
    {"variance", [](const Inputs& x) { return variance(x[0]); }, {{Shape{}}, {Shape{3}}, {{2, 3}}}},
    {"variance over axes", [](const Inputs& x) { return variance(x[0], {0}); }, {{{2, 3}}, {{3, 1, 2}}}},
    {"max", [](const Inputs& x) { return max(x[0] * x[0]); }, {{Shape{}}, {Shape{3}}, {{2, 3}}}},
    {"max over axes", [](const Inputs& x) { return max(x[0] * x[0], {-1}, true); }, {{{2, 3}}, {{2, 2, 3}}, {{0, 2}}}},
    {"min", [](const Inputs& x) { return min(x[0] * x[0]); }, {{Shape{}}, {Shape{3}}, {{2, 3}}}},
    {"min over axes",
     [](const Inputs& x) {
       return min(x[0] * x[0], {0, 1});
     },
     {{{2, 3}}, {{2, 2, 3}}}},
    {"logsumexp", [](const Inputs& x) { return logsumexp(x[0]); }, {{Shape{}}, {Shape{3}}, {{2, 3}}}},
    {"logsumexp over axes", [](const Inputs& x) { return logsumexp(x[0], {1}); }, {{{2, 3}}, {{2, 3, 2}}, {{0, 2}}}},
    {"norm", [](const Inputs& x) { return norm(x[0]); }, {{Shape{}}, {Shape{3}}, {{2, 3}}}, 0.5, 2},
    {"norm over axes", [](const Inputs& x) { return norm(x[0], {0}, true); }, {{{2, 3}}, {{3, 1, 2}}}, 0.5, 2},
    {"sum_to",
     [](const Inputs& x) {
       return sum_to(x[0], {3, 1});
     },
     {{{2, 3, 4}}, {{3, 1}}, {{3, 2}}, {{0, 3, 1}}}},
    {"max_to",
     [](const Inputs& x) {
       return max_to(x[0] * x[0], {3, 1});
     },
     {{{2, 3, 4}}, {{3, 1}}, {{3, 2}}}},
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
    {"flatten", [](const Inputs& x) { return flatten(x[0]); }, any_one()},
    {"expand_dims", [](const Inputs& x) { return expand_dims(expand_dims(x[0], -1), 0); }, {{{3}}, {{2, 3}}}},
    {"squeeze", [](const Inputs& x) { return squeeze(squeeze(x[0], 0)); }, {{{1, 3, 1}}, {{1}}, {{1, 2, 3}}}},
    {"transpose", [](const Inputs& x) { return transpose(x[0]); }, any_one()},
    {"transpose of chosen axes",
     [](const Inputs& x) {
       return transpose(x[0], {2, 0, 1});
     },
     {{{2, 3, 4}}, {{1, 3, 1}}, {{2, 0, 3}}}},
    {"concatenate",
     [](const Inputs& x) {
       return concatenate({x[0], x[1], x[2]}, 1);
     },
     {{{2, 1}, {2, 3}, {2, 2}}, {{2, 0, 2}, {2, 1, 2}, {2, 2, 2}}}},
    {"stack",
     [](const Inputs& x) {
       return stack({x[0], x[1]}, -1);
     },
     {{{2, 3}, {2, 3}}, {{}, {}}, {{0}, {0}}}},
    {"slice", [](const Inputs& x) { return slice(x[0], 1, 1, 3); }, {{{2, 3}}, {{2, 4, 2}}}},
    {"embed", [](const Inputs& x) { return embed(x[0], -2, 1, 4); }, {{{2, 3}}, {{2, 3, 2}}, {{0, 2}}}},
    {"rows", [](const Inputs& x) { return rows(x[0], 1, 2); }, {{{2, 3}}, {{3}}}},
    {"gather",
     [](const Inputs& x) {
       return gather(x[0], indices(x[0], {1, 0, 1, 1}));
     },
     {{{2, 3}}, {{2}}, {{3, 2, 2}}}},
    {"scatter",
     [](const Inputs& x) {
       return scatter(x[0], indices(x[0], {2, 0, 2}), 4);
     },
     {{{3, 2}}, {{3}}, {{3, 1, 2}}}},
    {"pick", [](const Inputs& x) { return pick(x[0], labels_for(x[0])); }, {{{2, 3}}, {{4, 2}}, {{1, 1}}}},
    {"place",
     [](const Inputs& x) {
       return place(x[0], indices(x[0], {1, 0, 2}), 4);
     },
     {{{3}}}},
    {"mean_squared_error",
     [](const Inputs& x) { return mean_squared_error(x[0], x[1]); },
     {{{2, 3}, {2, 3}}, {{}, {}}, {{4}, {4}}}},
    {"mean_squared_error, weighted",
     [](const Inputs& x) { return mean_squared_error(x[0], x[1], weights_for(x[1])); },
     {{{3, 2}, {3, 2}}, {{3}, {3}}}},
    {"mean_absolute_error", [](const Inputs& x) { return mean_absolute_error(x[0] - 5, x[1]); }, {{{2, 3}, {2, 3}}}},
    {"mean_absolute_error, weighted",
     [](const Inputs& x) { return mean_absolute_error(x[0] - 5, x[1], weights_for(x[1])); },
     {{{3, 2}, {3, 2}}}},
    {"huber", [](const Inputs& x) { return huber(x[0], x[1]); }, {{{2, 3}, {2, 3}}, {{4}, {4}}}},
    {"huber, weighted",
     [](const Inputs& x) { return huber(x[0], x[1], weights_for(x[1]), Real(0.5)); },
     {{{3, 2}, {3, 2}}}},
    {"binary_crossentropy",
     [](const Inputs& x) { return binary_crossentropy(x[0], x[1]); },
     {{{2, 3}, {2, 3}}},
     0.1,
     0.9},
    {"binary_crossentropy of a sigmoid",
     [](const Inputs& x) { return binary_crossentropy(x[0], sigmoid(x[1])); },
     {{{2, 3}, {2, 3}}}},
    {"binary_crossentropy, weighted",
     [](const Inputs& x) { return binary_crossentropy(x[0], x[1], weights_for(x[1])); },
     {{{3, 2}, {3, 2}}},
     0.1,
     0.9},
    {"binary_crossentropy_from_logits",
     [](const Inputs& x) { return binary_crossentropy_from_logits(x[0], x[1]); },
     {{{2, 3}, {2, 3}}}},
    {"binary_crossentropy_from_logits, weighted",
     [](const Inputs& x) { return binary_crossentropy_from_logits(x[0], x[1], weights_for(x[1])); },
     {{{3}, {3}}}},
    {"categorical_crossentropy",
     [](const Inputs& x) { return categorical_crossentropy(x[0], x[1]); },
     {{{2, 3}, {2, 3}}},
     0.1,
     0.9},
    {"categorical_crossentropy of a softmax",
     [](const Inputs& x) { return categorical_crossentropy(x[0], softmax(x[1])); },
     {{{2, 3}, {2, 3}}}},
    {"categorical_crossentropy, weighted",
     [](const Inputs& x) { return categorical_crossentropy(x[0], x[1], weights_for(x[1])); },
     {{{3, 2}, {3, 2}}},
     0.1,
     0.9},
    {"categorical_crossentropy_from_logits",
     [](const Inputs& x) { return categorical_crossentropy_from_logits(x[0], x[1]); },
     {{{2, 3}, {2, 3}}}},
    {"categorical_crossentropy_from_logits, weighted",
     [](const Inputs& x) { return categorical_crossentropy_from_logits(x[0], x[1], weights_for(x[1])); },
     {{{3, 2}, {3, 2}}}},
    {"sparse_categorical_crossentropy",
     [](const Inputs& x) { return sparse_categorical_crossentropy(labels_for(x[0]), x[0]); },
     {{{2, 3}}, {{3, 4}}},
     0.1,
     0.9},
    {"sparse_categorical_crossentropy of a softmax",
     [](const Inputs& x) { return sparse_categorical_crossentropy(labels_for(x[0]), softmax(x[0])); },
     {{{2, 3}}}},
    {"sparse_categorical_crossentropy, weighted",
     [](const Inputs& x) { return sparse_categorical_crossentropy(labels_for(x[0]), x[0], weights_for(x[0])); },
     {{{3, 4}}},
     0.1,
     0.9},
    {"softmax_cross_entropy",
     [](const Inputs& x) { return softmax_cross_entropy(labels_for(x[0]), x[0]); },
     {{{2, 3}}, {{2, 4}}}},
    {"softmax_cross_entropy, weighted",
     [](const Inputs& x) { return softmax_cross_entropy(labels_for(x[0]), x[0], weights_for(x[0])); },
     {{{3, 4}}}},
    {"record_elementwise", [](const Inputs& x) { return x[0] + x[1]; }, any_of(2)},
};

}  // namespace

TEST_CASE("every operation has the gradient, and the gradient of the gradient, that differences show") {
  if (sizeof(Real) == sizeof(float)) return;  // differences are too coarse
  Rng rng(11);
  for (const Row& row : rows_of_table) {
    for (const std::vector<Shape>& shapes : row.shapes) {
      std::vector<Tensor> inputs;
      for (const Shape& shape : shapes) inputs.push_back(random_uniform(rng, shape, row.low, row.high));
      const GradientCheck check = check_gradient(row.f, inputs, 1e-7);
      CHECK_MESSAGE(check.ok, row.name, " of ", text(shapes[0]), ": ", check.message);
    }
  }
}

TEST_CASE("every function that ops.hpp declares has a row in the table") {
  std::set<std::string> declared, tested;
  std::ifstream header(XGRAD_SOURCE "/autograd/ops.hpp");
  for (std::string line; std::getline(header, line);)
    if (line.rfind("Var ", 0) == 0) declared.insert(line.substr(4, line.find('(') - 4));
  for (const Row& row : rows_of_table) tested.insert(std::string(row.name, std::strcspn(row.name, " ,")));
  CHECK(declared.size() > 60);
  for (const std::string& name : declared) CHECK_MESSAGE(tested.count(name) == 1, name, " has no row");
  for (const std::string& name : tested) CHECK_MESSAGE(declared.count(name) == 1, name, " is not declared");
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
  CHECK(
      says([&] {
        matmul(of({128, 784}), of({512, 10}));
      }) ==
      "matmul: cannot multiply (128, 784) by (512, 10); it takes (m, k) by (k, n), after leading axes that broadcast");
  CHECK(says([&] {
          matmul(of({3}), of({2, 1}));
        }) == "matmul: cannot multiply (1, 3) by (2, 1); it takes (m, k) by (k, n), after leading axes that broadcast");
  CHECK(says([&] {
          matmul_nt(of({2, 3}), of({3, 2}));
        }) ==
        "matmul_nt: cannot multiply (2, 3) by (3, 2); it takes (m, k) by (n, k), after leading axes that broadcast");
  CHECK(says([&] {
          matmul_tn(of({2, 3}), of({3, 2}));
        }) ==
        "matmul_tn: cannot multiply (2, 3) by (3, 2); it takes (k, m) by (k, n), after leading axes that broadcast");
  CHECK(says([&] {
          linear(of({2, 3}), of({3, 4}), of({3}));
        }) == "linear: cannot compute (2, 3) by (3, 4) plus (3,); it takes (n, k) by (k, m) plus (m,)");
  CHECK(says([&] { gate(of({2}), of({3})); }) == "gate: g has shape (2,) and x (3,); it takes equal shapes");
  CHECK(says([&] { mean(of({0})); }) == "mean: the shape is (0,); it takes at least one element to reduce");
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
        }) == "softmax_cross_entropy: labels (2,) with predictions (3, 4); it takes (n,) with (n, classes), not empty");
}

TEST_CASE("a small loss keeps its digits, and a perfect one is 0") {
  Tape tape;
  const auto loss = [&](Real margin) {
    return softmax_cross_entropy(Tensor{0}, tape.constant(Tensor{{margin, 0}})).item();
  };
  CHECK(loss(16) == doctest::Approx(1.12535e-7).epsilon(1e-5));
  CHECK(loss(20) == doctest::Approx(2.06115e-9).epsilon(1e-5));
  CHECK(!std::signbit(loss(200)));
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
