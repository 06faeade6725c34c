#!/usr/bin/env python3
"""large_csv.py PATH [GIGABYTES]: writes a CSV file for bench/stream.cpp, 4 GB if not said otherwise.

Twelve numbers, a text in quotes, in which one row of seven has a line end, and y, a function of the numbers with noise.
The rows are those of sixteen blocks, in random order of the blocks: what is measured is reading and memory.
"""
import math
import random
import sys

BLOCKS, ROWS, FEATURES = 16, 20_000, 12


def block(rng):
    lines = []
    for k in range(ROWS):
        x = [rng.gauss(0, 1) for _ in range(FEATURES)]
        y = x[0] + 0.5 * x[1] * x[2] + math.sin(2 * x[3]) + rng.gauss(0, 0.1)
        said = '"two lines,\nand a ""quote"""' if k % 7 == 0 else '"one line, of words"'
        lines.append(",".join(f"{v:.5f}" for v in x) + f",{said},{y:.5f}\n")
    return "".join(lines).encode()


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    size = int(float(sys.argv[2] if len(sys.argv) == 3 else 4) * 1e9)
    rng = random.Random(1)
    blocks = [block(rng) for _ in range(BLOCKS)]
    with open(sys.argv[1], "wb") as out:
        out.write((",".join(f"x{k}" for k in range(FEATURES)) + ",said,y\n").encode())
        while out.tell() < size:
            out.write(rng.choice(blocks))


if __name__ == "__main__":
    main()
