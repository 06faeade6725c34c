#include <xgrad/optim/optimizer.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <regex>

namespace xgrad::inline XGRAD_PRECISION {

Optimizer::Optimizer(const Optimizer&) = default;
Optimizer::Optimizer(Optimizer&&) noexcept = default;
Optimizer& Optimizer::operator=(const Optimizer&) = default;
Optimizer& Optimizer::operator=(Optimizer&&) noexcept = default;
Optimizer::~Optimizer() = default;

void Optimizer::fields(Fields& f) {
  options(f);
  f("state", state_);
  if (f.purpose() == Fields::reading) set_state(std::move(state_));  // checked
}

void Optimizer::options(Fields& f) {
  named_fields("optimizer", *this, &Optimizer::rule_, f);
  f("learning_rate", learning_rate_);
  shared_.fields(f);
  f("exclude_from_weight_decay", excluded_);
  if (f.purpose() != Fields::reading) return;
  fits_ = false;
  shared_.check();
  exclude_from_weight_decay(excluded_);
}

void Optimizer::State::fields(Fields& f) {
  std::size_t per_parameter = slots.empty() ? 0 : slots[0].size();
  bool accumulates = !accumulated.empty(), averages_are_kept = !averages.empty() && f.purpose() != Fields::reading;
  const std::size_t most = std::max({slots.size(), accumulated.size(), averages.size()});
  require<ValueError>(most <= paths.size(), "optimizer: a state of ", most, " parameters and ", paths.size(), " paths");
  f.needed("iterations", iterations).needed("paths", paths).needed("slots", per_parameter);
  f.needed("accumulates", accumulates);
  f("averages", averages_are_kept);
  const bool reads = f.purpose() == Fields::reading;
  if (reads) {
    require<ValueError>(iterations >= 0 && per_parameter < 8, f.path(), ": ", iterations, " iterations and ",
                        per_parameter, " tensors for each parameter");
    slots.clear();  // they come one by one, so that a file takes no memory by its paths alone
    accumulated.clear();
    averages.clear();
  }
  const std::size_t with_slots = !reads ? slots.size() : per_parameter > 0 ? paths.size() : 0;
  for (std::size_t k = 0; k < with_slots; ++k) {
    if (reads) slots.emplace_back(per_parameter);
    for (std::size_t s = 0; s < per_parameter; ++s) f.at(text(paths[k], '/', s), slots[k][s]);
  }
  const auto one_for_each = [&](std::vector<Tensor>& list, bool kept, const char* name) {
    for (std::size_t k = 0; k < (reads ? kept ? paths.size() : 0 : list.size()); ++k) {
      if (reads) list.emplace_back();
      f.at(paths[k] + name, list[k]);
    }
  };
  one_for_each(accumulated, accumulates, "/accumulated");
  one_for_each(averages, averages_are_kept, "/average");
}

// A schedule is what compile() said; a number may have been set since.
void Optimizer::Progress::fields(Fields& f) {
  its.state_.fields(f);
  std::optional<double> rate;
  if (f.purpose() != Fields::reading && !its.learning_rate_.is_schedule()) rate = its.learning_rate();
  f("learning_rate", rate);
  if (f.purpose() != Fields::reading) return;
  if (rate && !its.learning_rate_.is_schedule()) its.learning_rate_ = *rate;
  its.set_state(std::move(its.state_));  // checked
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

namespace {

// By a search that takes a time proportional to the text: a pattern may come from a file.
std::regex regex_of(const std::string& pattern) {
#ifdef __GLIBCXX__
  return std::regex(pattern, std::regex::ECMAScript | std::regex_constants::__polynomial);
#else
  return std::regex(pattern);
#endif
}

}  // namespace

void Optimizer::exclude_from_weight_decay(std::vector<std::string> var_names) {
  for (const std::string& name : var_names) {
    require<ValueError>(!name.empty(), "exclude_from_weight_decay: an empty name; it takes parts of paths, \"bias\"");
    require<ValueError>(name.size() <= 1000, "exclude_from_weight_decay: a name of ", name.size(),
                        " characters; it takes at most 1000");
    try {
      regex_of(name);
    } catch (const std::regex_error& error) {
      throw ValueError(text("exclude_from_weight_decay: \"", name, "\" is no regular expression: ", error.what()));
    }
  }
  excluded_ = std::move(var_names);
  decays_.clear();
}

// Looks anew where a path has changed.
void Optimizer::find_decaying() {
  decays_.resize(parameters_.size());
  for (std::size_t k = 0; k < parameters_.size(); ++k) {
    auto& [known, decays] = decays_[k];
    if (known == path(k) && !known.empty()) continue;
    known = path(k);
    decays = std::none_of(excluded_.begin(), excluded_.end(),
                          [&](const std::string& name) { return std::regex_search(path(k), regex_of(name)); });
  }
}

void Optimizer::set_state(State state) {
  const auto cycle = static_cast<std::int64_t>(shared_.gradient_accumulation_steps);
  require<ValueError>(state.iterations >= 0 && state.iterations <= most_steps, "set_state: iterations is ",
                      state.iterations, "; it takes 0 to ", most_steps);
  require<ValueError>(state.iterations % cycle == 0 || !state.accumulated.empty(), "set_state: after ",
                      state.iterations, " iterations of cycles of ", cycle, " it takes the accumulated gradients");
  state_ = std::move(state);
  if (!shared_.use_ema) state_.averages.clear();
  fits_ = false;
}

}  // namespace xgrad::inline XGRAD_PRECISION
