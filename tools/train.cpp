// xgrad-train: trains a network on a CSV file, and says what it took the columns for.

#include <algorithm>
#include <fstream>
#include <numeric>

#include <xgrad/data/file.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/tables/guess.hpp>
#include <xgrad/tables/table_report.hpp>
#include <xgrad/teach/report.hpp>
#include <xgrad/training/callbacks.hpp>

#include "arguments.hpp"

using namespace xgrad;

namespace {

struct Options {
  std::string csv, label, task = "guess", save, report, test;
  std::vector<std::string> drop;
  std::vector<std::size_t> layers{64};
  std::size_t epochs = 0, batch_size = 32, patience = 0;
  double learning_rate = 0.001, validation = 0.2;
  std::uint32_t seed = 1;
  bool quiet = false;
  tools::CsvArguments reading;
};

void say_notes(const Table& table, const std::string& path) {
  for (const std::string& note : table.notes()) std::cout << path << ": " << note << '\n';
}

// The numbers of the rows that have a label.
std::vector<std::size_t> labelled(const Table& table, const Options& o) {
  const Column& label = table.column(o.label);
  if (label.missing() > 0)
    std::cout << o.label << " is missing in " << label.missing() << " of " << table.size() << " rows: left out\n";
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < table.size(); ++row)
    if (!label.is_missing(row)) rows.push_back(row);
  return rows;
}

Target target_of(const Table& table, const Options& o) {
  Target target = o.task == "guess"        ? guess_target(table, o.label)
                  : o.task == "regression" ? Target::numbers(o.label, true)
                                           : Target::classes(o.label);
  target.adapt(table);
  const std::size_t classes = target.names().size();
  require<ValueError>(o.task != "binary" || classes == 2, "--task binary: ", o.label, " has ", classes, " classes");
  std::cout << o.label << ": ";
  if (target.has_classes()) {
    std::cout << classes << " classes:";
    for (std::size_t k = 0; k < std::min<std::size_t>(classes, 10); ++k) std::cout << ' ' << target.names()[k];
    std::cout << (classes > 10 ? " ...\n" : "\n");
  } else {
    std::cout << "numbers, of mean " << formatted(target.mean(), 'g', 6) << " and deviation "
              << formatted(target.deviation(), 'g', 6) << '\n';
  }
  if (o.task == "guess") std::cout << "  (guessed; --task says it otherwise)\n";
  return target;
}

FeatureSpace features_of(const Table& train, const Options& o) {
  std::vector<std::string> leave_out = o.drop;
  leave_out.push_back(o.label);
  const GuessedFeatures guessed = guess_features(train, leave_out);
  std::size_t longest = 0;
  for (const auto& [name, what] : guessed.said) longest = std::max(longest, std::min<std::size_t>(name.size(), 30));
  for (const auto& [name, what] : guessed.said)
    std::cout << "  " << name << std::string(longest > name.size() ? longest - name.size() : 0, ' ') << "  " << what
              << '\n';
  require<ValueError>(!guessed.features.empty(), "no column is left to learn from");
  return FeatureSpace(guessed.features);
}

// Prints some ten lines in the course of the training.
struct Lines {
  std::size_t every;
  void on_epoch_end(Model&, std::size_t epoch, Logs& logs) const {
    if (epoch > 0 && (epoch + 1) % every != 0) return;
    std::cout << "epoch " << epoch + 1;
    for (const auto& [name, value] : logs) std::cout << "  " << name << ' ' << formatted(value, 'f', 4);
    std::cout << std::endl;
  }
};

Pipeline model_of(FeatureSpace features, Target target, const Options& o) {
  const bool classes = target.has_classes(), binary = target.names().size() == 2;
  const std::size_t outputs = classes && !binary ? target.names().size() : 1;
  Sequential network;
  for (const std::size_t units : o.layers) network.add(Dense(units, "relu"));
  network.add(!classes ? Dense(1) : binary ? Dense(1, "sigmoid") : Dense(outputs, "softmax"));
  Pipeline model(std::move(features), std::move(target), std::move(network));
  model.seed(o.seed);
  const Adam adam{.learning_rate = o.learning_rate};
  if (!classes)
    model.compile(adam, "mse");
  else
    model.compile(adam, binary ? "binary_crossentropy" : "sparse_categorical_crossentropy", {"accuracy"});
  return model;
}

