#include <xgrad/core/kernels/levels.hpp>

#include <cstdlib>
#include <span>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/core/kernels/detail/products.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

using detail::Level;
using Row = std::pair<std::string_view, Level>;

#if XGRAD_LEVELS

constexpr Row levels[] = {{"x86-64", Level::base}, {"x86-64-v3", Level::v3}, {"x86-64-v4", Level::v4}};

// The highest that the processor has, and the system saves the registers of: exactly the features that the levels are
// compiled for, here and in cmake/XgradLevels.cmake.
Level highest() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi") ||
      !__builtin_cpu_supports("bmi2"))
    return Level::base;
  const bool v4 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                  __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
  return v4 ? Level::v4 : Level::v3;
}

#else

#if defined(XGRAD_ARCH)
constexpr std::string_view only = XGRAD_ARCH;
#elif defined(__AVX512F__)
constexpr std::string_view only = "x86-64-v4";
#elif defined(__AVX2__)
constexpr std::string_view only = "x86-64-v3";
#elif defined(__aarch64__)
constexpr std::string_view only = "aarch64";
#else
constexpr std::string_view only = "portable";
#endif
constexpr Row levels[] = {{only, Level::base}};

Level highest() { return Level::base; }

#endif

}  // namespace

std::atomic<detail::Level> detail::chosen = Level::unknown;

detail::Level detail::choose() {
  const Level most = highest();
  Level level = most;
  if (const char* const forced = std::getenv("XGRAD_KERNELS"); forced != nullptr && *forced != '\0') {
    level = Level::unknown;
    std::string names;
    for (const auto& [name, its] : levels) {
      if (its > most) continue;
      if (name == forced) level = its;
      names += text(names.empty() ? "" : ", ", name);
    }
    require<ValueError>(level != Level::unknown, "kernels: the environment variable XGRAD_KERNELS is ", forced,
                        "; on this processor the library can run ", names);
  }
  chosen = level;
  return level;
}

std::string_view kernels() {
  const Level level = detail::level();
  for (const auto& [name, its] : levels)
    if (its == level) return name;
  return {};
}

const Products& products() {
#if XGRAD_LEVELS
  switch (detail::level()) {
    case Level::v4:
      return v4::products;
    case Level::v3:
      return v3::products;
    default:
      return base::products;
  }
#else
  detail::level();  // or an error
  return base::products;
#endif
}

}  // namespace xgrad::inline XGRAD_PRECISION
