"""The app, with a note in the file `RUN_LOG` when a run of an experiment begins and ends, and in which thread."""

import os
import threading
from pathlib import Path

import explorer.questions.sweep
import explorer.ui.work.runs as runs
from explorer.ui import show

LOG = Path(os.environ["RUN_LOG"])


def noted(compute, wanted):
    def run(what):
        what = wanted(what)
        with LOG.open("a") as log:
            log.write(f"begin {threading.get_ident()}\n")
        try:
            return compute(what)
        finally:
            with LOG.open("a") as log:
                log.write(f"end {threading.get_ident()}\n")

    run.noted = True
    return run


if not hasattr(runs.run, "noted"):  # the script runs many times, the module is loaded once
    runs.run = noted(runs.run, lambda experiment: experiment)
    explorer.questions.sweep.run_many = noted(explorer.questions.sweep.run_many, list)

show()
