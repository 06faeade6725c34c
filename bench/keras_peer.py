"""The workloads in Keras, by compile() and fit(): XLA makes each step one program.

KERAS_BACKEND names the backend; else it is JAX where that is installed, several times faster than TensorFlow on the
small networks, and else TensorFlow.
"""

import itertools
import os
from importlib.util import find_spec

import common

arguments = common.arguments()
for setting in ("PJRT_NPROC", "TF_NUM_INTRAOP_THREADS"):  # JAX and TensorFlow read them when they start
    os.environ[setting] = str(arguments.threads)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "jax" if find_spec("jax") else "tensorflow")
common.flush_denormals()  # the threads of the backend inherit it

import keras  # noqa: E402
import numpy as np  # noqa: E402


def make_optimizer(rule):
    if rule == "adam":
        return keras.optimizers.Adam(0.001, epsilon=common.ADAM_EPSILON)
    if rule == "rmsprop":
        return keras.optimizers.RMSprop(0.001, epsilon=common.RMSPROP_EPSILON)
    return keras.optimizers.SGD(0.01, momentum=0.9 if rule == "momentum" else 0.0)


class Clock(keras.callbacks.Callback):
    """Tells the report of every step. Keras logs the mean loss of all samples so far; a step's own is a difference."""

    def __init__(self, report):
        super().__init__()
        self.report, self.sizes, self.samples, self.total = report, [], 0, 0.0

    def watch(self, batches):
        """The same batches; their sizes are noted, for fit() draws some ahead."""
        for x, y in batches:
            self.sizes.append(len(x))
            yield x, y

    def on_train_begin(self, logs=None):
        self.report.more()

    def on_train_batch_end(self, batch, logs=None):
        before, size = self.total, self.sizes[batch]
        self.samples += size
        self.total = logs["loss"] * self.samples
        if self.report.wanted():
            self.report.loss((self.total - before) / size)
        self.report.more()  # before the next step, and not after fit(), which compiles what ends an epoch


def fit(model, a, report, loss, batches):
    """All steps are one epoch of fit(), on batches that never end."""
    clock = Clock(report)
    model.compile(make_optimizer(a.work.rule), loss, jit_compile=True)  # the default on JAX; not on TensorFlow's CPU
    model.fit(clock.watch(batches), steps_per_epoch=a.steps + 1, shuffle=False, verbose=0, callbacks=[clock])


def train_mnist(a, report):
    pixels, labels = common.load_mnist(a.data, np)
    images = np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
    random = np.random.RandomState(a.seed)
    kernels = list(common.glorot(random, a.work.layers))
    hidden = [keras.layers.Dense(units, activation="relu") for units in a.work.layers[:-1]]
    model = keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(a.work.layers[-1])])
    for layer, kernel in zip(model.layers, kernels):
        layer.set_weights([kernel, np.zeros(kernel.shape[1], np.float32)])
    samples = common.batches(random, len(labels), a.work.batch, np)
    batches = ((images.take(index, axis=0), labels.take(index)) for index in samples)
    fit(model, a, report, keras.losses.SparseCategoricalCrossentropy(from_logits=True), batches)


def fit_line(a, report):
    x, y, w, b = common.line(np.random.RandomState(a.seed))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.layers[0].set_weights([w.reshape(1, 1), b])
    fit(model, a, report, keras.losses.MeanSquaredError(), itertools.repeat((x, y)))


report = common.Report(arguments)
(train_mnist if arguments.work.layers else fit_line)(arguments, report)
report.print()
