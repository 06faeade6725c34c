#!/usr/bin/env bash
# scripts/tidy.sh [FILE...]: runs clang-tidy, with the checks of .clang-tidy, over the sources of all rooms, or over the
# files that are named. By hand, for it takes ten minutes. Fails if there is a finding.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"

need clang-tidy "${packages[@]}" || type clang-tidy >/dev/null 2>&1 || die "cannot look without clang-tidy"
cd "$root"
files=("$@")
[ $# -gt 0 ] || mapfile -t files < <(find core autograd data optim nn training -name '*.cpp' | sort)
findings=0
for file in "${files[@]}"; do
  # what it says on stderr is how many findings in other people's headers it leaves out
  nice clang-tidy --quiet "$file" -- -std=c++20 -I include -DXGRAD_DOUBLE 2>/dev/null || {
    findings=$((findings + 1))
    say "clang-tidy: $file"
  }
done
[ "$findings" = 0 ] || die "clang-tidy finds something in $findings of ${#files[@]} files"
say "clang-tidy: nothing in ${#files[@]} files"