void print(const TableReport& report, const std::string& rows) {
  std::cout << '\n' << report.rows << ' ' << rows << ':';
  for (const auto& [name, value] : report.metrics) std::cout << "  " << name << ' ' << formatted(value, 'g', 4);
  std::cout << '\n';
  if (!report.confusion.empty() && report.classes.size() <= 20) {
    std::size_t width = 5;
    for (const std::string& name : report.classes) width = std::max(width, std::min<std::size_t>(name.size(), 12));
    const auto cell = [width](std::string text) {
      text.resize(std::min<std::size_t>(text.size(), 12));
      return std::string(width + 2 - std::min(width + 2, text.size()), ' ') + text;
    };
    std::cout << "confusion matrix: a row for what they are, a column for what they are taken for\n" << cell("");
    for (const std::string& name : report.classes) std::cout << cell(name);
    std::cout << '\n';
    for (std::size_t i = 0; i < report.classes.size(); ++i) {
      std::cout << cell(report.classes[i]);
      for (const std::size_t n : report.confusion[i]) std::cout << cell(std::to_string(n));
      std::cout << '\n';
    }
  }
  std::cout << "what " << (report.classes.empty() ? "r2" : "accuracy") << " loses without a column:";
  for (std::size_t k = 0; k < std::min<std::size_t>(8, report.importance.size()); ++k)
    std::cout << (k ? ", " : " ") << report.importance[k].first << ' '
              << formatted(report.importance[k].second, 'f', 3);
  std::cout << '\n';
}

// The file's place can be written to: said before the training, not after it.
void require_writable(const std::string& path) {
  if (path.empty()) return;
  std::ofstream file(path, std::ios::app);
  require<DataError>(file.good(), "cannot write ", path);
}

