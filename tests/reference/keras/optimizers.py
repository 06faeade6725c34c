"""optimizers.json: a variable after each step of five gradients, and learning rates."""

import numpy as np
from keras import Variable
from keras.optimizers import SGD, Adagrad, Adam, Adamax, AdamW, RMSprop
from keras.optimizers.schedules import CosineDecay, ExponentialDecay, InverseTimeDecay, PiecewiseConstantDecay

OPTIMIZERS = {
    "SGD": SGD(),
    "SGD(lr=.1,momentum=.9)": SGD(0.1, momentum=0.9),
    "SGD(lr=.1,momentum=.9,nesterov)": SGD(0.1, momentum=0.9, nesterov=True),
    "RMSprop": RMSprop(),
    "RMSprop(lr=.01,centered)": RMSprop(0.01, centered=True),
    "Adam": Adam(),
    "Adam(lr=.1)": Adam(0.1),
    "Adam(lr=.1,amsgrad)": Adam(0.1, amsgrad=True),
    "Adam(lr=.1,weight_decay=.01)": Adam(0.1, weight_decay=0.01),
    "AdamW(lr=.1,weight_decay=.01)": AdamW(0.1, weight_decay=0.01),
    "SGD(lr=.1,clipvalue=.25)": SGD(0.1, clipvalue=0.25),
    "SGD(lr=.1,global_clipnorm=.5)": SGD(0.1, global_clipnorm=0.5),
    "SGD(lr=.1,gradient_accumulation_steps=2)": SGD(0.1, gradient_accumulation_steps=2),
    "Adagrad(lr=.1)": Adagrad(0.1),
    "Adamax(lr=.1)": Adamax(0.1),
}

STEPS = [0, 1, 5, 10, 25]
SCHEDULES = {  # with the steps
    "ExponentialDecay(.1,10,.5)": (ExponentialDecay(0.1, 10, 0.5), STEPS),
    "CosineDecay(.1,10)": (CosineDecay(0.1, 10), STEPS),
    "CosineDecay(0.,10,warmup_target=.1,warmup_steps=5)":
        (CosineDecay(0.0, 10, warmup_target=0.1, warmup_steps=5), STEPS),
    "InverseTimeDecay(.1,10,.5)": (InverseTimeDecay(0.1, 10, 0.5), STEPS),
    "PiecewiseConstantDecay([1,5],[.1,.01,.001])":
        (PiecewiseConstantDecay([1, 5], [0.1, 0.01, 0.001]), [0, 1, 2, 5, 6]),
}


def trajectory(optimizer, w0, grads):
    w = Variable(np.float32(w0))
    values = []
    for g in np.float32(grads):
        optimizer.apply([g], [w])
        values.append(np.array(w.value))
    return values


def compute(stored):
    return {"keras": {key: trajectory(o, stored["w0"], stored["grads"]) for key, o in OPTIMIZERS.items()},
            "schedules": {key: [rate(step) for step in steps] for key, (rate, steps) in SCHEDULES.items()}}
