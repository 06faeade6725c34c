#include <array>
#include <iostream>

#include <xgrad/nn/model/sequential.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// "batch_normalization" to "BatchNormalization".
std::string class_name(const std::string& kind) {
  static constexpr std::pair<std::string_view, const char*> with_initials[] = {
      {"re_lu", "ReLU"},
      {"leaky_re_lu", "LeakyReLU"},
      {"p_re_lu", "PReLU"},
      {"elu", "ELU"},
      {"rms_normalization", "RMSNormalization"}};
  for (const auto& [known, its] : with_initials)
    if (kind == known) return its;
  std::string name;
  bool begins = true;
  for (const char c : kind) {
    if (c != '_') name += begins ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    begins = c == '_';
  }
  return name;
}

// 7850 to "7,850".
std::string with_commas(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t place = digits.size(); place > 3;) digits.insert(place -= 3, 1, ',');
  return digits;
}

// The memory of so many numbers: "31.52 KB".
std::string memory_of(std::size_t numbers) {
  static constexpr std::array units{"B", "KB", "MB", "GB", "TB"};
  double size = static_cast<double>(numbers * sizeof(Real));
  std::size_t unit = 0;
  for (; size >= 1024 && unit + 1 < units.size(); ++unit) size /= 1024;
  return formatted(size, 'f', 2) + " " + units[unit];
}

using Row = std::array<std::string, 3>;
using Widths = std::array<std::size_t, 3>;

std::string rule(const char* left, const char* middle, const char* right, const char* dash, const Widths& widths) {
  std::string all = left;
  for (std::size_t k = 0; k < widths.size(); ++k) {
    for (std::size_t i = 0; i < widths[k] + 2; ++i) all += dash;
    all += k + 1 < widths.size() ? middle : right;
  }
  return all + '\n';
}

std::string line_of(const Row& row, const char* bar, const Widths& widths) {
  const std::string gap = std::string(" ") + bar + " ";
  const auto blanks = [&](std::size_t k) { return std::string(widths[k] - row[k].size(), ' '); };
  return bar + (" " + row[0] + blanks(0)) + gap + row[1] + blanks(1) + gap + blanks(2) + row[2] + " " + bar + "\n";
}

// The modules at a model's first level, with what is in them.
struct Levels final : Fields {
  struct Level {
    std::string name, kind, shape = "?";
    std::size_t parameters = 0;
  };
  std::vector<Level> levels;
  std::size_t all = 0;

 private:
  Level& level(const std::string& path) {
    const std::string name = path.substr(0, path.find('/'));
    if (levels.empty() || levels.back().name != name) levels.push_back({name, ""});
    return levels.back();
  }
  void module(const std::string& path, std::string_view kind, const Shape* output) override {
    if (path.empty() || path.find('/') != std::string::npos) return;
    Level& its = level(path);
    its.kind = kind;
    if (output == nullptr) return;
    its.shape = "(None";
    for (const std::size_t extent : *output) its.shape += ", " + std::to_string(extent);
    its.shape += ")";
  }
  void parameter(const std::string& path, Parameter& p, bool) override {
    const std::size_t size = p.is_empty() ? 0 : p.value().size();
    level(path).parameters += size;
    all += size;
  }
};

}  // namespace

void Model::summary() { summary(std::cout); }

void Model::summary(std::ostream& out) {
  if (!is_built() && declares_input()) require_built();
  Levels look;
  fields(look);
  const Row head{"Layer (type)", "Output Shape", "Param #"};
  Widths widths{31, 22, 13};
  std::vector<Row> rows;
  for (const Levels::Level& level : look.levels) {
    if (level.kind == "input") continue;
    rows.push_back({printable(level.name) + " (" + class_name(level.kind) + ")", is_built() ? level.shape : "?",
                    is_built() ? with_commas(level.parameters) : "0 (unbuilt)"});
    for (std::size_t k = 0; k < widths.size(); ++k) widths[k] = std::max(widths[k], rows.back()[k].size());
  }

  out << "Model: \"" << kind_ << "\"\n" << rule("┏", "┳", "┓", "━", widths) << line_of(head, "┃", widths);
  out << rule("┡", "╇", "┩", "━", widths);
  for (std::size_t k = 0; k < rows.size(); ++k)
    out << (k > 0 ? rule("├", "┼", "┤", "─", widths) : "") << line_of(rows[k], "│", widths);
  out << rule("└", "┴", "┘", "─", widths);
  const auto line = [&](const char* what, std::size_t count) {
    out << ' ' << what << " params: " << with_commas(count) << " (" << memory_of(count) << ")\n";
  };
  std::size_t trainable = 0;
  for (const Parameter* p : parameters()) trainable += p->is_empty() ? 0 : p->value().size();
  line("Total", look.all);
  line("Trainable", trainable);
  line("Non-trainable", look.all - trainable);
  out << std::flush;
}

}  // namespace xgrad::inline XGRAD_PRECISION
