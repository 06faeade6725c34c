"""Pages of the public headers, from Doxygen's XML; scripts/site.sh runs it.

api.py XML ROOT OUT    writes a page per header, in the order of the header, and one per room
api.py XML ROOT        prints the public classes and functions without a comment, and fails if there are any
"""
import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOMS = {
    "core": "Tensors, parameters, the fields of a module, random numbers, threads and errors",
    "autograd": "Operations, the tape, Var, and gradients of any order",
    "nn": "Layers, activations, initializers, regularizers, losses, metrics, Model and Sequential",
    "optim": "Optimizers, their groups, and schedules of the learning rate",
    "data": "IDX, CSV, NumPy's and safetensors' files, and data sets cut into batches",
    "training": "What trains a model: fit, callbacks, history",
    "tables": "Files of named columns: read_csv, FeatureSpace, Pipeline. A component of its own",
    "teach": "The page of a tape, reports, check_by_hand, hints. A component of its own",
}

# What a type has because it is a module, a layer, a rule, a metric, a callback, a range, an allocator or a value is
# said once, at that concept; the type's own comment says what it computes.
SAID_ELSEWHERE = re.compile(
    r"(fields|sums|check|is_zero|on_\w+|watches_batches|begin|end|operator.*|~.*|(de)?allocate|construct|value_type)$"
    r"|optim/.*::at$|nn/metrics/.*::(update|result|size)$")


def text_of(node):
    return "" if node is None else "".join(node.itertext()).strip()


def escaped(text):
    return re.sub(r"([\\*`_|])", r"\\\1", text)


def set_in(lines):
    lines = [line.rstrip() for line in lines]
    least = min((len(line) - len(line.lstrip()) for line in lines if line), default=0)
    return "\n\n.. code-block:: cpp\n\n" + indented("\n".join(line[least:] for line in lines)) + "\n\n"


def inline(node):
    """A paragraph as reStructuredText, with the blocks in it."""
    out = escaped(node.text or "")
    code = []  # each line is a verbatim of its own
    for child in node:
        inner = text_of(child)
        if child.tag == "verbatim":
            code.append(child.text.lstrip()[1:])  # after the | that keeps how far it is set in
            if (child.tail or "").strip() or child is node[-1]:
                out, code = out + set_in(code) + escaped((child.tail or "").lstrip()), []
            continue
        if code:
            out, code = out + set_in(code), []
        if child.tag == "computeroutput":
            out += f"``{inner}``\\ " if inner else ""
        elif child.tag == "emphasis":
            out += f"*{inner}*\\ "
        elif child.tag == "programlisting":
            out += set_in(["".join(" " if part.tag == "sp" else part.text or "" for part in line.iter())
                           for line in child])
        elif child.tag in ("itemizedlist", "orderedlist"):
            out += "\n\n" + "".join("- " + indented(paragraphs(item), 2).strip() + "\n" for item in child) + "\n"
        else:
            out += inline(child)
        out += escaped(child.tail or "")
    return out


def paragraphs(node):
    if node is None:
        return ""
    return "\n\n".join(filter(None, (inline(para).strip() for para in node.iter("para"))))


def description(node):
    return "\n\n".join(filter(None, (paragraphs(node.find(part))
                                     for part in ("briefdescription", "detaileddescription"))))


def indented(text, by=3):
    return re.sub(r"(?m)^(?=.)", " " * by, text)


def template(node):
    parameters = node.find("templateparamlist")
    if parameters is None:
        return ""
    words = []
    for p in parameters:
        word = text_of(p.find("type"))
        name, default = text_of(p.find("declname")), text_of(p.find("defval"))
        words.append(word + (" " + name if name and not word.endswith(" " + name) else "")
                     + (" = " + default if default else ""))
    return f"template <{', '.join(words)}> "


def tidy(code):
    code = code.replace("xgrad::by_argument::", "").replace("by_argument::", "").replace("xgrad::", "")
    code = re.sub(r"(?<=\d) ?'(?=\d)", "", code)
    code = re.sub(r"< (?!<)", "<", code)
    code = re.sub(r"(?<=[\w>*&]) ?> ?(?=[>&,) ])", "> ", code).replace("> >", ">>")
    code = re.sub(r"> (?=[&*,)>])", ">", code)
    code = re.sub(r" ([&*]+)(?=\w|\))", r"\1 ", code).replace(" )", ")")
    return re.sub(r"(?<=\S)  +", " ", code).strip()


