"""All benchmarks, one after the other, each in a process of its own: none inherits another's threads or memory."""

from __future__ import annotations

import subprocess
import sys

BENCHMARKS = ("benchmarks.against_autograd", "benchmarks.lanes", "benchmarks.page_latency")


def main() -> int:
    codes = []
    for name in BENCHMARKS:
        print(f"\n== {name} ==", flush=True)
        codes.append(subprocess.run([sys.executable, "-m", name], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
