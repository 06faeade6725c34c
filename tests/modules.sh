#!/bin/sh
# Fails unless a program of examples/modules/ prints the text that is expected of it, and the same, the hash of its weights
# included, when it is stopped half way, saved, and taken up again by another process.
program=$1
expected=$2
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
straight=$("$program") || exit 2
halves=$("$program" save "$folder/half" && "$program" resume "$folder/half") || exit 2
status=0
same() {  # what it is, what was printed, and what should have been
  [ "$2" = "$3" ] && return
  printf '%s:\n%s\nand it should be\n%s\n' "$1" "$2" "$3"
  status=1
}
same "saved, loaded and trained on" "$halves" "$straight"
same "the text" "$(printf '%s\n' "$straight" | sed 's/, weights [0-9a-f]*$//')" "$(cat "$expected")"
exit $status
