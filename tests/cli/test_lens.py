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
        np.testing.assert_array_equal(np.array(found["log10_norm"][state], float), norms)
    assert found["loss_edges"] == expected.loss_edges.tolist()


def test_complex_numbers_are_pairs(capsys):
    found, trace = record(capsys, "eigenvalues", "non-normal")
    pairs = np.array(found["recurrent"][0]["eigenvalues"])
    np.testing.assert_array_equal(pairs[:, 0] + 1j * pairs[:, 1], main_spectrum(trace).eigenvalues)


def test_what_is_not_finite_is_null_with_a_reason(capsys):
    place = "record.log10_norm.h"
    document = json.loads(printed(capsys, "reach", "--gain", "0", "--loss-at", "every", "--json", *SMALL))
    rows = document["record"]["log10_norm"]["h"]
    assert "does not exist" in document["null_means"][place]
    assert "exact zero" in document["null_means"][place]
    zeros = {tuple(index) for index in document["exact_zeros"][place]}
    assert zeros == {(t, k) for t in range(len(rows)) for k in range(t)}, "nothing reaches another step"
    assert all((rows[t][k] is None) == (t != k) for t in range(len(rows)) for k in range(len(rows)))
    document = json.loads(
        printed(capsys, "reach", "--activation", "relu", "--gain", "50", "--seq-len", "600", "--json")
    )
    assert document["record"]["code"] == "overflowed"
    assert document["record"]["log10_norm"]["h"][0][0] is None
    assert "exact_zeros" not in document


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
