#include <array>
#include <functional>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/core/random.hpp>

#include "autograd/scalar_oracle.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using oracle::Scalar;

constexpr std::size_t n = 3;  // every value is a number (), a vector (n,) or a matrix (n, n)

/// The oracle's tensor: its numbers in row-major order.
using Grid = std::vector<Scalar>;

bool is_vector(const Grid& x) { return x.size() == n; }
bool is_matrix(const Grid& x) { return x.size() == n * n; }

/// The element that broadcasting puts at (i, j) of a matrix.
Scalar at(const Grid& x, std::size_t i, std::size_t j) { return x[x.size() == 1 ? 0 : is_vector(x) ? j : i * n + j]; }

Scalar total(const Grid& x) {
  Scalar y = x[0];
  for (std::size_t i = 1; i < x.size(); ++i) y = y + x[i];
  return y;
}

Grid row(const Grid& x, std::size_t i) { return {at(x, i, 0), at(x, i, 1), at(x, i, 2)}; }
Grid column_of(const Grid& x, std::size_t j) { return {at(x, 0, j), at(x, 1, j), at(x, 2, j)}; }

template <class F>
Grid per_element(const Grid& a, const Grid& b, F f) {
  Grid y;
  const std::size_t size = std::max(a.size(), b.size()), rows = size == n * n ? n : 1, columns = size == 1 ? 1 : n;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j) y.push_back(f(at(a, i, j), at(b, i, j)));
  return y;
}

template <class F>
Grid per_row(const Grid& x, F f) {
  Grid y;
  for (std::size_t i = 0; i < x.size() / n; ++i) {
    const Grid part = f(row(x, i));
    y.insert(y.end(), part.begin(), part.end());
  }
  return y;
}

Grid product(const Grid& a, const Grid& b) {
  Grid y;
  const std::size_t rows = is_matrix(a) ? n : 1, columns = is_matrix(b) ? n : 1;
  for (std::size_t i = 0; i < rows; ++i)
    for (std::size_t j = 0; j < columns; ++j)
      y.push_back(
          total(per_element(row(a, i), is_matrix(b) ? column_of(b, j) : b, [](Scalar a, Scalar b) { return a * b; })));
  return y;
}

Grid transposed(const Grid& x) {
  Grid y;
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < n; ++i) y.push_back(x[i * n + j]);
  return y;
}

Scalar logistic(Scalar x) { return exp(x) / (exp(x) + 1); }
Scalar log_of_sum(Grid x) {
  for (Scalar& e : x) e = exp(e);
  return log(total(x));
}

Grid less_log_of_sum(Grid x) {
  const Scalar all = log_of_sum(x);
  for (Scalar& e : x) e = e - all;
  return x;
}

/// An operation: the library's, the oracle's, and which operands it takes.
struct Operation {
  const char* name;
  std::function<Var(Var, Var)> tensors;
  std::function<Grid(const Grid&, const Grid&)> scalars;
  bool (*takes)(const Grid&, const Grid&) = [](const Grid&, const Grid&) { return true; };
};

Operation elementwise(const char* name, Var (*f)(Var), Scalar (*s)(Scalar)) {
  return {name, [f](Var a, Var) { return f(a); },
          [s](const Grid& a, const Grid&) { return per_element(a, a, [s](Scalar x, Scalar) { return s(x); }); }};
}

Operation elementwise(const char* name, Var (*f)(Var, Var), Scalar (*s)(Scalar, Scalar)) {
  return {name, f, [s](const Grid& a, const Grid& b) { return per_element(a, b, s); }};
}

constexpr auto a_not_a_number = [](const Grid& a, const Grid&) { return a.size() > 1; };
constexpr auto a_matrix = [](const Grid& a, const Grid&) { return is_matrix(a); };
constexpr auto vectors = [](const Grid& a, const Grid& b) { return is_vector(a) && is_vector(b); };
constexpr auto no_numbers = [](const Grid& a, const Grid& b) { return a.size() > 1 && b.size() > 1; };
constexpr auto matrices = [](const Grid& a, const Grid& b) { return is_matrix(a) && is_matrix(b); };

