"""layers.json: layers by themselves. Each row has the output for x, the gradients of mean((y + 0.5)^2) by x and by the
weights, and the weights after three steps of Adam down that loss with the penalties of regularizers. Layers that draw
have what they draw from instead.
"""

import jax
import keras
import numpy as np

RNG = np.random.RandomState(1)
SMALL = RNG.normal(size=(4, 3)).round(2)
DEEP = RNG.normal(size=(2, 3, 2)).round(2)
WIDE = [[-3, -1, -0.5, 0, 0.5, 1, 1.5, 2, 6, 7]]
HALVES = [[-3, -0.75, 0.25, 0.75, 1.25, 2.5, 5, 8]]
LAYERS = {  # with the input
    "Embedding": ("layers.Embedding(4, 2)", [1, 3, 1, 1, 0]),
    "Embedding of rows": ("layers.Embedding(5, 3, embeddings_regularizer=keras.regularizers.L2(0.1))",
                          [[0, 4, 0], [4, 2, 4]]),
    "ReLU": ("layers.ReLU()", WIDE),
    "ReLU max_value": ("layers.ReLU(max_value=1.5)", WIDE),
    "ReLU max_value 6": ("layers.ReLU(6.0)", HALVES),
    "ReLU negative_slope": ("layers.ReLU(negative_slope=0.25)", HALVES),
    "ReLU threshold": ("layers.ReLU(threshold=0.5)", WIDE),
    "ReLU of all": ("layers.ReLU(max_value=1.5, negative_slope=0.25, threshold=0.5)", WIDE),
    "LeakyReLU": ("layers.LeakyReLU()", HALVES),
    "LeakyReLU negative_slope": ("layers.LeakyReLU(negative_slope=0.1)", HALVES),
    "PReLU": ("layers.PReLU()", SMALL),
    "PReLU shared": ("layers.PReLU(shared_axes=[1], alpha_regularizer=keras.regularizers.L1(0.1))", DEEP),
    "ELU": ("layers.ELU()", HALVES),
    "ELU alpha": ("layers.ELU(alpha=0.5)", WIDE),
    "Softmax": ("layers.Softmax()", SMALL),
    "Softmax axis": ("layers.Softmax(axis=1)", DEEP),
    "Softmax axes": ("layers.Softmax(axis=(1, 2))", DEEP),
    "Rescaling": ("layers.Rescaling(0.5, offset=-1)", SMALL),
    "Rescaling of features": ("layers.Rescaling([0.5, 2, 4], offset=[1, 0, -1])", SMALL),
    "Normalization given": ("layers.Normalization(mean=[1, 2, 3], variance=[4, 0.25, 0])", SMALL),
    "Normalization inverted": ("layers.Normalization(mean=[1, 2, 3], variance=[4, 0.25, 0], invert=True)", SMALL),
    "Normalization by a number": ("layers.Normalization(axis=1, mean=2.0, variance=4.0)", DEEP),
    "RMSNormalization": ("layers.RMSNormalization()", SMALL),
    "RMSNormalization axes": ("layers.RMSNormalization(axis=[1, 2], epsilon=0.5)", DEEP),
    "UnitNormalization": ("layers.UnitNormalization()", SMALL),
    "UnitNormalization axes": ("layers.UnitNormalization(axis=[1, 2])", DEEP),
    "Identity": ("layers.Identity()", SMALL),
    "LayerNormalization axis": ("layers.LayerNormalization(axis=1)", DEEP),
    "LayerNormalization axes": ("layers.LayerNormalization(axis=[1, 2], epsilon=0.5)", DEEP),
    "BatchNormalization axis": ("layers.BatchNormalization(axis=1)", DEEP),
}

ADAPTED = {  # with the data that it is adapted to
    "Normalization": ("layers.Normalization()", [[1, 2, 7], [3, 2, -1], [8, 2, 0.5]]),
    "Normalization axis": ("layers.Normalization(axis=1)", DEEP),
    "Normalization axes": ("layers.Normalization(axis=(1, 2))", DEEP),
    "Normalization of all": ("layers.Normalization(axis=None)", DEEP),
    "Normalization inverted": ("layers.Normalization(invert=True)", SMALL),
}

DRAWS = 10**6
NOISES = {  # with a constant input
    "GaussianDropout": ("layers.GaussianDropout(0.3)", 2.0),
    "AlphaDropout": ("layers.AlphaDropout(0.3)", 2.0),
}

ORTHOGONAL = {
    "rows": "regularizers.OrthogonalRegularizer(0.5)",
    "columns": "regularizers.OrthogonalRegularizer(0.5, mode='columns')",
}


def made(expression):
    return eval("keras." + expression, {"keras": keras})


def start(layer, x):
    """Builds a layer, and gives it weights that a reader can write down."""
    layer.build(np.shape(x))
    weights = [np.float32([round(0.75 + 0.25 * np.cos(i), 2) for i in range(w.size)]).reshape(w.shape)
               for w in layer.get_weights()]
    layer.set_weights(weights)
    return weights


def row(expression, x):
    layer, integer = made(expression), np.asarray(x).dtype.kind == "i" and "Embedding" in expression
    x = np.asarray(x, np.int32 if integer else np.float32)
    weights = start(layer, x)

    def loss(trainable, x):
        y, _ = layer.stateless_call(trainable, [v.value for v in layer.non_trainable_variables], x)
        return keras.ops.mean((y + 0.5)**2)

    trainable = [v.value for v in layer.trainable_variables]
    result = {"keras": expression, "x": x, "weights": weights, "y": layer(x)}
    result["gradients"] = jax.grad(loss)(trainable, x)
    if not integer:
        result["gradient of x"] = jax.grad(loss, 1)(trainable, x)
    if trainable:
        model = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype), layer])
        model.compile(keras.optimizers.Adam(0.1), "mse")
        model.fit(x, np.full(np.shape(result["y"]), -0.5, np.float32), batch_size=len(x), epochs=3, verbose=0)
        result["trained"] = layer.get_weights()
    return result


def adapted(expression, x):
    layer, x = made(expression), np.float32(x)
    layer.adapt(x)
    return {"keras": expression, "x": x, "weights": layer.get_weights(), "y": layer(x)}


def noise(expression, x):
    keras.utils.set_random_seed(1)
    y = np.asarray(made(expression)(np.full(DRAWS, x, np.float32), training=True), np.float64)
    result = {"keras": expression, "x": x, "draws": DRAWS, "mean": y.mean(), "variance": y.var()}
    if len(np.unique(y)) == 2:
        result["values"] = np.unique(y)
    return result


def orthogonal(expression):
    penalty, w = made(expression), keras.ops.convert_to_tensor(SMALL, "float32")
    return {"keras": expression, "w": SMALL, "penalty": penalty(w), "gradient": jax.grad(penalty)(w)}


def compute(_):
    return {
        "layers": {name: row(*of) for name, of in LAYERS.items()},
        "adapted": {name: adapted(*of) for name, of in ADAPTED.items()},
        "noises": {name: noise(*of) for name, of in NOISES.items()},
        "orthogonal": {name: orthogonal(of) for name, of in ORTHOGONAL.items()},
    }
