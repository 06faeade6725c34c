#!/bin/sh
# blocks.sh COMPILER ROOT FOLDER: compiles every C++ block of the pages, and the xgrad column of their tables, in one file that
# it writes into FOLDER. Errors name the page and the line.
compiler=$1
folder=$3
cd "$2" || exit 2
pages="README.md CHANGELOG.md CONTRIBUTING.md $(echo docs/*.md docs/site/*.md)"
status=0
# An excerpt begins with a dot: its lines stand in the sources as they are, but for their indentation.
# shellcheck disable=SC2086
awk '/^```/ { inside = /^```cpp$/; excerpt = 0; next } inside && /^\./ { excerpt = 1 } inside && excerpt' $pages |
  while read -r line; do
    grep -rqF -- "$line" autograd optim nn || { echo "a page shows a line that no source has: $line"; exit 1; }
  done || status=1
# shellcheck disable=SC2086
awk -f tests/blocks.awk $pages >"$folder/blocks.cpp" || exit 2
"$compiler" -std=c++20 -fsyntax-only -w -I include -I tests "$folder/blocks.cpp" || status=1
exit $status
