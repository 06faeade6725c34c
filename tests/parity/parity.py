"""Compares xgrad with live Keras on configurations drawn at random, by hand:

    cmake --build build/release
    python3 tests/parity/parity.py build/release                      # 200 configurations in float
    python3 tests/parity/parity.py build/release --precision double   # and in double: Keras on JAX with x64
    KERAS_BACKEND=tensorflow python3 tests/parity/parity.py ...       # the same by TensorFlow, which is faster here
    python3 tests/parity/parity.py build/release --only 17            # one of them, with all that differs

Each configuration is a small network of random layers with random options, a loss, metrics, an optimizer with random
hyper-parameters, and options of fit, for at most 20 steps. Keras draws the weights; the model goes to xgrad as a file.
The history, the evaluation, the predictions, and every weight have to agree: the largest difference, relative to the
largest number of its tensor (or 0.01, if that is larger), to 1e-5 in float and 1e-7 in double. What differs is printed,
and the script fails.
"""

import argparse
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

arguments = argparse.ArgumentParser()
arguments.add_argument("build", type=pathlib.Path, help="a build folder that has the libraries")
arguments.add_argument("--precision", choices=["float", "double"], default="float")
arguments.add_argument("--count", type=int, default=200)
arguments.add_argument("--seed", type=int, default=0)
arguments.add_argument("--only", type=int)
options = arguments.parse_args()
double = options.precision == "double"
os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["JAX_ENABLE_X64"] = str(int(double))

import keras  # noqa: E402
import numpy as np  # noqa: E402

import draw  # noqa: E402

REAL = "float64" if double else "float32"
TOLERANCE = 1e-7 if double else 1e-5
keras.config.set_floatx(REAL)


def write_file(path, tensors, metadata=None):
    header, data = {"__metadata__": metadata} if metadata else {}, b""
    for name, value in tensors.items():
        value = np.ascontiguousarray(value, REAL)
        header[name] = {"dtype": "F64" if double else "F32", "shape": value.shape,
                        "data_offsets": [len(data), len(data) + value.nbytes]}
        data += value.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def read_file(path):
    everything = path.read_bytes()
    end = 8 + struct.unpack("<Q", everything[:8])[0]
    header = json.loads(everything[8:end])
    metadata = header.pop("__metadata__", {})
    tensors = {name: np.frombuffer(everything[end:], {"F32": "float32", "F64": "float64"}[its["dtype"]],
                                   int(np.prod(its["shape"])), its["data_offsets"][0]).reshape(its["shape"])
               for name, its in header.items()}
    return tensors, metadata


def weights_of(model):
    return {f"{layer.name}/{weight.name}": keras.ops.convert_to_numpy(weight) for layer in model.layers for weight in layer.weights}


def write_configuration(folder, k, drawn, fresh):
    module = {"layers": [layer["name"] for layer in drawn["layers"]]}
    for layer in drawn["layers"]:
        module[layer["name"]] = {"kind": layer["kind"], "trainable": layer["trainable"], **layer["options"]}
    metrics = {"size": len(drawn["metrics"]), **{str(i): one["options"] for i, one in enumerate(drawn["metrics"])}}
    compiled = {"optimizers": {"patterns": ["**"], "0": drawn["optimizer"]["options"]}, "loss": drawn["loss"]["options"],
                "metrics": metrics}
    training = json.loads(fresh["xgrad.training"])
    training["optimizer"].pop("learning_rate")  # that which the options say
    training["optimizer"] |= {"iterations": 0, "paths": [], "slots": 0, "accumulates": False}
    texts = {"compiled": compiled, "format": 2, "frozen": [], "input_shape": drawn["input_shape"], "kind": "sequential",
             "module": module, "training": training}
    write_file(folder / f"{k}.model", weights_of(drawn["model"]),
               {"xgrad." + key: json.dumps(value) for key, value in texts.items()})
    write_file(folder / f"{k}.data", drawn["data"])
    (folder / f"{k}.json").write_text(json.dumps(drawn["fit"]))


