// Lesson 10: softmax and cross-entropy. The gradient by the logits is p - y. Large logits overflow in the formula as it
// is written, and not in the loss.

#include <cmath>
#include <cstdio>
#include <xgrad/teach/check_by_hand.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{std::log(1000.), 1e-3, "every class has probability 1/1000"},
                 {-0.9, 1e-9, "p - y, where p = 0.1 and y = 1"}});

  {
    Tape tape;
    const Var z = tape.variable(zeros({1, 10}));
    const Var loss = softmax_cross_entropy(Tensor{3}, z);
    std::printf("ten equal logits: loss %.12f, ln 10 = %.12f\n", loss.item(), std::log(10.));
  }

  Tape tape;
  const Tensor logits{{2, 1, -1}}, label{0};
  const Var z = tape.variable(logits);
  const Var p = softmax(z), loss = softmax_cross_entropy(label, z), g = gradient(loss, {z})[0];
  std::printf("\nclass  logit  p             y  p - y         tape\n");
  for (std::size_t k = 0; k < 3; ++k) {
    const double y = k == 0 ? 1 : 0;
    std::printf("%zu      %2g     %.10f  %g  %+.9f  %+.9f\n", k, logits(0, k), p.value()(0, k), y, p.value()(0, k) - y,
                g.value()(0, k));
  }
  Tensor v = logits;  // check_by_hand moves it to random places, and back
  const auto by_hand = [&] {
    Tensor difference = softmax(v);
    difference(0, 0) -= 1;
    return HandGradients{{"z", difference}};
  };
  const HandReport report = check_by_hand([&](Var z) { return softmax_cross_entropy(label, z); }, {{"z", v}}, by_hand);
  std::printf("check_by_hand of p - y: %s\n", report.parameters[0].message.c_str());

  std::printf("\nlogits 1000, 0, 0\n");
  const double top = std::exp(1000.);
  std::printf("exp(1000) = %g, so exp(z) / sum exp(z) = inf / inf, which is %s\n", top,
              std::isnan(top / (top + 2)) ? "not a number" : "a number");
  for (const double right : {0., 1.}) {
    Tape large;
    const Var z1000 = large.variable(Tensor{{1000, 0, 0}});
    const Var l = softmax_cross_entropy(Tensor{right}, z1000), slope = gradient(l, {z1000})[0];
    std::printf("label %g: loss %g, gradient %g %g %g\n", right, l.item(), slope.value()(0, 0), slope.value()(0, 1),
                slope.value()(0, 2));
  }
}
