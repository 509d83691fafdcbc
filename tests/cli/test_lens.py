"""`python -m explorer lens` gives what the library gives, for every lens of the page."""

import json

import numpy as np
import pytest

import explorer
from explorer.cli.main import main
from explorer.questions.lenses.reach import reach
from explorer.questions.lenses.spectra import main_spectrum
from explorer.show.lenses import LENSES
from explorer.show.presets import all_presets

SMALL = ("--seq-len", "12", "--hidden-size", "4", "--batch-size", "2")


def printed(capsys, *arguments):
    assert main(["lens", *arguments]) == 0
    return capsys.readouterr().out


def record(capsys, *arguments):
    said = json.loads(printed(capsys, *arguments, "--json"), parse_constant=pytest.fail)
    assert said["lens"] == arguments[0]
    return said["record"], explorer.run(explorer.Experiment(**said["experiment"]))


@pytest.mark.parametrize("name", LENSES)
@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_every_lens_prints_sentences_and_json(name, cell, capsys):
    said = printed(capsys, name, "--cell", cell, "--loss-at", "every", *SMALL)
    assert said.splitlines()[0].split("?")[0]
    assert len(said.splitlines()) >= 4
    assert "{" not in said
    assert "**" not in said
    assert record(capsys, name, "--cell", cell, *SMALL)[0]


def test_the_record_is_the_lens(capsys):
    found, trace = record(capsys, "reach", "lstm-forget-1", "--seq-len", "30", "--loss_at", "every")
    assert trace.experiment == all_presets()["lstm-forget-1"].experiment.replace(seq_len=30, loss_at="every")
    expected = reach(trace)
    for state, norms in expected.log10_norm.items():
        shown = [[np.nan if value == "nan" else value for value in row] for row in found["log10_norm"][state]]
        np.testing.assert_array_equal(np.array(shown, float), norms)
    assert found["loss_edges"] == expected.loss_edges.tolist()


def test_complex_numbers_are_pairs(capsys):
    found, trace = record(capsys, "eigenvalues", "non-normal")
    pairs = np.array(found["recurrent"][0]["eigenvalues"])
    np.testing.assert_array_equal(pairs[:, 0] + 1j * pairs[:, 1], main_spectrum(trace).eigenvalues)


def test_what_is_not_finite_is_a_word(capsys):
    found, _ = record(capsys, "reach", "--gain", "0", "--bias-init", "zero", *SMALL)
    assert found["log10_norm"]["h"][0][0] == "-inf"
    found, _ = record(capsys, "reach", "--activation", "relu", "--gain", "50", "--seq-len", "600")
    assert found["code"] == "overflowed"
    assert found["log10_norm"]["h"][0][0] == "nan"


@pytest.mark.parametrize("name", LENSES)
def test_a_run_that_overflows_is_told_too(name, capsys):
    assert printed(capsys, name, "--activation", "relu", "--gain", "50", "--seq-len", "600", "--hidden-size", "4")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["truncatio"], "`lens` must be one of reach, jacobian"),
        (["truncatio"], "got truncatio. Try truncation."),
        (["reach", "nowhere"], "`preset` must be one of"),
        (["reach", "--seq-len", "0"], "`seq_len` must be"),
    ],
)
def test_bad_input_gets_a_sentence(arguments, said, capsys):
    assert main(["lens", *arguments]) == 2
    assert said in capsys.readouterr().err
