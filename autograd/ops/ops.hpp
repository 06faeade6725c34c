#pragma once

// The contents page: every operation, with its shapes. The file named over each group has each operation's code, and
// beside it the rule by which gradients go back. Rules call the arguments a, b and c, in their order, and the result y.
// Where a function has a kink, its slope there is stated.

#include <xgrad/autograd/ops/given.hpp>
#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/kernels/product.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Axes of a tensor, by number. 0 is the outermost; negative ones count from the last, which is -1.
using Axes = std::vector<int>;

// Elementwise, of two or three arguments whose shapes broadcast as in NumPy; else ShapeError. elementwise.cpp

Var add(Var a, Var b);       ///< a + b
Var subtract(Var a, Var b);  ///< a - b
Var multiply(Var a, Var b);  ///< a b, elementwise
Var divide(Var a, Var b);    ///< a / b
Var pow(Var a, Var b);       ///< a^b; the slope in b is 0 where a = 0, and that in a at 0^0
Var maximum(Var a, Var b);   ///< the larger of a and b; the slope is shared evenly where a = b, as in JAX and PyTorch
Var minimum(Var a, Var b);   ///< the smaller of a and b; the slope is shared evenly where a = b, as in JAX and PyTorch
Var equal(Var a, Var b);     ///< 1 where a = b, else 0: a mask, without a gradient

namespace by_argument {
Var greater(Var a, Var b);  ///< 1 where a > b, else 0: a mask, without a gradient
}

/// x, kept between two bounds. The slope in x is 1 at a bound, as in TensorFlow and PyTorch (JAX: 1/2); the bounds have
/// no gradient.
Var clip(Var x, Var low, Var high);

/// x1 where the condition is not 0, else x2. What is not chosen gets a gradient of 0. Beware: if it was computed by an
/// operation whose slope there is infinite, such as sqrt at 0, that 0 becomes NaN. Choose the argument of such an
/// operation, too: sqrt(where(condition, x, 1)).
Var where(Var condition, Var x1, Var x2);

// Elementwise, of one argument. functions.cpp

Var negative(Var x);       ///< -x
Var square(Var x);         ///< x^2
Var sqrt(Var x);           ///< the square root; the slope at 0 is infinite
Var rsqrt(Var x);          ///< 1 / sqrt(x)
Var exp(Var x);            ///< e^x
Var expm1(Var x);          ///< e^x - 1, exact near 0
Var log(Var x);            ///< the natural logarithm
Var log1p(Var x);          ///< log(1 + x), exact near 0
Var abs(Var x);            ///< |x|; the slope at 0 is 0, as in TensorFlow and PyTorch (JAX: 1)
Var sign(Var x);           ///< -1, 0 or 1; without a gradient
Var sin(Var x);            ///< the sine of x in radians
Var cos(Var x);            ///< the cosine of x in radians
Var erf(Var x);            ///< the error function: 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x
Var stop_gradient(Var x);  ///< x as if it were a constant: no gradient goes back from here

// Activations, elementwise except the softmaxes. activations.cpp

Var tanh(Var x);                    ///< the hyperbolic tangent
Var sigmoid(Var x);                 ///< 1 / (1 + e^-x)
Var softplus(Var x);                ///< log(1 + e^x), without overflow
Var relu(Var x);                    ///< max(x, 0); the slope at 0 is 0, as everywhere
Var gate(Var g, Var x);             ///< g where x > 0, else 0: the pullback of relu; equal shapes
Var leaky_relu(Var x);              ///< x, or 0.2 x below 0, Keras's default
Var leaky_relu(Var x, Real slope);  ///< x, or slope x below 0; at 0 that below, as TensorFlow and PyTorch
Var elu(Var x);                     ///< x, or e^x - 1 below 0
Var elu(Var x, Real alpha);         ///< x, or alpha (e^x - 1) below 0; the slope at 0 is alpha
Var selu(Var x);  ///< 1.0507 elu(x, 1.67326) (Klambauer et al. 2017); the slope at 0 is 1.758, as in JAX and PyTorch
Var silu(Var x);  ///< x sigmoid(x)
Var gelu(Var x);  ///< x times the normal distribution function at x
Var gelu_tanh(Var x);              ///< gelu by its tanh formula (Hendrycks & Gimpel 2016)
Var softmax(Var x);                ///< e^x / sum e^x along the last axis
Var softmax(Var x, int axis);      ///< e^x / sum e^x along the given axis
Var log_softmax(Var x);            ///< log(softmax(x)) along the last axis, without overflow or log(0)
Var log_softmax(Var x, int axis);  ///< log(softmax(x)) along the given axis, without overflow or log(0)

