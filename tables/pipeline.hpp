#pragma once

// A model of tables: one file takes a raw row to the name of a class.

#include <string>
#include <vector>

#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/tables/feature_space.hpp>
#include <xgrad/tables/target.hpp>
#include <xgrad/training/fit.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What a Pipeline is made of: features, a target and layers.
struct PipelineModule {
  static constexpr const char* kind = "pipeline";
  FeatureSpace features;
  Target target;
  Chain network;

  Var operator()(Var x, const Context& context) { return network(x, context); }
  void fields(Fields& f) { f("features", features)("target", target)("network", network); }
};

/// A model that takes tables. All that it measures of the training table is saved with its weights.
///   Pipeline model(FeatureSpace({{"Sex", "string_categorical"}, {"Fare", "float_normalized"}}), Target("Survived"),
///                  Sequential{Dense(32, "relu"), Dense(1, "sigmoid")});
///   model.compile("adam", "binary_crossentropy", {"accuracy"});
///   model.fit(train, {.epochs = 50});
///   const Table probabilities = model.predict(test);
///   model.save("titanic.safetensors");
///   Pipeline again = Pipeline::load("titanic.safetensors");
/// Everything that is a Model's works as there, on the tensors of batch().
class Pipeline : public Model {
 public:
  /// Throws ValueError for features that are not one tensor.
  Pipeline(FeatureSpace features, Target target, Sequential network);

  /// The features, which make the model's inputs of a table.
  const FeatureSpace& features() { return parts().features; }
  /// The target, which makes the model's targets of a table.
  const Target& target() { return parts().target; }

  /// Measures features and target. fit() does it, for what was not measured before. Throws as theirs do, and before it
  /// changes anything.
  void adapt(const Table& train);
  /// Measures a table that is read in pieces, twice from begin to end.
  void adapt(const TablePieces& pieces);

  /// The features and targets of a table, as for validation_data: {.validation_data = {test_batch}}. The target's
  /// column has to be there. Throws as the features' and the target's operator().
  Batch batch(const Table& table);

  using Model::evaluate;
  using Model::fit;
  using Model::predict;

  /// Trains on a table: see Model::fit(). Measures features and target before that, unless they are.
  History fit(const Table& train, const FitOptions& options = {});

  /// Trains on a table that is read in pieces, an epoch from begin to end; of a piece the rows are taken in a new
  /// order, unless shuffle is off. Measures features and target before that, unless they are. Memory holds one piece
  /// and its features.
  History fit(const TablePieces& pieces, const FitOptions& options = {});

  /// The loss and metrics over a table. A normalized target's are in the units of its deviation.
  Logs evaluate(const Table& table, const EvaluateOptions& options = {});

  /// The probability of each class, a column each, or a column of predicted numbers: see Target::read(). The target's
  /// column need not be there.
  Table predict(const Table& table, const PredictOptions& options = {});

  /// The name of the most probable class of each row.
  std::vector<std::string> predict_classes(const Table& table, const PredictOptions& options = {});

  /// The model of a file that save() wrote. Throws DataError for a damaged file, and for one of another kind of model.
  static Pipeline load(const std::string& path, const std::vector<Layer>& own_layers = {});

 private:
  PipelineModule& parts() { return as<PipelineModule>(); }
  template <class Rows>
  void measure(const Rows& train, bool anew);
};

}  // namespace xgrad::inline XGRAD_PRECISION
