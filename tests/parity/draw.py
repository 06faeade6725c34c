"""Draws configurations: each as objects of Keras, and as the options of xgrad's file, which have Keras's names.

Few different shapes are drawn: JAX compiles every operation anew for each."""

import keras
import numpy as np

PLAIN = ["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "softplus", "softsign", "sigmoid",
         "hard_sigmoid", "tanh", "softmax", "log_softmax"]


class Draw:
    def __init__(self, rng):
        self.rng = rng

    def one_of(self, *values):
        return values[self.rng.integers(len(values))]

    def chance(self, probability):
        return bool(self.rng.random() < probability)

    def whole(self, low, high):
        return int(self.rng.integers(low, high + 1))

    def between(self, low, high):  # in 1/1024, which a float has exactly
        return float(np.round((low + (high - low) * self.rng.random()) * 1024) / 1024)

    def scale(self, low, high):  # evenly over the orders of magnitude
        return float(np.float32(np.exp(np.log(low) + np.log(high / low) * self.rng.random())))


def regularizer(d, probability=0.25):
    if not d.chance(probability):
        return None, {"name": "none"}
    name, names = d.one_of(("L1", ["l1"]), ("L2", ["l2"]), ("L1L2", ["l1", "l2"]))
    its = {key: d.scale(1e-4, 0.05) for key in names}
    return getattr(keras.regularizers, name)(**its), {"name": {"L1L2": "l1_l2"}.get(name, name.lower()), **its}


def dense(d, units, activation):
    its = {"units": units, "use_bias": d.chance(0.8)}
    penalties = {f"{part}_regularizer": regularizer(d) for part in ("kernel", "bias", "activity")}
    layer = keras.layers.Dense(**its, activation=activation, bias_initializer=keras.initializers.RandomNormal(stddev=0.2),
                               **{key: penalty for key, (penalty, _) in penalties.items()})
    return "dense", layer, {**its, "activation": {"name": activation}, **{key: its for key, (_, its) in penalties.items()}}


def hidden(d):
    kind = d.one_of("dense", "dense", "dense", "batch_normalization", "layer_normalization", "activation", "dropout")
    if kind == "dense":
        return dense(d, d.one_of(1, 3, 6), d.one_of(*PLAIN))
    if kind == "batch_normalization":
        its = {"momentum": d.between(0.5, 0.99), "epsilon": d.scale(1e-4, 1e-2), "center": d.chance(0.8),
               "scale": d.chance(0.8)}
        return kind, keras.layers.BatchNormalization(**its), its
    if kind == "layer_normalization":
        its = {"epsilon": d.scale(1e-4, 1e-2), "center": d.chance(0.8), "scale": d.chance(0.8)}
        return kind, keras.layers.LayerNormalization(**its), its
    if kind == "activation":
        name = d.one_of(*PLAIN)
        return kind, keras.layers.Activation(name), {"name": name}
    return kind, keras.layers.Dropout(0), {"rate": 0}


def named(module, name, options=None, **its):
    return {"keras": getattr(module, name)(**its), "options": {**(options or {}), **its}, "text": f"{name}{its}"}


def has_top_k():  # TensorFlow has it in float32 only
    return keras.backend.backend() != "tensorflow" or keras.config.floatx() == "float32"


