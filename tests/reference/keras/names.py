"""names.json: a row for everything that xgrad has by name, beside the Keras expression that computed it.

A metric's result is that of all samples after batches of `batch_size`; a loss's, that of all samples at once.
Initializers are measured: the mean and variance of `draws` numbers or a few more for each shape, in as many tensors as
that takes, and where the distribution is bounded its limit, the largest absolute value among them.
"""

import math

import jax
import keras
import numpy as np

from optimizers import trajectory

X = [-3, -1, -0.5, 0, 0.5, 1, 3, 7]
ACTIVATIONS = {
    "linear": "activations.linear(x)",
    "relu": "activations.relu(x)",
    "relu6": "activations.relu6(x)",
    "leaky_relu": "activations.leaky_relu(x)",
    "elu": "activations.elu(x)",
    "selu": "activations.selu(x)",
    "gelu": "activations.gelu(x)",
    "gelu_tanh": "activations.gelu(x, approximate=True)",
    "silu": "activations.silu(x)",
    "swish": "activations.silu(x)",
    "mish": "activations.mish(x)",
    "hard_silu": "activations.hard_silu(x)",
    "hard_swish": "activations.hard_silu(x)",
    "hard_tanh": "activations.hard_tanh(x)",
    "tanh_shrink": "activations.tanh_shrink(x)",
    "log_sigmoid": "activations.log_sigmoid(x)",
    "celu": "activations.celu(x)",
    "hard_shrink": "activations.hard_shrink(x)",
    "soft_shrink": "activations.soft_shrink(x)",
    "squareplus": "activations.squareplus(x)",
    "sparse_plus": "activations.sparse_plus(x)",
    "sparse_sigmoid": "activations.sparse_sigmoid(x)",
    "glu": "activations.glu(x)",
    "sparsemax": "activations.sparsemax(x)",
    "softplus": "activations.softplus(x)",
    "softsign": "activations.softsign(x)",
    "sigmoid": "activations.sigmoid(x)",
    "hard_sigmoid": "activations.hard_sigmoid(x)",
    "tanh": "activations.tanh(x)",
    "exponential": "activations.exponential(x)",
    "softmax": "activations.softmax(x)",
    "log_softmax": "activations.log_softmax(x)",
}

# Targets and predictions for losses and metrics. Sixty-fourths, which a float has exactly; no two predictions of a
# sample's classes are equal, and one of the binary ones is at the threshold.
LABELS = [1, 6, 5, 3, 3, 5]
CLASSES = np.array([[5, 20, 3, 9, 14, 1, 12], [16, 8, 13, 2, 4, 15, 6], [9, 14, 10, 7, 15, 3, 6],
                    [1, 2, 30, 18, 4, 6, 3], [3, 7, 5, 25, 15, 8, 1], [22, 12, 9, 4, 2, 10, 5]]) / 64
BATCH_SIZE = 4  # of the six samples
Y = {  # (y_true, y_pred)
    "binary": ([[1], [0], [1], [0], [1], [0]], np.array([[52], [40], [32], [35], [45], [17]]) / 64),
    "labels": (LABELS, CLASSES),
    "one_hot": (np.eye(7)[LABELS], CLASSES),
    "distributions": (np.array([[16, 40, 8], [32, 31, 1], [64, 0, 0], [8, 24, 32], [20, 24, 20], [2, 60, 2]]) / 64,
                      np.array([[20, 30, 14], [16, 16, 32], [50, 10, 4], [8, 24, 32], [1, 3, 60], [30, 4, 30]]) / 64),
    "numbers": ([[0.5, 3], [-1, 2], [2, -4], [0.25, 1], [1.5, 0], [-2, 8]],
                [[0.75, 1], [-1.5, 2], [4.5, -3.5], [0, 1.25], [1, -0.5], [-2, 5]]),
    "signs": ([[1], [-1], [1], [-1], [1], [-1]], [[0.5], [-2], [-1.25], [0.75], [3], [-0.25]]),
}

