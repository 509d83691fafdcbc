"""Runs all benchmarks or the named ones in turn, each in its own process: none inherits another's threads or memory."""

from __future__ import annotations

import subprocess
import sys

NAMES = (
    "against_autograd",
    "lanes",
    "step_latency",
    "drag_rate",
    "first_paint",
    "reach",
    "lenses",
    "lens_switch",
    "scene_step",
    "load",
    "lecture",
    "class_at_work",
    "reruns",
    "training",
)


def main() -> int:
    codes = []
    for name in sys.argv[1:] or NAMES:
        print(f"\n== {name} ==", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
