"""Values and slopes of JAX at infinity and NaN, in double: writes infinities.json.

python3 -m pip install jax; JAX_PLATFORMS=cpu python3 infinities.py
"""

import json
import pathlib

import jax
import jax.numpy as jnp
from jax import nn

jax.config.update("jax_enable_x64", True)
inf, nan = float("inf"), float("nan")

unary = {
    "exp": jnp.exp, "expm1": jnp.expm1, "log": jnp.log, "log1p": jnp.log1p, "sqrt": jnp.sqrt, "rsqrt": jax.lax.rsqrt,
    "square": jnp.square, "negative": jnp.negative, "sign": jnp.sign, "abs": jnp.abs, "sin": jnp.sin, "cos": jnp.cos,
    "erf": jax.scipy.special.erf, "tanh": jnp.tanh, "sigmoid": nn.sigmoid, "softplus": nn.softplus, "relu": nn.relu,
    "leaky_relu": lambda x: nn.leaky_relu(x, 0.2), "elu": nn.elu, "selu": nn.selu, "silu": nn.silu,
    "gelu": lambda x: nn.gelu(x, approximate=False), "clip": lambda x: jnp.clip(x, -1, 1),
}
binary = {
    "add": jnp.add, "subtract": jnp.subtract, "multiply": jnp.multiply, "divide": jnp.divide, "pow": jnp.power,
    "maximum": jnp.maximum, "minimum": jnp.minimum, "clip_from": lambda x, low: jnp.clip(x, low, 2),
    "clip_to": lambda x, high: jnp.clip(x, -2, high),
}
vectors = {
    "sum": jnp.sum, "mean": jnp.mean, "variance": jnp.var, "max": jnp.max, "min": jnp.min, "norm": jnp.linalg.norm,
    "logsumexp": jax.scipy.special.logsumexp, "softmax": nn.softmax, "log_softmax": nn.log_softmax,
}
points = [-inf, inf, nan]
lists = [[-inf, -inf], [inf, 0], [inf, inf], [inf, -inf], [-inf, 0], [nan, 0], [0, nan], [nan, inf], [inf, nan]]


def slopes(f, *x):
    """The gradients of the sum of f's elements, weighted 1, 2, ..."""
    total = lambda *x: jnp.sum(jnp.ravel(f(*x)) * jnp.arange(1.0, 1 + jnp.size(f(*x))))
    return [jnp.ravel(g).tolist() for g in jax.grad(total, tuple(range(len(x))))(*x)]


def row(f, *x):
    x = [jnp.array(a, float) for a in x]
    return {"x": [jnp.ravel(a).tolist() for a in x], "y": jnp.ravel(f(*x)).tolist(), "slopes": slopes(f, *x)}


rows = {name: [row(f, x) for x in points] for name, f in unary.items()}
rows |= {name: [row(f, a, b) for a in points + [1.0] for b in points + [0.5]] for name, f in binary.items()}
rows |= {name: [row(f, v) for v in lists] for name, f in vectors.items()}


def spelt(x):  # JSON has no infinity
    if isinstance(x, dict):
        return {k: spelt(v) for k, v in x.items()}
    return [spelt(v) for v in x] if isinstance(x, list) else str(x)


lines = [f'"{name}": [\n' + ",\n".join(json.dumps(spelt(r)) for r in all) + "\n]" for name, all in rows.items()]
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text('{"source": "JAX ' + jax.__version__ + '", ' + ",\n".join(lines) + "}\n")
