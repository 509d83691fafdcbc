"""Table, arrays and preset file hold the run to the last digit; the report holds it in words and fetches nothing."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import explorer
from explorer.base.errors import ExplorerError
from explorer.cli.main import main
from explorer.engine.experiment import MAX_ALPHABET, MAX_TEXT, Experiment
from explorer.engine.parameters import table
from explorer.model.cells import CELLS
from explorer.show.export import FORMS, as_html, npz_file, preset_file, series_csv
from explorer.show.export.preset_file import preset_text
from explorer.show.export.sources import sources
from explorer.show.presets import parse_preset
from explorer.show.words import say

SMALL = {"seq_len": 12, "hidden_size": 5, "batch_size": 3}
RUNS = {
    "rnn": SMALL,
    "stacked lstm": {**SMALL, "cell": "lstm", "num_layers": 2, "loss_at": "every", "clip": "norm"},
    "float32": {**SMALL, "cell": "gru", "dtype": "float32"},
    "overflow": {**SMALL, "hidden_size": 32, "seq_len": 300, "activation": "relu", "gain": 50.0},
}
MARKUP = "<script>alert(1)</script> & \"q\" 's' </pre><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module", params=RUNS)
def trace(request):
    return explorer.run(Experiment(**RUNS[request.param]))


def columns(text):
    """Header → the column's texts, read as any program reads a CSV."""
    rows = list(csv.reader(io.StringIO(text)))
    return {name: [row[i] for row in rows[1:]] for i, name in enumerate(rows[0])}


def same(texts, values):
    """Assert equality in every digit; if the quantity begins at step 1, the cell of step 0 is empty."""
    missing = len(texts) - len(values)
    assert set(texts[:missing]) <= {""}
    np.testing.assert_array_equal([float(text) for text in texts[missing:]], np.asarray(values, float))


def test_the_table_holds_every_series_to_the_last_digit(trace):
    e, found = trace.experiment, columns(series_csv(trace))
    assert found.pop("step") == [str(t) for t in range(e.seq_len + 1)]
    same(found.pop("loss [nats or squared error]"), trace.step_loss)
    for layer in range(e.num_layers):
        for name, norms in trace.log10_state_grad_norm.items():
            same(found.pop(f"log10 of norm of dL/d{name} layer {layer + 1} [decades]"), norms[layer])
            with np.errstate(over="ignore", invalid="ignore"):
                squares = np.mean(trace.states[name][layer].astype(float) ** 2, axis=(1, 2))
            same(found.pop(f"root mean square of {name} layer {layer + 1}"), np.sqrt(squares))
        for name, gate in trace.gates.items():
            same(found.pop(f"mean of {name} gate layer {layer + 1}"), gate[layer].astype(float).mean(axis=(1, 2)))
    for name, norms in trace.log10_step_weight_grad_norm.items():
        same(found.pop(f"log10 of norm of own share of gradient of {name} [decades]"), norms)
    assert not found


def test_the_table_spells_exact_zeros_and_what_does_not_exist():
    dead = columns(series_csv(explorer.run(Experiment(**SMALL, gain=0.0))))
    assert dead["log10 of norm of dL/dh layer 1 [decades]"][:2] == ["-inf", "-inf"]
    lost = columns(series_csv(explorer.run(Experiment(**RUNS["overflow"]))))
    assert set(lost["log10 of norm of dL/dh layer 1 [decades]"]) == {"nan"}


def test_the_npz_is_the_trace(trace, tmp_path):
    (tmp_path / "run.npz").write_bytes(npz_file(trace))
    loaded = explorer.Trace.load(tmp_path / "run.npz")
    assert loaded.experiment == trace.experiment
    for name in ("states", "gates", "state_grads", "log10_state_grad_norm", "weight_grads", "weights"):
        ours, theirs = getattr(trace, name), getattr(loaded, name)
        assert ours.keys() == theirs.keys()
        for key in ours:
            np.testing.assert_array_equal(theirs[key], ours[key])
    np.testing.assert_array_equal(loaded.step_loss, trace.step_loss)


def value_of(row):
    """Any value that the parameter takes."""
    if row.kind == "choice":
        return st.sampled_from(row.choices)
    if row.kind == "integer":
        values = st.integers(row.lower, min(row.upper, 40) if row.name != "seed" else row.upper)
    else:
        values = st.floats(row.lower, row.upper, allow_nan=False)
    return st.none() | values if row.optional else values


TEXTS = st.just("") | st.text(st.characters(exclude_categories=["Cs"]), min_size=2, max_size=200).filter(
    lambda text: 2 <= len(set(text)) <= MAX_ALPHABET
)
SETTINGS = st.fixed_dictionaries(
    {name: TEXTS if row.kind == "text" else value_of(row) for name, row in table(Experiment).items()}
)


