#pragma once

// Optimizers of a model's parts: each group of parameters, found by the pattern of their paths, has its own.

#include <initializer_list>

#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// An optimizer, and the pattern of the paths of the parameters that it moves: {"**/bias", SGD{}}. See matches().
struct Group {
  std::string pattern;
  Optimizer optimizer;
};

/// One optimizer for all parameters, or several in groups. Each parameter is moved by the first group that matches:
///   Optimizers{{"encoder/**", SGD{.learning_rate = 1e-4}}, {"**", Adam{}}}
class Optimizers {
 public:
  /// One optimizer for all parameters: an object, a name ("adam"), or an Optimizer.
  template <class O>
  requires(std::constructible_from<Optimizer, O> && !std::same_as<std::remove_cvref_t<O>, Optimizers>)
      Optimizers(O&& all)
      : groups_{Group{"**", Optimizer(std::forward<O>(all))}} {}

  /// Groups, in the order in which they are tried. Throws ValueError for no groups.
  Optimizers(std::initializer_list<Group> groups);

  /// Groups, in the order in which they are tried. Throws ValueError for no groups.
  explicit Optimizers(std::vector<Group> groups);

  /// Divides parameters among the groups, by their paths, for the steps that follow. Throws ValueError for a parameter
  /// that no group matches or that is given twice, and for a group that no parameter is left to, unless it is the last.
  void assign(const Parameters& parameters);

  /// Takes one step with every group that has parameters. All are checked before any moves: throws ValueError before
  /// assign(), and what Optimizer::step() throws.
  void step();

  /// Takes one step with every group that has parameters, divided among threads: see Optimizer::InParts. All are
  /// checked before any moves: throws ValueError before assign(), and what Optimizer::step() throws.
  void step(const Optimizer::InParts& in_parts);

  /// Gives the parameters of every group with use_ema the moving averages of their values: see
  /// Optimizer::finalize_variable_values().
  void finalize_variable_values();

  /// Takes the paths of the parameters in all optimizers' states anew from their module, parts of which may have been
  /// renamed since the last step.
  void rename(ModuleRef module);

  std::size_t size() const { return groups_.size(); }      ///< the number of groups
  Group& operator[](std::size_t k) { return groups_[k]; }  ///< group k, k < size()
  auto begin() { return groups_.begin(); }
  auto end() { return groups_.end(); }
  void fields(Fields& f);   ///< shows the options and states of all groups
  void options(Fields& f);  ///< shows the patterns and options of all groups, without the states
  void states(Fields& f);   ///< shows the states and learning rates of all groups: "optimizer", "optimizer_1"

 private:
  void patterns(Fields& f);
  void step_with(const Optimizer::InParts* in_parts);

  std::vector<Group> groups_;
  std::vector<Parameters> parameters_;  // of each group
};

}  // namespace xgrad::inline XGRAD_PRECISION
