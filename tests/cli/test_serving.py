"""The commands that serve the page to this machine alone, in the browser or in its own window."""

import os
import signal
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from streamlit import config

from explorer.cli import app, browsers, desktop
from explorer.cli.main import main
from explorer.cli.server import SCRIPT, first_free_port, server_command
from explorer.show.words import say

ROOT = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="a browser that is a script, ended as a posix system does")

BROWSER = """#!{python}
import sys, time, urllib.request
if "--version" in sys.argv:
    sys.exit(0)
address = next(a for a in sys.argv if a.startswith("--app=")).removeprefix("--app=")
with urllib.request.urlopen(address + "/_stcore/health") as answer:
    open({record!r}, "w").write("\\n".join([str(answer.status), *sys.argv[1:]]))
time.sleep({seconds})
"""


@pytest.fixture
def replaced(monkeypatch):
    """The (command, environment) pairs that would have replaced this process."""
    became = []
    monkeypatch.setattr(app, "become", lambda command, environment: became.append((command, environment)) or 0)
    return became


def options_of(command):
    given = command[command.index(str(SCRIPT)) + 1 :]
    return dict(zip(given[::2], given[1::2], strict=True))


@pytest.mark.parametrize("arguments", [[], ["app"]])
def test_without_a_command_the_page_is_served(arguments, replaced):
    assert main(arguments) == 0
    ((command, environment),) = replaced
    assert command == server_command([])  # address and theme come from the settings beside the script
    assert (SCRIPT.parent / ".streamlit" / "config.toml").exists()
    assert environment["MALLOC_ARENA_MAX"] == "1"


def test_a_port_and_what_streamlit_takes(replaced):
    assert main(["app", "--port", "9000", "--server.headless", "true"]) == 0
    options = options_of(replaced[0][0])
    assert options == {"--server.port": "9000", "--server.headless": "true"}
    assert [name for name in options if name.removeprefix("--") not in config.get_config_options()] == []


def test_only_the_page_takes_options_of_streamlit(capsys):
    with pytest.raises(SystemExit) as end:
        main(["presets", "--server.headless", "true"])
    assert end.value.code == 2
    assert "unrecognized arguments: --server.headless true" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["app", "serve-class"])
def test_they_have_a_help(command, capsys):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert "--port" in capsys.readouterr().out


def test_without_such_a_browser_a_sentence_says_so_and_the_ordinary_one_opens(replaced, monkeypatch, capsys):
    monkeypatch.setattr(desktop, "installed", lambda: iter(()))
    assert main(["app", "--desktop"]) == 0
    assert len(replaced) == 1
    assert capsys.readouterr().err.strip() == say("serving", "no_window")


def test_edge_is_found_where_windows_has_it(monkeypatch, tmp_path):
    monkeypatch.delenv(browsers.NAMED_BY, raising=False)
    monkeypatch.setattr(browsers.shutil, "which", lambda name: None)
    monkeypatch.setenv("PROGRAMFILES", str(tmp_path))
    edge = tmp_path / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.touch()
    assert str(edge) in list(browsers.installed())


def test_two_windows_share_no_profile(monkeypatch, tmp_path):
    """A browser that runs with the same profile would take the second window over, and its server would end."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    one, other = desktop.profile_folder(8501), desktop.profile_folder(8502)
    assert one.is_dir()
    assert one != other
    first = desktop.browser_command("chromium", "http://127.0.0.1:8501", one)
    (one / "Preferences").touch()
    assert set(first) - set(desktop.browser_command("chromium", "http://127.0.0.1:8501", one)) == {
        f"--window-size={desktop.FIRST_SIZE}"
    }


def fake_browser(folder, seconds=0.0):
    """The program, and the file it writes: the page's HTTP status, then its own arguments."""
    program, record = folder / "chromium", folder / "record"
    program.write_text(BROWSER.format(python=sys.executable, record=str(record), seconds=seconds), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    return program, record


def started(folder, program, port):
    environment = {**os.environ, "CHROMIUM": str(program), "XDG_CACHE_HOME": str(folder / "cache")}
    command = [sys.executable, "-m", "explorer", "app", "--desktop", "--port", str(port)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=2):
            return True
    except OSError:
        return False


@posix
def test_closing_the_window_ends_the_server(tmp_path):
    program, record = fake_browser(tmp_path)
    port = first_free_port(8701)
    running = started(tmp_path, program, port)
    printed, _ = running.communicate(timeout=60)
    assert running.returncode == 0, printed
    status, *arguments = record.read_text().splitlines()
    assert status == "200"
    assert f"--app=http://127.0.0.1:{port}" in arguments
    (profile,) = [a.removeprefix("--user-data-dir=") for a in arguments if a.startswith("--user-data-dir=")]
    assert Path(profile).is_relative_to(tmp_path / "cache")
    assert f"http://127.0.0.1:{port}" in printed
    assert not answers(port)


@posix
@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGINT])
def test_ending_the_program_ends_the_server_and_the_window(kill, tmp_path):
    program, record = fake_browser(tmp_path, seconds=60)
    port = first_free_port(8701)
    running = started(tmp_path, program, port)
    until = time.monotonic() + 60
    while not record.exists() and time.monotonic() < until and running.poll() is None:
        time.sleep(0.1)
    running.send_signal(kill)
    printed, _ = running.communicate(timeout=30)  # returns only once the server, which holds the pipe too, has ended
    assert running.returncode == 128 + kill, printed
    assert "Traceback" not in printed
    assert not answers(port)


@posix
def test_a_browser_that_cannot_open_a_window_is_no_window(tmp_path, monkeypatch):
    program, _ = fake_browser(tmp_path)  # it fails: nothing is served at that address
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(desktop, "AT_ONCE", 60)
    assert not desktop._show_window(str(program), "http://127.0.0.1:9", 9)
    assert not desktop._show_window(str(tmp_path / "nowhere"), "http://127.0.0.1:9", 9)
