#!/usr/bin/env python3
"""Puts one fault at a time into the sources, and runs the tests: each fault should make one of them fail.

    tests/mutants/run.py                       all of list.txt, in about an hour on one core
    tests/mutants/run.py --only optim/         those whose file begins so
    tests/mutants/run.py --shard 1/2           every second one; the other half by --shard 2/2
    tests/mutants/run.py --check               only looks for lines of the list that the sources no longer have
    tests/mutants/run.py --again survived      those that survived once more, such as after new tests; or `all`
    tests/mutants/run.py --report              the table of what has run

list.txt says what a fault is. The sources are never written to: a changed copy is compiled, and is linked before the
objects of the library's build, so nothing has to be restored, also after Ctrl-C. Results are kept in the build's folder,
and the next run goes on from them. Compiled is the double library, without optimisation. The tests of the fault's own
folder run first. A program that runs three times as long as without a fault hangs, and is killed.
"""
import argparse, glob, hashlib, json, os, re, shlex, shutil, signal, subprocess, sys, tempfile, time
from collections import namedtuple

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
LIST = os.path.join(ROOT, "tests/mutants/list.txt")
ROOMS = ["core", "autograd", "data", "optim", "nn", "training"]
PROGRAMS = ["engine_tests_double", "training_tests", "allocation_tests"]
Mutant = namedtuple("Mutant", "file what after_line before after rebuilt reason")


def read_list():
    mutants = []
    for block in re.split(r"\n\s*\n", re.sub(r"^#.*\n", "", open(LIST).read(), flags=re.M)):
        lines = block.strip("\n").split("\n")
        if lines == [""]:
            continue
        file, _, what = lines[0].partition(": ")
        said = {line[0]: line[2:].strip() for line in lines[1:]}
        if not what or "-" not in said or "+" not in said or not set(said) <= set("@-+?="):
            sys.exit(f"list.txt: cannot read\n{block}")
        mutants.append(Mutant(file, what, said.get("@"), said["-"], said["+"], said.get("?", "").split(), said.get("=")))
    return mutants


def place(mutant):
    """The number of the line, or why there is none."""
    path = os.path.join(ROOT, mutant.file)
    if not os.path.exists(path):
        return None, "there is no such file"
    lines = [line.strip() for line in open(path)]
    first = 0
    if mutant.after_line is not None:
        if lines.count(mutant.after_line) != 1:
            return None, f"the line to begin at is there {lines.count(mutant.after_line)} times: {mutant.after_line}"
        first = lines.index(mutant.after_line) + 1
    found = [k for k in range(first, len(lines)) if lines[k] == mutant.before]
    if not found or (len(found) > 1 and mutant.after_line is None):
        return None, f"the line is there {len(found)} times: {mutant.before}"
    return found[0], None


def check(mutants):
    stale = [(m, place(m)[1]) for m in mutants if place(m)[1]]
    for mutant, why in stale:
        print(f"stale: {mutant.file}: {mutant.what}: {why}")
    print(f"{len(mutants)} faults, {len(stale)} stale")
    return not stale


def changed(mutant):
    lines = open(os.path.join(ROOT, mutant.file)).read().split("\n")
    at = place(mutant)[0]
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines[at] = indent + mutant.after
    return "\n".join(lines)


