#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/random.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// How a layer is being used. A generator is needed in training, for layers that draw, and to build a model.
struct Context {
  bool training = false;
  Rng* rng = nullptr;
};

using ParameterVisitor = std::function<void(Parameter&)>;

/// Any layer, held by value: a copy is deep. A layer is a plain copyable class L, of which one thing is asked,
///   Var operator()(Var x, const Context& context)
/// that records its computation on x's tape. A layer with weights also has
///   Shape build(const Shape& input, Rng& rng)            draws them for inputs of this shape, which, like the shape of
///                                                        its outputs that it returns, leaves out the batch
///   void each_parameter(const ParameterVisitor& visit)   shows them
/// and it may have a `static constexpr const char* kind`, from which its name is made ("dense", "dense_1", ...).
class Layer {
 public:
  template <class L>
  requires(!std::same_as<L, Layer> && requires(L l, Var x, const Context& c) { Var(l(x, c)); }) Layer(L layer)
      : self_(std::make_unique<Model<L>>(std::move(layer))) {
    if constexpr (requires { L::kind; }) name = L::kind;
  }
  Layer(const Layer& other)
      : name(other.name), self_(other.self_->copy()), input_(other.input_), output_(other.output_) {}
  Layer(Layer&&) = default;
  Layer& operator=(const Layer& other) { return *this = Layer(other); }
  Layer& operator=(Layer&&) = default;
  ~Layer() = default;

  std::string name = "layer";

  Var operator()(Var x, const Context& context = {}) { return self_->call(x, context); }

  /// Draws the weights for inputs of this shape, unless they are for that shape already; gives the outputs' shape.
  Shape build(const Shape& input, Rng& rng) {
    if (!is_built_for(input)) {
      output_ = self_->build(input, rng);
      input_ = input;
    }
    return output_;
  }
  bool is_built_for(const Shape& input) const { return input_ == input; }
  void each_parameter(const ParameterVisitor& visit) { self_->each_parameter(visit); }

 private:
  struct Interface {
    virtual ~Interface() = default;
    virtual std::unique_ptr<Interface> copy() const = 0;
    virtual Var call(Var x, const Context& context) = 0;
    virtual Shape build(const Shape& input, Rng& rng) = 0;
    virtual void each_parameter(const ParameterVisitor& visit) = 0;
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
    L layer;
  };

  std::unique_ptr<Interface> self_;
  std::optional<Shape> input_;  // what it is built for
  Shape output_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