def declaration(member):
    kind, name = member.get("kind"), text_of(member.find("name"))
    kinds, initializer = text_of(member.find("type")), text_of(member.find("initializer"))
    if kind == "typedef":
        return "type", template(member) + f"{name} = {kinds}"
    if kind == "enum":
        return "enum", name
    if kind == "variable":
        return "member", f"{kinds} {name}{text_of(member.find('argsstring'))} {initializer}"
    words = [word for word in ("static", "explicit") if member.get(word) == "yes"]
    words += ["virtual"] if member.get("virt") != "non-virtual" else []
    arguments = re.sub(r" ?=(default|0|delete)$", "", text_of(member.find("argsstring")))
    return "function", f"{template(member)}{' '.join(words)} {kinds} {name}{arguments}"


class Item:
    """A class, concept, function, type or variable, where it stands in its header."""

    def __init__(self, node, owner=""):
        place = node.find("location")
        self.node, self.owner = node, owner
        self.file, self.line = place.get("file"), int(place.get("line"))
        self.name = text_of(node.find("name" if node.tag == "memberdef" else "compoundname"))
        self.text = description(node)
        self.members = []

    def said_elsewhere(self):
        name = self.name
        own = self.owner.split("::")[-1].split("<")[0]
        arguments = text_of(self.node.find("argsstring"))
        return (SAID_ELSEWHERE.match(name) or SAID_ELSEWHERE.match(f"{self.file.split('/')[0]}/::{name}")
                or SAID_ELSEWHERE.match(f"{self.file}::{name}") or self.node.find("reimplements") is not None
                or (own and "::" not in name and name.endswith("Error") and name != own)  # a constructor of the base
                or (own and name == own and re.match(rf"\((const )?{own} ?&|\(\)|\(const char", arguments)))

    def lacks_a_comment(self):
        kind = self.node.get("kind")
        return (not self.text and kind not in ("variable", "friend", "define")
                and not self.said_elsewhere())


def is_deleted(node):
    return text_of(node.find("argsstring")).endswith("=delete")


def read(folder):
    """All that is public, by file: namespaces' members and classes, each class with its members."""
    compounds = {}
    for path in Path(folder).glob("*.xml"):
        for node in ElementTree.parse(path).getroot().findall("compounddef"):
            compounds[node.get("id")] = node
    classes, files, seen = {}, {}, set()
    for node in compounds.values():
        name = text_of(node.find("compoundname"))
        if node.get("kind") not in ("class", "struct", "concept", "namespace"):
            continue
        if "detail" in name or name.startswith("std::"):
            continue
        item = Item(node) if node.get("kind") != "namespace" else None
        if item and node.get("prot", "public") == "public":
            classes[node.get("id")] = item
        for member in node.iter("memberdef"):
            if (member.get("prot") != "public" or member.get("id") in seen or is_deleted(member)
                    or member.get("kind") in ("friend", "define") or "@" in text_of(member.find("name"))):
                continue
            seen.add(member.get("id"))
            if item:
                item.members.append(Item(member, name))
            else:
                own = Item(member)
                files.setdefault(own.file, []).append(own)
    nested = {inner.get("refid"): identity for identity in classes
              for inner in classes[identity].node.findall("innerclass")}
    for identity, item in classes.items():
        if identity in nested:
            classes[nested[identity]].members.append(item)
        elif not any(identity == inner.get("refid") for other in compounds.values()
                     if other.get("kind") in ("class", "struct") for inner in other.findall("innerclass")):
            files.setdefault(item.file, []).append(item)
    return files


