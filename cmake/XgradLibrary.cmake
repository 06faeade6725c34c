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
                         $<$<CXX_COMPILER_ID:Clang>:-Wno-braced-scalar-init>  # as is softmax(x, {0})
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

# Static or, with BUILD_SHARED_LIBS, shared. A static one, too, may become part of a plugin or of a Python module.
function(xgrad_linkable target)
  set_property(GLOBAL APPEND PROPERTY xgrad_libraries ${target})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON VERSION ${PROJECT_VERSION}
                        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}  # 0.3 will not be 0.2
                        VISIBILITY_INLINES_HIDDEN ON DEFINE_SYMBOL "")
  # Nobody puts functions of their own in the place of ours, so they are inlined as in a program. And a plugin over a
  # static xgrad can be unloaded only if it has nothing that g++ keeps once for the whole process.
  target_compile_options(${target} PRIVATE -fno-semantic-interposition $<$<CXX_COMPILER_ID:GNU>:-fno-gnu-unique>)
  if(BUILD_SHARED_LIBS)
    # Where set_num_threads() has made threads, dlclose() must not take away the code that they wait in: -z nodelete.
    target_link_options(${target} PRIVATE LINKER:--version-script=${PROJECT_SOURCE_DIR}/cmake/exports.map
                        LINKER:-z,nodelete)
    set_target_properties(${target} PROPERTIES LINK_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/exports.map)
  endif()
endfunction()

# Libraries as an installed xgrad names them: by -l where the linker looks by itself, else by path. So a program that
# finds a BLAS of its own, by whatever BLA_VENDOR, neither changes xgrad's nor has its own changed.
function(xgrad_by_name result)
  set(names "")
  foreach(library IN LISTS ARGN)
    cmake_path(GET library PARENT_PATH folder)
    cmake_path(GET library STEM stem)
    if(folder IN_LIST CMAKE_CXX_IMPLICIT_LINK_DIRECTORIES AND stem MATCHES "^lib(.+)")
      set(library -l${CMAKE_MATCH_1})
    endif()
    list(APPEND names ${library})
  endforeach()
  set(${result} ${names} PARENT_SCOPE)
endfunction()

# One of the twins: the same sources, with Real = float or double.
function(xgrad_library target)
  add_library(${target} ${ARGN})
  add_library(xgrad::${target} ALIAS ${target})
  xgrad_linkable(${target})
  set_target_properties(${target} PROPERTIES UNITY_BUILD_MODE GROUP)
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_include_directories(${target} PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
                                              $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
                                              $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} PUBLIC xtensor PRIVATE Threads::Threads ZLIB::ZLIB
                        $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  # xtensor before 0.25 has two templates that clang takes for one since 19, unless it reads them as before.
  set(clang_19 $<AND:$<CXX_COMPILER_ID:Clang>,$<VERSION_GREATER_EQUAL:$<CXX_COMPILER_VERSION>,19>>)
  if(xtensor_VERSION VERSION_LESS 0.25)
    target_compile_options(${target} PUBLIC "$<${clang_19}:-fno-relaxed-template-template-args>"
                           "$<${clang_19}:-Wno-deprecated-no-relaxed-template-template-args>")
  endif()
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
    add_library(xgrad_${component} ${ARGN})
    add_library(xgrad::${component} ALIAS xgrad_${component})
    xgrad_linkable(xgrad_${component})
    target_link_libraries(xgrad_${component} PUBLIC xgrad::${twin})
    target_precompile_headers(xgrad_${component} PRIVATE <xgrad/core/tensor.hpp>)
    set_target_properties(xgrad_${component} PROPERTIES EXPORT_NAME ${component})
    xgrad_own_options(xgrad_${component})
  endforeach()
endfunction()

# The samplers give the same numbers however the rest is compiled: no a * b + c in one rounding.
set_source_files_properties(core/random.cpp PROPERTIES COMPILE_OPTIONS -ffp-contract=off)
