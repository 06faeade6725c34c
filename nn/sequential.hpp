#pragma once

#include <iosfwd>
#include <map>
#include <optional>
#include <vector>

#include <xgrad/data/samples.hpp>
#include <xgrad/nn/callback.hpp>
#include <xgrad/nn/layer.hpp>
#include <xgrad/nn/losses.hpp>
#include <xgrad/nn/metrics.hpp>
#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

struct SafeTensors;

/// What is printed: nothing, one line for each epoch that on a terminal is drawn again as it goes, or one line at each
/// epoch's end. Automatic is 1 on a terminal, else 2.
enum Verbose : int { automatic = -1, silent = 0, bar = 1, line = 2 };

/// Of fit(), with Keras's names, order and defaults.
struct FitOptions {
  std::size_t batch_size = 32;  ///< the last batch has what is left
  std::size_t epochs = 1;       ///< the number of the last one: with initial_epoch, fewer are run
  int verbose = automatic;
  std::vector<Callback> callbacks{};
  double validation_split = 0;               ///< this fraction of the samples, the last ones, is not learnt from
  std::optional<Samples> validation_data{};  ///< {{x, y}}, or {{x, y, &weights}}; goes before validation_split
  bool shuffle = true;
  std::map<std::size_t, double> class_weight{};  ///< of labels; 1 for those that are not here
  std::optional<Tensor> sample_weight{};         ///< (n,); the loss of a batch is sum(weights losses) / samples
  std::size_t initial_epoch = 0;
  std::size_t validation_batch_size = 0;  ///< batch_size if 0
  std::size_t validation_freq = 1;        ///< in epochs
  std::size_t workers = 1;                ///< threads that share each batch by slices: see docs/keras.md
  bool check_data = true;                 ///< refuses NaN and infinity in x before the first epoch
};

struct EvaluateOptions {
  std::size_t batch_size = 32;
  int verbose = automatic;
  std::optional<Tensor> sample_weight{};
};

struct PredictOptions {
  std::size_t batch_size = 32;
  int verbose = automatic;
};

/// The shape of a model's inputs, the batch left out, as its first layer: Sequential{Input{{784}}, Dense(10)}. Weights
/// can then be drawn before data is seen.
struct Input {
  static constexpr const char* kind = "input";
  Shape shape;

  Shape build(const Shape& input, Rng& rng) const;
  Var operator()(Var x, const Context& context = {}) const;
  void config(Config& options) { options("shape", shape); }
};

/// Layers one after another; itself a layer. A copy is deep. Layers are named as Keras names them, by their kind and
/// their number among its like ("dense", "dense_1"), and parameters after their layer ("dense_1/kernel").
class Sequential {
 public:
  static constexpr const char* kind = "sequential";

  template <class... Layers>
  requires(sizeof...(Layers) > 0 && (std::constructible_from<Layer, Layers> && ...) &&
           !(sizeof...(Layers) == 1 &&
             (std::same_as<Layers, Sequential> && ...))) explicit Sequential(Layers... layers) {
    (add(std::move(layers)), ...);
  }
  Sequential() = default;

  /// Appends a layer; the model is then to be built again, which draws what has no weights yet.
  void add(Layer layer);

  /// Begins the model's own generator anew: with the same seed, the same weights, order of samples and dropout.
  void seed(std::uint32_t seed) { rng_ = Rng(seed); }

  /// Draws the weights of all layers for inputs of this shape, the batch left out: build({784}). Without it, the shape
  /// is that of an Input, or of the first x. Layers that are built for their input keep their weights.
  Shape build(const Shape& input) { return build(input, rng_); }
  Shape build(const Shape& input, Rng& rng);

  /// The layers' computation, recorded on x's tape. Throws ShapeError naming the layer where shapes do not fit,
  /// ValueError if it is not built and cannot be.
  Var operator()(Var x, const Context& context = {});

  void each_parameter(const ParameterVisitor& visit);
  void each_trainable(const ParameterVisitor& visit);

  /// The parameters that are learnt, in the order of the layers, for an optimizer. The pointers are good until the
  /// model is moved, changed or built again.
  std::vector<Parameter*> parameters();

  std::vector<Layer>& layers() { return layers_; }

  /// Throws ValueError, with the names that there are, for a name that is not one of them.
  Layer& layer(std::string_view name);

