#include <xgrad/autograd/ops/ops.hpp>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <set>

#include <xgrad/autograd/tools/check.hpp>

#include "autograd/operations.hpp"
#include "support.hpp"

using namespace xgrad;

TEST_CASE("every operation has the gradient, and the gradient of the gradient, that differences show") {
  if (sizeof(Real) == sizeof(float)) return;  // differences are too coarse
  Rng rng(11);
  for (const Operation& row : operations) {
    for (const std::vector<Shape>& shapes : row.shapes) {
      std::vector<Tensor> inputs;
      for (const Shape& shape : shapes) inputs.push_back(random_uniform(rng, shape, row.low, row.high));
      const GradientCheck check = check_gradient(row.f, inputs, 1e-7);
      CHECK_MESSAGE(check.ok, std::string(row.name), " of ", text(shapes[0]), ": ", check.message);
    }
  }
}

TEST_CASE("every function that ops.hpp declares has a row in the table") {
  std::set<std::string> declared, tested;
  std::ifstream header(XGRAD_SOURCE "/autograd/ops/ops.hpp");
  for (std::string line; std::getline(header, line);)
    if (line.rfind("Var ", 0) == 0) declared.insert(line.substr(4, line.find('(') - 4));
  for (const Operation& row : operations) tested.insert(std::string(row.name, std::strcspn(row.name, " ,")));
  CHECK(declared.size() > 60);
  for (const std::string& name : declared) CHECK_MESSAGE(tested.count(name) == 1, name, " has no row");
  for (const std::string& name : tested) CHECK_MESSAGE(declared.count(name) == 1, name, " is not declared");
}

TEST_CASE("what is not a number is found in the first operation that yields it, whichever that is") {
  std::size_t found = 0;
  for (const Operation& operation : operations) {
    INFO(std::string(operation.name));
    const auto run = [&](Tape& tape) {
      std::vector<Var> inputs;
      for (const Shape& shape : operation.shapes.front()) inputs.push_back(tape.variable(filled(shape, NAN)));
      operation.f(inputs);
    };
    const auto finite = [](const Tensor& x) {
      return std::all_of(x.begin(), x.end(), [](Real a) { return std::isfinite(a); });
    };
    Tape silent, checked;
    run(silent);
    std::size_t line = 0;
    while (line < silent.size() && (silent[line].op == nullptr || finite(*silent[line].value))) ++line;
    checked.check_finite(true);
    const std::string message = thrown_by<ValueError>([&] { run(checked); });
    if (line < silent.size()) ++found;
    if (line < silent.size()) CHECK(message.starts_with(silent[line].op->name));
    CHECK((message.find(text(" (line ", line, ") gave ")) < message.size()) == (line < silent.size()));
  }
  CHECK(found == operations.size() - 1);  // all but gate, which is 0 where x > 0 is not so
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
        "broadcast_to: cannot broadcast (2,) to (2, 3); counted from the last, extents must be equal, or that of x 1");
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
  CHECK(loss(16) / 1.12535e-7 == doctest::Approx(1).epsilon(1e-5));
  CHECK(loss(20) / 2.06115e-9 == doctest::Approx(1).epsilon(1e-5));
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

TEST_CASE("a slice begins where it should, beyond the last of the integers that floats count") {
  constexpr std::size_t n = (std::size_t{1} << 24) + 4;
  Tensor last = zeros({n});
  last(n - 1) = 7;
  Tape tape;
  const Var x = tape.variable(last), y = slice(x, 0, n - 1, n);
  CHECK(y.item() == 7);
  const Tensor& gradient_of_x = gradient(y, {x})[0].value();
  CHECK(gradient_of_x(n - 1) == 1);
  CHECK(gradient_of_x(n - 2) == 0);
}

TEST_CASE("what a line of a tape does not keep of axes is refused by name") {
  Tape tape;
  const Var nine = tape.variable(zeros(Shape(9, 1)));
  CHECK(thrown_by<ShapeError>([&] { transpose(nine); }) ==
        "transpose: the shape is (1, 1, 1, 1, 1, 1, 1, 1, 1); it takes at most 8 axes");
  const Var many = tape.variable(zeros(Shape(200, 1)));
  CHECK(slice(many, 127, 0, 1).shape() == many.shape());
  CHECK(thrown_by<ShapeError>([&] { slice(many, 128, 0, 1); }) ==
        "slice: axis 128 is beyond what a line of a tape keeps; it takes 0 to 127");
}

