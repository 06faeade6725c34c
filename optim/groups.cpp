#include <xgrad/optim/groups.hpp>

#include <algorithm>
#include <map>

namespace xgrad::inline XGRAD_PRECISION {

Optimizers::Optimizers(std::initializer_list<Group> groups) : Optimizers(std::vector(groups)) {}

Optimizers::Optimizers(std::vector<Group> groups) : groups_(std::move(groups)) {
  require<ValueError>(!groups_.empty(), "optimizers: there are no groups; it takes one or more");
}

void Optimizers::assign(const Parameters& parameters) {
  parameters_.assign(groups_.size(), {});
  std::map<const Parameter*, std::size_t> met;
  std::string patterns, paths;
  for (const Group& group : groups_) patterns += (patterns.empty() ? "\"" : ", \"") + group.pattern + '"';
  for (std::size_t k = 0; k < parameters.size(); ++k) {
    const std::string& path = parameters.paths[k];
    const auto [same, is_new] = met.try_emplace(parameters[k], k);
    require<ValueError>(is_new, "optimizers: ", parameters.paths[same->second], " and ", path,
                        " are one parameter; it takes each once");
    paths += (paths.empty() ? "" : ", ") + path;
    const auto takes = [&](const Group& group) { return matches(group.pattern, path); };
    const auto group = std::find_if(groups_.begin(), groups_.end(), takes);
    require<ValueError>(group != groups_.end(), "optimizers: parameter ", path, " matches none of the groups ",
                        patterns, "; let the last be \"**\", or freeze it");
    Parameters& its = parameters_[static_cast<std::size_t>(group - groups_.begin())];
    its.paths.push_back(path);
    its.all.push_back(parameters[k]);
  }
  for (std::size_t k = 0; k + 1 < groups_.size(); ++k)
    require<ValueError>(parameters_[k].size() > 0, "optimizers: no parameter is left for the group \"",
                        groups_[k].pattern, "\"; there are ", paths.empty() ? "none" : paths);
}

void Optimizers::step() { step_with(nullptr); }
void Optimizers::step(const Optimizer::InParts& in_parts) { step_with(&in_parts); }

// All groups are checked before any moves.
void Optimizers::step_with(const Optimizer::InParts* in_parts) {
  require<ValueError>(parameters_.size() == groups_.size(),
                      "optimizers: no parameters are assigned yet; call assign(), ",
                      "or compile() the model with them");
  const auto each = [&](auto call) {
    for (std::size_t k = 0; k < parameters_.size(); ++k)
      if (const Parameters& its = parameters_[k]; its.size() > 0)
        call(groups_[k].optimizer, its, in_parts ? *in_parts : Optimizer::in_parts_of(its));
  };
  each([](Optimizer& its, const Parameters& p, const auto& parts) { its.prepare(p.all, p.paths, parts); });
  each([](Optimizer& its, const Parameters&, const auto& parts) { its.move(parts); });
}

void Optimizers::finalize_variable_values() {
  for (std::size_t k = 0; k < parameters_.size(); ++k)
    groups_[k].optimizer.finalize_variable_values(parameters_[k].all);
}

void Optimizers::rename(ModuleRef module) {
  for (Group& group : groups_) group.optimizer.rename(module);
}

void Optimizers::patterns(Fields& f) {
  std::vector<std::string> patterns;
  for (const Group& group : groups_) patterns.push_back(group.pattern);
  f.needed("patterns", patterns);
  require<ValueError>(!patterns.empty(), "optimizers: there are no groups");
  groups_.resize(patterns.size(), Group{"**", "sgd"});
  for (std::size_t k = 0; k < groups_.size(); ++k) groups_[k].pattern = patterns[k];
}

void Optimizers::fields(Fields& f) {
  options(f);
  states(f);
}

void Optimizers::options(Fields& f) {
  struct Options {
    Optimizer& optimizer;
    void fields(Fields& f) { optimizer.options(f); }
  };
  patterns(f);
  for (std::size_t k = 0; k < groups_.size(); ++k) {
    Options its{groups_[k].optimizer};
    f(std::to_string(k), its);
  }
}

void Optimizers::states(Fields& f) {
  for (std::size_t k = 0; k < groups_.size(); ++k) {
    const std::string name = k == 0 ? "optimizer" : text("optimizer_", k);
    Optimizer::Progress its{groups_[k].optimizer};
    f(name, its);
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
