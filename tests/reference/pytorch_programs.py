"""Random composite programs with their values, gradients and Hessian-vector products as PyTorch has them, in float64.

    apt install python3-torch
    /usr/bin/python3 tests/reference/pytorch_programs.py     # rewrites pytorch_programs.json beside it, PyTorch 1.13

A program is {inputs, steps, result, gradients, directions, products}. A tensor is [shape, values]. A step is [operation
as ops.hpp names it, arguments, attributes]; its arguments are places in the list of the inputs followed by the results
of the steps. "constant" is a step without arguments. products are the Hessian by all inputs times all directions.
Inputs, directions and constants are multiples of 1/64, so that float has them exactly; values keep off kinks and stay
small, and a program that PyTorch in float32 misses by over 2e-6 is thrown away as ill-conditioned.
"""

import json
import pathlib
import random

import torch

from pytorch_operations import DISTANCE, MARGIN, TORCH

PROGRAMS = 84
BINARY = ("add", "subtract", "multiply", "maximum", "minimum", "greater", "matmul", "dot", "outer")


class Unsuitable(Exception):
    """The values at hand do not suit the operation."""


def need(condition):
    if not condition:
        raise Unsuitable


class Program:
    def __init__(self, seed):
        self.rng = random.Random(seed)
        m, n, k = (self.rng.randint(2, 3) for _ in range(3))
        shapes = [(), (n,), (n,), (m, n), (m, n), (n, k), (m, 1), (1, n), (2, m, n), (2, n, k), (1, m, n)]
        self.inputs = [self.draw(self.rng.choice(shapes)) for _ in range(self.rng.randint(2, 4))]
        self.values = [torch.tensor(v, dtype=torch.float64).reshape(s) for s, v in self.inputs]
        self.steps, self.used, self.pool = [], set(), list(range(len(self.inputs)))

    def draw(self, shape, low=-1.5, high=1.5):
        n = torch.Size(shape).numel()
        return [list(shape), [self.rng.randint(round(64 * low), round(64 * high)) / 64 for _ in range(n)]]

    def do(self, op, *args, **attributes):
        """Appends a step; the place of its value."""
        args = list(args)
        x = run([op, args, attributes], self.values)
        need(0 < x.numel() <= 36 and x.dim() <= 3 and bool((x.abs() < 8).all()))
        if op in DISTANCE:
            need(bool((DISTANCE[op](*(self.values[a] for a in args), **attributes).abs() > MARGIN).all()))
        self.steps.append([op, args, attributes])
        self.used.update(args)
        self.values.append(x)
        return len(self.values) - 1

    def constant(self, shape, *bounds):
        shape, values = self.draw(shape, *bounds)
        return self.do("constant", shape=shape, values=values)

    def number(self, *choices):
        return self.do("constant", shape=[], values=[self.rng.choice(choices)])

    def labels(self, n, classes):
        return self.do("constant", shape=[n], values=[self.rng.randrange(classes) for _ in range(n)])

    def any(self, low=0, high=3, like=None):
        """The place of a value of such a rank, or of the shape of another; often one that nothing has used yet."""
        places = [i for i in self.pool if low <= self.values[i].dim() <= high]
        if like is not None:
            places = [i for i in places if self.values[i].shape == self.values[like].shape]
        need(places)
        fresh = [i for i in places if i not in self.used]
        return self.rng.choice(fresh if fresh and self.rng.random() < 0.75 else places)

    def positive(self):
        return self.do("add", self.do("square", self.any()), self.number(0.5))

    def shape(self, place):
        return list(self.values[place].shape)


def run(step, values):
    op, args, attributes = step
    if op == "constant":
        return torch.tensor(attributes["values"], dtype=values[0].dtype).reshape(attributes["shape"])
    return TORCH[op](*(values[a] for a in args), **attributes)


def weights(p, z):
    return [p.constant(p.shape(z)[:1], 0.25, 2)] if p.shape(z) and p.rng.random() < 0.5 else []


def regression(p):
    z = p.any()
    return [p.any(like=z) if p.rng.random() < 0.5 else p.constant(p.shape(z)), z, *weights(p, z)]


def classes(p, target, probabilities, low=2, high=2):
    """A loss's arguments: logits or, of two kinds, probabilities such as `probabilities` has just computed, or not."""
    z = p.any(low, high)
    need(probabilities != "softmax" or p.shape(z)[-1] > 1)  # one of 1 would be kept off 1, as in Keras
    q = z if probabilities is None else p.do(probabilities, z)
    if probabilities is not None and p.rng.random() < 0.5:
        q = p.do("add", p.do("multiply", q, p.number(0.75)), p.number(0.125))
    return [target(p, z), q, *weights(p, z)]


def fractions(p, z):
    return p.constant(p.shape(z), 0, 1)


def shares(p, z):
    return p.do("softmax", p.constant(p.shape(z)))


