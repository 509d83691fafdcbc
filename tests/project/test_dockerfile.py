"""The Dockerfile as text: the image is small, runs without root and fits the app; no container engine is needed."""

import ast
import json
import re
import shlex
import subprocess
from fnmatch import fnmatch
from pathlib import Path

import pytest
from streamlit import config

from explorer.cli.serve_class import BUDGET

ROOT = Path(__file__).parents[2]
LINES = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text(encoding="utf-8")).splitlines()
STEPS = [tuple(line.split(" ", 1)) for line in LINES if line and not line.startswith("#")]
WORDS = {word: [rest for name, rest in STEPS if name == word] for word in {name for name, _ in STEPS}}


def last(word):
    return WORDS[word][-1]


def test_every_line_is_an_instruction():
    known = {"FROM", "RUN", "WORKDIR", "COPY", "ENV", "USER", "EXPOSE", "HEALTHCHECK", "CMD"}
    assert WORDS.keys() <= known
    assert STEPS[0][0] == "FROM"


def test_the_base_is_pinned_and_slim():
    assert len(WORDS["FROM"]) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", last("FROM"))


def test_it_runs_without_root():
    user = last("USER")
    assert user.isdecimal()
    assert int(user) >= 1000  # by number, so that a cluster which forbids root can check it
    assert any(f"--uid {user}" in run for run in WORDS["RUN"])
    names = [name for name, _ in STEPS]
    after = names[names.index("USER") :]
    assert not {"RUN", "COPY"} & set(after)


def test_what_is_copied_is_there_and_let_through():
    lets_through = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for sources in WORDS["COPY"]:
        *wanted, _ = sources.split()
        for source in wanted:
            assert (ROOT / source).exists()
            assert any(fnmatch(source.removeprefix("./"), pattern) for pattern in lets_through), source


def test_all_that_the_app_reads_is_copied():
    copied = {source for sources in WORDS["COPY"] for source in sources.split()[:-1]}
    assert copied >= {"requirements.txt", ".streamlit", "presets", "explorer", "app.py"}
    imported = {
        (node.module or "").split(".")[0]
        for path in [ROOT / "app.py", *(ROOT / "explorer").rglob("*.py")]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
    }
    assert not imported & {"tools", "tests", "benchmarks"}


def test_it_installs_the_pinned_requirements_but_torch():
    (command,) = [run for run in WORDS["RUN"] if "pip install" in run]
    chosen = shlex.split(command.split(">")[0])
    assert chosen[0] == "grep"
    left = subprocess.run(chosen, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    everything = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in everything if "==" in line]
    assert [line for line in pinned if line not in left] == [line for line in pinned if line.startswith("torch==")]
    assert "--no-cache-dir" in command


def test_it_starts_the_app_with_options_that_streamlit_knows():
    command = json.loads(last("CMD"))
    assert command[:5] == ["python", "-m", "streamlit", "run", "app.py"]
    flags, values = command[5::2], command[6::2]
    known = config.get_config_options()
    assert [flag for flag in flags if flag.removeprefix("--") not in known] == []
    options = dict(zip(flags, values, strict=True))
    assert options["--server.address"] == "0.0.0.0"
    assert options["--server.port"] == last("EXPOSE")


def test_it_asks_for_its_health_with_what_is_there():
    command = json.loads(last("HEALTHCHECK").split("CMD ")[1])
    assert command[:2] == ["python", "-c"]
    ast.parse(command[2])
    assert f"http://127.0.0.1:{last('EXPOSE')}/_stcore/health" in command[2]


@pytest.mark.parametrize(
    ("name", "value"), [("MALLOC_ARENA_MAX", "1"), ("EXPLORER_MEMORY_BUDGET", str(BUDGET * 2**20))]
)
def test_it_keeps_many_sessions_small(name, value):
    assert f"{name}={value}" in last("ENV").split()