class Build:
    """What is built once, without a fault, and how each object is compiled and each program linked."""

    def __init__(self, folder, jobs):
        self.folder = folder
        if not os.path.exists(f"{folder}/build.ninja"):
            launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
            subprocess.run(["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None",
                            "-DCMAKE_CXX_FLAGS=-O0", "-DXGRAD_FLOAT=OFF", "-DXGRAD_EXAMPLES=OFF", *launcher], check=True)
        subprocess.run(["ninja", "-C", folder, f"-j{jobs}", *PROGRAMS], check=True)
        ask = lambda *what: subprocess.run(["ninja", "-C", folder, "-t", *what], check=True, capture_output=True,
                                           text=True).stdout
        self.compiles, self.links = {}, {}
        for line in ask("commands", *PROGRAMS).split("\n"):
            words = [w for w in shlex.split(line) if w != "ccache"]
            if "-c" in words and words[words.index("-o") + 1].endswith(".o"):
                self.compiles[words[words.index("-o") + 1]] = words
            for program in PROGRAMS:
                if f"tests/{program}" in words and ":" in words:
                    self.links[program] = [w for w in words if w not in (":", "&&")]
        self.needs, target = {}, None
        for line in ask("deps").split("\n"):
            if line and not line.startswith(" "):
                target = line.split(":")[0]
            elif line:
                self.needs.setdefault(os.path.realpath(os.path.join(folder, line.strip())), set()).add(target)
        self.library = [o for o in self.compiles if o.startswith("CMakeFiles/xgrad_double.dir/")]
        self.seconds, self.slow = {}, {}

    def compile(self, object, source, include, scratch, own_header):
        """Compiles an object from another source, or by another header; returns where it is."""
        words = list(self.compiles[object])
        out = os.path.join(scratch, object.replace("/", "+"))
        words[words.index("-o") + 1] = out
        for flag in ("-MF", "-MT"):
            del words[words.index(flag) : words.index(flag) + 2]
        words.remove("-MD")
        if source:
            words[words.index("-c") + 1] = source
        if own_header:  # without the precompiled headers, which have the right text of it
            at = words.index("-include") + 1 if "-include" in words else None
            if at and "tests/" in object:
                words[at] = shutil.copy(words[at], scratch)
        words[1:1] = ["-g0", f"-I{include}"]
        words = [w for w in words if w not in ("-g", "-g1", "-Werror")] + ["-w"]
        result = subprocess.run(words, cwd=self.folder, capture_output=True, text=True)
        return out if result.returncode == 0 else None, result.stderr

    def link(self, program, replaced, scratch):
        words = [replaced.get(w, w) for w in self.links[program] if w != "libxgrad_double.a"]
        at = next(k for k, w in enumerate(words) if w.endswith(".o"))
        words[at:at] = [replaced.get(o, o) for o in self.library]  # first, so that their inline functions are taken
        words[words.index("-o") + 1] = out = os.path.join(scratch, program)
        if shutil.which("ld.gold"):
            words.insert(1, "-fuse-ld=gold")
        subprocess.run(words + ["-Wl,-S"], cwd=self.folder, check=True)
        return out


