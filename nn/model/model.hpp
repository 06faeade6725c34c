#pragma once

// A model: a module of any type with the face of Keras's Model. What trains it is in training/, which a program that
// only predicts need not include.

#include <concepts>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Logs;
class Loss;
class Metric;
class Optimizer;
class Optimizers;
class Samples;
struct Batch;
struct EvaluateOptions;
struct FitOptions;
struct History;

/// What is printed: nothing, one line for each epoch that on a terminal is drawn again as it goes, or one line at each
/// epoch's end. Automatic is 1 on a terminal, else 2.
enum Verbose : int { automatic = -1, silent = 0, bar = 1, line = 2 };

struct PredictOptions {
  std::size_t batch_size = 32;
  int verbose = automatic;
};

/// A module with a generator of its own, which can be trained, asked, saved and loaded. A copy is deep.
///   Model model{WideDeep{}};
/// Any struct with void fields(Fields& f) is a module; of one that is also called as a layer is, compile() takes a
/// loss, of others an objective.
class Model {
 public:
  template <Module M>
  requires(!std::derived_from<M, Model>) explicit Model(M module);

  /// The module itself. Throws ValueError if it is no M.
  template <class M>
  M& as();

  /// Begins the model's own generator anew: with the same seed, the same weights, order of samples and dropout.
  void seed(std::uint32_t seed) { rng_ = Rng(seed); }

  /// Draws the weights for samples of this shape, the batch left out: build({784}). Without it, the shape is that of an
  /// Input, or of the first x. Weights that fit stay.
  Shape build(const Shape& sample) { return build(sample, rng_); }
  Shape build(const Shape& sample, Rng& rng);
  bool is_built() const { return input_.has_value(); }
  const Shape& input_shape() const { return *input_; }   ///< of one sample, once it is built
  const Shape& output_shape() const { return output_; }  ///< of one sample, once it is built

  /// The module's computation, recorded on x's tape. Throws ShapeError naming the layer where shapes do not fit,
  /// ValueError if it is not built and cannot be.
  Var operator()(Var x, const Context& context = {});

  /// Shows the module's fields, and none of the training.
  void fields(Fields& f);

  /// The parameters that are learnt, in the order of the fields, for an optimizer. The pointers are good until the
  /// module is changed or destroyed.
  Parameters parameters() { return learnt_parameters(*this); }

  // Training, in training/.

  /// Says how the model learns. Names are Keras's: compile("adam", "sparse_categorical_crossentropy", {"accuracy"}).
  /// Parts of the model can have optimizers of their own: compile({{"**/bias", SGD{}}, {"**", Adam{}}}, "mse"). Two
  /// metrics of one name are reported as precision and precision_1.
  void compile();  ///< by RMSprop, and the mean squared error
  void compile(Optimizers optimizers);
  void compile(Optimizers optimizers, Loss loss);
  void compile(Optimizers optimizers, Loss loss, std::vector<Metric> metrics);

  /// The loss of a batch, recorded on the tape, for a module of any inputs and outputs:
  ///   model.compile(Adam{}, [](WideDeep& net, Tape& tape, const Batch& batch, const Context& context) { ... });
  template <class F>
  requires(requires { &F::operator(); } &&
           !std::is_invocable_v<F&, Var, Var>) void compile(Optimizers optimizers,
                                                            F objective);  // in training/fit.hpp

  template <class M>
  void compile(Optimizers optimizers, Var (*objective)(M&, Tape&, const Batch&, const Context&));

  /// Trains on x, (n, ...), and y. An epoch's loss and metrics are means over its samples, taken while the weights
  /// move; val_loss and the other val_... are taken after it. Throws ValueError or ShapeError before the first step for
  /// data that do not fit the model or the loss; ValueError when the loss of a batch is not finite, naming the first
  /// operation that gave it, with the weights as they were before that batch (but BatchNormalization's averages have
  /// moved, as in Keras). Ctrl-C ends it after the batch.
  History fit(const Tensor& x, const Tensor& y);
  History fit(const Tensor& x, const Tensor& y, const FitOptions& options);
  History fit(const Samples& data);
  History fit(const Samples& data, const FitOptions& options);

