"""A figure for a hall has the same data in larger type."""

import pytest

import explorer
from explorer.show.plots import figures_of
from explorer.show.plots.enlarged import BOLDER, HALL, enlarged
from explorer.show.plots.plotly_renderer import render
from explorer.show.plots.shown import Shown


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_type_and_lines_grow_and_data_stay(theme):
    trace = explorer.run(explorer.Experiment(cell="lstm", seq_len=10, hidden_size=4, batch_size=2))
    for figure in figures_of([Shown(trace)]):
        small = render(figure, theme)
        large = enlarged(render(figure, theme), 1.6)
        assert large.layout.font.size == pytest.approx(1.6 * small.layout.font.size)
        assert large.layout.height == pytest.approx(min(HALL, 1.6 * small.layout.height))
        for before, after in zip(small.to_dict()["data"], large.to_dict()["data"], strict=True):
            if "line" in before and before["line"].get("width"):
                assert after["line"]["width"] == pytest.approx(1.6 * BOLDER * before["line"]["width"])
            assert {key: before.get(key) for key in "xyz"} == {key: after.get(key) for key in "xyz"}
