#!/bin/sh
# documented.sh FOLDER: fails unless each public class and function has a comment, by Doxygen, which writes into the folder.
cd "$(dirname "$0")/.." || exit 2
for program in doxygen python3; do
  type $program >/dev/null 2>&1 || { echo "there is no $program here"; exit 77; }
done
mkdir -p "$1" || exit 2
XGRAD_SITE=$1 doxygen docs/site/Doxyfile 2>"$1/log" || { cat "$1/log"; exit 1; }
exec python3 docs/site/api.py "$1/xml" .
