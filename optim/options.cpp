#include <xgrad/optim/options.hpp>

namespace xgrad::inline XGRAD_PRECISION {

void SharedOptions::check() const {
  if (weight_decay) require_from_0("weight_decay", *weight_decay);
  if (clipnorm) require_above_0("clipnorm", *clipnorm);
  if (clipvalue) require_above_0("clipvalue", *clipvalue);
  if (global_clipnorm) require_above_0("global_clipnorm", *global_clipnorm);
  const int kinds = clipnorm.has_value() + clipvalue.has_value() + global_clipnorm.has_value();
  require<ValueError>(kinds <= 1, "clipnorm is ", option_text(clipnorm), ", clipvalue ", option_text(clipvalue),
                      ", global_clipnorm ", option_text(global_clipnorm), "; only one of them can be set");
  require<ValueError>(gradient_accumulation_steps > 0, "gradient_accumulation_steps is 0; it takes at least 1");
}

void SharedOptions::config(Config& options) {
  options("weight_decay", weight_decay)("clipnorm", clipnorm)("clipvalue", clipvalue);
  options("global_clipnorm", global_clipnorm)("gradient_accumulation_steps", gradient_accumulation_steps);
}

}  // namespace xgrad::inline XGRAD_PRECISION
