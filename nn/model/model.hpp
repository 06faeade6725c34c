#pragma once

// A model: a module of any type with the face of Keras's Model. What trains it is in training/, which a program that
// only predicts need not include.

#include <concepts>
#include <functional>
#include <iosfwd>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/data/generator.hpp>
#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Fit;
class Logs;
class Loss;
class Metric;
class Optimizer;
class Optimizers;
struct EvaluateOptions;
struct FitOptions;
struct History;

/// What fit(), evaluate() and predict() print: nothing (0), a bar that is drawn again and again on a terminal (1), or
/// one line at the end of an epoch (2). Automatic (-1) is 1 on a terminal, else 2.
enum Verbose : int { automatic = -1, silent = 0, bar = 1, line = 2 };

/// The options of predict(), with Keras's names, order and defaults.
struct PredictOptions {
  std::size_t batch_size = 32;  ///< does not concern a generator
  int verbose = automatic;
  std::size_t steps = 0;  ///< batches that are looked at; 0 for all until the data ends
};

/// A module with a generator of its own, which can be trained, asked, saved and loaded. A copy is deep.
///   Model model{WideDeep{}};
/// Any struct with void fields(Fields& f) is a module. One that is also called as a layer is, y = module(x, context),
/// can be compiled with a loss. Any other is compiled with an objective.
class Model {
 public:
  /// Holds a module: a copy of the one that is given.
  template <Module M>
  requires(!std::derived_from<M, Model>) explicit Model(M module);

  /// The module in the model. Throws ValueError if that is no M.
  template <class M>
  M& as();

  /// Begins the model's own generator anew. The same seed gives the same weights, order of samples and dropout. A model
  /// without a call of it has the same seed as every other such model: an ensemble needs a seed for each.
  void seed(std::uint32_t seed) { rng_ = Rng(seed); }

  /// Draws the weights by the model's own generator, for samples of this shape, the batch left out: build({784}). A
  /// model that is not built takes the shape from its Input, or from the first x. Weights that fit stay. Returns the
  /// shape of one output, the batch left out. Throws ShapeError where shapes do not fit; ValueError for what fields()
  /// shows wrongly.
  Shape build(const Shape& sample) { return build(sample, rng_); }

  /// Draws the weights by another generator, for samples of this shape, as build(sample) does by the model's own.
  Shape build(const Shape& sample, Rng& rng);

  bool is_built() const { return input_.has_value(); }  ///< whether the weights are drawn or read
  const Shape& input_shape() const;   ///< of one input, the batch left out; throws ValueError if it is not built
  const Shape& output_shape() const;  ///< of one output, the batch left out; throws ValueError if it is not built

  /// The module's computation, recorded on x's tape. Throws ShapeError naming the layer where shapes do not fit,
  /// ValueError if it is not built and cannot be.
  Var operator()(Var x, const Context& context = {});

  /// Shows the fields of the module, and nothing of the training.
  void fields(Fields& f);

  /// The parameters that are learnt with their paths, in the order of the fields, for an optimizer. The pointers are
  /// good until the module is moved, changed or destroyed.
  Parameters parameters() { return learnt_parameters(*this); }

  // Training, in training/.

  /// Says that the model learns by RMSprop and the mean squared error, without metrics. Throws ValueError for a module
  /// that is not called as a layer is.
  void compile();

  /// Says that the model learns by these optimizers, as compile() does by RMSprop.
  void compile(Optimizers optimizers);

  /// Says by which optimizers and loss the model learns, as compile() does by RMSprop and the mean squared error.
  void compile(Optimizers optimizers, Loss loss);

  /// Says how the model learns. Names are Keras's: compile("adam", "sparse_categorical_crossentropy", {"accuracy"}).
  /// Parts of the model can have optimizers of their own: compile({{"**/bias", SGD{}}, {"**", Adam{}}}, "mse"). Two
  /// metrics of one name are reported as precision and precision_1. Throws ValueError for a module that is not called
  /// as a layer is.
  void compile(Optimizers optimizers, Loss loss, std::vector<Metric> metrics);

  /// Says how the model learns, with metrics that do not see the weights of samples and classes, and others that do:
  /// compile("adam", "mse", {}, {"mae"}). Where both have a metric of one name, the weighted one is reported as
  /// weighted_mae. Throws ValueError for a module that is not called as a layer is, and for a weighted metric that
  /// takes no weights, such as a function.
  void compile(Optimizers optimizers, Loss loss, std::vector<Metric> metrics, std::vector<Metric> weighted_metrics);

