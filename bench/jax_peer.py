"""The workloads in JAX, written out: lax.scan() over many steps; or, variant "step", one compiled step after another.

Images stay bytes, which a step gathers and scales.
"""

import os

import common

arguments = common.arguments()
os.environ["PJRT_NPROC"] = str(arguments.threads)  # read when JAX starts
common.flush_denormals()  # its threads inherit it

import jax  # noqa: E402
import jax.numpy as jnp  # noqa: E402
import numpy as np  # noqa: E402


def train(a, report, weights, loss_of, data, inputs, shortest=1):
    """Steps down loss_of(weights, data, input), for the inputs of n steps that inputs(n) yields again and again."""

    def step(state, data, of_step):
        weights, memory, count = state
        loss, slopes = jax.value_and_grad(loss_of)(weights, data, of_step)
        pairs = [common.stepped(a.work.rule, *each, count + 1, jnp.sqrt) for each in zip(weights, slopes, memory)]
        return ([w for w, _ in pairs], [m for _, m in pairs], count + 1), loss

    memory = [[jnp.zeros_like(w) for _ in range(common.MEMORY[a.work.rule])] for w in weights]
    state = jax.tree.map(jnp.array, (weights, memory, np.float32(0)))
    data = jax.tree.map(jnp.array, data)
    if a.variant == "step":
        one, batches = jax.jit(step, donate_argnums=0), inputs(1)
        while report.more(lambda: jax.block_until_ready(state)):
            state, loss = one(state, data, jax.tree.map(lambda rows: rows[0], next(batches)))
            if report.wanted():
                report.loss(loss)
        return

    @jax.jit(static_argnums=(3, 4), donate_argnums=0)
    def many(state, data, of_steps, n, losses):
        def one(state, of_step):
            state, loss = step(state, data, of_step)
            return state, loss if losses else None

        return jax.lax.scan(one, state, of_steps, n)

    batches = None

    def run(n, losses):
        nonlocal state, batches
        batches = batches or inputs(n)
        state, of_steps = jax.block_until_ready(many(state, data, next(batches), n, losses))
        return of_steps

    report.chunks(run, shortest)


def train_mnist(a, report):
    pixels, labels = common.load_mnist(a.data, np)
    random = np.random.RandomState(a.seed)
    weights = common.weights(random, a.work.layers, np)
    whole = len(labels) % a.work.batch == 0

    def loss_of(weights, data, batch):
        (pixels, labels), (index, size) = data, batch
        x = pixels.at[index].get(mode="promise_in_bounds") * np.float32(1 / 255)
        for k in range(0, len(weights), 2):
            x = x @ weights[k] + weights[k + 1]
            if k + 2 < len(weights):
                x = jax.nn.relu(x)
        losses = -(jax.nn.log_softmax(x) * jax.nn.one_hot(labels[index], 10)).sum(axis=1)
        return losses.mean() if whole else jnp.where(jnp.arange(len(index)) < size, losses, 0).sum() / size

    train(a, report, weights, loss_of, (pixels, labels.astype(np.int32)),
          lambda n: common.chunks(random, len(labels), a.work.batch, n, np))


def fit_line(a, report):
    x, y, w, b = common.line(np.random.RandomState(a.seed))

    def loss_of(weights, data, _):
        (w, b), (x, y) = weights, data
        return jnp.square(w * x + b - y).mean()

    def nothing(n):
        while True:
            yield None

    train(a, report, [w, b], loss_of, (x, y), nothing, shortest=100000)  # fewer are over before a call of them is


report = common.Report(arguments)
(train_mnist if arguments.work.layers else fit_line)(arguments, report)
report.print()
