#include <xgrad/teach/check_by_hand.hpp>
#include <xgrad/xgrad.hpp>

#include "support.hpp"

using namespace xgrad;

// check_by_hand on random formulas: it accuses no right gradient, and names the mistake that was made.

namespace {

enum class Kind { least_squares, logistic, net };

// A loss of random shapes, with its gradients by hand, and a mistake in one of them.
struct Formula {
  Kind kind;
  Tensor X, Y, W, b, V, c;
  Real lambda = 0, mu = 0;  // of the sum of W^2, and of that of the hidden units' squares

  Formula(Rng& rng, Kind kind, std::size_t least) : kind(kind) {
    const auto extent = [&](std::size_t most) { return least + rng.integer(static_cast<std::uint32_t>(most - least)); };
    const std::size_t n = extent(7), d = extent(5), m = extent(4), h = 2 + rng.integer(3);
    const bool is_net = kind == Kind::net;
    X = random_normal(rng, {n, d}, 0, 1);
    Y = kind == Kind::logistic ? random_uniform(rng, {n, m}, 0, 1) : random_normal(rng, {n, m}, 0, 1);
    W = random_normal(rng, {is_net ? h : d, m}, 0, 1);
    b = random_normal(rng, {m}, 0, 1);
    V = random_normal(rng, {d, h}, 0, 1);
    c = random_normal(rng, {h}, 0.5, 1);
    if (rng.uniform() < 0.5) lambda = static_cast<Real>(rng.uniform());
    if (rng.uniform() < 0.5 && is_net) mu = static_cast<Real>(rng.uniform());
  }

  Var loss(const std::vector<Var>& x) const {
    Tape& tape = x[0].tape();
    Var input = tape.constant(X), penalty = lambda * sum(square(x[0]));
    if (kind == Kind::net) {
      const Var hidden = relu(linear(input, x[2], x[3]));
      if (mu > 0) {
        const Var units = mu * sum(square(hidden));
        penalty = penalty + units;
      }
      input = hidden;
    }
    const Var z = matmul(input, x[0]) + x[1];
    if (kind != Kind::logistic) return mean(square(z - Y)) + penalty;
    const Var grown = softplus(z), chosen = z * Y;
    return mean(grown - chosen) + penalty;
  }

  HandGradients by_hand(const Cause* mistake) const {
    const auto made = [&](Cause cause) { return mistake != nullptr && *mistake == cause; };
    const Tensor before = matmul(X, V) + c, hidden = relu(before);
    const Tensor input = kind == Kind::net ? hidden : X, z = matmul(input, W) + b;
    const auto n = static_cast<Real>(Y.size());
    const Tensor r = kind == Kind::logistic ? Tensor((sigmoid(z) - Y) / n) : Tensor(2 / n * (z - Y));
    const Real kept = made(Cause::missing_path) && mu == 0 ? 0 : 2 * lambda;
    Tensor dW = matmul(transpose(input), r) + kept * W;
    if (made(Cause::sign)) dW = -dW;
    if (made(Cause::factor_two)) dW = dW / 2;
    if (made(Cause::mean_or_sum)) dW = dW * n;
    if (made(Cause::transposed)) dW = Tensor(transpose(dW));
    HandGradients result{{"W", dW}, {"b", made(Cause::not_reduced) ? r : sum(r, 0)}};
    if (kind != Kind::net) return result;
    Tensor dh = matmul(r, transpose(W));
    if (!made(Cause::missing_path)) dh += 2 * mu * hidden;
    if (!made(Cause::missing_mask))
      for (std::size_t i = 0; i < dh.size(); ++i)
        if (before.data()[i] <= 0) dh.data()[i] = 0;
    result["V"] = matmul(transpose(X), dh);
    result["c"] = sum(dh, 0);
    return result;
  }

  HandReport report(const Cause* mistake) {
    std::vector<HandParameter> parameters{{"W", W}, {"b", b}};
    if (kind == Kind::net) parameters.insert(parameters.end(), {{"V", V}, {"c", c}});
    return check_by_hand(Function([this](const std::vector<Var>& x) { return loss(x); }), parameters,
                         [&] { return by_hand(mistake); });
  }
};

}  // namespace

TEST_CASE("check_by_hand accuses none of 1,000 right gradients") {
  Rng rng(11);
  std::size_t right = 0;
  for (std::size_t i = 0; i < 400; ++i) {
    Formula formula(rng, static_cast<Kind>(i % 3), 1);
    const HandReport report = formula.report(nullptr);
    for (const HandVerdict& verdict : report.parameters) {
      CAPTURE(verdict.message);
      CHECK(verdict.ok());
      ++right;
    }
  }
  CHECK(right >= 1000);
}

TEST_CASE("check_by_hand names the mistake in 200 random formulas, and nothing else") {
  Rng rng(12);
  for (const Cause cause : {Cause::sign, Cause::factor_two, Cause::mean_or_sum, Cause::transposed, Cause::not_reduced,
                            Cause::missing_path, Cause::missing_mask})
    for (std::size_t i = 0; i < 200; ++i) {
      CAPTURE(static_cast<int>(cause));
      CAPTURE(i);
      Formula formula(rng, cause == Cause::missing_mask ? Kind::net : static_cast<Kind>(i % 3), 2);
      if (cause == Cause::missing_path && formula.mu == 0 && formula.lambda == 0) formula.lambda = 0.5;
      const HandReport report = formula.report(&cause);
      std::vector<const char*> accused{"W"};
      if (cause == Cause::not_reduced) accused = {"b"};
      if (cause == Cause::missing_mask || (cause == Cause::missing_path && formula.mu > 0)) accused = {"V", "c"};
      for (const HandVerdict& verdict : report.parameters) {
        CAPTURE(verdict.name);
        CAPTURE(verdict.message);
        const bool is_accused = std::find(accused.begin(), accused.end(), verdict.name) != accused.end();
        if (!is_accused) CHECK(verdict.ok());
        if (is_accused) {
          CHECK(std::find(verdict.readings.begin(), verdict.readings.end(), std::vector{cause}) !=
                verdict.readings.end());
          if (verdict.readings.size() > 1) CHECK(verdict.message.find("; or ") != std::string::npos);
        }
      }
      if (cause == Cause::missing_mask) CHECK_FALSE(report.ok());
    }
}
