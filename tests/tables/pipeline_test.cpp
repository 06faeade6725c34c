#include <xgrad/tables/pipeline.hpp>

#include <cmath>
#include <filesystem>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/tables/read_csv.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

using F = FeatureSpace;

// Rows of which the kind is what the numbers say, but for a few.
Table plants(std::size_t n, std::uint32_t seed) {
  Rng rng(seed);
  std::string csv = "leaf,height,site,kind\n";
  for (std::size_t row = 0; row < n; ++row) {
    const std::uint32_t kind = rng.integer(2);
    const double leaf = rng.normal() * 0.4 + kind, height = 10 - 3.0 * kind + rng.normal();
    const char* const sites[] = {"wood", "hill", "shore"};
    const std::string site = rng.uniform() < 0.8 ? sites[kind] : sites[rng.integer(2)];
    const char* const kinds[] = {"oak", "birch", "ash"};
    csv += text(leaf, ",", rng.uniform() < 0.1 ? "" : text(height), ",", site, ",", kinds[kind], "\n");
  }
  return read_csv_text(csv);
}

Pipeline plant_model(Target target = Target("kind")) {
  Pipeline model(F({{"leaf", "float_normalized"},
                    {"height", F::float_normalized(Fill::median())},
                    {"site", "string_categorical"}}),
                 std::move(target), Sequential{Dense(16, "relu"), Dense(3, "softmax")});
  model.compile(Adam({.learning_rate = 0.01}), "sparse_categorical_crossentropy", {"accuracy"});
  return model;
}

Tensor matrix(const std::vector<double>& numbers, std::size_t columns) {
  Tensor x = zeros({numbers.size() / columns, columns});
  std::copy(numbers.begin(), numbers.end(), x.begin());
  return x;
}

bool same(const Table& a, const Table& b) { return a.columns() == b.columns() && a.to_tensor() == b.to_tensor(); }

}  // namespace

TEST_CASE("Pipeline takes rows of a table to names of classes, and a file has all of it") {
  const Table train = plants(300, 1), test = plants(200, 2);
  Pipeline model = plant_model();
  model.fit(train, {.epochs = 15, .verbose = silent});
  const Logs logs = model.evaluate(test, {.verbose = silent});
  CHECK(logs.at("accuracy") > 0.9);

  const Table probabilities = model.predict(test, {.verbose = silent});
  CHECK(probabilities.columns() == std::vector<std::string>{"ash", "birch", "oak"});
  const auto classes = model.predict_classes(test, {.verbose = silent});
  double right = 0;
  for (std::size_t row = 0; row < test.size(); ++row) right += classes[row] == test.column("kind").text(row);
  CHECK(right / 200 == doctest::Approx(logs.at("accuracy")));

  const Folder folder;
  model.save((folder.path / "plants.safetensors").string());
  Pipeline again = Pipeline::load((folder.path / "plants.safetensors").string());
  CHECK(same(again.predict(test, {.verbose = silent}), probabilities));
  CHECK(again.features().names() == model.features().names());
  CHECK(again.target().names() == model.target().names());
  // One row, of a table without the target, whose columns stand in another order.
  const Table row = read_csv_text("site,leaf,height\nshore,2.1,\n");
  CHECK(again.predict_classes(row, {.verbose = silent}) == std::vector<std::string>{"ash"});
  // The training goes on as it would have.
  model.fit(train, {.epochs = 2, .verbose = silent});
  again.fit(train, {.epochs = 2, .verbose = silent});
  CHECK(same(again.predict(test, {.verbose = silent}), model.predict(test, {.verbose = silent})));
}

TEST_CASE("Pipeline labels a test table without one class as the training table") {
  const Table train = plants(300, 1);
  Pipeline model = plant_model();
  model.fit(train, {.epochs = 15, .verbose = silent});
  const Table some = plants(200, 2).filter(
      [test = plants(200, 2)](std::size_t row) { return test.column("kind").text(row) != "ash"; });
  CHECK(model.evaluate(some, {.verbose = silent}).at("accuracy") > 0.9);
  const Table other = read_csv_text("leaf,height,site,kind\n1,2,wood,oak\n1,2,wood,elm\n");
  CHECK_THROWS_WITH_AS(model.evaluate(other, {.verbose = silent}),
                       doctest::Contains("kind, row 1: the training table has no class \"elm\""), ValueError);
}

