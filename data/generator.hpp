#pragma once

// Batches that are made as they are asked for, and what fit() and evaluate() take: these or samples.

#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <xgrad/data/samples.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace detail {

// What a call for the next batch may return: whether it was written, or the batch.
template <class T>
concept Fills = std::same_as<T, bool>;
template <class T>
concept Makes = std::convertible_to<T, std::optional<Batch>> && !std::convertible_to<T, bool>;

template <class G>
concept MakesBatches = requires(G& g, Batch& batch) {
  { g(batch) } -> Fills;
}
|| requires(G& g) {
  { g() } -> Makes;
}
|| requires(G& g, Batch& batch) {
  { g.next(batch) } -> Fills;
}
|| requires(G& g) {
  { g.next() } -> Makes;
};

}  // namespace detail

/// Batches that a function makes one after another: of data that memory does not hold, or that is changed each time.
///   model.fit([&](Batch& batch) { ...; return true; }, {.epochs = 5, .steps_per_epoch = 100});
/// The function is std::optional<Batch>(), or bool(Batch&), which writes to the batch that it wrote last, so that no
/// memory is taken where the shapes stay; or an object has next() of either form. It returns nothing, or false, where
/// its data ends. The next call begins anew; if that returns nothing, too, there is no more.
///
/// A variable is not copied, unless it is const, and outlives the generator. Copies of a generator share the function,
/// which therefore goes on from one fit() to the next. Its state is the user's: no file has it.
class BatchGenerator {
 public:
  /// Of a function of batches, or of an object with next().
  template <class G>
  requires(detail::MakesBatches<std::decay_t<G>>) BatchGenerator(G&& object) {
    using Object = std::decay_t<G>;
    using Bare = std::remove_reference_t<G>;
    std::shared_ptr<Object> self;
    if constexpr (std::is_lvalue_reference_v<G> && std::same_as<Bare, Object>)
      self = std::shared_ptr<Object>(std::shared_ptr<void>{}, &object);
    else
      self = std::make_shared<Object>(std::forward<G>(object));
    next_ = [self](Batch& batch) {
      if constexpr (requires {
                      { (*self)(batch) } -> detail::Fills;
                    })
        return (*self)(batch);
      else if constexpr (requires {
                           { self->next(batch) } -> detail::Fills;
                         })
        return self->next(batch);
      else if constexpr (requires {
                           { (*self)() } -> detail::Makes;
                         })
        return take((*self)(), batch);
      else
        return take(self->next(), batch);
    };
  }

  /// Writes the next batch over the one that is given, which is the last one, or at first an empty one. Returns false
  /// at the end of the data.
  bool next(Batch& batch) const { return next_(batch); }

 private:
  static bool take(std::optional<Batch> made, Batch& batch) {
    if (made) batch = std::move(*made);
    return made.has_value();
  }

  std::function<bool(Batch&)> next_;
};

/// What fit() and evaluate() take: samples, given as the constructors of Samples take them, or a generator of batches.
class BatchSource {
 public:
  /// Of tensors: what Samples is made of.
  template <class... A>
  requires(std::constructible_from<Samples, A...>) BatchSource(A&&... samples)
      : source_(std::in_place_type<Samples>, std::forward<A>(samples)...) {}
  /// Of several inputs and targets, which outlive it.
  BatchSource(const std::vector<const Tensor*>& inputs, const std::vector<const Tensor*>& targets)
      : source_(std::in_place_type<Samples>, inputs, targets) {}

  /// Of a generator of batches.
  template <class G>
  requires(std::constructible_from<BatchGenerator, G>) BatchSource(G&& generator)
      : source_(std::in_place_type<BatchGenerator>, std::forward<G>(generator)) {}

  const Samples* samples() const { return std::get_if<Samples>(&source_); }                  ///< null for a generator
  const BatchGenerator* generator() const { return std::get_if<BatchGenerator>(&source_); }  ///< null for samples

 private:
  std::variant<Samples, BatchGenerator> source_;
};

}  // namespace xgrad::inline XGRAD_PRECISION
