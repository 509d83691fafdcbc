"""Additions from another package work in the table, the page, the command line, links, words and proof."""

import json

import pytest

import explorer
from explorer.base.registry import Registry
from explorer.cli.main import main
from explorer.engine.parameters import table
from explorer.model.cells import CELLS, SHIPPED
from explorer.model.optimisers import OPTIMISERS
from explorer.model.tasks import TASKS
from explorer.questions.proof.check import answer_to, relative_errors
from explorer.questions.proof.prove import prove
from explorer.questions.samples import sample
from explorer.questions.training import TrainingPlan
from explorer.questions.worked_step import worked_steps
from explorer.show.export import as_html, torch_script
from explorer.show.lenses import LENSES
from explorer.show.words.labels import cell_label, gate_label, lens_question
from explorer.ui.link.opening import clean
from tests.common.toys import HALF, SIGN, Leaky, Parity, leaky
from tests.ui.test_app import opened

SMALL = {"seq_len": 12, "hidden_size": 4, "batch_size": 2}
FLAGS = ("--cell", "leaky", "--task", "parity", "--seq-len", "12", "--hidden-size", "4", "--batch-size", "2")


@pytest.fixture(autouse=True)
def toys():
    explorer.register_cell("leaky", Leaky, label="Leaky unit", colour="#7A5C00", source="Nobody (2026).", plain=leaky)
    explorer.register_task("parity", Parity)
    explorer.register_optimiser("sign", SIGN)
    LENSES.add("half", HALF)
    yield
    for registry, name in ((CELLS, "leaky"), (TASKS, "parity"), (OPTIMISERS, "sign"), (LENSES, "half")):
        registry.remove(name)


def ran(**settings):
    return explorer.run(explorer.Experiment.of({"cell": "leaky", "task": "parity", **SMALL, **settings}))


def test_the_table_lists_them_and_so_do_its_errors():
    assert "leaky" in table(explorer.Experiment)["cell"].choices
    assert "sign" in table(TrainingPlan)["optimiser"].choices
    with pytest.raises(explorer.ExplorerError, match="leaky"):
        explorer.Experiment.of({"cell": "leeky"})
    assert explorer.Experiment.of({"cell": "leaky"}).without_effect >= {"init", "gain", "activation", "forget_bias"}


def test_the_oracle_and_the_proof_hold_it():
    for settings in ({}, {"num_layers": 2, "loss_at": "every"}, {"backend": "torch", "dtype": "float32"}):
        trace = ran(**settings)
        worst = max(relative_errors(trace, answer_to(trace.experiment)).values())
        assert worst < (1e-4 if settings.get("dtype") else 1e-10)
    proof = prove(ran())
    assert proof.code == "held"
    assert [check.against for check in proof.checks] == ["autograd", "differences"]


def test_without_a_plain_twin_differences_hold_it():
    CELLS.remove("leaky")
    explorer.register_cell("leaky", Leaky)
    proof = prove(ran())
    assert proof.code == "held"
    assert [check.against for check in proof.checks] == ["differences"]


@pytest.mark.parametrize("name", LENSES)
def test_every_lens_looks_at_it(name, capsys):
    assert main(["lens", name, *FLAGS]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 2


def test_the_command_line_takes_them(capsys):
    assert main(["run", *FLAGS, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["experiment"]["cell"] == "leaky"
    assert main(["lens", "half", *FLAGS, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["record"]["half"]) == 12
    assert main(["train", *FLAGS, "--optimiser", "sign", "--steps", "3"]) == 0
    assert main(["run", "--cell", "leeky"]) == 2
    assert "leaky" in capsys.readouterr().err


def test_links_take_them():
    link = {"cell": "leaky", "task": "parity", "view": "lenses", "lens": "half", "optimiser": "sign"}
    assert clean(link) == (link, [])


@pytest.mark.parametrize("view", ["explorer", "lenses", "training"])
def test_the_page_takes_them(view):
    app = opened(view=view, cell="leaky", task="parity", lens="half", **{k: str(v) for k, v in SMALL.items()})
    assert not app.exception
    assert not app.error
    assert not app.warning


def test_words_samples_worked_steps_and_files_know_it():
    trace = ran()
    assert (cell_label("leaky"), gate_label("leak"), lens_question("half")) == ("Leaky unit", "leak", "**half**")
    assert sample(trace.experiment, trace.weights).asked
    assert worked_steps(trace).forward["z"].shape == (12,)
    assert "Nobody (2026)." in as_html(trace)
    assert "torch.sigmoid" in torch_script(trace, "x.npz")


@pytest.mark.parametrize(
    ("name", "given", "part"),
    [
        ("rnn", Leaky, "not taken"),
        ("Leaky", Leaky, "small letters"),
        ("other", object, "subclass"),
        ("other", explorer.Cell, "lacks drive, forward"),
        ("other", type("Odd", (Leaky,), {"equations": "h = x"}), "can be read"),
        ("other", type("Odd", (Leaky,), {"equations": "h = y\n\ndh = dh_next"}), "drive"),
        ("other", type("Odd", (Leaky,), {"equations": "h = x +\n\ndh = dh_next"}), "no arithmetic"),
    ],
)
def test_what_is_no_cell_gets_a_sentence(name, given, part):
    with pytest.raises(explorer.ExplorerError, match=part):
        explorer.register_cell(name, given)
    assert set(CELLS) == {*SHIPPED, "leaky"}


def test_entry_points_of_packages_are_asked_and_one_that_fails_is_left_out(monkeypatch):
    class Point:
        def __init__(self, name, thing):
            self.name, self.value, self.thing = name, f"package:{name}", thing

        def load(self):
            if isinstance(self.thing, Exception):
                raise self.thing
            return self.thing

    points = [Point("good", 2), Point("bad", ImportError("no such module")), Point("odd", "text")]

    def check(name, thing):
        if not isinstance(thing, int):
            raise explorer.ExplorerError("number", "must be a number", thing)
        return thing

    asked = []
    monkeypatch.setattr("explorer.base.registry.entry_points", lambda group: asked.append(group) or points)
    numbers = Registry("number", {"one": 1}, check)
    assert numbers["one"] == 1
    assert not asked, "what ships is found without asking anybody"
    with pytest.warns(UserWarning) as warned:
        assert dict(numbers) == {"one": 1, "good": 2}
    assert asked == ["gradient_flow_explorer.numbers"]
    assert ["bad" in str(w.message) or "odd" in str(w.message) for w in warned] == [True, True]