def labels_of(p, z):
    return p.labels(*p.shape(z))


def with_labels(low, high, extents):  # a value and labels, of which extents(p, shape) says how many and of how many
    def arguments(p):
        x = p.any(low, high)
        return [x, p.labels(*extents(p, p.shape(x)))]
    return arguments


def linear(p):
    x, w, b = p.any(2, 2), p.any(2, 2), p.any(1, 1)
    need(p.shape(b) == p.shape(w)[1:])
    return [x, w, b]


def alike(p, low=0, high=3):
    x = p.any(low, high)
    return [x, p.any(like=x)]


# The arguments of an operation that takes other than one value.
ARGUMENTS = {
    **{op: lambda p: [p.any(), p.any()] for op in BINARY},
    **{op: lambda p: [p.positive()] for op in ("sqrt", "rsqrt", "log", "log1p")},
    **{op: lambda p: [p.any(2), p.any(2)] for op in ("matmul_nt", "matmul_tn")},
    "divide": lambda p: [p.any(), p.positive()],
    "pow": lambda p: [p.any(), p.number(2, 3)] if p.rng.random() < 0.5 else [p.positive(), p.any()],
    "clip": lambda p: [p.any(), p.number(-1, -0.75, -0.5), p.number(0.25, 0.5, 1)],
    "where": lambda p: [p.do("greater", p.any(), p.any()), p.any(), p.any()],
    "equal": lambda p: [p.do("sign", p.any()), p.do("sign", p.any())], "gate": alike,
    "linear": linear,
    "concatenate": lambda p: alike(p, 1), "stack": lambda p: alike(p, 0, 2),
    "take": with_labels(1, 3, lambda p, shape: (p.rng.randint(2, 4), shape[0])),
    "segment_sum": with_labels(1, 3, lambda p, shape: (shape[0], 3)),
    "one_hot": with_labels(1, 1, lambda p, shape: (shape[0], 3)),
    "take_along_axis": with_labels(2, 2, lambda p, shape: shape),
    **{op: regression for op in ("mean_squared_error", "mean_absolute_error", "huber")},
    "binary_crossentropy": lambda p: classes(p, fractions, "sigmoid", 0, 3),
    "binary_crossentropy_from_logits": lambda p: classes(p, fractions, None, 0, 3),
    "categorical_crossentropy": lambda p: classes(p, shares, "softmax"),
    "categorical_crossentropy_from_logits": lambda p: classes(p, shares, None),
    "sparse_categorical_crossentropy": lambda p: classes(p, labels_of, "softmax"),
    "softmax_cross_entropy": lambda p: classes(p, labels_of, None),
}


def some(p, **choices):
    return {name: p.rng.choice(values) for name, values in choices.items()} if p.rng.random() < 0.6 else {}


def axes(p, x):
    chosen = sorted(p.rng.sample(range(x.dim()), p.rng.randint(1, max(1, x.dim())))) if x.dim() else []
    return some(p, axes=[[a - p.rng.choice([0, x.dim()]) for a in chosen]], keepdims=[False, True]) if chosen else {}


def axis(p, x):
    need(x.dim() > 0)
    return p.rng.randrange(x.dim()) - p.rng.choice([0, x.dim()])


def span(p, x, axis):  # some of the indices of an axis
    need(x.dim() > 0)
    begin = p.rng.randrange(x.shape[axis])
    return {"begin": begin, "end": p.rng.randint(begin + 1, x.shape[axis])}


def along(p, x, attributes):
    k = axis(p, x)
    return {"axis": k, **attributes(p, x, k)}


