#include <array>
#include <iostream>

#include <xgrad/nn/sequential.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

struct Counts {
  std::size_t all = 0, trainable = 0;
};

Counts counts_of(Layer& layer) {
  Counts counts;
  layer.each_parameter([&](Parameter& p) { counts.all += p.value().size(); });
  layer.each_trainable([&](Parameter& p) { counts.trainable += p.value().size(); });
  return counts;
}

// "batch_normalization" to "BatchNormalization".
std::string class_name(const std::string& kind) {
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
  char buffer[32];
  std::snprintf(buffer, sizeof buffer, "%.2f", size);
  return std::string(buffer) + " " + units[unit];
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

}  // namespace

std::size_t Sequential::count_params() {
  require_built();
  std::size_t all = 0;
  each_parameter([&](Parameter& p) { all += p.value().size(); });
  return all;
}

void Sequential::summary() { summary(std::cout); }

void Sequential::summary(std::ostream& out) {
  if (!layers_.empty() && layers_.front().as<Input>()) require_built();
  const Row head{"Layer (type)", "Output Shape", "Param #"};
  Widths widths{31, 22, 13};
  std::vector<Row> rows;
  Counts total;
  for (Layer& layer : layers_) {
    if (layer.as<Input>()) continue;
    const Counts counts = counts_of(layer);
    total.all += counts.all;
    total.trainable += counts.trainable;
    std::string shape = "?";
    if (built_) {
      shape = "(None";
      for (const std::size_t extent : layer.output_shape()) shape += ", " + std::to_string(extent);
      shape += ")";
    }
    rows.push_back(
        {layer.name + " (" + class_name(layer.kind()) + ")", shape, built_ ? with_commas(counts.all) : "0 (unbuilt)"});
    for (std::size_t k = 0; k < widths.size(); ++k) widths[k] = std::max(widths[k], rows.back()[k].size());
  }

  out << "Model: \"" << kind << "\"\n" << rule("┏", "┳", "┓", "━", widths) << line_of(head, "┃", widths);
  out << rule("┡", "╇", "┩", "━", widths);
  for (std::size_t k = 0; k < rows.size(); ++k)
    out << (k > 0 ? rule("├", "┼", "┤", "─", widths) : "") << line_of(rows[k], "│", widths);
  out << rule("└", "┴", "┘", "─", widths);
  const auto line = [&](const char* what, std::size_t count) {
    out << ' ' << what << " params: " << with_commas(count) << " (" << memory_of(count) << ")\n";
  };
  line("Total", total.all);
  line("Trainable", total.trainable);
  line("Non-trainable", total.all - total.trainable);
  out << std::flush;
}

}  // namespace xgrad::inline XGRAD_PRECISION
