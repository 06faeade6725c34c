"""callbacks.json: scripted values of val_loss through callbacks."""

from types import SimpleNamespace

import keras

EARLY_STOPPING = [
    ([1, 0.9, 0.95, 0.94, 0.93], {"patience": 0}),
    ([1, 0.9, 0.95, 0.94, 0.93], {"patience": 2}),
    ([1, 0.9, 0.95, 0.94, 0.93, 0.91], {"patience": 3, "restore_best_weights": True}),
    ([1, 0.99, 0.985, 0.98], {"patience": 2, "min_delta": 0.05}),
    ([1.0, 1.1, 1.2], {"patience": 0}),
]

REDUCE_LR = [
    ([1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9], {"patience": 2}),
    ([1] * 10, {"patience": 2, "cooldown": 2, "factor": 0.5}),
]


class Model:
    """What the callbacks see of a model: its weights are the last epoch's number, its learning rate a plain number."""

    def __init__(self):
        self.stop_training, self.weights, self.optimizer = False, None, SimpleNamespace(learning_rate=1.0)

    def get_weights(self):
        return self.weights

    def set_weights(self, weights):
        self.weights = weights


def epochs(callback, values):
    """Yields the model after every epoch until it is to stop."""
    model = Model()
    callback.set_model(model)
    callback.on_train_begin()
    for epoch, value in enumerate(values):
        model.weights = epoch
        callback.on_epoch_end(epoch, {"val_loss": value})
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


def compute(_):
    return {"early_stopping": [early_stopping(*row) for row in EARLY_STOPPING],
            "reduce_lr": [reduce_lr(*row) for row in REDUCE_LR]}
