// tape_page FOLDER: writes tape.html, a page with all that write_tape_html() can show, for tape_page.mjs.

#include <filesystem>
#include <vector>
#include <xgrad/autograd/ops/operators.hpp>
#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/teach/tape_page.hpp>

using namespace xgrad;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  constexpr std::size_t samples = 20;
  Rng rng(3);
  Sequential model{Input{{784}}, Dense(6, "relu"), Dense(5, "tanh"), Dense(4, "softmax")};
  model.seed(1);
  model.build({784});
  Tensor x(Shape{samples, 784}), labels(Shape{samples});
  for (Real& pixel : x) pixel = static_cast<Real>(rng.uniform() > 0.8 ? rng.uniform() : 0);
  for (std::size_t i = 0; i < samples; ++i) labels(i) = static_cast<Real>(i % 4);

  Tape tape;
  const Var input = tape.borrow(x), p = model(input), cross_entropy = sparse_categorical_crossentropy(labels, p);
  // The kernel is used three times: by its layer, and by its square.
  const Var kernel = tape.watch(model.layer("dense").as<Dense>()->kernel), squares = sum(kernel * kernel);
  const Var penalty = squares * 0.01;

  // One use of each operation whose sums the page knows, with broadcasting.
  const Var a = tape.variable(Tensor{{0.5, 1.5, 2}, {1, 0.3, 0.7}}), b = tape.variable(Tensor{2, 0.7, 1.1});
  Var loss = cross_entropy + penalty;
  for (const Var term : std::vector<Var>{a + b,
                                         a - b,
                                         a * b,
                                         a / b,
                                         maximum(a, b),
                                         minimum(a, b),
                                         clip(a, 0.4, 1.2),
                                         where(a, b, a),
                                         -a,
                                         square(a),
                                         sqrt(a),
                                         rsqrt(a),
                                         exp(a),
                                         expm1(a),
                                         log(a),
                                         log1p(a),
                                         abs(a),
                                         sin(a),
                                         cos(a),
                                         tanh(a),
                                         sigmoid(a),
                                         softplus(a),
                                         relu(a),
                                         broadcast_to(b, {4, 3}),
                                         reshape(a, {3, 2}),
                                         softmax(a),
                                         matmul_nt(a, a),
                                         matmul_tn(a, a),
                                         matmul(a, reshape(b, {3, 1})),
                                         sum(a, {0}),
                                         mean_squared_error(b, sum(a, {0}))}) {
    const Var weighted = square(term), total = sum(weighted);
    loss = loss + total;
  }

  History history;
  TapePageOptions options{.title = "A page with </script><b>\"中文\"",
                          .names = {{input.line(), "x"}, {p.line(), "</script><i>'中文'"}, {loss.line(), "L"}},
                          .history = &history,
                          .gradient_norms = {{"dense", {1, 0.1, 0.03}}, {"dense_1", {2, 1, 0.5}}},
                          .model = &model};
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    const double decay = 1.0 / static_cast<double>(epoch + 1);
    history.epoch.push_back(epoch);
    history.logs.push_back(Logs{{"loss", 2 * decay}, {"val_loss", 2.5 * decay}});
    options.frames.push_back({100 * epoch, Tensor(kernel.value() * static_cast<Real>(epoch + 1))});
    Tensor plane(Shape{20, 20});
    for (std::size_t i = 0; i < 400; ++i)
      plane(i / 20, i % 20) =
          static_cast<Real>((static_cast<double>(i % 20) - 10) * decay + static_cast<double>(i / 20) - 10);
    options.decision_frames.push_back({100 * epoch, plane});
  }
  std::filesystem::create_directories(argv[1]);
  write_tape_html(std::string(argv[1]) + "/tape.html", loss, options);
}
