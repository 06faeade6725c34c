#pragma once

#include <xgrad/nn/layer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The options of Embedding, with Keras's names, order and defaults.
struct EmbeddingOptions {
  Initializer embeddings_initializer = RandomUniform{};
  Regularizer embeddings_regularizer = {};
};

/// A learnt vector for each of the categories 0, ..., input_dim - 1: from (n, ...) to (n, ..., output_dim), as in
/// Keras. The parameter is the table of embeddings, (input_dim, output_dim). Keras's mask_zero is not there: no layer
/// of xgrad's takes a mask.
///
/// A table of numbers with a column of categories (n,), such as 40 districts, is a model of two inputs:
///   struct Prices {
///     Embedding district{40, 3};
///     Dense hidden{16, relu}, price{1};
///     void fields(Fields& f) { f("district", district)("hidden", hidden)("price", price); }
///     Var operator()(Var numbers, Var districts, const Context& context) {
///       const Var row = concatenate({numbers, district(districts, context)}, 1);
///       return price(hidden(row, context), context);
///     }
///   };
/// Where all columns are categories of one kind, it is a layer of a chain: Sequential{Embedding(40, 3), Flatten(),
/// Dense(1)} takes (n, columns).
struct Embedding {
  static constexpr const char* kind = "embedding";

  /// Throws ValueError for 0 categories, for more than Real counts exactly (a float: 2^24), and for an output_dim of 0.
  Embedding(std::size_t input_dim, std::size_t output_dim, EmbeddingOptions options = {});

  /// Takes indices, (n, ...), whole numbers from 0 to input_dim - 1, which get no gradient. Throws ValueError, naming
  /// the first index that is none and its place; ShapeError for a number, (), which has no batch axis.
  Var operator()(Var x, const Context& context = {});

  void fields(Fields& f);  ///< the options and the parameter
  void check() const;      ///< throws ValueError for options out of range

  std::size_t input_dim, output_dim;
  EmbeddingOptions options;
  Parameter embeddings;
};

}  // namespace xgrad::inline XGRAD_PRECISION
