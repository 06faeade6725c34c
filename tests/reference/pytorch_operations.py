"""Each operation of ops.hpp in PyTorch, and how far its arguments are from a kink. Used by pytorch_programs.py."""

import torch
import torch.nn.functional as F

MARGIN = 0.03  # how far values keep from a kink


def dims(x, axes):
    return tuple(range(x.dim())) if axes is None else tuple(axes)


def every(f):  # a reduction over all axes or over those given
    return lambda x, axes=None, keepdims=False: f(x, dims(x, axes), keepdims) if x.dim() else f(x[None], (0,), False)


def down_to(x, shape):  # the axes over which x is reduced to this shape
    shape = [1] * (x.dim() - len(shape)) + list(shape)
    return tuple(k for k in range(x.dim()) if shape[k] != x.shape[k])


def pad(x, axis, begin, extent):
    def gap(n):
        return x.new_zeros([n if k == axis % x.dim() else m for k, m in enumerate(x.shape)])
    return torch.cat([gap(begin), x, gap(extent - begin - x.shape[axis])], axis)


def weighted(losses, w):  # the mean over the samples of their weights times their losses' means
    losses = losses.flatten(1).mean(1) if losses.dim() > 1 else losses
    return (losses if w is None else losses * w).mean()


def negative_log(t, p):
    return -(t * (p / p.sum(-1, keepdim=True)).log()).sum(-1)


TORCH = {
    "add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div, "pow": torch.pow,
    "maximum": torch.maximum, "minimum": torch.minimum, "clip": torch.clamp,
    "where": lambda m, a, b: torch.where(m != 0, a, b),
    "greater": lambda a, b: (a > b).to(a.dtype), "equal": lambda a, b: (a == b).to(a.dtype),
    "negative": torch.neg, "square": torch.square, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "exp": torch.exp,
    "expm1": torch.expm1, "log": torch.log, "log1p": torch.log1p, "abs": torch.abs, "sign": torch.sign,
    "sin": torch.sin, "cos": torch.cos, "erf": torch.erf, "stop_gradient": lambda x: x.detach(),
    "tanh": torch.tanh, "sigmoid": torch.sigmoid, "softplus": F.softplus, "relu": F.relu,
    "gate": lambda g, x: torch.where(x > 0, g, torch.zeros_like(g)),
    "leaky_relu": lambda x, slope=0.2: F.leaky_relu(x, slope), "elu": lambda x, alpha=1.0: F.elu(x, alpha),
    "selu": F.selu, "silu": F.silu, "gelu": F.gelu, "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"),
    "softmax": lambda x, axis=-1: F.softmax(x, axis), "log_softmax": lambda x, axis=-1: F.log_softmax(x, axis),
    "matmul": torch.matmul, "matmul_nt": lambda a, b: torch.matmul(a, b.transpose(-1, -2)),
    "matmul_tn": lambda a, b: torch.matmul(a.transpose(-1, -2), b), "linear": lambda x, w, b: F.linear(x, w.T, b),
    "dot": torch.dot, "outer": torch.outer,
    "sum": every(lambda x, d, k: torch.sum(x, d, k)), "mean": every(lambda x, d, k: torch.mean(x, d, k)),
    "variance": every(lambda x, d, k: torch.var(x, d, unbiased=False, keepdim=k)), "max": every(torch.amax),
    "min": every(torch.amin), "logsumexp": every(torch.logsumexp),
    "norm": every(lambda x, d, k: torch.linalg.vector_norm(x, 2, d, k)),
    "sum_to": lambda x, shape: x.sum_to_size(shape),
    "max_to": lambda x, shape: (torch.amax(x, down_to(x, shape), True) if down_to(x, shape) else x).reshape(shape),
    "broadcast_to": lambda x, shape: x.expand(shape), "reshape": torch.reshape, "flatten": torch.flatten,
    "expand_dims": lambda x, axis: x.unsqueeze(axis),
    "squeeze": lambda x, axis=None: x.squeeze() if axis is None else x.squeeze(axis),
    "transpose": lambda x, axes=None: x.permute(dims(x, axes) if axes else dims(x, None)[::-1]),
    "concatenate": lambda *x, axis: torch.cat(x, axis), "stack": lambda *x, axis: torch.stack(x, axis),
    "slice": lambda x, axis, begin, end: x.narrow(axis, begin, end - begin), "pad": pad,
    "rows": lambda x, begin, end: x[begin:end], "take": lambda x, i: x[i.long()],
    "segment_sum": lambda x, i, num_segments: x.new_zeros([num_segments, *x.shape[1:]]).index_add(0, i.long(), x),
    "take_along_axis": lambda x, i: x.gather(1, i.long()[:, None])[:, 0],
    "one_hot": lambda x, i, classes: F.one_hot(i.long(), classes) * x[:, None],
    "mean_squared_error": lambda t, p, w=None: weighted(F.mse_loss(p, t, reduction="none"), w),
    "mean_absolute_error": lambda t, p, w=None: weighted(F.l1_loss(p, t, reduction="none"), w),
    "huber": lambda t, p, w=None, delta=1.0: weighted(F.huber_loss(p, t, reduction="none", delta=delta), w),
    "binary_crossentropy": lambda t, p, w=None: weighted(F.binary_cross_entropy(p, t, reduction="none"), w),
    "binary_crossentropy_from_logits":
        lambda t, z, w=None: weighted(F.binary_cross_entropy_with_logits(z, t, reduction="none"), w),
    "categorical_crossentropy": lambda t, p, w=None: weighted(negative_log(t, p), w),
    "categorical_crossentropy_from_logits": lambda t, z, w=None: weighted(F.cross_entropy(z, t, reduction="none"), w),
    "sparse_categorical_crossentropy":
        lambda i, p, w=None: weighted(F.nll_loss((p / p.sum(-1, keepdim=True)).log(), i.long(), reduction="none"), w),
    "softmax_cross_entropy": lambda i, z, w=None: weighted(F.cross_entropy(z, i.long(), reduction="none"), w),
}


def same_count(x, axes, sign):  # 1 where one element alone is the largest (sign 1) or smallest (-1), else 0
    gaps = (sign * x).amax(axes, True) - sign * x
    return ((gaps < MARGIN).sum(axes) == 1).to(x.dtype)


def around(*pairs):
    return torch.cat([(a - b).flatten() for a, b in pairs])


# How far the arguments are from a kink.
DISTANCE = {
    **{op: lambda x, *_, **__: x for op in ("abs", "sign", "relu", "leaky_relu", "elu", "selu")},
    **{op: lambda a, b: a - b for op in ("maximum", "minimum", "greater")},
    "gate": lambda g, x: x, "clip": lambda x, low, high: around((x, low), (x, high)), "norm": TORCH["norm"],
    "equal": lambda a, b: (a - b).abs() + (a == b),
    "max": lambda x, axes=None, keepdims=False: same_count(x, dims(x, axes), 1),
    "min": lambda x, axes=None, keepdims=False: same_count(x, dims(x, axes), -1),
    "max_to": lambda x, shape: same_count(x, down_to(x, shape), 1) if down_to(x, shape) else x.new_ones(()),
    "mean_absolute_error": lambda t, p, w=None: p - t,
    "huber": lambda t, p, w=None, delta=1.0: (p - t).abs() - delta,
}
