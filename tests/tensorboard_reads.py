"""tensorboard_reads.py PROGRAM: TensorBoard reads the files that the program, tensorboard.cpp, writes, and finds the numbers that
it prints. Exits with 77, a skipped test, where there is no TensorBoard."""

import collections
import pathlib
import subprocess
import sys
import tempfile
import time

try:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
    from tensorboard.util import tensor_util
except ImportError:
    print("skipped: no TensorBoard here")
    sys.exit(77)

with tempfile.TemporaryDirectory() as folder:
    printed = subprocess.run([sys.argv[1], folder], check=True, capture_output=True, text=True).stdout
    expected = collections.defaultdict(list)
    for line in printed.splitlines():
        run, tag, step, value = line.split()
        expected[run, tag].append((int(step), float(value)))

    runs = EventMultiplexer().AddRunsFromDirectory(folder).Reload()
    found = {}
    for run in runs.Runs():
        assert len(list((pathlib.Path(folder) / run).iterdir())) == 2, "a file for each fit"
        for tag in runs.Runs()[run]["tensors"]:
            assert runs.SummaryMetadata(run, tag).plugin_data.plugin_name == "scalars"
            events = runs.Tensors(run, tag)
            assert all(abs(event.wall_time - time.time()) < 600 for event in events)
            found[run, tag] = [(event.step, float(tensor_util.make_ndarray(event.tensor_proto))) for event in events]

for key in sorted(expected.keys() | found.keys()):
    want, have = expected.get(key, []), found.get(key, [])
    if key[1].startswith("batch_"):  # TensorBoard takes the second fit, whose batches begin anew, for a restart
        want = want[-len(have):]
    same = len(want) == len(have) > 0 and all(
        a == b and abs(x - y) <= 1e-6 * max(1, abs(x)) for (a, x), (b, y) in zip(want, have))
    print("ok" if same else f"expected {want}, found {have}:", *key)
    if not same:
        sys.exit(1)
