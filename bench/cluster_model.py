#!/usr/bin/env python3
"""A model of the time of a step of several ranks, fitted on this machine; see docs/cluster.md.

    cluster_model.py measure build/bench/bench_ranks > measured.txt    1 to 4 ranks on this host, 2 and 4 over networks
    cluster_model.py check measured.txt                                the fit, and the model beside what was measured
    cluster_model.py plan measured.txt                                 8, 64 and 512 ranks over 10 and 100 GbE

The networks are those of scripts/cluster.sh, which takes root. The measurements of one network are made in turn, and what
is compared was measured in the same minute: read ratios.
"""
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

BUCKET, FEW = 1 << 20, 4096  # bytes, as xgrad::mpi has them
REAL = 4  # bytes of a number; what was measured says which
LAYERS = {"S": [10, 10, 10], "Q": [128, 10], "K": [512, 512, 10], "G": [2048, 2048, 2048, 10]}
BATCH = {"S": 32, "Q": 32, "K": 128, "G": 256}
ALONE = ["S:1", "S:8", "S:32", "S:256", "Q:1", "Q:8", "Q:32", "Q:256", "K:1", "K:16", "K:128", "K:512", "G:1", "G:16",
         "G:64", "G:256"]
TOGETHER = ["S:32", "S:1024", "Q:32", "Q:1024", "K:128", "K:512"]
NETWORKS = {2: ["1gbit", "200mbit"], 4: ["200mbit"]}  # where 4 ranks have 2 processors, the network has to be the limit


def matrices(network):
    units = [784] + LAYERS[network]
    return list(zip(units, units[1:]))


def buckets(network, most=BUCKET):
    """The bytes of the buckets, in the order in which the sweep fills them, and the layer after whose pullback each is
    full."""
    out, size, layer = [], 0, 0
    for k, (m, n) in reversed(list(enumerate(matrices(network)))):
        for numbers in (n, m * n):  # the sweep comes to the bias first
            if size and size + numbers * REAL > most:
                out.append((size, layer))
                size = 0
            size, layer = size + numbers * REAL, k
    return out + [(size, layer)]


def flops(network):
    """Of a sample: forward, and backward for each layer; the first has no gradient of its input."""
    sizes = matrices(network)
    return sum(2 * m * n for m, n in sizes), [(4 if k else 2) * m * n for k, (m, n) in enumerate(sizes)]


class Network:
    """A sum over p ranks: each sends p - 1 messages, and again, of 1 / p of the numbers each; few numbers go at once.
    latency: until a message is there; message: what one more costs its sender; byte: of a rank's link."""

    def __init__(self, latency, message, byte):
        self.latency, self.message, self.byte = latency, message, byte
        self.measured = []

    def sum(self, p, size):
        if p == 1:
            return 0.0
        if self.measured:
            return interpolated(self.measured, size)
        if size <= FEW:
            return self.latency + (p - 1) * (self.message + size * self.byte)
        return 2 * self.latency + 2 * (p - 1) * self.message + 2 * (p - 1) / p * size * self.byte

    def along(self, sums):
        """The same, but along the sums that were measured: TCP does not keep its rate at all sizes."""
        network = Network(self.latency, self.message, self.byte)
        network.measured = sorted((size, t) for _, size, t in sums)
        return network

    @staticmethod
    def fit(sums):
        """By least squares of the relative errors; sums: (ranks, bytes, seconds)."""
        rows = []
        for p, size, t in sums:
            twice = 1 if size <= FEW else 2
            sent = (p - 1) * size if size <= FEW else 2 * (p - 1) / p * size
            rows.append(([twice / t, twice * (p - 1) / t, sent / t], 1.0))
        one_size = len({p for p, _, _ in sums}) == 1  # then a message's latency and cost are one
        return Network(*non_negative(rows, [0, 2] if one_size else [0, 1, 2]))


def non_negative(rows, columns):
    """Least squares by coordinates, none below 0."""
    x = [0.0] * len(rows[0][0])
    for _ in range(5000):
        for c in columns:
            top = sum(r[c] * (y - sum(r[k] * x[k] for k in columns if k != c)) for r, y in rows)
            bottom = sum(r[c] ** 2 for r, _ in rows)
            x[c] = max(top / bottom, 0.0) if bottom else 0.0
    return x


def interpolated(points, x):
    """Between neighbours by a power; beyond the last in proportion."""
    for (a, low), (b, high) in zip(points, points[1:]):
        if x <= b:
            return low * (high / low) ** (math.log(max(x, a) / a) / math.log(b / a))
    return points[-1][1] * x / points[-1][0]


class Compute:
    """A rank's own step: what each step costs, and each sample."""

    def __init__(self, steps):
        """steps: (batch, seconds)."""
        rows = [([1 / t, batch / t], 1.0) for batch, t in steps]
        self.step, self.sample = non_negative(rows, [0, 1])

    def time(self, batch):
        return self.step + self.sample * batch


def together(network, p, alone, per_sample, batch, wire, overlap):
    """The step of p ranks that take `alone` for their own. While the sweep goes on after a bucket was full, its message
    moves on at `overlap` of its speed."""
    forward, backward = flops(network)
    sweeping = min(per_sample * batch, alone) * sum(backward) / (forward + sum(backward))
    ready = {}
    at = 0.0
    for k in reversed(range(len(backward))):
        at += sweeping * backward[k] / sum(backward)
        ready[k] = at
    queue, now = 0.0, 0.0  # what is left of the messages, in seconds of the wire
    for size, layer in buckets(network):
        queue = max(queue - (ready[layer] - now) * overlap, 0.0)
        now = ready[layer]
        queue += wire.sum(p, size)
    queue = max(queue - (sweeping - now) * overlap, 0.0)
    return alone + queue + wire.sum(p, 64)


