#include <filesystem>
#include <set>

#include "data/files.hpp"
#include "training/scripted.hpp"

using namespace xgrad;

TEST_CASE("ModelCheckpoint names its files by epoch and number, and keeps the best") {
  const Folder folder;
  Sequential model = counting();
  const std::string all = (folder.path / "m.{epoch:02d}-{val_loss:.2f}").string(),
                    best = (folder.path / "best").string();
  model.fit(x, y,
            epochs(3, {scripted({1, 0.25, 0.5}), ModelCheckpoint{.filepath = all},
                       ModelCheckpoint{.filepath = best, .save_best_only = true}}));
  for (const char* name : {"m.01-1.00", "m.02-0.25", "m.03-0.50"}) CHECK(std::filesystem::exists(folder.path / name));
  CHECK(Sequential::load(best).get_weights()[0](0, 0) == 1);
  CHECK_THROWS_AS(model.fit(x, y, epochs(1, {ModelCheckpoint{.filepath = best + "{epoch:s}"}})), ValueError);
}

TEST_CASE("ModelCheckpoint tells the millionth epochs apart, and refuses formats that print does not know") {
  const Folder folder;
  Sequential model = counting();
  const auto save_as = [&](const std::string& name, std::size_t epoch) {
    model.fit(x, y,
              {.epochs = epoch,
               .verbose = silent,
               .callbacks = {ModelCheckpoint{.filepath = (folder.path / name).string()}},
               .initial_epoch = epoch - 1});
  };
  save_as("m.{epoch}", 1234567);
  CHECK(std::filesystem::exists(folder.path / "m.1234567"));
  for (const char* name : {"{epoch:%f}", "{epoch:1.2.3f}", "{epoch:s}", "{epoch:.f}", "{epoch:-3d}"})
    CHECK_THROWS_AS(save_as(name, 1), ValueError);
}

TEST_CASE("ModelCheckpoint keeps the best of all its fits, as Keras's does") {
  for (const Json& run : keras("checkpoint")) {
    CAPTURE(run.dump());
    const Folder folder;
    const Json& options = run.at("opts");
    ModelCheckpoint checkpoint{.filepath = folder.path / "m", .save_best_only = options.value("save_best_only", false)};
    checkpoint.mode = options.value("mode", "auto");
    if (options.contains("initial_value_threshold"))
      checkpoint.initial_value_threshold = options["initial_value_threshold"].get<double>();
    for (std::size_t k = 0; k < run.at("fits").size(); ++k) {
      const Json& values = run["fits"][k];
      const LambdaCallback script{.on_epoch_end = [&](Model& model, std::size_t epoch, Logs& logs) {
        logs["val_loss"] = number(values.at(epoch));
        model.set_weights({Tensor(Shape{1, 1}, static_cast<Real>(number(values.at(epoch))))});
      }};
      counting().fit(x, y, epochs(values.size(), {script, checkpoint}));
      const Json& held = run.at("held")[k];
      REQUIRE(std::filesystem::exists(folder.path / "m") == held.is_number());
      if (!held.is_number()) continue;
      Sequential loaded = Sequential::load(folder.path / "m");
      CHECK(weight(loaded) == doctest::Approx(held.get<double>()));
    }
  }
}

TEST_CASE("options that are used again keep their ModelCheckpoint's best, too") {
  const Folder folder;
  double val_loss = 1;
  const LambdaCallback script{.on_epoch_end = [&](Model& model, std::size_t, Logs& logs) {
    logs["val_loss"] = val_loss;
    model.set_weights({Tensor(Shape{1, 1}, static_cast<Real>(val_loss))});
  }};
  const FitOptions options =
      epochs(1, {script, ModelCheckpoint{.filepath = folder.path / "m", .save_best_only = true}});
  counting().fit(x, y, options);
  val_loss = 9;
  counting().fit(x, y, options);
  Sequential held = Sequential::load(folder.path / "m");
  CHECK(weight(held) == 1);
}

TEST_CASE("with save_freq, ModelCheckpoint saves after every so many batches, where Keras's does") {
  for (const Json& run : keras("save_freq")) {
    CAPTURE(run.dump());
    const Folder folder;
    const std::string pattern = folder.path / "{epoch}-{batch}.keras";
    ModelCheckpoint checkpoint{.filepath = pattern, .save_freq = run.at("save_freq").get<std::size_t>()};
    for (const Json& fit : run.at("fits")) {
      FitOptions options = epochs(fit.get<std::size_t>(), {checkpoint});
      options.batch_size = 4 / run.at("batches").get<std::size_t>();
      counting().fit(x, y, options);
    }
    std::set<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path)) files.insert(entry.path().filename());
    CHECK(files == run.at("files").get<std::set<std::string>>());
  }
}

TEST_CASE("without save_freq, ModelCheckpoint does not ask for the logs of every batch") {
  CHECK_FALSE(Callback(ModelCheckpoint{.filepath = "m"}).on_train_batch_end);
  CHECK(Callback(ModelCheckpoint{.filepath = "m", .save_freq = 1}).on_train_batch_end);
}

TEST_CASE("ModelCheckpoint makes the folders of its files, and tells where it cannot") {
  const Folder folder;
  Sequential model = counting();
  const auto save_to = [&](const std::string& path) {
    model.fit(x, y, epochs(1, {ModelCheckpoint{.filepath = path}}));
  };
  save_to(folder.path / "a" / "of {loss:.0f}" / "m");
  CHECK(std::filesystem::exists(folder.path / "a" / "of 8" / "m"));
  folder.write("file", {1});
  CHECK_THROWS_AS(save_to(folder.path / "file" / "m"), DataError);
}

TEST_CASE("the epochs in which the monitored number is not there never replace the best") {
  const Folder folder;
  Sequential model = counting();
  const LambdaCallback script{.on_epoch_end = [](Model& m, std::size_t epoch, Logs& logs) {
    if (epoch == 2) logs["val_loss"] = 5;
    m.set_weights({Tensor(Shape{1, 1}, static_cast<Real>(epoch))});
  }};
  const auto held_after = [&](std::size_t number) {
    const std::string path = folder.path / std::to_string(number);
    written_to(std::cerr, [&] {
      model.fit(x, y, epochs(number, {script, ModelCheckpoint{.filepath = path, .save_best_only = true}}));
    });
    Sequential held = Sequential::load(path);
    return weight(held);
  };
  CHECK(held_after(2) == 1);  // as in Keras, every epoch until there is a number
  CHECK(held_after(5) == 2);
}
