"""Microseconds of one prediction: one sample and batches of 32 and 1,024 on 784-128-10 and 784-512-512-10, softmax
included, by xgrad and its peers in turn, each in the better of one and two threads.

scripts/bench.sh --predict calls it.
"""

import argparse
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

import machine

HERE = Path(__file__).resolve().parent


def programs(build, o):
    def script(python, peer):
        return [python, HERE / "predict_peer.py", peer]
    return {"xgrad": [build / "bench_predict_xgrad"], "libtorch": [build / "bench_predict_torch2"],
            "onnxruntime": script(o.jax_python, "onnxruntime"), "jax": script(o.jax_python, "jax"),
            "pytorch": script(o.torch_python, "pytorch"),
            "pytorch-compile": script(o.torch_python, "pytorch-compile"),
            "litert": script(o.tensorflow_python, "litert")}


def run(command, threads):
    """By network and batch, what a program printed."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": str(threads)}
    result = subprocess.run([*map(str, command), str(threads)], env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} {threads}\n{result.stderr}")
    rows = [json.loads(text) for text in result.stdout.splitlines() if text.startswith("{")]
    return {(row["network"], row["batch"]): row for row in rows}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="folder with the programs")
    parser.add_argument("--data", type=Path, help="is not looked at")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", default="1,2", help="each of these numbers of threads")
    parser.add_argument("--fastest", action="store_true", help="the fastest call of a run, for a machine that is busy")
    parser.add_argument("--programs", help="only these, by the names in the table")
    machine.add_pythons(parser)
    parser.add_argument("--json", type=Path, help="where the numbers are written")
    options = parser.parse_args()
    known = programs(options.build, options)
    asked = options.programs.split(",") if options.programs else list(known)
    if unknown := [name for name in asked if name not in known]:
        parser.error(f"--programs: there is no {', '.join(unknown)}; there are {', '.join(known)}")
    found = [name for name in asked if known[name][0].exists()]
    print(machine.described(options))
    if missing := [name for name in asked if name not in found]:
        print(f"left out, for they cannot be had here: {', '.join(missing)}")

    threads, runs = list(map(int, options.threads.split(","))), {}
    for _ in range(options.rounds):
        for name in found:
            for n in threads:
                runs.setdefault(name, {}).setdefault(n, []).append(run(known[name], n))

    key = "min_us" if options.fastest else "median_us"
    cases, alike = list(runs[found[0]][threads[0]][0]), True
    print(f"\nus a call, {key}, medians of {options.rounds} rounds in turn, and how many times xgrad's that is\n{'':16}",
          *(f"{network} / {batch}".rjust(24) for network, batch in cases))
    table = {name: {case: min((median(r[case][key] for r in of[n]), n) for n in threads) for case in cases}
             for name, of in runs.items()}
    for name, row in table.items():
        said = [f"{us:.1f} ({n})" + (f" {us / table['xgrad'][case][0]:6.2f}x" if "xgrad" in table else "")
                for case, (us, n) in row.items()]
        print(f"{name:16}", *(text.rjust(24) for text in said))
    first = runs[found[0]][threads[0]][0]
    for name, of in runs.items():
        for case in cases:
            for a, b in zip(first[case]["outputs"], of[threads[0]][0][case]["outputs"]):
                if not math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-6):
                    alike = False
                    print(f"  not the same outputs: {name} {case}: {b}, {found[0]} {a}")
    print("in brackets the number of threads that was faster")
    if options.json:
        named = {name: {f"{network} / {batch}": us for (network, batch), us in row.items()}
                 for name, row in table.items()}
        options.json.write_text(json.dumps(named, indent=1))
    if not alike:
        sys.exit("some programs did not give the same outputs")


main()
