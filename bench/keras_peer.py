"""The workloads in Keras, by compile() and fit(): XLA makes each step one program.

The variant names the backend, jax or tensorflow; jax-many and tensorflow-many take many steps in each execution.
"""

import itertools
import os

import common

arguments = common.arguments()
for setting in ("PJRT_NPROC", "TF_NUM_INTRAOP_THREADS"):  # JAX and TensorFlow read them when they start
    os.environ[setting] = str(arguments.threads)
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"], _, many = arguments.variant.partition("-")
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


class Laps(keras.callbacks.Callback):
    """Keras calls it after an execution of many steps."""

    def __init__(self, report):
        super().__init__()
        self.report = report

    def on_train_batch_end(self, batch, logs=None):
        self.report.lap()


def fit(model, a, report, loss, batches, dataset):
    """All steps are one epoch of fit(), on batches that never end. dataset() has them for TensorFlow's many steps."""
    optimizer, steps = make_optimizer(a.work.rule), a.steps + 1
    clock = Clock(report)
    if many:
        steps = report.compared()
    model.compile(optimizer, loss, jit_compile=True)  # the default on JAX; not on TensorFlow's CPU
    model.fit(clock.watch(batches), steps_per_epoch=steps, shuffle=False, verbose=0, callbacks=[clock])
    if many:
        report.again()
        model.compile(optimizer, loss, jit_compile=True, steps_per_execution=report.chunk)
        if keras.backend.backend() == "tensorflow":
            batches = dataset()
        model.fit(batches, steps_per_epoch=11 * report.chunk, shuffle=False, verbose=0, callbacks=[Laps(report)])


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

    def dataset():
        import tensorflow as tf

        x, y, batch = tf.constant(images), tf.constant(labels), a.work.batch
        shapes = tf.TensorSpec((None, batch), tf.int32), tf.TensorSpec((None,), tf.int32)
        rows = tf.data.Dataset.from_generator(
            lambda: common.chunks(random, len(labels), batch, 100, np), output_signature=shapes)
        return rows.unbatch().map(lambda i, n: (tf.gather(x, i[:n]), tf.gather(y, i[:n]))).prefetch(tf.data.AUTOTUNE)

    fit(model, a, report, keras.losses.SparseCategoricalCrossentropy(from_logits=True), batches, dataset)


def fit_line(a, report):
    x, y, w, b = common.line(np.random.RandomState(a.seed))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.layers[0].set_weights([w.reshape(1, 1), b])

    def dataset():
        import tensorflow as tf

        return tf.data.Dataset.from_tensors((x, y)).repeat()

    fit(model, a, report, keras.losses.MeanSquaredError(), (pair for pair in itertools.repeat((x, y))), dataset)


report = common.Report(arguments)
(train_mnist if arguments.work.layers else fit_line)(arguments, report)
report.print()
