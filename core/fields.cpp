#include <xgrad/core/fields.hpp>

#include <algorithm>
#include <set>
#include <utility>

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
  const auto find = [this](const void* one) -> const void*& {
    const std::size_t last = met_.size() - 1;
    std::size_t k = reinterpret_cast<std::uintptr_t>(one) * std::uint64_t{0x9e3779b97f4a7c15} >> 32 &
                    last;  // 2^64 / the golden ratio
    while (met_[k] != nullptr && met_[k] != one) k = (k + 1) & last;
    return met_[k];
  };
  if (2 * (met_count_ + 1) > met_.size()) {  // it stays at most half full
    const std::vector<const void*> before =
        std::exchange(met_, std::vector<const void*>(std::max<std::size_t>(64, 2 * met_.size())));
    for (const void* one : before)
      if (one != nullptr) find(one) = one;
  }
  const void*& place = find(met);
  if (place == met) return false;
  place = met;
  ++met_count_;
  return true;
}

namespace {

struct PathWalk final : Fields {
  explicit PathWalk(const std::function<void(const std::string&, Parameter&, bool)>& see) : see_(see) {}
  void parameter(const std::string& path, Parameter& p, bool is_learnt) override { see_(path, p, is_learnt); }
  const std::function<void(const std::string&, Parameter&, bool)>& see_;
};

void each(ModuleRef module, const std::function<void(const std::string&, Parameter&, bool)>& see) {
  PathWalk walk(see);
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

// Whether a list of things is what a pattern says, in which a star stands for any number of them. The last star is
// given one thing more whenever what follows does not fit: earlier ones need not be tried again.
template <class List, class IsStar, class Fits>
bool matches_list(const List& pattern, const List& list, IsStar is_star, Fits fits) {
  std::size_t p = 0, k = 0, star = pattern.size(), given = 0;
  while (k < list.size()) {
    if (p < pattern.size() && is_star(pattern[p])) {
      star = p++;
      given = k;
    } else if (p < pattern.size() && fits(pattern[p], list[k])) {
      ++p, ++k;
    } else if (star < pattern.size()) {
      p = star + 1;
      k = ++given;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_star(pattern[p])) ++p;
  return p == pattern.size();
}

std::vector<std::string_view> names_in(std::string_view path) {
  std::vector<std::string_view> names;
  for (std::size_t begin = 0; begin <= path.size() && !path.empty();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    names.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

}  // namespace

void each_parameter(ModuleRef module, const ParameterVisitor& visit) {
  each(module, [&](const std::string& path, Parameter& p, bool) { visit(path, p); });
}

Parameters learnt_parameters(ModuleRef module) {
  struct Learnt final : Fields {
    Learnt() { goes_in_again = true; }
    void parameter(const std::string& path, Parameter& p, bool is_learnt) override {
      if (!is_learnt) return;
      all.paths.push_back(path);
      all.all.push_back(&p);
    }
    void again(Parameter& p, bool is_learnt) override {
      const auto place = is_learnt ? all.all.end() : std::find(all.all.begin(), all.all.end(), &p);
      if (place == all.all.end()) return;
      all.paths.erase(all.paths.begin() + (place - all.all.begin()));
      all.all.erase(place);
    }
    Parameters all;
  } learnt;
  module.fields(learnt);
  return learnt.all;
}

void freeze(ModuleRef module, std::string_view pattern) { set_frozen("freeze", module, pattern, true); }
void unfreeze(ModuleRef module, std::string_view pattern) { set_frozen("unfreeze", module, pattern, false); }

bool matches(std::string_view pattern, std::string_view path) {
  const auto fits = [](std::string_view one, std::string_view name) {
    return matches_list(
        one, name, [](char c) { return c == '*'; }, std::equal_to<char>());
  };
  return matches_list(
      names_in(pattern), names_in(path), [](std::string_view one) { return one == "**"; }, fits);
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
