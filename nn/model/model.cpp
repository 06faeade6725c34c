#include <xgrad/nn/model/model.hpp>

#include <algorithm>

#include <xgrad/nn/model/files.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::string difference(const Parameter& p, const Tensor& given) {
  return text("; ", p.label, " of shape ", p.value().shape(), " is given ", given.shape());
}

}  // namespace

void Model::fields(Fields& f) {
  module_.get("Model");
  module_.options(f);
}

const Shape& Model::input_shape() const {
  require<ValueError>(is_built(), "the model is not built, so it has no shapes yet; call build({features})");
  return *input_;
}

const Shape& Model::output_shape() const {
  input_shape();
  return output_;
}

Shape Model::build(const Shape& sample, Rng& rng) {
  input_.reset();
  const Shape output = xgrad::build(*this, sample, rng);
  input_ = sample;
  return output_ = output;
}

Var Model::operator()(Var x, const Context& context) {
  void* const module = module_.get("Model");
  require<ValueError>(call_ != nullptr, "Model: its module is not called with one Var; call as<M>() as it is");
  const auto sample = [](const Shape& batch) { return Shape(batch.begin() + !batch.empty(), batch.end()); };
  if (!input_ && !context.drawing) {
    require<ValueError>(context.rng != nullptr && !x.shape().empty(),
                        "the weights are not drawn yet; call build({features}, rng) first");
    build(sample(x.shape()), *context.rng);
  }
  const Var y = call_(module, x, context);
  if (context.drawing) {
    input_ = sample(x.shape());
    output_ = sample(y.shape());
  }
  return y;
}

void Model::require_built(const Shape* sample) {
  if (input_) {
    require(sample == nullptr || *input_ == *sample, "the model is built for samples of shape ", *input_, ", not ",
            sample ? *sample : Shape{});
    return;
  }
  require<ValueError>(sample != nullptr || declared_.has_value(),
                      "the weights are not drawn yet; call build({features}), or begin with an Input");
  build(sample != nullptr ? *sample : *declared_);
}

std::vector<Tensor> Model::get_weights() {
  require_built();
  std::vector<Tensor> weights;
  each_parameter(*this, [&](const std::string&, Parameter& p) { weights.push_back(p.value()); });
  return weights;
}

void Model::set_weights(const std::vector<Tensor>& weights) {
  require_built();
  std::vector<Parameter*> all;
  each_parameter(*this, [&](const std::string&, Parameter& p) { all.push_back(&p); });
  std::string differences;
  for (std::size_t k = 0; k < std::min(all.size(), weights.size()); ++k)
    if (weights[k].shape() != all[k]->value().shape()) differences += difference(*all[k], weights[k]);
  require(all.size() == weights.size() && differences.empty(), "set_weights: ", weights.size(), " weights for ",
          all.size(), differences);
  for (std::size_t k = 0; k < all.size(); ++k) all[k]->edit() = weights[k];
}

void Model::save_weights(const std::string& path) {
  require_built();
  xgrad::save_weights(path, *this);
}

void Model::load_weights(const std::string& path) {
  require_built();
  xgrad::load_weights(path, *this);
}

std::size_t Model::count_params() {
  require_built();
  std::size_t all = 0;
  each_parameter(*this, [&](const std::string&, Parameter& p) { all += p.value().size(); });
  return all;
}

// Finds the shapes of a model whose weights are read, for samples of a shape from a file. Tensors of any size may
// follow from that, so where one sample takes too much memory, it is none: they have no elements then.
void Model::dry_run(const Shape& sample) {
  const auto try_with = [&](std::size_t samples) {
    Tape tape;
    tape.limit(1 << 20);
    (*this)(tape.constant(stacked(samples, sample), 0), {.drawing = true});
  };
  if (call_ != nullptr) try {
      try_with(1);
    } catch (const LimitError&) {
      try_with(0);
    }
  input_ = declared_ = sample;
}

}  // namespace xgrad::inline XGRAD_PRECISION
