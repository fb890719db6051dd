"""Finds and reads vector files: JSON with a suite and its cases, and the flat tables beside them."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analytics.conformance.comparison import Case

RUN_LIMITS = "runchart_limits"


@dataclass(frozen=True, slots=True)
class VectorFile:
    """Cases of one file. `tolerance`: what the file says of it, in words."""

    suite: str
    path: Path
    tolerance: str
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that should hold vectors and does not."""

    path: Path
    why: str


def find(folder: Path) -> Iterator[VectorFile | Unreadable]:
    """Every vector file under `folder`, by name. JSON goes by its `suite`, a table by its columns.

    Others are left: JSON that has neither suite nor cases (a list of the files, say), tables of other columns.
    """
    tables: dict[Path, list[dict[str, str]]] = {}
    for path in sorted(folder.rglob("*")):
        try:
            if path.suffix.lower() == ".json":
                held = json.loads(path.read_text(encoding="utf-8"))
                if not (isinstance(held, dict) and {"suite", "cases"}.isdisjoint(held)):
                    yield _of_json(path, held)
            elif path.suffix.lower() == ".csv":
                with path.open(newline="", encoding="utf-8-sig") as file:
                    tables[path] = list(csv.DictReader(file))
        except (OSError, ValueError, csv.Error) as error:
            yield Unreadable(path, f"cannot be read: {error}")
    yield from _of_tables(tables)


def _of_json(path: Path, held: object) -> VectorFile | Unreadable:
    if not isinstance(held, dict) or not isinstance(held.get("suite"), str) or not isinstance(held.get("cases"), list):
        return Unreadable(path, "holds no suite with cases")
    if not all(isinstance(case, dict) for case in held["cases"]):
        return Unreadable(path, "holds a case that is no object")
    return VectorFile(held["suite"], path, str(held.get("tolerance", "")), tuple(held["cases"]))


def _of_tables(tables: Mapping[Path, list[dict[str, str]]]) -> Iterator[VectorFile | Unreadable]:
    groups = {path: rows for path, rows in tables.items() if _has(rows, "case_id", "est", "pop")}
    expected = {path: rows for path, rows in tables.items() if _has(rows, "case_id", "measure", "estimate")}
    for path, rows in tables.items():
        if _has(rows, "n_useful", "longest_run_max", "n_crossings_min"):
            yield VectorFile(RUN_LIMITS, path, "exact", tuple(rows))
        elif _has(rows, "id", "fn", "conf"):
            yield VectorFile("rates_ci", path, "", tuple(_filled(row) for row in rows))
    if expected:
        wanted = [row for rows in expected.values() for row in rows]
        known = [row for rows in groups.values() for row in rows]
        cases = tuple(_equity(known, wanted))
        yield VectorFile("equity_measures", next(iter(expected)), "", cases)


def _has(rows: list[dict[str, str]], *columns: str) -> bool:
    return bool(rows) and set(columns) <= set(rows[0])


def _filled(row: Mapping[str, str]) -> dict[str, Any]:
    """The cells that say something: a blank cell is a field that is not there."""
    return {name: value for name, value in row.items() if value not in (None, "")}


def _equity(groups: list[dict[str, str]], expected: list[dict[str, str]]) -> Iterator[Case]:
    members: dict[str, list[dict[str, Any]]] = {}
    for row in groups:
        members.setdefault(row["case_id"], []).append(_filled(row))
    measures: dict[str, dict[str, Any]] = {}
    for row in expected:
        fields = _filled(row)
        measures.setdefault(fields.pop("case_id"), {})[fields.pop("measure")] = fields
    for name, wanted in measures.items():
        table = members.get(name, [])
        first = table[0] if table else {}
        yield {
            "case_id": name,
            "groups": table,
            "expected": wanted,
            **{field: first.get(field) for field in ("favourable", "ordered", "scale")},
        }
