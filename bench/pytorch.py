"""The workloads in PyTorch, as its documentation writes them.

Variant "fused" has fused optimizers, where there are any, and "compile" torch.compile() beside them.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import common


def make_optimizer(rule, parameters):
    fused = {"fused": True} if arguments.variant else {}
    if rule == "adam":
        return torch.optim.Adam(parameters, lr=0.001, eps=common.ADAM_EPSILON, **fused)
    if rule == "rmsprop":
        return torch.optim.RMSprop(parameters, lr=0.001, alpha=0.9, eps=common.RMSPROP_EPSILON**0.5,
                                   **({"foreach": True} if fused else {}))
    return torch.optim.SGD(parameters, lr=0.01, momentum=0.9 if rule == "momentum" else 0, **fused)


def compiled(function):
    return torch.compile(function) if arguments.variant == "compile" else function


def train_mnist(a, report):
    pixels, labels = common.load_mnist(a.data, np)
    images = torch.from_numpy(pixels).float().div_(255)
    labels = torch.from_numpy(labels).long()
    random = np.random.RandomState(a.seed)
    layers = []
    for kernel in common.glorot(random, a.work.layers):
        linear = nn.Linear(*kernel.shape)
        with torch.no_grad():
            linear.weight.copy_(torch.from_numpy(kernel).t())
            linear.bias.zero_()
        layers += [linear, nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    optimizer = make_optimizer(a.work.rule, model.parameters())

    loss_of = compiled(lambda x, y: functional.cross_entropy(model(x), y))

    samples = common.batches(random, len(labels), a.work.batch, np)
    while report.more():
        index = torch.from_numpy(next(samples))
        x, y = images.index_select(0, index), labels.index_select(0, index)
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(x, y)
        loss.backward()
        optimizer.step()
        if report.wanted():
            report.loss(loss.item())


def fit_line(a, report):
    x, y, w, b = map(torch.from_numpy, common.line(np.random.RandomState(a.seed)))
    w.requires_grad_()
    b.requires_grad_()
    optimizer = torch.optim.SGD([w, b], lr=0.01)
    loss_of = compiled(lambda: functional.mse_loss(w * x + b, y))
    while report.more():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of()
        loss.backward()
        optimizer.step()
        if report.wanted():
            report.loss(loss.item())


arguments = common.arguments()
torch.set_num_threads(arguments.threads)
torch.set_flush_denormal(True)
report = common.Report(arguments)
(train_mnist if arguments.work.layers else fit_line)(arguments, report)
report.print()
