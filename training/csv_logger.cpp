#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>

#include <xgrad/data/file.hpp>
#include <xgrad/nn/model/model.hpp>
#include <xgrad/training/callbacks.hpp>
#include <xgrad/training/detail/csv_field.hpp>

namespace xgrad::inline XGRAD_PRECISION {

std::string csv_field(const std::string& text, char separator) {
  if (text.find_first_of(std::string("\"\r\n") + separator) == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + '"';
}

namespace {

// The fields of a table's first line.
std::vector<std::string> header_of(const std::string& table, char separator) {
  std::vector<std::string> fields;
  bool is_quoted = false;
  for (std::size_t i = 0; i < table.size() && (is_quoted || table[i] != '\n'); ++i) {
    const bool is_double = is_quoted && table.compare(i, 2, "\"\"") == 0;
    if (fields.empty()) fields.emplace_back();
    if (table[i] == '"' && !is_double)
      is_quoted = !is_quoted;
    else if (table[i] == separator && !is_quoted)
      fields.emplace_back();
    else if (table[i] != '\r' || is_quoted)
      fields.back() += table[i];
    i += is_double;
  }
  return fields;
}

// The table with more columns, in which its lines have no numbers.
std::string widened(const std::string& table, const std::set<std::string>& columns, char separator) {
  std::string names, none, wide;
  for (const std::string& name : columns) {
    names += separator + csv_field(name, separator);
    none += std::string(1, separator) + "NA";
  }
  bool is_quoted = false, is_first = true;
  for (const char c : table) {
    is_quoted = is_quoted != (c == '"');
    if (c == '\r' && !is_quoted) continue;
    if (c == '\n' && !is_quoted) wide += std::exchange(is_first, false) ? names : none;
    wide += c;
  }
  return wide;
}

void write(const CSVLogger& logger, const std::string& lines, std::ios::openmode mode) {
  std::ofstream file(logger.filename, mode);
  file << lines << std::flush;
  require<DataError>(file.good(), "CSVLogger: cannot write ", logger.filename);
}

}  // namespace

void CSVLogger::on_train_begin(Model&) {
  require<ValueError>(separator.size() == 1 && separator.find_first_of("\"\r\n") == std::string::npos,
                      "CSVLogger: the separator is \"", separator, "\"; it takes one character, such as \",\"");
  std::error_code error;  // which the writing, too, would meet and tell
  table = append && std::filesystem::exists(filename, error) ? read_file(filename) : "";
  if (!table.empty() && table.back() != '\n') table += '\n';
  columns = header_of(table, separator[0]);
  write(*this, table, std::ios::trunc);
}

void CSVLogger::on_epoch_end(Model&, std::size_t epoch, Logs& logs) {
  if (columns.empty()) {
    columns = {"epoch"};
    table = "epoch\n";
  }
  std::set<std::string> added;
  for (const auto& [name, number] : logs)
    if (std::find(columns.begin(), columns.end(), name) == columns.end()) added.insert(name);
  if (!added.empty()) {
    columns.insert(columns.end(), added.begin(), added.end());
    table = widened(table, added, separator[0]);
    write(*this, table, std::ios::trunc);
  }
  std::string row;
  for (const std::string& name : columns) {
    const double* number = logs.find(name);
    const std::string entry = name == "epoch" ? std::to_string(epoch) : number ? shortest(*number) : "NA";
    row += (row.empty() ? "" : separator) + csv_field(entry, separator[0]);
  }
  table += row + '\n';
  write(*this, row + '\n', std::ios::app);
}

}  // namespace xgrad::inline XGRAD_PRECISION
