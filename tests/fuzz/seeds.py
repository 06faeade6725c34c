"""Writes seed inputs for the fuzzers, of tests/reference/: python3 seeds.py REFERENCE OUTPUT"""

import json
import pathlib
import struct
import sys

reference, output = map(pathlib.Path, sys.argv[1:])


def seed(fuzzer, number, data):
    folder = output / fuzzer
    folder.mkdir(parents=True, exist_ok=True)
    (folder / str(number)).write_bytes(data)


def cases(name):
    return enumerate(json.loads((reference / name).read_text(encoding="utf-8"))["cases"])


for k, case in cases("idx_bad_files.json"):
    seed("idx", k, bytes.fromhex(case["hex"]))
    seed("gz", k, bytes.fromhex(case["hex"]))
for k, case in cases("safetensors_cases.json"):
    seed("safetensors", k, bytes.fromhex(case["hex"]))
for k, case in cases("numpy_files.json"):
    seed(case["name"][:3], k, bytes.fromhex(case["hex"]))
for k, text in enumerate([b"a,b\n1,x\n2,y\n", b"a;\"b\"\r\n1;\"x \"\"y\"\"\"\r\n", b"\xef\xbb\xbf0,1\n-1e-3,+.5\n", b"a,b\n1,\n"]):
    for options in range(8):
        seed("csv", 8 * k + options, bytes([options]) + text)
for k, path in enumerate(sorted((reference / "odd-csv").iterdir())):
    for options in range(6 if path.stat().st_size < 10000 else 0):
        # the separator, the header, flags, columns, the sizes of a part and of a piece
        chosen = bytes([options, k % 5, 17 * k * options % 256, options, k, k])
        seed("read_csv", 6 * k + options, chosen + path.read_bytes())


def model_file(metadata, tensors):
    header = {"__metadata__": metadata}
    data = b""
    for name, shape, numbers in tensors:
        bytes_of = struct.pack("<%df" % len(numbers), *numbers)
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [len(data), len(data) + len(bytes_of)]}
        data += bytes_of
    text = json.dumps(header, separators=(",", ":")).encode()
    return struct.pack("<Q", len(text)) + text + data


none = {"name": "none"}
dense = {"kind": "dense", "trainable": True, "units": 3, "activation": {"name": "relu"}, "use_bias": True,
         "kernel_regularizer": none, "bias_regularizer": none,
         "activity_regularizer": {"name": "l1_l2", "l1": 0.1, "l2": 0}}
normal = {"kind": "batch_normalization", "trainable": True, "momentum": 0.99, "epsilon": 0.001, "center": True,
          "scale": True}
rows = {"kind": "layer_normalization", "trainable": True, "epsilon": 0.001, "center": False, "scale": False}
reshape = {"kind": "reshape", "trainable": True, "target_shape": [3, -1]}
chain = {"kind": "sequential", "trainable": True, "layers": ["r"], "r": reshape}
flat = {"kind": "flatten", "trainable": True}
drop = {"kind": "dropout", "trainable": True, "rate": 0.5}
noise = {"kind": "gaussian_noise", "trainable": True, "stddev": 0.1}
tanh = {"kind": "activation", "trainable": True, "name": "tanh"}
shared = {"kind": "shared", "trainable": True, "layer": {"same_as": "", **dense}}
again = {"kind": "shared", "trainable": True, "layer": {"same_as": "h/layer"}}
weights = [("dense/kernel", [4, 3], [0.1] * 12), ("dense/bias", [3], [0.0] * 3)]
norms = [("b/" + name, [3], [1.0] * 3) for name in ["gamma", "beta", "moving_mean", "moving_variance"]]
twins = [("h/layer/kernel", [3, 3], [0.5] * 9), ("h/layer/bias", [3], [0.0] * 3)]
training = {"epochs_done": 1, "generator": {"state": " ".join(["1"] * 624) + " 624 0 0"}}
compiled = {"optimizers": {"patterns": ["**"], "0": {"name": "adam", "learning_rate": {"name": "constant", "value": 0.1}}},
            "loss": {"name": "mse"}, "metrics": {"size": 1, "0": {"name": "accuracy", "kind": "accuracy"}}}
for k, (layers, tensors) in enumerate([
        ({"dense": dense}, weights), ({"dense": dense, "b": normal}, weights + norms),
        ({"dense": dense, "l": rows, "t": tanh}, weights), ({"dense": dense, "r": reshape, "f": flat}, weights),
        ({"dense": dense, "s": chain, "d": drop, "n": noise}, weights),
        ({"dense": dense, "h": shared, "i": again}, weights + twins)]):
    said = {"xgrad.format": 2, "xgrad.kind": "sequential", "xgrad.module": {"layers": list(layers)} | layers,
            "xgrad.frozen": [], "xgrad.input_shape": [4], "xgrad.training": training}
    if k % 2:
        said["xgrad.compiled"] = compiled
    seed("model", k, model_file({key: json.dumps(value) for key, value in said.items()}, tensors))
for k, path in enumerate(sorted((reference / "files_0.1").glob("*.safetensors"))):
    data = path.read_bytes().replace(b"xgrad.crc32", b"xgrad.other")  # a mutation leaves no checksum right
    if len(data) < 30000:
        seed("model", 100 + k, data)
