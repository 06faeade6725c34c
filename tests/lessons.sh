#!/bin/sh
# lessons.sh PROGRAM ROOT: fails unless a lesson prints tests/lessons/<name>.txt, marks the answers of
# tests/lessons/answers.txt as right and others as wrong, and has pages in English and Chinese whose blocks of output
# are what it prints. Numbers may differ by 1e-9 of themselves or 1e-12, as other compilers round otherwise. A lesson
# that ends with 77 is skipped.
program=$1
name=$(basename "$program")
cd "$2" || exit 2
folder=$(mktemp -d) || exit 2
trap 'rm -rf "$folder"' EXIT
status=0
fail() {
  echo "$name: $1"
  status=1
}

"$program" >"$folder/printed"
code=$?
[ $code = 77 ] || [ $code = 0 ] || fail "it ends with code $code"
# Word by word; a * stands for any word.
cat >"$folder/same.awk" <<'AWK'
function near(a, b) { d = a - b; m = b < 0 ? -b : b; d = d < 0 ? -d : d; return d <= 1e-9 * m || d <= 1e-12 }
function is_number(w) { return w ~ /^[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?$/ }
NR == FNR { expected[FNR] = $0; lines = FNR; next }
{
  n = split($0, is); m = split(expected[FNR], should); good = n == m
  for (k = 1; k <= n; ++k) {
    a = is[k]; b = should[k]; sub(/[,;]$/, "", a); sub(/[,;]$/, "", b)
    if (is[k] != should[k] && should[k] != "*" && !(is_number(a) && is_number(b) && near(a, b))) good = 0
  }
  if (!good) { print "line " FNR " is\n  " $0 "\nand it should be\n  " expected[FNR]; bad = 1 }
}
END { if (FNR != lines) { print FNR " lines, and it should be " lines; bad = 1 } exit bad }
AWK
[ $code = 77 ] || awk -f "$folder/same.awk" "tests/lessons/$name.txt" "$folder/printed" ||
  fail "it prints something else"

while read -r lesson number answer; do
  [ "$lesson" = "${name%%_*}" ] || continue
  "$program" --answer "$number" "$answer" | grep -qx right || fail "answer $number is not $answer"
  "$program" --answer "$number" 12345 | grep -q '^wrong. Hint: ' || fail "answer $number may be 12345"
done <tests/lessons/answers.txt
[ "$(grep -c "^${name%%_*} " tests/lessons/answers.txt)" = 2 ] || fail "it has not two exercises"

for page in docs/lessons/en/"${name%%_*}"-*.md docs/lessons/zh/"${name%%_*}"-*.md; do
  [ -f "$page" ] || { fail "it has no page $page"; continue; }
  awk '/^```/ { inside = /^```text$/; next } inside && NF && $0 != "..."' "$page" | while IFS= read -r line; do
    grep -qxF -- "$line" "tests/lessons/$name.txt" ||
      { echo "$page shows what the lesson does not print: $line"; exit 1; }
  done || status=1
done
[ $status = 0 ] && [ $code = 77 ] && exit 77
exit $status
