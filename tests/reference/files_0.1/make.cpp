// Saved models, and what becomes of them when they are loaded and trained on. Written for xgrad 0.1 and run with it, at
// commit 8a29377 and in float (xgrad::xgrad, nlohmann_json); every later version is to load these files.
//   make FOLDER    writes the .safetensors files and expected.json
//
// Element k of x, in row-major order, is sin(1 + k), computed in double. Element k of y is a wave, cos(1 + k), or
// sample i has the label i mod classes, as a number or as a row with a 1 in that place. expected.json has for each file
//   x                       the shape of the inputs
//   predict                 of them, by the loaded model
// and, unless the model was not compiled,
//   y                       the targets
//   epochs_done, iterations of the loaded model and its optimizer
//   logs                    test_on_batch(x, y): the loss and the metrics
//   weights                 get_weights() after three calls of train_on_batch(x, y) on the loaded model

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;
using Json = nlohmann::ordered_json;

namespace {

/// A layer of one's own: x weight^power.
struct Scale {
  static constexpr const char* kind = "scale";
  double power = 1;
  Parameter weight{};

  Shape build(const Shape& input, Rng&) {
    weight = Parameter("weight", ones(input));
    return input;
  }
  Var operator()(Var x, const Context& context) {
    return x * pow(context.weight(x.tape(), weight), static_cast<Real>(power));
  }
  void each_parameter(const ParameterVisitor& visit) { visit(weight); }
  void config(Config& options) { options("power", power); }
};

Tensor elementwise(const Shape& shape, double (*f)(double)) {
  Tensor t(shape);
  for (std::size_t k = 0; k < t.size(); ++k) t.data()[k] = static_cast<Real>(f(1 + static_cast<double>(k)));
  return t;
}
Tensor inputs(const Shape& shape) { return elementwise(shape, std::sin); }
Tensor waves(const Shape& shape) { return elementwise(shape, std::cos); }

Tensor labels(const Shape& shape, std::size_t classes) {
  Tensor t(shape);
  for (std::size_t i = 0; i < t.size(); ++i) t.data()[i] = static_cast<Real>(i % classes);
  return t;
}

// Nine digits, from which the same float is read.
double nine_digits(double x) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.9g", x);
  return std::strtod(digits, nullptr);
}

Json json(const Tensor& t) {
  Json values = Json::array();
  for (const Real x : t) values.push_back(nine_digits(x));
  return {{"shape", t.shape()}, {"values", values}};
}

class Files {
 public:
  explicit Files(std::string folder) : folder_(std::move(folder)) {}

  /// Saves the model; what it is expected to do is what its file does now.
  void add(const std::string& name, Sequential& model, const Tensor& x) { expected(name, model, x); }

  void add(const std::string& name, Sequential& model, const Tensor& x, const Tensor& y) {
    Sequential loaded = expected(name, model, x);
    Json& of = expected_.back();
    of["y"] = json(y);
    of["epochs_done"] = loaded.epochs_done();
    of["iterations"] = loaded.optimizer().iterations();
    for (const auto& [metric, value] : loaded.test_on_batch(x, y)) of["logs"][metric] = nine_digits(value);
    for (int step = 0; step < 3; ++step) loaded.train_on_batch(x, y);
    for (const Tensor& weight : loaded.get_weights()) of["weights"].push_back(json(weight));
  }

  /// One line for each file.
  void write_expected() const {
    std::ofstream out(folder_ + "/expected.json");
    out << "{\"source\":\"make.cpp, run with xgrad 0.1 (8a29377) in float\",\"files\":[\n";
    for (std::size_t k = 0; k < expected_.size(); ++k) out << (k > 0 ? ",\n" : "") << expected_[k].dump();
    out << "\n]}\n";
    out.close();
    require<DataError>(out.good(), "cannot write expected.json to ", folder_);
  }

 private:
  Sequential expected(const std::string& name, Sequential& model, const Tensor& x) {
    const std::string file = name + ".safetensors";
    model.save(folder_ + "/" + file);
    Sequential loaded = Sequential::load(folder_ + "/" + file, {Scale()});
    expected_.push_back({{"file", file}, {"x", x.shape()}, {"predict", json(loaded.predict(x, {.verbose = silent}))}});
    return loaded;
  }

  std::string folder_;
  std::vector<Json> expected_;
};

// Three steps in each epoch.
void train(Sequential& model, const Tensor& x, const Tensor& y, std::size_t epochs = 1) {
  model.fit(x, y, {.batch_size = x.shape(0) / 3, .epochs = epochs, .verbose = silent});
}

