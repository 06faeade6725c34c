#include <xgrad/optim/adamw.hpp>

namespace xgrad::inline XGRAD_PRECISION {

// Compiled here, where the loop is vectorised whatever options the user's program is compiled with.
template Optimizer::Optimizer(AdamW);

}  // namespace xgrad::inline XGRAD_PRECISION
