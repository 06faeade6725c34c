#pragma once

// Optimizers of a model's parts: each group of parameters, found by the pattern of their paths, has its own.

#include <initializer_list>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// The optimizer of the parameters whose path matches a pattern, as matches() has it: {"**/bias", SGD{}}.
struct Group {
  std::string pattern;
  Optimizer optimizer;
};

/// One optimizer for all parameters, or groups, of which each parameter is moved by the first that matches:
///   Optimizers{{"encoder/**", SGD{.learning_rate = 1e-4}}, {"**", Adam{}}}
class Optimizers {
 public:
  template <class O>
  requires(std::constructible_from<Optimizer, O> && !std::same_as<std::remove_cvref_t<O>, Optimizers>)
      Optimizers(O&& all)
      : groups_{Group{"**", Optimizer(std::forward<O>(all))}} {}

  /// Throws ValueError for no groups.
  Optimizers(std::initializer_list<Group> groups);
  explicit Optimizers(std::vector<Group> groups);

  /// Divides parameters among the groups. Throws ValueError for a parameter that no group matches, and for a group that
  /// none is left to, unless it is the last.
  void assign(const Parameters& parameters);

  /// One step of every group; of an optimizer whose group has no parameters, none. Throws as Optimizer::step does,
  /// before anything is changed if the first group is the one that is refused.
  void step();
  void step(const Optimizer::InParts& in_parts);

  /// As Optimizer::rename.
  void rename(ModuleRef module);

  std::size_t size() const { return groups_.size(); }
  Group& operator[](std::size_t k) { return groups_[k]; }
  auto begin() { return groups_.begin(); }
  auto end() { return groups_.end(); }
  void fields(Fields& f);   ///< options and states
  void options(Fields& f);  ///< without the states
  void states(Fields& f);   ///< alone: "optimizer", "optimizer_1"

 private:
  void patterns(Fields& f);

  std::vector<Group> groups_;
  std::vector<Parameters> parameters_;  // of each group
};

}  // namespace xgrad::inline XGRAD_PRECISION