// Dense layers, with Adam as it is.
void plain(Files& files) {
  const Tensor x = inputs({12, 6}), y = labels({12}, 3);
  Sequential model{Dense(5, "tanh"), Dense(4, "relu"), Dense(3, "softmax")};
  model.seed(1);
  model.compile("adam", "sparse_categorical_crossentropy",
                {"accuracy", metrics::SparseTopKCategoricalAccuracy{.k = 2}});
  train(model, x, y);
  files.add("plain", model, x, y);
}

// Models within a model, and the third state variable of AMSGrad.
void nested(Files& files) {
  const Tensor x = inputs({9, 5}), y = waves({9, 2});
  Sequential innermost, inner;
  innermost.add(Dense(3, "elu"));
  innermost.add(Dense(4, "tanh", {.use_bias = false}));
  inner.add(Dense(4, "sigmoid"));
  inner.add(innermost);
  Sequential model{Dense(5, "silu"), inner};
  model.add(Dense(2));
  model.seed(2);
  model.compile(Adam{.learning_rate = InverseTimeDecay{0.02, 4, 0.5}, .beta_1 = 0.8, .amsgrad = true},
                "mean_absolute_error", {"mse"});
  train(model, x, y);
  files.add("nested", model, x, y);
}

// Two layers that are not learnt, one of them in a model within: the optimizer keeps nothing for them.
void frozen(Files& files) {
  const Tensor x = inputs({12, 4}), y = one_hot(labels({12}, 3), 3);
  Sequential model{Dense(4, "selu"), Sequential{Dense(3, "tanh"), BatchNormalization()}, Dense(3, "softmax")};
  model.layers()[0].trainable = false;
  model.layers()[1].as<Sequential>()->layers()[0].trainable = false;
  model.seed(3);
  model.compile("rmsprop", losses::KLDivergence{}, {metrics::CategoricalAccuracy{}});
  train(model, x, y);
  files.add("frozen", model, x, y);
}

// A layer of one's own. Three steps by themselves: no epoch is done.
void own_layer(Files& files) {
  const Tensor x = inputs({10, 4}), y = labels({10, 1}, 2);
  Sequential model{Dense(3, "tanh"), Scale{.power = 2}, Dense(1, "tanh")};
  model.seed(4);
  model.compile(SGD{.learning_rate = 0.05, .momentum = 0.9}, "hinge",
                {metrics::Precision{.thresholds = 0.25}, metrics::Recall{}, metrics::BinaryAccuracy{.threshold = 0.1}});
  for (int step = 0; step < 3; ++step) model.train_on_batch(x, y);
  files.add("own_layer", model, x, y);
}

// Every layer that there is, all regularizers, and layers that draw.
void every_layer(Files& files) {
  const Tensor x = inputs({12, 2, 3}), y = waves({12, 2});
  Sequential model{
      Input{{2, 3}},
      Flatten(),
      Dense(6, "gelu", {.kernel_regularizer = L1{0.01}, .bias_regularizer = L2{0.02}}),
      BatchNormalization({.momentum = 0.9, .epsilon = 0.01, .scale = false}),
      Dropout(0.3),
      GaussianNoise(0.1),
      Activation("softsign"),
      Reshape({3, -1}),
      LayerNormalization({.epsilon = 0.1, .center = false}),
      Flatten(),
      Dense(2, "linear", {.kernel_regularizer = L1L2{.l1 = 0.01, .l2 = 0.02}, .activity_regularizer = L2{0.03}}),
  };
  model.seed(5);
  model.compile(RMSprop{.rho = 0.8, .momentum = 0.5, .centered = true}, "mse", {"root_mean_squared_error"});
  train(model, x, y, 2);
  files.add("every_layer", model, x, y);
}

// Nesterov's momentum, a schedule, clipping, and weight decay for one of the four weights.
void sgd(Files& files) {
  const Tensor x = inputs({12, 3}), y = waves({12});
  Sequential model{Dense(4, "softplus"), Dense(1)};
  Optimizer optimizer =
      SGD{.learning_rate =
              ExponentialDecay{.initial_learning_rate = 0.1, .decay_steps = 2, .decay_rate = 0.5, .staircase = true},
          .momentum = 0.9,
          .nesterov = true,
          .weight_decay = 0.01,
          .clipnorm = 0.2};
  optimizer.exclude_from_weight_decay({"bias", "dense_1"});
  model.seed(6);
  model.compile(optimizer, "mse", {"mae"});
  train(model, x, y);
  files.add("sgd", model, x, y);
}

