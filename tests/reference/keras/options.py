"""options.json: losses, metrics and activations beyond their defaults and on values at the edge.

A row has the options by which xgrad makes the thing, the inputs, and what Keras gives.
"""

import pathlib

import jax
import keras
import numpy as np

from names import BATCH_SIZE, Y, made

WEIGHTS = [1, 2, 0, 0.5, 3, 1.25]
EDGES = {  # (y_true, y_pred)
    "counts": ([[0, 3], [1, 0], [2, 5]], [[0, 1e-8], [2.5, -0.5e-7], [0, 100]]),
    "zeros": ([[0, 0], [1, -2], [0, 3], [1e-9, 1]], [[1, 2], [0, 0], [0, 3], [0.5, -0.25]]),
    "far": ([[0, 0], [1, -2]], [[1000, -1000], [1e4, -3e4]]),
    "certain": ([[1, 0], [0, 1], [1, 1], [0, 0]], [[1, 0], [0.5, 0], [0.5, 1], [0, 0.25]]),
    "equal": ([[1, 0, 0], [0, 1, 0]], [[0.5, 0.5, 0.5], [2, 2, -1]]),
    "rank 3": (np.eye(3)[[[0, 2], [1, 1]]], np.array([[[4, 1, 3], [2, 5, 1]], [[1, 6, 1], [3, 2, 3]]]) / 8),
    "ignored": ([1, -1, 5, 3, -1, 5], Y["labels"][1]),
    "none counts": ([-1, -1], Y["labels"][1][:2]),
    "zero rows": (Y["one_hot"][0][:2], np.zeros((2, 7))),
}
REDUCTIONS = ["sum_over_batch_size", "mean", "sum", "mean_with_sample_weight"]
KERAS = {"kl_divergence": "KLDivergence"}
PLAIN = {  # the inputs of each loss
    "mean_squared_error": "numbers", "mean_absolute_error": "signs", "mean_absolute_percentage_error": "numbers",
    "mean_squared_logarithmic_error": "distributions", "huber": "numbers", "log_cosh": "numbers",
    "poisson": "distributions", "cosine_similarity": "numbers", "hinge": "signs", "squared_hinge": "binary",
    "categorical_hinge": "one_hot", "binary_crossentropy": "binary", "binary_focal_crossentropy": "binary",
    "categorical_crossentropy": "distributions", "categorical_focal_crossentropy": "distributions",
    "sparse_categorical_crossentropy": "labels", "kl_divergence": "distributions", "dice": "distributions",
    "tversky": "distributions",
}
LOSSES = [(name, dict(reduction=reduction), inputs) for name, inputs in PLAIN.items() for reduction in REDUCTIONS] + [
    ("binary_focal_crossentropy", dict(apply_class_balancing=True, alpha=0.3, gamma=1.5), "binary"),
    ("binary_focal_crossentropy", dict(from_logits=True, label_smoothing=0.2, gamma=0.0), "numbers 0 to 1"),
    ("binary_focal_crossentropy", dict(reduction="sum"), "distributions"),
    ("categorical_focal_crossentropy", dict(alpha=0.5, gamma=3.0, label_smoothing=0.1), "one_hot"),
    ("categorical_focal_crossentropy", dict(from_logits=True, gamma=0.5), "one_hot"),
    ("categorical_focal_crossentropy", dict(axis=1, label_smoothing=0.2), "rank 3"),
    ("categorical_crossentropy", dict(axis=1, label_smoothing=0.2, reduction="sum"), "rank 3"),
    ("categorical_crossentropy", dict(axis=-2, from_logits=True), "rank 3"),
    ("binary_crossentropy", dict(axis=1, reduction="sum"), "rank 3"),
    ("cosine_similarity", dict(axis=1), "rank 3"),
    ("cosine_similarity", dict(axis=1, reduction="sum"), "rank 3"),
    ("mean_squared_error", dict(reduction="sum"), "rank 3"),
    ("hinge", dict(reduction="sum"), "rank 3"),
    ("kl_divergence", dict(reduction="sum"), "rank 3"),
    ("tversky", dict(alpha=0.3, beta=0.9), "distributions"),
    ("sparse_categorical_crossentropy", dict(ignore_class=3), "labels"),
    ("sparse_categorical_crossentropy", dict(ignore_class=-1, from_logits=True), "ignored"),
    *[("sparse_categorical_crossentropy", dict(ignore_class=-1, reduction=r), "ignored") for r in REDUCTIONS],
    ("sparse_categorical_crossentropy", dict(ignore_class=-1), "none counts"),
    ("sparse_categorical_crossentropy", dict(ignore_class=-1, reduction="mean_with_sample_weight"), "none counts"),
]
AT_EDGES = [  # without gradients
    ("poisson", "counts"), ("mean_squared_logarithmic_error", "counts"), ("mean_absolute_percentage_error", "counts"),
    ("mean_absolute_percentage_error", "zeros"), ("cosine_similarity", "zeros"), ("log_cosh", "far"),
    ("squared_hinge", "far"), ("categorical_hinge", "equal"), ("binary_focal_crossentropy", "certain"),
    ("categorical_focal_crossentropy", "certain"), ("dice", "certain"), ("tversky", "certain"), ("dice", "zero rows"),
    ("tversky", "zero rows"), ("hinge", "certain"), ("squared_hinge", "certain"),
]


