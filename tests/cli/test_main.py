"""The command line says what the page says, and gives files that can be read back."""

import json

import numpy as np
import pytest

import explorer
from explorer.cli.main import main
from explorer.questions.seed_bands import bands
from explorer.show.presets import all_presets
from explorer.show.words.seeds import ranges, tally


def test_a_preset_prints_its_verdict(capsys):
    assert main(["run", "vanishing"]) == 0
    said = capsys.readouterr().out
    assert "The gradient vanishes" in said
    assert "−22.5 decades" in said


@pytest.mark.parametrize("command", ["run", "lens", "train", "presets", "check"])
def test_every_command_has_a_help(command, capsys):
    """argparse reads a percent sign in a help text as a format code."""
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    assert command in capsys.readouterr().out


def test_flags_change_a_preset_and_json_holds_the_numbers(capsys):
    assert main(["run", "lstm-forget-1", "--seq-len", "50", "--forget_bias", "2", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    trace = explorer.run(all_presets()["lstm-forget-1"].experiment.replace(seq_len=50, forget_bias=2))
    assert said["experiment"]["forget_bias"] == 2
    assert said["loss"] == trace.loss
    assert np.array_equal(said["log10_state_grad_norm"]["c"], trace.log10_state_grad_norm["c"])


def test_json_says_what_is_not_finite(capsys):
    assert main(["run", "--activation", "relu", "--gain", "50", "--seq-len", "2000", "--json"]) == 0
    said = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
    assert said["overflow_step"]
    assert said["log10_state_grad_norm"]["h"][0][0] is None
    assert "does not exist" in said["null_means"]["log10_state_grad_norm.h"]
    assert said["memory_horizon_steps"] is None
    assert said["null_means"]["memory_horizon_steps"] == "there is no gradient"


def test_every_null_of_the_json_has_its_reason(capsys):
    for flags in (["orthogonal"], ["lstm-forget-5"], ["chaos"], ["--gain", "0", "--activation", "relu"]):
        assert main(["run", *flags, "--json"]) == 0
        said = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)
        assert set(nulls(said)) == set(said["null_means"])


def nulls(value, place=""):
    """The places of None: in a list of numbers, the list's."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key != "null_means":
                yield from nulls(item, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from nulls(item, f"{place}.{number}" if isinstance(item, dict) else place)
    elif value is None:
        yield place


def test_files_can_be_read_back(tmp_path, capsys):
    npz, page = tmp_path / "run.npz", tmp_path / "run.html"
    assert main(["run", "gru", "--npz", str(npz), "--html", str(page)]) == 0
    loaded = explorer.Trace.load(npz)
    assert loaded.experiment == all_presets()["gru"].experiment
    text = page.read_text(encoding="utf-8")
    assert "The gradient vanishes" in text
    assert text.count("<figure") == 5
    assert 'src="http' not in text


def test_many_seeds_print_their_ranges_and_how_many(capsys):
    assert main(["run", "vanishing", "--seq-len", "30", "--hidden-size", "8", "--seeds", "10"]) == 0
    seen = bands(all_presets()["vanishing"].experiment.replace(seq_len=30, hidden_size=8), 10)
    lines = capsys.readouterr().out.splitlines()
    assert tally(seen) in lines
    for text in ranges(seen).values():
        assert text in (line.strip() for line in lines)


def test_many_seeds_as_json(capsys):
    assert main(["run", "--seq-len", "20", "--hidden-size", "4", "--seeds", "3", "--json"]) == 0
    said = json.loads(capsys.readouterr().out, parse_constant=pytest.fail)["seeds"]
    seen = bands(explorer.Experiment(seq_len=20, hidden_size=4), 3)
    assert said["seeds"] == [0, 1, 2]
    assert said["quantiles"] == [0.1, 0.5, 0.9]
    assert said["decay_decades"] == seen.decay.tolist()
    assert np.array_equal(said["log10_state_grad_norm"]["h"][1][0][1:], seen.log10_state_grad_norm["h"][1, 0, 1:])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "--seeds", "1"], "`seeds` must be a whole number between 2 and 1000; got 1."),
        (["run", "--seeds", "many"], "`seeds` must be"),
        (["run", "nowhere"], "`preset` must be one of"),
        (["run", "--seq-len", "0", "--cell", "x"], "`seq_len` must be"),
        (["run", "--npz", "/nowhere/at/all.npz"], "must be a place that can be written"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, said, capsys):
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_all_errors_come_at_once(capsys):
    main(["run", "--seq-len", "0", "--cell", "x", "--gain", "nan"])
    assert len(capsys.readouterr().err.strip().splitlines()) == 3


def test_a_flag_without_effect_is_said(capsys):
    assert main(["run", "--update-bias", "3"]) == 0
    assert "update_bias has no effect" in capsys.readouterr().err


def test_presets_are_listed(capsys):
    assert main(["presets"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(all_presets())


def test_check_holds_the_engine_against_autograd(capsys):
    assert main(["check"]) == 0
    said = capsys.readouterr().out
    assert "worst against torch autograd in float64" in said
    assert "BAD" not in said


@pytest.mark.parametrize("command", ["run", "lens", "train"])
def test_a_flag_is_not_guessed_from_its_beginning(command, capsys, tmp_path, monkeypatch):
    """`--preset chaos` once ran the default and wrote it into a file named chaos."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main([command, "--preset", "chaos"])
    assert end.value.code == 2
    assert not list(tmp_path.iterdir())
