"""The deck's modules are concatenated into one script: no name may be defined twice, and each module is needed."""

import re

import pytest

from explorer.ui.deck.modules import FOLDER, in_order, script, source
from tests.project.test_floors import ROOT

FILES = sorted(path.name for path in FOLDER.iterdir())
IMPORTED = re.compile(r"^import \{([^}]*)\} from '\./([\w-]+\.js)';$", re.MULTILINE)
AT_TOP = re.compile(
    r"^(?:export )?(?:default )?(?:async )?(?:function\*?|class|const|let|var) +(\[[^\]]+\]|\{[^}]+\}|\w+)", re.M
)


def defined(text):
    """The names that a module defines at its top level."""
    return [name for found in AT_TOP.findall(text) for name in re.findall(r"\w+", found)]


def imports(name):
    return {module: re.findall(r"\w+", names) for names, module in IMPORTED.findall(source(name))}


def test_no_name_is_defined_twice():
    owners = {}
    for name in in_order("index.js"):
        for thing in defined(source(name)):
            assert thing not in owners, f"{thing} stands in {owners[thing]} and in {name}"
            owners[thing] = name
    assert len(owners) > 50


@pytest.mark.parametrize("name", FILES)
def test_what_is_imported_is_exported_there_and_used_here(name):
    own = IMPORTED.sub("", source(name))
    for module, things in imports(name).items():
        for thing in things:
            assert re.search(
                rf"^export (?:default )?(?:async )?(?:function\*?|class|const|let) {thing}\b", source(module), re.M
            )
            assert re.search(rf"\b{thing}\b", own), f"{name} does not use {thing}"
    assert source(name).count("\nimport ") + source(name).startswith("import ") == len(imports(name))


def test_every_module_is_needed():
    assert {*in_order("index.js"), "inbox.js"} == set(FILES)
    assert in_order("index.js")[-1] == "index.js"


def test_imports_make_no_circle():
    order = in_order("index.js")
    for place, name in enumerate(order):
        assert {order.index(module) for module in imports(name)} <= set(range(place)), name


def test_the_script_is_one_text_without_imports():
    text = script()
    assert not re.search(r"^import ", text, re.M)
    assert len(re.findall(r"^export ", text, re.M)) == 1
    assert "export default function start(" in text
    assert "innerHTML" not in re.sub(
        r"this\.element\.innerHTML = html;|querySelector\('\.verdict\.source'\)\?\.innerHTML", "", text
    )


@pytest.mark.parametrize("name", FILES)
def test_a_module_says_what_it_is_and_makes_no_markup_of_texts(name):
    assert source(name).startswith("// ")
    for forbidden in ("eval(", "new Function", "document.write", "insertAdjacentHTML", "outerHTML"):
        assert forbidden not in source(name)


def test_nothing_but_python_and_a_browser_is_needed():
    assert not [path for path in ROOT.glob("*") if path.name in ("package.json", "node_modules", "package-lock.json")]
    recipes = "".join((ROOT / name).read_text() for name in ("Makefile", "requirements.txt", "requirements-dev.txt"))
    assert not re.search(r"\b(node|npm|npx|yarn)\b", recipes)
