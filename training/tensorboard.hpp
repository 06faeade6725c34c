#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <xgrad/core/error.hpp>
#include <xgrad/training/callback.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace detail {
class EventFile;
}

/// How often TensorBoard is told numbers during an epoch: never ("epoch"), or after every so many batches ("batch" for
/// 1).
struct UpdateFrequency {
  /// Throws ValueError for another name.
  template <std::convertible_to<std::string_view> Name>
  UpdateFrequency(const Name& name) {
    const std::string_view given = name;
    require<ValueError>(given == "epoch" || given == "batch", "TensorBoard: update_freq is \"", given,
                        "\"; it takes \"epoch\", \"batch\" or a number of batches from 1");
    batches = given == "batch";
  }
  /// Throws ValueError for a number below 1.
  template <std::integral Number>
  UpdateFrequency(Number number) : batches(static_cast<std::size_t>(number)) {
    require<ValueError>(number >= 1, "TensorBoard: update_freq is ", number,
                        "; it takes \"epoch\", \"batch\" or a number of batches from 1");
  }

  std::size_t batches;  ///< 0 for never
};

/// Writes the numbers of each epoch for TensorBoard: tensorboard --logdir logs. In log_dir, the folder train/ has the
/// loss, the metrics and the learning rate, epoch_loss, epoch_accuracy and epoch_learning_rate (with several optimizers
/// one for each, epoch_learning_rate_adam), and, with an update_freq, those so far in the epoch, batch_loss, by the
/// batches of this fit(). The folder validation/ has epoch_loss, ..., and evaluation_loss_vs_iterations, ..., by the
/// steps of the first optimizer. The names are Keras's. Every fit() writes new files, and leaves those that are there:
/// after a restart, with initial_epoch, the curves go on. What an epoch gave is in the files when it has ended.
///
/// Scalars only: there are no graphs, images, embeddings or profiles. Throws ValueError at the beginning for a
/// histogram_freq other than 0; DataError if a file cannot be written.
struct TensorBoard {
  std::string log_dir = "logs";
  std::size_t histogram_freq = 0;       ///< 0, for no histograms are written
  bool write_steps_per_second = false;  ///< also epoch_steps_per_second and batch_steps_per_second
  UpdateFrequency update_freq = "epoch";

  void on_train_begin(Model& model);
  void on_train_end(Model& model);
  void on_epoch_begin(Model& model, std::size_t epoch);
  void on_epoch_end(Model& model, std::size_t epoch, Logs& logs);
  void on_train_batch_begin(Model& model, std::size_t batch);
  void on_train_batch_end(Model& model, std::size_t batch, const Logs& logs);
  bool watches_batches() const { return update_freq.batches > 0; }

  std::shared_ptr<detail::EventFile> train{}, validation{};  // while a fit() runs
  std::int64_t batches = 0, iterations = 0;                  // batches begun, and iterations when the epoch began
  std::chrono::steady_clock::time_point epoch_start{}, batch_start{};
};

}  // namespace xgrad::inline XGRAD_PRECISION
