// Mistakes planted one at a time in the gradients, by hand, of a network of three layers. They were chosen, and the
// names that they ought to get, before the code that finds them was read.

#include <sstream>

#include <xgrad/core/xtensor.hpp>

#include "teach/articles.hpp"

using namespace xgrad;

namespace {

// relu, then relu or tanh, then softmax with cross-entropy, and an L2 term on the second kernel:
// L = -(1/n) sum_i log softmax(z3)_i,label + lambda sum W2^2.
struct Network {
  bool tanh_within = false;
  Tensor x, labels, one_hot, W1, b1, W2, b2, W3, b3;
  double lambda = 0.05, rate = 0.1;

  explicit Network(bool tanh_within) : tanh_within(tanh_within) {
    NumpyRandom random(7);
    x = random.randn({6, 5});
    W1 = 0.8 * random.randn({5, 4});
    b1 = 0.3 * random.randn({4});
    W2 = 0.8 * random.randn({4, 4});
    b2 = 0.3 * random.randn({4});
    W3 = 0.8 * random.randn({4, 3});
    b3 = 0.3 * random.randn({3});
    labels = Tensor{0, 2, 1, 1, 0, 2};
    one_hot = Tensor::from_shape({6, 3});
    one_hot.fill(0);
    for (std::size_t i = 0; i < 6; ++i) one_hot(i, static_cast<std::size_t>(labels(i))) = 1;
  }

  Var loss(const std::vector<Var>& v) const {
    const Var input = v[0].tape().borrow(x);
    const Var h1 = relu(linear(input, v[0], v[1]));
    const Var z2 = linear(h1, v[2], v[3]);
    const Var z3 = linear(tanh_within ? tanh(z2) : relu(z2), v[4], v[5]);
    const Var data = softmax_cross_entropy(labels, z3);
    const Var penalty = lambda * sum(square(v[2]));
    return data + penalty;
  }

  // The gradients by hand, with a mistake, or right if it has no name.
  HandGradients gradients(const std::string& mistake) const {
    const auto is = [&](const char* name) { return mistake == name; };
    const double n = 6;
    const Tensor z1 = linear(x, W1, b1), h1 = relu(z1);
    const Tensor z2 = linear(h1, W2, b2), h2 = tanh_within ? tanh(z2) : relu(z2);
    const Tensor z3 = linear(h2, W3, b3), p = softmax(z3);
    const auto over = [](const Tensor& t) { return Tensor(sum(t, 0)); };
    const auto row = [](const Tensor& t) { return Tensor(xt::view(t, 0)); };
    const auto positive = [](const Tensor& t) { return Tensor(xt::cast<Real>(t > 0)); };

    // The third layer.
    Tensor d3 = (p - one_hot) / n;
    if (is("softmax: the residual is y - p")) d3 = (one_hot - p) / n;
    if (is("softmax: the sum over the batch, no mean")) d3 = p - one_hot;
    Tensor dW3 = matmul(transposed(h2), d3), db3 = over(d3);
    if (is("W3: sign")) dW3 = -1 * dW3;
    if (is("W3: twice")) dW3 = 2 * dW3;
    if (is("W3: mean over n n")) dW3 = dW3 / n;
    if (is("W3: d3^T h2")) dW3 = matmul(transposed(d3), h2);
    if (is("W3: every residual times every input")) dW3 = outer(over(h2), over(d3));
    if (is("W3: of the inputs before the activation")) dW3 = matmul(transposed(z2), d3);
    if (is("b3: not summed")) db3 = d3;
    if (is("b3: mean of what has 1/n")) db3 = db3 / n;
    if (is("b3: sign and half")) db3 = -0.5 * db3;
    if (is("b3: of shape (1, 3)")) db3 = db3.reshape({1, 3});

    // The second.
    Tensor W3_used = W3;
    const bool layer_by_layer = is("each layer is stepped before the one below");
    if (layer_by_layer || is("W3 is stepped before the layers below")) W3_used = W3 - rate * dW3;
    Tensor back = matmul(d3, transposed(W3_used));
    const Tensor slope = tanh_within ? Tensor(1 - h2 * h2) : positive(z2);
    Tensor d2 = back * slope;
    if (is("layer 2: no derivative of the activation")) d2 = back;
    if (is("layer 2: the derivative of the activation twice")) d2 = back * slope * slope;
    if (is("layer 2: 1 - z2^2")) d2 = back * (1 - z2 * z2);
    if (is("layer 2: the mask of the first layer")) d2 = back * positive(z1);
    const Tensor data2 = matmul(transposed(h1), d2);
    Tensor dW2 = data2 + 2 * lambda * W2, db2 = over(d2);
    if (is("W2: sign")) dW2 = -1 * dW2;
    if (is("W2: no L2")) dW2 = data2;
    if (is("W2: only L2")) dW2 = 2 * lambda * W2;
    if (is("W2: lambda W2 for L2")) dW2 = data2 + lambda * W2;
    if (is("W2: minus L2")) dW2 = data2 - 2 * lambda * W2;
    if (is("W2: minus data")) dW2 = 2 * lambda * W2 - data2;
    if (is("W2: L2 over n")) dW2 = data2 + 2 * lambda / n * W2;
    if (is("W2: d2^T h1")) dW2 = matmul(transposed(d2), h1) + 2 * lambda * W2;
    if (is("W2: all transposed")) dW2 = transposed(dW2);
    if (is("W2: every residual times every input")) dW2 = outer(over(h1), over(d2)) + 2 * lambda * W2;
    if (is("b2: sign")) db2 = -1 * db2;
    if (is("b2: not summed")) db2 = d2;
    if (is("b2: summed over the units")) db2 = sum(d2, 1);
    if (is("b2: after the step of W2")) {
      Network after = *this;
      after.W2 -= rate * dW2;
      db2 = after.gradients("")["b2"];
    }
    if (is("b2: with L2")) db2 = db2 + 2 * lambda * b2;

    // The first.
    Tensor W2_used = W2;
    if (layer_by_layer || is("W2 is stepped before the layer below")) W2_used = W2 - rate * dW2;
    back = matmul(d2, transposed(W2_used));
    if (is("layer 1: W2 for W2^T")) back = matmul(d2, W2);
    Tensor d1 = back * positive(z1);
    if (is("layer 1: no mask")) d1 = back;
    if (is("layer 1: the mask is of z2")) d1 = back * positive(z2);
    if (is("layer 1: the mask is inverted")) d1 = back * (1 - positive(z1));
    Tensor dW1 = matmul(transposed(x), d1), db1 = over(d1);
    if (is("W1: sign")) dW1 = -1 * dW1;
    if (is("W1: half")) dW1 = 0.5 * dW1;
    if (is("W1: n times")) dW1 = n * dW1;
    if (is("W1: d1^T x")) dW1 = matmul(transposed(d1), x);
    if (is("W1: no mask")) dW1 = matmul(transposed(x), back);
    if (is("W1: every residual times every input")) dW1 = outer(over(x), over(d1));
    if (is("W1: of the first example")) dW1 = outer(row(x), row(d1));
    if (is("b1: not summed")) db1 = d1;
    if (is("b1: no mask")) db1 = over(back);
    if (is("b1: n times and minus")) db1 = -n * db1;
    if (is("b1: zeros")) db1 = 0 * db1;
    return {{"W1", dW1}, {"b1", db1}, {"W2", dW2}, {"b2", db2}, {"W3", dW3}, {"b3", db3}};
  }

