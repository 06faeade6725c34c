#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <xgrad/core/fields.hpp>
#include <xgrad/training/communicator.hpp>
#include <xgrad/training/history.hpp>

namespace xgrad::inline XGRAD_PRECISION {

class Model;
class Optimizers;

/// An error as bytes, for other ranks; "" if there is none.
std::string error_bytes(const std::exception_ptr& error);

/// Throws the first rank's error, if there is one, by its type and with the rank's number: "rank 1: ...". All ranks
/// that have the same bytes throw the same.
void throw_first(const std::vector<std::string>& errors);

/// Calls f() on every rank. If it throws on one, all ranks throw that, with the rank's number.
template <class F>
void agree(Communicator& ranks, const char* where, F f) {
  std::exception_ptr error;
  try {
    f();
  } catch (...) {
    error = std::current_exception();
  }
  if (ranks.is_broken()) {
    if (error) std::rethrow_exception(error);
    return;
  }
  throw_first(ranks.gather(where, error_bytes(error)));
}

/// Texts as one, and back.
std::string packed(const std::vector<std::string>& texts);
std::vector<std::string> unpacked(std::string_view bytes);

/// Doubles as bytes, for other ranks.
std::string bytes_of(const std::vector<double>& numbers);
std::vector<double> doubles_of(std::string_view bytes);

/// Logs as bytes, and back.
std::string bytes_of(const Logs& logs);
Logs logs_of(std::string_view bytes);

/// What ranks have to have in common, by name: ranks compare it before the first step. Throws ValueError, on all ranks,
/// which names the first rank that differs from rank 0, and both values.
using Facts = std::vector<std::pair<std::string, std::string>>;
void require_same(Communicator& ranks, const Facts& facts);

/// What a callback may have changed of a model, and of how it is trained.
class SharedState {
 public:
  /// A number that another state of this model very probably does not have.
  static std::uint64_t fingerprint(Model& model);

  /// A number that depends on all weights, bit by bit.
  static std::uint64_t weights(Model& model);

  /// The weights and options of a module, and the states of its optimizers, as bytes.
  static std::string of(ModuleRef module, Optimizers& optimizers);

  /// Takes over what of() gave for a module of the same layers. Throws ValueError where layers or optimizers differ.
  static void give(ModuleRef module, Optimizers& optimizers, std::string_view bytes);

  /// The weights, options, optimizers, generator and epochs of a model as bytes.
  static std::string of(Model& model);

  /// Takes over what of() gave for a model of the same layers. Throws ValueError where layers or optimizers differ.
  static void give(Model& model, std::string_view bytes);

  /// The facts of a model that ranks compare.
  static void add_facts(Model& model, Facts& facts);

 private:
  static std::string said_of(Model& model);
};

}  // namespace xgrad::inline XGRAD_PRECISION
