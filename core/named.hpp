#pragma once

// A thing with a name and options, of which a model is full: layers, losses, metrics, optimizers' rules, schedules,
// activations, initializers and regularizers are given by name, as an object with options, or as a function of one's
// own.

#include <concepts>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include <xgrad/core/fields.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A name in the one spelling in which names are compared: "Adam" is "adam", "MeanSquaredError" is
/// "mean_squared_error".
std::string spelling(std::string_view name);

/// The value of a name in a table of pairs (name, value), in any spelling of it. Throws ValueError, with the names that
/// there are, for another.
template <class Table>
const auto& find_named(const char* what, const Table& table, std::string_view name) {
  std::string names;
  for (const auto& [known, value] : table) {
    if (spelling(known) == spelling(name)) return value;
    names += (names.empty() ? "" : ", ") + std::string(known);
  }
  throw ValueError(text(what, ": there is no \"", name, "\"; the names are ", names));
}

/// Any copyable object, held by value: a copy is deep. Its type may have
///   static constexpr const char* name     by which a file can name it
///   void fields(Fields& f)                shows its options
///   void check() const                    throws ValueError for options out of range
class Named {
 public:
  enum Unread { unread };  ///< says that options are still to be read, and checked then

  Named() = default;

  /// Throws what check() throws.
  template <class T>
  requires(!std::same_as<T, Named>) explicit Named(T object);

  template <class T>
  Named(Unread, T object);

  /// Under a name of its own.
  template <class T>
  Named(std::string_view name, T object) : Named(std::move(object)) {
    name_ = name;
  }

  Named(const Named& other);
  Named(Named&&) noexcept;
  Named& operator=(const Named& other);  ///< in place, without new memory, if both hold an object of one type
  Named& operator=(Named&&) noexcept;
  ~Named();

  explicit operator bool() const { return object_ != nullptr; }
  const std::string& name() const { return name_; }  ///< "" for a function of one's own

  /// The object, of the type that the caller knows it to be of. Throws ValueError, which begins with `what`, if there
  /// is none: it was moved from.
  void* get(const char* what) const {
    if (address_ == nullptr) [[unlikely]]
      refuse(what);
    return address_;
  }

  /// The object if it is a T, else null.
  template <class T>
  T* as() const {
    return object_ && object_->type() == typeid(T) ? static_cast<T*>(address_) : nullptr;
  }
  bool is_like(const Named& other) const {
    return object_ && other.object_ && object_->type() == other.object_->type();
  }

  /// Shows the options. When they are read, they are checked.
  void options(Fields& f);

 private:
  struct Object {
    virtual ~Object() = default;
    virtual std::unique_ptr<Object> copy() const = 0;
    virtual bool assign(Object& other) = 0;  // false if that is not possible
    virtual void* address() = 0;
    virtual const std::type_info& type() const = 0;
    virtual void options(Fields& f) = 0;
  };
  template <class T>
  struct Of final : Object {
    explicit Of(T o) : object(std::move(o)) {}
    std::unique_ptr<Object> copy() const override { return std::make_unique<Of>(object); }
    bool assign(Object& other) override {
      if constexpr (std::is_copy_assignable_v<T>) {
        if (other.type() != typeid(T)) return false;
        object = *static_cast<T*>(other.address());
        return true;
      } else {
        return false;
      }
    }
    void* address() override { return &object; }
    const std::type_info& type() const override { return typeid(T); }
    void options([[maybe_unused]] Fields& f) override {
      if constexpr (Module<T>) object.fields(f);
      if constexpr (requires { object.check(); })
        if (f.purpose() == Fields::reading) object.check();
    }
    T object;
  };
  [[noreturn]] static void refuse(const char* what);

  std::string name_;
  std::unique_ptr<Object> object_;
  void* address_ = nullptr;  // of what is in it
};

template <class T>
requires(!std::same_as<T, Named>) Named::Named(T object) : Named(unread, std::move(object)) {
  if constexpr (requires(const T& made) { made.check(); }) std::as_const(*as<T>()).check();
}

template <class T>
Named::Named(Unread, T object) {
  if constexpr (requires { std::string_view(T::name); }) name_ = T::name;
  object_ = std::make_unique<Of<T>>(std::move(object));
  address_ = object_->address();
}

/// Shows the name and the options of `self`, a wrapper that holds a Named and can be made from a name. When they are
/// read, the name says which object the options are of. Throws ValueError, in the name of `what`, where a function of
/// one's own would have to be made from a file.
template <class Wrapper, std::derived_from<Named> N>
void named_fields(const char* what, Wrapper& self, N Wrapper::*member, Fields& f) {
  std::string name = (self.*member).name();
  require<ValueError>(!f.is_portable || !name.empty(), what,
                      ": a function of one's own has no name by which to save it");
  f.needed("name", name);
  if (f.purpose() == Fields::reading && name != (self.*member).name()) self = Wrapper(std::string_view(name));
  (self.*member).options(f);
}

/// A Named that can be called.
template <class Signature>
class Callable;

template <class R, class... A>
class Callable<R(A...)> : public Named {
 public:
  Callable() = default;

  template <class F>
  requires(!std::derived_from<F, Named> && std::is_invocable_r_v<R, F&, A...>) explicit Callable(F f)
      : Named(std::move(f)), call_(call<F>) {}
  template <class F>
  requires std::is_invocable_r_v<R, F&, A...> Callable(std::string_view name, F f)
      : Named(name, std::move(f)), call_(call<F>) {}
  template <class F>
  Callable(Unread, F f) : Named(unread, std::move(f)), call_(call<F>) {}

  /// Throws ValueError if there is nothing to call.
  R operator()(A... a) const { return call_(get("call"), std::forward<A>(a)...); }

 private:
  template <class F>
  static R call(void* f, A... a) {
    return (*static_cast<F*>(f))(std::forward<A>(a)...);
  }
  R (*call_)(void*, A...) = nullptr;
};

}  // namespace xgrad::inline XGRAD_PRECISION
