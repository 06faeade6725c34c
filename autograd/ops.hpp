#pragma once

// The contents page: every operation, with its shapes. The rules by which gradients flow back stand beside each
// operation's code, in elementwise.cpp, products.cpp, reductions.cpp and losses.cpp.

#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/product.hpp>

namespace xgrad::inline XGRAD_PRECISION {

// Elementwise, on shapes that broadcast as in NumPy. Throw ShapeError where they do not.

Var add(Var a, Var b);       ///< a + b
Var subtract(Var a, Var b);  ///< a - b
Var multiply(Var a, Var b);  ///< a b
Var divide(Var a, Var b);    ///< a / b

// Elementwise, of one argument.

Var negative(Var x);  ///< -x
Var square(Var x);    ///< x^2
Var sqrt(Var x);      ///< the slope at 0 is infinite
Var exp(Var x);       ///< e^x
Var log(Var x);       ///< the natural logarithm
Var tanh(Var x);
Var sigmoid(Var x);      ///< 1 / (1 + e^-x)
Var relu(Var x);         ///< max(x, 0); the slope at 0 is 0, as in Keras and PyTorch
Var gate(Var g, Var x);  ///< g where x > 0, else 0: what relu lets through backwards; g and x of one shape

// Products of matrices. Throw ShapeError unless the shapes are these.

Var matmul(Var a, Var b);         ///< a b: (m, k) by (k, n) is (m, n)
Var matmul_nt(Var a, Var b);      ///< a b^T: (m, k) by (n, k) is (m, n)
Var matmul_tn(Var a, Var b);      ///< a^T b: (k, m) by (k, n) is (m, n)
Var linear(Var x, Var w, Var b);  ///< x w + b: (n, k) by (k, m), plus (m,) on every row

// Reductions and their adjoint.

Var sum(Var x);                               ///< of all elements: a number
Var mean(Var x);                              ///< of all elements: a number; throws ShapeError if there are none
Var sum_to(Var x, const Shape& shape);        ///< x summed down to a shape that broadcasts to x's
Var broadcast_to(Var x, const Shape& shape);  ///< x stretched to a shape that x's broadcasts to

// The same elements in another shape.

Var reshape(Var x, const Shape& shape);  ///< in row-major order; throws ShapeError unless there are as many

// Along the last axis; at least one axis.

Var softmax(Var x);      ///< e^x / sum e^x
Var log_softmax(Var x);  ///< log(softmax(x)), without overflow or log(0)

// Losses, (y_true, y_pred) in Keras's order: the mean over the batch, a number.

/// The mean of (prediction - target)^2 over all elements. The shapes are equal, never broadcast.
Var mean_squared_error(Var target, Var prediction);

/// The mean over the rows of -log softmax(logits)[label], and nothing saturates. labels: (n,) integers from 0 to k - 1;
/// logits: (n, k). Throws ValueError for a label that is not such an integer.
Var softmax_cross_entropy(Var labels, Var logits);

/// The same from probabilities (n, k) that a softmax has just computed: its input is found on the tape, as TensorFlow's
/// Keras does, and the loss is that of the logits. Throws TapeError if they are not the result of a softmax.
Var sparse_categorical_crossentropy(Var labels, Var probabilities);

}  // namespace xgrad::inline XGRAD_PRECISION

#include <xgrad/autograd/operators.hpp>
