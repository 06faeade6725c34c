#pragma once

// A module is any struct that names its fields once:
//   void fields(Fields& f) { f("units", units)("kernel", kernel)("body", body); }
// Options, parameters and inner modules are found by that one function. Names, files, freezing, groups and counts are
// walks over it, and the paths of fields, "body/0/kernel", are made here and nowhere else.

#include <array>
#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <xgrad/core/error.hpp>
#include <xgrad/core/parameter.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Where an option is, as a walk meets it. Other integers and floats are met as the widest of their kind.
using Option = std::variant<bool*, std::int64_t*, std::size_t*, double*, std::string*, std::optional<double>*, Shape*,
                            std::vector<std::int64_t>*, std::vector<std::size_t>*, std::vector<double>*,
                            std::vector<std::string>*>;

class Fields;

template <class M>
concept Module = requires(M& module, Fields& f) {
  module.fields(f);
};

/// One walk over the fields of a module and of all that is in it, in their order. What is done with them the derived
/// class says. A parameter or a shared module (std::shared_ptr) that is met again is passed over.
class Fields {
 public:
  enum Purpose { looking, writing, reading };  ///< writing: to a file; reading: from one, into the fields

  explicit Fields(Purpose purpose = looking) : purpose_(purpose) {}
  virtual ~Fields();
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  /// A field: a Parameter, a Tensor, a module, a std::shared_ptr to one, a std::vector or std::array of these, or an
  /// option. An option that a file does not have keeps its value.
  template <class T>
  Fields& operator()(std::string_view name, T& field) {
    const std::size_t outer = enter(name);
    if constexpr (std::same_as<T, Parameter>)
      meet(field);
    else if constexpr (std::same_as<T, Tensor>)
      tensor(path_, field);
    else if constexpr (Module<T>)
      walk(field);
    else
      other(field);
    path_.resize(outer);
    return *this;
  }

  /// An option that says which fields there are: a file has it, or it is refused.
  template <class T>
  Fields& needed(std::string_view name, T& option) {
    needed_ = true;
    (*this)(name, option);
    needed_ = false;
    return *this;
  }

  /// A field whose name is a path of its own, "dense/kernel".
  template <class T>
  Fields& at(std::string_view path, T& field) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return (*this)(path, field);
    const std::size_t outer = enter(path.substr(0, slash), false);
    at(path.substr(slash + 1), field);
    path_.resize(outer);
    return *this;
  }

  Purpose purpose() const { return purpose_; }
  const std::string& path() const { return path_; }  ///< of the field that is being walked

  /// Tells the walk what kind of module it is in, and, if that is known, the shape of its output for one sample.
  void describe(std::string_view kind, const Shape* output) { module(path_, kind, output); }

  /// Whether parameters that are met now are in a layer that is not trainable. Set by it, and set back.
  bool frozen = false;

  /// Whether what is written has to be made from the file alone, so that functions of one's own are refused.
  bool is_portable = false;

 protected:
  virtual void parameter(const std::string& /*path*/, Parameter&, bool /*is_learnt*/) {}
  virtual void tensor(const std::string& /*path*/, Tensor&) {}
  virtual void option(const std::string& /*path*/, const Option&, bool /*is_needed*/) {}
  virtual void module(const std::string& /*path*/, std::string_view /*kind*/, const Shape* /*output*/) {}
  virtual void name(const std::string& /*path*/) {}  ///< of every field before it is walked, also of what was met

 private:
  std::size_t enter(std::string_view name, bool is_field = true);
  bool first_time(const void* met);
  void meet(Parameter& p) {
    if (first_time(&p)) parameter(path_, p, !frozen && p.is_learnt());
  }
  template <class M>
  void walk(M& module) {
    if constexpr (requires { std::string_view(M::kind); }) describe(M::kind, nullptr);
    module.fields(*this);
    if constexpr (requires { module.check(); })
      if (purpose_ == reading) module.check();
  }
  template <class M>
  void other(std::shared_ptr<M>& shared);
  template <class T>
  requires(Module<T> || std::same_as<T, Parameter>) void other(std::vector<T>& list);
  template <class T, std::size_t n>
  requires(Module<T> || std::same_as<T, Parameter>) void other(std::array<T, n>& list) {
    for (std::size_t k = 0; k < n; ++k) (*this)(std::to_string(k), list[k]);
  }
  template <class T>
  void other(T& field);

  const Purpose purpose_;
  bool needed_ = false;
  std::string path_;
  std::vector<const void*> met_;  // sorted
  std::map<std::string, std::shared_ptr<void>> shared_;
};

