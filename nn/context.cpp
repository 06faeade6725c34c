#include <xgrad/nn/context.hpp>

#include <algorithm>

namespace xgrad::inline XGRAD_PRECISION {

void Context::make(Tape& tape, Parameter& p, const Shape& shape, const Initializer& draw) const {
  const bool redraw = drawing && rng != nullptr && !p.is_empty() && p.value().shape() != shape && !tape.is_watched(p);
  if (p.is_empty() || redraw) {
    require<ValueError>(rng != nullptr, "the weights are not drawn yet; call build({features}, rng) first");
    require<ValueError>(drawing || !training, "a weight of shape ", shape,
                        " has no value yet in a training step; name ",
                        "it in fields(), so that it is drawn before the first, or call build() before");
    p.edit() = draw(shape, *rng);
  }
  require(p.value().shape() == shape, "weight ", p.label, " has shape ", p.value().shape(), "; here it takes ", shape);
}

bool Context::learns(const Parameter& p) const {
  if (drawing) return true;  // watched, so that a dry run knows all that were asked for
  return trainable && p.is_learnt() &&
         (learnt.data() == nullptr || std::binary_search(learnt.begin(), learnt.end(), &p));
}

Var Context::weight(Tape& tape, Parameter& p) const { return learns(p) ? tape.watch(p) : tape.borrow(p.value()); }

const Tensor& Context::statistic(Tape& tape, Parameter& p, const Shape& shape,
                                 Tensor (*draw)(const Shape&, Rng&)) const {
  require<ValueError>(!p.trainable, "a statistic is declared as Parameter::statistic(), for it is not learnt");
  if (!fits(p, shape)) make(tape, p, shape, Initializer(draw));
  if (drawing) tape.watch(p);
  return p.value();
}

void Context::penalise(const Regularizer& regularizer, const Parameter& p, Var w) const {
  if (penalties != nullptr && regularizer && trainable && p.is_learnt()) penalties->push_back(regularizer(w));
}

}  // namespace xgrad::inline XGRAD_PRECISION
