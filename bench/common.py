"""What the benchmark programs in Python share, and none of them is measured by; common.hpp is the same in C++."""

import argparse
import ctypes
import json
import os
import re
import time
from collections import namedtuple

Workload = namedtuple("Workload", "layers rule batch steps")

WORKLOADS = {
    "S": Workload([10, 10, 10], "adam", 32, 20000),
    "Q": Workload([128, 10], "adam", 32, 5000),
    "K": Workload([512, 512, 10], "rmsprop", 128, 1000),
    "G": Workload([2048, 2048, 2048, 10], "momentum", 256, 200),
    "T": Workload([10, 10, 10], "sgd", 1, 20000),
    "L": Workload([], "sgd", 100, 1000),
}
ADAM_EPSILON, RMSPROP_EPSILON = 1e-10, 1e-16  # see common.hpp


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--workload", choices=WORKLOADS, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=0)
    parser.add_argument("--batch", type=int, default=0)
    parser.add_argument("--data", default=".")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--variant", default="")
    parser.add_argument("--started", type=int, default=time.monotonic_ns())
    a = parser.parse_args()
    a.work = WORKLOADS[a.workload]
    if a.batch:
        a.work = a.work._replace(batch=a.batch)
    a.steps = a.steps or a.work.steps
    return a


def flush_denormals():
    """Makes the processor take denormals as zero, on this thread and those it starts; flush.cpp does it."""
    if "BENCH_FLUSH" in os.environ:
        ctypes.CDLL(os.environ["BENCH_FLUSH"]).flush_denormals()


def load_mnist(folder, np):
    """The 60,000 images as rows of 784 bytes, and their labels."""
    pixels = np.fromfile(f"{folder}/train-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 784)
    return pixels, np.fromfile(f"{folder}/train-labels-idx1-ubyte", np.uint8, offset=8)


def glorot(random, layers):
    """Kernels (in, out) for these layers, drawn one after the other; biases are zero."""
    n_in = 784
    for n_out in layers:
        limit = (6 / (n_in + n_out)) ** 0.5
        yield random.uniform(-limit, limit, (n_in, n_out)).astype("float32")
        n_in = n_out


def line(random):
    """L's data, points around y = 4 + 3 x, (100, 1), and where the line y = w x + b begins."""
    x = random.uniform(0, 2, (100, 1))
    y = 4 + 3 * x + random.randn(100, 1)
    w, b = random.randn(1), random.randn(1)
    return [values.astype("float32") for values in (x, y, w, b)]


def batches(random, samples, batch, np):
    """Sample numbers for ever, batch after batch; every epoch shuffles the order of the one before."""
    order = np.arange(samples)
    while True:
        random.shuffle(order)
        for begin in range(0, samples, batch):
            yield order[begin : begin + batch]


def peak_rss_mb():
    """The most memory that this program had at a time. getrusage() would count the driver's."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1000


class Report:
    """Counts the steps, takes the time of ten chunks of them, keeps the losses of some, and prints it all."""

    def __init__(self, a):
        self.a, self.done, self.chunk = a, 0, max(1, a.steps // 10)
        self.times, self.cpu, self.losses = [], [], {}

    def more(self):
        """Whether there is another step; it is called before each. The first allocates, and is in no chunk."""
        if self.done > 0 and (self.done - 1) % self.chunk == 0:
            self.times.append(time.monotonic_ns())
            self.cpu.append(time.process_time())
        self.done += 1
        return self.done <= self.a.steps + 1

    def wanted(self):
        """Whether this step's loss is compared with that of the others."""
        return self.done in (1, 10, 100, 300)

    def loss(self, value):
        self.losses[str(self.done)] = float(value)

    def print(self):
        a, times = self.a, self.times
        rates = sorted(self.chunk * 1e9 / (end - begin) for begin, end in zip(times, times[1:]))
        print(json.dumps({
            "workload": a.workload,
            "steps": a.steps,
            "threads": a.threads,
            "batch": a.work.batch,
            "steps_per_second": {"median": rates[len(rates) // 2], "min": rates[0], "max": rates[-1]},
            "cpu_us_per_step": (self.cpu[-1] - self.cpu[0]) * 1e6 / (len(rates) * self.chunk),
            "seconds_to_first_step": (times[0] - a.started) * 1e-9,
            "peak_rss_mb": peak_rss_mb(),
            "losses": self.losses,
        }))