template <class M>
void Fields::other(std::shared_ptr<M>& shared) {
  std::string same_as;  // the path where a shared module was met first
  for (const auto& [path, module] : shared_)
    if (purpose_ != reading && module == shared) same_as = path;
  needed("same_as", same_as);
  if (same_as.empty()) {
    if (purpose_ == reading) shared = std::make_shared<M>();
    require<ValueError>(shared != nullptr, "fields: ", path_, " is a null pointer; it takes a module");
    shared_[path_] = shared;
    walk(*shared);
  } else if (purpose_ == reading) {
    require<ValueError>(shared_.contains(same_as), path_, ": there is no \"", same_as, "\" before it");
    shared = std::static_pointer_cast<M>(shared_[same_as]);
  }
}

template <class T>
requires(Module<T> || std::same_as<T, Parameter>) void Fields::other(std::vector<T>& list) {
  std::size_t size = list.size();
  needed("size", size);
  require<ValueError>(size <= 100'000, path_, ": the list has ", size, " entries; it takes at most 100,000");
  if constexpr (std::default_initializable<T>) {
    if (purpose_ == reading) list.resize(size);
  } else {
    require<ValueError>(size == list.size(), path_, ": the list has ", list.size(), " entries, not the ", size,
                        " of the file, and its type cannot be made without arguments; use a std::vector<Layer>");
  }
  for (std::size_t k = 0; k < size; ++k) (*this)(std::to_string(k), list[k]);
}

template <class T>
void Fields::other(T& field) {
  if constexpr (std::is_constructible_v<Option, T*>) {
    option(path_, Option(&field), needed_);
  } else if constexpr (std::is_enum_v<T>) {
    auto number = static_cast<std::underlying_type_t<T>>(field);
    other(number);
    field = static_cast<T>(number);
  } else {
    static_assert(std::is_arithmetic_v<T>,
                  "a field is a Parameter, a struct with void fields(Fields& f), or an option: a bool, a number, a "
                  "std::string, a Shape, a std::optional<double> or a std::vector of numbers or strings");
    using Wide = std::conditional_t<std::is_floating_point_v<T>, double, std::int64_t>;
    Wide wide = static_cast<Wide>(field);
    option(path_, Option(&wide), needed_);
    if (purpose_ != reading) return;
    require<ValueError>(std::is_floating_point_v<T> || static_cast<Wide>(static_cast<T>(wide)) == wide, path_, " is ",
                        wide, ", which its type does not hold");
    field = static_cast<T>(wide);
  }
}

/// Any module, not copied: what a function takes that walks over it.
class ModuleRef {
 public:
  template <Module M>
  requires(!std::same_as<M, ModuleRef>) ModuleRef(M& module)
      : module_(&module), size_(sizeof(M)), fields_([](void* m, Fields& f) { static_cast<M*>(m)->fields(f); }) {}
  void fields(Fields& f) const { fields_(module_, f); }

  /// Whether something is a part of the module itself, and not of what it points to.
  bool has(const void* part) const {
    const std::less<const char*> before;
    const auto* const begin = static_cast<const char*>(module_);
    const auto* const at = static_cast<const char*>(part);
    return !before(at, begin) && before(at, begin + size_);
  }

 private:
  void* module_;
  std::size_t size_;
  void (*fields_)(void*, Fields&);
};

/// Parameters with their paths, for an optimizer.
struct Parameters {
  std::vector<std::string> paths;
  std::vector<Parameter*> all;

  operator std::span<Parameter* const>() const { return all; }
  operator const std::vector<Parameter*>&() const { return all; }
  auto begin() const { return all.begin(); }
  auto end() const { return all.end(); }
  std::size_t size() const { return all.size(); }
  Parameter* operator[](std::size_t k) const { return all[k]; }
};

using ParameterVisitor = std::function<void(const std::string& path, Parameter& p)>;

/// Visits every parameter of a module with its path, in the order of its fields; a shared one once, by its first path.
void each_parameter(ModuleRef module, const ParameterVisitor& visit);

/// The parameters that are learnt: neither frozen nor counted, as a moving mean is, nor in a layer that is not
/// trainable. The pointers are good until the module is moved or changed.
Parameters learnt_parameters(ModuleRef module);

/// Excludes the parameters whose path matches the pattern from learning: freeze(model, "encoder/**"). Throws
/// ValueError, with the paths that there are, if none does.
void freeze(ModuleRef module, std::string_view pattern = "**");

/// Takes freeze() back. Throws as it does.
void unfreeze(ModuleRef module, std::string_view pattern = "**");

/// Whether a path matches: "*" stands for any part of a name, "**" for any number of names, also none.
bool matches(std::string_view pattern, std::string_view path);

/// Throws ValueError if two fields have one path, or if the name of a field is empty or has a "/".
void check_fields(ModuleRef module);

}  // namespace xgrad::inline XGRAD_PRECISION
