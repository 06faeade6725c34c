// Lesson 8: backpropagation through a 2-2-2 network by hand, beside the tape. It is the example of Matt Mazur, "A Step
// by Step Backpropagation Example". Rows of W are the units that a weight leads to. The biases stay as they are.

#include <cstdio>
#include <iostream>
#include <xgrad/teach/lints.hpp>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

namespace {

struct Network {
  Tensor W1{{0.15, 0.20}, {0.25, 0.30}}, W2{{0.40, 0.45}, {0.50, 0.55}};
  Tensor x = column({0.05, 0.10}), t = column({0.01, 0.99});

  Var hidden(Var w1) const { return sigmoid(matmul(w1, w1.tape().constant(x)) + 0.35); }
  Var output(Var h, Var w2) const { return sigmoid(matmul(w2, h) + 0.60); }
  Var error(Var o) const { return sum(square(o - o.tape().constant(t))) / 2; }
};

// The gradients by hand: delta = (o - t) o (1 - o) of the output units, and W2^T delta times h (1 - h) of the hidden
// ones.
struct Hand {
  double w1[2][2], w2[2][2];

  Hand(const Network& net, const Tensor& h, const Tensor& o) {
    double delta[2];
    for (std::size_t k = 0; k < 2; ++k) {
      delta[k] = (o(k, 0) - net.t(k, 0)) * o(k, 0) * (1 - o(k, 0));
      for (std::size_t j = 0; j < 2; ++j) w2[k][j] = delta[k] * h(j, 0);
    }
    for (std::size_t j = 0; j < 2; ++j) {
      const double back = (net.W2(0, j) * delta[0] + net.W2(1, j) * delta[1]) * h(j, 0) * (1 - h(j, 0));
      for (std::size_t i = 0; i < 2; ++i) w1[j][i] = back * net.x(i, 0);
    }
  }
};

void print_weights(const char* name, const Tensor& w, int first) {
  for (std::size_t k = 0; k < 4; ++k)
    std::printf("w%zu %.9f%s", k + static_cast<std::size_t>(first), w.data()[k], k < 3 ? ", " : "");
  std::printf("  (%s)\n", name);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{0.082667628, 1e-8, "the same delta times the other hidden unit: h2 = 0.596884378"},
                 {0.138498562, 1e-8, "delta itself: the slope of a bias is that of a weight whose input is 1"}});

  Network net;
  Tape tape;
  const Lints lints(tape, std::cout);
  for (int step = 0; step <= 10000; ++step) {
    tape.rewind();
    const Var w1 = tape.variable(net.W1), w2 = tape.variable(net.W2);
    const Var h = net.hidden(w1), o = net.output(h, w2), E = net.error(o);
    const std::vector<Var> g = gradient(E, {w1, w2});
    const Tensor &g1 = g[0].value(), &g2 = g[1].value();
    if (step == 0) {
      const Hand hand(net, h.value(), o.value());
      std::printf("outputs %.8f, %.9f; E %.9f\n\n", o.value()(0, 0), o.value()(1, 0), E.item());
      std::printf("weight  by hand       tape\n");
      for (std::size_t k = 0; k < 4; ++k)
        std::printf("w%zu      %.9f   %.9f\n", k + 1, hand.w1[k / 2][k % 2], g1.data()[k]);
      for (std::size_t k = 0; k < 4; ++k)
        std::printf("w%zu      %.9f   %.9f\n", k + 5, hand.w2[k / 2][k % 2], g2.data()[k]);
    }
    if (step == 1) {
      std::printf("\nafter one step of 0.5\n");
      print_weights("hidden", net.W1, 1);
      print_weights("output", net.W2, 5);
      std::printf("E %.9f\n", E.item());
    }
    if (step == 10000)
      std::printf("after 10000 steps: outputs %.8f, %.8f; E %.7e\n", o.value()(0, 0), o.value()(1, 0), E.item());
    net.W1 -= 0.5 * g1;
    net.W2 -= 0.5 * g2;
  }
}
