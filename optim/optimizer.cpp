#include <xgrad/optim/optimizer.hpp>

#include <cmath>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

double sum_of_squares(const Tensor& x, double scale) {
  double sum = 0;
  for (const Real entry : x) sum += (entry * scale) * (entry * scale);
  return sum;
}

// Of finite numbers, whose squares may still be too large for a double.
double norm(const Tensor& x) {
  const double plain = sum_of_squares(x, 1);
  if (std::isfinite(plain)) return std::sqrt(plain);
  const double small = std::numeric_limits<double>::min();
  return std::sqrt(sum_of_squares(x, small)) / small;
}

}  // namespace

Optimizer::Optimizer(const Optimizer&) = default;
Optimizer::Optimizer(Optimizer&&) noexcept = default;
Optimizer& Optimizer::operator=(const Optimizer&) = default;
Optimizer& Optimizer::operator=(Optimizer&&) noexcept = default;
Optimizer::~Optimizer() = default;

void Optimizer::step(std::span<Parameter* const> parameters) {
  constexpr std::size_t enough = 1 << 16;  // weights that threads move faster than one
  std::size_t weights = 0;
  for (const Parameter* p : parameters) weights += p->value().size();
  step(parameters, weights < enough ? InParts(alone) : InParts(in_threads));
}

void Optimizer::set_learning_rate(double number) {
  require<ValueError>(!learning_rate_.is_schedule(), "set_learning_rate: the optimizer's learning rate is a schedule, ",
                      "which decides alone; it takes one that was made with a number");
  learning_rate_ = number;
}

void Optimizer::exclude_from_weight_decay(std::vector<std::string> names) {
  for (const std::string& name : names)
    require<ValueError>(!name.empty() && name.find(',') == std::string::npos, "exclude_from_weight_decay: \"", name,
                        "\" is no part of a name; it takes one that is not empty and has no comma");
  excluded_ = std::move(names);
}

void Optimizer::set_state(State state) {
  const auto cycle = static_cast<std::int64_t>(shared_.gradient_accumulation_steps);
  require<ValueError>(state.iterations >= 0, "set_state: iterations is ", state.iterations, "; it takes 0 or more");
  require<ValueError>(state.iterations % cycle == 0 || !state.accumulated.empty(), "set_state: after ",
                      state.iterations, " iterations of cycles of ", cycle, " it takes the accumulated gradients");
  state_ = std::move(state);
}

// Whether this call is to move the parameters, and then how.
bool Optimizer::begin(std::span<Parameter* const> parameters, std::size_t states, double eta) {
  check(parameters, states);
  if (shared_.clips()) check_finite(parameters);
  make_state(parameters, states);
  ++state_.iterations;
  for (Parameter* p : parameters) p->fresh = false;
  if (accumulates()) {
    for (std::size_t k = 0; k < parameters.size(); ++k) {
      const Tensor& g = parameters[k]->gradient;
      Tensor& sum = state_.accumulated[k];
      for (std::size_t i = 0; i < g.size(); ++i) sum.data()[i] += g.data()[i];
    }
    if (state_.iterations % static_cast<std::int64_t>(shared_.gradient_accumulation_steps) != 0) return false;
  }
  const FlushDenormals flush;
  const double scale = global_scale(parameters);
  moves_.clear();
  for (std::size_t k = 0; k < parameters.size(); ++k) moves_.push_back(move(*parameters[k], k, eta, scale));
  return true;
}