  // Training, in nn/training.cpp.

  /// Says how the model learns. Names are Keras's: compile("adam", "sparse_categorical_crossentropy", {"accuracy"}).
  /// Two metrics of one name are reported as precision and precision_1.
  void compile(Optimizer optimizer = "rmsprop", Loss loss = "mse", std::vector<Metric> metrics = {});

  /// Trains on x, (n, ...), and y. An epoch's loss and metrics are means over its samples, taken while the weights
  /// move; val_loss and the other val_... are taken after it. Throws ValueError or ShapeError before the first step for
  /// data that do not fit the model or the loss; ValueError when the loss of a batch is not finite, naming the first
  /// operation that gave it, with the weights as they were before that batch (but BatchNormalization's averages have
  /// moved, as in Keras). Ctrl-C ends it after the batch.
  History fit(const Tensor& x, const Tensor& y, const FitOptions& options = {}) { return fit(Samples(x, y), options); }
  History fit(const Samples& data, const FitOptions& options = {});

  /// The loss and metrics over all of x and y. Throws ValueError for no samples or a model that is not compiled;
  /// ShapeError for what does not fit it.
  Logs evaluate(const Tensor& x, const Tensor& y, const EvaluateOptions& options = {}) {
    return evaluate(Samples(x, y), options);
  }
  Logs evaluate(const Samples& data, const EvaluateOptions& options = {});

  /// The outputs for all of x, (n, ...), as in inference. Throws ShapeError for samples of another shape than the model
  /// takes, and for outputs of another than its layers' build() says.
  Tensor predict(const Tensor& x, const PredictOptions& options = {});

  /// One step on one batch; its loss and metrics, before the step. test_on_batch takes no step. Throws
  /// ValueError for no samples, a model that is not compiled, and a step's loss that is not finite; ShapeError for what
  /// does not fit the model.
  Logs train_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight = nullptr);
  Logs test_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight = nullptr);

  Optimizer& optimizer();                                   ///< throws ValueError before compile()
  bool stop_training = false;                               ///< a callback sets it to end the training
  std::size_t epochs_done() const { return epochs_done_; }  ///< the number of the last one that fit() finished

  // In nn/summary.cpp.

  /// Prints the layers with their outputs' shapes and numbers of parameters, in Keras's form.
  void summary(std::ostream& out);
  void summary();
  std::size_t count_params();

  // Weights and files, in nn/saving.cpp.

  /// Copies of all weights, in Keras's order.
  std::vector<Tensor> get_weights();

  /// Takes weights in that order; all, or none if ShapeError is thrown, which lists what does not fit.
  void set_weights(const std::vector<Tensor>& weights);

  /// Writes everything to one file in the safetensors format, which replaces the old one whole or not at all: the
  /// layers, their weights, the optimizer with its state, the loss and metrics, the number of epochs done, the state of
  /// the generator. Functions of the user's own cannot be written: without an activation or regularizer the model could
  /// not be loaded, so that is a ValueError; without an optimizer, loss or metric it can, but not trained at once.
  /// Throws DataError if the file cannot be written.
  void save(const std::string& path);

  /// The model of such a file; where it was compiled with what can be saved, compiled again. Layers of one's own are
  /// made from examples of them: load(path, {Scale()}). Throws DataError for a damaged file.
  static Sequential load(const std::string& path, const std::vector<Layer>& own_layers = {});

  /// Takes up the training in such a file with a model of the same layers, compiled as it was: weights, the optimizer's
  /// state, epochs_done() and the generator. All, or nothing if an error is thrown.
  void restore(const std::string& path);

  /// The same for the weights alone, by name.
  void save_weights(const std::string& path);
  void load_weights(const std::string& path);

 private:
  struct Compiled {
    Optimizer optimizer;
    Loss loss;
    std::vector<Metric> metrics;
  };
  class Run;

  void require_built(const Shape* input = nullptr);
  const Shape& output_shape() const { return layers_.back().output_shape(); }
  Compiled& compiled();
  void require_no_statistics();
  void restore_state(const SafeTensors& file);

  std::vector<Layer> layers_;
  bool built_ = false;
  Rng rng_;
  std::optional<Compiled> compiled_;
  std::size_t epochs_done_ = 0;
};

}  // namespace xgrad::inline XGRAD_PRECISION
