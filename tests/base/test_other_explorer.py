"""django-sql-explorer's package is called `explorer` too: where files of both lie in one folder, a sentence says so,
whichever was installed last; a clone works beside an installed one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.base.other_explorer import SENTENCE

ROOT = Path(__file__).parents[2]
COMMAND = "import sys; sys.argv[0] = '/somewhere/bin/gradient-flow'; {}; sys.exit(main(['presets']))"
COMMAND = COMMAND.format("from explorer.cli.main import main")  # as pip writes a console script


def ran(site, *arguments, cwd):
    environment = {**os.environ, "PYTHONPATH": str(site)}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, encoding="utf-8")


def theirs(folder):
    """A few files of django-sql-explorer; its `__init__` imports nothing."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text('__version__ = "5.3.0"\n')
    (folder / "apps.py").write_text("from django.apps import AppConfig\n")
    (folder / "models.py").write_text("from django.db import models\n")
    information = folder.parent / "django_sql_explorer-5.3.0.dist-info"
    information.mkdir(exist_ok=True)
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: django-sql-explorer\nVersion: 5.3.0\n")


def ours(folder):
    shutil.copytree(ROOT / "explorer", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "presets", folder / "shipped" / "presets")


@pytest.mark.parametrize("order", [(theirs, ours), (ours, theirs)], ids=["ours last", "theirs last"])
def test_two_packages_in_one_folder_end_the_command_with_a_sentence(order, tmp_path):
    for install in order:
        install(tmp_path / "site" / "explorer")
    done = ran(tmp_path / "site", "-c", COMMAND, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", SENTENCE + "\n")


def test_the_import_raises_the_sentence(tmp_path):
    theirs(tmp_path / "site" / "explorer")
    ours(tmp_path / "site" / "explorer")
    done = ran(tmp_path / "site", "-c", "import explorer", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().endswith(f"ImportError: {SENTENCE}")


def test_a_clone_works_beside_an_installed_one(tmp_path):
    theirs(tmp_path / "site" / "explorer")
    done = ran(tmp_path / "site", "-m", "explorer", "presets", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "vanishing" in done.stdout
