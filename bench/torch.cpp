// The workloads in libtorch, as its documentation writes them.

#include <torch/torch.h>

#include "common.hpp"

namespace {

std::unique_ptr<torch::optim::Optimizer> make_optimizer(bench::Rule rule, std::vector<torch::Tensor> parameters) {
  using namespace torch::optim;
  switch (rule) {
    case bench::Rule::sgd:
      return std::make_unique<SGD>(parameters, SGDOptions(0.01));
    case bench::Rule::momentum:
      return std::make_unique<SGD>(parameters, SGDOptions(0.01).momentum(0.9));
    case bench::Rule::rmsprop:
      return std::make_unique<RMSprop>(parameters,
                                       RMSpropOptions(0.001).alpha(0.9).eps(std::sqrt(bench::rmsprop_epsilon)));
    default:
      return std::make_unique<Adam>(parameters, AdamOptions(0.001).eps(bench::adam_epsilon));
  }
}

void train_mnist(const bench::Arguments& a, bench::Report& report) {
  torch::Tensor images, labels;
  {
    bench::Mnist mnist(a.data);
    const std::int64_t n = static_cast<std::int64_t>(mnist.labels.size());
    images = torch::from_blob(mnist.pixels.data(), {n, 784}, torch::kUInt8).to(torch::kFloat32).div_(255);
    labels = torch::from_blob(mnist.labels.data(), {n}, torch::kUInt8).to(torch::kInt64);
  }
  bench::Random random(a.seed);
  torch::nn::Sequential model;
  std::size_t in = 784;
  for (const std::size_t& units : a.work.layers) {
    torch::nn::Linear linear(in, units);
    {
      const torch::NoGradGuard guard;
      std::vector<float> kernel = random.glorot(in, units);
      linear->weight.copy_(torch::from_blob(kernel.data(), {std::int64_t(in), std::int64_t(units)}).t());
      linear->bias.zero_();
    }
    model->push_back(linear);
    if (&units != &a.work.layers.back()) model->push_back(torch::nn::ReLU());
    in = units;
  }
  const auto optimizer = make_optimizer(a.work.rule, model->parameters());

  bench::Order order(random, static_cast<std::size_t>(labels.size(0)), a.work.batch);
  while (report.more()) {
    order.next();
    std::vector<std::int64_t> samples(order.samples(), order.samples() + order.size());
    const torch::Tensor index =
        torch::from_blob(samples.data(), {static_cast<std::int64_t>(samples.size())}, torch::kInt64);
    const torch::Tensor x = images.index_select(0, index), y = labels.index_select(0, index);
    optimizer->zero_grad();
    const torch::Tensor loss = torch::nn::functional::cross_entropy(model->forward(x), y);
    loss.backward();
    optimizer->step();
    if (report.wanted()) report.loss(loss.item<double>());
  }
}

void fit_line(const bench::Arguments& a, bench::Report& report) {
  bench::Random random(a.seed);
  bench::Line line(random);
  const torch::Tensor x = torch::from_blob(line.x.data(), {100, 1}), y = torch::from_blob(line.y.data(), {100, 1});
  const torch::Tensor w = torch::tensor({line.w}).requires_grad_(), b = torch::tensor({line.b}).requires_grad_();
  torch::optim::SGD optimizer({w, b}, 0.01);
  while (report.more()) {
    optimizer.zero_grad();
    const torch::Tensor loss = torch::nn::functional::mse_loss(w * x + b, y);
    loss.backward();
    optimizer.step();
    if (report.wanted()) report.loss(loss.item<double>());
  }
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv, [](const bench::Arguments& a, bench::Report& report) {
    torch::set_num_threads(a.threads);
    torch::globalContext().setFlushDenormal(true);
    a.work.layers.empty() ? fit_line(a, report) : train_mnist(a, report);
  });
}
