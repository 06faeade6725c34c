#pragma once

#include <string>
#include <utility>
#include <vector>

#include <xgrad/training/callback.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// What callbacks remember from epoch to epoch, as a file holds it.
struct CallbackStates {
  std::string options = "{}";                             ///< JSON
  std::vector<std::pair<std::string, Tensor>> tensors{};  ///< such as best weights, by path
  bool is_read = false;                                   ///< from a file, for the next fit() to take up

  /// What these callbacks remember, by their names: "early_stopping", and a second one's is "early_stopping_1".
  static CallbackStates of(const std::vector<Callback>& callbacks);

  /// Gives it back to callbacks of the same names. Others keep what they have. Throws ValueError for a value that does
  /// not fit.
  void give_to(const std::vector<Callback>& callbacks) const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
