#include <xgrad/data/safetensors.hpp>

#include "data/files.hpp"
#include "training/scripted.hpp"

using namespace xgrad;

// What callbacks remember when a training is taken up from a file: it ends where one without a break ends.

namespace {

const Json losses{9, 5, 6, 4, 4.5, 4.7, 4.2, 4.6, 4.8, 4.1, 3, 3.5};

struct Counter {
  static constexpr const char* kind = "counter";
  std::size_t count = 0;
  void fields(Fields& f) { f("count", count); }
  void on_train_begin(Model&) { count = 0; }
  void on_train_batch_end(Model&, std::size_t, const Logs&) { ++count; }
};

// The training with these callbacks, from one epoch to another.
History run(Model& model, std::size_t from, std::size_t to, std::vector<Callback> callbacks) {
  callbacks.insert(callbacks.begin(), scripted(losses));
  return model.fit(x, y, {.epochs = to, .verbose = silent, .callbacks = callbacks, .initial_epoch = from});
}

std::vector<Callback> all(const std::string& path) {  // a checkpoint saves what those after it did, too
  return {ModelCheckpoint{.filepath = path}, ReduceLROnPlateau{.factor = 0.5, .patience = 2, .cooldown = 1},
          EarlyStopping{.patience = 5, .restore_best_weights = true}};
}

}  // namespace

TEST_CASE("a training that is taken up stops, reduces and restores where one without a break does") {
  const Folder folder;
  Sequential whole = counting();
  const History expected = run(whole, 0, 12, all(folder.path / "whole"));
  CHECK(expected.epoch.size() == 9);
  for (std::size_t breaks = 1; breaks < 9; ++breaks) {
    CAPTURE(breaks);
    const std::string path = folder.path / "m", after = folder.path / "after";
    Sequential part = counting();
    run(part, 0, breaks, all(path));
    part.save(after);

    Sequential restored = counting();
    restored.restore(path);
    restored.optimizer().set_learning_rate(part.optimizer().learning_rate());
    const std::vector<double> rates = expected["learning_rate"];
    const std::vector<double> rates_left(rates.begin() + static_cast<std::ptrdiff_t>(breaks), rates.end());
    for (Sequential loaded : {Sequential::load(path), Sequential::load(after), restored}) {
      CHECK(loaded.epochs_done() == breaks);
      const History rest = run(loaded, loaded.epochs_done(), 12, all(folder.path / "rest"));
      CHECK(rest.epoch.back() == expected.epoch.back());
      CHECK(weight(loaded) == weight(whole));
      CHECK(rest["learning_rate"] == rates_left);
    }
  }
}

TEST_CASE("a new ModelCheckpoint knows the best of the file that training goes on from") {
  const Folder folder;
  const std::string path = folder.path / "best";
  const auto best = [&] { return ModelCheckpoint{.filepath = path, .save_best_only = true}; };
  Sequential model = counting();
  run(model, 0, 5, {best()});
  Sequential loaded = Sequential::load(path);
  CHECK(loaded.epochs_done() == 4);
  run(loaded, 4, 9, {best()});
  CHECK(Sequential::load(path).epochs_done() == 4);
  run(loaded, 9, 12, {best()});  // of this program, not of a file: Keras begins anew, too
  CHECK(Sequential::load(path).epochs_done() == 11);
}

TEST_CASE("a training that begins anew, other callbacks, and a second fit() take up nothing") {
  const Folder folder;
  const std::string path = folder.path / "m";
  Sequential model = counting();
  EarlyStopping stopping{.patience = 3};
  run(model, 0, 6, {stopping});
  CHECK(stopping.wait == 2);
  model.save(path);
  const auto waits = [&](Model& m, std::size_t from, EarlyStopping its) {
    run(m, from, from + 1, {its});
    return its.wait;
  };
  Sequential loaded = Sequential::load(path), anew = Sequential::load(path), other = Sequential::load(path);
  CHECK(waits(anew, 0, {.patience = 9}) == 0);
  run(other, 6, 7, {StopAtLoss{0}});
  CHECK(waits(other, 7, {.patience = 9}) == 0);
  run(loaded, 6, 7, {stopping});
  CHECK(stopping.wait == 3);
  run(loaded, 7, 8, {stopping});
  CHECK(stopping.wait == 0);
}

TEST_CASE("a callback of one's own is remembered by its fields, also of a class that comes twice") {
  const Folder folder;
  Sequential model = counting();
  Counter one, two{.count = 0};
  Fit fit(model, {x, y}, {.batch_size = 1, .verbose = silent, .callbacks = {one, two}});
  fit.next();
  fit.next();
  two.count = 7;
  model.save(folder.path / "m");  // in a loop of one's own
  while (fit.next()) {
  }
  model.save(folder.path / "done");
  for (const auto& [name, counts] : {std::pair{"done", std::pair<std::size_t, std::size_t>{8, 13}}}) {
    Sequential loaded = Sequential::load(folder.path / name);
    loaded.fit(x, y, {.batch_size = 1, .epochs = 2, .verbose = silent, .callbacks = {one, two}, .initial_epoch = 1});
    CHECK(std::pair(one.count, two.count) == counts);
  }
  CHECK(content(folder.path / "m").find("{\\\"counter\\\":{\\\"count\\\":2},\\\"counter_1\\\":{\\\"count\\\":7}}") !=
        std::string::npos);
}

TEST_CASE("what a file says of callbacks is checked") {
  const Folder folder;
  const std::string path = folder.path / "m";
  Sequential model = counting();
  run(model, 0, 2, {EarlyStopping{.patience = 9}});
  model.save(path);
  const auto refusal = [&](const std::string& options) {
    SafeTensors file = read_safetensors(path);
    file.metadata["xgrad.callbacks"] = options;
    file.metadata.erase("xgrad.crc32");
    write_safetensors(folder.path / "bad", std::move(file.tensors), std::move(file.metadata));
    return thrown_by<Error>([&] {
      Sequential loaded = Sequential::load(folder.path / "bad");
      run(loaded, 2, 3, {EarlyStopping{.patience = 9}});
    });
  };
  CHECK(refusal("{\"early_stopping\": 5}") == "nothing");
  CHECK(refusal("{\"early_stopping\": {").ends_with("its xgrad.callbacks is no JSON"));
  CHECK(refusal("{\"early_stopping\": {\"wait\": -1}}") ==
        "option early_stopping/wait: -1 is no whole number that fits");
  CHECK(refusal("{\"early_stopping\": {\"size\": 1000000000}}") ==
        "EarlyStopping: there are 1000000000 best weights; it takes at most 100,000");
}
