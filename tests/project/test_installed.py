"""An installed copy works: built from the repository, installed into a fresh environment, used from another folder."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import explorer
from benchmarks.session import Session
from explorer.cli.server import becomes_healthy, first_free_port
from explorer.show.presets import all_presets
from explorer.show.words import say

ROOT = Path(__file__).parents[2]
BUILD = "import sys; from setuptools import build_meta as b; _, to = sys.argv; b.build_wheel(to); b.build_sdist(to)"
UNTRACKED = (".git", ".venv", "__pycache__", "*.egg-info", ".*_cache", ".hypothesis", "build", "dist", "out")
BIN = "Scripts" if os.name == "nt" else "bin"
SHIPPED = "explorer/shipped/"


def built(source, target):
    """The wheel and the source archive, by the project's own build backend."""
    done = subprocess.run([sys.executable, "-c", BUILD, str(target)], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(target.glob("*.whl")), next(target.glob("*.tar.gz"))


@pytest.fixture(scope="module")
def archives(tmp_path_factory):
    """Built from a copy: a build leaves files where it runs."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT, folder / "source", ignore=shutil.ignore_patterns(*UNTRACKED))
    return built(folder / "source", folder)


@pytest.fixture(scope="module")
def wheel(archives):
    return archives[0]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, wheel):
    """A folder with an environment: the project from the wheel alone, the libraries from this environment."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", symlinks=os.name != "nt")
    python = folder / "env" / BIN / "python"
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index", "--no-deps"]
    done = subprocess.run([*install, str(wheel)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    own = subprocess.run(
        [python, "-c", "import site; print(site.getsitepackages()[0])"], capture_output=True, text=True
    )
    Path(own.stdout.strip(), "libraries.pth").write_text(sysconfig.get_path("purelib"))
    return folder


def environment():
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "EXPLORER_"))}


def said(fresh, program, *arguments):
    """What a program of the fresh environment prints, run in another folder than the repository's."""
    command = [str(fresh / "env" / BIN / program), *arguments]
    done = subprocess.run(command, cwd=fresh, env=environment(), capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/RECORD")}


def test_the_wheel_holds_every_file_of_the_package_and_what_is_shipped_beside_it(wheel):
    inside = contents(wheel)
    package = [path for path in (ROOT / "explorer").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    beside = [ROOT / "app.py", ROOT / ".streamlit" / "config.toml", *(ROOT / "presets").rglob("*.toml")]
    wanted = {path.relative_to(ROOT).as_posix(): path for path in package}
    wanted |= {SHIPPED + path.relative_to(ROOT).as_posix(): path for path in beside}
    assert len(wanted) > 200
    assert [name for name, path in wanted.items() if inside.get(name) != path.read_bytes()] == []
    assert [name for name in inside if name not in wanted and ".dist-info/" not in name] == []


def test_the_source_archive_makes_the_same_wheel(archives, tmp_path):
    wheel, source = archives
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    assert contents(built(folder, tmp_path)[0]) == contents(wheel)


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="git knows which files belong to the repository")
def test_the_source_archive_holds_the_repository(archives):
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    with tarfile.open(archives[1]) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert [name for name in listed.splitlines() if (ROOT / name).exists() and name not in inside] == [], "MANIFEST.in"


def test_the_package_comes_from_the_wheel_with_its_version_and_its_page(fresh):
    code = "import explorer, explorer.ui; print(explorer.__file__); print(explorer.__version__)"
    place, version = said(fresh, "python", "-c", code).splitlines()
    assert Path(place).is_relative_to(fresh)
    assert version == explorer.__version__
    assert said(fresh, "gradient-flow", "--version").split()[-1] == version


def test_its_commands_say_what_those_of_a_clone_say(fresh):
    presets = said(fresh, "gradient-flow", "presets")
    assert [line.split()[0] for line in presets.splitlines()] == list(all_presets())
    assert "The gradient vanishes" in said(fresh, "gradient-flow", "run", "lstm-forget-1", "--html", "r.html")
    assert (fresh / "r.html").read_text(encoding="utf-8").count("<figure") >= 5
    lens = said(fresh, "gradient-flow", "lens", "precision", "vanishing")
    assert lens.startswith(say("lens_question", "precision").replace("**", ""))
    assert len(lens.splitlines()) > 1


class Watched(Session):
    """A session that keeps what the server says about itself at its start."""

    def learn(self, message):
        if message.HasField("new_session"):
            self.start = message.new_session
        return super().learn(message)


@pytest.mark.skipif(os.name != "posix", reason="ends the server as a posix system does")
def test_its_page_is_served_with_the_settings_of_a_clone(fresh):
    """No argument but Streamlit's own: the script, its settings and theme, script and style of the deck are found."""
    port = first_free_port(8601)
    address = f"http://127.0.0.1:{port}"
    command = [fresh / "env" / BIN / "gradient-flow", "app", "--port", str(port), "--server.headless", "true"]
    with (fresh / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=fresh, env=environment(), stdout=log, stderr=subprocess.STDOUT)
    try:
        assert becomes_healthy(server, address), (fresh / "log").read_text()
        with ThreadPoolExecutor(1) as thread:  # in this one Playwright may have a loop of its own
            session = thread.submit(asyncio.run, opened(address)).result()
        assert len(session.block) > 1000, "the deck was sent no numbers"
        assert session.start.custom_theme.light.primary_color == "#0072B2"
        assert not session.start.config.gather_usage_stats
        assert f"0.0.0.0:{port}" not in (fresh / "log").read_text()
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)


async def opened(address):
    async with Watched(address, "Gain", 0, "preset=vanishing") as session:
        return session
