#!/usr/bin/env bash
# scripts/bench.sh [OPTION...]: installs what is missing, builds bench/, gets MNIST, runs xgrad and its peers in turn.
# --quick takes some ten minutes; --help lists the options. --time-to-result [OPTION...] measures whole programs,
# --predict [OPTION...] predictions, --micro [OPTION...] operations. --native, if first, builds for this processor only.
# Debian has libtorch, PyTorch and NumPy; the newest of them, JAX, TensorFlow, Keras and others come by pip.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"

arch='' folder=$builds/bench
if [ "${1:-}" = --native ]; then
  arch=native folder=$builds/bench-native
  shift
fi
for peer in libtorch-dev python3-torch python3-numpy libbenchmark-dev libdnnl-dev; do
  need "$peer" || say "going on without $peer"
done
need "${packages[@]}" || type cmake ninja >/dev/null 2>&1 || die "cannot build without cmake and ninja"

pythons=() torch=''
# peer NAME PACKAGE...: one Python for each family, for they want different versions of the same
peer() {
  local python
  if python=$(python_in "peers/$1" "${@:2}"); then
    pythons+=("--$1-python" "$python")
  else
    say "going on without ${*:2}"
  fi
}
if [ "${1:-}" != --micro ]; then
  peer jax jax keras numpy scikit-learn onnx onnxruntime
  peer tensorflow tensorflow-cpu keras ai-edge-litert
  peer torch torch numpy
  torch=$("$cache/peers/torch/bin/python" -c '
import importlib.util; print(importlib.util.find_spec("torch").submodule_search_locations[0])' 2>/dev/null || true)
fi

cmake -S "$root" -B "$folder" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON -DXGRAD_ARCH="$arch" -DXGRAD_BENCH=ON \
  -DXGRAD_TESTS=OFF -DXGRAD_EXAMPLES=OFF -DBENCH_TORCH="$torch" >&2
cmake --build "$folder" --target benchmarks >&2

program=run.py
case "${1:-}" in
  --micro) exec "$folder/bench/bench_micro" "${@:2}" ;;
  --time-to-result) program=time_to_result.py && shift ;;
  --predict) program=predict.py && shift ;;
esac
python=/usr/bin/python3  # Debian's, which has Debian's NumPy and PyTorch
[ -x "$python" ] || python=python3
exec "$python" "$root/bench/$program" --build "$folder/bench" --data "$(mnist_folder)" \
  --json "$folder/${program%.py}.json" "${pythons[@]}" "$@"
