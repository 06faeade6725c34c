#pragma once

#include <fstream>

#include "options.hpp"

namespace xgrad {

/// What Keras computed of things with options: reference/keras/options.py says how.
inline const Json& keras_options() {
  static const Json all = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/options.json"));
  return all;
}

/// Nested lists of numbers as a tensor.
inline Tensor nested(const Json& numbers) {
  Shape shape;
  for (const Json* at = &numbers; at->is_array(); at = &at->at(0)) shape.push_back(at->size());
  Tensor x(shape);
  Real* to = x.data();
  const std::function<void(const Json&)> copy = [&](const Json& from) {
    if (from.is_array())
      for (const Json& part : from) copy(part);
    else
      *to++ = from.is_number() ? from.get<Real>() : Real(NAN);
  };
  copy(numbers);
  return x;
}

/// Checks a number against one that Keras computed in float. The tolerance is relative above 1. A text is NaN.
inline void check_as_keras(double actual, const Json& expected, double tolerance = 1e-6) {
  if (!expected.is_number()) {
    CHECK(std::isnan(actual));
    return;
  }
  const double e = expected.get<double>();
  CHECK_MESSAGE(std::abs(actual - e) <= tolerance * std::fmax(1, std::abs(e)), actual, " where Keras has ", e);
}

}  // namespace xgrad
