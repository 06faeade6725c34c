"""FOLDER UNITS EPOCHS SEED: JAX by hand, a compiled loop over each epoch. See time_to_result.py."""

import sys

import jax
import jax.numpy as jnp
import numpy as np

from common import load_mnist, stepped

folder, units, epochs, seed = sys.argv[1], [int(n) for n in sys.argv[2].split(",")], int(sys.argv[3]), int(sys.argv[4])
(x_train, y_train), (x_test, y_test) = (
    [jnp.array(pixels), jnp.array(labels, jnp.int32)]
    for pixels, labels in (load_mnist(folder, np), load_mnist(folder, np, "t10k")))


def logits(weights, pixels):
    x = pixels * np.float32(1 / 255)
    for k in range(0, len(weights), 2):
        x = x @ weights[k] + weights[k + 1]
        if k + 2 < len(weights):
            x = jax.nn.relu(x)
    return x


def loss_of(weights, pixels, labels):
    return -(jax.nn.log_softmax(logits(weights, pixels)) * jax.nn.one_hot(labels, 10)).sum(1).mean()


@jax.jit
def epoch(state, x, y, order):
    def step(state, index):
        weights, memory, count = state
        slopes = jax.grad(loss_of)(weights, x[index], y[index])
        pairs = [stepped("adam", *each, count + 1, jnp.sqrt) for each in zip(weights, slopes, memory)]
        return ([w for w, _ in pairs], [m for _, m in pairs], count + 1), None

    return jax.lax.scan(step, state, order.reshape(-1, 32))[0]


@jax.jit
def accuracy(weights, x, y):
    return (logits(weights, x).argmax(1) == y).mean()


random = np.random.default_rng(seed)
weights = []
for n_in, n_out in zip([784, *units], [*units, 10]):
    limit = (6 / (n_in + n_out)) ** 0.5
    weights += [random.uniform(-limit, limit, (n_in, n_out)).astype("float32"), np.zeros(n_out, np.float32)]
state = jax.tree.map(jnp.array, (weights, [[np.zeros_like(w)] * 2 for w in weights], np.float32(0)))
for _ in range(epochs):
    state = epoch(state, x_train, y_train, random.permutation(len(y_train)))
    print(accuracy(state[0], x_test, y_test), flush=True)