LOSSES = {  # a name alone is left to compile(), which chooses by the shapes
    "mse": ("losses.MeanSquaredError()", "numbers"),
    "mean_squared_error": ("losses.MeanSquaredError()", "numbers"),
    "mae": ("losses.MeanAbsoluteError()", "numbers"),
    "mean_absolute_error": ("losses.MeanAbsoluteError()", "numbers"),
    "mape": ("losses.MeanAbsolutePercentageError()", "numbers"),
    "mean_absolute_percentage_error": ("losses.MeanAbsolutePercentageError()", "numbers"),
    "msle": ("losses.MeanSquaredLogarithmicError()", "numbers", "distributions"),
    "mean_squared_logarithmic_error": ("losses.MeanSquaredLogarithmicError()", "numbers", "distributions"),
    "huber": ("losses.Huber()", "numbers"),
    "log_cosh": ("losses.LogCosh()", "numbers"),
    "poisson": ("losses.Poisson()", "distributions"),
    "cosine_similarity": ("losses.CosineSimilarity()", "numbers", "distributions"),
    "crossentropy": ("crossentropy", "binary", "labels", "one_hot"),
    "ce": ("ce", "binary", "labels", "one_hot"),
    "binary_focal_crossentropy": ("losses.BinaryFocalCrossentropy()", "binary", "distributions"),
    "categorical_focal_crossentropy": ("losses.CategoricalFocalCrossentropy()", "one_hot", "distributions"),
    "bce": ("losses.BinaryCrossentropy()", "binary"),
    "binary_crossentropy": ("losses.BinaryCrossentropy()", "binary", "distributions"),
    "categorical_crossentropy": ("losses.CategoricalCrossentropy()", "one_hot", "distributions"),
    "sparse_categorical_crossentropy": ("losses.SparseCategoricalCrossentropy()", "labels"),
    "hinge": ("losses.Hinge()", "signs", "binary"),
    "squared_hinge": ("losses.SquaredHinge()", "signs", "binary"),
    "categorical_hinge": ("losses.CategoricalHinge()", "one_hot"),
    "dice": ("losses.Dice()", "binary", "distributions"),
    "tversky": ("losses.Tversky()", "binary", "distributions"),
    "kld": ("losses.KLDivergence()", "distributions"),
    "kl_divergence": ("losses.KLDivergence()", "distributions"),
}

METRICS = {  # a name alone is left to compile(), which chooses by the shapes
    "accuracy": ("accuracy", "binary", "labels", "one_hot"),
    "acc": ("acc", "binary", "labels", "one_hot"),
    "binary_accuracy": ("metrics.BinaryAccuracy()", "binary"),
    "categorical_accuracy": ("metrics.CategoricalAccuracy()", "one_hot"),
    "sparse_categorical_accuracy": ("metrics.SparseCategoricalAccuracy()", "labels"),
    "top_k_categorical_accuracy": ("metrics.TopKCategoricalAccuracy()", "one_hot"),
    "sparse_top_k_categorical_accuracy": ("metrics.SparseTopKCategoricalAccuracy()", "labels"),
    "precision": ("metrics.Precision()", "binary"),
    "recall": ("metrics.Recall()", "binary"),
    "true_positives": ("metrics.TruePositives()", "binary", "one_hot"),
    "false_positives": ("metrics.FalsePositives()", "binary", "one_hot"),
    "true_negatives": ("metrics.TrueNegatives()", "binary", "one_hot"),
    "false_negatives": ("metrics.FalseNegatives()", "binary", "one_hot"),
    "fbeta_score": ("metrics.FBetaScore(average='macro')", "one_hot"),
    "precision_at_recall": ("metrics.PrecisionAtRecall(0.5)", "binary", "one_hot"),
    "recall_at_precision": ("metrics.RecallAtPrecision(0.5)", "binary", "one_hot"),
    "sensitivity_at_specificity": ("metrics.SensitivityAtSpecificity(0.5)", "binary", "one_hot"),
    "specificity_at_sensitivity": ("metrics.SpecificityAtSensitivity(0.5)", "binary", "one_hot"),
    "f1_score": ("metrics.F1Score(average='macro')", "one_hot"),
    "auc": ("metrics.AUC()", "binary", "one_hot"),
    "mae": ("metrics.MeanAbsoluteError()", "numbers"),
    "mean_absolute_error": ("metrics.MeanAbsoluteError()", "numbers"),
    "mse": ("metrics.MeanSquaredError()", "numbers"),
    "mean_squared_error": ("metrics.MeanSquaredError()", "numbers"),
    "rmse": ("metrics.RootMeanSquaredError()", "numbers"),
    "root_mean_squared_error": ("metrics.RootMeanSquaredError()", "numbers"),
    "r2_score": ("metrics.R2Score()", "numbers"),
    "cosine_similarity": ("metrics.CosineSimilarity()", "numbers", "distributions"),
    "log_cosh_error": ("metrics.LogCoshError()", "numbers"),
}
for _name, (_, *_inputs) in LOSSES.items():  # every loss is a metric: the mean over all samples
    _function = {"ce": "binary_crossentropy", "crossentropy": "binary_crossentropy", "bce": "binary_crossentropy",
                 "mape": "mean_absolute_percentage_error", "msle": "mean_squared_logarithmic_error",
                 "kld": "kl_divergence"}.get(_name, _name)
    _inputs = ["binary"] if _name in ("ce", "crossentropy") else _inputs
    METRICS.setdefault(_name, (f"metrics.MeanMetricWrapper(keras.losses.{_function})", *_inputs))

