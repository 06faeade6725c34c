#include <xgrad/nn/context.hpp>

#include <algorithm>

namespace xgrad::inline XGRAD_PRECISION {

void Context::make(Tape& tape, Parameter& p, const Shape& shape, const Initializer& draw) const {
  const bool redraw = drawing && rng != nullptr && !p.is_empty() && p.value().shape() != shape && !tape.is_watched(p);
  if (p.is_empty() || redraw) {
    require<ValueError>(rng != nullptr, "the weights are not drawn yet; call build({features}, rng) first");
    require<UndrawnError>(drawing || !training, "a weight of shape ", shape, " has no value yet in a training step; ",
                          "name it in fields(), so that it is drawn before the first, or call build() before");
    p.edit() = draw(shape, *rng);
    if (drew != nullptr) *drew = true;
  }
  require(p.value().shape() == shape, "weight ", p.label, " has shape ", p.value().shape(), "; here it takes ", shape);
}

// A dry run watches all, so that it knows which were asked for.
bool Context::learns(const Parameter& p) const {
  return drawing || (trainable && p.is_learnt() &&
                     (learnt.data() == nullptr || std::binary_search(learnt.begin(), learnt.end(), &p)));
}

Var Context::weight(Tape& tape, Parameter& p) const { return learns(p) ? tape.watch(p) : tape.borrow(p.value()); }

const Tensor& Context::statistic(Tape& tape, Parameter& p) const {
  require<ValueError>(!p.trainable, "a statistic is declared as Parameter::statistic(), for it is not learnt");
  if (drawing) tape.watch(p);
  return p.value();
}

void Context::penalise(const Regularizer& regularizer, const Parameter& p, Var w) const {
  if (penalties == nullptr || !regularizer || !learns(p)) return;
  if (penalised != nullptr) {
    if (std::find(penalised->begin(), penalised->end(), &p) != penalised->end()) return;
    penalised->push_back(&p);
  }
  penalties->push_back(regularizer(w));
}

Rng& Context::generator(const char* who) const {
  require<ValueError>(rng != nullptr, who, ": training without a generator; give {.training = true, .rng = &rng}");
  return *rng;
}

}  // namespace xgrad::inline XGRAD_PRECISION
