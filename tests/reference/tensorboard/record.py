"""events.json: the event files that Keras's callback TensorBoard writes, record by record, as hexadecimal digits.

    python3 -m pip install keras tensorflow-cpu
    python3 tests/reference/tensorboard/record.py

Each record has its bytes, as TensorFlow's writer framed them, and what they say: the time, step, tag and value.
"""

import json
import os
import pathlib
import struct
import tempfile

os.environ.update(KERAS_BACKEND="tensorflow", TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="")

import keras
import numpy as np
import tensorflow as tf
from tensorflow.core.util.event_pb2 import Event


def records(folder):
    (file,) = folder.iterdir()
    data = file.read_bytes()
    while data:
        (length,) = struct.unpack("<Q", data[:8])
        event = Event.FromString(data[12:12 + length])
        record = {"bytes": data[:length + 16].hex(), "wall_time": event.wall_time, "step": event.step}
        for value in event.summary.value:
            record.update(tag=value.tag, value=float(tf.make_ndarray(value.tensor)))
        yield record
        data = data[length + 16:]


def run(update_freq):
    """Two epochs of four steps, with one batch of two samples that validates."""
    x = np.arange(1, 11, dtype="float32").reshape(-1, 1)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(keras.optimizers.SGD(0.001), "mse", metrics=["mae"])
    with tempfile.TemporaryDirectory() as folder:
        callback = keras.callbacks.TensorBoard(folder, write_graph=False, update_freq=update_freq)
        model.fit(x, 2 * x, batch_size=2, epochs=2, shuffle=False, validation_split=0.2, verbose=0,
                  callbacks=[callback])
        return {part: list(records(pathlib.Path(folder) / part)) for part in ("train", "validation")}


runs = {str(freq): run(freq) for freq in ("epoch", "batch", 2)}
made_by = f"Keras {keras.__version__}, TensorFlow {tf.__version__}"
pathlib.Path(__file__).with_name("events.json").write_text(json.dumps({"made by": made_by, **runs}, indent=1) + "\n")
