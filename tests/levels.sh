#!/bin/sh
# levels.sh run LEVEL PROGRAM ARG...: runs a program of tests at a level; 77 if the processor does not have it.
# levels.sh refuse PROGRAM: fails unless the program refuses a level that is not there, by naming those that are.
# levels.sh objects OBJDUMP LIBRARY: fails if the library needs an OpenBLAS, where any BLAS is to do, or if a function
# that is not compiled for a level uses the registers of AVX. A linker could take it for one of the same name without,
# and a processor that has none would stop at it.
mode=$1 && shift
case $mode in
run)
  level=$1 && shift
  case $level in
  x86-64-v3) needed='avx2 fma bmi1 bmi2' ;;
  x86-64-v4) needed='avx2 fma bmi1 bmi2 avx512f avx512bw avx512cd avx512dq avx512vl' ;;
  *) needed= ;;
  esac
  for flag in $needed; do
    grep -qw "$flag" /proc/cpuinfo || { echo "skipped: this processor is not an $level, for it lacks $flag"; exit 77; }
  done
  XGRAD_KERNELS=$level exec "$@" ;;
refuse)
  said=$(XGRAD_KERNELS=x86-64-v9 "$1" --test-case='the three products*' 2>&1) && echo 'it is not refused' && exit 1
  case $said in
  *'kernels: the environment variable XGRAD_KERNELS is x86-64-v9; on this processor the library can run x86-64'*) ;;
  *) echo "$said"; exit 1 ;;
  esac ;;
objects)
  "$1" -t "$2" | grep -v ' w ' | grep ' openblas_' && echo 'these are functions of OpenBLAS alone' && exit 1
  "$1" -d --no-show-raw-insn "$2" | awk '
    /^[0-9a-f]+ <.*>:$/ { name = $2; functions += 1 }
    /%[yz]mm/ { if (name ~ /2v[34]|5at_v[34]I/) good += 1; else if (!bad[name]++) print name " uses AVX" }
    END { for (name in bad) exit 1; if (functions < 1000 || good < 1000) { print functions, good; exit 1 } }' ;;
*) exit 2 ;;
esac
