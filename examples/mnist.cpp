// Trains a network of Dense layers on MNIST. Without options it is the Keras program
//   Sequential([Dense(10, "relu"), Dense(10, "relu"), Dense(10, "softmax")])
//   compile("adam", "sparse_categorical_crossentropy", ["accuracy"]); fit(x / 255, y, batch_size=32, epochs=5)

#include <CLI/CLI.hpp>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <optional>
#include <xgrad/teach/report.hpp>
#include <xgrad/teach/tape_page.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;
using Json = nlohmann::ordered_json;

namespace {

struct Options {
  std::string data, activation = "relu", optimizer = "adam", json, explain, report;
  std::vector<std::size_t> layers{10, 10};
  double dropout = 0;
  std::optional<double> learning_rate;
  std::optional<std::size_t> limit;
  std::size_t batch_size = 32, epochs = 5, workers = 1;
  std::uint32_t seed = 1;
  int threads = 1;
  bool quiet = false;
};

Optimizer make_optimizer(const Options& options) {
  Optimizer optimizer = options.optimizer == "momentum" ? SGD{.momentum = 0.9} : Optimizer(options.optimizer);
  if (options.learning_rate) optimizer.set_learning_rate(*options.learning_rate);
  return optimizer;
}

Sequential make_model(const Options& options) {
  Sequential model;
  for (const std::size_t units : options.layers) {
    model.add(Dense(units, options.activation.c_str()));
    if (options.dropout > 0) model.add(Dropout(options.dropout));
  }
  model.add(Dense(10, softmax));
  return model;
}

Json weights(Sequential& model) {
  Json all = Json::object();
  each_parameter(model, [&](const std::string& path, Parameter& p) {
    all[path] = {{"shape", p.value().shape()}, {"values", std::vector<Real>(p.value().begin(), p.value().end())}};
  });
  return all;
}

// The value's own words if they are not a number for which `fits`; CLI11 puts the option's name before them.
auto takes(const char* what, bool (*fits)(double)) {
  return [what, fits](const std::string& value) {
    char* end = nullptr;
    const double number = std::strtod(value.c_str(), &end);
    return *end == 0 && fits(number) ? "" : text("it takes ", what, ", not ", value);
  };
}
const auto positive = takes("numbers above 0", [](double x) { return x > 0 && std::isfinite(x); });
const auto fraction = takes("0 to 1", [](double x) { return x >= 0 && x <= 1; });

// The first n images of a data set, or all.
LabelledImages first(LabelledImages images, std::size_t n) {
  if (n < images.labels.size()) {
    images.pixels.resize(n * images.shape[1] * images.shape[2]);
    images.labels.resize(images.shape[0] = n);
  }
  return images;
}

// Keeps how long each epoch takes.
struct Stopwatch {
  std::chrono::steady_clock::time_point start{};
  std::vector<double> seconds{};

  void on_epoch_begin(Model&, std::size_t) { start = std::chrono::steady_clock::now(); }
  void on_epoch_end(Model&, std::size_t, Logs&) {
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
};

// Keeps, for the page, the first layer's weights before the training and after each epoch, and how large the last
// gradient of each kernel was in each epoch.
struct Snapshots {
  bool on = false;
  std::vector<TapeFrame> frames{};
  std::vector<std::pair<std::string, std::vector<double>>> gradient_norms{};