// Saved in the middle of a step: after three gradients, of which each step takes two.
void adamw(Files& files) {
  const Tensor x = inputs({12, 4}), y = labels({12, 1}, 3);
  Sequential model{Dense(4, "leaky_relu"), Dense(3)};
  model.seed(7);
  model.compile(AdamW{.learning_rate = 0.01,
                      .weight_decay = 0.05,
                      .beta_2 = 0.99,
                      .clipvalue = 0.1,
                      .gradient_accumulation_steps = 2},
                losses::SparseCategoricalCrossentropy{.from_logits = true}, {"sparse_categorical_accuracy"});
  train(model, x, y);
  files.add("adamw", model, x, y);
}

// A loss and metrics with options, one of them under another name.
void adadelta(Files& files) {
  const Tensor x = inputs({12, 4}), y = labels({12, 1}, 2);
  Sequential model{Dense(5, "relu6"), Dense(1)};
  model.seed(8);
  model.compile(
      Adadelta{.learning_rate = CosineDecayRestarts{.initial_learning_rate = 1, .first_decay_steps = 4, .m_mul = 0.5},
               .rho = 0.9,
               .epsilon = 1e-5},
      losses::BinaryCrossentropy{.from_logits = true, .label_smoothing = 0.1},
      {"accuracy", Metric("pr_auc", metrics::AUC{.num_thresholds = 50, .curve = "PR"}), metrics::AUC{}});
  train(model, x, y);
  files.add("adadelta", model, x, y);
}

// A schedule that warms up, one norm for all gradients, and a score that adds up over batches.
void nadam(Files& files) {
  const Tensor x = inputs({15, 3}), y = waves({15, 2});
  Sequential model{Dense(4, "mish"), Dense(2)};
  model.seed(9);
  model.compile(Nadam{.learning_rate = CosineDecay{.initial_learning_rate = 0.001,
                                                   .decay_steps = 10,
                                                   .alpha = 0.1,
                                                   .warmup_target = 0.02,
                                                   .warmup_steps = 4},
                      .global_clipnorm = 0.5},
                losses::Huber{.delta = 2}, {"mae", "r2_score"});
  train(model, x, y);
  files.add("nadam", model, x, y);
}

// A layer that was renamed before it was trained, and one after.
void adamax(Files& files) {
  const Tensor x = inputs({12, 4}), y = labels({12}, 3);
  Sequential model{Dense(5, "hard_sigmoid"), Dense(4, "gelu"), Dense(3, "softmax")};
  model.seed(10);
  model.layer("dense").name = "encoder";
  model.compile(Adamax{.learning_rate = PiecewiseConstantDecay{.boundaries = {2, 4}, .values = {0.05, 0.02, 0.01}}},
                losses::SparseCategoricalCrossentropy{}, {"accuracy"});
  train(model, x, y);
  model.layer("dense_2").name = "head";
  files.add("adamax", model, x, y);
}

// State that does not begin at 0.
void adagrad(Files& files) {
  const Tensor x = inputs({12, 4}), y = one_hot(labels({12}, 3), 3);
  Sequential model{Dense(5, "tanh"), Dense(3, "softmax")};
  model.seed(11);
  model.compile(Adagrad{.learning_rate = PolynomialDecay{.initial_learning_rate = 0.1, .decay_steps = 8, .power = 2},
                        .initial_accumulator_value = 0.2},
                losses::CategoricalCrossentropy{.label_smoothing = 0.1},
                {metrics::TopKCategoricalAccuracy{.k = 2}, metrics::F1Score{.average = "micro", .threshold = 0.4}});
  train(model, x, y);
  files.add("adagrad", model, x, y);
}

// Weights that were drawn, and nothing more.
void uncompiled(Files& files) {
  Sequential model{Input{{3}}, Dense(4, "tanh"), Dense(2)};
  model.seed(12);
  model.build({3});
  files.add("uncompiled", model, inputs({5, 3}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "make FOLDER\n";
    return 2;
  }
  try {
    Files files(argv[1]);
    for (const auto add :
         {plain, nested, frozen, own_layer, every_layer, sgd, adamw, adadelta, nadam, adamax, adagrad, uncompiled})
      add(files);
    files.write_expected();
  } catch (const Error& error) {
    std::cerr << "make: " << error.what() << '\n';
    return 1;
  }
}
