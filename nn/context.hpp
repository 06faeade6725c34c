#pragma once

#include <concepts>
#include <span>
#include <vector>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/core/random.hpp>
#include <xgrad/nn/parts/initializers.hpp>
#include <xgrad/nn/parts/regularizers.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A weight is asked for in training that has no value yet.
struct UndrawnError : ValueError {
  using ValueError::ValueError;
};

/// How a layer is being used. A generator is needed in training, for layers that draw, and where weights are drawn.
struct Context {
  bool training = false;
  Rng* rng = nullptr;
  bool trainable = true;                  ///< whether weights are learnt here; a layer says no for all that is in it
  std::vector<Var>* penalties = nullptr;  ///< where regularizers put what they add to the loss, if anyone asks
  bool drawing =
      false;  ///< a dry run: shapes are looked at, and with a generator weights are drawn that do not fit them

  /// The parameters that are learnt, sorted by address: those of one trainer, where several learn from one recording.
  /// Without any, all that are trainable and not frozen.
  std::span<const Parameter* const> learnt = {};

  /// The parameter as a line of the tape: watched, or without a gradient if it is not learnt. If it has no value yet,
  /// or in a dry run one of another shape, its value is drawn by an initializer, its name, or a function such as zeros.
  /// Throws ValueError if there is no generator to draw by; ShapeError if the value has another shape.
  template <class Draw>
  requires std::constructible_from<Initializer, const Draw&> Var weight(Tape& tape, Parameter& p, const Shape& shape,
                                                                        const Draw& draw)
  const {
    if (!fits(p, shape)) make(tape, p, shape, Initializer(draw));
    return weight(tape, p);
  }
  Var weight(Tape& tape, Parameter& p, const Shape& shape, Tensor (*draw)(const Shape&, Rng&)) const {
    if (!fits(p, shape)) make(tape, p, shape, Initializer(draw));
    return weight(tape, p);
  }

  /// A parameter that has a value, as a line of the tape. Throws ValueError if it has none.
  Var weight(Tape& tape, Parameter& p) const;

  /// The value of what is counted and not learnt, such as a moving mean, drawn as that of a weight is.
  const Tensor& statistic(Tape& tape, Parameter& p, const Shape& shape, Tensor (*draw)(const Shape&, Rng&)) const;

  /// Adds a term to the loss, a number, if anyone asks for such.
  void penalise(Var penalty) const {
    if (penalties != nullptr) penalties->push_back(penalty);
  }

  /// The generator, for a layer that draws. Throws ValueError, in the name of `who`, if there is none.
  Rng& generator(const char* who) const;

  /// Adds what a regularizer says of a weight to the penalties; nothing if the weight is not learnt, as in Keras.
  void penalise(const Regularizer& regularizer, const Parameter& p, Var w) const;

 private:
  static bool fits(const Parameter& p, const Shape& shape) { return !p.is_empty() && p.value().shape() == shape; }
  void make(Tape& tape, Parameter& p, const Shape& shape, const Initializer& draw) const;
  bool learns(const Parameter& p) const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