def rendered(item, inside=False):
    if item.node.tag == "memberdef":
        directive, code = declaration(item.node)
        if directive == "enum":
            values = ", ".join(text_of(v.find("name")) for v in item.node.findall("enumvalue"))
            item.text += f"\n\nOne of ``{values}``."
    else:
        directive, name = item.node.get("kind"), item.name
        code = template(item.node) + (name.split("::")[-1] if inside else name)
        bases = [text_of(base) for base in item.node.findall("basecompoundref") if base.get("prot") == "public"]
        code += " : " + ", ".join(f"public {base}" for base in bases) if bases else ""
    out = [f".. cpp:{directive}:: {tidy(' '.join(code.split()))}", indented(item.text)]
    if directive == "concept":
        wanted = text_of(item.node.find("initializer"))
        wanted = re.sub(r"^template ?<.*?> ?(?=concept)", "", wanted, flags=re.S)
        wanted = "\n".join(tidy(line) for line in wanted.split("\n"))
        out.append(indented(".. code-block:: cpp\n\n" + indented(wanted)))
    plain = []
    for member in sorted(item.members, key=lambda m: m.line) + [None]:
        if member and not member.text and member.node.tag == "memberdef":
            if not member.said_elsewhere() and member.name not in ("name", "kind", "more_is_better"):
                plain.append(tidy(" ".join(declaration(member.node)[1].split())) + ";")
            continue
        if plain:
            out.append(indented(".. code-block:: cpp\n\n" + indented("\n".join(plain))))
            plain = []
        if member:
            out.append(indented(rendered(member, True)))
    return "\n\n".join(filter(None, out))


def comment(lines):
    """The lines of a // comment: paragraphs, and what is set in."""
    out = []
    for block in re.split(r"\n\s*\n", "\n".join(line[3:] for line in lines)):
        if block.startswith("  "):
            out.append(".. code-block:: text\n\n" + indented(block))
        else:
            first, *rest = re.split(r"\n(?=  )", block, maxsplit=1)
            out.append(escaped(first))
            out += [".. code-block:: text\n\n" + indented(rest[0])] if rest else []
    return "\n\n".join(out)


def notes(path):
    """The comments that stand by themselves in a header: what it is about, and its sections, by their line."""
    lines = path.read_text().split("\n")
    out, first = [], None
    for number, line in enumerate(lines):
        if re.match(r"//( |$)", line):
            first = number if first is None else first
        elif first is not None:
            if not line.strip() and not lines[first - 1].strip():
                out.append((first, comment(lines[first:number])))
            first = None
    return out


def title(words, mark="="):
    return f"{words}\n{mark * (2 * len(words))}\n\n"


def write(files, root, out):
    for room, about in ROOMS.items():
        names = sorted(name for name in files if name.startswith(room + "/"))
        page = title(room) + about + ".\n\n"
        for name in names:
            items = sorted(files[name], key=lambda i: i.line)
            body = [(i.line, rendered(i)) for i in items] + notes(root / name)
            path = out / (name.replace(".hpp", "") + ".rst")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(title(name[len(room) + 1:]) + f"``#include <xgrad/{name}>``\n\n.. cpp:namespace:: xgrad\n\n"
                            + "\n\n".join(text for _, text in sorted(body)) + "\n")
            declared = dict.fromkeys(i.name.split("::")[-1] for i in items)
            short = [f"``{d}``" for d in list(declared)[:12]] + (["..."] if len(declared) > 12 else [])
            page += f"- :doc:`{name[len(room) + 1:]} <{name[len(room) + 1:-4]}>`: {', '.join(short)}\n"
        page += "\n.. toctree::\n   :hidden:\n\n" + "".join(f"   {name[len(room) + 1:-4]}\n" for name in names)
        (out / room / "index.rst").write_text(page)


def undocumented(items, said):
    """Those without a comment. Overloads of a free function, and constructors, say once what they do."""
    for item in items:
        if item.lacks_a_comment() and not (item.node.get("kind") == "function" and item.name in said):
            yield item
        constructor = item.name.split("::")[-1]
        yield from undocumented(item.members, {m.name for m in item.members if m.text and m.name == constructor})


def main():
    files, root = read(sys.argv[1]), Path(sys.argv[2])
    if len(sys.argv) > 3:
        write(files, root, Path(sys.argv[3]))
        return
    said = {i.name for items in files.values() for i in items if i.text}
    lacking = sorted((i for items in files.values() for i in undocumented(items, said)), key=lambda i: (i.file, i.line))
    for item in lacking:
        print(f"{item.file}:{item.line}: {item.owner + '::' if item.owner else ''}{item.name} has no comment")
    if not sum(map(len, files.values())) > 300:
        sys.exit("Doxygen has read hardly anything")
    sys.exit(f"{len(lacking)} public classes and functions have no comment" if lacking else 0)


main()