const std::vector<Operation> operations{
    elementwise("add", add, [](Scalar a, Scalar b) { return a + b; }),
    elementwise("subtract", subtract, [](Scalar a, Scalar b) { return a - b; }),
    elementwise("multiply", multiply, [](Scalar a, Scalar b) { return a * b; }),
    elementwise("divide", divide, [](Scalar a, Scalar b) { return a / b; }),
    elementwise("pow", pow, [](Scalar a, Scalar b) { return pow(a, b); }),
    elementwise("maximum", maximum, [](Scalar a, Scalar b) { return max(a, b); }),
    elementwise("minimum", minimum, [](Scalar a, Scalar b) { return min(a, b); }),
    elementwise(
        "where", [](Var a, Var b) { return where(greater(a, b), sin(a), b); },
        [](Scalar a, Scalar b) { return select(a, b, a.value() > b.value() ? sin(a) : b); }),
    elementwise(
        "a number", [](Var a) { return 0.7 - a * 1.5; }, [](Scalar x) { return -1.5 * x + 0.7; }),
    elementwise("negative", negative, [](Scalar x) { return -1 * x; }),
    elementwise("square", square, [](Scalar x) { return x * x; }),
    elementwise("sqrt", sqrt, [](Scalar x) { return sqrt(x); }),
    elementwise("exp", exp, [](Scalar x) { return exp(x); }),
    elementwise("log", log, [](Scalar x) { return log(x); }),
    elementwise("log1p", log1p, [](Scalar x) { return log(x + 1); }),
    elementwise("abs", abs, [](Scalar x) { return abs(x); }),
    elementwise("sin", sin, [](Scalar x) { return sin(x); }),
    elementwise("cos", cos, [](Scalar x) { return cos(x); }),
    elementwise("erf", erf, [](Scalar x) { return erf(x); }),
    elementwise("tanh", tanh, [](Scalar x) { return tanh(x); }),
    elementwise("sigmoid", sigmoid, logistic),
    elementwise("softplus", softplus, [](Scalar x) { return log(exp(x) + 1); }),
    elementwise("silu", silu, [](Scalar x) { return x * logistic(x); }),
    elementwise("relu", relu, [](Scalar x) { return 0.5 * (x + abs(x)); }),
    elementwise("leaky_relu", leaky_relu, [](Scalar x) { return max(x, 0.2 * x); }),
    {"sum", [](Var a, Var) { return sum(a); }, [](const Grid& a, const Grid&) { return Grid{total(a)}; }},
    {"mean over rows", [](Var a, Var) { return mean(a, {0}); },
     [](const Grid& a, const Grid&) {
       return per_row(transposed(a), [](const Grid& x) { return Grid{1.0 / n * total(x)}; });
     },
     a_matrix},
    {"sum along rows", [](Var a, Var) { return sum(a, {-1}); },
     [](const Grid& a, const Grid&) { return per_row(a, [](const Grid& x) { return Grid{total(x)}; }); },
     a_not_a_number},
    {"max", [](Var a, Var) { return max(a, {-1}); },
     [](const Grid& a, const Grid&) {
       return per_row(a, [](const Grid& x) { return Grid{max(max(x[0], x[1]), x[2])}; });
     },
     a_not_a_number},
    {"logsumexp", [](Var a, Var) { return logsumexp(a, {-1}); },
     [](const Grid& a, const Grid&) { return per_row(a, [](const Grid& x) { return Grid{log_of_sum(x)}; }); },
     a_not_a_number},
    {"log_softmax", [](Var a, Var) { return log_softmax(a); },
     [](const Grid& a, const Grid&) { return per_row(a, less_log_of_sum); }, a_not_a_number},
    {"softmax", [](Var a, Var) { return softmax(a); },
     [](const Grid& a, const Grid&) {
       return per_element(per_row(a, less_log_of_sum), a, [](Scalar x, Scalar) { return exp(x); });
     },
     a_not_a_number},
    {"transpose", [](Var a, Var) { return transpose(a); }, [](const Grid& a, const Grid&) { return transposed(a); },
     a_matrix},
    {"dot", [](Var a, Var b) { return dot(a, b); }, product, vectors},
    {"outer", [](Var a, Var b) { return outer(a, b); },
     [](const Grid& a, const Grid& b) {
       Grid y;
       for (Scalar u : a)
         for (Scalar v : b) y.push_back(u * v);
       return y;
     },
     vectors},
    {"matmul", [](Var a, Var b) { return matmul(a, b); }, product, no_numbers},
    {"matmul_nt", [](Var a, Var b) { return matmul_nt(a, b); },
     [](const Grid& a, const Grid& b) { return product(a, transposed(b)); }, matrices},
    {"matmul_tn", [](Var a, Var b) { return matmul_tn(a, b); },
     [](const Grid& a, const Grid& b) { return product(transposed(a), b); }, matrices}};

const std::array<Shape, 3> input_shapes{Shape{}, Shape{n}, Shape{n, n}};

/// Which operation, applied to which earlier values: the inputs are the first three.
struct Step {
  const Operation* operation;
  std::size_t a, b;
};
using Program = std::vector<Step>;