void Optimizer::check(std::span<Parameter* const> parameters, std::size_t states) const {
  for (const Parameter* p : parameters)
    require<ValueError>(p->fresh, "step: parameter ", p->name,
                        " has no gradient since the last step; run backward() first");
  for (const Parameter* p : parameters)
    require(p->gradient.shape() == p->value().shape(), "step: parameter ", p->name, " of shape ", p->value().shape(),
            " has a gradient of shape ", p->gradient.shape());

  const auto check_shape = [](const Parameter& p, const Tensor& before) {
    require(p.value().shape() == before.shape(), "step: parameter ", p.name, " has shape ", p.value().shape(),
            " where it was ", before.shape(), "; it takes the same parameters at every step, or a new optimizer");
  };
  const auto check_count = [&](std::size_t before) {
    require<ValueError>(before == 0 || before == parameters.size(), "step: ", parameters.size(), " parameters after ",
                        before, "; it takes the same parameters at every step, or a new optimizer");
  };
  check_count(state_.slots.size());
  check_count(state_.accumulated.size());
  check_count(state_.names.size());
  for (std::size_t k = 0; k < state_.slots.size(); ++k) {
    require<ValueError>(state_.slots[k].size() == states, "step: the state has ", state_.slots[k].size(),
                        " tensors for parameter ", parameters[k]->name, "; ", name_, " keeps ", states);
    for (const Tensor& slot : state_.slots[k]) check_shape(*parameters[k], slot);
  }
  for (std::size_t k = 0; k < state_.accumulated.size(); ++k) check_shape(*parameters[k], state_.accumulated[k]);
  for (std::size_t k = 0; k < state_.names.size(); ++k)
    require<ValueError>(parameters[k]->name == state_.names[k], "step: parameter ", parameters[k]->name, " where ",
                        state_.names[k], " was; it takes the same parameters at every step, or a new optimizer");
}

// Of the gradients, or of the sums that they make with those accumulated.
void Optimizer::check_finite(std::span<Parameter* const> parameters) const {
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const Real* const g = parameters[k]->gradient.data();
    const Real* const sum = state_.accumulated.empty() ? nullptr : state_.accumulated[k].data();
    for (std::size_t i = 0; i < parameters[k]->gradient.size(); ++i) {
      const Real entry = sum ? sum[i] + g[i] : g[i];
      require<ValueError>(std::isfinite(entry), "step: the gradient of parameter ", parameters[k]->name, " has ", entry,
                          " at entry ", i, "; clipping takes finite numbers");
    }
  }
}

void Optimizer::make_state(std::span<Parameter* const> parameters, std::size_t states) {
  if (state_.slots.empty())
    for (const Parameter* p : parameters) {
      std::vector<Tensor>& slots = state_.slots.emplace_back();
      for (std::size_t s = 0; s < states; ++s)
        slots.push_back(filled(p->value().shape(), s < initial_.size() ? static_cast<Real>(initial_[s]) : 0));
    }
  if (accumulates() && state_.accumulated.empty())
    for (const Parameter* p : parameters) state_.accumulated.push_back(zeros(p->value().shape()));
  if (state_.names.empty())
    for (const Parameter* p : parameters) state_.names.push_back(p->name);
  moves_.reserve(parameters.size());
}

// By what the mean over accumulated gradients and global_clipnorm multiply every gradient.
double Optimizer::global_scale(std::span<Parameter* const> parameters) const {
  const double mean = 1 / static_cast<double>(shared_.gradient_accumulation_steps);
  if (!shared_.global_clipnorm) return mean;
  double all = 0;
  for (std::size_t k = 0; k < parameters.size(); ++k) all = std::hypot(all, norm(gradient(*parameters[k], k)));
  return mean * *shared_.global_clipnorm / std::max(mean * all, *shared_.global_clipnorm);
}

Optimizer::Move Optimizer::move(Parameter& p, std::size_t k, double eta, double scale) const {
  const Tensor& g = gradient(p, k);
  Move m{.w = p.edit().data(), .g = g.data(), .size = g.size()};
  if (shared_.clipnorm) scale *= *shared_.clipnorm / std::max(scale * norm(g), *shared_.clipnorm);
  m.scale = static_cast<Real>(scale);
  if (shared_.clipvalue) m.bound = static_cast<Real>(*shared_.clipvalue);
  const auto in_name = [&](const std::string& part) { return p.name.find(part) != std::string::npos; };
  if (shared_.weight_decay && std::none_of(excluded_.begin(), excluded_.end(), in_name))
    m.decay = static_cast<Real>(*shared_.weight_decay * eta);
  return m;
}

}  // namespace xgrad::inline XGRAD_PRECISION