// Products. Throw ShapeError unless the shapes are these; leading axes, if any, broadcast. products.cpp

Var matmul(Var a, Var b);     ///< a b: (..., m, k) by (..., k, n) is (..., m, n); a vector is a row or a column
Var matmul_nt(Var a, Var b);  ///< a b^T: (..., m, k) by (..., n, k) is (..., m, n)
Var matmul_tn(Var a, Var b);  ///< a^T b: (..., k, m) by (..., k, n) is (..., m, n)
Var linear(Var x, Var kernel, Var bias);  ///< x kernel + bias: (n, k) by (k, m), plus (m,) on every row
Var dot(Var a, Var b);                    ///< (n,) and (n,): the sum of their products
Var outer(Var a, Var b);                  ///< (m,) and (n,): every product, (m, n)

// Reductions: over all axes, or over those given, which keepdims leaves in place with extent 1. Where there is nothing
// to reduce, the sum and the norm are 0, and the others throw ShapeError. reductions.cpp

Var sum(Var x);                                           ///< the sum of all elements
Var sum(Var x, const Axes& axes, bool keepdims = false);  ///< the sums over these axes

Var mean(Var x);                                           ///< the mean of all elements
Var mean(Var x, const Axes& axes, bool keepdims = false);  ///< the means over these axes

/// The variance of all elements: the mean squared distance from their mean, divided by n as in NumPy and Keras.
Var variance(Var x);
/// The variances over these axes: the mean squared distances from the mean, divided by n as in NumPy and Keras.
Var variance(Var x, const Axes& axes, bool keepdims = false);

Var max(Var x);  ///< the largest element; equals share the slope evenly, as in PyTorch's amax
/// The largest elements over these axes; equals share the slope evenly, as in PyTorch's amax.
Var max(Var x, const Axes& axes, bool keepdims = false);

Var min(Var x);  ///< the smallest element; equals share the slope evenly, as in PyTorch's amin
/// The smallest elements over these axes; equals share the slope evenly, as in PyTorch's amin.
Var min(Var x, const Axes& axes, bool keepdims = false);

Var logsumexp(Var x);                                           ///< log(sum e^x) of all elements, without overflow
Var logsumexp(Var x, const Axes& axes, bool keepdims = false);  ///< log(sum e^x) over these axes, without overflow

Var norm(Var x);  ///< sqrt(sum x^2) of all elements, without overflow; the slope at 0 is 0
/// sqrt(sum x^2) over these axes, without overflow; the slope at 0 is 0.
Var norm(Var x, const Axes& axes, bool keepdims = false);

Var sum_to(Var x, const Shape& shape);        ///< the sums of x down to a shape that broadcasts to x's
Var max_to(Var x, const Shape& shape);        ///< the largest elements of x down to a shape that broadcasts to x's
Var broadcast_to(Var x, const Shape& shape);  ///< x broadcast to this shape

// The elements of x in another shape or order, or some of them. Throw ShapeError where they cannot. shapes.cpp

Var reshape(Var x, const Shape& shape);         ///< the elements in row-major order in another shape
Var flatten(Var x);                             ///< the elements in row-major order along one axis
Var expand_dims(Var x, int axis);               ///< x with a new axis of extent 1 at this place
Var squeeze(Var x);                             ///< x without its axes of extent 1
Var squeeze(Var x, int axis);                   ///< x without this axis of extent 1
Var transpose(Var x);                           ///< x with its axes in reverse order
Var transpose(Var x, const Axes& permutation);  ///< x with its axes permuted: axis k is axis permutation[k] of x, where
                                                ///< negative ones count from the last