  void on_train_begin(Model& model) { take(model); }
  void on_epoch_end(Model& model, std::size_t, Logs&) {
    if (!on) return;
    take(model);
    std::size_t kernel = 0;
    each_parameter(model, [&](const std::string& path, Parameter& p) {
      if (p.value().dimension() != 2) return;
      if (kernel == gradient_norms.size()) gradient_norms.push_back({path, {}});
      double squares = 0;
      for (const double g : p.gradient) squares += g * g;
      gradient_norms[kernel++].second.push_back(std::sqrt(squares));
    });
  }
  void take(Model& model) {
    if (on) frames.push_back({static_cast<std::size_t>(model.optimizer().iterations()), model.get_weights().front()});
  }
};

// Writes a page that walks through one step of the trained model on the first images.
void explain(const std::string& path, Sequential& model, const LabelledImages& images, const History& history,
             const Snapshots& snapshots) {
  constexpr std::size_t batch = 8;
  const LabelledImages some = first(images, batch);
  const Tensor x = to_tensor(some), y = to_tensor(some.labels);
  Tape tape;
  const Var input = tape.borrow(x), labels = tape.borrow(y), output = model(input);
  const Var loss = sparse_categorical_crossentropy(labels, output);
  TapePageOptions page{.title = "MNIST",
                       .history = &history,
                       .frames = snapshots.frames,
                       .gradient_norms = snapshots.gradient_norms,
                       .model = &model};
  // W1, b1, z1 = x W1 + b1, h1 = relu(z1), W2, ...
  std::size_t layer = 0;
  for (std::uint32_t line = 0; line < tape.size(); ++line) {
    const Tape::Record& record = tape[line];
    if (record.parameter != nullptr)
      page.names[line] = text(record.value->dimension() == 1 ? "b" : "W", layer + 1);
    else if (record.op != nullptr)
      page.names[line] = std::string(record.op->name) == "linear" ? text("z", ++layer) : text("h", layer);
  }
  page.names.insert_or_assign(input.line(), "x");
  page.names.insert_or_assign(labels.line(), "labels");
  page.names.insert_or_assign(output.line(), "p");
  page.names.insert_or_assign(loss.line(), "L");
  write_tape_html(path, loss, page);
}

Json configuration(const Options& options, const Optimizer& optimizer, std::size_t samples) {
  return {{"data", options.data},
          {"samples", samples},
          {"layers", options.layers},
          {"activation", options.activation},
          {"dropout", options.dropout},
          {"optimizer", options.optimizer},
          {"learning_rate", optimizer.learning_rate()},
          {"batch_size", options.batch_size},
          {"epochs", options.epochs},
          {"seed", options.seed},
          {"threads", options.threads},
          {"workers", options.workers}};
}

void write_page(const Options& options, Sequential& model, const History& history, const LabelledImages& images,
                const Json& configuration) {
  ReportOptions page{.title = "MNIST"};
  for (const auto& [name, value] : configuration.items())
    if (name != "data" && name != "optimizer" && name != "learning_rate")  // a folder; and what the report finds itself
      page.configuration.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
  write_report(options.report, model, history, to_tensor(images), to_tensor(images.labels), page);
}

// The report's file, if there is to be one.
std::ofstream opened(const std::string& path, std::ios::openmode mode) {
  std::ofstream file;
  if (!path.empty()) file.open(path, mode);
  require<DataError>(file.good(), "cannot write ", path, ": ", std::strerror(errno));
  return file;
}

std::string option_names(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : app.get_options()) names += (names.empty() ? "" : " ") + option->get_name();
  return names;
}

Json train(const Options& options) {
  const LabelledImages images = first(load_mnist(options.data, "train"), options.limit.value_or(~std::size_t{0}));
  const LabelledImages test_images = load_mnist(options.data, "t10k");
  Sequential model = make_model(options);
  model.seed(options.seed);
  model.compile(make_optimizer(options), "sparse_categorical_crossentropy", {"accuracy"});
  Json report{{"configuration", configuration(options, model.optimizer(), images.labels.size())}};

  Stopwatch stopwatch;
  Snapshots snapshots{.on = !options.explain.empty()};
  const History history = model.fit(images, {.batch_size = options.batch_size,
                                             .epochs = options.epochs,
                                             .verbose = options.quiet ? silent : bar,
                                             .callbacks = {stopwatch, snapshots},
                                             .workers = options.workers});
  for (const std::size_t epoch : history.epoch)
    report["epochs"].push_back({{"loss", history["loss"][epoch]},
                                {"accuracy", history["accuracy"][epoch]},
                                {"seconds", stopwatch.seconds[epoch]}});

  const Logs test = model.evaluate(test_images, {.batch_size = 250, .verbose = silent});
  require<ValueError>(std::isfinite(test.at("loss")), "the loss on the test images is ", test.at("loss"),
                      "; try a smaller --learning-rate");
  report["test"] = {{"loss", test.at("loss")}, {"accuracy", test.at("accuracy")}};
  report["weights"] = weights(model);
  if (!options.report.empty()) write_page(options, model, history, test_images, report["configuration"]);
  if (!options.explain.empty()) explain(options.explain, model, images, history, snapshots);
  std::printf("test loss %.4f - test accuracy %.4f\n", test.at("loss"), test.at("accuracy"));
  return report;
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("Trains a network of Dense layers on MNIST. Without options: 10 and 10 relu units, Adam, 5 epochs.",
               "mnist");
  app.option_defaults()->always_capture_default();
  app.add_option("--data", o.data, "folder with the four IDX files, plain or .gz")->envname("XGRAD_DATA")->required();
  app.add_option("--layers", o.layers, "units of the hidden layers: 512,512")->delimiter(',')->check(positive);
  app.add_option("--activation", o.activation, "of the hidden layers: relu, tanh, sigmoid, ... by Keras's names");
  app.add_option("--dropout", o.dropout, "rate of a Dropout after each hidden layer")->check(fraction);
  app.add_option("--optimizer", o.optimizer)->check(CLI::IsMember({"sgd", "momentum", "rmsprop", "adam"}));
  app.add_option("--learning-rate", o.learning_rate, "the optimizer's own default unless given")->check(positive);
  app.add_option("--batch-size", o.batch_size)->check(positive);
  app.add_option("--epochs", o.epochs)->check(positive);
  app.add_option("--seed", o.seed, "of weights, order and dropout");
  app.add_option("--threads", o.threads, "threads that share large products and steps")->check(positive);
  app.add_option("--workers", o.workers, "threads that share each batch")->check(positive);
  app.add_option("--limit", o.limit, "train on the first N images only")->check(positive);
  app.add_option("--json", o.json, "write configuration, epochs, test result and weights to this file");
  app.add_option("--explain", o.explain, "write a page that walks through one step of the trained model to this file");
  app.add_option("--report", o.report, "write a page with curves, mistakes and weights to this file");
  app.add_flag("--quiet", o.quiet, "print only the last line");

  try {
    app.parse(argc, argv);
    set_num_threads(o.threads);
    opened(o.explain, std::ios::app);
    opened(o.report, std::ios::app);
    opened(o.json, std::ios::app);  // before hours of training go into what it is to hold; an old one stays till then
    const Json report = train(o);
    std::ofstream file = opened(o.json, std::ios::trunc);
    if (!o.json.empty()) file << report.dump(1) << std::endl;
    require<DataError>(file.good(), "cannot write ", o.json, ": ", std::strerror(errno));
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    std::cerr << "mnist: " << error.what() << "; mnist --help lists the options: " << option_names(app) << '\n';
    return 2;
  } catch (const std::bad_alloc&) {
    std::cerr << "mnist: not enough memory; use smaller --layers or a smaller --batch-size\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "mnist: " << error.what() << '\n';
    return 1;
  }
}
