#include <xgrad/tables/pipeline.hpp>

#include <numeric>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// Batches of a table that is read in pieces.
class Pieces {
 public:
  Pieces(Pipeline& model, const TablePieces& pieces, const FitOptions& options, Rng& rng)
      : model_(model), pieces_(pieces), size_(options.batch_size), shuffle_(options.shuffle), rng_(rng) {}

  bool next(Batch& batch) {
    while (at_ == order_.size()) {
      if (!pieces_(piece_)) return false;
      rows_ = model_.batch(piece_);
      order_.resize(piece_.size());
      std::iota(order_.begin(), order_.end(), 0u);
      if (shuffle_) rng_.shuffle(order_);
      at_ = 0;
    }
    const std::size_t n = std::min(size_, order_.size() - at_);
    Samples(rows_).gather(std::span(order_).subspan(at_, n), batch);
    at_ += n;
    return true;
  }

 private:
  Pipeline& model_;
  const TablePieces& pieces_;
  const std::size_t size_;
  const bool shuffle_;
  Rng& rng_;
  Table piece_;
  Batch rows_;
  std::vector<std::uint32_t> order_;
  std::size_t at_ = 0;
};

}  // namespace

Pipeline::Pipeline(FeatureSpace features, Target target, Sequential network)
    : Model(PipelineModule{std::move(features), std::move(target), {std::move(network.layers())}}) {
  require<ValueError>(parts().features.options().output_mode == "concat",
                      "Pipeline: the features' output_mode is \"dict\"; it takes \"concat\"");
}

template <class Rows>
void Pipeline::measure(const Rows& train, bool anew) {
  FeatureSpace features = parts().features;
  Target target = parts().target;
  if (anew || !features.is_adapted()) features.adapt(train);
  if (anew || !target.is_adapted()) target.adapt(train);
  parts().features = std::move(features);
  parts().target = std::move(target);
}

void Pipeline::adapt(const Table& train) { measure(train, true); }
void Pipeline::adapt(const TablePieces& pieces) { measure(pieces, true); }

Batch Pipeline::batch(const Table& table) { return {features()(table), target()(table)}; }

History Pipeline::fit(const Table& train, const FitOptions& options) {
  measure(train, false);
  const Batch all = batch(train);
  return Model::fit(Samples(all), options);
}

History Pipeline::fit(const TablePieces& pieces, const FitOptions& options) {
  require<ValueError>(options.batch_size > 0, "fit: batch_size is 0; it takes 1 or more");
  measure(pieces, false);
  return Model::fit(Pieces(*this, pieces, options, generator()), options);
}

Logs Pipeline::evaluate(const Table& table, const EvaluateOptions& options) {
  const Batch all = batch(table);
  return Model::evaluate(Samples(all), options);
}

Table Pipeline::predict(const Table& table, const PredictOptions& options) {
  return target().read(Model::predict(features()(table), options));
}

std::vector<std::string> Pipeline::predict_classes(const Table& table, const PredictOptions& options) {
  return target().most_probable(predict(table, options));
}

Pipeline Pipeline::load(const std::string& path, const std::vector<Layer>& own_layers) {
  Pipeline model{FeatureSpace(), Target(), Sequential()};
  model.read(path, own_layers);
  const FeatureSpace& features = model.features();
  require<DataError>(features.is_adapted() && model.target().is_adapted(), path, ": the pipeline was not adapted");
  require<DataError>(model.input_shape() == Shape{features.width()}, path, ": the network takes samples of shape ",
                     model.input_shape(), ", and the features have width ", features.width());
  return model;
}

}  // namespace xgrad::inline XGRAD_PRECISION
