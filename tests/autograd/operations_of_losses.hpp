#pragma once

#include "autograd/operation.hpp"

namespace xgrad {

/// Losses, with weights and without.
inline const std::vector<Operation> operations_of_losses{
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
    {"binary_crossentropies",
     [](const Inputs& x) { return binary_crossentropies(x[0], x[1]); },
     {{{2, 3}, {2, 3}}, {{}, {}}},
     0.1,
     0.9},
    {"binary_crossentropies of a sigmoid",
     [](const Inputs& x) { return binary_crossentropies(x[0], sigmoid(x[1])); },
     {{{2, 3}, {2, 3}}}},
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
};

}  // namespace xgrad
