#pragma once

#include "autograd/operation.hpp"

namespace xgrad {

/// The operations on each element.
inline const std::vector<Operation> elementwise_operations{
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
};

}  // namespace xgrad