/// A random program of `length` steps, run by the oracle as it is made: any step that leaves [-5, 5], or comes near a
/// kink or a pole, is taken back. Half of all operands are the value before; the others are any, so values fan out.
Program random_program(Rng& rng, std::size_t length, std::vector<Grid>& values, oracle::Graph& graph) {
  Program program;
  const auto operand = [&] {
    const auto last = static_cast<std::uint32_t>(values.size() - 1);
    return rng.integer(1) == 0 ? last : rng.integer(last);
  };
  while (program.size() < length) {
    const Step step{&operations[rng.integer(static_cast<std::uint32_t>(operations.size() - 1))], operand(), operand()};
    if (!step.operation->takes(values[step.a], values[step.b])) continue;
    const std::size_t before = graph.nodes.size();
    Grid y = step.operation->scalars(values[step.a], values[step.b]);
    bool fine = graph.margin > 0.1;
    for (Scalar e : y) fine = fine && std::abs(e.value()) < 5;
    if (fine) {
      program.push_back(step);
      values.push_back(std::move(y));
      continue;
    }
    graph.nodes.resize(before);
    graph.margin = 1;
  }
  return program;
}

/// The program's result on a tape: the sum of its last value and of a number from halfway.
Var run(const Program& program, const std::vector<Var>& inputs) {
  std::vector<Var> values = inputs;
  for (const Step& step : program) values.push_back(step.operation->tensors(values[step.a], values[step.b]));
  const Var last = sum(values.back());
  return last + mean(values[values.size() / 2]);
}

Scalar result(const std::vector<Grid>& values) {
  const Grid& middle = values[values.size() / 2];
  return total(values.back()) + 1.0 / static_cast<double>(middle.size()) * total(middle);
}

void check(double ours, double expected, double tolerance, double& worst) {
  const double error = std::abs(ours - expected) / std::fmax(1, std::fmax(std::abs(ours), std::abs(expected)));
  CHECK(error <= tolerance);
  worst = std::fmax(worst, error);
}

}  // namespace

TEST_CASE("1,000 random programs have the derivatives that an independent oracle and differences show") {
  if (sizeof(Real) == sizeof(float)) return;
  double worst_value = 0, worst_oracle = 0, worst_difference = 0, worst_second = 0;
  std::size_t steps = 0, shared = 0;
  Tape tape;
  for (std::uint32_t seed = 0; seed < 1000; ++seed) {
    CAPTURE(seed);
    Rng rng(seed);
    oracle::Graph graph;
    std::vector<Grid> grids(3);
    std::vector<Tensor> points, directions;
    for (std::size_t k = 0; k < 3; ++k) {
      points.push_back(random_uniform(rng, input_shapes[k], -2, 2));
      directions.push_back(random_uniform(rng, input_shapes[k], -1, 1));
      for (Real x : points[k]) grids[k].push_back(oracle::leaf(graph, x));
    }
    const Program program = random_program(rng, 5 + rng.integer(35), grids, graph);
    const Scalar expected = result(grids);
    const std::vector<double> slopes = graph.gradient(expected.node);
    std::string names;
    for (const Step& step : program)
      names += std::string(step.operation->name) + " " + std::to_string(step.a) + " " + std::to_string(step.b) + "; ";
    CAPTURE(names);
    steps += program.size();

    // The result, its slope along the directions, and the slope of that, at t steps along them.
    const auto along = [&](double t, int order) {
      tape.rewind();
      std::vector<Var> inputs;
      for (std::size_t k = 0; k < 3; ++k)
        inputs.push_back(tape.variable(points[k] + static_cast<Real>(t) * directions[k]));
      Var y = run(program, inputs);
      for (int i = 0; i < order; ++i) {
        const std::vector<Var> g = gradient(y, inputs);
        y = sum(g[0] * directions[0]);
        for (std::size_t k = 1; k < 3; ++k) y = y + sum(g[k] * directions[k]);
      }
      return y.item();
    };
    const auto difference = [&](int order) {
      const double h = 2e-4;
      return (8 * (along(h, order) - along(-h, order)) - (along(2 * h, order) - along(-2 * h, order))) / (12 * h);
    };
    check(along(0, 1), difference(0), 1e-6, worst_difference);
    check(along(0, 2), difference(1), 1e-6, worst_second);

    tape.rewind();
    const std::vector<Var> inputs{tape.variable(points[0]), tape.variable(points[1]), tape.variable(points[2])};
    const Var y = run(program, inputs);
    std::vector<int> readers(tape.size());
    for (std::size_t line = 0; line < tape.size(); ++line)
      for (std::size_t k = 0; tape[line].op != nullptr && k < tape[line].op->forward.arity(); ++k)
        shared += ++readers[tape[line].inputs[k]] == 2;
    check(y.item(), expected.value(), 1e-9, worst_value);
    std::size_t node = 0;  // the oracle's leaves are its first nodes, in the same order
    for (Var g : gradient(y, inputs))
      for (Real slope : g.value()) {
        check(slope, slopes[node++], 1e-9, worst_oracle);
      }
    REQUIRE(node == 1 + n + n * n);
  }
  MESSAGE("1,000 programs, " << steps << " operations, " << shared
                             << " values with several readers; worst relative error: value " << worst_value
                             << ", gradient against the oracle " << worst_oracle << ", against differences "
                             << worst_difference << ", second derivative against differences " << worst_second);
}
