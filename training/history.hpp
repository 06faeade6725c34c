#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <xgrad/core/tensor.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Named numbers in the order in which they were set: {{"accuracy", 0.93}, {"loss", 0.23}}.
class Logs {
 public:
  Logs() = default;
  Logs(std::initializer_list<std::pair<std::string, double>> entries) : entries_(entries) {}

  /// The number of that name, which is added if there is none.
  double& operator[](std::string_view name);

  /// The same; throws ValueError, with the names that there are, if it is not one of them.
  double at(std::string_view name) const;

  /// The same, or null.
  const double* find(std::string_view name) const;

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  /// The names, with commas between them.
  std::string names() const;

 private:
  std::vector<std::pair<std::string, double>> entries_;
};

/// What fit() returns: the numbers of every epoch.
struct History {
  std::vector<std::size_t> epoch;  ///< their numbers, from 0
  std::vector<Logs> logs;          ///< one for each of them
  bool interrupted = false;        ///< whether Ctrl-C ended it

  /// One number through the epochs that have it: history["val_loss"]. Throws ValueError if none has it.
  std::vector<double> operator[](std::string_view name) const;

  /// Writes a row for every epoch: its number, then all that there is, by name; empty where an epoch has none. Throws
  /// DataError if the file cannot be written.
  void to_csv(const std::string& path) const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