@settings(max_examples=150, deadline=None)
@given(SETTINGS, st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_preset_file_gives_an_equal_experiment_back(values, title):
    try:
        experiment = Experiment(**values)
    except ExplorerError:  # a rule between two parameters
        return
    read = parse_preset("mine", preset_text(experiment, title, title).encode())
    assert read.experiment == experiment
    assert (read.title, read.look) == (title, title)


def test_the_odd_texts_among_them():
    for text in (
        '"""\\" \'\'\'',
        "a\nb\r\nc\r\t\x00\x7f\x85\u2028",
        "\U0001f600 ☃ é e\u0301",
        "[experiment]\n#",
        "a." * 40,
    ):
        experiment = Experiment(text=text)
        assert parse_preset("mine", preset_text(experiment, text, text).encode()).experiment == experiment
    longest = "\x00\x01" * (MAX_TEXT // 2)  # six letters for each
    assert parse_preset("mine", preset_text(Experiment(text=longest), "t", "l").encode()).experiment.text == longest


def test_a_preset_file_shows_what_the_run_shows(trace):
    read = parse_preset("mine", preset_file(trace).encode())
    assert read.experiment == trace.experiment
    assert read.shows == tuple(finding.code for finding in explorer.diagnose(trace))


class Page(HTMLParser):
    """The parts of a page: its tags, the addresses that they would fetch, and the text to read."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.fetched, self.read, self.inside = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.inside = tag
        self.fetched += [value for name, value in attributes if name in ("src", "href", "srcset", "data", "action")]
        self.fetched += re.findall(r"url\(", dict(attributes).get("style") or "")

    def handle_data(self, data):
        if self.inside == "style":
            self.fetched += re.findall(r"url\(|@import", data)
        elif self.inside != "script":
            self.read.append(data)


def test_the_report_says_everything_and_fetches_nothing(trace):
    page = Page(as_html(trace))
    assert page.fetched == []
    assert not {"link", "iframe", "object", "img", "base"} & set(page.tags)
    assert page.tags.count("figure") == (5 if trace.gates else 3)
    read = " ".join(page.read)
    for finding in explorer.diagnose(trace):
        assert explorer.show.words.verdicts.sentence(finding) in read
    for name in table(Experiment):
        assert say("label", name) in read
    for source in sources(trace.experiment):
        assert source in read
    assert preset_file(trace) in read


def test_no_text_of_a_user_is_markup_in_the_report():
    experiment = Experiment(**SMALL, text=MARKUP)
    plain = Page(as_html(explorer.run(experiment.replace(text=""))))
    page = Page(as_html(explorer.run(experiment)))
    assert page.tags == plain.tags
    assert MARKUP in page.read


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_names_the_paper_that_its_docstring_names(cell):
    """Checked by the years in the first two paragraphs of the docstring of its module."""
    doc = __import__(CELLS[cell].kind.__module__, fromlist=[""]).__doc__
    named = set(re.findall(r"\b(?:19|20)\d\d\b", doc.split("\n\n")[0] + doc.split("\n\n")[1]))
    told = " ".join(sources(Experiment(cell=cell)))
    assert all(f"({year})" in told for year in named), (named, told)
    assert sources(Experiment(cell=cell))[-1].startswith("R. Pascanu")


def test_an_idle_choice_names_no_paper():
    assert not any("Saxe" in line for line in sources(Experiment(cell="lru", init="orthogonal")))
    assert any("Saxe" in line for line in sources(Experiment(init="orthogonal")))


def test_the_command_line_writes_every_form(tmp_path, capsys):
    flags = [part for form in FORMS for part in (f"--{form.name}", str(tmp_path / f"run.{form.ending}"))]
    assert main(["run", "gru", "--seq-len", "20", *flags]) == 0
    trace = explorer.run(parse_preset("p", (tmp_path / "run.toml").read_bytes()).experiment)
    assert (tmp_path / "run.csv").read_text(encoding="utf-8") == series_csv(trace)
    assert json.loads((tmp_path / "run.ipynb").read_text(encoding="utf-8"))["nbformat"] == 4
    assert explorer.Trace.load(tmp_path / "run.npz").loss == trace.loss
    assert math.isfinite(trace.loss)
    compile((tmp_path / "run.py").read_text(encoding="utf-8"), "run.py", "exec")


def test_the_command_line_tells_a_large_script_where_its_numbers_are(tmp_path):
    flags = ["--npz", str(tmp_path / "big.npz"), "--script", str(tmp_path / "big.py")]
    assert main(["run", "--cell", "lstm", "--hidden-size", "130", "--seq-len", "3", "--batch-size", "1", *flags]) == 0
    assert '"big.npz"' in (tmp_path / "big.py").read_text(encoding="utf-8")
