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
/// Without fields it has no weights, and without a kind it cannot be loaded from a file. To be put into a Layer
/// anywhere in a program is to be known to load(), if it can be made without arguments.
class Layer {
 public:
  /// None yet, to be read from a file.
  Layer() = default;

  template <class L>
  requires(!std::same_as<L, Layer> && Layered<L>) Layer(L layer);

  std::string name = "layer";
  bool trainable = true;  ///< if not, its weights stay as they are, and BatchNormalization normalises as in inference

  /// Throws ValueError if the layer was moved from.
  Var operator()(Var x, const Context& context = {});

  /// Its kind, name of the field "kind", whether it is trainable, and the layer's own fields.
  void fields(Fields& f);

  const std::string& kind() const { return kind_; }
  bool is_built() const { return input_.has_value(); }   ///< whether a dry run has shown its shapes
  const Shape& input_shape() const { return *input_; }   ///< of one sample
  const Shape& output_shape() const { return output_; }  ///< of one sample

  /// The layer itself if it is an L, else null.
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

/// The kinds of layers that the library has, with what makes one whose options are still to be read.
std::span<const std::pair<std::string_view, Layer (*)()>> layers();

/// Where a layer that is read from a file comes from: a walk that reads may be one of these, too.
struct LayerExamples {
  virtual ~LayerExamples() = default;
  virtual const Layer* example(std::string_view kind) const = 0;
};

/// Draws the weights of a layer for samples of this shape, by a dry run on one sample of zeros; those that fit already
/// stay. Labels them by their paths, and gives the shape of the output's sample. Throws ShapeError where shapes do not
/// fit; ValueError for what fields() shows wrongly: two fields of one path, a weight that is used and not shown.
template <class L>
requires Layered<std::remove_cvref_t<L>> Shape build(L&& layer, const Shape& sample, Rng& rng) {
  const auto call = [&layer](Var x, const Context& context) { return Var(layer(x, context)); };
  if constexpr (Module<std::remove_cvref_t<L>>)
    return build(ModuleRef(layer), call, sample, rng);
  else
    return build(std::nullopt, call, sample, rng);
}
Shape build(std::optional<ModuleRef> module, const std::function<Var(Var, const Context&)>& call, const Shape& sample,
            Rng& rng);

/// Throws ValueError unless the module shows all parameters that the tape has watched, but the first so many. The
/// message names the module by `who`.
void require_shown(std::optional<ModuleRef> module, const Tape& tape, std::size_t first, std::string_view who);

}  // namespace xgrad::inline XGRAD_PRECISION
