#include <xgrad/optim/optimizer.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>

#include <xgrad/core/kernels/math.hpp>

// One step of an optimizer: all checks, then all moves.

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

// By default, threads share what they move faster than one.
Optimizer::InParts Optimizer::in_parts_of(std::span<Parameter* const> parameters) {
  std::size_t weights = 0;
  for (const Parameter* p : parameters) weights += p->value().size();
  return weights >= 1 << 16 ? in_threads : alone;
}

void Optimizer::step(const Parameters& parameters) { step(parameters, in_parts_of(parameters)); }
void Optimizer::step(std::span<Parameter* const> parameters) { step(parameters, in_parts_of(parameters)); }

void Optimizer::step(const Parameters& parameters, const InParts& in_parts) {
  step_with(parameters.all, parameters.paths, in_parts);
}

void Optimizer::step_with(std::span<Parameter* const> parameters, std::span<const std::string> paths,
                          const InParts& in_parts) {
  prepare(parameters, paths, in_parts);
  move(in_parts);
}

// Everything that can refuse the step. Moves nothing.
void Optimizer::prepare(std::span<Parameter* const> parameters, std::span<const std::string> paths,
                        const InParts& in_parts) {
  parameters_ = parameters;
  paths_ = paths;
  is_known_ = std::equal(last_.begin(), last_.end(), parameters.begin(), parameters.end());
  rate_ = learning_rate();
  require<ValueError>(std::isfinite(static_cast<Real>(shared_.weight_decay.value_or(0) * rate_)), "step: weight_decay ",
                      shared_.weight_decay.value_or(0), " times the learning rate ", rate_, " is not finite");
  check();
  check_finite(in_parts);
  if (!fits_ && !state_.slots.empty()) step_(*this, nullptr);
}

// Whether this call is to move the parameters, and then how.
bool Optimizer::begin(std::size_t states) {
  const auto cycle = static_cast<std::int64_t>(shared_.gradient_accumulation_steps), updates = iterations() / cycle;
  stays_ = updates == 0 || state_.averages.empty() ? 0 : static_cast<Real>(shared_.ema_momentum);
  overwrites_ = shared_.use_ema && shared_.ema_overwrite_frequency > 0 &&
                (static_cast<std::size_t>(updates) + 1) % shared_.ema_overwrite_frequency == 0;
  make_state(states);
  if (shared_.weight_decay && !excluded_.empty()) find_decaying();
  ++state_.iterations;
  moves_.clear();
  for (Parameter* p : parameters_) p->fresh = false;
  if (accumulates()) {
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      const Tensor& g = parameters_[k]->gradient;
      Tensor& sum = state_.accumulated[k];
      by_level([to = sum.data(), from = g.data(), n = g.size()] {
        for (std::size_t i = 0; i < n; ++i) to[i] += from[i];
      });
    }
    if (state_.iterations % cycle != 0) {
      for (Parameter* p : parameters_)  // whose averages move all the same, as in Keras
        moves_.push_back({.w = overwrites_ ? p->edit().data() : nullptr, .g = nullptr, .size = p->value().size()});
      return false;
    }
  }
  const FlushDenormals flush;
  const double scale = global_scale();
  for (std::size_t k = 0; k < parameters_.size(); ++k) moves_.push_back(move_of(k, scale));
  return true;
}

void Optimizer::check() const {
  constexpr const char* same = "; it takes the same parameters at every step, or a new optimizer";
  constexpr const char* again = "; after freeze(), unfreeze() or another trainable, compile() the model again";
  const auto check_count = [&](std::size_t before) {
    require<ValueError>(before == 0 || before == parameters_.size(), "step: ", parameters_.size(), " parameters after ",
                        before, same, again);
  };
  check_count(state_.slots.size());
  check_count(state_.accumulated.size());
  check_count(state_.averages.size());
  check_count(state_.paths.size());
  if (!is_known_) check_distinct();
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
    if (!state_.slots.empty())
      for (const Tensor& slot : state_.slots[k]) check_shape(slot);
    if (!state_.accumulated.empty()) check_shape(state_.accumulated[k]);
    if (!state_.averages.empty()) check_shape(state_.averages[k]);
    if (p.constraint && !is_known_) {
      Tensor trial = p.value();
      p.constraint(trial);
      require(trial.shape() == p.value().shape(), "step: the constraint of parameter ", path(k), " of shape ",
              p.value().shape(), " gives the shape ", trial.shape());
    }
    if (!state_.paths.empty() && !is_known_)
      require<ValueError>(path(k) == state_.paths[k], "step: parameter ", path(k), " where ", state_.paths[k], " was",
                          same, again);
  }
}

void Optimizer::check_distinct() const {
  std::vector<const Parameter*> sorted(parameters_.begin(), parameters_.end());
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice == sorted.end()) return;
  const auto k = std::find(parameters_.begin(), parameters_.end(), *twice) - parameters_.begin();
  throw ValueError(text("step: parameter ", path(static_cast<std::size_t>(k)), " is given twice; it takes each once"));
}

