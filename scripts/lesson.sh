#!/usr/bin/env bash
# scripts/lesson.sh NUMBER [--answer EXERCISE VALUE]: installs what is missing, builds a lesson of examples/lessons, and
# runs it or marks an answer.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"

[[ ${1:-} =~ ^[0-9]{1,2}$ ]] || die "usage: scripts/lesson.sh NUMBER [--answer EXERCISE VALUE], NUMBER from 1 to 15"
sources=("$root/examples/lessons/$(printf %02d "$((10#$1))")"_*.cpp)
[ -f "${sources[0]}" ] || die "there is no lesson $1; docs/lessons/README.md lists them"
name=$(basename "${sources[0]}" .cpp)
build release --target "$name"
exec "$builds/release/examples/$name" "${@:2}"