def trained(drawn):
    model, data, fit = drawn["model"], drawn["data"], dict(drawn["fit"])
    model.compile(drawn["optimizer"]["keras"], drawn["loss"]["keras"], metrics=[one["keras"] for one in drawn["metrics"]],
                  run_eagerly=True)
    fit["callbacks"] = [getattr(keras.callbacks, one["class"])(**{key: value for key, value in one.items() if key != "class"})
                        for one in fit["callbacks"]]
    if "x_val" in data:
        fit["validation_data"] = (data["x_val"], data["y_val"])
    if "class_weight" in fit:
        fit["class_weight"] = {int(label): weight for label, weight in fit["class_weight"].items()}
    history = model.fit(data["x"], data["y"], sample_weight=data.get("weights"), shuffle=False, verbose=0, **fit)
    evaluated = model.evaluate(data["x"], data["y"], batch_size=fit["batch_size"], verbose=0, return_dict=True)
    return {"history": history.history, "evaluate": evaluated, "predict": model.predict(data["x"], verbose=0),
            **weights_of(model)}


def difference(ours, keras_s):
    ours, keras_s = np.asarray(ours, "float64").ravel(), np.asarray(keras_s, "float64").ravel()
    if ours.shape != keras_s.shape:
        return np.inf
    if (np.isnan(ours) != np.isnan(keras_s)).any():
        return np.inf
    return np.nanmax(np.abs(ours - keras_s), initial=0) / max(np.nanmax(np.abs(keras_s), initial=0), 0.01)


def compared(folder, k, expected):
    result = json.loads((folder / f"{k}.result.json").read_text())
    if "error" in result:
        return {result["error"]: np.inf}
    differences = {"predict": difference(result["predict"], expected.pop("predict"))}
    for part in ("history", "evaluate"):
        theirs = expected.pop(part)
        for name in sorted(set(theirs) | set(result[part])):
            differences[f"{part} {name}"] = difference(result[part].get(name, []), theirs.get(name, []))
    tensors, _ = read_file(folder / f"{k}.out")
    for name, value in expected.items():
        differences[name] = difference(tensors[name], value)
    return differences


def main():
    folder = pathlib.Path(tempfile.mkdtemp())
    program = folder / "parity"
    library = options.build / ("libxgrad_double.a" if double else "libxgrad.a")
    here = pathlib.Path(__file__).parent
    subprocess.run(["c++", "-std=c++20", "-O1", *(["-DXGRAD_DOUBLE"] if double else []), f"-I{here.parent.parent}/include",
                    here / "parity.cpp", library, "-lopenblas", "-lz", "-lpthread", "-o", program], check=True)
    subprocess.run([program, folder], check=True)
    _, fresh = read_file(folder / "fresh.model")
    numbers = [options.only] if options.only is not None else range(options.count)
    expected, texts = {}, {}
    for k in numbers:
        keras.utils.clear_session()
        drawn = draw.configuration(np.random.default_rng([options.seed, k]), k)
        write_configuration(folder, len(expected), drawn, fresh)
        texts[k] = drawn["text"]
        expected[k] = trained(drawn)
    subprocess.run([program, folder, str(len(expected))], check=True, stderr=subprocess.DEVNULL)
    worst, failed = 0, 0
    for place, k in enumerate(numbers):
        differences = compared(folder, place, expected[k])
        largest = max(differences.values())
        if largest > TOLERANCE or options.only is not None:
            print(f"{k}: {texts[k]}")
            for name, value in differences.items():
                if value > TOLERANCE or options.only is not None:
                    print(f"    {name}: {value:.2g}")
        failed += largest > TOLERANCE
        worst = max(worst, largest if largest <= TOLERANCE else 0)
    print(f"{len(expected)} configurations in {options.precision}, Keras {keras.__version__}: {failed} differ by more than "
          f"{TOLERANCE}; the largest difference of the others is {worst:.2g}")
    sys.exit(failed > 0)


main()
