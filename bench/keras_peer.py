"""The workloads in Keras: compile() and fit(), on whichever backend Keras is configured for."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras  # noqa: E402
import numpy as np  # noqa: E402

import common  # noqa: E402


def make_optimizer(rule):
    if rule == "adam":
        return keras.optimizers.Adam(epsilon=common.ADAM_EPSILON)
    if rule == "rmsprop":
        return keras.optimizers.RMSprop(epsilon=common.RMSPROP_EPSILON)
    return keras.optimizers.SGD(0.01, momentum=0.9 if rule == "momentum" else 0.0)


class Clock(keras.callbacks.Callback):
    """Tells the report of every step. Keras's loss is the mean so far, so that of one step is a difference of two."""

    def __init__(self, report):
        super().__init__()
        self.report, self.total = report, 0.0

    def on_train_batch_begin(self, batch, logs=None):
        if not self.report.more():
            self.model.stop_training = True

    def on_train_batch_end(self, batch, logs=None):
        done = self.report.done
        if done + 1 in (1, 10, 100, 300):
            self.total = float(logs["loss"]) * done
        if self.report.wanted():
            self.report.loss(float(logs["loss"]) * done - self.total)


def fit(model, a, report, batch):
    """One call of fit() for all steps, on the batches that batch() gives."""

    def forever():
        while True:
            yield batch()

    model.compile(make_optimizer(a.work.rule), "sparse_categorical_crossentropy" if a.work.layers else "mse")
    model.fit(forever(), steps_per_epoch=a.steps + 1, epochs=1, verbose=0, shuffle=False, callbacks=[Clock(report)])
    report.more()


def train_mnist(a, report):
    pixels, labels = common.load_mnist(a.data, np)
    images = np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
    random = np.random.RandomState(a.seed)
    kernels = list(common.glorot(random, a.work.layers))
    hidden = [keras.layers.Dense(units, activation="relu") for units in a.work.layers[:-1]]
    model = keras.Sequential([keras.Input((784,)), *hidden, keras.layers.Dense(10, activation="softmax")])
    for layer, kernel in zip(model.layers, kernels):
        layer.set_weights([kernel, np.zeros(kernel.shape[1], np.float32)])
    samples = common.batches(random, len(labels), a.work.batch, np)

    def batch():
        index = next(samples)
        return images.take(index, axis=0), labels.take(index)

    fit(model, a, report, batch)


def fit_line(a, report):
    x, y, w, b = common.line(np.random.RandomState(a.seed))
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.layers[0].set_weights([w.reshape(1, 1), b])
    fit(model, a, report, lambda: (x, y))


arguments = common.arguments()
report = common.Report(arguments)
(train_mnist if arguments.work.layers else fit_line)(arguments, report)
report.print()
