#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/config.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// How a layer is being used. A generator is needed in training, for layers that draw, and to build a model.
struct Context {
  bool training = false;
  Rng* rng = nullptr;
  bool trainable = true;                  ///< whether weights are learnt here; a layer says no for all that is in it
  std::vector<Var>* penalties = nullptr;  ///< where regularizers put what they add to the loss, if anyone asks

  /// The parameter as a line of the tape: watched, or without a gradient if it is not learnt.
  Var weight(Tape& tape, Parameter& p) const {
    return trainable && p.trainable ? tape.watch(p) : tape.borrow(p.value());
  }
};

using ParameterVisitor = std::function<void(Parameter&)>;

/// Any layer, held by value: a copy is deep. A layer is a plain copyable class L, of which one thing is asked,
///   Var operator()(Var x, const Context& context)
/// that records its computation on x's tape. A layer with weights also has
///   Shape build(const Shape& input, Rng& rng)            draws them for inputs of this shape, which, like the shape of
///                                                        its outputs that it returns, leaves out the batch
///   void each_parameter(const ParameterVisitor& visit)   shows them, in Keras's order
/// and asks context.weight(tape, parameter) for their lines. It may have
///   static constexpr const char* kind                    from which its name is made ("dense", "dense_1", ...)
///   void config(Config& options)                         names its options, so that it can be saved and loaded
class Layer {
 public:
  template <class L>
  requires(!std::same_as<L, Layer> && requires(L l, Var x, const Context& c) { Var(l(x, c)); }) Layer(L layer);
  Layer(const Layer& other);
  Layer(Layer&&) noexcept;
  Layer& operator=(const Layer& other);
  Layer& operator=(Layer&&) noexcept;
  ~Layer();

  std::string name = "layer";
  bool trainable = true;  ///< if not, its weights stay as they are, and BatchNormalization normalises as in inference

  Var operator()(Var x, const Context& context = {});

  /// Draws the weights for inputs of this shape, unless they are for that shape already; gives the outputs' shape.
  Shape build(const Shape& input, Rng& rng);
  bool is_built_for(const Shape& input) const;
  bool is_built() const { return input_.has_value(); }
  const Shape& input_shape() const { return *input_; }
  const Shape& output_shape() const { return output_; }

  void each_parameter(const ParameterVisitor& visit) { self_->each_parameter(visit); }

  /// Those of the parameters that are learnt.
  void each_trainable(const ParameterVisitor& visit) {
    if (trainable) self_->each_trainable(visit);
  }

  /// Puts the layer's name, after those of the models that it is in, before those of its parameters: "dense/kernel",
  /// "sequential/dense/kernel".
  void name_parameters(const std::string& outer = "");

  /// Visits the parameters with the names that name_parameters() would give them, and leaves those that they have.
  void each_named(const std::string& outer, const std::function<void(const std::string&, Parameter&)>& visit);

  const std::string& kind() const { return kind_; }
  void config(Config& options) { self_->config(options); }

  /// The layer itself if it is an L, else null.
  template <class L>
  L* as() {
    auto* model = dynamic_cast<Model<L>*>(self_.get());
    return model ? &model->layer : nullptr;
  }

 private:
  struct Interface {
    virtual ~Interface() = default;
    virtual std::unique_ptr<Interface> copy() const = 0;
    virtual Var call(Var x, const Context& context) = 0;
    virtual Shape build(const Shape& input, Rng& rng) = 0;
    virtual void each_parameter(const ParameterVisitor& visit) = 0;
    virtual void each_trainable(const ParameterVisitor& visit) = 0;
    virtual void config(Config& options) = 0;
  };

  template <class L>
  struct Model final : Interface {
    explicit Model(L l) : layer(std::move(l)) {}
    std::unique_ptr<Interface> copy() const override { return std::make_unique<Model>(layer); }
    Var call(Var x, const Context& context) override { return layer(x, context); }
    Shape build(const Shape& input, Rng& rng) override {
      if constexpr (requires { layer.build(input, rng); })
        return layer.build(input, rng);
      else
        return input;
    }
    void each_parameter(const ParameterVisitor& visit) override {
      if constexpr (requires { layer.each_parameter(visit); }) layer.each_parameter(visit);
    }
    void each_trainable(const ParameterVisitor& visit) override {
      if constexpr (requires { layer.each_trainable(visit); })
        layer.each_trainable(visit);
      else
        each_parameter([&](Parameter& p) {
          if (p.trainable) visit(p);
        });
    }
    void config(Config& options) override {
      if constexpr (requires { layer.config(options); }) layer.config(options);
    }
    L layer;
  };

  std::string kind_ = "layer";
  std::unique_ptr<Interface> self_;
  std::optional<Shape> input_;  // what it is built for
  Shape output_;
  std::string prefix_;  // what name_parameters() has put before their names
};

// Not in the class: there it would be inline, and every program would compile it for the layers that have it here.
template <class L>
requires(!std::same_as<L, Layer> && requires(L l, Var x, const Context& c) { Var(l(x, c)); }) Layer::Layer(L layer)
    : self_(std::make_unique<Model<L>>(std::move(layer))) {
  if constexpr (requires { L::kind; }) name = kind_ = L::kind;
}

}  // namespace xgrad::inline XGRAD_PRECISION
