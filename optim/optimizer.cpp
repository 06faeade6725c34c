#include <xgrad/optim/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

double sum_of_squares(const Tensor& x, double scale) {
  double sum = 0;
  for (const Real entry : x) sum += (entry * scale) * (entry * scale);
  return sum;
}

// The norm of finite numbers, whose squares may still be too large for a double.
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

namespace {

// Threads move so many weights faster than one.
bool are_many(std::span<Parameter* const> parameters) {
  std::size_t weights = 0;
  for (const Parameter* p : parameters) weights += p->value().size();
  return weights >= 1 << 16;
}

}  // namespace

void Optimizer::step(const Parameters& parameters) {
  step_with(parameters.all, parameters.paths, are_many(parameters) ? InParts(in_threads) : InParts(alone));
}

void Optimizer::step(std::span<Parameter* const> parameters) {
  step_with(parameters, {}, are_many(parameters) ? InParts(in_threads) : InParts(alone));
}

void Optimizer::step(const Parameters& parameters, const InParts& in_parts) {
  step_with(parameters.all, parameters.paths, in_parts);
}

void Optimizer::step_with(std::span<Parameter* const> parameters, std::span<const std::string> paths,
                          const InParts& in_parts) {
  parameters_ = parameters;
  paths_ = paths;
  is_known_ = std::equal(last_.begin(), last_.end(), parameters.begin(), parameters.end());
  step_(*this, in_parts);
}

void Optimizer::fields(Fields& f) {
  options(f);
  f("state", state_);
}

void Optimizer::options(Fields& f) {
  named_fields("optimizer", *this, &Optimizer::rule_, f);
  f("learning_rate", learning_rate_);
  shared_.fields(f);
  f("exclude_from_weight_decay", excluded_);
  if (f.purpose() != Fields::reading) return;
  shared_.check();
  exclude_from_weight_decay(excluded_);
}

void Optimizer::State::fields(Fields& f) {
  std::size_t per_parameter = slots.empty() ? 0 : slots[0].size();
  bool accumulates = !accumulated.empty();
  require<ValueError>(slots.size() <= paths.size() && accumulated.size() <= paths.size(), "optimizer: a state of ",
                      std::max(slots.size(), accumulated.size()), " parameters and ", paths.size(), " paths");
  f.needed("iterations", iterations).needed("paths", paths).needed("slots", per_parameter);
  f.needed("accumulates", accumulates);
  const bool reads = f.purpose() == Fields::reading;
  if (reads) {
    require<ValueError>(iterations >= 0 && per_parameter < 8, f.path(), ": ", iterations, " iterations and ",
                        per_parameter, " tensors for each parameter");
    slots.clear();  // they come one by one, so that a file takes no memory by its paths alone
    accumulated.clear();
  }
  const std::size_t with_slots = !reads ? slots.size() : per_parameter > 0 ? paths.size() : 0;
  for (std::size_t k = 0; k < with_slots; ++k) {
    if (reads) slots.emplace_back(per_parameter);
    for (std::size_t s = 0; s < per_parameter; ++s) f.at(text(paths[k], '/', s), slots[k][s]);
  }
  const std::size_t with_sums = !reads ? accumulated.size() : accumulates ? paths.size() : 0;
  for (std::size_t k = 0; k < with_sums; ++k) {
    if (reads) accumulated.emplace_back();
    f.at(paths[k] + "/accumulated", accumulated[k]);
  }
}

void Optimizer::rename(ModuleRef module) {
  if (state_.paths.empty() && !state_.slots.empty()) state_.paths = learnt_parameters(module).paths;
  std::map<const Parameter*, std::string> now;
  each_parameter(module, [&](const std::string& path, Parameter& p) { now[&p] = path; });
  for (std::size_t k = 0; k < last_.size() && k < state_.paths.size(); ++k)
    if (const auto path = now.find(last_[k]); path != now.end()) state_.paths[k] = path->second;
}

void Optimizer::set_learning_rate(double number) {
  require<ValueError>(!learning_rate_.is_schedule(), "set_learning_rate: the optimizer's learning rate is a schedule, ",
                      "which decides alone; it takes one that was made with a number");
  learning_rate_ = number;
}

void Optimizer::exclude_from_weight_decay(std::vector<std::string> names) {
  for (const std::string& name : names)
    require<ValueError>(!name.empty(), "exclude_from_weight_decay: an empty name; it takes parts of paths, \"bias\"");
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
bool Optimizer::begin(std::size_t states, double eta) {
  check(states);
  if (shared_.clips()) check_finite();
  make_state(states);
  ++state_.iterations;
  for (Parameter* p : parameters_) p->fresh = false;
  if (accumulates()) {
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      const Tensor& g = parameters_[k]->gradient;
      Tensor& sum = state_.accumulated[k];
      for (std::size_t i = 0; i < g.size(); ++i) sum.data()[i] += g.data()[i];
    }
    if (state_.iterations % static_cast<std::int64_t>(shared_.gradient_accumulation_steps) != 0) return false;
  }
  const FlushDenormals flush;
  const double scale = global_scale();
  moves_.clear();
  for (std::size_t k = 0; k < parameters_.size(); ++k) moves_.push_back(move(k, eta, scale));
  return true;
}