def run_tests(program, arguments, scratch, limit):
    """What it returns and prints; None and nothing if it hangs."""
    folder = os.path.join(scratch, "cwd")
    shutil.rmtree(folder, ignore_errors=True)
    os.mkdir(folder)
    run = subprocess.Popen([program, "--no-colors", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           text=True, errors="replace", cwd=folder, env={**os.environ, "TMPDIR": folder},
                           start_new_session=True)
    try:
        output = run.communicate(timeout=limit)[0]
        return run.returncode, output
    except subprocess.TimeoutExpired:
        return None, ""
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()


def ends(program, arguments, scratch, limit):
    """None if the tests pass, else which of them failed."""
    code, output = run_tests(program, ["--abort-after=1", *arguments], scratch, limit)
    if code == 0:
        return None
    if code is None:
        return "hangs"
    names = re.findall(r"^TEST CASE: +(.*)$", output, flags=re.M)
    return (names[-1] if names else "outside of a test") + (f" (signal {-code})" if code < 0 else "")


def measure(build, scratch):
    """Runs the tests without a fault, for their times and for the names of the slow ones."""
    kept = f"{build.folder}/mutants-times.json"
    if not os.path.exists(kept):
        times = {}
        for program in PROGRAMS:
            start = time.time()
            code, output = run_tests(build.link(program, {}, scratch), ["--duration"], scratch, 3600)
            if code != 0:
                sys.exit(f"{program} fails without any fault:\n{output[-3000:]}")
            each = [(float(t), name) for t, name in re.findall(r"^([0-9.]+) s: (.*)$", output, flags=re.M)]
            total = sum(t for t, _ in each)
            times[program] = time.time() - start, [name.replace(",", "?") for t, name in each if t > total / 50]
        json.dump(times, open(kept, "w"))
    for program, (seconds, slow) in json.load(open(kept)).items():
        build.seconds[program], build.slow[program] = seconds, ",".join(slow)


def stages(build, mutant):
    """Programs with their arguments, in turn: the tests of the fault's own room, the others, the slow ones."""
    room = mutant.file.split("/")[0]
    for program in PROGRAMS if room in ("core", "autograd") else PROGRAMS[1:]:
        quick = [f"--test-case-exclude={build.slow[program]}"]
        yield program, quick + [f"--source-file=*/tests/{room}/*"]
        yield program, quick + [f"--source-file-exclude=*/tests/{room}/*"]
        yield program, [f"--test-case={build.slow[program]}"]


def try_out(build, mutant, scratch):
    """What killed the fault, or None."""
    path = os.path.join(ROOT, mutant.file)
    include = os.path.join(scratch, "include")
    shutil.rmtree(include, ignore_errors=True)
    is_header = mutant.file.endswith(".hpp")
    copy = os.path.join(include if is_header else scratch, "xgrad", mutant.file)
    os.makedirs(os.path.dirname(copy), exist_ok=True)
    open(copy, "w").write(changed(mutant))
    objects = sorted(o for o in build.needs.get(path, ()) if o in build.compiles)
    tests = {o for o in objects if any(o.endswith(f"/{t}.o") for t in mutant.rebuilt)}
    replaced = {}
    for object in objects:
        if object in build.library or object in tests:
            replaced[object], error = build.compile(object, None if is_header else copy, include, scratch, is_header)
            if error and replaced[object] is None:
                raise ValueError("does not compile: " + next(line for line in error.split("\n") if "error" in line))
    if not replaced:
        raise ValueError("nothing is made of the file")
    made = {}
    for program, arguments in stages(build, mutant):
        if program not in made:
            made = {program: build.link(program, replaced, scratch)}
        killer = ends(made[program], arguments, scratch, 3 * build.seconds[program] + 30)
        if killer:
            return killer
    return None


def report(mutants, results, seconds):
    width = max(map(len, ROOMS))
    print(f"\n{'room':{width}}  faults  run  killed  survived")
    rows = [(room, [m for m in mutants if m.file.startswith(room + "/")]) for room in ROOMS] + [("all", mutants)]
    for room, its in rows:
        run = [m for m in its if key(m) in results]
        killed = [m for m in run if results[key(m)] is not None]
        print(f"{room:{width}}  {len(its):6}  {len(run):3}  {len(killed):6}  {len(run) - len(killed):8}")
    survivors = [m for m in mutants if key(m) in results and results[key(m)] is None]
    for m in survivors:
        print(f"\nsurvived: {m.file}: {m.what}\n- {m.before}\n+ {m.after}\n= {m.reason or 'WHY?'}")
    run = sum(key(m) in results for m in mutants)
    if run:
        print(f"\n{run - len(survivors)} of {run} killed, {100 * (run - len(survivors)) / run:.1f} %; {seconds / 60:.0f} min")


def key(mutant):
    return hashlib.sha1("\n".join(map(str, mutant[:5])).encode()).hexdigest()[:12]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--shard", default="1/1")
    parser.add_argument("--again", choices=["survived", "all"])
    parser.add_argument("--build", default=os.path.join(ROOT, "build/mutants"))
    parser.add_argument("--jobs", default=str(os.cpu_count()), help="of the first build; faults are tried one at a time")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--report", action="store_true")
    options = parser.parse_args()
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.default_int_handler)
    every = read_list()
    if options.check:
        sys.exit(not check(every))
    number, of = map(int, options.shard.split("/"))
    mutants = [m for k, m in enumerate(m for m in every if m.file.startswith(options.only)) if k % of == number - 1]
    folder = os.path.realpath(options.build)

    def stored():
        results, seconds = {}, 0
        for name in sorted(glob.glob(f"{folder}/mutants*.jsonl")):
            for line in open(name):
                row = json.loads(line)
                results[row["key"]], seconds = row["killer"], seconds + row["seconds"]
        return results, seconds

    if not options.report:
        if not check(mutants):
            sys.exit("mend list.txt first")
        build = Build(folder, options.jobs)
        scratch = tempfile.mkdtemp(prefix="xgrad-mutants-")
        os.chmod(scratch, 0o755)  # some tests go on as another user
        try:
            measure(build, scratch)
            for k, mutant in enumerate(mutants):
                done = stored()[0]
                if key(mutant) in done and options.again != "all":
                    if done[key(mutant)] is not None or options.again != "survived":
                        continue
                start = time.time()
                try:
                    killer = try_out(build, mutant, scratch)
                except ValueError as error:  # no fault: mend the list
                    print(f"{k + 1}/{len(mutants)} {mutant.file}: {mutant.what}: {error}", flush=True)
                    continue
                row = {"key": key(mutant), "killer": killer, "seconds": time.time() - start, "what": mutant.what}
                with open(f"{folder}/mutants{number}.jsonl", "a") as out:
                    out.write(json.dumps(row) + "\n")
                told = f"killed by: {killer}" if killer else "SURVIVED"
                print(f"{k + 1}/{len(mutants)} {mutant.file}: {mutant.what}: {told} ({row['seconds']:.0f} s)", flush=True)
        except KeyboardInterrupt:
            print("\nstopped; the next run goes on from here")
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    report(mutants, *stored())


if __name__ == "__main__":
    main()
