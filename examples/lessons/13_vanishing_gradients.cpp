// Lesson 13: does depth help against vanishing gradients? The opposite. The gradient of the first layer over that of
// the last one, at depths 2 to 30, as the median of 21 networks; once with sigmoid, once with relu and He's
// initialization.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>
#include <xgrad/xgrad.hpp>

#include "exercise.hpp"

using namespace xgrad;

namespace {

constexpr std::size_t width = 10, batch = 32;

// |dL/dW1| / |dL/dW_last| of a network with so many layers of equal width, ten inputs and ten classes. Its weights are
// Glorot's for sigmoid, He's for relu.
double ratio(std::size_t depth, bool he, Rng& rng) {
  Tape tape;
  const double limit = std::sqrt(3. / width), deviation = std::sqrt(2. / width);
  Var h = tape.constant(random_normal(rng, {batch, width}, 0, 1));
  Tensor labels = zeros({batch});
  for (Real& label : labels) label = rng.integer(width - 1);
  std::vector<Var> kernels;
  for (std::size_t k = 0; k < depth; ++k) {
    const Tensor glorot = random_uniform(rng, {width, width}, -limit, limit);
    kernels.push_back(tape.variable(he ? random_normal(rng, {width, width}, 0, deviation) : glorot));
    h = matmul(h, kernels.back());
    if (k + 1 < depth) h = he ? relu(h) : sigmoid(h);
  }
  const Var loss = softmax_cross_entropy(labels, h);
  const std::vector<Var> g = gradient(loss, {kernels.front(), kernels.back()});
  const Var first = norm(g[0]), last = norm(g[1]);
  return first.item() / last.item();
}

double median(std::size_t depth, bool he) {
  Rng rng(static_cast<std::uint32_t>(depth));
  std::vector<double> ratios;
  for (int network = 0; network < 21; ++network) ratios.push_back(ratio(depth, he, rng));
  std::nth_element(ratios.begin(), ratios.begin() + 10, ratios.end());
  return ratios[10];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1)
    return mark(argc, argv,
                {{0.25, 1e-9, "s' = s (1 - s), which is largest where s = 1/2"},
                 {std::pow(0.25, 29), 1e-19, "29 sigmoids lie between layer 1 and layer 30: 0.25^29, say 3.5e-18"}});

  // What an independent program has measured, for networks of its own: a run of ours is within a factor 3.
  const struct {
    std::size_t depth;
    double sigmoid;
  } measured[] = {{2, 0.27}, {5, 3.4e-3}, {10, 3.8e-6}, {20, 1.7e-12}, {30, 3.0e-19}};
  bool fits = true;
  std::printf("depth  sigmoid  measured before  relu, He\n");
  for (const auto& [depth, before] : measured) {
    const double s = median(depth, false), r = median(depth, true);
    std::printf("%5zu  %-7.2g  %-15.2g  %.2f\n", depth, s, before, r);
    fits = fits && s > before / 3 && s < before * 3 && r > 0.7 && r < 2.8;
  }
  std::printf("sigmoid within a factor 3 of what was measured before, relu within 0.7 to 2.8: %s\n",
              fits ? "yes" : "no");
  return fits ? 0 : 1;
}