void Optimizer::check(std::size_t states) const {
  constexpr const char* same = "; it takes the same parameters at every step, or a new optimizer";
  const auto check_count = [&](std::size_t before) {
    require<ValueError>(before == 0 || before == parameters_.size(), "step: ", parameters_.size(), " parameters after ",
                        before, same);
  };
  check_count(state_.slots.size());
  check_count(state_.accumulated.size());
  check_count(state_.paths.size());
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const Parameter& p = *parameters_[k];
    require<ValueError>(!p.is_empty(), "step: parameter ", path(k), " has no value; was it moved?");
    require<ValueError>(p.fresh, "step: parameter ", path(k),
                        " has no gradient since the last step; run backward() first");
    require(p.gradient.shape() == p.value().shape(), "step: parameter ", path(k), " of shape ", p.value().shape(),
            " has a gradient of shape ", p.gradient.shape());
    const auto check_shape = [&](const Tensor& before) {
      require(p.value().shape() == before.shape(), "step: parameter ", path(k), " has shape ", p.value().shape(),
              " where it was ", before.shape(), same);
    };
    if (!state_.slots.empty()) {
      require<ValueError>(state_.slots[k].size() == states, "step: the state has ", state_.slots[k].size(),
                          " tensors for parameter ", path(k), "; ", name(), " keeps ", states);
      for (const Tensor& slot : state_.slots[k]) check_shape(slot);
    }
    if (!state_.accumulated.empty()) check_shape(state_.accumulated[k]);
    if (!state_.paths.empty() && !is_known_)
      require<ValueError>(path(k) == state_.paths[k], "step: parameter ", path(k), " where ", state_.paths[k], " was",
                          same);
  }
}

// Looks at the gradients, or at the sums that they make with those accumulated.
void Optimizer::check_finite() const {
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    const Real* const g = parameters_[k]->gradient.data();
    const Real* const sum = state_.accumulated.empty() ? nullptr : state_.accumulated[k].data();
    for (std::size_t i = 0; i < parameters_[k]->gradient.size(); ++i) {
      const Real entry = sum ? sum[i] + g[i] : g[i];
      require<ValueError>(std::isfinite(entry), "step: the gradient of parameter ", path(k), " has ", entry,
                          " at entry ", i, "; clipping takes finite numbers");
    }
  }
}

void Optimizer::make_state(std::size_t states) {
  const std::vector<double> initial = state_.slots.empty() ? initial_(rule_.get("optimizer")) : std::vector<double>();
  if (state_.slots.empty())
    for (const Parameter* p : parameters_) {
      std::vector<Tensor>& slots = state_.slots.emplace_back();
      for (std::size_t s = 0; s < states; ++s)
        slots.push_back(filled(p->value().shape(), s < initial.size() ? static_cast<Real>(initial[s]) : 0));
    }
  if (accumulates() && state_.accumulated.empty())
    for (const Parameter* p : parameters_) state_.accumulated.push_back(zeros(p->value().shape()));
  if (state_.paths.empty())
    for (std::size_t k = 0; k < parameters_.size(); ++k) state_.paths.push_back(path(k));
  if (!is_known_) last_.assign(parameters_.begin(), parameters_.end());
  moves_.reserve(parameters_.size());
}

// By what the mean over accumulated gradients and global_clipnorm multiply every gradient.
double Optimizer::global_scale() const {
  const double mean = 1 / static_cast<double>(shared_.gradient_accumulation_steps);
  if (!shared_.global_clipnorm) return mean;
  double all = 0;
  for (std::size_t k = 0; k < parameters_.size(); ++k) all = std::hypot(all, norm(gradient(k)));
  return mean * *shared_.global_clipnorm / std::max(mean * all, *shared_.global_clipnorm);
}

Optimizer::Move Optimizer::move(std::size_t k, double eta, double scale) const {
  const Tensor& g = gradient(k);
  Move m{.w = parameters_[k]->edit().data(), .g = g.data(), .size = g.size()};
  if (shared_.clipnorm) scale *= *shared_.clipnorm / std::max(scale * norm(g), *shared_.clipnorm);
  m.scale = static_cast<Real>(scale);
  if (shared_.clipvalue) m.bound = static_cast<Real>(*shared_.clipvalue);
  const auto in_path = [&](const std::string& part) { return path(k).find(part) != std::string::npos; };
  if (shared_.weight_decay && std::none_of(excluded_.begin(), excluded_.end(), in_path))
    m.decay = static_cast<Real>(*shared_.weight_decay * eta);
  return m;
}

}  // namespace xgrad::inline XGRAD_PRECISION
