"""The workloads in NumPy, backpropagation written out. All weights are one vector, so the optimiser has few calls."""

import os

import common

arguments = common.arguments()
os.environ["OPENBLAS_NUM_THREADS"] = str(arguments.threads)  # read when NumPy is imported

import numpy as np  # noqa: E402


class Optimizer:
    """Keras's rules on one vector, in place."""

    def __init__(self, rule, size):
        self.step = getattr(self, rule)
        self.s, self.t, self.scratch = (np.zeros(size, np.float32) for _ in range(3))
        self.steps = 0

    def sgd(self, w, g):
        g *= 0.01
        w -= g

    def momentum(self, w, g):
        self.s *= 0.9
        g *= 0.01
        self.s -= g
        w += self.s

    def rmsprop(self, w, g):
        self.s *= 0.9
        np.multiply(g, g, out=self.scratch)
        self.scratch *= 0.1
        self.s += self.scratch
        np.add(self.s, common.RMSPROP_EPSILON, out=self.scratch)
        np.sqrt(self.scratch, out=self.scratch)
        g *= 0.001
        g /= self.scratch
        w -= g

    def adam(self, w, g):
        self.steps += 1
        alpha = 0.001 * (1 - 0.999**self.steps) ** 0.5 / (1 - 0.9**self.steps)
        self.s *= 0.9
        np.multiply(g, 0.1, out=self.scratch)
        self.s += self.scratch
        g *= g
        g *= 0.001
        self.t *= 0.999
        self.t += g
        np.sqrt(self.t, out=self.scratch)
        self.scratch += common.ADAM_EPSILON
        np.divide(self.s, self.scratch, out=self.scratch)
        self.scratch *= alpha
        w -= self.scratch


def views(vector, layers):
    """For each layer its kernel (in, out) and bias (out,) within the vector."""
    result, begin, n_in = [], 0, 784
    for n_out in layers:
        end = begin + n_in * n_out
        result.append((vector[begin:end].reshape(n_in, n_out), vector[end : end + n_out]))
        begin, n_in = end + n_out, n_out
    return result


def train_mnist(a, report):
    pixels, labels = common.load_mnist(a.data, np)
    images = np.multiply(pixels, np.float32(1 / 255), dtype=np.float32)
    labels = labels.astype(np.int64)
    random = np.random.RandomState(a.seed)
    kernels = list(common.glorot(random, a.work.layers))
    weights = np.zeros(sum(k.size + k.shape[1] for k in kernels), np.float32)
    gradients = np.empty_like(weights)
    layers, slopes = views(weights, a.work.layers), views(gradients, a.work.layers)
    for (kernel, _), drawn in zip(layers, kernels):
        kernel[...] = drawn
    optimizer = Optimizer(a.work.rule, weights.size)

    samples = common.batches(random, len(labels), a.work.batch, np)
    while report.more():
        index = next(samples)
        outputs, y, n = [images.take(index, axis=0)], labels.take(index), len(index)
        for kernel, bias in layers:
            z = outputs[-1] @ kernel
            z += bias
            if len(outputs) < len(layers):
                np.maximum(z, 0, out=z)
            outputs.append(z)

        delta, rows = outputs.pop(), np.arange(n)
        delta -= delta.max(axis=1, keepdims=True)
        chosen = delta[rows, y]
        np.exp(delta, out=delta)
        total = delta.sum(axis=1, keepdims=True)
        loss = (np.log(total[:, 0]) - chosen).mean()
        delta /= total
        delta[rows, y] -= 1
        delta *= np.float32(1 / n)
        for k in reversed(range(len(layers))):
            np.matmul(outputs[k].T, delta, out=slopes[k][0])
            delta.sum(axis=0, out=slopes[k][1])
            if k > 0:
                delta = delta @ layers[k][0].T
                delta *= outputs[k] > 0
        optimizer.step(weights, gradients)
        if report.wanted():
            report.loss(loss)


def fit_line(a, report):
    x, y, w, b = common.line(np.random.RandomState(a.seed))
    while report.more():
        error = w * x + b - y
        loss = (error * error).mean()
        w -= 0.01 * 2 * (error * x).mean()
        b -= 0.01 * 2 * error.mean()
        if report.wanted():
            report.loss(loss)


common.flush_denormals()
report = common.Report(arguments)
(train_mnist if arguments.work.layers else fit_line)(arguments, report)
report.print()
