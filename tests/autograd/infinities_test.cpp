// Infinity and NaN in, and what JAX makes of them, with the slopes: reference/infinities.py.

#include <fstream>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

constexpr Real infinity = std::numeric_limits<Real>::infinity();

const nlohmann::json& reference() {
  static const nlohmann::json data = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/infinities.json"));
  return data;
}

Tensor tensor_of(const nlohmann::json& numbers) {
  Tensor x = zeros({numbers.size()});
  for (std::size_t i = 0; i < x.size(); ++i) x(i) = static_cast<Real>(std::stod(numbers[i].get<std::string>()));
  return x;
}

bool same(double a, double b) { return a == b || (a != a && b != b) || std::abs(a - b) <= 1e-6 * std::abs(b); }

void check_same(const Tensor& actual, const Tensor& expected) {
  REQUIRE(actual.size() == expected.size());
  for (std::size_t i = 0; i < actual.size(); ++i) {
    CAPTURE(actual.data()[i]);
    CAPTURE(expected.data()[i]);
    CHECK(same(actual.data()[i], expected.data()[i]));
  }
}

using Inputs = std::vector<Var>;
using Differs = std::function<bool(const std::vector<Tensor>&)>;

// Compares f, at every point that JAX was asked for, with its value there and, but for where they are meant to differ,
// with its slopes by the first few inputs.
void compare(const std::string& name, const std::function<Var(const Inputs&)>& f, std::size_t slopes,
             const Differs& differs) {
  for (const auto& row : reference().at(name)) {
    INFO(name << " of " << row["x"].dump());
    Tape tape;
    Inputs x;
    std::vector<Tensor> points;
    for (const auto& numbers : row["x"]) {
      points.push_back(tensor_of(numbers));
      x.push_back(tape.variable(points.back()));
    }
    const Var y = f(x);
    const Shape flat{y.value().size()};
    check_same(y.value(), tensor_of(row["y"]));
    if (differs && differs(points)) continue;
    const Var weights = tape.constant(flat, [](Tensor& w) { std::iota(w.begin(), w.end(), Real(1)); });
    const Inputs g = gradient(sum(reshape(y, flat) * weights), x);
    for (std::size_t k = 0; k < slopes; ++k) check_same(g[k].value(), tensor_of(row["slopes"][k]));
  }
}

}  // namespace

TEST_CASE("functions of one at infinity and NaN are JAX's, and so are their slopes") {
  const std::map<std::string, Var (*)(Var)> all{{"exp", exp},
                                                {"expm1", expm1},
                                                {"log", log},
                                                {"log1p", log1p},
                                                {"sqrt", sqrt},
                                                {"rsqrt", rsqrt},
                                                {"square", square},
                                                {"negative", negative},
                                                {"sign", sign},
                                                {"sin", sin},
                                                {"cos", cos},
                                                {"abs", abs},
                                                {"erf", erf},
                                                {"tanh", tanh},
                                                {"sigmoid", sigmoid},
                                                {"softplus", softplus},
                                                {"relu", relu},
                                                {"elu", elu},
                                                {"selu", selu},
                                                {"leaky_relu", leaky_relu},
                                                {"silu", silu},
                                                {"gelu", gelu},
                                                {"clip", [](Var x) { return clip(x, -1, 1); }}};
  for (const auto& [name, f] : all)
    compare(
        name, [f = f](const Inputs& x) { return f(x[0]); }, 1,
        [name = name](const auto& x) { return name == "abs" && std::isnan(x[0](0)); });  // NaN; in JAX -1
}

TEST_CASE("functions of two at infinity and NaN are JAX's, and so are their slopes") {
  const std::map<std::string, Var (*)(Var, Var)> all{
      {"add", add}, {"subtract", subtract}, {"multiply", multiply}, {"divide", divide},
      {"pow", pow}, {"maximum", maximum},   {"minimum", minimum}};
  for (const auto& [name, f] : all) compare(name, [f = f](const Inputs& x) { return f(x[0], x[1]); }, 2, {});
  const auto at_bound = [](const auto& x) { return x[0](0) == x[1](0); };  // 1, as in PyTorch; in JAX 1/2
  compare(
      "clip_from", [](const Inputs& x) { return clip(x[0], x[1], 2); }, 1, at_bound);
  compare(
      "clip_to", [](const Inputs& x) { return clip(x[0], -2, x[1]); }, 1, at_bound);
}

TEST_CASE("reductions and softmax of infinity and NaN are JAX's, and so are their slopes") {
  const std::map<std::string, Var (*)(Var)> all{{"sum", sum},
                                                {"mean", mean},
                                                {"variance", variance},
                                                {"max", max},
                                                {"min", min},
                                                {"norm", norm},
                                                {"logsumexp", logsumexp},
                                                {"softmax", softmax},
                                                {"log_softmax", log_softmax}};
  for (const auto& [name, f] : all) compare(name, [f = f](const Inputs& x) { return f(x[0]); }, 1, {});
}

TEST_CASE("logsumexp over an axis of which some rows are infinite") {
  Tape tape;
  const Var x = tape.variable(Tensor{{-infinity, -infinity}, {infinity, 0}, {-infinity, 3}, {1, 1}});
  const Tensor y = logsumexp(x, {1}).value();
  CHECK(y(0) == -infinity);
  CHECK(y(1) == infinity);
  CHECK(y(2) == 3);
  CHECK(y(3) == doctest::Approx(1 + std::log(2.0)));
}

TEST_CASE("NaN is NaN in whatever chooses among numbers, wherever it stands") {
  Tape tape;
  const Tensor nan{NAN}, one{1};
  for (const auto& [a, b] : {std::pair{nan, one}, {one, nan}}) {
    const Var u = tape.variable(a), v = tape.variable(b), both = concatenate({u, v});
    for (const Var y : {maximum(u, v), minimum(u, v), max(both), min(both), max_to(both, {1}), sign(u * v),
                        clip(u, v, 2), clip(u, 0, v), norm(both), logsumexp(both), relu(u * v), leaky_relu(u * v)})
      CHECK(std::isnan(y.item()));
  }
}