SHAPES = [(64, 32), (2, 8, 4)]
DRAWS = 10**6
INITIALIZERS = {
    "zeros": "initializers.Zeros()",
    "ones": "initializers.Ones()",
    "constant": "initializers.Constant()",
    "random_normal": "initializers.RandomNormal()",
    "random_uniform": "initializers.RandomUniform()",
    "truncated_normal": "initializers.TruncatedNormal()",
    "glorot_uniform": "initializers.GlorotUniform()",
    "glorot_normal": "initializers.GlorotNormal()",
    "he_normal": "initializers.HeNormal()",
    "he_uniform": "initializers.HeUniform()",
    "lecun_normal": "initializers.LecunNormal()",
    "lecun_uniform": "initializers.LecunUniform()",
    "orthogonal": "initializers.Orthogonal()",
    "variance_scaling": "initializers.VarianceScaling()",
    "identity": "initializers.Identity()",
    "zero": "initializers.get('zero')",
    "one": "initializers.get('one')",
    "normal": "initializers.get('normal')",
    "uniform": "initializers.get('uniform')",
    "identity_initializer": "initializers.IdentityInitializer()",
    "orthogonal_initializer": "initializers.OrthogonalInitializer()",
}
UNBOUNDED = ("random_normal", "normal", "orthogonal", "orthogonal_initializer")

W = [[1, -2], [0.5, 0], [3, -0.25]]
REGULARIZERS = {
    "l1": "regularizers.L1()",
    "l2": "regularizers.L2()",
    "l1l2": "regularizers.L1L2()",
    "orthogonal_regularizer": "regularizers.OrthogonalRegularizer()",
}

CONSTRAINED = [[[1, -2], [0.5, 0], [3, -0.25]], [0.25, -0.5, 0.125], [4, -3], [[0, 0.5], [0, -0.5]]]
CONSTRAINTS = {
    "max_norm": "constraints.MaxNorm()",
    "non_neg": "constraints.NonNeg()",
    "unit_norm": "constraints.UnitNorm()",
    "min_max_norm": "constraints.MinMaxNorm()",
}

STEPS = [0, 1, 5, 10, 25, 100]
DECAY = dict(initial_learning_rate=0.1, decay_steps=25)
SCHEDULES = {  # a list of options
    "ExponentialDecay": [DECAY | dict(decay_rate=0.5), DECAY | dict(decay_steps=8, decay_rate=0.5, staircase=True)],
    "InverseTimeDecay": [DECAY | dict(decay_rate=0.5), DECAY | dict(decay_steps=8, decay_rate=0.5, staircase=True)],
    "PiecewiseConstantDecay": [dict(boundaries=[5, 25], values=[0.1, 0.01, 0.001])],
    "PolynomialDecay": [DECAY, DECAY | dict(decay_steps=40, end_learning_rate=0.01, power=2.0, cycle=True)],
    "CosineDecay": [DECAY | dict(alpha=0.1),
                    dict(initial_learning_rate=0.01, decay_steps=50, warmup_target=0.1, warmup_steps=10)],
    "CosineDecayRestarts": [dict(initial_learning_rate=0.1, first_decay_steps=10),
                            dict(initial_learning_rate=0.1, first_decay_steps=8, t_mul=1.0, m_mul=0.5, alpha=0.1)],
}

OPTIMIZERS = {  # with all other defaults, and a learning rate whose steps a float sees
    "sgd": ("SGD", 0.1),
    "rmsprop": ("RMSprop", 0.1),
    "adam": ("Adam", 0.1),
    "adamw": ("AdamW", 0.1),
    "adagrad": ("Adagrad", 0.1),
    "adadelta": ("Adadelta", 10.0),
    "adamax": ("Adamax", 0.1),
    "nadam": ("Nadam", 0.1),
}
W0 = [1, -2, 3, 0.5]
GRADIENTS = [[0.125, -0.25, 0.5, 0], [0.5, 0.5, -0.5, 2**-13], [-1, 2, 0.25, -(2**-13)], [0.0625, 0, 4, 2**-10],
             [0.25, -0.125, 0.125, -2]]


