#include <xgrad/nn/layers/embedding.hpp>

#include <cmath>
#include <limits>

#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

Embedding::Embedding(std::size_t input_dim_, std::size_t output_dim_, EmbeddingOptions options_)
    : input_dim(input_dim_), output_dim(output_dim_), options(std::move(options_)) {
  check();
}

void Embedding::check() const {
  constexpr std::size_t most = std::size_t{1} << std::numeric_limits<Real>::digits;  // beyond, indices are rounded
  require<ValueError>(input_dim > 0 && input_dim <= most && output_dim > 0, "Embedding: input_dim is ", input_dim,
                      " and output_dim ", output_dim, "; it takes 1 to ", most, " categories, and 1 or more");
}

namespace {

// The index i of a tensor as a place: (2, 0).
Shape place_of(std::size_t i, Shape shape) {
  for (std::size_t k = shape.size(); k-- > 0; i /= std::exchange(shape[k], i % shape[k])) continue;
  return shape;
}

}  // namespace

Var Embedding::operator()(Var x, const Context& context) {
  Shape shape = x.shape();
  require(!shape.empty(), "Embedding: cannot take (); it takes indices, (n, ...)");
  const Tensor& indices = x.value();
  for (std::size_t i = 0; i < indices.size(); ++i) {
    const double index = indices.data()[i];
    if (!(index >= 0 && index < static_cast<double>(input_dim) && index == std::floor(index))) [[unlikely]]
      throw ValueError(text("Embedding: index ", index, " at ", place_of(i, shape),
                            "; it takes whole numbers from 0 to ", input_dim - 1));
  }
  const Var table = context.weight(x.tape(), embeddings, {input_dim, output_dim}, options.embeddings_initializer);
  context.penalise(options.embeddings_regularizer, embeddings, table);
  const Var y = take(table, shape.size() == 1 ? x : flatten(x));
  shape.push_back(output_dim);
  return shape.size() == 2 ? y : reshape(y, shape);
}

void Embedding::fields(Fields& f) {
  f("input_dim", input_dim)("output_dim", output_dim);
  f("embeddings_initializer", options.embeddings_initializer);
  f("embeddings_regularizer", options.embeddings_regularizer)("embeddings", embeddings);
}

}  // namespace xgrad::inline XGRAD_PRECISION
