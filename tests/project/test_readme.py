"""The README's sessions are real: they are run, and print what it says they print."""

import doctest
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def session(kind):
    match = re.search(rf"<!-- session: {kind} -->\n```\w+\n(.*?)```", README, flags=re.DOTALL)
    assert match, f"the README has no {kind} session"
    return match.group(1)


def test_the_python_session_is_real():
    parsed = doctest.DocTestParser().get_doctest(session("python"), {}, "README", "README.md", 0)
    assert len(parsed.examples) >= 5
    assert doctest.DocTestRunner(verbose=False).run(parsed).failed == 0


SHELL = session("shell") + session("lens")
COMMANDS = re.findall(r"^\$ python (.*)\n((?:[^$].*\n)*)", SHELL, flags=re.MULTILINE)


@pytest.mark.parametrize(("command", "printed"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_the_shell_session_is_real(command, printed):
    done = subprocess.run(
        [sys.executable, *shlex.split(command)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1"},
    )
    assert done.stdout + done.stderr == printed


def test_what_it_points_to_is_there():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
