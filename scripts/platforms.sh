#!/usr/bin/env bash
# scripts/platforms.sh [ROW...]: builds xgrad with other compilers, libraries, systems and processors, runs the tests of
# core/ and autograd/ in double, without optimisation, and prints a line for each row: passed, refused and by which words,
# or failed. By hand, as root on Debian 12: all rows take hours. The last results stand in docs/platforms.md. The rows are
#
#   clang-14 clang-19 libc++ reference blis no-blas xtensor arm64 debian-12 debian-13 lintian
#
# For xtensor, XTENSOR names the folder that a newer xtensor was installed to from a copy of its source. debian-12 and
# debian-13 make the packages in a system of their own, install them in a bare one, and train README's network there;
# debian-13 runs the tests, too, by g++ 14. XGRAD_PLATFORMS names the folder for all that, which is kept.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"
work=${XGRAD_PLATFORMS:-$builds/platforms}
flags=(-G Ninja -DCMAKE_BUILD_TYPE=Debug -DXGRAD_FLOAT=OFF -DXGRAD_EXAMPLES=OFF -DXGRAD_TEACH=OFF -DXGRAD_TABLES=OFF
       -DXGRAD_TOOLS=OFF -DXGRAD_WERROR=ON)

# engine FOLDER [ARGUMENT...]: the tests of core/ and autograd/, configured so.
engine() {
  cmake -S "$root" -B "$work/$1" "${flags[@]}" -DCMAKE_CXX_FLAGS="-O0 -g0" "${@:2}" &&
    ninja -C "$work/$1" engine_tests_double && ${runner:-} "$work/$1/tests/engine_tests_double"
}

# within SYSTEM COMMAND: by a shell in the Debian that stands in that folder.
within() {
  unshare --mount sh -c "mount -t proc proc '$1/proc' && mount --bind /dev '$1/dev' &&
    LC_ALL=C DEBIAN_FRONTEND=noninteractive exec chroot '$1' /bin/bash -euc \"\$0\"" "$2"
}

# bare SUITE FOLDER: Debian, with nothing in it, and apt set up as here.
bare() {
  [ -d "$2/usr" ] && return
  debootstrap --variant=minbase "$1" "$2.new" && cp /etc/resolv.conf "$2.new/etc/" && mv "$2.new" "$2"
}

# packages SUITE: are made from the last commit, installed in a bare system, and README's program is built there.
packages_of() {
  local built=$work/$1 other=$work/$1-bare
  bare "$1" "$built" && bare "$1" "$other" || return 1
  rm -rf "$built/xgrad" && mkdir "$built/xgrad" && git -C "$root" archive HEAD | tar -x -C "$built/xgrad" || return 1
  within "$built" "apt-get -qq update
    apt-get -qq install --no-install-recommends ${packages[*]} dpkg-dev file >/dev/null
    cd /xgrad && cmake --workflow --preset package" || return 1
  rm -rf "$other/try" && mkdir "$other/try" && cp "$built"/xgrad/build/package/*.deb "$other/try" || return 1
  awk '/^```/ { n += /^```cpp/ && want; inside = /^```cpp/ && want; next } /`line.cpp`/ { want = 1 } inside && n == 1' \
    "$root/README.md" >"$other/try/line.cpp"
  within "$other" "apt-get -qq update && cd /try
    apt-get -qq install --no-install-recommends ./*.deb g++ pkgconf >/dev/null
    g++ -std=c++20 line.cpp \$(pkg-config --cflags --libs xgrad) -o line && ./line | tail -n 3
    printf 'x,y\n1,2\n2,4\n3,6\n4,8\n' >t.csv && xgrad-train t.csv --label y --epochs 2 | tail -n 2"
}

clang-14() { need clang-14 && engine clang-14 -DCMAKE_CXX_COMPILER=clang++-14; }
clang-19() { need clang-19 && engine clang-19 -DCMAKE_CXX_COMPILER=clang++-19; }
libc++() {
  need clang-19 libc++-19-dev libc++abi-19-dev &&
    cmake -S "$root" -B "$work/libc++" "${flags[@]}" -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_CXX_FLAGS=-stdlib=libc++
}
reference() {
  local folder
  folder=/usr/lib/$(gcc -dumpmachine)/blas
  need libblas-dev &&
    LD_LIBRARY_PATH=$folder engine reference -DBLA_VENDOR=Generic -DBLAS_LIBRARIES="$folder/libblas.so"
}
blis() { need libblis-dev && engine blis -DBLA_VENDOR=FLAME; }
no-blas() { engine no-blas -DXGRAD_BLAS=OFF; }
xtensor() { engine xtensor -DCMAKE_PREFIX_PATH="${XTENSOR:?names no folder}" -DXGRAD_BLAS=OFF; }
arm64() {
  need g++-aarch64-linux-gnu qemu-user && dpkg --add-architecture arm64 && apt-get -qq update &&
    need zlib1g-dev:arm64 &&
    runner="qemu-aarch64 -L /usr/aarch64-linux-gnu" engine arm64 -DCMAKE_SYSTEM_NAME=Linux \
      -DCMAKE_SYSTEM_PROCESSOR=aarch64 -DCMAKE_CXX_COMPILER=aarch64-linux-gnu-g++ -DXGRAD_BLAS=OFF \
      -DZLIB_LIBRARY=/usr/lib/aarch64-linux-gnu/libz.so
}
debian-12() { need debootstrap && packages_of bookworm; }
debian-13() {
  need debootstrap && packages_of trixie &&
    within "$work/trixie" "cd /xgrad && cmake -S . -B build/engine ${flags[*]}
      ninja -C build/engine engine_tests_double && build/engine/tests/engine_tests_double"
}
lintian() { need lintian && command lintian --fail-on error "$work"/*-bare/try/*.deb; }

rows=("$@")
[ $# -gt 0 ] || rows=(clang-14 clang-19 libc++ reference blis no-blas xtensor arm64 debian-12 debian-13 lintian)
mkdir -p "$work"
printf '| row | result |\n|---|---|\n'
for row in "${rows[@]}"; do
  if "$row" >"$work/$row.log" 2>&1; then
    result=$(grep -oE '[0-9]+ passed' "$work/$row.log" | head -n 1 || true)
    result="passed${result:+: ${result% *} tests}"
  else
    result=$(sed -n '/^CMake Error/,/^Call Stack/p' "$work/$row.log" | tr -s '\n ' ' ' | grep -oE 'xgrad needs .*' || true)
    result=${result% Call Stack*}
    result=${result:+refused: $result}
  fi
  printf '| %s | %s |\n' "$row" "${result:-failed, see $work/$row.log}"
done
