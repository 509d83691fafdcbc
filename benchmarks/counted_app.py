"""The app, with a line in the file `COUNTED` for each run of an experiment that is computed, not taken from memory."""

import os
from pathlib import Path

import explorer.ui.work.runs as runs
from explorer.ui import show

run = runs.run


def counted(experiment):
    with Path(os.environ["COUNTED"]).open("a") as file:
        file.write(f"{experiment.seed}\n")
    return run(experiment)


if run.__name__ != "counted":  # this script runs again and again, the patched module is loaded once
    runs.run = counted

show()
