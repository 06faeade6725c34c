// What a header declares and no list of the library has cannot be given by name, nor be loaded. Every such struct is
// looked for here, as it stands in the source, so that it is found before anything refers to it.

#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <set>

#include <xgrad/core/named.hpp>
#include <xgrad/nn/layer.hpp>
#include <xgrad/nn/losses/losses.hpp>
#include <xgrad/nn/metrics/metrics.hpp>
#include <xgrad/nn/parts/activation.hpp>
#include <xgrad/nn/parts/constraints.hpp>
#include <xgrad/nn/parts/initializers.hpp>
#include <xgrad/nn/parts/regularizers.hpp>
#include <xgrad/optim/optimizer.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

struct Declared {
  std::string file, type, body;

  std::string where() const { return file + ": " + type; }
  bool has(const char* pattern) const { return std::regex_search(body, std::regex(pattern)); }

  /// The text that a static member is set to: name = "adam". Empty if there is none.
  std::string text_of(const std::string& member) const {
    std::smatch found;
    const std::regex set("static constexpr const char\\* " + member + " = \"(\\w+)\"");
    return std::regex_search(body, found, set) ? found.str(1) : "";
  }
};

/// The structs and classes of all headers in a folder that are no part of another, each up to its "};".
std::vector<Declared> declared_in(const std::string& folder) {
  std::vector<Declared> all;
  const std::string source = XGRAD_SOURCE "/";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(source + folder)) {
    if (entry.path().extension() != ".hpp") continue;
    const std::string file = entry.path().string().substr(source.size());
    std::ifstream lines(entry.path());
    std::smatch found;
    bool is_inside = false;
    for (std::string line; std::getline(lines, line);) {
      if (!is_inside && std::regex_search(line, found, std::regex("^(?:struct|class) (\\w+)[^;]*\\{"))) {
        all.push_back({file, found.str(1), ""});
        is_inside = line.find("};") == std::string::npos;
      }
      if (is_inside) all.back().body += line + '\n';
      if (line.starts_with("};")) is_inside = false;
    }
  }
  return all;
}

/// Checks that a list, which stands in a file, has a name, in any spelling.
template <class Table>
void check_listed(const Declared& it, const std::string& name, const Table& table, const std::string& list) {
  std::set<std::string> spellings;
  for (const std::string& known : names_of(table)) spellings.insert(spelling(known));
  CHECK_MESSAGE(spellings.contains(spelling(name)), it.where(), ", \"", name, "\", is not in the list ", list);
}

}  // namespace

TEST_CASE("every layer that a header declares is in the list of layers") {
  std::size_t layers_found = 0;
  for (const Declared& it : declared_in("nn")) {
    const std::string kind = it.text_of("kind");
    if (it.file.starts_with("nn/layers/") && it.has("\\bVar operator\\(\\)\\(Var "))
      CHECK_MESSAGE(!kind.empty(), it.where(), " has no kind: static constexpr const char* kind = \"...\"");
    if (kind.empty()) continue;
    ++layers_found;
    check_listed(it, kind, layers(), "layers(), nn/layers/layers.cpp");
  }
  CHECK(layers_found == layers().size());
}

TEST_CASE("every rule and every schedule that a header declares is in its list") {
  std::size_t rules = 0, rates = 0;
  for (const Declared& it : declared_in("optim")) {
    const bool is_rule = it.has("\\blearning_rate\\b[^(;]*;") && it.has("\\bat\\(std::int64_t");
    const bool is_schedule = it.has("double operator\\(\\)\\(std::int64_t");
    const std::string name = it.text_of("name");
    if (is_rule || is_schedule)
      CHECK_MESSAGE(!name.empty(), it.where(), " has no name: static constexpr const char* name = \"...\"");
    else
      CHECK_MESSAGE(name.empty(), it.where(),
                    " has a name, but neither a learning_rate and at(std::int64_t t, double eta) nor double "
                    "operator()(std::int64_t step)");
    if (name.empty()) continue;
    if (is_rule) check_listed(it, name, optimizers(), "optimizers(), optim/rules.cpp");
    if (is_schedule) check_listed(it, name, schedules(), "schedules(), optim/learning_rate.cpp");
    rules += is_rule;
    rates += is_schedule;
  }
  CHECK(rules == optimizers().size());
  CHECK(rates == schedules().size());
}

TEST_CASE("every loss, metric, regularizer, constraint and initializer that a header declares is in its list") {
  std::set<std::string> kinds;
  for (const Declared& it : declared_in("nn")) {
    const auto check = [&](const char* kind, const auto& table, const char* list) {
      kinds.insert(kind);
      // by its name; without one, which it needs to be loaded, by its type's
      check_listed(it, it.text_of("name").empty() ? it.type : it.text_of("name"), table, list);
    };
    if (it.type == "Custom" || it.type == "OfLoss") continue;  // a function of one's own, and any loss as a metric
    if (it.has("Var operator\\(\\)\\(Var \\w+, Var p, const Var\\*"))
      check("loss", all_losses(), "all_losses(), nn/losses/losses.cpp");
    else if (it.has("void update\\(const Tensor&") && it.has("double result\\(") && it.type != "Metric")
      check("metric", all_metrics(), "all_metrics(), nn/metrics/metrics.cpp");
    else if (it.has("Tensor operator\\(\\)\\(const Shape&") && it.type != "Initializer")
      check("initializer", initializers(), "initializers(), nn/parts/initializers.cpp");
    else if (it.has("Var operator\\(\\)\\(Var w\\)") && it.type != "Regularizer")
      check("regularizer", regularizers(), "regularizers(), nn/parts/regularizers.cpp");
    else if (it.has("void operator\\(\\)\\(Tensor& w\\)") && it.type != "Constraint")
      check("constraint", constraints(), "constraints(), nn/parts/constraints.cpp");
    else
      CHECK_MESSAGE(it.text_of("name").empty(), it.where(), " has a name, but is nothing that a list is of");
  }
  CHECK(kinds.size() == 5);
}

TEST_CASE("every activation that its header declares is in the list of activations") {
  std::ifstream header(XGRAD_SOURCE "/nn/parts/activation.hpp");
  std::smatch found;
  std::size_t declared = 0;
  for (std::string line; std::getline(header, line);) {
    if (!std::regex_search(line, found, std::regex("^Var (\\w+)\\(Var x\\);"))) continue;
    ++declared;
    check_listed({"nn/parts/activation.hpp", found.str(1), ""}, found.str(1), activations(),
                 "activations(), nn/parts/activation.cpp");
  }
  CHECK(declared >= 5);
}
