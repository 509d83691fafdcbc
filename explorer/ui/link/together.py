"""Rules between values of a link: each is valid alone but not beside the others, such as a step beyond the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from explorer.base.errors import ExplorerError
from explorer.engine.experiment import Experiment
from explorer.engine.parameters import table
from explorer.questions.lenses.eigenvalues import matrix_names
from explorer.questions.sweep import sweepable
from explorer.show.lenses import LENSES
from explorer.show.presets import Preset, all_stories
from explorer.ui.link.readers import spelled
from explorer.ui.link.training import COLDEST, HOTTEST

Link = Mapping[str, str]
ENDS_AT = {  # number of a page → the parameter that it cannot exceed
    **{row.name: row.ends_at for lens in LENSES.values() for row in table(lens.choices).values() if row.ends_at},
    "derived_step": "seq_len",
    "row": "hidden_size",
    "column": "hidden_size",
    "slow": "hidden_size",
}


def misfits(link: Link) -> list[ExplorerError]:
    """The errors between values of a link that are each valid alone; one error per parameter."""
    story = all_stories().get(link.get("story", ""))
    errors = [*_in_story(link, story)] if story else [*_without_story(link)]
    return list({error.parameter: error for error in errors}.values())


def _in_story(link: Link, story: Preset) -> Iterator[ExplorerError]:
    """A scene sets all parameters but those of the controls that it shows."""
    number, most = int(link.get("scene", "1")), len(story.scenes)
    if number > most:
        yield ExplorerError("scene", f"must be between 1 and {most} in this story", number, f"Scene {most} is shown.")
    scene = story.scenes[min(number, most) - 1]
    own: dict[str, str] = {"view": "explorer", **scene.page}
    own |= {
        name: spelled(row, getattr(scene.experiment, name))
        for name, row in table(Experiment).items()
        if name not in scene.controls
    }
    for name in link.keys() & own.keys():
        if link[name] != own[name]:
            yield ExplorerError(name, "is set by the story's scene", link[name])


def _without_story(link: Link) -> Iterator[ExplorerError]:
    if "scene" in link:
        yield ExplorerError("scene", "must stand beside a story", link["scene"], "Try story=vanishing.")
    for name, end in ENDS_AT.items():
        most = int(_value(link, end))
        if name in link and int(link[name]) > most:
            rule = f"must be at most {most} here"
            yield ExplorerError(name, rule, link[name], f"`{end}` is {most}.")
    if "loss_step" in link and _value(link, "loss_at") == "last":
        last = int(_value(link, "seq_len"))
        if int(link["loss_step"]) != last:
            yield ExplorerError("loss_step", f"must be {last} where the loss is at the last step", link["loss_step"])
    yield from _for_the_cell(link)
    if COLDEST in link and HOTTEST in link and int(link[COLDEST]) >= int(link[HOTTEST]):
        yield ExplorerError(COLDEST, f"must be below `{HOTTEST}`", link[COLDEST])


def _for_the_cell(link: Link) -> Iterator[ExplorerError]:
    matrices = matrix_names([_value(link, "cell")])
    if "matrix" in link and link["matrix"] not in matrices:
        rule = "must be one of " + ", ".join(matrices) if matrices else "cannot be chosen for this cell"
        yield ExplorerError("matrix", rule, link["matrix"])
    if "drag" in link:
        choices = {name: _value(link, name) for name, row in table(Experiment).items() if row.kind == "choice"}
        names = sweepable(Experiment.of(choices | {"dtype": "float32"}))  # valid for every device and library
        if link["drag"] not in names:
            yield ExplorerError("drag", "must be a number that has an effect: " + ", ".join(names), link["drag"])


def _value(link: Link, name: str) -> Any:
    """The link's value as the experiment spells it, or the default."""
    row = table(Experiment)[name]
    if name not in link:
        return row.default
    return link[name]
