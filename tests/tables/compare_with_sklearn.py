#!/usr/bin/env python3
"""Trains xgrad-train and scikit-learn's MLP on the same rows of real tables, and prints how both do on the others.

    python3 tests/tables/compare_with_sklearn.py build/tools/xgrad-train TABLE.csv:LABEL[:DROP,DROP] ...
    python3 tests/tables/compare_with_sklearn.py build/tools/xgrad-train --folder FOLDER    # the last column is the label

It needs pandas and scikit-learn. Of each table a fifth of the rows, drawn by each of --seeds seeds, is held out.
scikit-learn's side is StandardScaler and OneHotEncoder with SimpleImputer in a ColumnTransformer, and MLPClassifier or
MLPRegressor (targets scaled) with their defaults; for columns, it gets what xgrad-train says that it takes. The score is
accuracy, or R2. By hand: it takes minutes.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")


def ours(program, train, test, label, drop, seed, folder):
    """The report of xgrad-train, and what it took each column for; or what it said when it refused."""
    train.to_csv(folder / "train.csv", index=False)
    test.to_csv(folder / "test.csv", index=False)
    command = [program, folder / "train.csv", "--label", label, "--test", folder / "test.csv", "--report",
               folder / "report.json", "--seed", str(seed), "--quiet"] + (["--drop", ",".join(drop)] if drop else [])
    run = subprocess.run(command, capture_output=True, text=True)
    if run.returncode:
        return None, run.stderr.strip()
    columns = dict(re.findall(r"^  (\S.*?)  +(float_normalized|string_categorical)", run.stdout, re.M))
    return json.loads((folder / "report.json").read_text()), columns


def theirs(train, test, label, columns, classes, seed):
    numbers = [c for c, kind in columns.items() if kind == "float_normalized"]
    texts = [c for c, kind in columns.items() if kind != "float_normalized"]
    inputs = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("texts", make_pipeline(SimpleImputer(strategy="constant", fill_value=""),
                                OneHotEncoder(handle_unknown="ignore")), texts)])
    if classes:
        model = make_pipeline(inputs, MLPClassifier(random_state=seed))
    else:
        model = make_pipeline(inputs, TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler()))
    prepare = lambda t: t[numbers + texts].astype({c: object for c in texts} | {c: float for c in numbers})
    y = (lambda t: t[label].astype(str)) if classes else (lambda t: t[label].astype(float))
    return model.fit(prepare(train), y(train)).score(prepare(test), y(test))


def compare(program, path, label, drop, seeds, folder):
    table = pd.read_csv(path)
    label = label or table.columns[-1]
    table = table[table[label].notna()]
    rows = []
    for seed in range(seeds):
        train, test = train_test_split(table, test_size=0.2, random_state=seed)
        if table[label].dtype == object or table[label].nunique() <= 20:
            test = test[test[label].isin(train[label])]  # neither knows a class that no row of train has
        report, said = ours(program, train, test, label, drop, seed, folder)
        if report is None:
            return None, said
        classes = "classes" in report
        metrics = report["metrics"]
        base = metrics["majority"] if classes else 0.0
        try:
            score = theirs(train, test, label, said, classes, seed)
        except Exception as error:
            score = float("nan")
            print(f"  scikit-learn: {str(error).splitlines()[0][:100]}")
        rows.append((metrics["accuracy"] if classes else metrics["r2"], score, base))
    return ("accuracy" if classes else "r2", np.array(rows, dtype=float)), None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("tables", nargs="*")
    parser.add_argument("--folder")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--most-rows", type=int, default=20000)
    parser.add_argument("--first", type=int, default=10**9, help="how many files of the folder")
    options = parser.parse_args()
    tables = [(t.split(":") + ["", ""])[:3] for t in options.tables]
    if options.folder:
        files = sorted(p for p in Path(options.folder).rglob("*.csv*") if p.is_file())
        step = max(1, len(files) // options.first)
        tables += [(str(p), "", "") for p in files[::step]]
    trained = refused = sklearn_beats = both_beat = 0
    with tempfile.TemporaryDirectory() as folder:
        for path, label, drop in tables:
            name = Path(path).stem
            try:
                table = pd.read_csv(path)
            except Exception:
                continue
            known = table[label or table.columns[-1]].notna().sum() if len(table.columns) > 1 else 0
            if not 25 <= known <= options.most_rows:
                continue
            result, why = compare(options.program, path, label, [d for d in drop.split(",") if d], options.seeds, Path(folder))
            if result is None:
                refused += 1
                print(f"{name}: refused: {why}")
                continue
            trained += 1
            kind, rows = result
            mine, sklearn, base = np.nanmean(rows, axis=0)
            spread = statistics.pstdev(rows[:, 1]) if len(rows) > 1 else 0
            if sklearn > base:
                sklearn_beats += 1
                both_beat += mine > base
            mark = "" if not sklearn > base or mine > base else "  BEHIND"
            print(f"{name}: {kind} {mine:.4f}, scikit-learn {sklearn:.4f} +- {spread:.4f}, without a model {base:.4f}{mark}",
                  flush=True)
    print(f"{trained} trained, {refused} refused; of {sklearn_beats} where scikit-learn beats the majority or the mean, "
          f"{both_beat} where xgrad-train does")


if __name__ == "__main__":
    sys.exit(main())