def task(d, n):
    """y, the last layer's units and activation, the loss, and which metrics fit."""
    kind = d.one_of("labels", "one_hot", "binary", "numbers", "numbers", "signs", "distributions")
    logits = d.chance(0.4)
    losses, metrics = keras.losses, keras.metrics
    if kind in ("labels", "one_hot"):
        k = d.one_of(2, 4)
        labels = d.rng.integers(0, k, n)
        labels[:k] = range(k)
        last = (k, "linear" if logits else "softmax")
        if kind == "labels":
            loss = named(losses, "SparseCategoricalCrossentropy", {"name": "sparse_categorical_crossentropy"},
                         from_logits=logits)
            fit_metrics = [("SparseCategoricalAccuracy", "sparse_categorical_accuracy", {})]
            if has_top_k():
                fit_metrics.append(("SparseTopKCategoricalAccuracy", "sparse_top_k_categorical_accuracy",
                                    {"k": d.whole(1, k)}))
            return kind, labels, last, loss, fit_metrics
        loss = named(losses, "CategoricalCrossentropy", {"name": "categorical_crossentropy"}, from_logits=logits,
                     label_smoothing=d.one_of(0.0, d.between(0, 0.5)))
        fit_metrics = [("CategoricalAccuracy", "categorical_accuracy", {}), ("MeanSquaredError", "mean_squared_error", {})]
        if has_top_k():
            fit_metrics.append(("TopKCategoricalAccuracy", "top_k_categorical_accuracy", {"k": d.whole(1, k)}))
        return kind, np.eye(k)[labels], last, loss, fit_metrics
    if kind == "binary":
        loss = named(losses, "BinaryCrossentropy", {"name": "binary_crossentropy"}, from_logits=logits,
                     label_smoothing=d.one_of(0.0, d.between(0, 0.5)))
        fit_metrics = [("BinaryAccuracy", "binary_accuracy", {"threshold": d.between(0.1, 0.9)})]
        if not logits:
            fit_metrics += [("Precision", "precision", {"thresholds": d.between(0.1, 0.9)}),
                            ("Recall", "recall", {"thresholds": d.between(0.1, 0.9)}),
                            ("AUC", "auc", {"num_thresholds": d.one_of(3, 200), "curve": d.one_of("ROC", "PR")})]
        return kind, d.rng.integers(0, 2, (n, 1)), (1, "linear" if logits else "sigmoid"), loss, fit_metrics
    if kind == "signs":
        return (kind, d.rng.integers(0, 2, (n, 1)) * 2 - 1, (1, d.one_of("linear", "tanh")),
                named(losses, "Hinge", {"name": "hinge"}), [("MeanAbsoluteError", "mean_absolute_error", {})])
    if kind == "distributions":
        k = 4
        return (kind, d.rng.dirichlet(np.ones(k), n), (k, "softmax"),
                named(losses, "KLDivergence", {"name": "kl_divergence"}), [("MeanSquaredError", "mean_squared_error", {})])
    m = d.one_of(1, 3)
    loss = d.one_of(lambda: named(losses, "MeanSquaredError", {"name": "mean_squared_error"}),
                    lambda: named(losses, "MeanAbsoluteError", {"name": "mean_absolute_error"}),
                    lambda: named(losses, "Huber", {"name": "huber"}, delta=d.between(0.2, 2)))()
    fit_metrics = [("MeanSquaredError", "mean_squared_error", {}), ("MeanAbsoluteError", "mean_absolute_error", {}),
                   ("RootMeanSquaredError", "root_mean_squared_error", {}), ("R2Score", "r2_score", {})]
    return kind, d.rng.normal(size=(n, m)), (m, d.one_of("linear", "linear", "tanh", "softplus")), loss, fit_metrics


def learning_rate(d, low, high):
    eta = d.scale(low, high)
    if d.chance(0.6):
        return eta, {"name": "constant", "value": eta}, str(eta)
    steps = d.whole(2, 15)
    name = d.one_of("ExponentialDecay", "InverseTimeDecay", "PiecewiseConstantDecay", "PolynomialDecay", "CosineDecay",
                    "CosineDecayRestarts")
    its = {"initial_learning_rate": eta, "decay_steps": steps}
    if name in ("ExponentialDecay", "InverseTimeDecay"):
        its |= {"decay_rate": d.between(0.3, 0.9), "staircase": d.chance(0.5)}
    if name == "PiecewiseConstantDecay":
        its = {"boundaries": [2, 2 + steps], "values": [eta, eta / 2, eta / 8]}
    if name == "PolynomialDecay":
        its |= {"end_learning_rate": eta / 10, "power": d.between(0.5, 2), "cycle": d.chance(0.5)}
    if name == "CosineDecay":
        its |= {"alpha": d.between(0, 0.5)}
        if d.chance(0.5):
            its |= {"warmup_target": 2 * eta, "warmup_steps": d.whole(1, 5)}
    if name == "CosineDecayRestarts":
        its = {"initial_learning_rate": eta, "first_decay_steps": steps, "t_mul": d.one_of(1.0, 2.0),
               "m_mul": d.between(0.5, 1), "alpha": d.between(0, 0.5)}
    return getattr(keras.optimizers.schedules, name)(**its), {"name": name, **its}, f"{name}{its}"


