// Micro-benchmarks: every operation forward, and forward and backward; the tape and its sweep alone; each optimiser.
// Each gives GFLOP/s or GB/s, to be read beside the machine's own, measured first and printed on top: those of sums and
// products in registers, as wide as this build's vectors, and of a triad a = b + s c over arrays larger than the cache,
// and of as many bytes as an operation touches; and beside those of a large sgemm of OpenBLAS's.

#include <benchmark/benchmark.h>
#include <cblas.h>

#include <ctime>
#include <xgrad/xgrad.hpp>

double multiply_add_gflops();  // multiply_add.cpp

namespace {

using namespace xgrad;
using Vars = const std::vector<Var>&;

struct Case {
  const char* name;
  std::vector<Shape> shapes;  // of the inputs; {128} is labels
  Var (*compute)(Vars);
  double flops = 0;  // of a product; all else is measured by the bytes that it reads and writes
  bool has_gradient = true;
};

const Shape matrix{128, 512}, row{512}, column_shape{128, 1}, logits{128, 10}, labels{128};
constexpr double product_flops = 2.0 * 128 * 512 * 512;

const Case cases[] = {
    {"matmul", {matrix, {512, 512}}, [](Vars v) { return matmul(v[0], v[1]); }, product_flops},
    {"matmul_nt", {matrix, {512, 512}}, [](Vars v) { return matmul_nt(v[0], v[1]); }, product_flops},
    {"matmul_tn", {matrix, {128, 512}}, [](Vars v) { return matmul_tn(v[0], v[1]); }, product_flops},
    {"linear", {matrix, {512, 512}, row}, [](Vars v) { return linear(v[0], v[1], v[2]); }, product_flops},
    {"linear, 784 to 10",
     {{32, 784}, {784, 10}, {10}},
     [](Vars v) { return linear(v[0], v[1], v[2]); },
     2. * 32 * 7840},
    {"dot", {{65536}, {65536}}, [](Vars v) { return dot(v[0], v[1]); }},
    {"outer", {{256}, {256}}, [](Vars v) { return outer(v[0], v[1]); }},

    {"add", {matrix, matrix}, [](Vars v) { return add(v[0], v[1]); }},
    {"add a row", {matrix, row}, [](Vars v) { return add(v[0], v[1]); }},
    {"add a column", {matrix, column_shape}, [](Vars v) { return add(v[0], v[1]); }},
    {"subtract", {matrix, matrix}, [](Vars v) { return subtract(v[0], v[1]); }},
    {"multiply", {matrix, matrix}, [](Vars v) { return multiply(v[0], v[1]); }},
    {"divide", {matrix, matrix}, [](Vars v) { return divide(v[0], v[1]); }},
    {"pow", {matrix, matrix}, [](Vars v) { return pow(v[0], v[1]); }},
    {"maximum", {matrix, matrix}, [](Vars v) { return maximum(v[0], v[1]); }},
    {"minimum", {matrix, matrix}, [](Vars v) { return minimum(v[0], v[1]); }},
    {"clip", {matrix}, [](Vars v) { return clip(v[0], Real(0.2), Real(0.8)); }},
    {"where", {matrix, matrix, matrix}, [](Vars v) { return where(v[0], v[1], v[2]); }},
    {"greater", {matrix, matrix}, [](Vars v) { return greater(v[0], v[1]); }, 0, false},
    {"equal", {matrix, matrix}, [](Vars v) { return equal(v[0], v[1]); }, 0, false},

    {"negative", {matrix}, [](Vars v) { return negative(v[0]); }},
    {"square", {matrix}, [](Vars v) { return square(v[0]); }},
    {"sqrt", {matrix}, [](Vars v) { return sqrt(v[0]); }},
    {"rsqrt", {matrix}, [](Vars v) { return rsqrt(v[0]); }},
    {"exp", {matrix}, [](Vars v) { return exp(v[0]); }},
    {"expm1", {matrix}, [](Vars v) { return expm1(v[0]); }},
    {"log", {matrix}, [](Vars v) { return log(v[0]); }},
    {"log1p", {matrix}, [](Vars v) { return log1p(v[0]); }},
    {"abs", {matrix}, [](Vars v) { return abs(v[0]); }},
    {"sign", {matrix}, [](Vars v) { return sign(v[0]); }, 0, false},
    {"sin", {matrix}, [](Vars v) { return sin(v[0]); }},
    {"cos", {matrix}, [](Vars v) { return cos(v[0]); }},
    {"erf", {matrix}, [](Vars v) { return erf(v[0]); }},
    {"stop_gradient", {matrix}, [](Vars v) { return stop_gradient(v[0]); }, 0, false},

    {"tanh", {matrix}, [](Vars v) { return tanh(v[0]); }},
    {"sigmoid", {matrix}, [](Vars v) { return sigmoid(v[0]); }},
    {"softplus", {matrix}, [](Vars v) { return softplus(v[0]); }},
    {"relu", {matrix}, [](Vars v) { return relu(v[0]); }},
    {"gate", {matrix, matrix}, [](Vars v) { return gate(v[0], v[1]); }},
    {"leaky_relu", {matrix}, [](Vars v) { return leaky_relu(v[0]); }},
    {"elu", {matrix}, [](Vars v) { return elu(v[0]); }},
    {"selu", {matrix}, [](Vars v) { return selu(v[0]); }},
    {"silu", {matrix}, [](Vars v) { return silu(v[0]); }},
    {"gelu", {matrix}, [](Vars v) { return gelu(v[0]); }},
    {"gelu_tanh", {matrix}, [](Vars v) { return gelu_tanh(v[0]); }},
    {"softmax", {matrix}, [](Vars v) { return softmax(v[0]); }},
    {"log_softmax", {matrix}, [](Vars v) { return log_softmax(v[0]); }},
    {"softmax of 10", {logits}, [](Vars v) { return softmax(v[0]); }},

    {"sum", {matrix}, [](Vars v) { return sum(v[0]); }},
    {"sum of columns", {matrix}, [](Vars v) { return sum(v[0], {0}); }},
    {"sum of rows", {matrix}, [](Vars v) { return sum(v[0], {1}); }},
    {"mean", {matrix}, [](Vars v) { return mean(v[0]); }},
    {"variance of columns", {matrix}, [](Vars v) { return variance(v[0], {0}); }},
    {"max of rows", {matrix}, [](Vars v) { return max(v[0], {1}); }},
    {"min of rows", {matrix}, [](Vars v) { return min(v[0], {1}); }},
    {"logsumexp of rows", {matrix}, [](Vars v) { return logsumexp(v[0], {1}); }},
    {"norm", {matrix}, [](Vars v) { return norm(v[0]); }},
    {"sum_to", {matrix}, [](Vars v) { return sum_to(v[0], row); }},
    {"max_to", {matrix}, [](Vars v) { return max_to(v[0], row); }},
    {"broadcast_to", {row}, [](Vars v) { return broadcast_to(v[0], matrix); }},

    {"reshape",
     {matrix},
     [](Vars v) {
       return reshape(v[0], {512, 128});
     }},
    {"flatten", {matrix}, [](Vars v) { return flatten(v[0]); }},
    {"expand_dims", {matrix}, [](Vars v) { return expand_dims(v[0], 0); }},
    {"squeeze", {{1, 128, 512}}, [](Vars v) { return squeeze(v[0]); }},
    {"transpose", {matrix}, [](Vars v) { return transpose(v[0]); }},
    {"concatenate", {matrix, matrix}, [](Vars v) { return concatenate(v, 1); }},
    {"stack", {matrix, matrix}, [](Vars v) { return stack(v); }},
    {"slice", {matrix}, [](Vars v) { return slice(v[0], 1, 128, 384); }},
    {"pad", {matrix}, [](Vars v) { return pad(v[0], 1, 128, 1024); }},
    {"rows", {matrix}, [](Vars v) { return rows(v[0], 32, 96); }},
    {"take", {matrix, labels}, [](Vars v) { return take(v[0], v[1]); }},
    {"segment_sum", {matrix, labels}, [](Vars v) { return segment_sum(v[0], v[1], 128); }},
    {"take_along_axis", {logits, labels}, [](Vars v) { return take_along_axis(v[0], v[1]); }},
    {"one_hot", {{128}, labels}, [](Vars v) { return one_hot(v[0], v[1], 10); }},

    {"mean_squared_error", {matrix, matrix}, [](Vars v) { return mean_squared_error(v[0], v[1]); }},
    {"mean_absolute_error", {matrix, matrix}, [](Vars v) { return mean_absolute_error(v[0], v[1]); }},
    {"huber", {matrix, matrix}, [](Vars v) { return huber(v[0], v[1]); }},
    {"binary_crossentropy", {matrix, matrix}, [](Vars v) { return binary_crossentropy(v[0], v[1]); }},
    {"categorical_crossentropy",
     {logits, logits},
     [](Vars v) { return categorical_crossentropy(v[0], softmax(v[1])); }},
    {"softmax_cross_entropy", {logits, labels}, [](Vars v) { return softmax_cross_entropy(v[1], v[0]); }},
};

// Processor seconds of the best of some repetitions.
template <class Work>
double fastest(int repetitions, Work work) {
  double best = 1e9;
  for (int k = 0; k < repetitions; ++k) {
    const std::clock_t begin = std::clock();
    work();
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  return best;
}

double sgemm_gflops() {
  constexpr int n = 1024;
  std::vector<float> a(n * n, 1), b(n * n, 1), c(n * n);
  const auto product = [&] {
    cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a.data(), n, b.data(), n, 0, c.data(), n);
  };
  return 2e-9 * n * n * n / fastest(10, product);
}

double triad_gbs(std::size_t n) {
  std::vector<float> a(n, 1), b(n, 1), c(n, 1);
  const int times = static_cast<int>(std::max<std::size_t>(1, (std::size_t{1} << 22) / n));
  return 1e-9 * 3 * sizeof(float) * static_cast<double>(n) * times / fastest(20, [&] {
           for (int k = 0; k < times; ++k) {
             for (std::size_t i = 0; i < n; ++i) a[i] = b[i] + 3 * c[i];
             benchmark::DoNotOptimize(a.data());
             benchmark::ClobberMemory();
           }
         });
}

// The gradient, if any, comes from a `seed` in the result's shape.
void run_case(benchmark::State& state, const Case& c, bool backward) {
  Rng rng(1);
  std::vector<Parameter> inputs;
  for (const Shape& shape : c.shapes) {
    const bool is_labels = shape == labels && &shape == &c.shapes.back();
    Tensor x = random_uniform(rng, shape, 0.1, 0.9);
    if (is_labels)
      for (Real& label : x) label = static_cast<Real>(rng.integer(9));
    inputs.emplace_back(is_labels ? "labels" : "x", x, !is_labels);
  }
  Tape tape;
  Tensor seed;
  std::vector<Var> vars, wanted, gradients;
  double elements = 0;
  for (auto _ : state) {
    tape.rewind();
    vars.clear();
    wanted.clear();
    for (Parameter& p : inputs) {
      vars.push_back(p.trainable ? tape.watch(p) : tape.borrow(p.value()));
      if (p.trainable) wanted.push_back(vars.back());
    }
    const Var y = c.compute(vars);
    if (seed.shape() != y.shape()) seed = ones(y.shape());
    if (backward) tape.pull(y, tape.borrow(seed), wanted, gradients);
    benchmark::ClobberMemory();
  }
  for (const Parameter& p : inputs) elements += static_cast<double>(p.value().size());
  const double bytes = (elements + static_cast<double>(seed.size())) * sizeof(Real);
  // Backward reads and writes at least as much again; a product has two more, one for each factor.
  const double work = c.flops > 0 ? c.flops * (backward ? 3 : 1) : bytes * (backward ? 2 : 1);
  state.counters[c.flops > 0 ? "GFLOP" : "GB"] =
      benchmark::Counter(work * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}

// A chain of a thousand squares of a number: what a line of the tape costs beside its arithmetic.
void run_lines(benchmark::State& state, bool backward) {
  constexpr int lines = 1000;
  const Tensor one = ones({});
  std::vector<Var> gradients;
  Tape tape;
  for (auto _ : state) {
    tape.rewind();
    const Var x = tape.variable(one);
    Var y = x;
    for (int k = 0; k < lines; ++k) y = square(y);
    if (backward) tape.pull(y, tape.borrow(one), {x}, gradients);
  }
  state.counters["line"] =
      benchmark::Counter(lines, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void run_optimizer(benchmark::State& state, Optimizer optimizer, int touched) {
  const std::size_t n = static_cast<std::size_t>(state.range(0));
  Parameter p("w", ones({n}));
  p.gradient = filled({n}, Real(1e-3));
  Parameter* const parameters[] = {&p};
  for (auto _ : state) {
    p.fresh = true;
    optimizer.step(parameters);
  }
  state.counters["GB"] = benchmark::Counter(static_cast<double>(n * touched * sizeof(Real)) * 1e-9,
                                            benchmark::Counter::kIsIterationInvariantRate);
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  set_num_threads(1);
  benchmark::AddCustomContext("peak, in registers", text(multiply_add_gflops(), " GFLOP/s"));
  benchmark::AddCustomContext("OpenBLAS, sgemm of 1024", text(sgemm_gflops(), " GFLOP/s"));
  benchmark::AddCustomContext("peak, triad of 192 MB", text(triad_gbs(std::size_t{1} << 24), " GB/s"));
  benchmark::AddCustomContext("peak, triad of 768 KB", text(triad_gbs(std::size_t{1} << 16), " GB/s"));

  for (const Case& c : cases) {
    benchmark::RegisterBenchmark(text(c.name, ", forward").c_str(), run_case, c, false);
    if (c.has_gradient) benchmark::RegisterBenchmark(text(c.name, ", and backward").c_str(), run_case, c, true);
  }
  benchmark::RegisterBenchmark("1000 lines, recorded", run_lines, false);
  benchmark::RegisterBenchmark("1000 lines, recorded and swept", run_lines, true);
  // How many numbers are read or written for each weight: w twice, g once, each state twice.
  const auto optimizer = [](const char* name, const Optimizer& o, int touched) {
    benchmark::RegisterBenchmark(name, run_optimizer, o, touched)->Arg(8070)->Arg(669706);
  };
  optimizer("SGD", SGD{}, 3);
  optimizer("momentum", SGD{.momentum = Real(0.9)}, 5);
  optimizer("RMSprop", RMSprop{}, 5);
  optimizer("Adam", Adam{}, 7);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
