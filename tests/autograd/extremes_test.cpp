#include <limits>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

// Numbers so large that their squares overflow: slopes are what the limit says, and not 0 times infinity.

using namespace xgrad;

namespace {

constexpr Real infinity = std::numeric_limits<Real>::infinity();

/// The largest that is tried: its square overflows in either precision.
const Real huge = static_cast<Real>(either(1e38, 1e300));

struct Row {
  const char* name;
  Var (*f)(Var);
  double left, right;  // the slope far below 0, and far above
};

const Row rows_of_table[] = {
    {"tanh", tanh, 0, 0},
    {"sigmoid", sigmoid, 0, 0},
    {"erf", erf, 0, 0},
    {"softplus", softplus, 0, 1},
    {"relu", relu, 0, 1},
    {"leaky_relu", leaky_relu, 0.2, 1},
    {"elu", elu, 0, 1},
    {"selu", selu, 0, 1.0507009873554805},
    {"silu", silu, 0, 1},
    {"gelu", gelu, 0, 1},
    {"gelu_tanh", gelu_tanh, 0, 1},
    {"abs", abs, -1, 1},
    {"expm1 below 0", [](Var x) { return expm1(-abs(x)); }, 0, 0},
    {"log1p above 0", [](Var x) { return log1p(abs(x)) * 0; }, 0, 0},
    {"sin", [](Var x) { return sin(x) * 0; }, 0, 0},
    {"logsumexp",
     [](Var x) {
       return logsumexp(stack({x, 0 * x}), {0});
     },
     0, 1},
    {"max",
     [](Var x) {
       return max(stack({x, 0 * x}), {0});
     },
     0, 1},
    {"norm",
     [](Var x) {
       return norm(stack({x, 0 * x}), {0});
     },
     -1, 1},
    {"softmax",
     [](Var x) {
       return softmax(stack({x, 0 * x}), 0);
     },
     0, 0},
    {"log_softmax",
     [](Var x) {
       return rows(log_softmax(stack({0 * x, x}), 0), 0, 1);
     },
     0, -1},
    {"huber", [](Var x) { return huber(Tensor{0}, reshape(x, {1})); }, -1, 1},
    {"mean_absolute_error", [](Var x) { return mean_absolute_error(Tensor{0}, reshape(x, {1})); }, -1, 1},
    {"binary_crossentropy_from_logits",
     [](Var x) { return binary_crossentropy_from_logits(Tensor{0}, reshape(x, {1})); }, 0, 1},
    {"binary_crossentropy", [](Var x) { return binary_crossentropy(Tensor{0}, sigmoid(reshape(x, {1}))); }, 0, 1},
    {"categorical_crossentropy_from_logits",
     [](Var x) {
       const Var logits = reshape(stack({0 * x, x}), {1, 2});
       return categorical_crossentropy_from_logits(Tensor{{1, 0}}, logits);
     },
     0, 1},
    {"softmax_cross_entropy",
     [](Var x) {
       const Var logits = reshape(stack({0 * x, x}), {1, 2});
       return softmax_cross_entropy(Tensor{0}, logits);
     },
     0, 1},
};

}  // namespace

TEST_CASE("far from 0 slopes are those of the limit, and the slopes of the slopes 0") {
  for (const Row& row : rows_of_table)
    for (const Real x : {-huge, Real(-1e30), Real(-1e4), Real(1e4), Real(1e30), huge}) {
      INFO(std::string(row.name));
      CAPTURE(x);
      Tape tape;
      const Var v = tape.variable(filled({}, x)), first = gradient(sum(row.f(v)), {v})[0];
      CHECK(first.item() == doctest::Approx(x < 0 ? row.left : row.right));
      CHECK(std::abs(gradient(first, {v})[0].item()) < 1e-4);
    }
}