  static Tensor transposed(const Tensor& t) { return Tensor(xt::transpose(t)); }

  HandReport report(const std::string& mistake, double known_rate) {
    const std::vector<HandParameter> parameters{{"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}, {"W3", W3}, {"b3", b3}};
    return check_by_hand([this](const std::vector<Var>& v) { return loss(v); }, parameters,
                         [&] { return gradients(mistake); }, {.learning_rate = known_rate});
  }
};

// Which gradients a mistake spoils, and what has to be said of them.
struct Planted {
  const char* mistake;
  std::vector<std::pair<std::vector<const char*>, std::vector<Cause>>> accused;
};

const std::vector<const char*> layer_1{"W1", "b1"}, layers_1_2{"W1", "b1", "W2", "b2"},
    all{"W1", "b1", "W2", "b2", "W3", "b3"};

const Planted planted[] = {
    {"softmax: the residual is y - p", {{all, {Cause::sign}}}},
    {"softmax: the sum over the batch, no mean", {{all, {Cause::mean_or_sum}}}},
    {"W3: sign", {{{"W3"}, {Cause::sign}}}},
    {"W3: twice", {{{"W3"}, {Cause::factor_two}}}},
    {"W3: mean over n n", {{{"W3"}, {Cause::mean_or_sum}}}},
    {"W3: d3^T h2", {{{"W3"}, {Cause::transposed}}}},
    {"W3: every residual times every input", {{{"W3"}, {Cause::outer_product}}}},
    {"b3: not summed", {{{"b3"}, {Cause::not_reduced}}}},
    {"b3: mean of what has 1/n", {{{"b3"}, {Cause::mean_or_sum}}}},
    {"b3: sign and half", {{{"b3"}, {Cause::sign, Cause::factor_two}}}},
    {"b3: of shape (1, 3)", {{{"b3"}, {Cause::wrong_shape}}}},
    {"W3 is stepped before the layers below", {{layers_1_2, {Cause::updated}}}},
    {"layer 2: no derivative of the activation", {{layers_1_2, {Cause::missing_mask}}}},
    {"W2: sign", {{{"W2"}, {Cause::sign}}}},
    {"W2: no L2", {{{"W2"}, {Cause::missing_path}}}},
    {"W2: only L2", {{{"W2"}, {Cause::missing_path}}}},
    {"W2: lambda W2 for L2", {{{"W2"}, {Cause::factor_two}}}},
    {"W2: minus L2", {{{"W2"}, {Cause::sign}}}},
    {"W2: minus data", {{{"W2"}, {Cause::sign}}}},
    {"W2: L2 over n", {{{"W2"}, {Cause::mean_or_sum}}}},
    {"W2: d2^T h1", {{{"W2"}, {Cause::transposed}}}},
    {"W2: all transposed", {{{"W2"}, {Cause::transposed}}}},
    {"W2: every residual times every input", {{{"W2"}, {Cause::outer_product}}}},
    {"b2: sign", {{{"b2"}, {Cause::sign}}}},
    {"b2: not summed", {{{"b2"}, {Cause::not_reduced}}}},
    {"b2: summed over the units", {{{"b2"}, {Cause::wrong_shape}}}},
    {"b2: after the step of W2", {{{"b2"}, {Cause::updated}}}},
    {"W2 is stepped before the layer below", {{layer_1, {Cause::updated}}}},
    {"each layer is stepped before the one below", {{layers_1_2, {Cause::updated}}}},
    {"layer 1: W2 for W2^T", {{layer_1, {Cause::transposed}}}},
    {"layer 1: no mask", {{layer_1, {Cause::missing_mask}}}},
    {"layer 1: the mask is inverted", {{layer_1, {Cause::missing_mask}}}},
    {"W1: sign", {{{"W1"}, {Cause::sign}}}},
    {"W1: half", {{{"W1"}, {Cause::factor_two}}}},
    {"W1: n times", {{{"W1"}, {Cause::mean_or_sum}}}},
    {"W1: d1^T x", {{{"W1"}, {Cause::transposed}}}},
    {"W1: no mask", {{{"W1"}, {Cause::missing_mask}}}},
    {"W1: every residual times every input", {{{"W1"}, {Cause::outer_product}}}},
    {"W1: of the first example", {{{"W1"}, {Cause::not_reduced}}}},
    {"b1: not summed", {{{"b1"}, {Cause::not_reduced}}}},
    {"b1: no mask", {{{"b1"}, {Cause::missing_mask}}}},
    {"b1: n times and minus", {{{"b1"}, {Cause::sign, Cause::mean_or_sum}}}},
    {"b1: zeros", {{{"b1"}, {Cause::missing_path}}}},
    // of no kind that has a name
    {"W3: of the inputs before the activation", {{{"W3"}, {Cause::unknown}}}},
    {"b2: with L2", {{{"b2"}, {Cause::unknown}}}},
};

// Those of one of the two networks.
const Planted planted_in_relu[] = {
    {"layer 2: the derivative of the activation twice", {}},
    {"layer 2: the mask of the first layer", {{layers_1_2, {Cause::missing_mask}}}},
    {"layer 1: the mask is of z2", {{layer_1, {Cause::missing_mask}}}},
};
const Planted planted_in_tanh[] = {
    {"layer 2: 1 - z2^2", {{layers_1_2, {Cause::missing_mask}}}},
    {"layer 2: the derivative of the activation twice", {{layers_1_2, {Cause::unknown}}}},
};

void check_planted(Network& network, const Planted& row) {
  CAPTURE(row.mistake);
  const HandReport report = network.report(row.mistake, network.rate);
  REQUIRE(report.parameters.size() == 6);
  for (const HandVerdict& verdict : report.parameters) {
    Readings expected;
    for (const auto& [names, causes] : row.accused)
      if (std::count(names.begin(), names.end(), verdict.name) > 0) expected = {causes};
    CAPTURE(verdict.name);
    CAPTURE(verdict.message);
    CHECK(verdict.readings == expected);
  }
}

}  // namespace

TEST_CASE("check_by_hand accepts the right gradients of three layers") {
  for (const bool tanh_within : {false, true}) {
    const HandReport report = Network(tanh_within).report("", 0.1);
    CHECK(report.ok());
    CHECK(report.points == 4);
  }
}

TEST_CASE("check_by_hand names mistakes that were planted in three layers, and accuses no other gradient") {
  Network relus(false), with_tanh(true);
  for (const Planted& row : planted) check_planted(relus, row), check_planted(with_tanh, row);
  for (const Planted& row : planted_in_relu) check_planted(relus, row);
  for (const Planted& row : planted_in_tanh) check_planted(with_tanh, row);
}

TEST_CASE(
    "check_by_hand finds a step before the adjoint went back without its rate, and nothing else that it was not") {
  for (const bool tanh_within : {false, true}) {
    Network network(tanh_within);
    for (const char* mistake : {"W3 is stepped before the layers below", "W2 is stepped before the layer below"}) {
      CAPTURE(mistake);
      const HandReport report = network.report(mistake, 0);
      CHECK(report.parameters[0].readings == Readings{{Cause::updated}});
      CHECK(report.parameters[1].readings == Readings{{Cause::updated}});
      CHECK(report.parameters[4].ok());
    }
    for (const char* mistake : {"W3: of the inputs before the activation", "b2: with L2"}) {
      const HandReport report = network.report(mistake, 0);
      for (const HandVerdict& verdict : report.parameters)
        if (!verdict.ok()) CHECK(verdict.readings == Readings{{Cause::unknown}});
    }
  }
}
