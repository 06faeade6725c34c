// tensorboard FOLDER: trains with the callback TensorBoard, once and once more, and prints what it should have written,
// a line for each number: the folder, name, step and value.

#include <cstdio>

#include <xgrad/xgrad.hpp>

using namespace xgrad;

int main(int, char** arguments) {
  const Tensor x = column({1, 2, 3, 4}), y = 2 * x;
  Sequential model{Dense(1, linear, {.kernel_initializer = zeros})};
  model.compile(SGD{.learning_rate = 0.01}, "mse", {"mae"});
  const auto print = [](const char* folder, const std::string& name, std::size_t step, double value) {
    std::printf("%s %s %zu %.9g\n", folder, name.c_str(), step, value);
  };
  std::size_t batches = 0;
  const LambdaCallback tell{.on_train_begin = [&](Model&) { batches = 0; },
                            .on_train_batch_end =
                                [&](Model&, std::size_t, const Logs& logs) {
                                  ++batches;
                                  for (const auto& [name, value] : logs)
                                    print("train", "batch_" + name, batches, value);
                                }};
  const TensorBoard board{.log_dir = arguments[1], .update_freq = "batch"};
  for (const std::size_t epochs : {2, 5}) {
    const History history = model.fit(x, y,
                                      {.batch_size = 2,
                                       .epochs = epochs,
                                       .verbose = silent,
                                       .callbacks = {board, tell},
                                       .validation_data = {{x, y}},
                                       .initial_epoch = model.epochs_done()});
    for (std::size_t k = 0; k < history.epoch.size(); ++k) {
      const std::size_t epoch = history.epoch[k];
      for (const auto& [name, value] : history.logs[k]) {
        const bool validation = name.starts_with("val_");
        print(validation ? "validation" : "train", "epoch_" + (validation ? name.substr(4) : name), epoch, value);
        if (validation) print("validation", "evaluation_" + name.substr(4) + "_vs_iterations", 2 * epoch + 2, value);
      }
      print("train", "epoch_learning_rate", epoch, 0.01);
    }
  }
}
