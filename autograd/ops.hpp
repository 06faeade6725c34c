#pragma once

// The contents page: every operation, with its shapes. The rule by which gradients flow back stands beside each
// operation's code, in the file named over each group. Where a function has a kink, its slope there is stated.

#include <xgrad/autograd/given.hpp>
#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/product.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Axes of a tensor, 0 the outermost; negative ones count from the last, -1.
using Axes = std::vector<int>;

// Elementwise, of two or three arguments whose shapes broadcast as in NumPy; else ShapeError. elementwise.cpp

Var add(Var a, Var b);       ///< a + b
Var subtract(Var a, Var b);  ///< a - b
Var multiply(Var a, Var b);  ///< a b
Var divide(Var a, Var b);    ///< a / b
Var pow(Var a, Var b);       ///< a^b; the slope in b is 0 where a = 0, and that in a at 0^0
Var maximum(Var a, Var b);   ///< the slope is shared evenly where a = b, as in PyTorch
Var minimum(Var a, Var b);   ///< the slope is shared evenly where a = b, as in PyTorch
Var greater(Var a, Var b);   ///< 1 where a > b, else 0: a mask, without a gradient
Var equal(Var a, Var b);     ///< 1 where a = b, else 0: a mask, without a gradient

/// x, kept between two bounds. The slope in x is 1 at a bound, as in PyTorch; the bounds have no gradient.
Var clip(Var x, Var low, Var high);

/// a where the mask is not 0, else b. What is not chosen gets a gradient of 0. Beware: an operation before it whose
/// slope is infinite, such as sqrt at 0, makes that 0 a NaN; choose its argument too, sqrt(where(mask, x, 1)).
Var where(Var mask, Var a, Var b);

// Elementwise, of one argument. functions.cpp

Var negative(Var x);  ///< -x
Var square(Var x);    ///< x^2
Var sqrt(Var x);      ///< the slope at 0 is infinite
Var rsqrt(Var x);     ///< 1 / sqrt(x)
Var exp(Var x);       ///< e^x
Var expm1(Var x);     ///< e^x - 1, exact near 0
Var log(Var x);       ///< the natural logarithm
Var log1p(Var x);     ///< log(1 + x), exact near 0
Var abs(Var x);       ///< the slope at 0 is 0, as in Keras and PyTorch
Var sign(Var x);      ///< -1, 0 or 1; without a gradient
Var sin(Var x);
Var cos(Var x);
Var erf(Var x);            ///< 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x
Var stop_gradient(Var x);  ///< x as if it were a constant: no gradient goes back from here

// Activations, elementwise except the softmaxes. activations.cpp

Var tanh(Var x);
Var sigmoid(Var x);                 ///< 1 / (1 + e^-x)
Var softplus(Var x);                ///< log(1 + e^x), without overflow
Var relu(Var x);                    ///< max(x, 0); the slope at 0 is 0, as in Keras and PyTorch
Var gate(Var g, Var x);             ///< g where x > 0, else 0: what relu lets through backwards; equal shapes
Var leaky_relu(Var x);              ///< x, or 0.2 x below 0, Keras's default
Var leaky_relu(Var x, Real slope);  ///< x, or slope x below 0; the slope at 0 is that below
Var elu(Var x);                     ///< x, or e^x - 1 below 0
Var elu(Var x, Real alpha);         ///< x, or alpha (e^x - 1) below 0; the slope at 0 is alpha
Var selu(Var x);                    ///< 1.0507 elu(x, 1.67326) (Klambauer et al. 2017)
Var silu(Var x);                    ///< x sigmoid(x)
Var gelu(Var x);                    ///< x times the normal distribution function at x
Var gelu_tanh(Var x);               ///< gelu by its tanh formula (Hendrycks & Gimpel 2016)
Var softmax(Var x);                 ///< e^x / sum e^x along the last axis
Var softmax(Var x, int axis);       ///< the same along another
Var log_softmax(Var x);             ///< log(softmax(x)) along the last axis, without overflow or log(0)
Var log_softmax(Var x, int axis);   ///< the same along another

// Products. Throw ShapeError unless the shapes are these; leading axes, if any, broadcast. products.cpp

