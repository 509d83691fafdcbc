"""The layers ("floors") of the package: who may import whom, and which libraries stay where; read from the files."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOORS = ("base", "model", "engine", "questions", "show", "ui", "cli")
"""The folders of `explorer/`, from the lowest up: a file imports from its own and from lower ones."""

BETWEEN_QUESTIONS = {  # the only imports between the packages ("rooms") of `questions/`
    ("clipping_trial", "thresholds"),
    ("diagnosis", "gradient_flow"),
    ("diagnosis", "lenses"),
    ("diagnosis", "thresholds"),
    ("gradient_flow", "lenses"),
    ("gradient_flow", "thresholds"),
    ("lenses", "thresholds"),
    ("remedies", "diagnosis"),
    ("seed_bands", "diagnosis"),
    ("seed_bands", "gradient_flow"),
    ("threshold_twin", "clipping_trial"),
    ("threshold_twin", "training"),
    ("training", "lenses"),
}
FLAT = {"__init__.py", "__main__.py", "py.typed"}  # all that lies beside the folders
FACADE = "explorer"  # explorer/__init__.py is outside the order; nothing below `show` imports it
UNPICKLERS = {"pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
IMPORTERS = {"import_module", "find_spec", "__import__"}  # calls that name a module by a string


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


PATHS = {module_of(path): path for path in [ROOT / "app.py", *sorted((ROOT / "explorer").rglob("*.py"))]}
TREES = {module: ast.parse(path.read_text(encoding="utf-8")) for module, path in PATHS.items()}
every_file = pytest.mark.parametrize("module", PATHS)


def floor_of(module):
    """The place in `FLOORS` of ``explorer.<floor>.…``; the facade counts as `questions`, a starter as the last."""
    if module == FACADE:
        return FLOORS.index("questions")
    return FLOORS.index(module.split(".")[1]) if "." in module and module != "explorer.__main__" else len(FLOORS)


def room_of(module):
    """The room of ``explorer.questions.<room>.…``, or None."""
    parts = module.split(".")
    return parts[2] if parts[1:2] == ["questions"] and len(parts) > 2 else None


def named_by_a_string(node):
    """The module in ``import_module("…")`` and its like, or None."""
    if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
        return None
    function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return node.args[0].value if function in IMPORTERS else None


def imports_of(module):
    """Every module that the file names, at any place: (name, how)."""
    package = PATHS[module].name == "__init__.py"
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "import") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = module.split(".")[: len(module.split(".")) - node.level + package] if node.level else []
            source = ".".join([*start, *([node.module] if node.module else [])])
            for alias in node.names:
                inside = f"{source}.{alias.name}"
                yield (inside if inside in PATHS else source), "import"
        elif name := named_by_a_string(node):
            yield name, "string"


def own_imports(module):
    """Those of this project, as files."""
    return {name for name, _ in imports_of(module) if name.split(".")[0] in ("explorer", "app")}


def test_the_reader_of_imports_sees_them():
    assert {"explorer.model.cells.contract", "explorer.base.backend"} <= own_imports("explorer.engine.walk")
    assert ("plotly", "string") in imports_of("explorer.model.tasks.stocks")
    assert ("torch", "string") in imports_of("explorer.base.backend")


def test_nothing_lies_flat():
    beside = {path.name for path in (ROOT / "explorer").iterdir() if path.name != "__pycache__"}
    assert beside <= FLAT | set(FLOORS)
    assert {path.name for path in (ROOT / "explorer").iterdir() if path.is_dir()} - {"__pycache__"} == set(FLOORS)


@every_file
def test_imports_go_down(module):
    known = own_imports(module)
    assert known <= PATHS.keys(), "names a file that is not there"
    assert not {name for name in known if floor_of(name) > floor_of(module)}


def test_the_rooms_of_questions_hardly_know_each_other():
    """Each import that is allowed exists, too."""
    arrows = {(room_of(module), room_of(name)) for module in PATHS for name in own_imports(module) if room_of(name)}
    assert {(room, other) for room, other in arrows if room and room != other} == BETWEEN_QUESTIONS


def test_imports_make_no_circle():
    """Remove modules that import no remaining one, until none is left, or only circles."""
    left = {module: own_imports(module) - {module} for module in PATHS}
    while free := [module for module, known in left.items() if not known & left.keys()]:
        for module in free:
            del left[module]
    assert not left


@every_file
def test_wrong_formulas_stay_among_themselves(module):
    """Formulas that are wrong on purpose affect no result: below the page, only the textbook's package imports them."""
    known = {name for name, _ in imports_of(module) if f"{name}.".startswith("explorer.questions.textbook.")}
    assert not known or module.startswith("explorer.questions.textbook") or floor_of(module) > FLOORS.index("questions")


@every_file
def test_libraries_stay_where_they_belong(module):
    for name, how in imports_of(module):
        library = name.split(".")[0]
        if library == "torch" or name == "array_api_compat.torch":
            assert module == "explorer.base.backend"
        elif library == "plotly":
            assert module.startswith("explorer.show.plots") or (module, how) == (
                "explorer.model.tasks.stocks",
                "string",
            )
        elif library == "streamlit":
            assert module == "app" or module.startswith("explorer.ui")


@every_file
def test_nothing_is_unpickled_or_evaluated(module):
    assert not {name for name, _ in imports_of(module)} & UNPICKLERS
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Call):
            assert getattr(node.func, "id", "") not in ("eval", "exec")
            assert all(k.arg != "allow_pickle" or getattr(k.value, "value", None) is False for k in node.keywords)


@every_file
def test_no_exception_is_caught_unseen(module):
    for node in ast.walk(TREES[module]):
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), f"line {getattr(node, 'lineno', 0)}"


def loaded_after(code):
    """The libraries that a fresh Python has loaded after `code`."""
    report = f"{code}\nimport sys; print(*(n for n in ('torch', 'plotly', 'pandas', 'streamlit') if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", report], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_importing_explorer_loads_no_large_library():
    assert loaded_after("import explorer") == []


@pytest.mark.parametrize("task", ("text", "stocks", "noise"))
def test_a_run_on_numpy_loads_no_large_library(task):
    experiment = f"explorer.Experiment(cell='lstm', task='{task}', seq_len=5)"
    assert loaded_after(f"import explorer; explorer.diagnose(explorer.run({experiment}))") == []
