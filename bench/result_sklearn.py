"""FOLDER UNITS EPOCHS SEED: scikit-learn's MLPClassifier, an epoch at a time. See time_to_result.py."""

import sys

import numpy as np
from sklearn.neural_network import MLPClassifier

from common import load_mnist

folder, units, epochs, seed = sys.argv[1], [int(n) for n in sys.argv[2].split(",")], int(sys.argv[3]), int(sys.argv[4])
(x_train, y_train), (x_test, y_test) = load_mnist(folder, np), load_mnist(folder, np, "t10k")
x_train, x_test = x_train.astype("float32") / 255, x_test.astype("float32") / 255

model = MLPClassifier(units, batch_size=32, alpha=0, random_state=seed)
for _ in range(epochs):
    model.partial_fit(x_train, y_train, classes=range(10))
    print(model.score(x_test, y_test), flush=True)
