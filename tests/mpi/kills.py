#!/usr/bin/env python3
"""kills.py VICTIM [KILLS [RANKS]]: kills a random rank at a random moment, again and again, by hand. Fails where a job does
not end within 20 s of the kill, where the checkpoint cannot be read, or where an epoch's loss is not, bit for bit, that of
a training that nobody kills."""
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

victim, kills, ranks = sys.argv[1], int((sys.argv + ["", "200"])[2] or 200), (sys.argv[3:] or ["3"])[0]
here = os.path.dirname(os.path.abspath(__file__))
epochs = 30
folder = tempfile.mkdtemp()


def start(path):
    return subprocess.Popen([os.path.join(here, "run.sh"), "mpirun", ranks, victim, path, str(epochs)],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def processes(path):
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            words = open(f"/proc/{pid}/cmdline").read().split("\0")
        except OSError:
            continue
        if words[0] == victim and path in words:
            found.append(int(pid))
    return found


def losses(out):
    return {int(w[1]): w[3] for w in map(str.split, out.splitlines()) if w[:1] == ["epoch"]}


job = start(os.path.join(folder, "whole"))
begun = time.time()
out, err = job.communicate(timeout=300)
whole = losses(out)
took = time.time() - begun
assert len(whole) == epochs, (out, err)
path, done, longest, resumed = os.path.join(folder, "killed"), 0, 0, 0
while done < kills:
    job = start(path)
    time.sleep(random.uniform(0.2, min(took, 5)))
    alive = processes(path)
    if not alive:  # it was done before
        out, err = job.communicate(timeout=60)
    else:
        os.kill(random.choice(alive), signal.SIGKILL)
        begun = time.time()
        try:
            out, err = job.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            os.system(f"ps -eo pid,ppid,stat,wchan:20,etimes,args | grep -E 'mpirun|{os.path.basename(victim)}'")
            raise
        longest = max(longest, time.time() - begun)
        done += 1
        print(f"kill {done}: ended after {time.time() - begun:.2f} s", file=sys.stderr)
        while processes(path):
            assert time.time() - begun < 20, "a rank lives on"
            time.sleep(0.01)
    assert "error: " not in err or "rank" in err, err
    assert "cannot" not in err and "damaged" not in err, err
    for epoch, loss in losses(out).items():
        assert whole[epoch] == loss, (epoch, whole[epoch], loss)
    resumed += "begins with 0" not in out and "begins with" in out
    if epochs - 1 in losses(out) or not alive:
        os.remove(path) if os.path.exists(path) else None
print(f"{done} kills, {resumed} trainings taken up again, the longest end {longest:.2f} s after a kill")