  /// The loss and metrics over all of x and y. Throws ValueError for no samples or a model that is not compiled;
  /// ShapeError for what does not fit it.
  Logs evaluate(const Tensor& x, const Tensor& y);
  Logs evaluate(const Tensor& x, const Tensor& y, const EvaluateOptions& options);
  Logs evaluate(const Samples& data);
  Logs evaluate(const Samples& data, const EvaluateOptions& options);

  /// The outputs for all of x, (n, ...), as in inference. Throws ShapeError for samples of another shape than the model
  /// takes, and for outputs of another than its dry run had.
  Tensor predict(const Tensor& x, const PredictOptions& options = {});

  /// One step on one batch; its loss and metrics, before the step. test_on_batch takes no step. Throws
  /// ValueError for no samples, a model that is not compiled, and a step's loss that is not finite; ShapeError for what
  /// does not fit the model.
  Logs train_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight = nullptr);
  Logs test_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight = nullptr);

  Optimizer& optimizer();                                   ///< the first; throws ValueError before compile()
  Optimizers& optimizers();                                 ///< all; throws ValueError before compile()
  bool stop_training = false;                               ///< a callback sets it to end the training
  std::size_t epochs_done() const { return epochs_done_; }  ///< the number of the last one that fit() finished

  // Weights, files and the summary.

  /// Copies of all weights, in Keras's order.
  std::vector<Tensor> get_weights();

  /// Takes weights in that order; all, or none if ShapeError is thrown, which lists what does not fit.
  void set_weights(const std::vector<Tensor>& weights);

  /// Writes everything to one file in the safetensors format, which replaces the old one whole or not at all: the
  /// module, its weights, the optimizers with their states, the loss and metrics, the number of epochs done, the state
  /// of the generator. Functions of the user's own cannot be written: without an activation or regularizer the model
  /// could not be loaded, so that is a ValueError; without an optimizer, loss or metric it can, but not trained at
  /// once. Throws DataError if the file cannot be written.
  void save(const std::string& path);

  /// The model of such a file, its module an M; where it was compiled with what can be saved, compiled again. Layers of
  /// one's own are made from the examples, and of those that the program has put into a Layer. A model with an
  /// objective is not compiled: to go on with its training, compile() one and restore() it. Throws DataError for a
  /// damaged file.
  template <Module M>
  static Model load(const std::string& path, const std::vector<Layer>& own_layers = {}) {
    Model model{M{}};
    model.read(path, own_layers);
    return model;
  }

  /// Takes up the training in such a file with a model of the same module, compiled as it was: weights, which of them
  /// are frozen, the optimizers' states, epochs_done() and the generator. All, or nothing if an error is thrown.
  void restore(const std::string& path);

  /// The weights alone, by their paths.
  void save_weights(const std::string& path);
  void load_weights(const std::string& path);

  /// Prints the layers with their outputs' shapes and numbers of parameters, in Keras's form.
  void summary(std::ostream& out);
  void summary();
  std::size_t count_params();

 protected:
  /// Draws the weights if there are none yet. Throws ValueError if that cannot be; ShapeError for samples of another
  /// shape than the weights are for.
  void require_built(const Shape* sample = nullptr);
  void read(const std::string& path, const std::vector<Layer>& own_layers);
  bool declares_input() const { return declared_.has_value(); }

  Named module_;
  std::string kind_;
  Var (*call_)(void*, Var, const Context&) = nullptr;
  std::optional<Shape> declared_;  // of one sample, as an Input says
  std::optional<Shape> input_;     // of one sample, once it is built
  Shape output_;

 private:
  friend class Fit;
  friend class Run;
  struct Training;
  using Objective = std::function<Var(Model&, Tape&, const Batch&, const Context&)>;

  Training& training();
  void compile_objective(Optimizers optimizers, Objective objective);
  void require_predicts() const;

  Rng rng_;
  Named training_;  // a Training, once it is compiled
  std::size_t epochs_done_ = 0;
};

template <Module M>
requires(!std::derived_from<M, Model>) Model::Model(M module) : module_(std::move(module)) {
  if constexpr (requires { std::string_view(M::kind); }) kind_ = M::kind;
  if constexpr (Layered<M>)
    call_ = [](void* m, Var x, const Context& context) { return Var((*static_cast<M*>(m))(x, context)); };
}

template <class M>
M& Model::as() {
  M* const module = module_.as<M>();
  require<ValueError>(module != nullptr, "Model: its module is of another type");
  return *module;
}

}  // namespace xgrad::inline XGRAD_PRECISION
