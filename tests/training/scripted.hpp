#pragma once

// A model of one weight, scripted numbers for its callbacks, and Keras's results with them.

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sstream>

#include <xgrad/nn/layers/dense.hpp>
#include <xgrad/nn/model/sequential.hpp>
#include <xgrad/optim/sgd.hpp>
#include <xgrad/training/callbacks.hpp>
#include <xgrad/training/fit.hpp>

#include "support.hpp"

namespace xgrad {

using Json = nlohmann::json;

inline const Json& keras(const char* part) {
  static const Json data = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/callbacks.json"));
  return data.at(part);
}

/// A number, or the text of one that JSON does not have.
inline double number(const Json& json) {
  return json.is_string() ? std::stod(json.get<std::string>()) : json.get<double>();
}

const Tensor x = column({1, 2, 3, 4}), y = column({1, 2, 3, 4});

/// A model of one weight, 0 at first.
inline Sequential counting(std::vector<Metric> metrics = {}) {
  Sequential model{Input{{1}}, Dense(1, linear, {.use_bias = false, .kernel_initializer = zeros})};
  model.compile(SGD{.learning_rate = 1.0}, "mse", std::move(metrics));
  return model;
}

inline double weight(Model& model) { return model.get_weights()[0](0, 0); }

/// Writes a script into the logs as val_loss, and the epoch's number into the weight, before other callbacks see them.
inline LambdaCallback scripted(const Json& numbers) {
  return {.on_epoch_end = [numbers](Model& model, std::size_t epoch, Logs& logs) {
    logs["val_loss"] = number(numbers.at(epoch));
    model.set_weights({Tensor(Shape{1, 1}, static_cast<Real>(epoch))});
  }};
}

inline FitOptions epochs(std::size_t number, std::vector<Callback> callbacks) {
  return {.epochs = number, .verbose = silent, .callbacks = std::move(callbacks)};
}

/// What a function writes to a stream.
template <class F>
std::string written_to(std::ostream& stream, F f) {
  const std::ostringstream out;
  struct Back {
    std::ostream& stream;
    std::streambuf* before;
    ~Back() { stream.rdbuf(before); }
  } const back{stream, stream.rdbuf(out.rdbuf())};
  f();
  return out.str();
}

inline std::string content(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

}  // namespace xgrad
