"""fit.json: whole runs of fit on the data of fit_inputs.npz, from the weights that are there too."""

import pathlib

import keras
import numpy as np
from keras.optimizers import SGD, Adam, AdamW, RMSprop

RUNS = {
    "sgd": dict(optimizer=SGD(0.1)),
    "momentum": dict(optimizer=SGD(0.1, momentum=0.9)),
    "rmsprop": dict(optimizer=RMSprop(0.01)),
    "adam": dict(optimizer=Adam(0.01)),
    "adamw": dict(optimizer=AdamW(0.01)),
    "adam_l2": dict(optimizer=Adam(0.01), kernel_regularizer=keras.regularizers.L2(0.01)),
    "adam_class_weight": dict(optimizer=Adam(0.01), class_weight={0: 1, 1: 2, 2: 0.5}),
    "sgd_accum2": dict(optimizer=SGD(0.1, gradient_accumulation_steps=2)),
    "full_batch_gd": dict(optimizer=SGD(0.5), batch_size=40, epochs=5),
    "class_without_weight": dict(optimizer=SGD(0.1), class_weight={1: 3}),
    "class_weight_of_one_hot": dict(optimizer=SGD(0.1), class_weight={0: 1, 1: 2, 2: 0.5}, one_hot=True),
    "validation_freq": dict(optimizer=SGD(0.1), epochs=5, validation_freq=2),
    "min_lr": dict(optimizer=SGD(0.1), epochs=5, callbacks=[
        keras.callbacks.ReduceLROnPlateau("loss", patience=1, min_delta=100, min_lr=0.005)]),
}


def run(data, optimizer, kernel_regularizer=None, batch_size=16, epochs=3, one_hot=False, **options):
    model = keras.Sequential([keras.Input((6,)),
                              keras.layers.Dense(8, "relu", kernel_regularizer=kernel_regularizer),
                              keras.layers.Dense(3, "softmax")])
    model.set_weights([data[name] for name in ("w0", "b0", "w1", "b1")])
    y = keras.utils.to_categorical(data["y"], 3) if one_hot else data["y"]
    loss = "categorical_crossentropy" if one_hot else "sparse_categorical_crossentropy"
    model.compile(optimizer, loss=loss, metrics=["accuracy"])
    fitted = model.fit(data["x"], y, batch_size=batch_size, epochs=epochs, shuffle=False, validation_split=0.2,
                       verbose=0, **options)
    return {"history": fitted.history,
            "evaluate": model.evaluate(data["x"], y, batch_size=16, verbose=0),
            "final_weights": model.get_weights()}


def compute(_):
    data = np.load(pathlib.Path(__file__).with_name("fit_inputs.npz"))
    return {key: run(data, **options) for key, options in RUNS.items()}
