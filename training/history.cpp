#include <xgrad/training/history.hpp>

#include <algorithm>
#include <limits>
#include <set>

#include <xgrad/core/error.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/training/detail/csv_field.hpp>

namespace xgrad::inline XGRAD_PRECISION {

const double* Logs::find(std::string_view name) const {
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const auto& e) { return e.first == name; });
  return entry == entries_.end() ? nullptr : &entry->second;
}

double& Logs::operator[](std::string_view name) & {
  if (const double* number = find(name)) return const_cast<double&>(*number);
  return entries_.emplace_back(name, std::numeric_limits<double>::quiet_NaN()).second;
}

double Logs::at(std::string_view name) const {
  const double* number = find(name);
  require<ValueError>(number != nullptr, "logs: there is no \"", name, "\"; there are ", names());
  return *number;
}

std::string Logs::names() const {
  std::string all;
  for (const auto& [name, number] : entries_) all += (all.empty() ? "" : ", ") + name;
  return all.empty() ? "none" : all;
}

std::vector<double> History::operator[](std::string_view name) const {
  std::vector<double> numbers;
  Logs all;  // val_loss need not be in the first epoch
  for (const Logs& epoch_logs : logs) {
    if (const double* number = epoch_logs.find(name)) numbers.push_back(*number);
    for (const auto& [its, number] : epoch_logs) all[its] = number;
  }
  require<ValueError>(!numbers.empty(), "history: there is no \"", name, "\"; there are ",
                      logs.empty() ? "no epochs" : all.names());
  return numbers;
}

void History::to_csv(const std::string& path) const {
  std::set<std::string> names;
  for (const Logs& epoch_logs : logs)
    for (const auto& [name, number] : epoch_logs) names.insert(name);
  std::string table = "epoch";
  for (const std::string& name : names) table += "," + csv_field(name);
  table += '\n';
  for (std::size_t i = 0; i < logs.size(); ++i) {
    table += std::to_string(epoch[i]);
    for (const std::string& name : names) {
      table += ',';
      if (const double* number = logs[i].find(name)) table += shortest(*number);
    }
    table += '\n';
  }
  write_file(path, table);
}

}  // namespace xgrad::inline XGRAD_PRECISION
