"""The command line: the experiments of the page, with flags made from the table of parameters."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import explorer
from explorer.base.errors import ExplorerError
from explorer.base.other_explorer import SENTENCE, is_mixed_in
from explorer.base.shipped import GET_TORCH
from explorer.cli.app import APP, add_app
from explorer.cli.flags import add_flags, chosen_experiment, given_parameters
from explorer.cli.lens import add_lens
from explorer.cli.progress import watched
from explorer.cli.serve_class import add_serve_class
from explorer.cli.train import add_train
from explorer.engine.experiment import Experiment
from explorer.engine.run import run
from explorer.engine.trace import Trace
from explorer.questions.diagnosis import diagnose
from explorer.questions.gradient_flow import judged_flow
from explorer.questions.proof.check import all_checks
from explorer.questions.seed_bands import Bands, bands, number_of_seeds
from explorer.show.export import FORMS, NPZ, Form, as_json
from explorer.show.presets import all_presets
from explorer.show.words import say
from explorer.show.words.numbers import decades
from explorer.show.words.remedies import what_next
from explorer.show.words.seeds import ranges, tally
from explorer.show.words.verdicts import clipping_sentence, loss_text, memory, sentences


def main(arguments: Sequence[str] | None = None, program: str = "gradient-flow") -> int:
    """Run a command; without arguments, serve the page.

    Args:
        arguments: the command and its flags; those of this process by default.
        program: the program's name in the help.

    Returns:
        The exit status: 0 success, 1 a check failed, 2 an argument breaks a rule.
    """
    if is_mixed_in():
        print(SENTENCE, file=sys.stderr)
        return 2
    parser = _parser(program)
    given = sys.argv[1:] if arguments is None else arguments
    args, further = parser.parse_known_args(given or [APP])
    if further and "further" not in args:
        parser.error(f"unrecognized arguments: {' '.join(further)}")
    args.further = further  # for Streamlit: only the commands that start it accept them
    try:
        return int(args.action(args))
    except ExplorerError as error:
        print("\n".join(e.sentence for e in error.errors), file=sys.stderr)
        return 2


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description=say("command", "description"))
    parser.add_argument("--version", action="version", version=f"Gradient Flow Explorer {explorer.__version__}")
    commands = parser.add_subparsers(required=True, metavar="command")
    add_app(commands)
    add_serve_class(commands)

    runner = commands.add_parser(
        "run", help=say("command", "run"), description=say("command", "run"), allow_abbrev=False
    )
    runner.add_argument("preset", nargs="?", help=say("command", "preset"))
    add_flags(runner, Experiment)
    runner.add_argument("--seeds", metavar="INTEGER", help=say("command", "seeds").replace("%", "%%"))
    for form in FORMS:
        runner.add_argument(f"--{form.name}", type=Path, metavar="FILE", help=say("command", form.name))
    runner.add_argument("--json", action="store_true", help=say("command", "json"))
    runner.set_defaults(action=_run)
    add_lens(commands)
    add_train(commands)

    for name, action in (("presets", _presets), ("check", _check)):
        commands.add_parser(name, help=say("command", name), description=say("command", name)).set_defaults(
            action=action
        )
    return parser


def _run(args: argparse.Namespace) -> int:
    experiment = chosen_experiment(args)
    trace = run(experiment)
    seed_bands = None if args.seeds is None else watched(bands.steps(experiment, _seeds(args.seeds)))
    if args.json:
        print(as_json(trace, seed_bands))
    else:
        _print_verdict(trace, given_parameters(args, Experiment), seed_bands)
    for form in FORMS:
        path = getattr(args, form.name.replace("-", "_"))
        if path is not None:
            _write(path, form, trace, args.npz.name if args.npz else NPZ)
    return 0


def _seeds(text: str) -> int:
    return number_of_seeds(int(text) if text.isascii() and text.isdecimal() else text)


def _print_verdict(trace: Trace, flags: dict[str, str], seed_bands: Bands | None) -> None:
    for text in sentences(diagnose(trace)):
        print(text)
    if seed_bands:
        print(tally(seed_bands))
    seed_ranges = ranges(seed_bands) if seed_bands else {}
    rows = {"decay": decades(judged_flow(trace).decay), "horizon": memory(trace), "loss": loss_text(trace)}
    for name, value in rows.items():
        print(f"  {say('page', name):<16}  {value}")
        if name in seed_ranges:
            print(f"{'':<20}{seed_ranges[name]}")
    print(clipping_sentence(trace))
    print(f"{say('page', 'what_next')} {what_next(trace)}")
    for name in sorted(trace.experiment.without_effect & flags.keys()):
        print(say("command", "without_effect", name=name), file=sys.stderr)


def _write(path: Path, form: Form, trace: Trace, npz_name: str) -> None:
    try:
        path.write_bytes(form.content(trace, npz_name))
    except OSError as failure:
        raise ExplorerError(
            path.suffix.lstrip(".") or "file", "must be a place that can be written", str(path)
        ) from failure


def _presets(args: argparse.Namespace) -> int:
    for name, preset in all_presets().items():
        print(f"{name:<22} {preset.title}")
    return 0


def _check(args: argparse.Namespace) -> int:
    worst: dict[str, float] = {}
    failed = 0
    for check in all_checks():
        mark = "ok " if check.holds else "BAD"
        print(f"{mark} {check.against:<26} {check.name:<24} {check.worst:.1e} at {check.where}")
        worst[check.against] = max(check.worst, worst.get(check.against, 0.0))
        failed += not check.holds
    if len(worst) == 1:
        print(say("command", "no_torch", get=GET_TORCH))
    for against, error in worst.items():
        print(f"worst against {against}: {error:.1e}")
    return 1 if failed else 0
