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

/// The form of a name in which names are compared: in lower case, and without underscores. "MeanSquaredError" and
/// "mean_squared_error" both become "meansquarederror".
std::string spelling(std::string_view name);

/// The value that a table of pairs (name, value) has for a name in any spelling. Throws ValueError, which begins with
/// `what` and lists the table's names, if there is none.
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
  /// Marks the constructor of an object whose options are still to be read from a file.
  enum Unread { unread };

  Named() = default;

  /// Holds an object under its type's name, after its check(). Throws what that throws.
  template <class T>
  requires(!std::same_as<T, Named>) explicit Named(T object);

  /// Holds an object whose options are still to be read. They are checked then, not now.
  template <class T>
  Named(Unread, T object);

  /// Holds an object under another name than its type's, after its check(). Throws what that throws.
  template <class T>
  Named(std::string_view name, T object) : Named(std::move(object)) {
    name_ = name;
  }

  Named(const Named& other);
  Named(Named&&) noexcept;
  Named& operator=(const Named& other);  ///< in place, without new memory, if both hold an object of one type
  Named& operator=(Named&&) noexcept;
  ~Named();

  explicit operator bool() const { return object_ != nullptr; }  ///< whether it holds an object
  const std::string& name() const { return name_; }              ///< "" for a function of one's own

  /// The address of the object, whose type the caller knows. Throws ValueError, which begins with `what`, if there is
  /// none, as after a move.
  void* get(const char* what) const {
    if (address_ == nullptr) [[unlikely]]
      refuse(what);
    return address_;
  }

  /// The object that it holds if that is a T, else null.
  template <class T>
  T* as() const {
    return object_ && object_->type() == typeid(T) ? static_cast<T*>(address_) : nullptr;
  }

  /// Whether both hold objects of one type.
  bool is_like(const Named& other) const {
    return object_ && other.object_ && object_->type() == other.object_->type();
  }

  /// Shows the object's options to a walk. One that reads them from a file has them checked: throws what check()
  /// throws.
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

/// Shows the name and the options of a wrapper, such as a Loss, that has a Named for a member and can be made from a
/// name. When a file is read, its name says which object is made, and the options are that object's. Throws ValueError,
/// which begins with `what`, for a function of the user's own where f.is_portable is set.
template <class Wrapper, std::derived_from<Named> N>
void named_fields(const char* what, Wrapper& self, N Wrapper::*member, Fields& f) {
  std::string name = (self.*member).name();
  require<ValueError>(!f.is_portable || !name.empty(), what,
                      ": a function of one's own has no name by which to save it");
  f.needed("name", name);
  if (f.purpose() == Fields::reading && name != (self.*member).name()) self = Wrapper(std::string_view(name));
  (self.*member).options(f);
}

/// A Named whose object can be called as a function of this signature, such as Var(Var).
template <class Signature>
class Callable;

/// A Named whose object can be called as R(A...): an activation, an initializer, a loss.
template <class R, class... A>
class Callable<R(A...)> : public Named {
 public:
  Callable() = default;

  /// Holds a function object under its type's name, after its check(). Throws what that throws.
  template <class F>
  requires(!std::derived_from<F, Named> && std::is_invocable_r_v<R, F&, A...>) explicit Callable(F f)
      : Named(std::move(f)), call_(call<F>) {}

  /// Holds a function object under another name than its type's, after its check(). Throws what that throws.
  template <class F>
  requires std::is_invocable_r_v<R, F&, A...> Callable(std::string_view name, F f)
      : Named(name, std::move(f)), call_(call<F>) {}

  /// Holds a function object whose options are still to be read. They are checked then, not now.
  template <class F>
  Callable(Unread, F f) : Named(unread, std::move(f)), call_(call<F>) {}

  /// Calls the function object. Throws ValueError if there is none.
  R operator()(A... a) const { return call_(get("call"), std::forward<A>(a)...); }

 private:
  template <class F>
  static R call(void* f, A... a) {
    return (*static_cast<F*>(f))(std::forward<A>(a)...);
  }
  R (*call_)(void*, A...) = nullptr;
};

}  // namespace xgrad::inline XGRAD_PRECISION
