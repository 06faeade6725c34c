#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/nn/layers/dropout.hpp>
#include <xgrad/optim/adam.hpp>

#include "data/files.hpp"
#include "training/scripted.hpp"

using namespace xgrad;

// What fit() says of models that cannot learn, or not as they seem to be meant.

namespace {

std::string warnings(Sequential model, const Loss& loss, const Tensor& targets, std::size_t workers = 1) {
  model.compile("adam", loss);
  return written_to(
      std::cerr, [&] { model.fit(x, targets, {.batch_size = 2, .epochs = 2, .verbose = silent, .workers = workers}); });
}

const Tensor half = column({0, 1, 0, 1}), labels{0, 1, 0, 1}, two_columns{{1, 0}, {0, 1}, {1, 0}, {0, 1}};

}  // namespace

TEST_CASE("a softmax of one unit is warned of once, as in Keras") {
  for (const std::size_t workers : {1, 5}) {
    CHECK(warnings(Sequential{Dense(1, "softmax")}, "binary_crossentropy", half, workers)
              .ends_with("always gives 1; sigmoid?\n"));
    const std::string said = warnings(Sequential{Dense(1, "softmax"), Dense(1)}, "mse", half, workers);
    CHECK(said.starts_with("xgrad: fit: a softmax over one unit, of shape ("));
    CHECK(said.find("softmax") == said.rfind("softmax"));
  }
  CHECK(warnings(Sequential{Dense(2, "softmax")}, "categorical_crossentropy", two_columns) == "");
  CHECK(warnings(Sequential{Dense(1, "sigmoid")}, "binary_crossentropy", half) == "");
}

TEST_CASE("categorical_crossentropy of one unit is warned of, as in Keras") {
  CHECK(warnings(Sequential{Dense(1, "sigmoid")}, "categorical_crossentropy", half) ==
        "xgrad: fit: categorical_crossentropy of one class; binary_crossentropy?\n");
}

TEST_CASE("a model without weights to learn is warned of, as in Keras") {
  Sequential frozen{Dense(1)};
  frozen.layer("dense").trainable = false;
  const std::string said = "xgrad: fit: the model has no weights to learn\n";
  CHECK(warnings(frozen, "mse", half) == said);
  CHECK(warnings(Sequential{Dropout(0.5)}, "mse", half) == said);
  CHECK(warnings(Sequential{Dropout(0.5), Dense(1)}, "mse", half) == "");
}

TEST_CASE("logits where the loss takes probabilities are warned of, and the reverse") {
  const auto logits = Dense(2, linear, {.bias_initializer = Constant{2}});
  const auto is_doubted = [](const std::string& said, const std::string& loss, const std::string& hint) {
    CAPTURE(said);
    return said.starts_with("xgrad: fit: " + loss) && said.ends_with(hint + "\n") && said.find('\n') == said.size() - 1;
  };
  CHECK(is_doubted(warnings(Sequential{logits}, "sparse_categorical_crossentropy", labels),
                   "sparse_categorical_crossentropy takes probabilities, and the model gives ",
                   "; softmax, or from_logits?"));
  CHECK(is_doubted(warnings(Sequential{logits}, "categorical_crossentropy", two_columns, 2),
                   "categorical_crossentropy takes probabilities, and the model gives ", "; softmax, or from_logits?"));
  CHECK(is_doubted(warnings(Sequential{Dense(2, "sigmoid")}, "sparse_categorical_crossentropy", labels),
                   "sparse_categorical_crossentropy takes probabilities, and a row of the model's adds up to ",
                   "; softmax, or from_logits?"));
  CHECK(is_doubted(warnings(Sequential{logits}, "binary_crossentropy", two_columns),
                   "binary_crossentropy takes probabilities, and the model gives ", "; sigmoid, or from_logits?"));
  CHECK(is_doubted(warnings(Sequential{logits}, "kl_divergence", two_columns),
                   "kl_divergence takes probabilities, and the model gives ", "; softmax?"));
  CHECK(is_doubted(
      warnings(Sequential{Dense(2, "softmax")}, losses::SparseCategoricalCrossentropy{.from_logits = true}, labels),
      "sparse_categorical_crossentropy from_logits, and the model gives probabilities", "; linear?"));
  CHECK(warnings(Sequential{logits}, losses::SparseCategoricalCrossentropy{.from_logits = true}, labels) == "");
  CHECK(warnings(Sequential{logits}, losses::BinaryCrossentropy{.from_logits = true}, two_columns) == "");
  CHECK(warnings(Sequential{Dense(2, "sigmoid")}, "binary_crossentropy", two_columns) == "");
  CHECK(warnings(Sequential{Dense(2, "sigmoid")}, "kl_divergence", two_columns) == "");
  CHECK(warnings(Sequential{logits}, "mse", two_columns) == "");
}

TEST_CASE("weights that are NaN are warned of when a file gives them") {
  Sequential model = counting();
  model.set_weights({Tensor(Shape{1, 1}, std::numeric_limits<Real>::quiet_NaN())});
  const Folder folder;
  const std::string path = folder.path / "m", said = "xgrad: " + path + " holds weights that are NaN or infinite\n";
  model.save(path);
  CHECK(written_to(std::cerr, [&] { Sequential::load(path); }) == said);
  CHECK(written_to(std::cerr, [&] { counting().restore(path); }) == said);
  CHECK(written_to(std::cerr, [&] { counting().load_weights(path); }) != "");
}
