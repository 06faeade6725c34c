#!/bin/sh
# python.sh PROGRAM [ARGUMENT ...]: runs a program of this folder by the Python that XGRAD_PYTHON names, or else python3. 77, which
# is a skipped test, if there is none.
python=${XGRAD_PYTHON:-python3}
command -v "$python" >/dev/null || { echo "skipped: no Python here"; exit 77; }
program=$(dirname "$0")/$1
shift
KERAS_BACKEND=jax exec "$python" "$program" "$@"
