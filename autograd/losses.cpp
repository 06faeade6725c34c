#include <algorithm>
#include <cmath>
#include <string_view>

#include <xgrad/autograd/ops.hpp>
#include <xgrad/core/math.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Var mean_squared_error(Var target, Var prediction) {
  static constexpr Op op{.name = "mean_squared_error",
                         .rule = "p' += 2 (p - t) L' / n,  t' -= the same",
                         .forward =
                             [](Tensor& loss, In t, In p) {
                               double total = 0;
                               for (std::size_t i = 0; i < p.size(); ++i) {
                                 const double error = double{p.data()[i]} - double{t.data()[i]};
                                 total += error * error;
                               }
                               *loss.data() = static_cast<Real>(total / static_cast<double>(p.size()));
                             },
                         .pull_a = [](Var g, Var, Var t, Var p) { return (t - p) * (g * 2 / p.value().size()); },
                         .pull_b = [](Var g, Var, Var t, Var p) { return (p - t) * (g * 2 / p.value().size()); }};
  require(target.shape() == prediction.shape() && prediction.value().size() > 0,
          "mean_squared_error: the target has shape ", target.shape(), " and the prediction ", prediction.shape(),
          "; it takes equal shapes that are not empty");
  return prediction.tape().record(op, {}, target, prediction);
}

namespace {

// y = p - onehot(labels)
Var minus_one_hot(Var labels, Var p) {
  static constexpr Op op{.name = "minus_one_hot",
                         .rule = "p' += y'",
                         .forward =
                             [](Tensor& y, In l, In a) {
                               std::copy(a.begin(), a.end(), y.begin());
                               for (std::size_t row = 0; row < l.size(); ++row)
                                 y.data()[row * y.shape(1) + static_cast<std::size_t>(l.data()[row])] -= 1;
                             },
                         .pull_b = [](Var g, Var, Var, Var) { return g; }};
  return p.tape().record(op, p.shape(), labels, p);
}

// The loss from logits z and p = softmax(z). The gradient by z is given whole, so none goes through p; but p stands in
// it, and carries the second derivative.
Var cross_entropy(Var labels, Var z, Var p) {
  static constexpr Op op{
      .name = "softmax_cross_entropy",
      .rule = "z' += (p - onehot(labels)) L' / n",
      .forward =
          [](Tensor& loss, In l, In logits, In probabilities) {
            const std::size_t classes = logits.shape(1);
            double total = 0;
            for (std::size_t row = 0; row < l.size(); ++row) {
              const std::size_t label = static_cast<std::size_t>(l.data()[row]), at = row * classes + label;
              const Real *x = logits.data() + row * classes, *largest = std::max_element(x, x + classes);
              // log p[label] = z[label] - max - log(sum), and p[max] = 1 / sum
              total += double{x[label]} - double{*largest} +
                       std::log(double{probabilities.data()[at - label + (largest - x)]});
            }
            *loss.data() = static_cast<Real>(-total / static_cast<double>(l.size()));
          },
      .pull_b = [](Var g, Var, Var l, Var, Var q) { return minus_one_hot(l, q) * (g / l.value().size()); }};
  const std::size_t classes = z.shape().size() == 2 ? z.shape()[1] : 0;
  require(classes > 0 && z.shape()[0] > 0 && labels.shape() == Shape{z.shape()[0]}, "softmax_cross_entropy: labels ",
          labels.shape(), " with logits ", z.shape(), "; it takes (n,) with (n, classes), not empty");
  for (std::size_t row = 0; row < labels.value().size(); ++row) {
    const Real label = labels.value().data()[row];
    require<ValueError>(label >= 0 && label < static_cast<Real>(classes) && label == std::floor(label),
                        "softmax_cross_entropy: label ", label, " at row ", row, "; it takes integers from 0 to ",
                        classes - 1);
  }
  return z.tape().record(op, {}, labels, z, p);
}

}  // namespace

Var softmax_cross_entropy(Var labels, Var logits) { return cross_entropy(labels, logits, softmax(logits)); }

Var sparse_categorical_crossentropy(Var labels, Var probabilities) {
  Tape& tape = probabilities.tape();
  const Record& made = tape[probabilities.line()];
  require<TapeError>(made.op != nullptr && std::string_view(made.op->name) == "softmax",
                     "sparse_categorical_crossentropy: these probabilities are not the result of a softmax");
  return cross_entropy(labels, tape.var(made.inputs[0]), probabilities);
}

}  // namespace xgrad::inline XGRAD_PRECISION