TEST_CASE("Target counts classes and numbers as they are") {
  Target numbers = Target::classes("y");
  numbers.adapt(read_csv_text("y\n10\n9\n2\n10\n"));
  CHECK(numbers.names() == std::vector<std::string>{"2", "9", "10"});
  const Tensor labels = numbers(read_csv_text("y\n10\n2\n"));
  CHECK(std::vector<Real>(labels.begin(), labels.end()) == std::vector<Real>{2, 0});

  Target words("y");
  words.adapt(read_csv_text("y\nTrue\nFalse\n"));
  CHECK(words.names() == std::vector<std::string>{"False", "True"});
  const Table read = words.read(matrix({0.25, 0.75}, 1));
  CHECK(read.columns() == words.names());
  CHECK(read.column("True").number(1) == 0.75);
  CHECK(read.column("False").number(1) == 0.25);
  CHECK(words.most_probable(read) == std::vector<std::string>{"False", "True"});
  CHECK_THROWS_WITH_AS(words.read(matrix({-1.5}, 1)), doctest::Contains("-1.5"), ValueError);
  CHECK_THROWS_WITH_AS(words.read(matrix({0.5, 0.6}, 2)), doctest::Contains("1.1"), ValueError);
  CHECK_THROWS_AS(words.read(matrix({0.5, 0.25, 0.25}, 3)), ShapeError);

  Target price = Target::numbers("y", true);
  price.adapt(read_csv_text("y\n100\n300\n"));
  CHECK(price.deviation() == 100);
  CHECK(price(read_csv_text("y\n400\n"))(0) == 2);
  CHECK(price.read(matrix({-1}, 1)).column("y").number(0) == 100);
  CHECK_THROWS_WITH_AS(price.read(matrix({NAN}, 1)), doctest::Contains("row 0"), ValueError);

  const auto refuses = [](Target target, const char* csv, const char* says) {
    CHECK_THROWS_WITH_AS(target.adapt(read_csv_text(csv)), doctest::Contains(says), ValueError);
  };
  refuses(Target("y"), "y,z\n1,2\n,3\n", "y, row 1");
  refuses(Target("y"), "y\na\na\n", "\"a\" in all rows");
  refuses(Target("y"), "z\na\n", "y");
  refuses(Target::numbers("y"), "y\na\n", "classes() fits");
  refuses(Target("y"), "y\ninf\n", "row 0");
  std::string many = "y\n";
  for (int k = 0; k < 1001; ++k) many += text("n", k, "\n");
  refuses(Target("y"), many.c_str(), "1000");
}

TEST_CASE("Pipeline learns numbers in their own units, and from pieces") {
  std::string csv = "a,b,price\n";
  Rng rng(5);
  for (int row = 0; row < 600; ++row) {
    const double a = rng.normal(), b = rng.normal();
    csv += text(a, ",", b, ",", 20000 + 3000 * a - 1000 * b, "\n");
  }
  const Table train = read_csv_text(csv);
  const auto made = [] {
    Pipeline model(F({{"a", "float_normalized"}, {"b", "float_normalized"}}), Target::numbers("price", true),
                   Sequential{Dense(1)});
    model.compile(Adam({.learning_rate = 0.05}), "mse");
    return model;
  };
  Pipeline whole = made(), parts = made();
  whole.fit(train, {.batch_size = 10, .epochs = 10, .verbose = silent});
  std::size_t at = 0;
  const TablePieces pieces = [&](Table& piece) {
    if (at == train.size()) return at = 0, false;
    const std::size_t end = std::min(train.size(), at + 37);
    piece = train.rows(at, end);
    at = end;
    return true;
  };
  parts.fit(pieces, {.epochs = 10, .verbose = silent});
  CHECK(parts.features().names() == whole.features().names());
  for (Pipeline* const model : {&whole, &parts}) {
    const Table predicted = model->predict(read_csv_text("a,b\n1,1\n0,0\n"), {.verbose = silent});
    CHECK(predicted.columns() == std::vector<std::string>{"price"});
    CHECK(predicted.column(0).number(0) == doctest::Approx(22000).epsilon(0.002));
    CHECK(predicted.column(0).number(1) == doctest::Approx(20000).epsilon(0.002));
  }
  CHECK(parts.epochs_done() == 10);
}

TEST_CASE("Pipeline keeps what it measured when a table does not fit, and refuses files that are none") {
  Pipeline model = plant_model();
  model.adapt(plants(50, 1));
  const auto names = model.features().names();
  CHECK_THROWS_AS(model.adapt(read_csv_text("leaf,height,site,kind\n1,2,sea,\n")), ValueError);
  CHECK(model.features().names() == names);
  CHECK_THROWS_AS(Pipeline(F({{"a", "float_normalized"}}, {.output_mode = "dict"}), Target("y"), Sequential{Dense(1)}),
                  ValueError);
  const Folder folder;
  Sequential plain{Dense(2)};
  plain.build({3});
  plain.save((folder.path / "plain.safetensors").string());
  CHECK_THROWS_AS(Pipeline::load((folder.path / "plain.safetensors").string()), DataError);
  model.build({6});
  model.save((folder.path / "model.safetensors").string());
  CHECK_NOTHROW(Pipeline::load((folder.path / "model.safetensors").string()));
  CHECK_THROWS_AS(Sequential::load((folder.path / "model.safetensors").string()), DataError);
}