void train(const Options& o) {
  require_writable(o.save);
  require_writable(o.report);
  const Table all = o.reading.read(o.csv);
  std::cout << o.csv << ": " << all.size() << " rows, " << all.columns().size() << " columns\n";
  say_notes(all, o.csv);
  std::vector<std::size_t> rows = labelled(all, o);
  const Target target = target_of(all.take(rows), o);
  FeatureSpace features = features_of(all, o);

  Rng rng(o.seed);
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0u);
  rng.shuffle(order);
  std::transform(order.begin(), order.end(), rows.begin(), [given = rows](std::uint32_t k) { return given[k]; });
  const auto part = [&](std::size_t begin, std::size_t end) {
    const auto at = [&](std::size_t k) { return rows.begin() + static_cast<std::ptrdiff_t>(k); };
    return all.take(std::vector<std::size_t>(at(begin), at(end)));
  };
  std::size_t held = static_cast<std::size_t>(o.validation * static_cast<double>(rows.size()) + 0.5);
  const bool stops = o.patience > 0 || held >= 20;  // fewer rows say little of when to stop
  if (!stops && !o.test.empty()) held = 0;          // and others judge
  require<ValueError>(held < rows.size(), "--validation leaves nothing to learn from of ", rows.size(), " rows");
  const Table learnt = part(held, rows.size()), validation = part(0, held);

  features.adapt(learnt);
  Pipeline model = model_of(std::move(features), target, o);
  std::cout << learnt.size() << " rows to learn from, " << held << " to validate; " << model.features().width()
            << " inputs";
  for (const std::size_t units : o.layers) std::cout << ", " << units << " relu";
  std::cout << ", " << (target.has_classes() ? target.names().size() == 2 ? "1 sigmoid\n" : "softmax\n" : "1\n");

  const std::size_t batches = (learnt.size() + o.batch_size - 1) / o.batch_size;
  const std::size_t epochs = o.epochs ? o.epochs : std::clamp<std::size_t>(3000 / batches, 30, stops ? 1000 : 200);
  const std::size_t patience = o.patience ? o.patience : std::max<std::size_t>(10, epochs / 5);
  FitOptions options{.batch_size = o.batch_size, .epochs = epochs, .verbose = silent};
  if (!o.quiet) options.callbacks.emplace_back(Lines{.every = std::max<std::size_t>(1, epochs / 10)});
  Batch held_batch;
  EarlyStopping stopping{.patience = patience, .restore_best_weights = true};
  if (held > 0) {
    held_batch = model.batch(validation);
    options.validation_data.emplace(held_batch);
    if (stops) options.callbacks.emplace_back(stopping);
  }
  const History history = model.fit(learnt, options);

  const std::string test_rows = "rows of " + o.test;
  TableReport report;
  if (!o.test.empty()) {
    Table test = o.reading.read(o.test);
    test = test.take(labelled(test, o));
    report = report_on(model, test, {.seed = o.seed});
    print(report, test_rows);
  } else {
    report = report_on(model, held > 0 ? validation : learnt, {.seed = o.seed});
    for (TableReport::Row& worst : report.worst) worst.row = rows[worst.row];  // of the file
    if (stopping.stopped_epoch > 0)
      std::cout << "stopped: val_loss was best in epoch " << stopping.best_epoch + 1 << ", whose weights are kept\n";
    print(report, held > 0 ? "rows to validate" : "rows, the ones that it has learnt from");
  }
  if (!o.report.empty()) {
    const std::string json = json_text(report, history);
    if (o.report.ends_with(".html"))
      write_table_report(o.report, json, o.csv.substr(o.csv.rfind('/') + 1) + ": " + o.label);
    else
      write_file(o.report, json);
    std::cout << "wrote " << o.report << '\n';
  }
  if (!o.save.empty()) {
    model.save(o.save);
    std::cout << "saved " << o.save << '\n';
  }
}

}  // namespace

int main(int argc, char** argv) {
  Options o;
  CLI::App app("Trains a network on a CSV file to predict one of its columns from the others.", "xgrad-train");
  app.add_option("csv", o.csv, "the table, plain or .gz")->required();
  app.add_option("--label", o.label, "the column to predict")->required();
  app.add_option("--drop", o.drop, "columns to leave out: PassengerId,Name")->delimiter(',');
  app.option_defaults()->always_capture_default();
  app.add_option("--task", o.task, "what the label is")
      ->check(CLI::IsMember({"guess", "regression", "binary", "classes"}));
  app.add_option("--layers", o.layers, "units of the hidden layers: 64,32")->delimiter(',')->check(CLI::PositiveNumber);
  app.add_option(
      "--epochs", o.epochs,
      "the most epochs; 0 for 3000 batches, but 30 to 1000 epochs, or to 200 where fewer than 20 rows validate");
  app.add_option("--batch-size", o.batch_size)->check(CLI::PositiveNumber);
  app.add_option("--learning-rate", o.learning_rate, "of Adam")->check(CLI::PositiveNumber);
  app.add_option("--validation", o.validation, "the share of the rows that validates, drawn at random")
      ->check(CLI::Range(0., 0.9));
  app.add_option("--patience", o.patience,
                 "epochs without a better val_loss that end the training; 0 for a fifth of all, but 10 or more, and no "
                 "such end where fewer than 20 rows validate");
  app.add_option("--seed", o.seed, "of the weights, and of the order of the rows");
  app.option_defaults()->always_capture_default(false);
  app.add_option("--test", o.test, "a second CSV file by which the model is judged");
  app.add_option("--report", o.report,
                 "write curves, confusion or residuals, importance and the worst rows to this .html or JSON file");
  app.add_option("--save", o.save, "write the model to this file, for xgrad-predict or Pipeline::load()");
  app.add_flag("--quiet", o.quiet, "print no epochs");
  o.reading.add_to(app);
  return tools::run(app, argc, argv, [&] { train(o); });
}