def optimizer(d):
    name, low, high, its = d.one_of(
        ("SGD", 1e-3, 0.3, {"momentum": d.one_of(0.0, d.between(0.1, 0.95)), "nesterov": d.chance(0.5)}),
        ("RMSprop", 1e-4, 0.03, {"rho": d.between(0.5, 0.95), "momentum": d.one_of(0.0, d.between(0.1, 0.9)),
                                 "epsilon": d.scale(1e-7, 1e-3), "centered": d.chance(0.5)}),
        ("Adam", 1e-4, 0.1, {"beta_1": d.between(0.5, 0.95), "beta_2": d.between(0.8, 0.999),
                             "epsilon": d.scale(1e-7, 1e-3), "amsgrad": d.chance(0.5)}),
        ("AdamW", 1e-4, 0.1, {"beta_1": d.between(0.5, 0.95), "beta_2": d.between(0.8, 0.999),
                              "epsilon": d.scale(1e-7, 1e-3), "amsgrad": d.chance(0.5)}),
        ("Adagrad", 1e-3, 0.3, {"initial_accumulator_value": d.between(0, 0.5), "epsilon": d.scale(1e-7, 1e-3)}),
        ("Adadelta", 0.1, 3, {"rho": d.between(0.5, 0.95), "epsilon": d.scale(1e-7, 1e-3)}),
        ("Adamax", 1e-4, 0.1, {"beta_1": d.between(0.5, 0.95), "beta_2": d.between(0.8, 0.999),
                               "epsilon": d.scale(1e-7, 1e-3)}),
        ("Nadam", 1e-4, 0.1, {"beta_1": d.between(0.5, 0.95), "beta_2": d.between(0.8, 0.999),
                              "epsilon": d.scale(1e-7, 1e-3)}))
    shared = {"weight_decay": d.one_of(None, None, d.scale(1e-3, 0.1)), "clipnorm": None, "clipvalue": None,
              "global_clipnorm": None, "gradient_accumulation_steps": None}
    if name == "AdamW":
        shared["weight_decay"] = d.scale(1e-3, 0.1)
    if d.chance(0.4):
        shared[d.one_of("clipnorm", "clipvalue", "global_clipnorm")] = d.scale(0.01, 2)
    if d.chance(0.2):
        shared["gradient_accumulation_steps"] = d.whole(2, 4)
    eta, eta_options, eta_text = learning_rate(d, low, high)
    made = getattr(keras.optimizers, name)(learning_rate=eta, **its, **shared)
    given = {key: value for key, value in shared.items() if value is not None}
    return {"keras": made, "text": f"{name}({eta_text}, {its | given})",
            "options": {"name": name.lower(), **its, "learning_rate": eta_options, **shared,
                        "gradient_accumulation_steps": shared["gradient_accumulation_steps"] or 1,
                        "exclude_from_weight_decay": []}}


def callbacks(d, validated):
    monitor = "val_loss" if validated else "loss"
    found = []
    if d.chance(0.4):
        found.append({"class": "EarlyStopping", "monitor": monitor, "min_delta": d.one_of(0, d.between(0, 0.1)),
                      "patience": d.whole(0, 2), "restore_best_weights": d.chance(0.5), "start_from_epoch": d.whole(0, 2),
                      "baseline": d.one_of(None, d.between(0, 1))})
    if d.chance(0.4):
        found.append({"class": "ReduceLROnPlateau", "monitor": monitor, "factor": d.between(0.1, 0.9),
                      "patience": d.whole(0, 2), "min_delta": d.between(0, 0.1), "cooldown": d.whole(0, 1),
                      "min_lr": d.one_of(0, d.scale(1e-4, 1e-2))})
    return found


def configuration(rng, number):
    d = Draw(rng)
    n, width = d.one_of(9, 24, 40), d.one_of(1, 4)
    kind, y, (units, activation), loss, fit_metrics = task(d, n)
    data = {"x": d.rng.normal(size=(n, width)), "y": y}
    keras.utils.set_random_seed(number)
    chain = [hidden(d) for _ in range(d.whole(0, 3))]
    chain.append(dense(d, units, activation))
    layers = [{"kind": "input", "name": "input", "trainable": True, "options": {"shape": [width]}}]
    for place, (name, layer, its) in enumerate(chain):
        layer.trainable = place + 1 == len(chain) or not d.chance(0.1)
        layer.name = f"{name}_{place}"
        layers.append({"kind": name, "name": layer.name, "trainable": layer.trainable, "options": its})
    model = keras.Sequential([keras.Input((width,)), *[layer for _, layer, _ in chain]])

    picked = [fit_metrics[i] for i in sorted(d.rng.permutation(len(fit_metrics))[:d.whole(0, 2)])]
    metrics = [named(keras.metrics, name, {"kind": ours, "name": ours}, **its) for name, ours, its in picked]
    batch_size = d.one_of(5, 16, n)
    fit = {"batch_size": batch_size, "epochs": max(1, min(6, 20 // -(-n // batch_size)))}
    if d.chance(0.3):
        fit["validation_split"] = 0.25
    elif d.chance(0.4):
        data |= {"x_val": data["x"][n // 2:] + 0.25, "y_val": y[n // 2:]}
    validated = "validation_split" in fit or "x_val" in data
    if validated and d.chance(0.3):
        fit["validation_freq"] = 2
    fit["callbacks"] = callbacks(d, validated) if "validation_freq" not in fit else []
    made = optimizer(d)
    if made["options"]["learning_rate"]["name"] != "constant":
        fit["callbacks"] = [one for one in fit["callbacks"] if one["class"] != "ReduceLROnPlateau"]
    if kind in ("labels", "one_hot", "binary") and d.chance(0.3):
        fit["class_weight"] = {"0": d.between(0.2, 2), "1": d.between(0.2, 2)}
    elif d.chance(0.25):
        data["weights"] = d.rng.random(n)
    text = ", ".join(f"{layer['kind']}{layer['options']}" for layer in layers[1:])
    return {"model": model, "layers": layers, "input_shape": [width], "data": data, "fit": fit, "metrics": metrics,
            "loss": loss, "optimizer": made,
            "text": f"{text}; {loss['text']}; {made['text']}; {[one['text'] for one in metrics]}; {fit}"
                    f"{', sample_weight' if 'weights' in data else ''}"}