def made(expression, **names):
    return eval("keras." + expression, {"keras": keras, **names})


def samples(name):
    y_true, y_pred = Y[name]
    dtype = np.int32 if name == "labels" else np.float32
    return np.array(y_true, dtype), np.array(y_pred, np.float32)


def activation(expression):
    return {"keras": expression, "values": made(expression, x=np.float32([X]))[0]}


def loss(expression, *inputs):
    return {"keras": expression, "results": {name: loss_value(expression, *samples(name)) for name in inputs}}


def loss_value(expression, y_true, y_pred):
    if "(" in expression:
        return made(expression)(y_true, y_pred)
    model = keras.Sequential([keras.Input(y_pred.shape[1:]), keras.layers.Identity()])
    model.compile(loss=expression)
    return model.evaluate(y_pred, y_true, verbose=0)


def metric(expression, *inputs):
    return {"keras": expression, "results": {name: metric_result(expression, *samples(name)) for name in inputs}}


def metric_result(expression, y_true, y_pred):
    if "(" not in expression:
        model = keras.Sequential([keras.Input(y_pred.shape[1:]), keras.layers.Identity()])
        model.compile(loss=lambda _, p: keras.ops.mean(p), metrics=[expression])
        return model.evaluate(y_pred, y_true, batch_size=BATCH_SIZE, verbose=0)[1]
    measured = made(expression)
    for begin in range(0, len(y_pred), BATCH_SIZE):
        measured.update_state(y_true[begin:begin + BATCH_SIZE], y_pred[begin:begin + BATCH_SIZE])
    return measured.result()


def initializer(name, expression):
    rows = []
    for shape in SHAPES[:1] if "identity" in name else SHAPES:  # that one takes matrices alone
        draws = drawn(made(expression), shape)
        rows.append({"shape": shape, "mean": np.mean(draws), "variance": np.var(draws)})
        if name not in UNBOUNDED:
            rows[-1]["limit"] = np.max(np.abs(draws))
    return {"keras": expression, "draws": rows}


def drawn(initialize, shape):
    initialize.seed = seed = keras.random.SeedGenerator(1)

    def draw(state, _):
        with keras.StatelessScope(state_mapping=[(seed.state, state)]) as scope:
            w = initialize(shape)
        return scope.get_current_value(seed.state), w

    draws = jax.lax.scan(draw, seed.state.value, length=math.ceil(DRAWS / math.prod(shape)))[1]
    return np.array(draws, np.float64)


def regularizer(expression):
    return {"keras": expression, "value": made(expression)(np.float32(W))}


def constraint(expression):
    return {"keras": expression, "values": [made(expression)(np.float32(w)) for w in CONSTRAINED]}


def schedule(name, options):
    expression = f"optimizers.schedules.{name}({', '.join(f'{key}={value}' for key, value in options.items())})"
    rate = made(expression)
    return {"keras": expression, "options": options, "learning_rates": [rate(step) for step in STEPS]}


def optimizer(kind, rate):
    expression = f"optimizers.{kind}(learning_rate={rate})"
    default = made(f"optimizers.{kind}()").learning_rate.value
    return {"keras": expression, "learning_rate": rate, "default_learning_rate": default,
            "values": trajectory(made(expression), W0, GRADIENTS)}


def compute(_):
    y = {name: dict(zip(("y_true", "y_pred"), samples(name))) for name in Y}
    return {
        "inputs": {"x": X, "y": y, "batch_size": BATCH_SIZE, "draws": DRAWS, "w": W, "constrained": CONSTRAINED, "steps": STEPS,
                   "w0": W0, "gradients": GRADIENTS},
        "activations": {name: activation(row) for name, row in ACTIVATIONS.items()},
        "losses": {name: loss(*row) for name, row in LOSSES.items()},
        "metrics": {name: metric(*row) for name, row in METRICS.items()},
        "initializers": {name: initializer(name, row) for name, row in INITIALIZERS.items()},
        "regularizers": {name: regularizer(row) for name, row in REGULARIZERS.items()},
        "constraints": {name: constraint(row) for name, row in CONSTRAINTS.items()},
        "schedules": {name: [schedule(name, options) for options in row] for name, row in SCHEDULES.items()},
        "optimizers": {name: optimizer(*row) for name, row in OPTIMIZERS.items()},
    }