TEST_CASE("an axis that is not there is refused by the function that was called") {
  Tape tape;
  const Var x = tape.variable(zeros({2, 3}));
  CHECK(thrown_by<ShapeError>([&] { log_softmax(x, 5); }) == "log_softmax: no axis 5 in (2, 3); it takes -2 to 1");
  CHECK(thrown_by<ShapeError>([&] { softmax(sum(x), 0); }) == "softmax: the shape is (); it takes at least one axis");
  CHECK(thrown_by<ShapeError>([&] { sum(x, {-3}); }) == "sum: no axis -3 in (2, 3); it takes -2 to 1");
  CHECK(thrown_by<ShapeError>([&] {
          mean(x, {0, -2});
        }) == "mean: axis -2 of (2, 3) is given twice; it takes each once");
}

TEST_CASE("a negative axis counts from the last, in every operation along an axis") {
  Rng rng(5);
  Tape tape;
  const Var x = tape.variable(random_normal(rng, {2, 3, 4}, 0, 1));
  const auto same = [](Var a, Var b) { check_close(a.value(), b.value(), 0); };
  for (const int axis : {0, 1, 2}) {
    const int negative = axis - 3;
    for (Var (*f)(Var, const Axes&, bool) :
         {static_cast<Var (*)(Var, const Axes&, bool)>(sum), static_cast<Var (*)(Var, const Axes&, bool)>(mean),
          static_cast<Var (*)(Var, const Axes&, bool)>(variance), static_cast<Var (*)(Var, const Axes&, bool)>(max),
          static_cast<Var (*)(Var, const Axes&, bool)>(min), static_cast<Var (*)(Var, const Axes&, bool)>(logsumexp),
          static_cast<Var (*)(Var, const Axes&, bool)>(norm)})
      for (const bool keepdims : {false, true}) same(f(x, {negative}, keepdims), f(x, {axis}, keepdims));
    same(softmax(x, negative), softmax(x, axis));
    same(log_softmax(x, negative), log_softmax(x, axis));
    same(expand_dims(x, negative - 1), expand_dims(x, axis));
    same(squeeze(slice(x, axis, 0, 1), negative), squeeze(slice(x, axis, 0, 1), axis));
    same(concatenate({x, x}, negative), concatenate({x, x}, axis));
    same(stack({x, x}, negative - 1), stack({x, x}, axis));
    same(slice(x, negative, 1, 2), slice(x, axis, 1, 2));
    same(pad(x, negative, 1, 6), pad(x, axis, 1, 6));
  }
  same(transpose(x, {0, -1, -2}), transpose(x, {0, 2, 1}));
  same(transpose(x, {-1, -3, 1}), transpose(x, {2, 0, 1}));
  same(gradient(sum(square(transpose(x, {-1, -3, 1}))), {x})[0], 2 * x);
  CHECK(thrown_by<ShapeError>([&] {
          transpose(x, {0, -1, 2});
        }) == "transpose: (0, -1, 2) does not permute the axes of (2, 3, 4)");
  CHECK(thrown_by<ShapeError>([&] {
          transpose(x, {0, 1, -4});
        }) == "transpose: (0, 1, -4) does not permute the axes of (2, 3, 4)");
}

TEST_CASE("the old names of operations give what the new ones give") {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  Tape tape;
  const Var x = tape.variable(Tensor{{1, 2}, {3, 4}, {5, 6}}), row = tape.variable(Tensor{7, 8, 9});
  const Var ids = tape.constant(Tensor{1, 0, 1});
  check_close(gather(x, ids).value(), take(x, ids).value(), 0);
  check_close(scatter(x, ids, 3).value(), segment_sum(x, ids, 3).value(), 0);
  check_close(pick(x, ids).value(), take_along_axis(x, ids).value(), 0);
  check_close(place(row, ids, 2).value(), one_hot(row, ids, 2).value(), 0);
  check_close(embed(x, 1, 1, 4).value(), pad(x, 1, 1, 4).value(), 0);
#pragma GCC diagnostic pop
}

TEST_CASE("rows and elements chosen by index, by hand") {
  Tape tape;
  const Var x = tape.variable(Tensor{{1, 2}, {3, 4}, {5, 6}}), ids = tape.constant(Tensor{1, 0, 1});
  check_close(take(x, ids).value(), {{3, 4}, {1, 2}, {3, 4}}, 0);
  check_close(segment_sum(x, ids, 3).value(), {{3, 4}, {6, 8}, {0, 0}}, 0);
  check_close(take_along_axis(x, ids).value(), {2, 3, 6}, 0);
  check_close(one_hot(tape.constant(Tensor{7, 8, 9}), ids, 2).value(), {{0, 7}, {8, 0}, {0, 9}}, 0);
  check_close(pad(rows(x, 0, 1), 1, 1, 4).value(), {{0, 1, 2, 0}}, 0);
}
