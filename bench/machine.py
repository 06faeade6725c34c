"""What the drivers share: the Pythons that have the peers, and a line that says on what was measured."""

import subprocess
import sys
from pathlib import Path

PACKAGES = {"jax": "jax numpy keras onnxruntime scikit-learn", "tensorflow": "tensorflow-cpu keras ai-edge-litert",
            "torch": "torch"}
ASK = """
import sys, importlib.metadata
for package in sys.argv[1:]:
    try:
        print(package, importlib.metadata.version(package), end="; ")
    except importlib.metadata.PackageNotFoundError:
        pass
"""


def add_pythons(parser):
    for name, packages in PACKAGES.items():
        parser.add_argument(f"--{name}-python", type=Path, metavar="PATH", default=Path("/none"),
                            help=f"the Python that has {packages}; scripts/bench.sh names its own")


def described(options):
    """The processor, and the versions of what the Pythons have."""
    with open("/proc/cpuinfo") as file:
        processor = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), "unknown")
    pythons = {name: getattr(options, f"{name}_python") for name in PACKAGES}
    asked = [(sys.executable, "torch numpy"), *((pythons[name], PACKAGES[name]) for name in PACKAGES)]
    said = [subprocess.run([python, "-c", ASK, *packages.split()], capture_output=True, text=True).stdout.rstrip("; ")
            for python, packages in asked if Path(python).exists()]
    return f"{processor}; {' | '.join(said)}"