SHARES = [("precision_at_recall", "recall"), ("recall_at_precision", "precision"),
          ("sensitivity_at_specificity", "specificity"), ("specificity_at_sensitivity", "sensitivity")]
METRICS = [  # each without and with weights
    *[(name, options, "one_hot") for name in ("precision", "recall")
      for options in (dict(thresholds=[0.125, 0.25]), dict(thresholds=0.2), dict(top_k=2), dict(class_id=3),
                      dict(thresholds=[0.1, 0.3], top_k=3, class_id=5))],
    *[(name, dict(thresholds=thresholds), "one_hot") for thresholds in (0.2, [0.1, 0.2, 0.35])
      for name in ("true_positives", "false_positives", "true_negatives", "false_negatives")],
    *[("f1_score", dict(average=average), inputs) for average in (None, "macro", "weighted", "micro")
      for inputs in ("one_hot", "binary", "distributions")],
    ("f1_score", dict(average=None, threshold=0.2), "one_hot"),
    *[("fbeta_score", dict(average=average, beta=2.0), "one_hot") for average in (None, "macro", "weighted", "micro")],
    ("fbeta_score", dict(average="macro", beta=0.5, threshold=0.6), "binary"),
    ("auc", dict(multi_label=True), "one_hot"),
    ("auc", dict(multi_label=True, curve="PR", num_thresholds=12), "one_hot"),
    ("auc", dict(from_logits=True), "numbers 0 to 1"),
    ("auc", dict(curve="PR"), "binary"),
    *[(name, {share: 0.6, "num_thresholds": n}, inputs) for name, share in SHARES for n in (1, 11, 200)
      for inputs in ("binary", "one_hot")],
    *[(name, {share: 0.3, "class_id": 3}, "one_hot") for name, share in SHARES],
    *[("r2_score", dict(class_aggregation=by, num_regressors=p), "numbers") for p in (0, 1)
      for by in (None, "uniform_average", "variance_weighted_average")],
    ("cosine_similarity", {}, "numbers"),
    ("binary_crossentropy", dict(from_logits=True, label_smoothing=0.2), "numbers 0 to 1"),
    ("categorical_crossentropy", dict(label_smoothing=0.1), "one_hot"),
    ("sparse_categorical_crossentropy", dict(ignore_class=-1), "ignored"),
    *[(name, {}, "binary") for name in ("accuracy", "binary_accuracy", "hinge", "root_mean_squared_error", "auc")],
    *[(name, {}, "one_hot") for name in ("categorical_accuracy", "top_k_categorical_accuracy", "categorical_hinge")],
    *[(name, {}, "labels") for name in ("sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy",
                                        "sparse_categorical_crossentropy")],
    *[(name, {}, "numbers") for name in ("mean_absolute_error", "mean_squared_error", "mean_absolute_percentage_error",
                                         "mean_squared_logarithmic_error", "log_cosh_error")],
    *[(name, {}, "distributions") for name in ("kl_divergence", "poisson", "binary_crossentropy")],
    ("mean_absolute_error", {}, "rank 3"),
]
UNLIKE = {"accuracy": "BinaryAccuracy", "f1_score": "F1Score", "fbeta_score": "FBetaScore", "auc": "AUC",
          "r2_score": "R2Score", "kl_divergence": "KLDivergence", "log_cosh_error": "LogCoshError"}


def metric(name, options, on, weights=None):
    y_true, y_pred = samples(on)
    arguments = ", ".join(f"{k}={v!r}" for k, v in options.items())
    expression = f"metrics.{UNLIKE.get(name, camel(name))}({arguments})"
    measured = made(expression)
    for begin in range(0, len(y_pred), BATCH_SIZE):
        end = begin + BATCH_SIZE
        measured.update_state(y_true[begin:end], y_pred[begin:end],
                              None if weights is None else np.float32(weights[begin:end]))
    named = {k: "none" if v is None else v for k, v in options.items()}
    return {"keras": expression, "options": dict(kind=name, name=name, **named), "inputs": on, "weights": weights,
            "results": np.atleast_1d(measured.result())}


def inputs():
    rows = dict(Y, **EDGES)
    rows["numbers 0 to 1"] = (Y["binary"][0], Y["signs"][1])
    return rows


def samples(name):
    y_true, y_pred = inputs()[name]
    return np.array(y_true, np.float32), np.array(y_pred, np.float32)


def camel(name):
    return KERAS.get(name, "".join(part.capitalize() for part in name.split("_")))


