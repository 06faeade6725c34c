"""averages.json: steps with use_ema and with constraints, and whole runs of fit with both.

A trajectory has the variable after each step, the moving average, and the variable that finalize_variable_values()
gives at the end. A run of fit has the weights after it, from the same weights and data, without shuffling.
"""

import keras
import numpy as np
from keras.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from keras.optimizers import SGD, Adagrad, Adam, AdamW, Nadam, RMSprop

W0 = [1, -2, 3, 0.5]
GRADIENTS = [[0.125, -0.25, 0.5, 0], [0.5, 0.5, -0.5, 2**-13], [-1, 2, 0.25, -(2**-13)], [0.0625, 0, 4, 2**-10],
             [0.25, -0.125, 0.125, -2], [1, 1, -1, 0.5]]

EMA = dict(use_ema=True)
STEPS = {  # an optimizer and a constraint
    "SGD(lr=.1,ema)": (lambda: SGD(0.1, **EMA), None),
    "Adam(lr=.1,ema=.5)": (lambda: Adam(0.1, **EMA, ema_momentum=0.5), None),
    "Nadam(lr=.1,ema=.75,every=2)": (lambda: Nadam(0.1, **EMA, ema_momentum=0.75, ema_overwrite_frequency=2), None),
    "RMSprop(lr=.1,ema=.9,every=1)": (lambda: RMSprop(0.1, **EMA, ema_momentum=0.9, ema_overwrite_frequency=1), None),
    "SGD(lr=.1,momentum=.9,ema=.5,every=3)":
        (lambda: SGD(0.1, momentum=0.9, **EMA, ema_momentum=0.5, ema_overwrite_frequency=3), None),
    "SGD(lr=.1,ema=.5,every=2,accumulate=2)":
        (lambda: SGD(0.1, **EMA, ema_momentum=0.5, ema_overwrite_frequency=2, gradient_accumulation_steps=2), None),
    "AdamW(lr=.1,ema=.5,accumulate=3)":
        (lambda: AdamW(0.1, **EMA, ema_momentum=0.5, gradient_accumulation_steps=3), None),
    "Adagrad(lr=.5),MaxNorm(1.5)": (lambda: Adagrad(0.5), MaxNorm(1.5)),
    "SGD(lr=.5),NonNeg": (lambda: SGD(0.5), NonNeg()),
    "SGD(lr=.1,accumulate=2),MaxNorm(1.5)": (lambda: SGD(0.1, gradient_accumulation_steps=2), MaxNorm(1.5)),
    "Adam(lr=.1,ema=.5),UnitNorm": (lambda: Adam(0.1, **EMA, ema_momentum=0.5), UnitNorm()),
    "SGD(lr=.1,ema=.5,every=2),MinMaxNorm(.5,2,.25)":
        (lambda: SGD(0.1, **EMA, ema_momentum=0.5, ema_overwrite_frequency=2), MinMaxNorm(0.5, 2, 0.25)),
}

X = (np.arange(24).reshape(8, 3) % 7 - 3) / 4
Y = (np.arange(8).reshape(8, 1) % 3 - 1) / 2
KERNELS = [[[0.5, -0.25], [1, 0.125], [-0.75, 0.5]], [0.125, -0.5], [1, 0.5], [0.25, -0.125], [[1], [-0.5]], [0.25]]


def trajectory(make, constraint):
    optimizer, w = make(), keras.Variable(np.float32(W0))
    w.constraint = constraint
    values, averages = [], []
    for g in np.float32(GRADIENTS):
        optimizer.apply([g], [w])
        values.append(np.array(w.value))
        if optimizer.use_ema:
            averages.append(np.array(optimizer._model_variables_moving_average[0].value))
    optimizer.finalize_variable_values([w])
    return {"keras": optimizer.name, "values": values, "averages": averages, "final": np.array(w.value)}


def fitted(optimizer):
    dense = keras.layers.Dense
    model = keras.Sequential([
        keras.Input((3,)),
        dense(2, kernel_constraint=MaxNorm(0.75, axis=1), bias_constraint=NonNeg()),
        keras.layers.LayerNormalization(gamma_constraint=UnitNorm(), beta_constraint=MaxNorm(0.1)),
        dense(1, kernel_constraint=MinMaxNorm(0.5, 0.75)),
    ])
    model.set_weights([np.float32(w) for w in KERNELS])
    model.compile(optimizer, "mse")
    model.fit(np.float32(X), np.float32(Y), batch_size=2, epochs=3, shuffle=False, verbose=0)
    return {"keras": optimizer.name, "weights": [np.array(w) for w in model.get_weights()]}


def compute(_):
    return {
        "inputs": {"w0": W0, "gradients": GRADIENTS, "x": X, "y": Y, "weights": KERNELS},
        "steps": {key: trajectory(*row) for key, row in STEPS.items()},
        "fit": {
            "SGD(lr=.1)": fitted(SGD(0.1)),
            "SGD(lr=.1,ema=.9,every=5)": fitted(SGD(0.1, **EMA, ema_momentum=0.9, ema_overwrite_frequency=5)),
            "Adam(lr=.01,ema)": fitted(Adam(0.01, **EMA)),
        },
    }