def read(path):
    """{host or rate: ([(ranks, bytes, seconds)], [(ranks, network, batch, alone, overlapped, at once)])}"""
    global REAL
    runs, run = {}, None
    for line in Path(path).read_text().splitlines():
        word = line.split()
        if word[:1] == ["on"]:
            run = runs.setdefault(word[1], ([], []))
        elif word[:1] == ["real"]:
            REAL = int(word[1])
        elif word[:1] == ["sum"]:
            run[0].append((int(word[1]), int(word[2]), float(word[3])))
        elif word[:1] == ["step"]:
            run[1].append((int(word[1]), word[2], int(word[3]), *map(float, word[5:8])))
    return runs


def measure(program):
    # On a machine that others use, as root: before all others.
    prefix = ["chrt", "-r", "1"] if os.geteuid() == 0 and shutil.which("chrt") else []
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMPI_MCA_mpi_yield_when_idle": "1"}

    def run(where, command, work):
        print("on", where, flush=True)
        subprocess.run(prefix + command + [program] + work, check=False, env=environment)

    local = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none"]
    run("host", local + ["-n", "1"], ALONE)
    for p in (2, 3, 4):
        run("host", local + ["-n", str(p)], TOGETHER)
    cluster = str(Path(__file__).resolve().parent.parent / "scripts" / "cluster.sh")
    for p, rates in NETWORKS.items():
        for rate in rates:
            run(rate, [cluster, "--hosts", str(p), "--rate", rate, "mpirun", "-n", str(p)], TOGETHER)


def fitted(runs):
    compute = {}
    for name in LAYERS:
        steps = [(batch, alone) for p, n, batch, alone, *_ in runs["host"][1] if p == 1 and n == name]
        if steps:
            compute[name] = Compute(steps)
    wires = {}
    for where, (sums, _) in runs.items():
        for p in sorted({p for p, *_ in sums if p > 1}):
            of_p = [s for s in sums if s[0] == p]
            wires[where, p] = Network.fit(of_p).along(of_p)
    errors = {}
    for step in range(21):  # the overlap for which the steps on the host fit best
        overlap = step / 20
        off = sorted(abs(predict(s, compute, wires["host", s[0]], overlap) / s[4] - 1)
                     for s in runs["host"][1] if 1 < s[0] <= os.cpu_count())
        errors[overlap] = off[len(off) // 2] if off else 0.0
    return compute, wires, min(errors, key=errors.get)


def predict(step, compute, wire, overlap):
    p, name, batch, alone = step[:4]
    share = max(batch // p, 1)
    scale = alone / compute[name].time(share)  # what else runs on the machine slows all of it
    return together(name, p, alone, compute[name].sample * scale, share, wire, overlap)


def check(runs):
    compute, wires, overlap = fitted(runs)
    for name, c in compute.items():
        print(f"{name}: {1e6 * c.step:.0f} us a step and {1e6 * c.sample:.2f} us a sample")
    for (where, p), w in wires.items():
        print(f"{where}, {p} ranks: {1e6 * (w.latency + w.message):.0f} us a message, {1e-6 / w.byte:.0f} MB/s")
    print(f"overlap: {overlap:.2f}\n")
    print("| network | ranks | step | alone | at once | overlapped | model | off |\n|---|---|---|---|---|---|---|---|")
    ms = lambda t: f"{1e3 * t:.3g} ms"
    for where, (_, steps) in runs.items():
        for step in steps:
            p, name, batch, alone, overlapped, at_once = step
            if p > 1 and (where != "host" or p <= os.cpu_count()):  # more have to wait for a processor
                t = predict(step, compute, wires[where, p], overlap)
                print(f"| {where} | {p} | {name}, {batch} | {ms(alone)} | {ms(at_once)} | {ms(overlapped)} | {ms(t)} | "
                      f"{100 * (t / overlapped - 1):+.0f} % |")


# Assumed, not measured: the usual figures of kernel TCP over 10 GbE, and of RDMA over 100 GbE, at 94 % of the line.
PLANNED = {"10 GbE": Network(20e-6, 2e-6, 1 / (0.94 * 1.25e9)), "100 GbE": Network(3e-6, 0.5e-6, 1 / (0.94 * 12.5e9))}


def plan(runs):
    compute, _, overlap = fitted(runs)
    for name, c in compute.items():
        print(f"{name}: {1e6 * c.step:.0f} us a step and {1e6 * c.sample:.2f} us a sample")
    print("| network, batch | ranks | 10 GbE: as it is | half | four fifths | 100 GbE: as it is | half | four fifths |")
    print("|---|---|---|---|---|---|---|---|")
    for name, c in compute.items():
        one = BATCH[name] / c.time(BATCH[name])  # samples in a second
        for p in (8, 64, 512):
            cells = []
            for wire in PLANNED.values():
                def speedup(batch):
                    share = batch / p
                    return batch / together(name, p, c.time(share), c.sample, share, wire, overlap) / one
                cells.append(f"{speedup(BATCH[name]):.2g}" if BATCH[name] >= p else "cannot")
                for part in (0.5, 0.8):
                    batch = p
                    while speedup(batch) < part * p and batch < 1 << 24:
                        batch *= 2
                    cells.append(f"{batch}" if batch < 1 << 24 else "never")
            print(f"| {name}, {BATCH[name]} | {p} | " + " | ".join(cells) + " |")


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in ("measure", "check", "plan"):
        sys.exit(__doc__)
    if sys.argv[1] == "measure":
        measure(sys.argv[2])
    else:
        {"check": check, "plan": plan}[sys.argv[1]](read(sys.argv[2]))


if __name__ == "__main__":
    main()
