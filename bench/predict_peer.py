"""PEER THREADS: predictions by onnxruntime, jax, pytorch, pytorch-compile or litert; see predict.hpp.

A peer is a function of kernels and threads that gives another, which takes NumPy's arrays and gives them.
"""

import json
import os
import sys
import time

import numpy as np

import common


def onnxruntime(kernels, threads):
    import onnx
    import onnxruntime
    from onnx import helper, numpy_helper

    nodes, weights, name = [], [], "x"
    for k, kernel in enumerate(kernels):
        bias = np.zeros(kernel.shape[1], np.float32)
        weights += [numpy_helper.from_array(kernel, f"w{k}"), numpy_helper.from_array(bias, f"b{k}")]
        nodes.append(helper.make_node("Gemm", [name, f"w{k}", f"b{k}"], [f"z{k}"]))
        nodes.append(helper.make_node("Relu" if k + 1 < len(kernels) else "Softmax", [f"z{k}"], [name := f"h{k}"]))
    graph = helper.make_graph(nodes, "g", [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, 784])],
                              [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [None, 10])], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda x: session.run(None, {"x": x})[0]


def jax(kernels, threads):
    os.environ["PJRT_NPROC"] = str(threads)  # read when JAX starts
    import jax

    @jax.jit
    def predict(kernels, x):
        for kernel, bias in kernels[:-1]:
            x = jax.nn.relu(x @ kernel + bias)
        return jax.nn.softmax(x @ kernels[-1][0] + kernels[-1][1])

    weights = jax.tree.map(jax.numpy.array, [(kernel, np.zeros(kernel.shape[1], "f")) for kernel in kernels])
    return lambda x: np.asarray(predict(weights, x))


def pytorch(kernels, threads, compiled=False):
    import torch
    from torch import nn

    torch.set_num_threads(threads)
    layers = []
    for kernel in kernels:
        linear = nn.Linear(*kernel.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(kernel).t())
            linear.bias.zero_()
        layers += [linear, nn.ReLU()]
    model = nn.Sequential(*layers[:-1], nn.Softmax(1)).eval()
    if compiled:
        model = torch.compile(model)

    def predict(x):
        with torch.inference_mode():
            return model(torch.from_numpy(x)).numpy()

    return predict


def litert(kernels, threads):
    import tensorflow as tf
    from ai_edge_litert.interpreter import Interpreter

    layers = [(tf.constant(kernel), tf.zeros(kernel.shape[1])) for kernel in kernels]

    @tf.function(input_signature=[tf.TensorSpec((None, 784), tf.float32)])
    def predict(x):
        for kernel, bias in layers[:-1]:
            x = tf.nn.relu(x @ kernel + bias)
        return tf.nn.softmax(x @ layers[-1][0] + layers[-1][1])

    converter = tf.lite.TFLiteConverter.from_concrete_functions([predict.get_concrete_function()])
    interpreter = Interpreter(model_content=converter.convert(), num_threads=threads)
    of_x, of_y = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]
    shape = None

    def run(x):
        nonlocal shape
        if x.shape != shape:
            interpreter.resize_tensor_input(of_x, shape := x.shape)
            interpreter.allocate_tensors()
        interpreter.set_tensor(of_x, x)
        interpreter.invoke()
        return interpreter.get_tensor(of_y)

    return run


peer, threads = sys.argv[1], int(sys.argv[2])
for layers in ([128, 10], [512, 512, 10]):
    for batch in (1, 32, 1024):
        random = np.random.RandomState(1)
        kernels = list(common.glorot(random, layers))
        x = random.uniform(size=(batch, 784)).astype("float32")
        predict = pytorch(kernels, threads, True) if peer == "pytorch-compile" else globals()[peer](kernels, threads)
        outputs, times, begin = predict(x), [], time.perf_counter()
        while len(times) < 30 or time.perf_counter() - begin < 0.6:
            started = time.perf_counter()
            predict(x)
            if started - begin > 0.1 or len(times) < 30:
                times.append(time.perf_counter() - started)
        print(json.dumps({"network": "-".join(map(str, [784, *layers])), "batch": batch,
                          "median_us": float(np.median(times)) * 1e6, "min_us": min(times) * 1e6, "outputs": outputs[0].tolist()}), flush=True)
