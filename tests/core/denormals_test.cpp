#include <xgrad/core/kernels/denormals.hpp>

#include <limits>

#include "support.hpp"

using namespace xgrad;

#if defined(__SSE__) || defined(__aarch64__)
TEST_CASE("denormal results are flushed to zero while a FlushDenormals lives, and no longer") {
  volatile Real smallest = std::numeric_limits<Real>::min();
  volatile Real half = Real(0.5);
  const auto product = [&] { return Real(smallest * half); };
  CHECK(product() > 0);
  {
    const FlushDenormals flush;
    CHECK(product() == 0);
  }
  CHECK(product() > 0);
}
#endif
