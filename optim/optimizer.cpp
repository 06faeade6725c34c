#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

void Optimizer::check(std::span<Parameter* const> parameters, std::size_t states) {
  for (const Parameter* p : parameters)
    require<ValueError>(p->fresh, "step: parameter ", p->name,
                        " has no gradient since the last step; run backward() first");
  for (const Parameter* p : parameters)
    require(p->gradient.shape() == p->value().shape(), "step: parameter ", p->name, " of shape ", p->value().shape(),
            " has a gradient of shape ", p->gradient.shape());
  if (state_.empty())
    for (const Parameter* p : parameters) state_.emplace_back(states, zeros(p->value().shape()));
  require<ValueError>(state_.size() == parameters.size(), "step: ", parameters.size(), " parameters after ",
                      state_.size(), "; it takes the same parameters at every step");
  for (std::size_t k = 0; k < parameters.size() && states > 0; ++k) {
    const Shape &now = parameters[k]->value().shape(), &before = state_[k][0].shape();
    require(now == before, "step: parameter ", parameters[k]->name, " has shape ", now, " where it was ", before,
            "; it takes the same parameters at every step");
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
