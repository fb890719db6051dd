"""Test vectors from other people's software, kept beside the repository and not in it."""

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(os.environ.get("VECTORS_DIR", Path(__file__).resolve().parents[2].parent / "shared" / "data" / "vectors"))


def cases(file: str) -> list[Any]:
    """Cases of a vector file as test parameters; one loudly skipped parameter where the folder is absent."""
    path = FOLDER / file
    if not path.exists():
        reason = f"VECTORS ABSENT: {file} is not in {FOLDER}; the mathematics is NOT held against the reference here"
        print(reason, file=sys.stderr)
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(case, id=case.get("id") or case["case_id"]) for case in json.loads(path.read_text())["cases"]]


def checker(name: str) -> ModuleType:
    """A program of `checkers/`, imported from its file."""
    path = FOLDER / "checkers" / f"{name}.py"
    if not path.exists():
        pytest.skip(f"VECTORS ABSENT: {path} is missing; no independent attacker here")
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module