Var concatenate(const std::vector<Var>& parts, int axis = 0);  ///< the parts one after another along an axis
Var stack(const std::vector<Var>& parts, int axis = 0);        ///< the parts, of one shape, along a new axis
Var slice(Var x, int axis, std::size_t begin,
          std::size_t end);                           ///< indices begin up to, not including, end along an axis
Var rows(Var x, std::size_t begin, std::size_t end);  ///< slice() along axis 0

/// x at `begin` among zeros along an axis, which then has this extent. It is the pullback of slice().
Var pad(Var x, int axis, std::size_t begin, std::size_t extent);

// Rows and elements chosen by index. Throw ValueError for an index that is out of range or not an integer. indexing.cpp

/// Row indices[i] of x as row i: (m, ...) and (n,) to (n, ...). It is np.take(x, indices, axis=0).
Var take(Var x, Var indices);

/// Row s of the result is the sum of the rows of x whose segment id is s: (n, ...) and (n,) to (num_segments, ...). It
/// is Keras's ops.segment_sum, and the pullback of take().
Var segment_sum(Var x, Var segment_ids, std::size_t num_segments);

/// Element labels[i] of row i: (n, k) and (n,) to (n,). It is np.take_along_axis(x, labels[:, None], axis=1)[:, 0].
Var take_along_axis(Var x, Var labels);

/// Row i is x[i] times the one-hot vector of labels[i]: (n,) and (n,) to (n, classes). With ones for x it is Keras's
/// one_hot(labels, classes). It is the pullback of take_along_axis().
Var one_hot(Var x, Var labels, std::size_t classes);

// Losses, (y_true, y_pred) in Keras's order. The result is a number: the sum of the samples' losses, divided by how
// many samples there are. A sample's loss is the mean over its last axis, times its weight if weights (n,) are given.
// Targets and weights are Vars or tensors (given.hpp). losses.cpp, cross_entropy.cpp
//
// Logits may be large, 1e30 either way, but not infinite. Only a logit of -infinity has a use, to take a class out in
// the losses by label: it gets no gradient, and as the label an infinite loss. Elsewhere infinite logits give infinity
// or NaN.

/// The mean squared error: the mean of (prediction - target)^2. The shapes are equal, never broadcast.
Var mean_squared_error(const Given& target, Var prediction);
/// The mean squared error, each sample's times its weight. The shapes are equal, never broadcast.
Var mean_squared_error(const Given& target, Var prediction, const Given& weights);

/// The mean absolute error: the mean of |prediction - target|. The shapes are equal, never broadcast.
Var mean_absolute_error(const Given& target, Var prediction);
/// The mean absolute error, each sample's times its weight. The shapes are equal, never broadcast.
Var mean_absolute_error(const Given& target, Var prediction, const Given& weights);

/// Huber's loss (1964): e^2 / 2 for an error e up to delta, and delta (|e| - delta / 2) beyond.
Var huber(const Given& target, Var prediction, Real delta = 1);
/// Huber's loss (1964), each sample's times its weight: e^2 / 2 for an error e up to delta, and delta (|e| - delta / 2)
/// beyond.
Var huber(const Given& target, Var prediction, const Given& weights, Real delta = 1);

/// -t log p - (1 - t) log(1 - p) for targets t and probabilities p. If p is what sigmoid(z) returned, the loss is
/// computed from the logits z, which the tape knows: it does not saturate, and its gradient goes to z past p. Any other
/// p is kept within [1e-7, 1 - 1e-7], as in Keras.
Var binary_crossentropy(const Given& target, Var probabilities);
/// binary_crossentropy(target, probabilities), each sample's loss times its weight.
Var binary_crossentropy(const Given& target, Var probabilities, const Given& weights);