def pairs_of(x):  # the shapes of rank 1 and 2 that x's elements fill
    n = x.numel()
    return [[n]] + [[m, n // m] for m in range(1, n + 1) if n % m == 0]


# The attributes of an operation that has some, given its first argument.
ATTRIBUTES = {
    **{op: axes for op in ("sum", "mean", "variance", "max", "min", "logsumexp", "norm")},
    **{op: lambda p, x: some(p, axis=[axis(p, x)]) for op in ("softmax", "log_softmax")},
    **{op: lambda p, x: {"shape": [p.rng.choice([1, n]) for n in x.shape]} for op in ("sum_to", "max_to")},
    "leaky_relu": lambda p, x: some(p, slope=[0.125, 0.25]), "elu": lambda p, x: some(p, alpha=[0.5, 1.5]),
    "broadcast_to": lambda p, x: {"shape": [2] * (x.dim() < 2) + [3 if n == 1 else n for n in x.shape]},
    "reshape": lambda p, x: {"shape": p.rng.choice(pairs_of(x))},
    **{op: lambda p, x: {"axis": p.rng.choice([0, -1])} for op in ("expand_dims", "stack")},
    "transpose": lambda p, x: some(p, axes=[p.rng.sample(range(x.dim()), x.dim())]) if x.dim() else {},
    "concatenate": lambda p, x: {"axis": axis(p, x)}, "slice": lambda p, x: along(p, x, span),
    "pad": lambda p, x: along(p, x, lambda p, x, k: {"begin": 1, "extent": x.shape[k] + p.rng.randint(1, 2)}),
    "rows": lambda p, x: span(p, x, 0), "segment_sum": lambda p, x: {"num_segments": 3},
    "one_hot": lambda p, x: {"classes": 3}, "huber": lambda p, x: some(p, delta=[0.5, 1.5]),
}


def attempt(p, op):
    """Adds the operation on some of the values; nothing, if they do not suit it."""
    before = len(p.steps), len(p.values), set(p.used)
    try:
        args = ARGUMENTS.get(op, lambda p: [p.any()])(p)
        place = p.do(op, *args, **ATTRIBUTES.get(op, lambda p, x: {})(p, p.values[args[0]]))
        if float(p.values[place].abs().max()) > 2:
            place = p.do(p.rng.choice(["tanh", "sin"]), place)
    except (Unsuitable, RuntimeError, IndexError):  # PyTorch's own, for shapes that do not fit
        del p.steps[before[0]:], p.values[before[1]:]
        p.used = before[2]
        return False
    p.pool.append(place)
    return True


def write(seed, counts):
    """A program that favours operations that few programs before it have, and adds up what it has left over."""
    p = Program(seed)
    for _ in range(p.rng.randint(2, 16)):
        names = sorted(TORCH, key=lambda op: counts.get(op, 0) + 3 * p.rng.random())
        need(any(attempt(p, op) for op in names for _ in range(3)))
    left = [i for i in p.pool if i not in p.used]
    total = [i if p.values[i].dim() == 0 else p.do(p.rng.choice(["mean", "mean", "norm", "sum"]), i) for i in left]
    while len(total) > 1:
        total = [p.do(p.rng.choice(["add", "subtract"]), total[0], total[1]), *total[2:]]
    return p


def derivatives(p, dtype):
    inputs = [v.to(dtype).requires_grad_() for v in p.values[:len(p.inputs)]]
    directions = [torch.tensor(v, dtype=dtype).reshape(s) for s, v in p.directions]
    values = list(inputs)
    for step in p.steps:
        values.append(run(step, values))
    result = values[-1]
    need(result.dim() == 0 and result.requires_grad)
    gradients = torch.autograd.grad(result, inputs, create_graph=True, allow_unused=True)
    need(all(g is not None and float(g.abs().max()) > 1e-3 for g in gradients))
    along = sum((g * d).sum() for g, d in zip(gradients, directions))
    need(along.requires_grad)
    products = torch.autograd.grad(along, inputs, allow_unused=True)
    products = [torch.zeros_like(x) + (0 if h is None else h) for h, x in zip(products, inputs)]
    return [result, *gradients, *products]


def finished(p):
    """The program as JSON, if it has 5 to 30 operations, depends on every input, and is well-conditioned."""
    need(5 <= sum(op != "constant" for op, _, _ in p.steps) <= 30)
    p.directions = [p.draw(shape, -1, 1) for shape, _ in p.inputs]
    exact, rough = derivatives(p, torch.float64), derivatives(p, torch.float32)
    n = len(p.inputs)
    need(max(float(h.abs().max()) for h in exact[n + 1:]) > 1e-3)
    for e, r in zip(exact, rough):
        need(bool(torch.isfinite(e).all()) and float(e.abs().max()) < 100)
        need(bool(((e - r).abs() <= 2e-6 * e.abs().clamp(min=1)).all()))
    numbers = [x.detach().flatten().tolist() for x in exact]
    return {"inputs": p.inputs, "steps": p.steps, "result": numbers[0][0], "gradients": numbers[1:n + 1],
            "directions": p.directions, "products": numbers[n + 1:]}


def main():
    programs, counts, seed = [], {}, 0
    while len(programs) < PROGRAMS:
        seed += 1
        try:
            p = write(seed, counts)
            programs.append(finished(p))
        except Unsuitable:
            continue
        for op in {op for op, _, _ in p.steps}:
            counts[op] = counts.get(op, 0) + 1
    assert set(counts) == set(TORCH) | {"constant"}, set(TORCH) - set(counts)
    lines = ",\n".join(json.dumps(program, separators=(",", ":")) for program in programs)
    source = f"PyTorch {torch.__version__} in float64, by pytorch_programs.py"
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(f'{{"source":"{source}","programs":[\n{lines}\n]}}\n')
    sizes = [sum(op != "constant" for op, _, _ in p["steps"]) for p in programs]
    print(f"{len(programs)} programs of {min(sizes)} to {max(sizes)} operations out of {seed} tries;",
          f"each of {len(counts) - 1} operations in {min(counts.values())} or more")


if __name__ == "__main__":
    main()
