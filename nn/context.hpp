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
  bool trainable = true;  ///< whether weights are learnt here; a layer that is not trainable clears it for its inside

  /// Where regularizers put their penalties, numbers to be added to the loss; null if nobody asks for them.
  std::vector<Var>* penalties = nullptr;

  /// The weights whose penalties are there, so that one that is used twice has one, as in Keras; null if that need not
  /// be known.
  std::vector<const Parameter*>* penalised = nullptr;

  /// Whether this is a dry run, which finds the shapes. With a generator, it draws the weights that have no value or
  /// another shape.
  bool drawing = false;
  bool* drew = nullptr;  ///< set to true where a weight is drawn, unless it is null

  /// The parameters that are learnt, sorted by address, where several trainers learn from one recording: this
  /// trainer's. By default, all that are trainable and not frozen.
  std::span<const Parameter* const> learnt = {};

  /// A weight of the given shape as a Var of the tape: watched if it is learnt here, else without a gradient. Draws its
  /// value by the initializer, given as such or by name, if it has none; in a dry run also if that has another shape.
  /// Throws ValueError where there is no generator to draw by, and in a training step that finds no value; ShapeError
  /// if the value has another shape.
  template <class Draw>
  requires std::constructible_from<Initializer, const Draw&> Var weight(Tape& tape, Parameter& p, const Shape& shape,
                                                                        const Draw& draw)
  const {
    if (!fits(p, shape)) make(tape, p, shape, Initializer(draw));
    return weight(tape, p);
  }

  /// A weight of the given shape as a Var of the tape, with a function such as zeros for its initializer. Draws and
  /// throws as weight() does with any other initializer.
  Var weight(Tape& tape, Parameter& p, const Shape& shape, Tensor (*draw)(const Shape&, Rng&)) const {
    if (!fits(p, shape)) make(tape, p, shape, Initializer(draw));
    return weight(tape, p);
  }

  /// A weight that has a value as a Var of the tape: watched if it is learnt here, else without a gradient. Throws
  /// ValueError if it has no value.
  Var weight(Tape& tape, Parameter& p) const;

  /// The value of a statistic, which is counted and not learnt, such as a moving mean. Draws it by a function such as
  /// zeros if there is none; in a dry run also if it has another shape. Throws ValueError for a trainable parameter,
  /// where there is no generator, and in a training step that finds no value; ShapeError if the value has another
  /// shape.
  const Tensor& statistic(Tape& tape, Parameter& p, const Shape& shape, Tensor (*draw)(const Shape&, Rng&)) const {
    if (!fits(p, shape)) make(tape, p, shape, Initializer(draw));
    return statistic(tape, p);
  }

  /// The value of a statistic, with an initializer. Draws and throws as statistic() does with a function.
  const Tensor& statistic(Tape& tape, Parameter& p, const Shape& shape, const Initializer& draw) const {
    if (!fits(p, shape)) make(tape, p, shape, draw);
    return statistic(tape, p);
  }

  /// Adds a term to the loss, a number, if anyone asks for penalties.
  void penalise(Var penalty) const {
    if (penalties != nullptr) penalties->push_back(penalty);
  }

  /// The generator, for a layer that draws. Throws ValueError, in the name of `who`, if there is none.
  Rng& generator(const char* who) const;

  /// Adds a regularizer's penalty for a weight to `penalties`, if there are any to add to. As in Keras, a weight that
  /// is not learnt has no penalty, and one in `penalised` has it already.
  void penalise(const Regularizer& regularizer, const Parameter& p, Var w) const;

 private:
  static bool fits(const Parameter& p, const Shape& shape) { return !p.is_empty() && p.value().shape() == shape; }
  void make(Tape& tape, Parameter& p, const Shape& shape, const Initializer& draw) const;
  const Tensor& statistic(Tape& tape, Parameter& p) const;
  bool learns(const Parameter& p) const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
