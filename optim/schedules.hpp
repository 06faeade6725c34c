#pragma once

// Keras's schedules: the learning rate as a function of the step s = 0, 1, ..., the number of batches before it. Each
// is an option struct that is called with s. As the learning_rate of a rule it is checked: ValueError names an option
// out of range, the value and the range.

#include <cstdint>
#include <optional>
#include <vector>

#include <xgrad/core/fields.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// initial decay_rate^(s / decay_steps) in step s = 0, 1, ..., with the quotient rounded down if staircase.
struct ExponentialDecay {
  static constexpr const char* name = "ExponentialDecay";
  double initial_learning_rate = 0;
  std::size_t decay_steps = 0;
  double decay_rate = 0;
  bool staircase = false;

  double operator()(std::int64_t step) const;  ///< the learning rate of a step, from 0
  void check() const;                          ///< throws ValueError for an option out of range
  void fields(Fields& f);
};

/// initial / (1 + decay_rate s / decay_steps) in step s = 0, 1, ..., with the quotient rounded down if staircase.
struct InverseTimeDecay {
  static constexpr const char* name = "InverseTimeDecay";
  double initial_learning_rate = 0;
  std::size_t decay_steps = 0;
  double decay_rate = 0;
  bool staircase = false;

  double operator()(std::int64_t step) const;  ///< the learning rate of a step, from 0
  void check() const;                          ///< throws ValueError for an option out of range
  void fields(Fields& f);
};

/// values[i] up to and including step boundaries[i], and the last value after the last boundary. There is one value
/// more than boundaries, which increase.
struct PiecewiseConstantDecay {
  static constexpr const char* name = "PiecewiseConstantDecay";
  std::vector<std::size_t> boundaries = {};
  std::vector<double> values = {};

  double operator()(std::int64_t step) const;  ///< the learning rate of a step, from 0
  void check() const;                          ///< throws ValueError for an option out of range
  void fields(Fields& f);
};

/// (initial - end) (1 - s / decay_steps)^power + end in step s up to decay_steps, then end. If cycle, the first
/// multiple of decay_steps that is not below s stands for decay_steps.
struct PolynomialDecay {
  static constexpr const char* name = "PolynomialDecay";
  double initial_learning_rate = 0;
  std::size_t decay_steps = 0;
  double end_learning_rate = 1e-4, power = 1;
  bool cycle = false;

  double operator()(std::int64_t step) const;  ///< the learning rate of a step, from 0
  void check() const;                          ///< throws ValueError for an option out of range
  void fields(Fields& f);
};

/// initial ((1 - alpha) (1 + cos(pi s / decay_steps)) / 2 + alpha) in step s up to decay_steps, then initial alpha
/// (Loshchilov & Hutter 2017). With a warmup_target, the rate first rises to it in warmup_steps equal parts. In the
/// formula, initial is then the target, and s counts from the end of the warm-up.
struct CosineDecay {
  static constexpr const char* name = "CosineDecay";
  double initial_learning_rate = 0;
  std::size_t decay_steps = 0;
  double alpha = 0;
  std::optional<double> warmup_target = {};
  std::size_t warmup_steps = 0;

  double operator()(std::int64_t step) const;  ///< the learning rate of a step, from 0
  void check() const;                          ///< throws ValueError for an option out of range
  void fields(Fields& f);
};

/// Cosine decay that begins anew after each period (Loshchilov & Hutter 2017). The first period has first_decay_steps;
/// each other is t_mul times as long as the one before, and begins at m_mul times its rate. As in Keras, m_mul does not
/// apply to alpha, which is added last.
struct CosineDecayRestarts {
  static constexpr const char* name = "CosineDecayRestarts";
  double initial_learning_rate = 0;
  std::size_t first_decay_steps = 0;
  double t_mul = 2, m_mul = 1, alpha = 0;

  double operator()(std::int64_t step) const;  ///< the learning rate of a step, from 0
  void check() const;                          ///< throws ValueError for an option out of range
  void fields(Fields& f);
};

}  // namespace xgrad::inline XGRAD_PRECISION
