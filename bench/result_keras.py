"""FOLDER UNITS EPOCHS SEED: as Keras's documentation writes it, on KERAS_BACKEND. See time_to_result.py."""

import os
import sys

import numpy as np

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras  # noqa: E402
from keras import layers  # noqa: E402

from common import load_mnist  # noqa: E402

folder, units, epochs, seed = sys.argv[1], [int(n) for n in sys.argv[2].split(",")], int(sys.argv[3]), int(sys.argv[4])
(x_train, y_train), (x_test, y_test) = load_mnist(folder, np), load_mnist(folder, np, "t10k")
x_train, x_test = x_train.astype("float32") / 255, x_test.astype("float32") / 255

keras.utils.set_random_seed(seed)
model = keras.Sequential(
    [keras.Input((784,)), *(layers.Dense(n, "relu") for n in units), layers.Dense(10, "softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
tell = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(logs["val_accuracy"], flush=True))
model.fit(x_train, y_train, epochs=epochs, validation_data=(x_test, y_test), verbose=0, callbacks=[tell])
