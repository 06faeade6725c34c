"""Runs every trainer in turn on every workload, compares losses, and prints a table. scripts/bench.sh calls it."""

import argparse
import json
import math
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import machine

HERE = Path(__file__).resolve().parent
# The steps whose losses are compared, with how far they may lie from the floor's, relative: rounding differs, and
# training amplifies it. On K losses of step 300 lie up to 0.17 apart between builds with vectors of different lengths.
CHECKED = ["1", "10", "100", "300"]
TOLERANCE = dict(zip(CHECKED, [1e-5, 5e-3, 2e-2, 5e-2]))
TOLERANCE_OF_K = {**TOLERANCE, "300": 2e-1}
STEPS = {"S": 3000, "Q": 1000, "K": 300, "G": 40, "T": 10000, "L": 5000}  # in each run


def can_be_had(command):
    """Whether a program was built, or there is that Python; Debian's has to do a step of L, which takes no data."""
    if isinstance(command[0], Path):
        return command[0].exists()
    try:
        return subprocess.run([*command, "--workload", "L", "--steps", "1"], capture_output=True).returncode == 0
    except OSError:  # there is no such Python
        return False


def trainers(build, options):
    """By name, the ways of each trainer, as label and command."""
    def program(name, *variant):
        return [build / name, *(("--variant", *variant) if variant else ())]
    def script(python, name, *variant):
        return [python, HERE / name, *(("--variant", *variant) if variant else ())]
    debian, jax, tensorflow, torch = sys.executable, options.jax_python, options.tensorflow_python, options.torch_python
    return {"floor": {"floor": program("bench_floor"), "floor-own": program("bench_floor", "own"),
                      "floor-onednn": program("bench_floor_onednn", "own")},
            "xgrad": {"xgrad": program("bench_xgrad"), "xgrad-products": program("bench_xgrad", "products")},
            "libtorch": {"libtorch": program("bench_torch"), "libtorch-new": program("bench_torch2")},
            "pytorch": {"pytorch": script(debian, "pytorch.py"), "pytorch-new": script(torch, "pytorch.py"),
                        "pytorch-fused": script(torch, "pytorch.py", "fused"),
                        "pytorch-compile": script(torch, "pytorch.py", "compile")},
            "numpy": {"numpy": script(debian, "numpy_by_hand.py"), "numpy-new": script(jax, "numpy_by_hand.py")},
            "jax": {"jax-scan": script(jax, "jax_peer.py"), "jax-step": script(jax, "jax_peer.py", "step")},
            "tensorflow": {"tensorflow": script(tensorflow, "tensorflow_peer.py")},
            "keras": {"keras-jax": script(jax, "keras_peer.py", "jax"),
                      "keras-jax-many": script(jax, "keras_peer.py", "jax-many"),
                      "keras-tf": script(tensorflow, "keras_peer.py", "tensorflow"),
                      "keras-tf-many": script(tensorflow, "keras_peer.py", "tensorflow-many")}}


QUICK = "floor-own,xgrad,xgrad-products,libtorch-new,pytorch-fused,numpy-new,jax-scan,tensorflow"  # one of each kind


def run(command, workload, threads, options):
    """One run's report. All wait passively, so that a trainer's idle threads take nothing from those that work."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": str(threads),
                   "OPENBLAS_NUM_THREADS": str(threads), "BENCH_FLUSH": str(options.build / "libbench_flush.so")}
    arguments = [*command, "--workload", workload, "--threads", threads, "--data", options.data,
                 "--steps", max(1, int(STEPS[workload] * options.scale)), "--started", time.monotonic_ns()]
    if options.batch:
        arguments += ["--batch", options.batch]
    result = subprocess.run(list(map(str, arguments)), env=environment, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, arguments))}\n{result.stderr}")
    return json.loads(result.stdout.splitlines()[-1])


def differences(losses, tolerance):
    """One sentence for each loss that lies too far from the first trainer's: they did not do the same work."""
    said, (first, *others) = [], list(losses)
    for name in others:
        for step in CHECKED:
            mine, theirs = losses[name].get(step), losses[first].get(step)
            if mine is not None and theirs is not None and not math.isclose(mine, theirs, rel_tol=tolerance[step]):
                said.append(f"{name}: the loss of step {step} is {mine:.6g}, {first}'s {theirs:.6g}")
    return said


def summary(reports, clock):
    """Of the runs of one trainer with one number of threads: steps per second, and what else the table shows."""
    if clock == "cpu":
        rates = [1e6 / r["cpu_us_per_step"] for r in reports]
        low, high = min(rates), max(rates)
    else:
        rates = [r["steps_per_second"]["median"] for r in reports]
        low = min(r["steps_per_second"]["min"] for r in reports)
        high = max(r["steps_per_second"]["max"] for r in reports)
    return {"median": median(rates), "min": low, "max": high,
            "seconds_to_first_step": median(r["seconds_to_first_step"] for r in reports),
            "peak_rss_mb": median(r["peak_rss_mb"] for r in reports)}


