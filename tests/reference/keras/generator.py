"""generator.json: fit, evaluate and predict with batches of different sizes that generators give, on the data and from
the weights of fit_inputs.npz."""

import pathlib
import warnings

import keras
import numpy as np
from keras.optimizers import SGD, Adam

warnings.filterwarnings("ignore", message="(?s).*(ran out of data|`shuffle=True` was passed)")
SIZES = [5, 9, 2, 16, 8]  # of the first 40 samples in their order

data = np.load(pathlib.Path(__file__).with_name("fit_inputs.npz"))
ends = np.cumsum(SIZES)
parts = [slice(end - size, end) for size, end in zip(SIZES, ends)]
plain = [(data["x"][part], data["y"][part]) for part in parts]
weighted = [(x, y, 0.5 + np.arange(len(y), dtype="float32")) for x, y in plain]


def endless(batches):
    while True:
        yield from batches


class Parts(keras.utils.PyDataset):
    """The batches once, and once more in the next epoch."""

    def __len__(self):
        return len(plain)

    def __getitem__(self, k):
        return plain[k]


def compiled(optimizer):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")])
    model.set_weights([data[name] for name in ("w0", "b0", "w1", "b1")])
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def run(optimizer, *arguments, **options):
    model = compiled(optimizer)
    fitted = model.fit(*arguments, shuffle=False, verbose=0, **options)
    return {"history": fitted.history,
            "evaluate": model.evaluate(endless(weighted), steps=3, verbose=0),
            "predict": model.predict(endless(plain), steps=2, verbose=0),
            "final_weights": model.get_weights()}


def compute(_):
    return {
        # Keras draws the first two batches of a generator to look at them, and validates with them first each time
        "endless": run(Adam(0.01), endless(plain), epochs=4, steps_per_epoch=3,
                       validation_data=endless(plain[:2]), validation_steps=2),
        "weighted": run(SGD(0.1), endless(weighted), epochs=3, steps_per_epoch=5, validation_data=endless(weighted[:2]),
                        validation_steps=2),
        "begins anew": run(Adam(0.01), Parts(), epochs=3, validation_data=(data["x"], data["y"]), validation_steps=2,
                           validation_batch_size=16),
        "class weights": run(Adam(0.01), Parts(), epochs=3, class_weight={0: 1, 1: 2, 2: 0.5}),
        "cut by steps": run(SGD(0.1, momentum=0.9), Parts(), epochs=4, steps_per_epoch=3),
        "samples by steps": run(SGD(0.1, momentum=0.9), data["x"], data["y"], batch_size=9, epochs=4,
                                steps_per_epoch=4),
    }
