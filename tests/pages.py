"""Runs every block of Python in the pages, and the Keras column of their tables.

    python3 tests/pages.py            # 77 if there is no Keras here; fails if one raises, or is not in the record
    python3 tests/pages.py --record   # runs them, and writes down which have run, and by which Keras

The record, reference/keras/pages.json, is looked at without Keras, too: a line that was changed has to be run again.
"""

import json
import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD = ROOT / "tests/reference/keras/pages.json"
FRAME = """
import numpy as np, keras
from keras import *
from keras.layers import *
from keras.losses import *
from keras.callbacks import *
from keras.optimizers import Adam
from keras.regularizers import L2
from keras.constraints import MaxNorm
from keras.models import load_model
random = np.random.default_rng(1)
images = lambda n: ((random.random((n, 28, 28)) * 255).astype("uint8"), random.integers(0, 10, n).astype("uint8"))
keras.datasets.mnist.load_data = lambda: (images(64), images(32))  # no network is needed
x, y = random.random((64, 784)), random.random((64, 10))
x_val, y_val = x[:8], y[:8]
model = Sequential([Input((784,)), Dense(10, "relu"), Dense(10, name="dense_1")])
model.compile("sgd", "mse")
optimizer = Adam(weight_decay=0.1)
history = model.fit(x, y, validation_split=0.1, verbose=0)
model.save("m.keras")
"""


def snippets():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "examples/keras_twin.py"]:
        text = page.read_text()
        if page.suffix == ".py":
            yield page.name, text
        for block in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S):
            yield page.name, block
        for table in re.findall(r"^\| Keras \| xgrad \|\n\|-.*\n((?:\|.*\n)+)", text, re.M):
            for row in table.splitlines():
                for code in re.findall("`([^`]*)`", row.split(" | ")[0]):
                    yield page.name, code


def main():
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {"code": []}
    found = list(snippets())
    assert len(found) > 15, found
    recording = sys.argv[1:] == ["--record"]
    new = [code for _, code in found if code not in recorded["code"]]
    if new and not recording:
        sys.exit("not recorded as run by Keras (tests/pages.py --record):\n" + "\n".join(new))
    try:
        import keras
    except ImportError:
        print("skipped: no Keras here; all was run once by", recorded["keras"])
        sys.exit(77)
    os.chdir(tempfile.mkdtemp())
    for page, code in found:
        names = {}
        exec(FRAME, names)
        try:
            exec(compile(code, page, "exec"), names)
        except Exception as error:
            sys.exit(f"{page}: {code}\n{type(error).__name__}: {error}")
    print(len(found), "pieces of Python ran, by Keras", keras.__version__)
    if recording:
        RECORD.write_text(json.dumps({"keras": f"Keras {keras.__version__}", "code": [c for _, c in found]}, indent=1))


main()
