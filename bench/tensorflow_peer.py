"""The workloads in TensorFlow, written out: a loop over many steps in a tf.function that XLA compiles whole.

Images stay bytes, which a step gathers and scales.
"""

import os

import common

arguments = common.arguments()
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
common.flush_denormals()  # TensorFlow's threads inherit it

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

tf.config.threading.set_intra_op_parallelism_threads(arguments.threads)
tf.config.threading.set_inter_op_parallelism_threads(arguments.threads)


def train(a, report, weights, loss_of, inputs, shortest=1):
    """Steps down loss_of(weights, *inputs of a step), for arrays of the inputs of n steps that inputs(n) yields."""
    weights = [tf.Variable(w) for w in weights]
    memory = [[tf.Variable(tf.zeros_like(w)) for _ in range(common.MEMORY[a.work.rule])] for w in weights]
    count = tf.Variable(0.0)

    @tf.function(jit_compile=True)
    def many(of_steps, n, wanted):
        losses = tf.TensorArray(tf.float32, n)
        for i in tf.range(n):
            with tf.GradientTape() as tape:
                loss = loss_of(weights, *[of_step[i] for of_step in of_steps])
            slopes = tape.gradient(loss, weights)
            count.assign_add(1.0)
            for w, g, m in zip(weights, slopes, memory):
                new, memories = common.stepped(a.work.rule, w, g, m, count, tf.sqrt)
                w.assign(new)
                for old, one in zip(m, memories):
                    old.assign(one)
            if wanted:
                losses = losses.write(i, loss)
        return losses.stack() if wanted else count

    batches = None

    def run(n, losses):
        nonlocal batches
        batches = batches or inputs(n)
        return many([tf.constant(rows) for rows in next(batches)], n, losses).numpy()

    report.chunks(run, shortest)


def train_mnist(a, report):
    pixels, labels = common.load_mnist(a.data, np)
    random = np.random.RandomState(a.seed)
    weights = common.weights(random, a.work.layers, np)
    images, classes = tf.constant(pixels), tf.constant(labels.astype(np.int32))
    whole = len(labels) % a.work.batch == 0

    def loss_of(weights, index, size):
        x = tf.cast(tf.gather(images, index), tf.float32) * (1 / 255)
        for k in range(0, len(weights), 2):
            x = x @ weights[k] + weights[k + 1]
            if k + 2 < len(weights):
                x = tf.nn.relu(x)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.gather(classes, index), x)
        if whole:
            return tf.reduce_mean(losses)
        return tf.reduce_sum(tf.where(tf.range(len(index)) < size, losses, 0)) / tf.cast(size, tf.float32)

    train(a, report, weights, loss_of, lambda n: common.chunks(random, len(labels), a.work.batch, n, np))


def fit_line(a, report):
    x, y, w, b = common.line(np.random.RandomState(a.seed))

    def loss_of(weights):
        return tf.reduce_mean(tf.square(weights[0] * x + weights[1] - y))

    def nothing(n):
        while True:
            yield []

    train(a, report, [w, b], loss_of, nothing, shortest=100000)  # fewer are over before a call of them is


report = common.Report(arguments)
(train_mnist if arguments.work.layers else fit_line)(arguments, report)
report.print()
