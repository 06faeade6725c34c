"""callbacks.json: scripted values of val_loss through callbacks. A number that JSON does not have is a text."""

import pathlib
import tempfile
from types import SimpleNamespace

import keras

EARLY_STOPPING = [
    ([1, 0.9, 0.95, 0.94, 0.93], {"patience": 0}),
    ([1, 0.9, 0.95, 0.94, 0.93], {"patience": 2}),
    ([1, 0.9, 0.95, 0.94, 0.93, 0.91], {"patience": 3, "restore_best_weights": True}),
    ([1, 0.99, 0.985, 0.98], {"patience": 2, "min_delta": 0.05}),
    ([1.0, 1.1, 1.2], {"patience": 0}),
    (["nan"] * 6, {"patience": 2, "restore_best_weights": True}),
    (["nan", 3, 2, 1, 1, 1], {"patience": 2, "restore_best_weights": True}),
    ([3, "nan", 2, "nan", "nan", 1], {"patience": 2, "restore_best_weights": True}),
    (["inf", "inf", "inf", "inf"], {"patience": 2}),
    ([1, 1.05, 1.05, 1.05], {"patience": 1, "min_delta": -0.1}),
    ([1, 0.95, 0.92, 0.9], {"patience": 1, "min_delta": -0.1}),
    ([1, 0.95, 1.2, 1.06, 1.04], {"patience": 2, "min_delta": -0.1, "mode": "max"}),
    ([1, 0.9, 0.8, 0.9, 0.7], {"patience": 2, "baseline": 0.5}),
    (["nan", 1, 0.9, 0.8], {"patience": 2, "baseline": 0.5}),
    ([0.4, 0.6, 0.6, 0.6], {"patience": 2, "baseline": 0.5}),
    ([1, 0.5, 3, 4, 5, 6], {"patience": 1, "start_from_epoch": 2}),
]

REDUCE_LR = [
    ([1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9], {"patience": 2}),
    ([1] * 10, {"patience": 2, "cooldown": 2, "factor": 0.5}),
    ([1] * 6, {"patience": 1, "factor": 0.5, "min_lr": 0.3}),
    (["nan", 1, 1, 1, 1], {"patience": 2}),
    ([1, 0.95, 0.93, 0.91], {"patience": 1, "min_delta": -0.1}),
]

# val_loss in one fit after another of the same object
CHECKPOINT = [
    ([[3, 1], [9]], {"save_best_only": True}),
    ([[3, 1], [9, 0.5], [0.7]], {"save_best_only": True}),
    ([[3, 0.7], [0.2, 0.7]], {"save_best_only": True, "initial_value_threshold": 0.5}),
    ([[1, 3], [2]], {"save_best_only": True, "mode": "max"}),
    ([[3, 1], [9]], {}),
]

SAVE_FREQ = [(3, 4, [2, 1]), (4, 4, [2]), (1, 2, [1]), (5, 2, [1, 3])]

CSV = [
    [{"loss": 3.5, "mae": 1.25, "val_loss": 2.5, "val_mae": 1}, {"loss": 3, "mae": 1, "val_loss": 2, "val_mae": 0.5}],
    [{"loss": 3.5, "a,b": 1.25}, {"loss": 3, "a,b": 1, "val_loss": 2, "val_a,b": 0.5}, {"loss": 2, "a,b": 0.5}],
    [{"loss": 0.5, 'the "best"': 1, "val_loss": 1, 'val_the "best"': 2}],
]

METRICS = ["accuracy", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy", "precision", "recall",
           "f1_score", "auc", "r2_score", "mae", "mse", "root_mean_squared_error", "top_k_categorical_accuracy"]


class Model:
    """What the callbacks see of a model: its weights are the last epoch's number, its learning rate a plain number."""

    def __init__(self):
        self.stop_training, self.weights, self.optimizer = False, None, SimpleNamespace(learning_rate=1.0)
        self.files = {}

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


    def save(self, path, overwrite):
        self.files[path] = self.weights


def epochs(callback, values):
    """Yields the model after every epoch until it is to stop."""
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.weights = epoch
        callback.on_epoch_end(epoch, {"val_loss": float(value)})
        yield model
        if model.stop_training:
            break
    callback.on_train_end()


def early_stopping(values, options):
    callback = keras.callbacks.EarlyStopping(**options)
    run = list(epochs(callback, values))
    return {"vals": values, "opts": options, "epochs_run": len(run), "stopped": callback.stopped_epoch > 0,
            "weights_from_epoch": run[-1].weights}


def reduce_lr(values, options):
    run = epochs(keras.callbacks.ReduceLROnPlateau(**options), values)
    return {"vals": values, "opts": options, "lr_after_epoch": [model.optimizer.learning_rate for model in run]}


def checkpoint(fits, options):
    callback, model, held = keras.callbacks.ModelCheckpoint("m.keras", **options), Model(), []
    callback.set_model(model)
    for values in fits:
        callback.on_train_begin()
        for epoch, model.weights in enumerate(values):
            callback.on_epoch_begin(epoch)
            callback.on_epoch_end(epoch, {"val_loss": float(model.weights)})
        held.append(model.files.get("m.keras", "nothing"))
    return {"fits": fits, "opts": options, "held": held}


def save_freq(frequency, batches, fits):
    callback, model = keras.callbacks.ModelCheckpoint("{epoch}-{batch}.keras", save_freq=frequency), Model()
    callback.set_model(model)
    for epochs in fits:
        callback.on_train_begin()
        for epoch in range(epochs):
            callback.on_epoch_begin(epoch)
            for batch in range(batches):
                callback.on_train_batch_end(batch, {})
            callback.on_epoch_end(epoch, {})
    return {"save_freq": frequency, "batches": batches, "fits": fits, "files": sorted(model.files)}


def csv(logs):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "log.csv")
        callback = keras.callbacks.CSVLogger(str(path))
        callback.on_train_begin()
        for epoch, numbers in enumerate(logs):
            callback.on_epoch_end(epoch, numbers)
        callback.on_train_end()
        return {"logs": logs, "text": path.read_text()}


def compute(_):
    return {"early_stopping": [early_stopping(*row) for row in EARLY_STOPPING],
            "reduce_lr": [reduce_lr(*row) for row in REDUCE_LR],
            "checkpoint": [checkpoint(*row) for row in CHECKPOINT],
            "save_freq": [save_freq(*row) for row in SAVE_FREQ],
            "csv": [csv(logs) for logs in CSV],
            "directions": {name: keras.metrics.get(name)._direction for name in METRICS}}
