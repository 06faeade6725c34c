#include <xgrad/nn/layers/embedding.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/layers/flatten.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/adam.hpp>
#include <xgrad/training/fit.hpp>

#include "data/files.hpp"
#include "layer_checks.hpp"

using namespace xgrad;

namespace {

Embedding with_table(const Tensor& table, EmbeddingOptions options = {}) {
  Embedding layer(table.shape(0), table.shape(1), std::move(options));
  layer.embeddings.edit() = table;
  return layer;
}

const Tensor table{{1, 2}, {3, 4}, {5, 6}};

struct Prices {  // as in the header
  Embedding district{4, 3};
  Dense hidden{16, relu}, price{1};
  void fields(Fields& f) { f("district", district)("hidden", hidden)("price", price); }
  Var operator()(Var numbers, Var districts, const Context& context) {
    const Var row = concatenate({numbers, district(districts, context)}, 1);
    return price(hidden(row, context), context);
  }
};

}  // namespace

TEST_CASE("Embedding looks up a row for each index, whatever the shape") {
  Embedding layer = with_table(table);
  Tape tape;
  check_close(layer(tape.constant(Tensor{2, 0})).value(), {{5, 6}, {1, 2}}, 0);
  check_close(layer(tape.constant(Tensor{{0, 1}, {2, 2}})).value(), {{{1, 2}, {3, 4}}, {{5, 6}, {5, 6}}}, 0);
  CHECK(layer(tape.constant(zeros({0, 5}))).shape() == Shape{0, 5, 2});
}

TEST_CASE("an index that is met several times receives the sum of its gradients, and one that is not 0") {
  Embedding layer = with_table(table);
  Tape tape;
  const Var y = layer(tape.constant(Tensor{2, 0, 2}));
  tape.backward(sum(y * Tensor{{1, 10}, {2, 20}, {3, 30}}));
  check_close(layer.embeddings.gradient, {{2, 20}, {0, 0}, {4, 40}}, 0);
}

TEST_CASE("Embedding's regularizer is on the table") {
  Embedding layer = with_table(table, {.embeddings_regularizer = L2{0.5}});
  Tape tape;
  std::vector<Var> penalties;
  layer(tape.constant(Tensor{1}), {.penalties = &penalties});
  REQUIRE(penalties.size() == 1);
  CHECK(penalties[0].item() == 0.5 * (1 + 4 + 9 + 16 + 25 + 36));
}

TEST_CASE("an index that is out of range or not whole is refused with its place") {
  Embedding layer = with_table(table);
  const auto said = [&](const Tensor& indices) {
    return thrown_by<ValueError>([&] {
      Tape tape;
      layer(tape.constant(indices));
    });
  };
  CHECK(said({0, 3}) == "Embedding: index 3 at (1,); it takes whole numbers from 0 to 2");
  CHECK(said({{0, 1}, {2, -1}}) == "Embedding: index -1 at (1, 1); it takes whole numbers from 0 to 2");
  CHECK(said({{0.5, 1}, {2, 1}}) == "Embedding: index 0.5 at (0, 0); it takes whole numbers from 0 to 2");
  CHECK(said({{{0, 1, NAN}}}) == "Embedding: index nan at (0, 0, 2); it takes whole numbers from 0 to 2");
  CHECK(said({Real(1e30)}) == "Embedding: index 1e+30 at (0,); it takes whole numbers from 0 to 2");
  CHECK(thrown_by<ShapeError>([&] {
          Tape tape;
          layer(tape.constant(1));
        }) == "Embedding: cannot take (); it takes indices, (n, ...)");
}

TEST_CASE("Embedding refuses sizes that cannot be, before memory is given") {
  const std::string most = sizeof(Real) == sizeof(float) ? "16777216" : "9007199254740992";
  const std::string takes = "; it takes 1 to " + most + " categories, and 1 or more";
  CHECK(thrown_by<ValueError>([] { Embedding(0, 2); }) == "Embedding: input_dim is 0 and output_dim 2" + takes);
  CHECK(thrown_by<ValueError>([] { Embedding(2, 0); }) == "Embedding: input_dim is 2 and output_dim 0" + takes);
  CHECK_THROWS_AS(Embedding((std::size_t{1} << 53) + 1, 1), ValueError);
  for (const Json& size : {Json(-1), Json(0), Json(2.5), Json("3"), Json(std::uint64_t{1} << 60)}) {
    Layer read = Embedding(1, 1);
    CHECK_THROWS_AS(set_options(read, {{"kind", "embedding"}, {"trainable", true}, {"input_dim", size}}), Error);
  }
}

TEST_CASE("a saved Embedding whose table is of another size than it says is refused") {
  const Folder folder;
  const std::string path = (folder.path / "m").string();
  Sequential m{Embedding(3, 2), Flatten(), Dense(1)};
  m.build({4});
  m.layers()[0].as<Embedding>()->input_dim = std::size_t{1} << 22;
  m.save(path);
  CHECK(thrown_by<DataError>([&] { Sequential::load(path); }) ==
        path + ": layer embedding: weight embedding/embeddings has shape (3, 2); here it takes (4194304, 2)");
}

TEST_CASE("a table of numbers with a column of categories is a model of two inputs") {
  const Tensor numbers = column({0, 1, 0, 1, 0, 1, 0, 1}), districts{0, 0, 1, 1, 2, 2, 3, 3};
  const Tensor prices = column({1, 2, 5, 6, 3, 4, 9, 10});
  Model model{Prices{}};
  model.seed(1);
  model.compile(Adam{.learning_rate = 0.02}, [](Prices& net, Tape& tape, const Batch& batch, const Context& context) {
    const Var price = net(tape.borrow(batch.input(0)), tape.borrow(batch.input(1)), context);
    return mean_squared_error(batch.target(0), price);
  });
  const Samples data({&numbers, &districts}, {&prices});
  const History history = model.fit(data, {.batch_size = 8, .epochs = 300, .verbose = silent});
  CHECK(history["loss"].back() < 1e-2);
}
