"""Keras's numbers, for the tests: computes the tables in the modules beside this one, each of which makes a JSON file.

    python3 -m pip install keras jax
    python3 tests/reference/keras/generate.py            # adds the rows that are new to the JSON files
    python3 tests/reference/keras/generate.py --check    # writes nothing; prints how far every row is from the stored

To add a row, add a line to a table and run this. A stored row that Keras still gives, up to rounding in float, stays as
it is, digit by digit; one that differs by more is replaced. What no table has is left alone: PyTorch's numbers, inputs.
"""

import argparse
import importlib
import json
import math
import os
import pathlib
import sys

os.environ.update(KERAS_BACKEND="jax", JAX_PLATFORMS="cpu")
sys.dont_write_bytecode = True

import jax
import keras
import numpy as np

FILES = ["optimizers", "fit", "generator", "losses_bn", "callbacks", "names", "options", "averages", "layers", "spellings"]
ROUNDING = dict(rel_tol=1e-5, abs_tol=1e-6)


def plain(value):
    """Dicts, lists and arrays of any library, as JSON has them; a float32 becomes the double that equals it."""
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    return value if isinstance(value, (str, bool, int, float)) else np.asarray(value).tolist()


def is_row(value):
    return not isinstance(value, dict) or isinstance(value.get("keras"), str)


def rows(value, path=""):
    """Every row in nested dicts, by its path."""
    if is_row(value):
        return {path: value}
    return {p: row for key, v in value.items() for p, row in rows(v, f"{path} / {key}" if path else key).items()}


def leaves(a, b):
    """What two rows have in the same places, in pairs."""
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
        return [pair for x, y in zip(a, b) for pair in leaves(x, y)]
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        return [pair for key in a for pair in leaves(a[key], b[key])]
    return [(a, b)]


def are_numbers(*values):
    return all(type(x) in (int, float) for x in values)


def same(a, b):
    return all(math.isclose(x, y, **ROUNDING) if are_numbers(x, y) else x == y for x, y in leaves(a, b))


def distance(a, b):
    return max((abs(x - y) if are_numbers(x, y) else 0 if x == y else math.inf for x, y in leaves(a, b)), default=0)


def merged(stored, computed):
    if is_row(stored) or is_row(computed):
        return stored if same(stored, computed) else computed
    return {**stored, **{key: merged(stored.get(key), value) for key, value in computed.items()}}


def report(file, stored, computed, every_row):
    """Prints the rows that are not as stored, or all; whether they are as stored."""
    before, now = rows(stored), rows(computed)
    known = [path for path in now if path in before]
    largest = max((distance(before[path], now[path]) for path in known), default=0)
    print(f"\n{file.name}: {len(now)} rows; {len(known)} are stored, with a largest difference of {largest:.1e}")
    good = True
    for path, row in now.items():
        new = path not in before
        changed = not new and not same(before[path], row)
        good = good and not new and not changed
        if every_row or new or changed:
            size = "    new" if new else f"{distance(before[path], row):7.1e}"
            print(f"  {size}  {path}{'  <- more than rounding' if changed else ''}")
    for path in before:
        if every_row and path not in now:
            print(f"  left alone{', PyTorch' if 'torch' in path else ''}: {path}")
    return good


def main():
    parser = argparse.ArgumentParser(description="Computes with Keras the numbers that the tests compare with.")
    parser.add_argument("--check", action="store_true", help="write nothing; print the distance of every row")
    check = parser.parse_args().check
    print(f"Keras {keras.__version__}, {keras.config.backend()} {jax.__version__}, {keras.config.floatx()}")
    good = True
    for name in FILES:
        file = pathlib.Path(__file__).with_name(name + ".json")
        stored = json.loads(file.read_text()) if file.exists() else {}
        computed = plain(importlib.import_module(name).compute(stored))
        good = report(file, stored, computed, check) and good
        if not check:
            file.write_text(json.dumps(merged(stored, computed), indent=1))
    return 1 if check and not good else 0


if __name__ == "__main__":
    sys.exit(main())
