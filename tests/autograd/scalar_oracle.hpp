#pragma once

// Reverse mode once more, one number at a time, with nothing of the library in it: a node is a value and its slopes by
// at most two earlier nodes. Slow, and short enough to be believed.

#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace oracle {

struct Node {
  double value = 0;
  std::size_t a = 0, b = 0;         // the nodes it was computed from
  double slope_a = 0, slope_b = 0;  // its derivatives by them
};

struct Graph {
  std::vector<Node> nodes;
  double margin = std::numeric_limits<double>::infinity();  // how near any node is to a kink or a pole of its function

  /// The derivatives of node y by every node.
  std::vector<double> gradient(std::size_t y) const {
    std::vector<double> g(nodes.size(), 0.0);
    g[y] = 1;
    for (std::size_t k = y + 1; k-- > 0;) {
      g[nodes[k].a] += g[k] * nodes[k].slope_a;
      g[nodes[k].b] += g[k] * nodes[k].slope_b;
    }
    return g;
  }
};

struct Scalar {
  Graph* graph;
  std::size_t node;
  double value() const { return graph->nodes[node].value; }
};

inline Scalar leaf(Graph& graph, double value) {
  graph.nodes.push_back({.value = value});
  return {&graph, graph.nodes.size() - 1};
}

inline Scalar unary(Scalar x, double value, double slope) {
  x.graph->nodes.push_back({value, x.node, x.node, slope, 0});
  return {x.graph, x.graph->nodes.size() - 1};
}

inline Scalar binary(Scalar a, Scalar b, double value, double slope_a, double slope_b) {
  a.graph->nodes.push_back({value, a.node, b.node, slope_a, slope_b});
  return {a.graph, a.graph->nodes.size() - 1};
}

/// x, having noted how far it is from 0, where something happens.
inline double off_zero(Scalar x, double distance) {
  x.graph->margin = std::fmin(x.graph->margin, distance);
  return x.value();
}

inline Scalar operator+(Scalar a, Scalar b) { return binary(a, b, a.value() + b.value(), 1, 1); }
inline Scalar operator-(Scalar a, Scalar b) { return binary(a, b, a.value() - b.value(), 1, -1); }
inline Scalar operator*(Scalar a, Scalar b) { return binary(a, b, a.value() * b.value(), b.value(), a.value()); }
inline Scalar operator*(double c, Scalar x) { return unary(x, c * x.value(), c); }
inline Scalar operator+(Scalar x, double c) { return unary(x, x.value() + c, 1); }

inline Scalar operator/(Scalar a, Scalar b) {
  const double u = a.value(), v = off_zero(b, std::abs(b.value()));
  return binary(a, b, u / v, 1 / v, -u / (v * v));
}
inline Scalar pow(Scalar a, Scalar b) {
  const double u = off_zero(a, a.value()), v = b.value();
  return binary(a, b, std::pow(u, v), v * std::pow(u, v - 1), std::pow(u, v) * std::log(u));
}
inline Scalar select(Scalar a, Scalar b, Scalar chosen) {  // `chosen`, as the comparison of a with b has it
  off_zero(a, std::abs(a.value() - b.value()));
  return chosen;
}
inline Scalar max(Scalar a, Scalar b) { return select(a, b, a.value() > b.value() ? a : b); }
inline Scalar min(Scalar a, Scalar b) { return select(a, b, a.value() < b.value() ? a : b); }

inline Scalar exp(Scalar x) { return unary(x, std::exp(x.value()), std::exp(x.value())); }
inline Scalar sin(Scalar x) { return unary(x, std::sin(x.value()), std::cos(x.value())); }
inline Scalar cos(Scalar x) { return unary(x, std::cos(x.value()), -std::sin(x.value())); }
inline Scalar log(Scalar x) {
  const double v = off_zero(x, x.value());
  return unary(x, std::log(v), 1 / v);
}
inline Scalar sqrt(Scalar x) {
  const double v = off_zero(x, x.value());
  return unary(x, std::sqrt(v), 0.5 / std::sqrt(v));
}
inline Scalar abs(Scalar x) {
  const double v = off_zero(x, std::abs(x.value()));
  return unary(x, std::abs(v), v > 0 ? 1 : -1);
}
inline Scalar tanh(Scalar x) {
  const double cosh = std::cosh(x.value());
  return unary(x, std::tanh(x.value()), 1 / (cosh * cosh));
}
inline Scalar erf(Scalar x) {
  return unary(x, std::erf(x.value()), 2 / std::sqrt(std::acos(-1.0)) * std::exp(-x.value() * x.value()));
}

}  // namespace oracle