Var matmul(Var a, Var b);         ///< a b: (..., m, k) by (..., k, n) is (..., m, n); a vector is a row or a column
Var matmul_nt(Var a, Var b);      ///< a b^T: (..., m, k) by (..., n, k) is (..., m, n)
Var matmul_tn(Var a, Var b);      ///< a^T b: (..., k, m) by (..., k, n) is (..., m, n)
Var linear(Var x, Var w, Var b);  ///< x w + b: (n, k) by (k, m), plus (m,) on every row
Var dot(Var a, Var b);            ///< (n,) and (n,): the sum of their products
Var outer(Var a, Var b);          ///< (m,) and (n,): every product, (m, n)

// Reductions: over all axes, or over those given, which keepdims leaves in place with extent 1. Where there is nothing
// to reduce, the sum and the norm are 0, and the others throw ShapeError. reductions.cpp

Var sum(Var x);
Var sum(Var x, const Axes& axes, bool keepdims = false);
Var mean(Var x);
Var mean(Var x, const Axes& axes, bool keepdims = false);
Var variance(Var x);  ///< the mean squared distance from the mean: divided by n, as in NumPy and Keras
Var variance(Var x, const Axes& axes, bool keepdims = false);
Var max(Var x);  ///< the slope is shared evenly among equals, as PyTorch's amax
Var max(Var x, const Axes& axes, bool keepdims = false);
Var min(Var x);  ///< the slope is shared evenly among equals, as PyTorch's amin
Var min(Var x, const Axes& axes, bool keepdims = false);
Var logsumexp(Var x);  ///< log(sum e^x), without overflow
Var logsumexp(Var x, const Axes& axes, bool keepdims = false);
Var norm(Var x);  ///< sqrt(sum x^2), without overflow; the slope at 0 is 0
Var norm(Var x, const Axes& axes, bool keepdims = false);
Var sum_to(Var x, const Shape& shape);        ///< x summed down to a shape that broadcasts to x's
Var max_to(Var x, const Shape& shape);        ///< the same with the largest element
Var broadcast_to(Var x, const Shape& shape);  ///< x stretched to a shape that x's broadcasts to

// The same elements in another shape or order, or some of them. Throw ShapeError where they cannot. shapes.cpp

Var reshape(Var x, const Shape& shape);         ///< in row-major order
Var flatten(Var x);                             ///< to one axis
Var expand_dims(Var x, int axis);               ///< with a new axis of extent 1 at this place
Var squeeze(Var x);                             ///< without the axes of extent 1
Var squeeze(Var x, int axis);                   ///< without this axis of extent 1
Var transpose(Var x);                           ///< the axes in reverse order
Var transpose(Var x, const Axes& permutation);  ///< axis k of the result is axis permutation[k] of x
Var concatenate(const std::vector<Var>& parts, int axis = 0);
Var stack(const std::vector<Var>& parts, int axis = 0);           ///< along a new axis
Var slice(Var x, int axis, std::size_t begin, std::size_t end);   ///< indices begin up to, not including, end
Var pad(Var x, int axis, std::size_t begin, std::size_t extent);  ///< x at `begin` among zeros: slice's adjoint
Var rows(Var x, std::size_t begin, std::size_t end);              ///< slice along axis 0

// Rows and elements chosen by index. Throw ValueError for an index that is out of range or not an integer. indexing.cpp

/// Row indices[i] of x as row i: (m, ...) and (n,) to (n, ...). It is np.take(x, indices, axis=0).
Var take(Var x, Var indices);

/// Row s of the result is the sum of the rows of x whose segment id is s: (n, ...) and (n,) to (num_segments, ...). It
/// is Keras's ops.segment_sum, and the adjoint of take().
Var segment_sum(Var x, Var segment_ids, std::size_t num_segments);

/// Element labels[i] of row i: (n, k) and (n,) to (n,). It is np.take_along_axis(x, labels[:, None], axis=1)[:, 0].
Var take_along_axis(Var x, Var labels);

/// Row i is x[i] times the one-hot vector of labels[i]: (n,) and (n,) to (n, classes). With ones for x it is Keras's
/// one_hot(labels, classes). It is the adjoint of take_along_axis().
Var one_hot(Var x, Var labels, std::size_t classes);

