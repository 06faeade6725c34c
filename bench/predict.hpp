#pragma once

// What predict_xgrad.cpp and predict_torch.cpp share: THREADS is their argument, and for each network and batch they
// print a line of JSON. predict_peer.py is the same in Python, and predict.py calls them all.

#include "common.hpp"

namespace bench {

/// Of 784 inputs: the weights of each layer, and a batch that is to be predicted.
struct Prediction {
  std::vector<std::size_t> layers;
  std::size_t batch;
  std::vector<std::vector<float>> kernels{};  // (in, out); biases are zero
  std::vector<float> x{};                     // (batch, 784)
};

/// Times predict(), which gives the address of the outputs (batch, 10): the median of all calls of half a second.
template <class Predict>
void measure(const Prediction& p, Predict predict) {
  const float* outputs = predict();
  std::vector<double> us;
  for (const std::int64_t begin = now_ns(); us.size() < 30 || now_ns() - begin < 600'000'000;) {
    const std::int64_t started = now_ns();
    outputs = predict();
    if (started - begin > 100'000'000 || us.size() < 30) us.push_back(static_cast<double>(now_ns() - started) * 1e-3);
  }
  std::sort(us.begin(), us.end());
  std::printf("{\"network\": \"784");
  for (const std::size_t units : p.layers) std::printf("-%zu", units);
  std::printf("\", \"batch\": %zu, \"median_us\": %.3f, \"min_us\": %.3f, \"outputs\": [", p.batch, us[us.size() / 2],
              us[0]);
  for (int k = 0; k < 10; ++k) std::printf("%s%.7g", k == 0 ? "" : ", ", outputs[k]);
  std::printf("]}\n");
}

/// Calls each_case(prediction, threads) for two networks and three batches.
template <class EachCase>
int predict_all(int argc, char** argv, EachCase each_case) {
  if (argc != 2) return std::fprintf(stderr, "%s THREADS\n", argv[0]), 2;
  for (const std::vector<std::size_t>& layers : {std::vector<std::size_t>{128, 10}, {512, 512, 10}})
    for (const std::size_t batch : {1, 32, 1024}) {
      Prediction p{layers, batch};
      Random random(1);
      for (std::size_t k = 0; k < layers.size(); ++k)
        p.kernels.push_back(random.glorot(k == 0 ? 784 : layers[k - 1], layers[k]));
      p.x.resize(batch * 784);
      for (float& value : p.x) value = static_cast<float>(random.uniform());
      each_case(p, std::atoi(argv[1]));
    }
  return 0;
}

}  // namespace bench
