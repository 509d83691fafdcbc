"""The app, with a line in the file `COUNTED` for each run of an experiment that is computed and not remembered."""

import os
from pathlib import Path

import explorer.ui.work.runs as runs
from explorer.ui import show

run = runs.run


def counted(experiment):
    with Path(os.environ["COUNTED"]).open("a") as file:
        file.write(f"{experiment.seed}\n")
    return run(experiment)


if run.__name__ != "counted":  # a script is run again and again, a module once
    runs.run = counted

show()
