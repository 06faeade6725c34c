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

/// A pointer to an option of a module, of one of the types that a walk knows. Other integers are shown as std::int64_t,
/// floats as double.
using Option = std::variant<bool*, std::int64_t*, std::size_t*, double*, std::string*, std::optional<double>*, Shape*,
                            std::vector<std::int64_t>*, std::vector<std::size_t>*, std::vector<double>*,
                            std::vector<std::string>*>;

class Fields;

/// A type that shows its parameters, options and inner modules by void fields(Fields& f).
template <class M>
concept Module = requires(M& module, Fields& f) {
  module.fields(f);
};

/// One walk over the fields of a module and of all modules in it, in their order. A derived class says what is done
/// with each. A parameter that is met a second time is passed over. So is a module in a std::shared_ptr.
class Fields {
 public:
  /// What the walk is for: looking at the fields, writing them to a file, or reading a file into them.
  enum Purpose { looking, writing, reading };

  /// A walk for the given purpose.
  explicit Fields(Purpose purpose = looking) : purpose_(purpose) {}
  virtual ~Fields();
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;

  /// Shows a field to the walk: a Parameter, a Tensor, a module, a std::shared_ptr to a module, a std::vector or
  /// std::array of parameters or modules, or an option. An option that a file does not have keeps its value. Throws
  /// ValueError for a name that is empty or has a "/", for a null pointer, for a list of more than 100,000 entries, and
  /// for a number in a file that the field's type does not hold.
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

  /// Shows an option that says which other fields there are, such as a size. A file that has the options beside it, but
  /// not this one, is refused.
  template <class T>
  Fields& needed(std::string_view name, T& option) {
    needed_ = true;
    (*this)(name, option);
    needed_ = false;
    return *this;
  }

  /// Shows a field under a path instead of a name, such as "dense/kernel".
  template <class T>
  Fields& at(std::string_view path, T& field) {
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return (*this)(path, field);
    const std::size_t outer = enter(path.substr(0, slash), false);
    at(path.substr(slash + 1), field);
    path_.resize(outer);
    return *this;
  }

  /// What the walk is for.
  Purpose purpose() const { return purpose_; }
  const std::string& path() const { return path_; }  ///< the path of the field that is being walked

  /// Tells the walk the kind of the module that it is in. `output` is the shape of the module's output for one sample,
  /// or null if that is not known.
  void describe(std::string_view kind, const Shape* output) { module(path_, kind, output); }

  /// Whether the walk is inside of a layer that is not trainable, whose parameters are shown as not learnt. A layer
  /// sets it before its fields, and sets it back after them.
  bool frozen = false;

  /// Whether what is written has to be made from the file alone later. A function of the user's own is then refused.
  bool is_portable = false;

 protected:
  virtual void parameter(const std::string& /*path*/, Parameter&, bool /*is_learnt*/) {}
  virtual void tensor(const std::string& /*path*/, Tensor&) {}
  virtual void option(const std::string& /*path*/, const Option&, bool /*is_needed*/) {}
  virtual void module(const std::string& /*path*/, std::string_view /*kind*/, const Shape* /*output*/) {}

