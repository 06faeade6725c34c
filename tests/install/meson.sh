#!/bin/sh
# meson.sh FOLDER BUILD: the consumer in FOLDER/meson, configured, built and run.
for program in meson ninja pkg-config; do
  command -v $program >/dev/null || { echo "skipped: no $program"; exit 77; }
done
rm -rf "$2" && mkdir "$2" && cp "$1/meson/meson.build" "$1/consumer.cpp" "$2" && cd "$2" &&
  meson setup build && meson test -C build --print-errorlogs
