# Compilers and flags that xgrad refuses, each in a line that says what would do.

foreach(oldest "GNU;g++;12" "Clang;clang++;14")
  list(GET oldest 0 id)
  list(GET oldest 1 name)
  list(GET oldest 2 version)
  if(CMAKE_CXX_COMPILER_ID STREQUAL id AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS version)
    message(FATAL_ERROR "xgrad needs ${name} ${version} or newer, and ${CMAKE_CXX_COMPILER} is of version "
                        "${CMAKE_CXX_COMPILER_VERSION}; name another by -DCMAKE_CXX_COMPILER=${name}-${version}")
  endif()
endforeach()

# The headers refuse what compilers tell them of; clang does not tell of -fassociative-math.
string(TOUPPER "${CMAKE_BUILD_TYPE}" type)
set(flags " ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${type}} ")
if(flags MATCHES " (-Ofast|-ffast-math|-fassociative-math|-funsafe-math-optimizations|-ffinite-math-only) ")
  message(FATAL_ERROR "xgrad needs sums in the order in which they are written, and NaN and infinity: compile without "
                      "${CMAKE_MATCH_1}")
endif()

# libc++ reads numbers by from_chars() since its version 20.
include(CheckCXXSourceCompiles)
set(CMAKE_REQUIRED_FLAGS -std=c++20)
check_cxx_source_compiles("#include <charconv>
                           int main() { double x; return std::from_chars(nullptr, nullptr, x).ptr != nullptr; }"
                          XGRAD_HAS_FROM_CHARS)
unset(CMAKE_REQUIRED_FLAGS)
if(NOT XGRAD_HAS_FROM_CHARS)
  message(FATAL_ERROR "xgrad needs std::from_chars() of double, which this standard library lacks: libstdc++ has it")
endif()
