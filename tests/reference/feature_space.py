#!/usr/bin/env python3
"""Writes keras/feature_space.json: what Keras's FeatureSpace makes of small tables. It needs keras and tensorflow.

    python3 tests/reference/feature_space.py
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
import tensorflow as tf
from keras.utils import FeatureSpace

random = np.random.RandomState(0)
n = 60
TRAIN = {
    "weight": random.normal(70, 12, n).round(2).tolist(),
    "fare": random.exponential(30, n).round(4).tolist(),
    "deck": random.randint(0, 8, n).tolist(),
    "sex": random.choice(["male", "female"], n).tolist(),
    "town": random.choice(["Aix", "Brno", "Zürich", "東京", "a name of more than thirty-two letters in all",
                           "one that is so long that it needs the hash's loop, which begins beyond sixty-four bytes"],
                          n).tolist(),
}
TEST = {
    "weight": [50.0, 0.0, -3.25, 1e6],
    "fare": [0.0, 12.5, 33.333, 1e4],
    "deck": [0, 5, 17, -9],
    "sex": ["female", "male", "", "x"],
    "town": ["Aix", "東京", "Oslo", "seventeen letters"],
}
F = FeatureSpace
SPACES = {
    "normalized": ({"weight": F.float_normalized(), "fare": F.float_normalized()}, []),
    "rescaled": ({"fare": F.float_rescaled(scale=0.25, offset=-1.5)}, []),
    "discretized": ({"fare": F.float_discretized(num_bins=5), "weight": F.float_discretized(num_bins=4)}, []),
    "categorical": ({"deck": F.integer_categorical(), "sex": F.string_categorical(), "town": "string_categorical"}, []),
    "max_tokens": ({"deck": F.integer_categorical(max_tokens=4), "town": F.string_categorical(max_tokens=3)}, []),
    "oov_3": ({"deck": F.integer_categorical(num_oov_indices=3, max_tokens=6),
               "town": F.string_categorical(num_oov_indices=3)}, []),
    "hashed": ({"deck": F.integer_hashed(num_bins=7), "town": F.string_hashed(num_bins=11)}, []),
    "crossed": ({"deck": F.integer_categorical(), "sex": F.string_categorical(), "town": F.string_hashed(num_bins=9)},
                [F.cross(feature_names=("sex", "deck"), crossing_dim=13)]),
    "all": ({"weight": "float_normalized", "fare": F.float_rescaled(scale=0.01), "town": "string_categorical",
             "deck": "integer_categorical", "sex": F.string_categorical(max_tokens=2)}, []),
}

rows = {}
for name, (features, crosses) in SPACES.items():
    space = FeatureSpace(features, crosses=crosses, output_mode="concat")
    used = lambda table: {k: np.array(table[k]) for k in features}
    space.adapt(tf.data.Dataset.from_tensor_slices(used(TRAIN)).batch(n))
    rows[name] = {part: np.asarray(space(used(table)), dtype=np.float64).tolist()
                  for part, table in (("train", TRAIN), ("test", TEST))}

numbers = lambda rows: "[" + ",\n      ".join(json.dumps([int(v) if v == int(v) else round(v, 9) for v in r])
                                              for r in rows) + "]"
spaces = ",\n".join(f'  "{k}": {{"train": {numbers(v["train"])},\n    "test": {numbers(v["test"])}}}' for k, v in rows.items())
column = lambda t: "{" + ",\n    ".join(f'"{k}": {json.dumps(v, ensure_ascii=False)}' for k, v in t.items()) + "}"
Path(__file__).with_name("keras").joinpath("feature_space.json").write_text(
    f'{{"made_by": "Keras {keras.__version__}, TensorFlow {tf.__version__}",\n"train": {column(TRAIN)},\n'
    f'"test": {column(TEST)},\n"spaces": {{\n{spaces}}}}}\n')
