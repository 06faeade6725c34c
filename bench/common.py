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
MEMORY = {"sgd": 0, "momentum": 1, "rmsprop": 1, "adam": 2}
CHECKED = (1, 10, 100, 300)  # the steps whose losses are compared with those of the others


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


def load_mnist(folder, np, part="train"):
    """Images as rows of 784 bytes, and their labels: the 60,000 of "train" or the 10,000 of "t10k"."""
    pixels = np.fromfile(f"{folder}/{part}-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 784)
    return pixels, np.fromfile(f"{folder}/{part}-labels-idx1-ubyte", np.uint8, offset=8)


def glorot(random, layers):
    """Kernels (in, out) for these layers, drawn one after the other; biases are zero."""
    n_in = 784
    for n_out in layers:
        limit = (6 / (n_in + n_out)) ** 0.5
        yield random.uniform(-limit, limit, (n_in, n_out)).astype("float32")
        n_in = n_out


def weights(random, layers, np):
    """Kernel and bias of each of these layers, in turn: glorot's, and zeros."""
    return [w for kernel in glorot(random, layers) for w in (kernel, np.zeros(kernel.shape[1], np.float32))]


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


def chunks(random, samples, batch, n, np):
    """The same batches, n at a time: an array (n, batch) and their sizes (n,). One that is smaller ends with zeros."""
    order = np.arange(samples)
    rows, sizes = np.empty((0, batch), np.int32), np.empty(0, np.int32)
    while True:
        while len(rows) < n:
            random.shuffle(order)
            rows = np.concatenate([rows, np.pad(order, (0, -samples % batch)).reshape(-1, batch)], dtype=np.int32)
            sizes = np.append(sizes, np.minimum(batch, np.arange(samples, 0, -batch, np.int32)))
        yield rows[:n], sizes[:n]
        rows, sizes = rows[n:], sizes[n:]


def stepped(rule, w, g, memory, count, sqrt):
    """Keras's rules for JAX and TensorFlow: weights and memory, a list of MEMORY[rule] arrays, after step count."""
    if rule == "sgd":
        return w - 0.01 * g, memory
    if rule == "momentum":
        s = 0.9 * memory[0] - 0.01 * g
        return w + s, [s]
    if rule == "rmsprop":
        s = 0.9 * memory[0] + 0.1 * (g * g)
        return w - 0.001 * g / sqrt(s + RMSPROP_EPSILON), [s]
    s, t = 0.9 * memory[0] + 0.1 * g, 0.999 * memory[1] + 0.001 * (g * g)
    alpha = 0.001 * sqrt(1 - 0.999**count) / (1 - 0.9**count)
    return w - alpha * s / (sqrt(t) + ADAM_EPSILON), [s, t]


def peak_rss_mb():
    """The most memory that this program had at a time. getrusage() would count the driver's."""
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+)", status.read())[1]) / 1000


class Report:
    """Counts the steps, takes the time of ten chunks of them, keeps the losses of some, and prints it all."""

    def __init__(self, a):
        self.a, self.done, self.chunk = a, 0, max(1, a.steps // 10)
        self.times, self.cpu, self.losses, self.first = [], [], {}, None

    def more(self, wait=None):
        """Whether there is another step; it is called before each. The first allocates, and is in no chunk.

        At the end of a chunk wait() waits for what is still being computed."""
        if self.done > 0 and (self.done - 1) % self.chunk == 0:
            if wait:
                wait()
            self.lap()
        self.done += 1
        return self.done <= self.a.steps + 1

    def lap(self):
        """Called at the end of a chunk."""
        self.times.append(time.monotonic_ns())
        self.cpu.append(time.process_time())
        self.first = self.first or self.times[0]

    def again(self):
        """Forgets the chunks so far: what follows is measured."""
        self.times, self.cpu = [], []

    def compared(self):
        """The last step whose loss is compared."""
        return max(step for step in CHECKED if step <= max(1, self.a.steps))

    def wanted(self):
        """Whether this step's loss is compared with that of the others."""
        return self.done in CHECKED

    def loss(self, value):
        self.losses[str(self.done)] = float(value)

    def chunks(self, run, shortest=1):
        """For loops that are compiled whole: run(n, True) takes n steps and gives their losses, n always the same.

        After those that are compared, and one chunk that compiles, ten are measured by run(n, False): such a loop may
        leave out the losses, which nobody sees there."""
        self.chunk = max(self.chunk, shortest)
        while self.done < self.compared():
            losses = run(self.chunk, True)
            self.lap()
            for step in CHECKED:
                if self.done < step <= self.done + self.chunk:
                    self.losses[str(step)] = float(losses[step - self.done - 1])
            self.done += self.chunk
        self.again()
        for _ in range(11):
            run(self.chunk, False)
            self.lap()

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
            "seconds_to_first_step": (self.first - a.started) * 1e-9,
            "peak_rss_mb": peak_rss_mb(),
            "losses": self.losses,
        }))
