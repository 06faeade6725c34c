#pragma once

#include <concepts>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/context.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A type that is called as a layer is: layer(x, context), which gives a Var.
template <class L>
concept Layered = requires(L layer, Var x, const Context& context) {
  Var(layer(x, context));
};

/// Any layer, held by value: a copy is deep. A layer is a plain copyable struct L with
///   Var operator()(Var x, const Context& context)   records its computation on x's tape, and asks
///                                                   context.weight(tape, parameter, shape, initializer) for its
///                                                   weights
///   void fields(Fields& f)                          shows its options, parameters and inner layers: core/fields.hpp
///   static constexpr const char* kind               from which its name is made ("dense", "dense_1", ...)
/// Without fields it has no weights, and without a kind it cannot be loaded from a file. load() knows every layer that
/// the program puts into a Layer anywhere, if it has a kind and can be made without arguments.
class Layer {
 public:
  /// Holds no layer yet: one is to be read from a file.
  Layer() = default;

  /// Holds a layer, named by its kind, or "layer" if it has none.
  template <class L>
  requires(!std::same_as<L, Layer> && Layered<L>) Layer(L layer);

  std::string name = "layer";
  bool trainable = true;  ///< if not, its weights stay as they are, and BatchNormalization normalises as in inference

  /// Records the layer's computation on x's tape. Throws ValueError if the layer was moved from, and what it throws
  /// itself.
  Var operator()(Var x, const Context& context = {});

  /// Shows the layer's kind, whether it is trainable, and its own fields. When a file is read, the kind says which
  /// layer is made. Throws ValueError for a kind that the program does not have.
  void fields(Fields& f);

  const std::string& kind() const { return kind_; }     ///< such as "dense"; "layer" if it has none of its own
  bool is_built() const { return input_.has_value(); }  ///< whether a dry run has shown its shapes
  const Shape& input_shape() const;   ///< of one input, the batch left out; throws ValueError if it is not built
  const Shape& output_shape() const;  ///< of one output, the batch left out; throws ValueError if it is not built

  /// The layer that it holds if that is an L, else null.
  template <class L>
  L* as() const {
    return self_.template as<L>();
  }

 private:
  Var dry_run(Var x, const Context& context);
  static void know(std::string_view kind, Layer (*make)(), const std::type_info& type);
  template <class L>
  static inline const bool known = (know(
                                        L::kind, [] { return Layer(L()); }, typeid(L)),
                                    true);

  std::string kind_;
  Callable<Var(Var, const Context&)> self_;
  std::optional<Shape> input_;
  Shape output_;
};

// Not in the class: there it would be inline, and every program would compile it for the layers that have it here.
template <class L>
requires(!std::same_as<L, Layer> && Layered<L>) Layer::Layer(L layer) : self_(std::move(layer)) {
  static_assert(
      Module<L> || !requires(L l, void (*visit)(Parameter&)) { l.each_parameter(visit); },
      "since xgrad 0.2 a layer shows its weights by void fields(Fields& f), not by each_parameter: see "
      "CHANGELOG.md");
  kind_ = "layer";
  if constexpr (requires { std::string_view(L::kind); }) {
    name = kind_ = L::kind;
    if constexpr (std::default_initializable<L>) (void)known<L>;
  }
}

/// The library's layers by kind. The function beside a kind makes such a layer, whose options are still to be read.
std::span<const std::pair<std::string_view, Layer (*)()>> layers();

/// Examples of layers, of which copies are made when a file is read. A walk that reads may derive from it.
struct LayerExamples {
  virtual ~LayerExamples() = default;

  /// The example of a kind, or null if there is none.
  virtual const Layer* example(std::string_view kind) const = 0;
};

/// Draws the weights of a layer for samples of this shape, the batch left out, by a dry run on one sample of zeros.
/// Weights that fit already stay. Labels weights by their paths. Returns the shape of one output, the batch left out.
/// Throws ShapeError where shapes do not fit; ValueError for what fields() shows wrongly: two fields of one path, or a
/// weight that is used and not shown.
template <class L>
requires Layered<std::remove_cvref_t<L>> Shape build(L&& layer, const Shape& sample, Rng& rng) {
  const auto call = [&layer](Var x, const Context& context) { return Var(layer(x, context)); };
  if constexpr (Module<std::remove_cvref_t<L>>)
    return build(ModuleRef(layer), call, sample, rng);
  else
    return build(std::nullopt, call, sample, rng);
}

/// Draws the weights of whatever `call` calls, for samples of this shape, the batch left out. `module` is what has the
/// weights; without it there are none. Returns and throws what build(layer, sample, rng) does.
Shape build(std::optional<ModuleRef> module, const std::function<Var(Var, const Context&)>& call, const Shape& sample,
            Rng& rng);

/// Throws ValueError if the tape has watched a parameter that the module does not show. The first so many that it has
/// watched are not looked at. The message begins with `who`.
void require_shown(std::optional<ModuleRef> module, const Tape& tape, std::size_t first, std::string_view who);

}  // namespace xgrad::inline XGRAD_PRECISION
