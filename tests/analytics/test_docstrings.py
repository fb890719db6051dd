"""Everything public says what it is; what takes or gives arrays says their shapes, what raises says which errors."""

import ast
import inspect
from enum import Enum
from pathlib import Path

import pytest

import analytics
from analytics import disparity, intervals, shapes, signals, small_cells, spc

ROOT = Path(analytics.__path__[0])
MODULES = sorted(ROOT.rglob("*.py"))
PUBLIC = [
    pytest.param(getattr(package, name), id=f"{package.__name__[10:]}.{name}")
    for package in (disparity, intervals, shapes, signals, small_cells, spc)
    for name in package.__all__
    if inspect.isfunction(getattr(package, name)) or inspect.isclass(getattr(package, name))
]


def written(tree):
    """Public functions and classes of a module, and the public functions of its classes."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from written(node)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_has_a_docstring(path):
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree), "the module says nothing"
    assert [node.name for node in written(tree) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("thing", [each for each in PUBLIC if inspect.isfunction(each.values[0])])
def test_a_public_function_tells_its_shapes_and_errors(thing):
    told = inspect.getdoc(thing)
    hints = [parameter.annotation for parameter in inspect.signature(thing).parameters.values()]
    if any("ArrayLike" in str(hint) or "_NestedSequence" in str(hint) for hint in hints):
        assert "(" in told or "shape" in told or "as `" in told, "no shape of an array"
        assert "Raises" in told or "rror" in told, "no error of bad input"


@pytest.mark.parametrize("thing", [each for each in PUBLIC if inspect.isclass(each.values[0])])
def test_a_public_record_tells_each_field(thing):
    told = inspect.getdoc(thing)
    if issubclass(thing, Enum) or not hasattr(thing, "__dataclass_fields__"):
        assert len(told) > 15
        return
    assert not told.startswith(f"{thing.__name__}("), "only the docstring that dataclass makes"
