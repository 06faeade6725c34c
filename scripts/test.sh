#!/usr/bin/env bash
# scripts/test.sh: installs what is missing, builds and tests dev and release, trains an epoch on real MNIST.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"

for preset in dev release; do
  build "$preset"
  (cd "$root" && ctest --preset "$preset")
done

data=$(mnist_folder)
mnist=("$root/build/release/examples/mnist" --data "$data" --epochs 1 --seed 1)
result=$("${mnist[@]}" --quiet --json "$root/build/mnist.json")
say "one epoch on MNIST: $result"
awk -v accuracy="${result##* }" 'BEGIN { exit !(accuracy ~ /^[01]\.[0-9]+$/ && accuracy >= 0.88) }' ||
  die "its test accuracy should be at least 0.88"