/// The binary cross-entropy of each element by itself, in the shape of the probabilities.
Var binary_crossentropies(const Given& target, Var probabilities);

/// softplus(z) - t z for targets t and logits z: the binary cross-entropy of the probabilities sigmoid(z).
Var binary_crossentropy_from_logits(const Given& target, Var logits);
/// binary_crossentropy_from_logits(target, logits), each sample's loss times its weight.
Var binary_crossentropy_from_logits(const Given& target, Var logits, const Given& weights);

/// -sum t log p over the classes, the last axis, for targets t and probabilities p. If p is what softmax(z) returned,
/// the loss is computed from the logits z, and its gradient goes to z past p. Any other p is divided by its sum and
/// kept within [1e-7, 1 - 1e-7], as in Keras.
Var categorical_crossentropy(const Given& target, Var probabilities);
/// categorical_crossentropy(target, probabilities), each sample's loss times its weight.
Var categorical_crossentropy(const Given& target, Var probabilities, const Given& weights);

/// -sum t log(softmax(z)) over the classes, the last axis, for targets t and logits z.
Var categorical_crossentropy_from_logits(const Given& target, Var logits);
/// categorical_crossentropy_from_logits(target, logits), each sample's loss times its weight.
Var categorical_crossentropy_from_logits(const Given& target, Var logits, const Given& weights);

/// -log p[label] for labels (n,), integers from 0 to k - 1, and probabilities (n, k). If p is what softmax(z) returned,
/// the loss is computed from the logits z, and its gradient goes to z past p. Any other p is divided by its sum and
/// kept within [1e-7, 1 - 1e-7], as in Keras. Throws ValueError for a label that is not such an integer.
Var sparse_categorical_crossentropy(const Given& labels, Var probabilities);
/// sparse_categorical_crossentropy(labels, probabilities), each sample's loss times its weight.
Var sparse_categorical_crossentropy(const Given& labels, Var probabilities, const Given& weights);

/// -log(softmax(z)[label]) for labels (n,), integers from 0 to k - 1, and logits z (n, k). Throws ValueError for a
/// label that is not such an integer.
Var softmax_cross_entropy(const Given& labels, Var logits);
/// softmax_cross_entropy(labels, logits), each sample's loss times its weight.
Var softmax_cross_entropy(const Given& labels, Var logits, const Given& weights);

// For operations of one's own. elementwise.cpp

/// Records an elementwise operation of one input. The result has the shape of x.
Var record_elementwise(const Op& op, Var x);
/// Records an elementwise operation of two inputs. The result has the shape to which they broadcast. Throws ShapeError,
/// in the operation's name, if they do not.
Var record_elementwise(const Op& op, Var a, Var b);
/// Records an elementwise operation of three inputs. The result has the shape to which they broadcast. Throws
/// ShapeError, in the operation's name, if they do not.
Var record_elementwise(const Op& op, Var a, Var b, Var c);

// Old names, for one version.

/// take(), by its old name.
[[deprecated("it is take() now")]] inline Var gather(Var x, Var indices) { return take(x, indices); }
/// segment_sum(), by its old name.
[[deprecated("it is segment_sum() now")]] inline Var scatter(Var x, Var indices, std::size_t rows) {
  return segment_sum(x, indices, rows);
}
/// take_along_axis(), by its old name.
[[deprecated("it is take_along_axis() now")]] inline Var pick(Var x, Var labels) { return take_along_axis(x, labels); }
/// one_hot(), by its old name.
[[deprecated("it is one_hot() now")]] inline Var place(Var x, Var labels, std::size_t classes) {
  return one_hot(x, labels, classes);
}
/// pad(), by its old name.
[[deprecated("it is pad() now")]] inline Var embed(Var x, int axis, std::size_t begin, std::size_t extent) {
  return pad(x, axis, begin, extent);
}

}  // namespace xgrad::inline XGRAD_PRECISION

#include <xgrad/autograd/ops/operators.hpp>
