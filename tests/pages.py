"""Runs every block of Python in the pages, and the left column of their tables: Keras, pandas or scikit-learn.

    python3 tests/pages.py            # 77 if there is no Keras here; fails if one raises, or is not in the record
    python3 tests/pages.py --record   # runs them, and writes down which have run, and by which Keras

The record, reference/keras/pages.json, is looked at without Keras, too: a line that was changed has to be run again.
"""

import importlib.util
import json
import os
import pathlib
import re
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORD = ROOT / "tests/reference/keras/pages.json"
KERAS = """
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
PANDAS = """
import io, numpy as np, pandas as pd
open("t.csv", "w").write("a;b;zip\\n1;2;01\\n3;?;02\\n" if ";" in code else "a,b,zip\\n1,2,01\\n3,4,02\\n")
t = pd.DataFrame({"a": np.arange(30.0), "b": np.arange(30) + 1.0})
x = np.zeros((3, 1))
"""
SKLEARN = """
import joblib, numpy as np
from sklearn.compose import *
from sklearn.feature_extraction import *
from sklearn.inspection import *
from sklearn.neural_network import *
from sklearn.pipeline import *
from sklearn.impute import *
from sklearn.preprocessing import *
transformer = StandardScaler()
random = np.random.default_rng(1)
X_train, X_test = random.random((40, 3)), random.random((20, 3))
y_train, y_test = (X_train[:, 0] > 0.5) * 1, (X_test[:, 0] > 0.5) * 1
clf = MLPClassifier((4,), max_iter=5).fit(X_train, y_train)
"""
FRAMES = {"Keras": ("keras", KERAS), "pandas": ("pandas", PANDAS), "scikit-learn": ("sklearn", SKLEARN)}


def snippets():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), ROOT / "examples/keras_twin.py"]:
        text = page.read_text()
        if page.suffix == ".py":
            yield page.name, "Keras", text
        for block in re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S):
            yield page.name, "Keras", block
        for of, table in re.findall(r"^\| (Keras|pandas|scikit-learn) \| xgrad \|\n\|-.*\n((?:\|.*\n)+)", text, re.M):
            for row in table.splitlines():
                for code in re.findall("`([^`]*)`", row.split(" | ")[0]):
                    yield page.name, of, code


def main():
    recorded = json.loads(RECORD.read_text()) if RECORD.exists() else {"code": []}
    found = list(snippets())
    assert len(found) > 15, found
    recording = sys.argv[1:] == ["--record"]
    new = [code for *_, code in found if code not in recorded["code"]]
    if new and not recording:
        sys.exit("not recorded as run (tests/pages.py --record):\n" + "\n".join(new))
    has = {of: importlib.util.find_spec(module) is not None for of, (module, _) in FRAMES.items()}
    if recording and not all(has.values()):
        sys.exit(f"to record, all have to be there: {has}")
    try:
        import keras
    except ImportError:
        print("skipped: no Keras here; all was run once by", recorded["keras"])
        sys.exit(77)
    os.chdir(tempfile.mkdtemp())
    run = [each for each in found if has[each[1]]]
    for page, of, code in run:
        names = {"code": code}
        exec(FRAMES[of][1], names)
        try:
            exec(compile(code, page, "exec"), names)
        except Exception as error:
            sys.exit(f"{page}: {code}\n{type(error).__name__}: {error}")
    print(len(run), "pieces of Python ran, by Keras", keras.__version__)
    if recording:
        RECORD.write_text(json.dumps({"keras": f"Keras {keras.__version__}", "code": [c for *_, c in found]}, indent=1))


main()
