"""losses_bn.json: losses, their gradients, and layers in training and in inference."""

import jax
import numpy as np
from keras.layers import BatchNormalization
from keras.losses import (BinaryCrossentropy, CategoricalCrossentropy, Huber, MeanAbsoluteError, MeanSquaredError,
                          SparseCategoricalCrossentropy)


def column(*x):
    return np.float32(x)[:, None]


def losses(one_hot, labels, logits, probs):
    return {
        "CCE probs sum_over_batch_size": CategoricalCrossentropy()(one_hot, probs),
        "CCE logits sum_over_batch_size": CategoricalCrossentropy(from_logits=True)(one_hot, logits),
        "SCCE probs sum_over_batch_size": SparseCategoricalCrossentropy()(labels, probs),
        "CCE probs none": CategoricalCrossentropy(reduction="none")(one_hot, probs),
        "CCE logits none": CategoricalCrossentropy(from_logits=True, reduction="none")(one_hot, logits),
        "SCCE probs none": SparseCategoricalCrossentropy(reduction="none")(labels, probs),
        "CCE label_smoothing=.1 probs none":
            CategoricalCrossentropy(label_smoothing=0.1, reduction="none")(one_hot, probs),
        "SCCE probs sample_weight [1,2,0,.5] (sum_over_batch_size => /N not /sum w)":
            SparseCategoricalCrossentropy()(labels, probs, np.float32([1, 2, 0, 0.5])),
        "SCCE probs sample_weight mean_with_sample_weight":
            SparseCategoricalCrossentropy(reduction="mean_with_sample_weight")(
                labels, probs, np.float32([1, 2, 0, 0.5])),
        "BCE probs none": BinaryCrossentropy(reduction="none")(column(1, 1, 1, 0), column(0.8, 0.9, 0, 1)),
        "MSE none": MeanSquaredError(reduction="none")(one_hot, probs),
        "MAE none": MeanAbsoluteError(reduction="none")(one_hot, probs),
        "Huber(1) none": Huber(1, reduction="none")(one_hot, 3 * probs),
        "MSE (n,) vs (n,1)": MeanSquaredError()(np.float32([1, 2, 3]), column(1, 2, 3)),
        "d SCCE(z,from_logits)/dz":
            jax.grad(lambda z: SparseCategoricalCrossentropy(from_logits=True)(labels, z))(logits),
    }


LAYERS = {  # with the input
    "BN": (BatchNormalization(), [[1.0, 2.0], [3.0, 4.0], [5.0, 9.0]]),
}


def layer_rows(key, layer, x):
    rows = {"x": x, "train y": layer(np.float32(x), training=True)}
    rows.update({v.name: v.value for v in layer.non_trainable_variables})
    rows["infer y"] = layer(np.float32(x), training=False)
    return {f"{key} {part}": row for part, row in rows.items()}


def compute(stored):
    inputs = stored["inputs"]
    rows = losses(np.float32(inputs["y_true_onehot"]), np.int32(inputs["y_true_sparse"]), np.float32(inputs["logits"]),
                  np.float32(inputs["probs"]))
    for key, row in LAYERS.items():
        rows.update(layer_rows(key, *row))
    return rows