  /// Says by which optimizers and objective the model learns, for a module of any inputs and outputs. The objective
  /// records the loss of a batch, a number, on the tape. It is a lambda that takes the module by its type:
  ///   model.compile(Adam{}, [](WideDeep& net, Tape& tape, const Batch& batch, const Context& context) { ... });
  template <class F>
  requires(requires { &F::operator(); } &&
           !std::is_invocable_v<F&, Var, Var>) void compile(Optimizers optimizers,
                                                            F objective);  // in training/fit.hpp

  /// Says how a module is trained by a function: an objective as above.
  template <class M>
  void compile(Optimizers optimizers, Var (*objective)(M&, Tape&, const Batch&, const Context&));

  /// Trains for an epoch on x, (n, ...), and y, in batches of 32: see fit() with options.
  History fit(const Tensor& x, const Tensor& y);

  /// Trains on x, (n, ...), and y. An epoch's loss is the mean over its samples, and its metrics are of all of them,
  /// taken while the weights move. val_loss and the other val_... are taken after the epoch. Throws ValueError or
  /// ShapeError before the first step for options and data that do not fit the model or the loss. Throws ValueError
  /// when the loss of a batch is not finite, naming the first operation that gave it, or when a gradient is not, naming
  /// the parameter; the weights are then as they were before that batch (but BatchNormalization's averages have moved,
  /// as in Keras). Ctrl-C ends the training after the batch.
  History fit(const Tensor& x, const Tensor& y, const FitOptions& options);

  /// Trains for an epoch on a data set, in batches of 32, or on a generator until its end: see fit() with options.
  History fit(const BatchSource& data);

  /// Trains on a data set, which may have several inputs, several targets and weights, or on a generator of batches:
  ///   model.fit(images, options), model.fit(Samples({&wide, &deep}, {&price}), options)
  ///   model.fit([&](Batch& batch) { ...; return true; }, {.steps_per_epoch = 100})
  /// Reports and throws what fit(x, y, options) does. A generator's batches are checked one by one as they come, and
  /// count by their samples. See Fit for where epochs end.
  History fit(const BatchSource& data, const FitOptions& options);

  /// The loss and metrics over all of x, (n, ...), and y. Throws ValueError for no samples and for a model that is not
  /// compiled; ShapeError for shapes that do not fit the model.
  Logs evaluate(const Tensor& x, const Tensor& y);

  /// The loss and metrics over all of x, (n, ...), and y, with options. Throws ValueError for no samples and for a
  /// model that is not compiled; ShapeError for shapes that do not fit the model.
  Logs evaluate(const Tensor& x, const Tensor& y, const EvaluateOptions& options);

  /// The loss and metrics over a data set, or over a generator's batches until its end. Throws ValueError for no
  /// samples and for a model that is not compiled; ShapeError for shapes that do not fit the model.
  Logs evaluate(const BatchSource& data);

  /// The loss and metrics over a data set, or over a generator's batches, with options. Throws ValueError for no
  /// samples, for a generator with sample_weight and for a model that is not compiled; ShapeError for shapes that do
  /// not fit the model.
  Logs evaluate(const BatchSource& data, const EvaluateOptions& options);

  /// The outputs for all of x, (n, ...), in inference: (n, ...) of the output's shape. Throws ShapeError for samples of
  /// another shape than the model takes, and for outputs of another shape than the dry run had; ValueError for a module
  /// that is not called as a layer is.
  Tensor predict(const Tensor& x, const PredictOptions& options = {});

  /// The outputs for images, samples or a generator's batches, whose targets are not looked at and may be left out.
  /// Throws as for x.
  template <class Data>
  requires(std::convertible_to<Data, BatchSource>) Tensor predict(Data&& data, const PredictOptions& options = {}) {
    return predict_all(std::forward<Data>(data), options);
  }