def ratio(mine, theirs):
    """The median of the ratios of runs that were neighbours in time, for a machine's speed drifts."""
    return median(a / b for a, b in zip(mine, theirs))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="folder with the programs")
    parser.add_argument("--data", type=Path, required=True, help="folder with MNIST's four files, unpacked")
    parser.add_argument("--workloads", default="SQKGTL", help="of S, Q, K, G, T and L")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", default="1,2", help="each of these numbers of threads")
    parser.add_argument("--trainers", help="only these trainers or ways, by the names in the tables")
    machine.add_pythons(parser)
    parser.add_argument("--scale", type=float, default=1, help="times as many steps in each run")
    parser.add_argument("--batch", type=int, default=0, help="instead of the workload's own")
    parser.add_argument("--quick", action="store_true", help="some ten minutes: 2 rounds of a way or two of each kind")
    parser.add_argument("--clock", choices=["wall", "cpu"], default="wall", help="cpu: for a machine that is busy")
    parser.add_argument("--json", type=Path, help="where the numbers are written")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.trainers = min(options.rounds, 2), options.trainers or QUICK

    known = trainers(options.build, options)
    names = {*known, *(label for labels in known.values() for label in labels)}
    asked = options.trainers.split(",") if options.trainers else list(known)
    if unknown := [name for name in asked if name not in names]:
        parser.error(f"--trainers: there is no {', '.join(unknown)}; there are {', '.join(sorted(names))}")
    known = {name: {label: way for label, way in labels.items() if name in asked or label in asked}
             for name, labels in known.items()}
    found = {name: {label: way for label, way in labels.items() if can_be_had(way)} for name, labels in known.items()}
    print(machine.described(options))
    if missing := [label for name in known for label in known[name] if label not in found[name]]:
        print(f"left out, for they cannot be had here: {', '.join(missing)}")
    found = {name: labels for name, labels in found.items() if labels}
    if not found:
        sys.exit("there is nothing to run")
    # the ways of each trainer, by label and threads; one thread shares products with no other
    ways = {name: [(label, n) for label in labels for n in map(int, options.threads.split(","))
                   if label != "xgrad-products" or n > 1] for name, labels in found.items()}
    results, alike = {}, True
    for workload in options.workloads:
        runs = {name: {way: [] for way in ways[name]} for name in found}
        for _ in range(options.rounds):
            for name in found:
                for label, n in ways[name]:
                    runs[name][label, n].append(run(found[name][label], workload, n, options))
        table = {name: {way: summary(of, options.clock) for way, of in runs[name].items()} for name in found}
        best = {name: max(ways[name], key=lambda way, name=name: table[name][way]["median"]) for name in found}
        rates = {name: [1e6 / r["cpu_us_per_step"] if options.clock == "cpu" else r["steps_per_second"]["median"]
                        for r in runs[name][best[name]]] for name in found}
        versus = {name: {other: ratio(rates[name], rates[other]) for other in found} for name in found}
        results[workload] = {name: {"ways": [{"way": way, **row, "runs": runs[name][way]} for way, row in rows.items()],
                                    "best": best[name], "ratios": versus[name]} for name, rows in table.items()}

        print(f"\n{workload}   steps/s in {options.rounds} rounds; the last two columns are of each trainer's best way")
        print(f"{'':14} threads   median      min      max   first step   RSS MB   of the floor   xgrad is ahead")
        for name, rows in table.items():
            for (label, n), row in rows.items():
                last = ""
                if (label, n) == best[name]:
                    of, ahead = versus[name].get("floor"), versus.get("xgrad", {}).get(name)
                    last = (f"{of:15.3f}" if of else " " * 15) + (f"{ahead:15.2f}x" if ahead else "")
                rate = " ".join(f"{row[k]:8.{0 if row[k] >= 100 else 2}f}" for k in ("median", "min", "max"))
                print(f"{label:14} {n:7} {rate} {row['seconds_to_first_step']:10.3f} s {row['peak_rss_mb']:8.0f}{last}")
        if peers := {name: way for name, way in versus.get("xgrad", {}).items() if name not in ("floor", "xgrad")}:
            fastest = min(peers, key=peers.get)
            print(f"  xgrad does {peers[fastest]:.2f} times the steps of its fastest peer, {best[fastest][0]}")
        losses = {f"{label} {n}": of[0]["losses"] for rows in runs.values() for (label, n), of in rows.items()}
        for sentence in differences(losses, TOLERANCE_OF_K if workload == "K" else TOLERANCE):
            alike = False
            print(f"  not the same work: {sentence}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    if not alike:
        sys.exit("some trainers did not do the same work")
    print("\nThe losses of all agree, step by step: they did the same work.")


main()
