#!/usr/bin/env bash
# scripts/test.sh: installs what is missing, builds and tests dev and release, looks for data races, for lines that no test
# runs and for reads of unwritten memory, and trains an epoch on real MNIST.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"

python_with keras jax tensorboard || say "Keras or TensorBoard is not to be had; the tests that need it are skipped"
browser || say "Node.js, Chromium or playwright-core is not to be had; pages are not opened in a browser"
need meson pkgconf python3-numpy doxygen || say "Meson, pkg-config, NumPy or Doxygen is not to be had; it is not tried"
need libopenmpi-dev openmpi-bin || say "Open MPI is not to be had; training by several processes is not tried"
for preset in dev release; do
  build "$preset"
  ctest --test-dir "$builds/$preset" --output-on-failure --no-tests=error
done

build thread --target thread_tests
"$builds/thread/tests/thread_tests"
if need gcovr; then
  build coverage --target engine_tests_double
  "$builds/coverage/tests/engine_tests_double" >/dev/null
  gcovr --root "$root" --filter "$root/core/" --filter "$root/autograd/" --exclude-throw-branches --print-summary \
    --fail-under-line 95 "$builds/coverage" >"$builds/coverage/report.txt" ||
    die "less than 95 % of the lines of core/ and autograd/ run in the tests: $builds/coverage/report.txt"
  grep -E '^(lines|branches):' "$builds/coverage/report.txt"
fi

if need valgrind; then
  log=$builds/valgrind.txt
  # left out: what takes minutes here; denormals, which valgrind does not flush; a forked process, which cannot free what
  # the threads it does not have were using; threads that wait by turning in a circle, of which valgrind runs one at a time
  valgrind --quiet --error-exitcode=1 --leak-check=full --errors-for-leak-kinds=definite \
    "$builds/release/tests/engine_tests_double" \
    --test-case-exclude="*denormal*,*million*,*thousand steps*,*random programs*,*forked*,*process ends*,*OpenBLAS*" >"$log" 2>&1 ||
    { tail -n 40 "$log" >&2 && die "a test fails under valgrind: $log"; }
  say "valgrind: $(grep -oE '[0-9]+ passed' "$log" | head -n 1), no error, nothing leaked"
fi

data=$(mnist_folder)
mnist=("$builds/release/examples/mnist" --data "$data" --epochs 1 --seed 1)
result=$("${mnist[@]}" --quiet --json "$builds/mnist.json")
say "one epoch on MNIST: $result"
awk -v accuracy="${result##* }" 'BEGIN { exit !(accuracy ~ /^[01]\.[0-9]+$/ && accuracy >= 0.88) }' ||
  die "its test accuracy should be at least 0.88"
