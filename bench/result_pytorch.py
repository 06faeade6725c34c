"""FOLDER UNITS EPOCHS SEED [VARIANT]: as PyTorch's tutorials write it. See time_to_result.py.

Variant "index" takes its batches by index, which is faster than a DataLoader, by a fused optimizer, and on one thread,
for a second makes such networks slower; "compile" has torch.compile(), too.
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from common import load_mnist

folder, units, epochs, seed = sys.argv[1], [int(n) for n in sys.argv[2].split(",")], int(sys.argv[3]), int(sys.argv[4])
variant = sys.argv[5] if len(sys.argv) > 5 else ""
(x_train, y_train), (x_test, y_test) = (
    [torch.from_numpy(pixels).float() / 255, torch.from_numpy(labels).long()]
    for pixels, labels in (load_mnist(folder, np), load_mnist(folder, np, "t10k")))

if variant:
    torch.set_num_threads(1)
torch.manual_seed(seed)
layers = []
for n_in, n_out in zip([784, *units], units):
    layers += [nn.Linear(n_in, n_out), nn.ReLU()]
model = nn.Sequential(*layers, nn.Linear(units[-1], 10))
if variant == "compile":
    model = torch.compile(model)
loss_fn = nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model.parameters(), **({"fused": True} if variant else {}))
loader = DataLoader(TensorDataset(x_train, y_train), batch_size=32, shuffle=True)


def batches():
    if not variant:
        yield from loader
    else:
        for index in torch.randperm(len(x_train)).split(32):
            yield x_train[index], y_train[index]


for _ in range(epochs):
    model.train()
    for x, y in batches():
        optimizer.zero_grad()
        loss_fn(model(x), y).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        print((model(x_test).argmax(1) == y_test).float().mean().item(), flush=True)