TEST_CASE("functions that flatten out have slopes and curvatures at the largest and the least numbers, too") {
  using Limits = std::numeric_limits<Real>;
  for (Var (*f)(Var) :
       {static_cast<Var (*)(Var)>(erf), static_cast<Var (*)(Var)>(tanh), static_cast<Var (*)(Var)>(sigmoid),
        static_cast<Var (*)(Var)>(softplus), static_cast<Var (*)(Var)>(gelu), static_cast<Var (*)(Var)>(gelu_tanh),
        static_cast<Var (*)(Var)>(silu), static_cast<Var (*)(Var)>(selu)})
    for (const Real x : {Limits::max(), Limits::min(), Limits::denorm_min()})
      for (const Real at : {x, -x}) {
        CAPTURE(at);
        Tape tape;
        const Var v = tape.variable(filled({}, at)), y = f(v), first = gradient(y, {v})[0];
        CHECK(std::isfinite(first.item()));
        CHECK(std::isfinite(gradient(first, {v})[0].item()));
      }
  Tape tape;
  CHECK(gelu(tape.constant(Limits::max())).item() == Limits::max());
  CHECK(gelu_tanh(tape.constant(Limits::max())).item() == Limits::max());
}

TEST_CASE("norm neither overflows nor vanishes with the squares of its elements") {
  for (const Real scale : {huge, Real(1e30), Real(1), Real(1e-30), 1 / huge}) {
    CAPTURE(scale);
    Tape tape;
    const Var x = tape.variable(Tensor{-scale, scale, 0}), y = norm(x);
    CHECK(y.item() / scale == doctest::Approx(std::sqrt(2.0)));
    const Real half = std::sqrt(Real(0.5));
    check_close(gradient(y, {x})[0].value(), {-half, half, 0}, 1e-6);
  }
  Tape tape;
  CHECK(norm(tape.constant(Tensor{-infinity, 1})).item() == infinity);
  CHECK(std::isnan(norm(tape.constant(Tensor{NAN, 1})).item()));
  CHECK(norm(tape.constant(zeros({0, 3}))).item() == 0);
  CHECK(norm(tape.constant(zeros({3}))).item() == 0);
}

TEST_CASE("the slope of a variance is finite where the variance is not") {
  Tape tape;
  const Var x = tape.variable(Tensor{huge, -huge}), y = variance(x);  // the slope is 2 (x - mean) / n
  CHECK(y.item() == infinity);
  const Tensor slope = gradient(y, {x})[0].value();
  CHECK(slope(0) / huge == doctest::Approx(1));
  CHECK(slope(1) / huge == doctest::Approx(-1));
}

TEST_CASE("a logit of -infinity takes its class out of the losses by label") {
  for (const bool look_through : {false, true}) {
    Tape tape;
    const Var z = tape.variable(Tensor{{-infinity, 1, 1}});
    const auto loss = [&](Real label) {
      return look_through ? sparse_categorical_crossentropy(Tensor{label}, softmax(z))
                          : softmax_cross_entropy(Tensor{label}, z);
    };
    CHECK(loss(1).item() == doctest::Approx(std::log(2.0)));
    check_close(gradient(loss(1), {z})[0].value(), {{0, -0.5, 0.5}}, either(1e-6, 1e-15));
    CHECK(loss(0).item() == infinity);
    check_close(gradient(loss(0), {z})[0].value(), {{-1, 0.5, 0.5}}, either(1e-6, 1e-15));
  }
}

TEST_CASE("other infinite logits give infinity or NaN, which a finite check finds") {
  Tape tape;
  tape.check_finite(true);
  const auto found = [&](auto f) { return thrown_by<ValueError>(f) != "nothing"; };
  const Var plus = tape.variable(Tensor{{infinity, 0}}), minus = tape.variable(Tensor{{-infinity, 0}});
  CHECK(found([&] { softmax_cross_entropy(Tensor{0}, plus); }));
  CHECK(found([&] { categorical_crossentropy_from_logits(Tensor{{0, 1}}, plus); }));
  CHECK(found([&] { categorical_crossentropy_from_logits(Tensor{{0, 1}}, minus); }));
  for (const Real target : Tensor{0, 1})
    for (const Var z : {plus, minus}) CHECK(found([&] { binary_crossentropy_from_logits(filled({1, 2}, target), z); }));
}
