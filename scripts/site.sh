#!/usr/bin/env bash
# scripts/site.sh: makes the pages of the library in build/site/: its guides, its lessons, and the public headers with their
# comments. They are plain files, with a search that needs no server. Sphinx is installed into a folder of its own.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(realpath "$0")")/setup.sh"
cd "$root"

work=$builds/site-source pages=$builds/site-source/pages
need doxygen python3 python3-venv || type doxygen python3 >/dev/null || die "cannot make pages without Doxygen"
rm -rf "$work"
tests/documented.sh "$work" >&2 || die "see above"

sphinx=$cache/site/bin/sphinx-build
if ! [ -x "$sphinx" ]; then
  say "installing Sphinx and its theme (pip)"
  python3 -m venv "$cache/site"
  "$cache/site/bin/python" -m pip install --quiet --disable-pip-version-check \
    sphinx furo myst-parser sphinx-copybutton jieba >&2 || die "cannot make pages without Sphinx"
fi
python3 docs/site/api.py "$work/xml" . "$pages/api"
cp -r docs README.md CHANGELOG.md CONTRIBUTING.md docs/site/*.md "$pages"
rm -r "$pages/docs/site" "$builds/site" 2>/dev/null || true
"$sphinx" --quiet --fail-on-warning --keep-going -c docs/site "$pages" "$builds/site" >"$work/log" 2>&1 ||
  { grep -v jieba "$work/log" >&2; die "a page is not as it should be, see above"; }
say "pages: $builds/site/index.html"
