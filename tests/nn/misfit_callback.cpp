#include <xgrad/training/callback.hpp>

// Does not compile, which is tested: fit() would never call on_epoch_end.
struct Misfit {
  void on_train_begin(xgrad::Sequential&) {}
  void on_epoch_end(xgrad::Sequential&, xgrad::Logs&) {}
};
const xgrad::Callback callback = Misfit{};
