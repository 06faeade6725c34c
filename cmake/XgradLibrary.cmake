# What both twins and everything built on them share.

# The headers that 0.1 had elsewhere, for one version: build/include/xgrad/<old> includes <xgrad/new>. All others are found
# in include/xgrad/ of the source tree, whose folders lead to the rooms.
function(xgrad_forward_old_headers)
  file(STRINGS ${PROJECT_SOURCE_DIR}/cmake/old_headers.txt lines)
  foreach(line IN LISTS lines)
    string(REPLACE " " ";" pair ${line})
    list(GET pair 0 old)
    list(GET pair 1 new)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/include/xgrad/${old}
         CONTENT "#pragma once\n#include <xgrad/${new}>  // where it is since 0.2\n")
  endforeach()
endfunction()

# Warnings, and the sanitizers if asked for: our own targets only, never the user's.
function(xgrad_own_options target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wno-sign-conversion
                         $<$<CXX_COMPILER_ID:Clang>:-Wno-implicit-float-conversion>  # Tensor{0.1} is fine
                         # and so is `for (Var loss : {f(x), g(x)})`, for which g++ 13 and 14 warn
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-dangling-reference>)
  if(XGRAD_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(XGRAD_ARCH)
    target_compile_options(${target} PRIVATE -march=${XGRAD_ARCH})
  endif()
  if(XGRAD_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${XGRAD_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(${target} PRIVATE -fsanitize=${XGRAD_SANITIZE})
  endif()
  if(XGRAD_COVERAGE)
    target_compile_options(${target} PRIVATE --coverage -fprofile-update=atomic)
    target_link_options(${target} PRIVATE --coverage)
  endif()
endfunction()

# One of the twins: the same sources, with Real = float or double.
function(xgrad_library target)
  add_library(${target} STATIC ${ARGN})
  add_library(xgrad::${target} ALIAS ${target})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                              $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PUBLIC xtensor PRIVATE Threads::Threads ZLIB::ZLIB
                        $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  # Without these two, a loop with a square root in it is not vectorised. Both give up only what nobody here uses: errno
  # after a mathematical function, and floating-point traps.
  target_compile_options(${target} PRIVATE -fno-math-errno -fno-trapping-math)
  # xtensor's headers are most of what each file compiles; read once, the whole build takes half the time.
  target_precompile_headers(${target} PRIVATE <xgrad/core/tensor.hpp>)
  xgrad_kernels(${target})
  xgrad_own_options(${target})
endfunction()

# A component of its own over both twins, from the sources that are given: xgrad::<name> and xgrad::<name>_double.
function(xgrad_component name)
  foreach(twin IN LISTS xgrad_twins)
    string(REPLACE xgrad ${name} component ${twin})
    add_library(xgrad_${component} STATIC ${ARGN})
    add_library(xgrad::${component} ALIAS xgrad_${component})
    target_link_libraries(xgrad_${component} PUBLIC xgrad::${twin})
    target_precompile_headers(xgrad_${component} PRIVATE <xgrad/core/tensor.hpp>)
    set_target_properties(xgrad_${component} PROPERTIES EXPORT_NAME ${component})
    xgrad_own_options(xgrad_${component})
    if(PROJECT_IS_TOP_LEVEL)
      install(TARGETS xgrad_${component} EXPORT xgradTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
    else()
      set_target_properties(xgrad_${component} PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
  endforeach()
endfunction()

# The samplers give the same numbers however the rest is compiled: no a * b + c in one rounding.
set_source_files_properties(core/random.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