// Looks at the gradients, or at the sums that they make with those accumulated.
void Optimizer::check_finite(const InParts& in_parts) const {
  std::atomic<bool> finite = true;
  const auto task = [&](std::size_t part, std::size_t parts) {
    for (std::size_t k = 0; k < parameters_.size(); ++k) {
      const std::size_t n = parameters_[k]->gradient.size(), first = begin_of(part, parts, n);
      const std::size_t size = begin_of(part + 1, parts, n) - first;
      const Real* const g = parameters_[k]->gradient.data() + first;
      const Real* const sum = state_.accumulated.empty() ? nullptr : state_.accumulated[k].data() + first;
      const bool its = sum ? all_finite(size, [=](std::size_t i) { return sum[i] + g[i]; })
                           : all_finite(size, [=](std::size_t i) { return g[i]; });
      if (!its) finite = false;
    }
  };
  in_parts(std::ref(task));
  if (finite) return;
  for (std::size_t k = 0; k < parameters_.size();
       ++k)  // what an earlier step did to a weight is the reason, if it is so
    for (std::size_t i = 0; i < parameters_[k]->gradient.size(); ++i) {
      const Real w = parameters_[k]->value().data()[i];
      require<ValueError>(std::isfinite(w), "step: parameter ", path(k), " is ", w, " at entry ", i,
                          ", so that a gradient is not finite; try a smaller learning rate");
    }
  for (std::size_t k = 0; k < parameters_.size(); ++k)
    for (std::size_t i = 0; i < parameters_[k]->gradient.size(); ++i) {
      const Real g = parameters_[k]->gradient.data()[i];
      const Real entry = state_.accumulated.empty() ? g : state_.accumulated[k].data()[i] + g;
      require<ValueError>(std::isfinite(entry), "step: the gradient of parameter ", path(k), " has ", entry,
                          " at entry ", i, "; it takes finite numbers, so nothing was moved");
    }
}

void Optimizer::check_states(std::size_t states) {
  for (std::size_t k = 0; k < state_.slots.size(); ++k)
    require<ValueError>(state_.slots[k].size() == states, "step: the state has ", state_.slots[k].size(),
                        " tensors for parameter ", path(k), "; ", name(), " keeps ", states);
  fits_ = true;
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
  if (shared_.use_ema && state_.averages.empty())
    for (const Parameter* p : parameters_) state_.averages.push_back(zeros(p->value().shape()));
  if (state_.paths.empty())
    for (std::size_t k = 0; k < parameters_.size(); ++k) state_.paths.push_back(path(k));
  if (!is_known_) last_.assign(parameters_.begin(), parameters_.end());
  moves_.reserve(parameters_.size());
}

// What follows a piece's update, as in Keras: its moving average, which may then take its place.
void Optimizer::average(std::size_t k, std::size_t first, std::size_t last) {
  const Real* const w = parameters_[k]->value().data();
  Real* const average = state_.averages[k].data();
  by_level([=, stays = stays_] {
    for (std::size_t i = first; i < last; ++i) average[i] = stays * average[i] + (1 - stays) * w[i];
  });
  if (overwrites_) std::copy(average + first, average + last, moves_[k].w + first);
}

void Optimizer::finalize_variable_values(std::span<Parameter* const> parameters) {
  const std::vector<Tensor>& averages = state_.averages;
  if (averages.empty()) return;
  const auto fits = [](const Parameter* p, const Tensor& a) { return p->value().shape() == a.shape(); };
  require<ValueError>(std::equal(parameters.begin(), parameters.end(), averages.begin(), averages.end(), fits),
                      "finalize_variable_values: ", parameters.size(), " parameters for ", averages.size(),
                      " averages, or of other shapes; it takes those of the last step");
  for (std::size_t k = 0; k < averages.size(); ++k) parameters[k]->edit() = averages[k];
}

// By what the mean over accumulated gradients and global_clipnorm multiply every gradient.
double Optimizer::global_scale() const {
  const double mean = 1 / static_cast<double>(shared_.gradient_accumulation_steps);
  if (!shared_.global_clipnorm) return mean;
  double all = 0;
  for (std::size_t k = 0; k < parameters_.size(); ++k) all = std::hypot(all, norm(gradient(k)));
  return mean * *shared_.global_clipnorm / std::max(mean * all, *shared_.global_clipnorm);
}

Optimizer::Move Optimizer::move_of(std::size_t k, double scale) const {
  const Tensor& g = gradient(k);
  Move m{.w = parameters_[k]->edit().data(), .g = g.data(), .size = g.size()};
  if (shared_.clipnorm) scale *= *shared_.clipnorm / std::max(scale * norm(g), *shared_.clipnorm);
  m.scale = static_cast<Real>(scale);
  if (shared_.clipvalue) m.bound = static_cast<Real>(*shared_.clipvalue);
  if (shared_.weight_decay && (excluded_.empty() || decays_[k].second))
    m.decay = static_cast<Real>(*shared_.weight_decay * rate_);
  return m;
}

}  // namespace xgrad::inline XGRAD_PRECISION
