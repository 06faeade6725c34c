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

  /// Numbers with their names: {{"accuracy", 0.93}, {"loss", 0.23}}.
  Logs(std::initializer_list<std::pair<std::string, double>> entries) : entries_(entries) {}

  /// The number of a name, to be set or read. It is added, as NaN, if there is none: to read, at() is safer.
  double& operator[](std::string_view name) &;

  /// The number of a name, of logs that cannot be changed: evaluate(x, y)["loss"]. Throws ValueError, which lists the
  /// names that there are, if there is none.
  double operator[](std::string_view name) const& { return at(name); }

  /// The number of a name. Throws ValueError, which lists the names that there are, if there is none.
  double at(std::string_view name) const;

  /// Where the number of a name is, or null if there is none.
  const double* find(std::string_view name) const;

  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }
  /// How many names.
  std::size_t size() const { return entries_.size(); }
  /// Whether there is no name.
  bool empty() const { return entries_.empty(); }

  /// All names, with ", " between them; "none" if there are none.
  std::string names() const;

 private:
  std::vector<std::pair<std::string, double>> entries_;
};

/// What fit() returns: the numbers of every epoch.
struct History {
  std::vector<std::size_t> epoch;  ///< the epochs' numbers, from 0
  std::vector<Logs> logs;          ///< the loss and metrics of each epoch
  bool interrupted = false;        ///< whether Ctrl-C ended the training

  /// The number of a name in each epoch that has it: history["val_loss"]. Throws ValueError, which lists the names that
  /// there are, if no epoch has it.
  std::vector<double> operator[](std::string_view name) const;

  /// Writes a table with a row for every epoch: its number, and the logs by name, in alphabetical order. An entry is
  /// empty where the epoch has no such number. Throws DataError if the file cannot be written.
  void to_csv(const std::string& path) const;
};

}  // namespace xgrad::inline XGRAD_PRECISION
