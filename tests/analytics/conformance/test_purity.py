"""The mathematics reads no file, knows no clock, draws nothing without a seed; of SciPy it uses `special` alone."""

import ast
from pathlib import Path

import pytest

import analytics

ROOT = Path(analytics.__path__[0])
MODULES = sorted(ROOT.rglob("*.py"))
PLAIN = {
    "abc", "bisect", "collections", "contextlib", "dataclasses", "datetime", "enum", "fractions", "functools",
    "importlib", "itertools", "math", "numbers", "numpy", "operator", "statistics", "types", "typing", "analytics",
}  # fmt: skip
#: programs print and read their arguments; the command that compares reads files too
PROGRAMS = {"argparse", "sys", "warnings"}
READING = {"csv", "json", "pathlib", "re"}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "perf_counter"}


def imported(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def allowed(path):
    names = set(PLAIN)
    if path.name == "__main__.py":
        names |= PROGRAMS
    if "conformance" in path.parts:
        names |= READING
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_uses_nothing_but_arithmetic(path):
    tree = ast.parse(path.read_text())
    names = set(imported(tree))
    attacker = path == ROOT / "conformance" / "attacker.py"
    scipy = {name for name in names if name.split(".")[0] == "scipy"}
    assert all(name.startswith("scipy.special") for name in scipy) or attacker
    assert {name.split(".")[0] for name in names - scipy} <= allowed(path)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        name = ast.unparse(call.func)
        assert name not in {"open", "input", "eval", "exec"}
        assert name != "print" or path.name == "__main__.py"
        assert name.rsplit(".", 1)[-1] not in CLOCKS, name
        if name.endswith("default_rng"):
            assert call.args, "a generator needs a seed that was given"
        assert not name.startswith("np.random.") or name.startswith("np.random.default_rng"), name
