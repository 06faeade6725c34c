#!/usr/bin/env bash
# scripts/mnist.sh [OPTION...]: installs what is missing, builds examples/mnist, gets MNIST, trains with the options.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"

build release --target mnist
case " $* " in
  *" --data "* | *" --data="* | *" --help "* | *" -h "*) ;;
  *)
    data=$(mnist_folder || fashion_folder)
    set -- --data "$data" "$@"
    ;;
esac
exec "$builds/release/examples/mnist" "$@"
