"""The facts that newcomers look for: licence, version, citation, requirements for the installation."""

import re
import tomllib
from pathlib import Path

import explorer

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def name_of(requirement):
    return re.match(r"[\w-]+", requirement).group()


def test_the_version_is_the_one_that_is_cited_and_described():
    assert re.search(r"^version: (.+)$", text("CITATION.cff"), flags=re.MULTILINE).group(1) == explorer.__version__
    assert f"\n## {explorer.__version__}\n" in text("CHANGELOG.md")


def test_the_licence_is_the_same_everywhere():
    assert text("LICENSE").startswith("MIT License")
    assert PROJECT["license"] == "MIT"
    assert re.search(r"^license: MIT$", text("CITATION.cff"), flags=re.MULTILINE)


def test_installing_takes_what_the_app_is_run_with_but_torch():
    pinned = {line.split("==")[0] for line in text("requirements.txt").splitlines() if "==" in line}
    assert {name_of(requirement) for requirement in PROJECT["dependencies"]} == pinned - {"torch"}
    assert [name_of(requirement) for requirement in PROJECT["optional-dependencies"]["torch"]] == ["torch"]


def test_the_workflow_and_the_hooks_call_what_the_makefile_calls():
    assert "run: make check" in text(".github/workflows/check.yml")
    makefile = text("Makefile")
    for command in ("ruff format", "ruff check"):
        assert f"entry: .venv/bin/{command}" in text(".pre-commit-config.yaml")
        assert f"-m {command}" in makefile
    assert "app --desktop" in makefile
