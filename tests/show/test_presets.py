"""Every preset shows what it says it shows; every broken preset file raises an error with a sentence."""

import numpy as np
import pytest

import explorer
from explorer.base.errors import ExplorerError
from explorer.questions.lenses.non_normal import PEAK, PEAK_STEP, chain_matrix
from explorer.questions.lenses.spectra import main_spectrum
from explorer.show.presets import all_presets, parse_preset, read_preset

PRESETS = all_presets()
STORIES = {
    "vanishing": {"cell": "rnn", "activation": "tanh", "gain": 1.0, "clip": "none"},
    "sigmoid": {"activation": "sigmoid"},
    "orthogonal": {"init": "orthogonal"},
    "chaos": {"activation": "tanh", "gain": 3.0},
    "lstm-forget-0": {"cell": "lstm", "forget_bias": 0.0},
    "lstm-forget-1": {"cell": "lstm", "forget_bias": 1.0},
    "lstm-forget-5": {"cell": "lstm", "forget_bias": 5.0},
    "gru": {"cell": "gru"},
    "relu-explodes": {"activation": "relu", "clip": "none"},
    "relu-clipped": {"activation": "relu", "clip": "norm"},
    "non-normal": {"init": "chain", "gain": 0.8, "hidden_size": 12, "activation": "identity"},
    "adding-lstm": {"cell": "lstm", "forget_bias": 1.0, "task": "adding", "seq_len": 30},
    "adding-rnn": {"cell": "rnn", "activation": "tanh", "task": "adding", "seq_len": 100},
    "saved-by-clipping": {"activation": "identity", "init": "orthogonal", "gain": 1.05, "clip": "norm"},
}
DECADES = {  # range of each preset's decay, in decades from the last step to the first
    "vanishing": (-26, -18),
    "sigmoid": (-90, -70),
    "orthogonal": (-5, -3),
    "chaos": (8, 14),
    "lstm-forget-0": (-22, -16),
    "lstm-forget-1": (-9, -5),
    "lstm-forget-5": (-1.5, 0.5),
    "gru": (-20, -14),
    "relu-explodes": (10, 12.5),
    "relu-clipped": (10, 12.5),
    "non-normal": (-5.1, -5.0),
    "adding-lstm": (-4, -2),
    "adding-rnn": (-24, -20),
    "saved-by-clipping": (2.0, 2.2),
}


def test_the_stories_are_there():
    assert PRESETS.keys() == STORIES.keys()


@pytest.mark.parametrize("name", STORIES)
def test_preset_shows_what_it_says(name):
    preset = PRESETS[name]
    assert {key: getattr(preset.experiment, key) for key in STORIES[name]} == STORIES[name]
    trace = explorer.run(preset.experiment)
    assert tuple(finding.code for finding in explorer.diagnose(trace)) == preset.shows
    low, high = DECADES[name]
    norms = trace.log10_state_grad_norm["h"][-1]
    assert low <= norms[1] - norms[-1] <= high


def test_clipping_changes_the_update_and_not_the_flow():
    free, clipped = (explorer.run(PRESETS[name].experiment) for name in ("relu-explodes", "relu-clipped"))
    assert (free.log10_state_grad_norm["h"] == clipped.log10_state_grad_norm["h"]).all()
    assert clipped.clip.norm_after == pytest.approx(1.0)
    assert not free.clip.engaged


def test_the_non_normal_preset_grows_313_times_before_it_dies():
    trace = explorer.run(PRESETS["non-normal"].experiment)
    rise = trace.log10_state_grad_norm["h"][-1] - trace.log10_state_grad_norm["h"][-1, -1]
    assert len(rise) - 1 - int(np.argmax(rise)) == PEAK_STEP
    assert 10 ** rise.max() == pytest.approx(PEAK, abs=5e-4)
    assert main_spectrum(trace).radius == pytest.approx(0.8)
    assert f"{PEAK:.0f} times its size, {PEAK_STEP} steps back" in PRESETS["non-normal"].look
    np.testing.assert_allclose(trace.weights["weight_hh_l0"], chain_matrix(), atol=1e-15)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "indrnn", "higher_order"])
def test_a_chain_is_read_out_at_its_end_whatever_the_cell(cell):
    trace = explorer.run(explorer.Experiment(cell=cell, init="chain", hidden_size=5, seq_len=6, task="text"))
    readout = trace.weights["weight_out"]
    assert not readout[:, :-1].any()
    assert readout[:, -1].all()


def test_the_first_preset_is_the_page_as_it_opens():
    assert next(iter(PRESETS.values())).experiment == explorer.Experiment()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"title = ", "must be a TOML file"),
        (b"\xff\xfe", "must be a TOML file"),
        (b"x = " + b"[" * 2000, "must be a TOML file"),
        (b"#" * 70_000, "must be at most 64 KiB"),
        (b'title = "t"\nlook = "l"', "`experiment` must be given"),
        (b'title = 3\nlook = "l"\n[experiment]', "`title` must be a text"),
        (b'title = "t"\nlook = "l"\nshows = [1]\n[experiment]', "`shows` must be a list of texts"),
        (b'title = "t"\nlook = "l"\nextra = 1\n[experiment]', "`extra` is not part of a preset"),
        (b'title = "t"\nlook = "l"\n[experiment]\n[training]\nsteps = 0', "`steps` must be a whole number"),
        (b'title = "t"\nlook = "l"\n[experiment]\n[training]\nx = 0', "is not a parameter of a training plan"),
        (b'title = "t"\nlook = "l"\ntraining = 3\n[experiment]', "`training` must be a table"),
        (b'title = "t"\nlook = "l"\n[experiment]\nseq_len = 1\ncell = "x"', "`seq_len` must be a whole number"),
        (b'title = "t"\nlook = "l"\n[experiment]\n"__class__" = 1', "is not a parameter of an experiment"),
    ],
)
def test_broken_preset_gets_a_sentence(content, said):
    with pytest.raises(ExplorerError, match=said):
        parse_preset("broken", content)


def test_missing_preset_file_gets_a_sentence(tmp_path):
    with pytest.raises(ExplorerError, match="must be a file that can be read"):
        read_preset(tmp_path / "nowhere.toml")
