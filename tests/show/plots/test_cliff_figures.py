"""The cliff's record and its two pictures: what a click can choose, what is played, what is crossed out."""

import base64
import struct
import zlib
from itertools import pairwise

import numpy as np
import pytest

from explorer.base.long_work import finished
from explorer.engine.experiment import Experiment
from explorer.questions.cliff.descent import descend
from explorer.questions.cliff.network import gain_bias
from explorer.questions.cliff.one_unit import OneUnit
from explorer.questions.cliff.survey import Survey, survey
from explorer.show.plots.cliff import cliff_surface
from explorer.show.plots.raster import picture
from explorer.show.plots.surface_look import MOST_FRAMES, frame_steps
from explorer.show.plots.surface_map import CLICKS, render_map
from explorer.show.plots.surface_space import render_space

UNIT = OneUnit()
SEEN = finished(survey(UNIT, 31))


def surface(start=(5, -2.45), seen=SEEN, landscape=UNIT, **pace):
    return cliff_surface(seen, finished(descend(landscape, start, **pace)))


def test_the_record_has_both_paths_and_says_the_numbers():
    drawn = surface()
    plain, clipped = drawn.paths
    assert (plain.dash, clipped.dash) == ("dash", "solid")
    assert plain.colour != clipped.colour
    assert len(plain.x) == len(clipped.x) == 201
    np.testing.assert_array_equal(drawn.values, SEEN.losses)
    for part in ("5.38", "0.0900", "0.00359", "weight w"):
        assert part in drawn.alternative


def test_nothing_but_the_paths_depends_on_the_descents():
    one, other = surface(), surface((3.1, 2.0), rate=1.0, threshold=0.1, steps=30)
    assert (one.x, one.y, one.z) == (other.x, other.y, other.z)
    for render in (render_map, render_space):
        layouts = [render(s).to_plotly_json()["layout"] for s in (one, other)]
        assert all(layout.pop("sliders") for layout in layouts)
        assert layouts[0] == layouts[1]


def test_a_click_can_choose_places_over_the_whole_window():
    clicks = render_map(surface()).data[0]
    assert len(clicks.x) == CLICKS**2
    assert (min(clicks.x), max(clicks.x), min(clicks.y), max(clicks.y)) == (3, 8, -4, 3)
    assert clicks.marker.opacity == 0
    assert clicks.text[0] == f"loss {SEEN.losses[0, 0]:.4g}"


@pytest.mark.parametrize("render", [render_map, render_space])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_paths_grow_frame_by_frame_and_the_slider_knows_each(render, theme):
    drawn = surface()
    figure = render(drawn, theme)
    steps = frame_steps(drawn)
    assert [frame.name for frame in figure.frames] == [step.label for step in figure.layout.sliders[0].steps]
    assert [int(frame.name) for frame in figure.frames] == steps
    assert steps[0] == 0
    assert steps[-1] == 200
    assert {197, 198} <= set(steps)  # the jump is seen as one step
    assert len(steps) <= MOST_FRAMES + 5
    lines = [[len(trace.x) for trace in frame.data if trace.mode == "lines"] for frame in figure.frames]
    assert all(a < b for before, after in pairwise(lines) for a, b in zip(before, after, strict=True))
    last = figure.frames[-1]
    for trace, place in zip(last.data, last.traces, strict=True):
        np.testing.assert_array_equal(trace.x, figure.data[place].x)  # the figure before it is played


def test_places_without_a_finite_loss_are_crossed_out_and_counted():
    losses = SEEN.losses.copy()
    losses[2, 3:6] = np.inf
    losses[9, 0] = np.nan
    drawn = surface(seen=Survey("one_unit", SEEN.coordinates, SEEN.home, SEEN.x, SEEN.y, losses))
    assert "At 4 points of the grid" in drawn.caption
    assert np.isnan(drawn.values).sum() == 4
    figure = render_map(drawn)
    (crossed,) = [trace for trace in figure.data if trace.type == "scatter" and trace.fillpattern.shape]
    cell = SEEN.x[1] - SEEN.x[0]
    corners = np.array([value for value in crossed.x if value is not None]).reshape(2, 5)
    np.testing.assert_allclose(corners.max(axis=1) - corners.min(axis=1), [3 * cell, cell])
    assert "not finite" in set(figure.data[0].text)
    assert "crossed" not in surface().caption


