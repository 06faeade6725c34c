#pragma once

#include "autograd/operation.hpp"

namespace xgrad {

/// Products, reductions, shapes and indices.
inline const std::vector<Operation> operations_on_axes{
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
};

}  // namespace xgrad
