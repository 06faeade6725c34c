#!/bin/sh
# headers.sh COMPILER: compiles each public header alone, with the warnings that users turn on. By hand: it
# takes three minutes.
cd "$(dirname "$0")/.." || exit 2
warnings='-Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror'
compile() { echo "#include <xgrad/$1>" | $compiler -std=c++20 -fsyntax-only $warnings $2 -I include -x c++ -; }
compiler=$1
if [ $# = 2 ]; then
  compile "$2" -DXGRAD_DOUBLE || { echo "<xgrad/$2> does not compile alone"; exit 1; }
  exit
fi
find core autograd data optim nn training teach tables -name '*.hpp' ! -path '*/detail/*' |
  { cat; echo version.hpp; echo xgrad.hpp; } | xargs -n 1 -P "$(nproc)" "$0" "$compiler"
