#pragma once

// Every operation on inputs of many shapes. What holds for all of them is tested by going through this table.

#include <functional>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad {

using Inputs = std::vector<Var>;

/// An operation, the shapes to try it on, and where its inputs may lie. Operands that both record have names, so that
/// every compiler records the rows in the same order (operators.hpp).
struct Operation {
  const char* name;  ///< the name of a function that ops.hpp declares; more may follow after a blank or a comma
  std::function<Var(const Inputs&)> f;
  std::vector<std::vector<Shape>> shapes;
  double low = -2, high = 2;
};

/// Shapes of rank 0 to 4 with extents 0 to 3, the first few by choice and the rest at random.
inline std::vector<std::vector<Shape>> any_one() {
  std::vector<std::vector<Shape>> shapes{{Shape{}}, {Shape{1}}, {Shape{0}}, {Shape{2, 0}}, {Shape{2, 1, 3}}};
  Rng rng(21);
  for (int i = 0; i < 6; ++i) {
    Shape shape;
    for (std::uint32_t rank = rng.integer(4); rank > 0; --rank) shape.push_back(1 + rng.integer(2));
    shapes.push_back({shape});
  }
  return shapes;
}

/// Shapes that broadcast to one another, from either side and from both, also to nothing.
inline std::vector<std::vector<Shape>> any_of(std::size_t arguments) {
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

inline Var labels_for(Var x) {
  return x.tape().constant({x.shape()[0]}, [&](Tensor& labels) {
    for (std::size_t i = 0; i < labels.size(); ++i) labels(i) = static_cast<Real>((3 * i + 1) % x.shape()[1]);
  });
}
inline Var indices(Var x, std::initializer_list<Real> numbers) { return x.tape().constant(Tensor(numbers)); }
inline Var weights_for(Var x) {
  return x.tape().constant({x.shape()[0]}, [](Tensor& w) {
    for (std::size_t i = 0; i < w.size(); ++i) w(i) = static_cast<Real>(i) / 2;
  });
}

/// One or more rows for every function that ops.hpp declares.
inline const std::vector<Operation> operations{
    {"add", [](const Inputs& x) { return x[0] + x[1]; }, any_of(2)},
    {"subtract", [](const Inputs& x) { return x[0] - x[1]; }, any_of(2)},
    {"multiply", [](const Inputs& x) { return x[0] * x[1]; }, any_of(2)},
    {"divide", [](const Inputs& x) { return x[0] / x[1]; }, any_of(2), 0.5, 2},
    {"pow", [](const Inputs& x) { return pow(x[0], x[1]); }, any_of(2), 0.5, 2},
    {"pow to a number", [](const Inputs& x) { return pow(x[0], 3); }, any_one()},
    {"pow of a number", [](const Inputs& x) { return pow(2, x[0]); }, any_one()},
    {"maximum",
     [](const Inputs& x) {
       const Var b = x[1] + 0.0173;
       return maximum(square(x[0]), b);
     },
     any_of(2)},
    {"minimum",
     [](const Inputs& x) {
       const Var b = x[1] + 0.0173;
       return minimum(square(x[0]), b);
     },
     any_of(2)},
    {"clip", [](const Inputs& x) { return clip(square(x[0]), 0.5, 1.5); }, any_one()},
    {"clip between tensors",
     [](const Inputs& x) {
       const Var low = stop_gradient(x[1]) - 3;
       return clip(square(x[0]), low, 9);
     },
     any_of(2)},
    {"where",
     [](const Inputs& x) {
       const Var c = x[2] * x[0], b = square(x[1]);
       return where(greater(x[0], 0), b, c);
     },
     any_of(3)},
    {"greater", [](const Inputs& x) { return greater(x[0], x[1]) * x[0]; }, any_of(2)},
    {"equal",
     [](const Inputs& x) {
       const Var product = x[0] * x[1];
       return equal(x[0], x[1]) + product;
     },
     any_of(2)},
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
    {"pad", [](const Inputs& x) { return pad(x[0], -2, 1, 4); }, {{{2, 3}}, {{2, 3, 2}}, {{0, 2}}}},
    {"rows", [](const Inputs& x) { return rows(x[0], 1, 2); }, {{{2, 3}}, {{3}}}},
    {"take",
     [](const Inputs& x) {
       return take(x[0], indices(x[0], {1, 0, 1, 1}));
     },
     {{{2, 3}}, {{2}}, {{3, 2, 2}}}},
    {"segment_sum",
     [](const Inputs& x) {
       return segment_sum(x[0], indices(x[0], {2, 0, 2}), 4);
     },
     {{{3, 2}}, {{3}}, {{3, 1, 2}}}},
    {"take_along_axis",
     [](const Inputs& x) { return take_along_axis(x[0], labels_for(x[0])); },
     {{{2, 3}}, {{4, 2}}, {{1, 1}}}},
    {"one_hot",
     [](const Inputs& x) {
       return one_hot(x[0], indices(x[0], {1, 0, 2}), 4);
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
     [](const Inputs& x) {
       const Var weights = weights_for(x[1]);
       return mean_absolute_error(x[0] - 5, x[1], weights);
     },
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
     [](const Inputs& x) {
       const Var p = softmax(x[0]);
       return sparse_categorical_crossentropy(labels_for(x[0]), p);
     },
     {{{2, 3}}}},
    {"sparse_categorical_crossentropy, weighted",
     [](const Inputs& x) {
       const Var weights = weights_for(x[0]);
       return sparse_categorical_crossentropy(labels_for(x[0]), x[0], weights);
     },
     {{{3, 4}}},
     0.1,
     0.9},
    {"softmax_cross_entropy",
     [](const Inputs& x) { return softmax_cross_entropy(labels_for(x[0]), x[0]); },
     {{{2, 3}}, {{2, 4}}}},
    {"softmax_cross_entropy, weighted",
     [](const Inputs& x) {
       const Var weights = weights_for(x[0]);
       return softmax_cross_entropy(labels_for(x[0]), x[0], weights);
     },
     {{{3, 4}}}},
    {"record_elementwise", [](const Inputs& x) { return x[0] + x[1]; }, any_of(2)},
};

}  // namespace xgrad
