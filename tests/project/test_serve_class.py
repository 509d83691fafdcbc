"""Class mode: it serves the network on purpose, keeps sessions small, and prints an address that can be typed."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from streamlit import config

from explorer.cli.serve_class import BUDGET, announcement, class_command, class_environment, own_addresses
from explorer.cli.server import SCRIPT
from explorer.engine.experiment import Experiment, memory_estimate
from explorer.show.presets import all_presets, all_stories

ROOT = Path(__file__).parents[2]


def test_it_listens_on_every_network_and_run_does_not():
    command = class_command(8501, ["192.0.2.7"])
    given = command[command.index(str(SCRIPT)) + 1 :]
    options = dict(zip(given[::2], given[1::2], strict=True))
    assert options["--server.address"] == "0.0.0.0"
    assert options["--browser.serverAddress"] == "192.0.2.7"
    assert [name for name in options if name.removeprefix("--") not in config.get_config_options()] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert makefile.count("explorer serve-class") == 1
    assert "0.0.0.0" not in makefile


def test_what_is_set_outside_stays():
    assert class_environment({"EXPLORER_MEMORY_BUDGET": "1"})["EXPLORER_MEMORY_BUDGET"] == "1"
    assert class_environment({})["MALLOC_ARENA_MAX"] == "1"


def test_it_says_what_students_type_and_the_limits():
    text = announcement(["192.0.2.7", "10.0.0.7"], 8501, class_environment({}))
    assert text.index("http://192.0.2.7:8501") < text.index("http://10.0.0.7:8501")
    for part in ("300", "400 MB", f"{BUDGET} MiB", "64 KiB"):
        assert part in text
    assert "address of this machine" in announcement([], 8501, class_environment({}))


def test_no_address_is_this_machine_s_own():
    assert not [address for address in own_addresses() if address.startswith("127.")]


def test_every_preset_and_scene_runs_within_the_limit_with_room():
    scenes = [scene.experiment for story in all_stories().values() for scene in story.scenes]
    largest = max(map(memory_estimate, [*(preset.experiment for preset in all_presets().values()), *scenes]))
    assert largest < BUDGET * 2**20 / 4


@pytest.mark.parametrize("settings", [{"cell": "lstm", "seq_len": 500}, {"seq_len": 1000}])
def test_what_it_says_of_one_run_is_so(settings):
    assert memory_estimate(Experiment(**settings)) <= BUDGET * 2**20
    assert memory_estimate(Experiment(**settings | {"seq_len": 2 * settings["seq_len"]})) > BUDGET * 2**20


@pytest.mark.skipif(os.name != "posix", reason="ends the server as a posix system does")
def test_it_serves_and_ends_when_it_is_told_to():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "explorer", "serve-class", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert healthy(f"http://127.0.0.1:{port}/_stcore/health")
    finally:
        server.send_signal(signal.SIGTERM)
        printed = server.communicate(timeout=20)[0]
    assert re.search(rf"http://\S+:{port}", printed)
    assert "Students type" in printed


def healthy(address, seconds=30.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(address, timeout=2) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.1)
    return False
