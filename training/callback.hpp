#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Fields;
class Model;

/// Functions that fit() calls as it goes, any of them. Epochs and batches count from 0:
///   LambdaCallback{.on_epoch_end = [](Model& model, std::size_t epoch, Logs& logs) { ... }}
struct LambdaCallback {
  /// What is called at the begin or the end of a training.
  using OfTraining = std::function<void(Model& model)>;
  /// What is called with the number of an epoch or a batch, counted from 0.
  using OfPart = std::function<void(Model& model, std::size_t number)>;

  OfTraining on_train_begin{}, on_train_end{};
  OfPart on_epoch_begin{};
  std::function<void(Model& model, std::size_t epoch, Logs& logs)> on_epoch_end{};  ///< may change and add to the logs
  OfPart on_train_batch_begin{};
  std::function<void(Model& model, std::size_t batch, const Logs& logs)>
      on_train_batch_end{};  ///< the logs are the epoch's numbers so far
};

/// What fit() takes for a callback: a LambdaCallback, or an object of any class with some of the functions of
/// LambdaCallback, of the same names and arguments, such as EarlyStopping or a class of the user's own. In them a
/// callback may look at the model, evaluate it, change its learning rate, restore a state, put another model in its
/// place, or end the training by model.stop_training = true. After it has frozen layers it compiles the model anew, for
/// an optimizer takes the same parameters at every step. A variable is not copied, unless it is const, so that its
/// state can be looked at afterwards: EarlyStopping stopping{.patience = 3}; fit(x, y, {.callbacks = {stopping}}).
/// An object with bool watches_batches() that is false is not called for batches, whose logs cost time.
///
/// A file that the model is saved to while it is trained, or after that, also holds what the callbacks remember: the
/// fields of every object with void fields(Fields& f), under its class's static `kind`. When the model is loaded and
/// fit() goes on, with initial_epoch = epochs_done(), they take it up after on_train_begin, so that they stop and
/// reduce where an unbroken run would have. ModelCheckpoint is called after all others, so that it saves what they did.
class Callback : public LambdaCallback {
 public:
  /// Functions, which are copied.
  Callback(LambdaCallback functions) : LambdaCallback(std::move(functions)) {}

  /// An object with some of the functions. Throws ValueError for one that has none of them. One with a function of
  /// another signature does not compile.
  template <class C>
  requires(!std::derived_from<std::remove_cvref_t<C>, LambdaCallback>) Callback(C&& object) {
    using Object = std::remove_cvref_t<C>;
    std::shared_ptr<Object> self;
    if constexpr (std::is_lvalue_reference_v<C> && !std::is_const_v<std::remove_reference_t<C>>)
      self = std::shared_ptr<Object>(std::shared_ptr<void>{}, &object);
    else
      self = std::make_shared<Object>(std::forward<C>(object));

    // A function that has the name but takes other arguments does not compile, rather than never being called.
    if constexpr (
        requires { &Object::on_train_begin; } || requires(Model & m) { self->on_train_begin(m); })
      on_train_begin = [self](Model& m) { self->on_train_begin(m); };
    if constexpr (
        requires { &Object::on_train_end; } || requires(Model & m) { self->on_train_end(m); })
      on_train_end = [self](Model& m) { self->on_train_end(m); };
    if constexpr (
        requires { &Object::on_epoch_begin; } || requires(Model & m, std::size_t n) { self->on_epoch_begin(m, n); })
      on_epoch_begin = [self](Model& m, std::size_t n) { self->on_epoch_begin(m, n); };
    if constexpr (
        requires { &Object::on_epoch_end; } ||
        requires(Model & m, std::size_t n, Logs & l) { self->on_epoch_end(m, n, l); })
      on_epoch_end = [self](Model& m, std::size_t n, Logs& l) { self->on_epoch_end(m, n, l); };
    if constexpr (
        requires { &Object::on_train_batch_begin; } ||
        requires(Model & m, std::size_t n) { self->on_train_batch_begin(m, n); })
      on_train_batch_begin = [self](Model& m, std::size_t n) { self->on_train_batch_begin(m, n); };
    if constexpr (
        requires { &Object::on_train_batch_end; } ||
        requires(Model & m, std::size_t n, const Logs& l) { self->on_train_batch_end(m, n, l); })
      on_train_batch_end = [self](Model& m, std::size_t n, const Logs& l) { self->on_train_batch_end(m, n, l); };
    if constexpr (requires(Fields & f) { self->fields(f); }) fields = [self](Fields& f) { self->fields(f); };
    if constexpr (requires { std::string(Object::kind); }) state_name = Object::kind;
    if constexpr (requires { bool{Object::comes_last}; }) comes_last = Object::comes_last;
    if constexpr (requires { self->watches_batches(); })
      if (!self->watches_batches()) on_train_batch_begin = nullptr, on_train_batch_end = nullptr;
    if (!on_train_begin && !on_train_end && !on_epoch_begin && !on_epoch_end && !on_train_batch_begin &&
        !on_train_batch_end)
      throw ValueError("callback: it has none of the functions on_epoch_end(model, epoch, logs), ... that fit calls");
  }

  std::function<void(Fields& f)> fields{};  ///< shows what the object remembers, if it does
  std::string state_name = "callback";      ///< under which a file has it
  bool comes_last = false;                  ///< whether it is called after the others
};

}  // namespace xgrad::inline XGRAD_PRECISION
