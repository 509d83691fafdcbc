"""Ten thousand invalid links: nothing raises, no value leaves its bounds, every rejected value is named."""

import random

import pytest

from explorer.base.errors import shown
from explorer.cli.serve_class import BUDGET
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.cliff.settings import CliffSettings
from explorer.questions.training import TrainingPlan
from explorer.ui.link.opening import PAGE_READERS, clean, once

LINKS = 10_000
ROWS = {**table(Experiment), **table(TrainingPlan), **table(CliffSettings)}
KEYS = [*table(Experiment), *PAGE_READERS]
ODD = [
    "", " ", "0", "-0", "1", "2", "-1", "5000", "5001", "1e999", "-1e999", "nan", "inf", "1e-400", "0x10", "1_0", "٣",
    "²", "½",
    "\x00", "\u202e1", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "9" * 400, "a" * 9000,
    "true", "TRUE", "yes", "none", "None", "null", "[]", "{}", "default", "__class__", "../../etc/passwd", "%00", "&&=",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "[a](javascript:alert(1))", "![a](//e.example/a.png)",
    "$\\href{javascript:alert(1)}{a}$", ":material/home:", ":red[a]", "`", "``a``", "a`b", "0.1234567890123456789",
    "cell=lstm&gain=2|cell=x", "name=" + "<b>" * 30, "|" * 50, "hidden=1&hidden=0", "iteration=3&steps=5", "a=1&" * 300,
    "gain,more", "gain,<b>", "," * 300, "weight_hh_l0[0, 1]", "weight_hh_l9[99, 99]", "m07", "view",
]  # fmt: skip


def odd_link(chance):
    """Parameter → text: known and unknown names, fitting and absurd values, alone and together."""
    return {_name(chance): _text(chance) for _ in range(chance.randrange(1, 8))}


def _name(chance):
    name = chance.choice(KEYS)
    return name if chance.random() < 0.85 else chance.choice([name.upper(), name[:-1], name + "s", *ODD])


def _text(chance):
    kind = chance.random()
    if kind < 0.5:
        return chance.choice(ODD)
    row = ROWS[chance.choice(list(ROWS))]
    if kind < 0.7:
        return str(chance.choice([*row.choices, row.default, row.lower, row.upper]))
    if kind < 0.85:
        return f"{chance.choice([1, -1]) * 10 ** chance.uniform(-12, 12):.{chance.randrange(20)}g}"
    return "".join(chr(chance.choice([chance.randrange(32, 127), chance.randrange(0xD7FF)])) for _ in range(9))


@pytest.fixture(scope="module")
def cleaned_links():
    chance = random.Random(6)
    links = [odd_link(chance) for _ in range(LINKS)]
    return [(link, *clean(link)) for link in links]


def test_what_is_kept_is_taken_as_it_is(cleaned_links):
    for link, cleaned, _ in cleaned_links:
        assert cleaned.keys() <= link.keys()
        assert clean(cleaned) == (cleaned, []), link


def test_what_is_kept_is_within_its_bounds(cleaned_links):
    kept = [(ROWS[name], text) for _, cleaned, _ in cleaned_links for name, text in cleaned.items() if name in ROWS]
    assert len(kept) > LINKS / 4
    for row, text in kept:
        if row.kind == "choice":
            assert text in row.choices
        elif row.kind == "text":
            assert len(text) <= row.max_length
        else:
            assert row.lower <= float(text) <= row.upper, (row.name, text)


def test_what_is_refused_or_changed_is_named(cleaned_links):
    seen = 0
    for link, cleaned, notes in cleaned_links:
        said = "\n".join(notes)
        for name, text in link.items():
            if (name, text) not in (("pins", ""), ("hide", "")) and not same(name, text, cleaned.get(name)):
                assert f"`{shown(name)}`" in said or (not shown(name) and '`""`' in said), (name, text, notes)
                seen += 1
    assert seen > LINKS


def same(name, given, kept):
    """Whether both texts give a control the same value."""
    if kept is None:
        return False
    if given == kept:
        return True
    if given.strip().lower().replace(" ", "_").replace("-", "_") == kept:
        return True  # a code in a natural spelling
    row = ROWS.get(name)
    if row is not None and row.kind in ("integer", "number"):
        return float(given) == float(kept)
    if name == "pins":
        return len([part for part in given.split("|") if part]) == kept.count("|") + 1
    if name == "trained":
        return "iteration" in given
    if name == "hide":
        return set(given.replace(" ", "").split(",")) - {""} == set(kept.split(","))
    if name == "formula":
        return given in kept
    if name in ("compare", "twins"):
        return given.lower() == kept
    if row is None:
        return float(given) == float(kept)
    return given.replace("_", " ") == kept


def test_a_sentence_is_short_and_on_one_line(cleaned_links):
    for _, _, notes in cleaned_links:
        for note in notes:
            assert len(note) < 800
            assert note.isprintable()


def test_what_stands_twice_is_said_and_the_last_counts():
    given, notes = once({"gain": ["1", "<b>", "2"], "cell": ["lstm"], "": ["a", "b"]})
    assert given == {"gain": "2", "cell": "lstm", "": "b"}
    assert notes[0] == "`gain` must stand once; got 1, <b>. The last counts."
    assert '`""`' in notes[1]


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ({"jacobian_step": "50", "seq_len": "20"}, "jacobian_step"),
        ({"window": "101"}, "window"),
        ({"loss_step": "50"}, "loss_step"),
        ({"row": "33"}, "row"),
        ({"slow": "9", "hidden_size": "8"}, "slow"),
        ({"matrix": "weight_hh forget"}, "matrix"),
        ({"matrix": "weight_hh", "cell": "lru"}, "matrix"),
        ({"drag": "forget_bias"}, "drag"),
        ({"scene": "2"}, "scene"),
        ({"story": "vanishing", "scene": "40"}, "scene"),
        ({"story": "vanishing", "cell": "lstm"}, "cell"),
        ({"story": "vanishing", "view": "cliff"}, "view"),
        ({"coldest": "3", "hottest": "3"}, "coldest"),
    ],
)
def test_what_does_not_fit_the_rest_is_named_and_left(link, name):
    cleaned, (note,) = clean(link)
    assert f"`{name}`" in note
    assert cleaned == {key: text for key, text in link.items() if key != name}


@pytest.mark.parametrize(
    "link",
    [
        {"jacobian_step": "20", "seq_len": "20"},
        {"loss_step": "50", "loss_at": "every"},
        {"matrix": "weight_hh forget", "cell": "lstm"},
        {"drag": "forget_bias", "cell": "lstm", "backend": "torch", "device": "mps"},
        {"story": "vanishing", "scene": "3", "seq_len": "500"},
        {"story": "vanishing", "cell": "rnn", "view": "explorer"},
        {"coldest": "-3", "hottest": "3"},
    ],
)
def test_what_fits_together_stays(link):
    assert clean(link) == (link, [])


def test_a_size_that_fits_beside_smaller_ones_is_taken_also_where_little_memory_is_allowed(monkeypatch):
    """A class's server allows less memory per run; sizes that are too large together are an error of the run."""
    monkeypatch.setenv("EXPLORER_MEMORY_BUDGET", str(BUDGET * 2**20))
    for name in ("seq_len", "hidden_size", "batch_size"):
        link = {name: f"{ROWS[name].upper}"}
        assert clean(link) == (link, [])


def test_a_choice_is_quoted_as_it_was_typed():
    assert "got a b_c." in clean({"cell": "a b_c"})[1][0]
    assert "got a b_c." in clean({"cliff_on": "a b_c"})[1][0]
