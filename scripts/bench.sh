#!/usr/bin/env bash
# scripts/bench.sh [OPTION...]: installs what is missing, builds bench/, gets MNIST, runs xgrad and its peers in turn.
# --quick takes a minute; --help lists the options; --micro [OPTION...] runs the micro-benchmarks instead.
# Keras is in no Debian package: python3 on PATH, or that of --keras-python, is asked for it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"

for peer in libtorch-dev python3-torch python3-numpy libbenchmark-dev libdnnl-dev; do
  need "$peer" || say "going on without $peer"
done
need "${packages[@]}" || type cmake ninja >/dev/null 2>&1 || die "cannot build without cmake and ninja"
folder=$builds/bench
cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DXGRAD_ARCH=native -DXGRAD_BENCH=ON \
  -DXGRAD_TESTS=OFF -DXGRAD_EXAMPLES=OFF >&2
cmake --build "$folder" --target benchmarks >&2

if [ "${1:-}" = --micro ]; then
  exec "$folder/bench/bench_micro" "${@:2}"
fi
python=/usr/bin/python3  # Debian's, which has Debian's NumPy and PyTorch
[ -x "$python" ] || python=python3
exec "$python" "$root/bench/run.py" --build "$folder/bench" --data "$(mnist_folder)" --json "$folder/bench.json" "$@"
