#pragma once

#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Model;

/// Functions for fit() to call as it goes, epochs and batches counted from 0; those that are not given are not missed:
///   LambdaCallback{.on_epoch_end = [](Model& model, std::size_t epoch, Logs& logs) { ... }}
struct LambdaCallback {
  using OfTraining = std::function<void(Model& model)>;
  using OfPart = std::function<void(Model& model, std::size_t number)>;

  OfTraining on_train_begin{}, on_train_end{};
  OfPart on_epoch_begin{};
  std::function<void(Model& model, std::size_t epoch, Logs& logs)> on_epoch_end{};  ///< may add to the logs
  OfPart on_train_batch_begin{};
  std::function<void(Model& model, std::size_t batch, const Logs& logs)>
      on_train_batch_end{};  ///< sees the epoch's numbers until here
};

/// What fit() takes for a callback: a LambdaCallback, or an object of any class that has some of its functions under
/// the same names and with the same arguments, such as EarlyStopping or one of the user's own. In them it may look at
/// the model, evaluate it, change its learning rate, restore a state or put another model in its place, and end the
/// training by model.stop_training = true; after freezing layers it compiles the model anew. A variable is not copied,
/// unless it is const, so that its state can be looked at afterwards: EarlyStopping stopping{.patience = 3}; fit(x, y,
/// {.callbacks = {stopping}}).
class Callback : public LambdaCallback {
 public:
  Callback(LambdaCallback functions) : LambdaCallback(std::move(functions)) {}

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
    if (!on_train_begin && !on_train_end && !on_epoch_begin && !on_epoch_end && !on_train_batch_begin &&
        !on_train_batch_end)
      throw ValueError("callback: it has none of the functions on_epoch_end(model, epoch, logs), ... that fit calls");
  }
};

}  // namespace xgrad::inline XGRAD_PRECISION
