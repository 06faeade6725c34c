"""Sphinx's settings for scripts/site.sh."""
import re

project = "xgrad"
extensions = ["myst_parser", "sphinx_copybutton"]
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]
highlight_language = "cpp"
myst_heading_anchors = 3
cpp_maximum_signature_line_length = 100
html_theme = "furo"
html_title = "xgrad"
html_copy_source = False
html_show_copyright = False
html_search_language = "zh"  # which finds English words, too
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["search.js"]
html_theme_options = {"navigation_with_keys": True}


def complete(app, name, source):
    """What pages need here and not elsewhere: the lessons' page has a table of links, and no list."""
    if name == "docs/lessons/README":
        source[0] += "\n```{toctree}\n:hidden:\n:glob:\nen/*\n```\n"
    # indented code that is a command or what it printed is no C++
    source[0] = re.sub(r"(?m)(?:^    \S.*\n(?:    .*\n|\n(?=    ))*)", lambda m: block(m, source[0]), source[0])


def block(match, page):
    before = page[:match.start()]
    if before.count("\n```") % 2 or not before.endswith("\n\n"):
        return match.group(0)
    return "```text\n" + re.sub(r"(?m)^    ", "", match.group(0)) + "```\n"


def page_language(app, pagename, templatename, context, doctree):
    if "/zh/" in pagename or pagename.endswith("zh"):
        context["language"] = "zh-CN"


def setup(app):
    app.connect("source-read", complete)
    app.connect("html-page-context", page_language)
