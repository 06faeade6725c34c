"""Seconds from the start of a program to 97.5 % of MNIST's test images (784-128-10), and to the end of five epochs of
784-10-10-10: each framework's natural program, imports and compiling included, evaluated after every epoch.

scripts/bench.sh --time-to-result calls it. All train by Adam at 0.001 on batches of 32, with as many threads as they
take by themselves.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import machine

HERE = Path(__file__).resolve().parent
TARGET, EPOCHS = 0.975, 20


def programs(build, o):
    """By name, the command and what is added to the environment."""
    def script(python, name, *variant, **environment):
        return [[python, HERE / f"result_{name}.py"], variant, environment]
    return {"xgrad": [[build / "bench_result"], (), {}],
            "Keras on JAX": script(o.jax_python, "keras", KERAS_BACKEND="jax"),
            "Keras on TensorFlow": script(o.tensorflow_python, "keras", KERAS_BACKEND="tensorflow"),
            "PyTorch": script(o.torch_python, "pytorch"),
            "PyTorch, tuned": script(o.torch_python, "pytorch", "index"),
            "PyTorch, compiled": script(o.torch_python, "pytorch", "compile"),
            "JAX by hand": script(o.jax_python, "jax"),
            "scikit-learn": script(o.jax_python, "sklearn")}


def seconds(program, data, units, epochs, seed, target=None):
    """To the first accuracy that is at least the target, or to the last; the number of epochs; and the accuracy."""
    command, variant, environment = program
    arguments = list(map(str, [*command, data, units, epochs, seed, *variant]))
    started, accuracy, epoch = time.monotonic(), 0, 0
    with subprocess.Popen(arguments, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL) as child:
        for line in child.stdout:
            accuracy, epoch, took = float(line), epoch + 1, time.monotonic() - started
            if target and accuracy >= target:
                child.terminate()
                return {"seconds": took, "epochs": epoch, "accuracy": accuracy}
    if child.returncode != 0 or epoch != epochs:
        sys.exit(f"{' '.join(arguments)} ended with {child.returncode} after {epoch} epochs")
    return {"seconds": float("inf") if target else took, "epochs": epoch, "accuracy": accuracy}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="folder with the programs")
    parser.add_argument("--data", type=Path, required=True, help="folder with MNIST's four files, unpacked")
    parser.add_argument("--seeds", type=int, default=5, help="how many, from 1 on")
    parser.add_argument("--programs", help="only these, by the names in the table, with ; between them")
    machine.add_pythons(parser)
    parser.add_argument("--json", type=Path, help="where the numbers are written")
    options = parser.parse_args()
    known = programs(options.build, options)
    if unknown := [name for name in (options.programs or "xgrad").split(";") if name not in known]:
        parser.error(f"--programs: there is no {', '.join(unknown)}; there are {'; '.join(known)}")
    asked = {name: known[name] for name in (options.programs.split(";") if options.programs else known)}
    found = {name: program for name, program in asked.items() if program[0][0].exists()}
    print(machine.described(options))
    if missing := [name for name in asked if name not in found]:
        print(f"left out, for they cannot be had here: {', '.join(missing)}")

    results = {name: {"target": [], "five": []} for name in found}
    for seed in range(1, options.seeds + 1):  # in turn, for a machine's speed drifts
        for name, program in found.items():
            results[name]["target"].append(seconds(program, options.data, "128", EPOCHS, seed, TARGET))
            results[name]["five"].append(seconds(program, options.data, "10,10", 5, seed))
    print(f"\nmedians of {options.seeds} seeds\n{'':20} to {TARGET:.1%}   epochs   to the end of 5 epochs   accuracy")
    for name, of in results.items():
        middle = {kind: {key: median(run[key] for run in runs) for key in runs[0]} for kind, runs in of.items()}
        print(f"{name:20} {middle['target']['seconds']:6.2f} s {middle['target']['epochs']:8.0f} "
              f"{middle['five']['seconds']:22.2f} s {middle['five']['accuracy']:10.4f}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


main()
