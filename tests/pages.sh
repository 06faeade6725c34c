#!/bin/sh
# Fails unless docs/backprop.md has the program that it explains, and it and README.md what the program prints.
program=$1
cd "$2" || exit 2
status=0
# The first block of a page in this language, without its fences.
block() { awk -v fence="\`\`\`$2" '$0 == fence && !seen { inside = seen = 1; next } /^```/ { inside = 0 } inside' "$1"; }
same() {  # what it is, the page's text, and the right one
  [ "$2" = "$3" ] && return
  printf '%s: the page has\n%s\nand it is\n%s\n' "$1" "$2" "$3"
  status=1
}
printed=$("$program") || exit 2
same "the program in docs/backprop.md" "$(block docs/backprop.md cpp)" "$(sed -n '/^#include/,$p' examples/backprop.cpp)"
same "the table in docs/backprop.md" "$(block docs/backprop.md text)" "$printed"
same "the table in README.md" "$(block README.md text)" "$printed"
exit $status
