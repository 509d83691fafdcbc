"""The app, with a note in the file `SCRIPT_LOG` when a run of the page, or of a part of it, begins and ends."""

import os
import threading
from pathlib import Path

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner

from explorer.ui import show

LOG = Path(os.environ["SCRIPT_LOG"])
run_script = ScriptRunner._run_script


def noted(runner, asked):
    with LOG.open("a") as log:
        log.write(f"begin {threading.get_ident()}\n")
    try:
        run_script(runner, asked)
    finally:
        with LOG.open("a") as log:
            log.write(f"end {threading.get_ident()}\n")


if run_script.__name__ != "noted":  # the script runs many times, the class exists once
    ScriptRunner._run_script = noted

show()