// Losses, (y_true, y_pred) in Keras's order: a number, the sum of the samples' losses over how many samples there are.
// A sample's loss is the mean over its last axis, times its weight if weights (n,) are given. Targets and weights are
// Vars or tensors (given.hpp). losses.cpp
//
// Logits may be large, 1e30 either way, but not infinite. Only a logit of -infinity has a use, to take a class out in
// the losses by label: it gets no gradient, and as the label an infinite loss. Elsewhere infinite logits give infinity
// or NaN.

/// (prediction - target)^2. The shapes are equal, never broadcast.
Var mean_squared_error(const Given& target, Var prediction);
Var mean_squared_error(const Given& target, Var prediction, const Given& weights);

/// |prediction - target|.
Var mean_absolute_error(const Given& target, Var prediction);
Var mean_absolute_error(const Given& target, Var prediction, const Given& weights);

/// e^2 / 2 for an error e up to delta, and delta (|e| - delta / 2) beyond (Huber 1964).
Var huber(const Given& target, Var prediction, Real delta = 1);
Var huber(const Given& target, Var prediction, const Given& weights, Real delta = 1);

/// -t log p - (1 - t) log(1 - p). If p is what sigmoid(z) returned, the loss is that from the logits z, which the tape
/// knows: it does not saturate, and its gradient goes to z past p. Any other p is kept within [1e-7, 1 - 1e-7] as in
/// Keras.
Var binary_crossentropy(const Given& target, Var probabilities);
Var binary_crossentropy(const Given& target, Var probabilities, const Given& weights);

/// The same from logits z, probabilities sigmoid(z): softplus(z) - t z.
Var binary_crossentropy_from_logits(const Given& target, Var logits);
Var binary_crossentropy_from_logits(const Given& target, Var logits, const Given& weights);

/// -sum t log p over the classes, the last axis. If p is what softmax(z) returned, the loss is that from the logits z,
/// and its gradient goes to z past p. Any other p is divided by its sum and kept within [1e-7, 1 - 1e-7] as in Keras.
Var categorical_crossentropy(const Given& target, Var probabilities);
Var categorical_crossentropy(const Given& target, Var probabilities, const Given& weights);

/// The same from logits.
Var categorical_crossentropy_from_logits(const Given& target, Var logits);
Var categorical_crossentropy_from_logits(const Given& target, Var logits, const Given& weights);

/// -log p[label]: labels (n,) of integers from 0 to k - 1, probabilities (n, k), of a softmax or other, as above.
/// Throws ValueError for a label that is not such an integer.
Var sparse_categorical_crossentropy(const Given& labels, Var probabilities);
Var sparse_categorical_crossentropy(const Given& labels, Var probabilities, const Given& weights);

/// The same from logits.
Var softmax_cross_entropy(const Given& labels, Var logits);
Var softmax_cross_entropy(const Given& labels, Var logits, const Given& weights);

// For operations of one's own: records an op whose result has the broadcast shape of its inputs.

Var record_elementwise(const Op& op, Var x);
Var record_elementwise(const Op& op, Var a, Var b);
Var record_elementwise(const Op& op, Var a, Var b, Var c);

// Old names, for one version.

[[deprecated("it is take() now")]] inline Var gather(Var x, Var indices) { return take(x, indices); }
[[deprecated("it is segment_sum() now")]] inline Var scatter(Var x, Var indices, std::size_t rows) {
  return segment_sum(x, indices, rows);
}
[[deprecated("it is take_along_axis() now")]] inline Var pick(Var x, Var labels) { return take_along_axis(x, labels); }
[[deprecated("it is one_hot() now")]] inline Var place(Var x, Var labels, std::size_t classes) {
  return one_hot(x, labels, classes);
}
[[deprecated("it is pad() now")]] inline Var embed(Var x, int axis, std::size_t begin, std::size_t extent) {
  return pad(x, axis, begin, extent);
}

}  // namespace xgrad::inline XGRAD_PRECISION

#include <xgrad/autograd/operators.hpp>