  /// Takes one step on one batch, x (n, ...), by the loss that compile() took, with weights of the samples, (n,), or of
  /// their classes, if there are any. Returns the loss and metrics before the step. Throws ValueError for no samples,
  /// for weights of both kinds, for a model that is not compiled, and for a loss or a gradient that is not finite;
  /// ShapeError for shapes that do not fit the model.
  Logs train_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight = nullptr,
                      const std::map<std::size_t, double>& class_weight = {});

  /// The loss and metrics of one batch, x (n, ...), with weights (n,) if there are any, by the loss that compile()
  /// took. Takes no step. Throws ValueError for no samples and for a model that is not compiled; ShapeError for shapes
  /// that do not fit the model.
  Logs test_on_batch(const Tensor& x, const Tensor& y, const Tensor* sample_weight = nullptr);

  /// The outputs for one batch, x (n, ...), in inference. Throws as predict().
  Tensor predict_on_batch(const Tensor& x);

  Optimizer& optimizer();                ///< that of the first group; throws ValueError before compile()
  Optimizers& optimizers();              ///< the optimizers of all groups; throws ValueError before compile()
  const std::vector<Metric>& metrics();  ///< those that compile() took; throws ValueError before compile()
  bool stop_training = false;            ///< a callback sets it to end the training

  /// The number of epochs that fit() has finished, also in the run that a file was saved from: the initial_epoch with
  /// which a training goes on.
  std::size_t epochs_done() const { return epochs_done_; }

  /// The numbers of the last fit()'s epochs, also if it threw. A copy of the model has them, too; a file has not.
  /// Throws ValueError if no fit() of this model has ended.
  const History& history() const;

  // Weights, files and the summary.

  /// Copies of all weights, also of statistics, in the order of the fields, which is Keras's. Throws ValueError for a
  /// model that is not built.
  std::vector<Tensor> get_weights();

  /// Replaces all weights by those that are given, in the order of get_weights(). Throws ShapeError, which lists what
  /// does not fit, and then replaces none.
  void set_weights(const std::vector<Tensor>& weights);

  /// Writes everything to one file in the safetensors format: the module, its weights, the optimizers with their
  /// states, the loss and metrics, the number of epochs done, the state of the generator, and what the callbacks of
  /// fit() remember. The file replaces an old one whole or not at all. A file cannot hold a function of the user's own.
  /// Where that is an activation or a regularizer, throws ValueError, for the model could not be loaded. Where it is an
  /// optimizer's rule, a schedule, a loss, a metric or an objective, nothing that compile() said is written, and the
  /// loaded model has to be compiled again. Weights that are NaN or infinite are written, with a warning. Throws
  /// DataError if the file cannot be written.
  void save(const std::string& path);

  /// The model of a file that save() wrote, its module an M. It is compiled as it was, if the file has that; a model
  /// with an objective is not, so to go on with its training, compile() one and restore() it. Layers of the user's own
  /// are made from the examples, or found among those that the program has put into a Layer. Throws DataError for a
  /// damaged file, and for one of another module.
  template <Module M>
  static Model load(const std::string& path, const std::vector<Layer>& own_layers = {}) {
    Model model{M{}};
    model.read(path, own_layers);
    return model;
  }

  /// Takes up the training in a file that save() wrote, with a model of the same module, compiled as it was: takes over
  /// the weights, which of them are frozen, which layers are trainable, the optimizers' states, their learning rates
  /// unless these are schedules, epochs_done() and the generator. Takes all, or nothing if DataError is thrown.
  void restore(const std::string& path);

  /// Writes the weights alone, by their paths, to a safetensors file. Throws DataError if it cannot be written.
  void save_weights(const std::string& path);

  /// Reads the weights alone, by their paths, from a safetensors file. Throws DataError, which lists what does not fit,
  /// and then reads none.
  void load_weights(const std::string& path);

  /// Writes a table of the layers, with the shapes of their outputs and their numbers of weights, in Keras's form.
  void summary(std::ostream& out);
  void summary();  ///< writes this table to standard output

  /// The number of all weights, also of statistics. Throws ValueError for a model that is not built.
  std::size_t count_params();

 protected:
  /// Builds the model if it is not built, for samples of this shape or its Input's. Throws ValueError without either;
  /// ShapeError if it is built for another.
  void require_built(const Shape* sample = nullptr);
  void read(const std::string& path, const std::vector<Layer>& own_layers);
  Rng& generator() { return rng_; }
  void dry_run(const Shape& sample);
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
  friend class SharedState;
  struct Training;
  using Objective = std::function<Var(Model&, Tape&, const Batch&, const Context&)>;
  Training& training();
  void compile_objective(Optimizers optimizers, Objective objective);
  void require_predicts() const;
  Tensor predict_all(const BatchSource& data, const PredictOptions& options);

  Rng rng_;
  std::size_t epochs_done_ = 0;
  Named training_, history_;  // a Training, once it is compiled, and a History, once a fit() has ended
  Named callbacks_;           // the CallbackStates of the last fit(), or those of a file
  struct Running {            // the fit() that is at work, which a copy of the model is not in
    Running() = default;
    Running(const Running&) {}
    Running& operator=(const Running&) { return *this; }
    Fit* fit = nullptr;
  } running_;
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
