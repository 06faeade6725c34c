#include <filesystem>

#include <xgrad/data/csv.hpp>

#include "data/files.hpp"
#include "training/scripted.hpp"

using namespace xgrad;

namespace {

// Writes these numbers over an epoch's own.
LambdaCallback script(const Json& logs_of_epochs) {
  return {.on_epoch_end = [logs_of_epochs](Model&, std::size_t epoch, Logs& logs) {
    logs = Logs();
    for (const auto& [name, number] : logs_of_epochs.at(epoch).items()) logs[name] = number.get<double>();
  }};
}

}  // namespace

TEST_CASE("CSVLogger and to_csv write a row for every epoch") {
  const Folder folder;
  Sequential model = counting();
  const LambdaCallback script{.on_epoch_end = [](Model&, std::size_t epoch, Logs& logs) {
    logs["loss"] = 0.5 + static_cast<double>(epoch);
    logs["extra"] = -1;
  }};
  const History history = model.fit(x, y, epochs(2, {script, CSVLogger{folder.path / "log.csv"}}));
  history.to_csv(folder.path / "history.csv");
  const auto content = [&](const char* name) { return xgrad::content(folder.path / name); };
  CHECK(content("log.csv") == "epoch,extra,loss\n0,-1,0.5\n1,-1,1.5\n");
  CHECK(content("history.csv") == content("log.csv"));
  model.fit(x, y,
            {.epochs = 3,
             .verbose = silent,
             .callbacks = {script, CSVLogger{.filename = folder.path / "log.csv", .append = true}},
             .initial_epoch = 2});
  CHECK(content("log.csv") == "epoch,extra,loss\n0,-1,0.5\n1,-1,1.5\n2,-1,2.5\n");
  CHECK_THROWS_AS(model.fit(x, y, epochs(1, {CSVLogger{folder.path / "none" / "log.csv"}})), DataError);
}

TEST_CASE("CSVLogger's table is the one that Keras writes, also where val_ numbers are not in every epoch") {
  for (const Json& row : keras("csv")) {
    CAPTURE(row.dump());
    const Folder folder;
    const std::string path = folder.path / "log.csv";
    counting().fit(x, y, epochs(row.at("logs").size(), {script(row["logs"]), CSVLogger{path}}));
    CHECK(content(path) == row.at("text").get<std::string>());
  }
}

TEST_CASE("with validation_freq, the columns of the validation are there, and NA where there was none") {
  const Folder folder;
  const std::string path = folder.path / "log.csv";
  FitOptions options = epochs(3, {CSVLogger{path}});
  options.validation_data = {{x, y}};
  options.validation_freq = 2;
  Sequential model = counting();
  model.compile(SGD{.learning_rate = 1e-30}, "mse");
  model.fit(x, y, options);
  CHECK(content(path) == "epoch,loss,val_loss\n0,7.5,NA\n1,7.5,7.5\n2,7.5,NA\n");
}

TEST_CASE("names that a table has to quote are read back") {
  const Folder folder;
  const auto zero = [](const Tensor&, const Tensor&) { return 0.0; };
  Sequential model = counting({Metric("a,b", zero), Metric("the \"best\"", zero), Metric("two\nlines", zero)});
  const std::vector<std::string> names{"epoch", "a,b", "loss", "the \"best\"", "two\nlines"};
  const History history = model.fit(x, y, epochs(2, {CSVLogger{folder.path / "log.csv"}}));
  history.to_csv(folder.path / "history.csv");
  for (const char* name : {"log.csv", "history.csv"})
    CHECK(load_csv(folder.path / name, {.label = "epoch"}).columns == std::vector(names.begin() + 1, names.end()));
  const CSVLogger points{.filename = folder.path / "points.csv", .separator = "."};
  counting().fit(x, y, epochs(1, {points}));
  CHECK(content(points.filename) == "epoch.loss\n0.\"7.5\"\n");
  for (const char* separator : {"", ", ", "\""})
    CHECK_THROWS_AS(model.fit(x, y, epochs(1, {CSVLogger{points.filename, separator}})), ValueError);
}

TEST_CASE("what is appended stands under the columns of the file, and new ones are added to it") {
  const Folder folder;
  const std::string path = folder.path / "log.csv";
  const auto log = [&](const Json& logs) {
    counting().fit(x, y, epochs(logs.size(), {script(logs), CSVLogger{.filename = path, .append = true}}));
  };
  log({{{"loss", 1}, {"val_loss", 2}}});
  log({{{"loss", 3}}});
  CHECK(content(path) == "epoch,loss,val_loss\n0,1,2\n0,3,NA\n");
  log({{{"a,b", 4}, {"loss", 5}}});
  log({{{"a,b", 6}}});
  CHECK(content(path) == "epoch,loss,val_loss,\"a,b\"\n0,1,2,NA\n0,3,NA,NA\n0,5,NA,4\n0,NA,NA,6\n");
  std::ofstream(path) << "epoch,loss\r\n0,1";  // by another program, whose last line was cut off
  log({{{"loss", 2}, {"mae", 3}}});
  CHECK(content(path) == "epoch,loss,mae\n0,1,NA\n0,2,3\n");
}
