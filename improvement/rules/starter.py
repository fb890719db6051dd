"""The list of guidelines that use race with which a registry may begin: `improvement/data/guidelines.json`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from improvement.rules.algorithms import Kind

_FILE: Final = Path(__file__).resolve().parents[1] / "data" / "guidelines.json"


@dataclass(frozen=True, slots=True)
class Guideline:
    """A published fact with its source. `now`: what the field offers without race, with its source; "" for nothing."""

    code: str
    kind: Kind
    name: str
    uses: str
    source: str
    now: str


@cache
def guidelines() -> Sequence[Guideline]:
    """All of the list, in its order."""
    records = json.loads(_FILE.read_text(encoding="utf-8"))["records"]
    return [Guideline(**(record | {"kind": Kind(record["kind"])})) for record in records]