def test_a_wide_range_of_losses_has_a_logarithmic_axis():
    e = Experiment(activation="identity", init="identity", task="noise", seq_len=60, hidden_size=3, batch_size=2)
    plane = gain_bias(e)
    seen = finished(survey(plane, 9))
    drawn = surface(plane.home, seen, plane, steps=3)
    assert drawn.z.decades
    np.testing.assert_allclose(drawn.values, np.log10(seen.losses))
    assert drawn.z.lower <= drawn.values.min()
    assert drawn.values.max() <= drawn.z.upper


def test_a_long_step_is_laid_on_the_surface_and_ends_at_the_edge():
    drawn = surface((5, -3))
    (plain,) = [trace for trace in render_space(drawn).data if trace.name == "not clipped"]
    inside = np.isfinite(np.array(plain.z))
    assert not inside.all()
    assert np.array(plain.x)[inside].max() <= 8
    assert len(plain.x) > 201
    assert np.array(plain.z)[inside].min() > 0


def decoded(link):
    """The colours (height, width, 4) of a palette PNG, decoded by the standard."""
    data = base64.b64decode(link.removeprefix("data:image/png;base64,"))
    chunks, at = {}, 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0] == zlib.crc32(kind + body)
        chunks[kind], at = body, at + 12 + size
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    palette = np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)
    opaque = np.frombuffer(chunks[b"tRNS"], np.uint8)
    return np.dstack([palette[rows[:, 1:]], opaque[rows[:, 1:]]])


def test_the_ground_has_the_colours_of_the_values_and_is_empty_where_there_are_none():
    values = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, np.nan]])  # the first row is the lowest
    image = decoded(picture(values, 0.0, 1.0, "loss", lines=1))
    height, width = image.shape[0] // 2, image.shape[1] // 3
    corners = [
        [image[int((1 - row + 0.02) * height), int((column + 0.02) * width)] for column in range(3)] for row in (0, 1)
    ]
    assert corners[0][0].tolist() == [0xF7, 0xF4, 0xEC, 255]
    assert image[-1, -1].tolist() == [0x53, 0x5B, 0x6B, 255]
    assert corners[1][2][3] == 0
    assert corners[1][1][3] == 255


def test_a_line_runs_where_the_values_pass_it():
    row = decoded(picture(np.array([[0.0, 0.0, 1.0]] * 2), 0.0, 1.0, "loss", lines=1))[-1, :, 0].astype(int)
    line = np.flatnonzero(~np.isin(row, [0xF7, 0x53]))
    assert row[line].tolist() == [round(0.68 * 0xF7), round(0.68 * 0x53)]  # each on its own ground, only darker
    assert line.mean() / len(row) == pytest.approx(2 / 3, abs=0.002)  # halfway between the centres of the cells


def test_the_map_lies_on_its_picture():
    drawn = surface()
    (image,) = render_map(drawn).layout.images
    cell = drawn.columns[1] - drawn.columns[0]
    assert image.x == pytest.approx(3 - cell / 2)
    assert image.x + image.sizex == pytest.approx(8 + cell / 2)
    assert image.y - image.sizey == pytest.approx(-4 - (drawn.rows[1] - drawn.rows[0]) / 2)


def test_one_looks_from_the_low_corner():
    for flip, expected in ((np.s_[:, :], (1.0, 1.35)), (np.s_[::-1, ::-1], (-1.0, -1.35))):
        turned = Survey("one_unit", SEEN.coordinates, SEEN.home, SEEN.x, SEEN.y, SEEN.losses[flip])
        eye = render_space(surface(seen=turned)).layout.scene.camera.eye
        assert (eye.x, eye.y) == expected
