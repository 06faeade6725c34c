"""Writes seed inputs for the fuzzers, of tests/reference/: python3 seeds.py REFERENCE OUTPUT"""

import json
import pathlib
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

dense = {"kind": "dense", "trainable": True, "units": 3, "activation": {"name": "relu"}, "use_bias": True,
         "kernel_regularizer": {"name": "none"}, "activity_regularizer": {"name": "l1_l2", "l1": 0.1, "l2": 0}}
old = {"kind": "dense", "trainable": True, "units": "3", "activation": "relu", "kernel_regularizer": "l1_l2 0.1 0"}
normal = {"kind": "batch_normalization", "trainable": False, "momentum": 0.99, "epsilon": 0.001}
reshape = {"kind": "reshape", "trainable": True, "target_shape": [3, -1]}
chain = {"kind": "sequential", "trainable": True, "layers": ["r"], "r": reshape}
for k, layers in enumerate([{"dense": dense}, {"dense": dense, "b": normal}, {"dense": dense, "r": reshape},
                            {"dense": dense, "s": chain}, {"dense": old}]):
    version = b"0" if old in layers.values() else b"2"
    seed("model", k, version + json.dumps({"layers": list(layers)} | layers).encode())
