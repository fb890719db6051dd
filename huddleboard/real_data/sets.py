"""The data sets by the name under which the command knows them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from huddleboard.real_data import deprivation, diabetes, england, scotland
from huddleboard.real_data.plans import Plan

SETS: Final[Mapping[str, Callable[[Path], Plan]]] = {
    "scotland": scotland.plan,
    "england": england.plan,
    "diabetes": diabetes.plan,
    "deprivation": deprivation.plan,
}