def call(folder, name, options):
    return f"{folder}.{camel(name)}({', '.join(f'{k}={v!r}' for k, v in options.items())})"


def loss(name, options, on, weights=None, slope=True):
    y_true, y_pred = samples(on)
    expression = call("losses", name, options)
    function = lambda p: made(expression)(y_true, p, None if weights is None else np.float32(weights))
    row = {"keras": expression, "options": dict(name=name, **options), "inputs": on, "weights": weights,
           "value": function(y_pred)}
    return row | {"gradient": jax.grad(function)(y_pred)} if slope else row


def losses():
    rows = [loss(*row) for row in LOSSES] + [loss(name, {}, on, slope=False) for name, on in AT_EDGES]
    # Keras has no weights of samples for outputs of rank 3 and such reductions.
    rows += [loss(*row, WEIGHTS[:len(samples(row[2])[0])]) for row in LOSSES if row[2] != "rank 3"]
    rows += [loss(name, dict(reduction="mean_with_sample_weight"), PLAIN[name], [0] * 6)
             for name in ("mean_squared_error", "sparse_categorical_crossentropy")]
    return rows


ROWS = [[0.1, 0.3, -0.2, 0.25], [5, 4.75, 4.5, -3], [0, 0, 0, 0], [-200, -30, 30, 200], [1.5, -0.4, 0.45, -1.5],
        [0.75, 0.75, -0.25, 0.75]]
ACTIVATIONS = ["hard_silu", "hard_tanh", "tanh_shrink", "log_sigmoid", "celu", "hard_shrink", "soft_shrink",
               "squareplus", "sparse_plus", "sparse_sigmoid", "glu", "mish", "softplus", "relu6"]


def activation(name):
    """The values for ROWS, and the gradient of their sum, each times 1, 2, 3 ... by its column."""
    function = getattr(keras.activations, name)
    weighted = lambda x: keras.ops.sum(function(x) * np.arange(1, function(x).shape[-1] + 1, dtype=np.float32))
    return {"keras": f"activations.{name}(x)", "values": function(np.float32(ROWS)),
            "gradient": jax.grad(weighted)(np.float32(ROWS))}


FITS = {  # options of the loss, and of fit
    "sum": (dict(reduction="sum"), "sample_weight"),
    "mean_with_sample_weight": (dict(reduction="mean_with_sample_weight"), "sample_weight"),
    "mean_with_class_weight": (dict(reduction="mean_with_sample_weight"), "class_weight"),
    "ignored": (dict(ignore_class=1), None),
    "ignored with weights": (dict(ignore_class=1), "sample_weight"),
    "ignored sum": (dict(ignore_class=1, reduction="sum"), "class_weight"),
    "ignored mean": (dict(ignore_class=1, reduction="mean_with_sample_weight"), "sample_weight"),
}
CLASS_WEIGHT = {0: 1, 1: 2, 2: 0.5}


def fit(options, weighted):
    """Of the model and data of fit.py, in batches of which the last is smaller."""
    data = np.load(pathlib.Path(__file__).with_name("fit_inputs.npz"))
    x, y = data["x"], data["y"]
    weight = np.float32([WEIGHTS[i % 6] for i in range(len(y))])
    weights = {"sample_weight": weight} if weighted == "sample_weight" else {}
    weights |= {"class_weight": CLASS_WEIGHT} if weighted == "class_weight" else {}
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(3, "softmax")])
    model.set_weights([data[name] for name in ("w0", "b0", "w1", "b1")])
    model.compile(keras.optimizers.SGD(0.01), loss=keras.losses.SparseCategoricalCrossentropy(**options),
                  metrics=["accuracy", "sparse_categorical_crossentropy"],
                  weighted_metrics=["accuracy", "sparse_top_k_categorical_accuracy", "sparse_categorical_crossentropy"])
    fitted = model.fit(x, y, batch_size=12, epochs=2, shuffle=False, validation_split=0.2, verbose=0, **weights)
    evaluated = model.evaluate(x, y, batch_size=16, verbose=0, return_dict=True, sample_weight=weight)
    learnt = model.train_on_batch(x, y, sample_weight=weight, return_dict=True)
    return {"keras": f"losses.SparseCategoricalCrossentropy({options})", "options": options, "weighted": weighted,
            "history": fitted.history, "evaluate": evaluated, "train_on_batch": learnt,
            "weights": model.get_weights()}


def compute(_):
    return {"inputs": {name: dict(zip(("y_true", "y_pred"), samples(name))) for name in inputs()},
            "rows": ROWS, "activations": {name: activation(name) for name in ACTIVATIONS},
            "batch_size": BATCH_SIZE,
            "losses": losses(), "sample_weight": WEIGHTS,
            "fits": {name: fit(*row) for name, row in FITS.items()},
            "metrics": [metric(*row, weights) for row in METRICS
                        for weights in (None, WEIGHTS[:len(samples(row[2])[0])])]}