  /// How many entries a list may have.
  virtual std::size_t most_entries() const { return 100'000; }

  /// Called with the path of every field before it is walked, also of a parameter that is passed over.
  virtual void name(const std::string& /*path*/) {}

  /// Called instead of parameter() for a parameter that is met again.
  virtual void again(Parameter&, bool /*is_learnt*/) {}

  /// Whether the walk goes into a module in a std::shared_ptr again where it meets it again.
  bool goes_in_again = false;

 private:
  std::size_t enter(std::string_view name, bool is_field = true);
  bool first_time(const void* met);
  void meet(Parameter& p) {
    const bool is_learnt = !frozen && p.is_learnt();
    if (first_time(&p))
      parameter(path_, p, is_learnt);
    else
      again(p, is_learnt);
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
  std::vector<const void*> met_;  // a hash table, with null where it is free
  std::size_t met_count_ = 0;
  std::map<std::string, std::shared_ptr<void>> shared_;
  std::map<const void*, std::string> shared_paths_;
};

template <class M>
void Fields::other(std::shared_ptr<M>& shared) {
  std::string same_as;  // the path where a shared module was met first
  if (const auto met = shared_paths_.find(shared.get()); purpose_ != reading && met != shared_paths_.end())
    same_as = met->second;
  needed("same_as", same_as);
  if (same_as.empty()) {
    if (purpose_ == reading) shared = std::make_shared<M>();
    require<ValueError>(shared != nullptr, "fields: ", path_, " is a null pointer; it takes a module");
    shared_[path_] = shared;
    shared_paths_[shared.get()] = path_;
    walk(*shared);
  } else if (purpose_ == reading) {
    require<ValueError>(shared_.contains(same_as), path_, ": there is no \"", same_as, "\" before it");
    shared = std::static_pointer_cast<M>(shared_[same_as]);
  } else if (goes_in_again && !path_.starts_with(same_as + "/")) {  // into itself it would go for ever
    walk(*shared);
  }
}

template <class T>
requires(Module<T> || std::same_as<T, Parameter>) void Fields::other(std::vector<T>& list) {
  std::size_t size = list.size();
  needed("size", size);
  require<ValueError>(size <= most_entries(), path_, ": the list has ", size, " entries; it takes at most ",
                      most_entries());
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

/// A reference to a module of any type: the argument of functions that walk over modules. It must not outlive the
/// module.
class ModuleRef {
 public:
  /// Of a module, which outlives it.
  template <Module M>
  requires(!std::same_as<M, ModuleRef>) ModuleRef(M& module)
      : module_(&module), size_(sizeof(M)), fields_([](void* m, Fields& f) { static_cast<M*>(m)->fields(f); }) {}
  void fields(Fields& f) const { fields_(module_, f); }

  /// Whether an object lies in the module's own bytes, and not in memory that the module points to.
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

/// Parameters with their paths, in the order of a module's fields: what an optimizer moves.
struct Parameters {
  std::vector<std::string> paths;  ///< paths[k] is that of all[k], such as "dense/kernel"
  std::vector<Parameter*> all;

  operator std::span<Parameter* const>() const { return all; }
  operator const std::vector<Parameter*>&() const { return all; }
  auto begin() const { return all.begin(); }
  auto end() const { return all.end(); }
  /// How many parameters.
  std::size_t size() const { return all.size(); }
  Parameter* operator[](std::size_t k) const { return all[k]; }
};

/// A function that each_parameter() calls with every parameter and its path.
using ParameterVisitor = std::function<void(const std::string& path, Parameter& p)>;

/// Visits every parameter of a module with its path, in the order of the fields. A parameter that is shared is visited
/// once, by its first path.
void each_parameter(ModuleRef module, const ParameterVisitor& visit);

/// The parameters of a module that are learnt, with their paths. Left out are frozen ones, statistics such as a moving
/// mean, and all in a layer that is not trainable: as in Keras, also those of a shared layer that is outside of it,
/// too. The pointers are good until the module is moved or changed.
Parameters learnt_parameters(ModuleRef module);

/// Excludes the parameters of a module whose path matches the pattern from learning: freeze(model, "encoder/**"). See
/// matches(). Throws ValueError, which lists the paths that there are, if none matches.
void freeze(ModuleRef module, std::string_view pattern = "**");

/// Lets parameters that freeze() excluded be learnt again: those of a module whose path matches the pattern. Throws
/// ValueError, which lists the paths that there are, if none matches.
void unfreeze(ModuleRef module, std::string_view pattern = "**");

/// Whether a path matches a pattern, in which "*" stands for any part of a name, also an empty one, and "**" for any
/// number of names, also none: "**/bias" matches "bias" and "encoder/dense/bias".
bool matches(std::string_view pattern, std::string_view path);

/// Throws ValueError if two fields of a module have one path, or if the name of a field is empty or has a "/".
void check_fields(ModuleRef module);

}  // namespace xgrad::inline XGRAD_PRECISION
