"""Where torch is not installed, everything but the second backend works, and its error says why."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import importlib.util, sys
find = importlib.util.find_spec
importlib.util.find_spec = lambda name, *rest: None if name == "torch" else find(name, *rest)
sys.modules["torch"] = None
import explorer
from explorer.cli.main import main
assert explorer.run(explorer.Experiment()).loss > 0
try:
    explorer.run(explorer.Experiment(backend="torch"))
except explorer.ExplorerError as error:
    print(error)
sys.exit(main(["check"]))
"""


def test_only_what_needs_torch_asks_for_it():
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "`backend` needs PyTorch" in done.stdout
    assert "only finite differences were compared" in done.stdout
