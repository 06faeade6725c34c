#include <xgrad/core/fields.hpp>

#include <algorithm>
#include <set>

namespace xgrad::inline XGRAD_PRECISION {

Fields::~Fields() = default;

std::size_t Fields::enter(std::string_view field, bool is_field) {
  const std::size_t outer = path_.size();
  require<ValueError>(!field.empty() && field.find('/') == std::string_view::npos, "fields: the name \"", field,
                      "\" of a field", path_.empty() ? "" : " of " + path_, "; it takes one without \"/\", not empty");
  if (outer > 0) path_ += '/';
  path_ += field;
  if (is_field) name(path_);
  return outer;
}

bool Fields::first_time(const void* met) {
  const auto place = std::lower_bound(met_.begin(), met_.end(), met);
  if (place != met_.end() && *place == met) return false;
  met_.insert(place, met);
  return true;
}

namespace {

struct Walk final : Fields {
  explicit Walk(const std::function<void(const std::string&, Parameter&, bool)>& see) : see_(see) {}
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override { see_(path, p, is_learnt); }
  const std::function<void(const std::string&, Parameter&, bool)>& see_;
};

void each(ModuleRef module, const std::function<void(const std::string&, Parameter&, bool)>& see) {
  Walk walk(see);
  module.fields(walk);
}

void set_frozen(const char* who, ModuleRef module, std::string_view pattern, bool on) {
  std::string paths;
  bool any = false;
  each(module, [&](const std::string& path, Parameter& p, bool) {
    paths += (paths.empty() ? "" : ", ") + path;
    if (!matches(pattern, path)) return;
    p.frozen = on;
    any = true;
  });
  require<ValueError>(any, who, ": no parameter matches \"", pattern, "\"; there are ", paths.empty() ? "none" : paths);
}

// One name: "*" is any number of characters.
bool matches_name(std::string_view pattern, std::string_view name) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return matches_name(pattern.substr(1), name) || (!name.empty() && matches_name(pattern, name.substr(1)));
  return !name.empty() && pattern[0] == name[0] && matches_name(pattern.substr(1), name.substr(1));
}

std::pair<std::string_view, std::string_view> split(std::string_view path) {
  const std::size_t slash = std::min(path.find('/'), path.size());
  return {path.substr(0, slash), path.substr(std::min(slash + 1, path.size()))};
}

}  // namespace

void each_parameter(ModuleRef module, const ParameterVisitor& visit) {
  each(module, [&](const std::string& path, Parameter& p, bool) { visit(path, p); });
}

Parameters learnt_parameters(ModuleRef module) {
  Parameters learnt;
  each(module, [&](const std::string& path, Parameter& p, bool is_learnt) {
    if (!is_learnt) return;
    learnt.paths.push_back(path);
    learnt.all.push_back(&p);
  });
  return learnt;
}

void freeze(ModuleRef module, std::string_view pattern) { set_frozen("freeze", module, pattern, true); }
void unfreeze(ModuleRef module, std::string_view pattern) { set_frozen("unfreeze", module, pattern, false); }

bool matches(std::string_view pattern, std::string_view path) {
  if (pattern.empty()) return path.empty();
  const auto [first, others] = split(pattern);
  if (first == "**") return matches(others, path) || (!path.empty() && matches(pattern, split(path).second));
  if (path.empty()) return false;
  const auto [name, inside] = split(path);
  return matches_name(first, name) && matches(others, inside);
}

void check_fields(ModuleRef module) {
  struct Check final : Fields {
    void name(const std::string& path) override {
      require<ValueError>(paths.insert(path).second, "fields: two have the path \"", path,
                          "\"; it takes one name for each");
    }
    std::set<std::string> paths;
  } check;
  module.fields(check);
}

}  // namespace xgrad::inline XGRAD_PRECISION
