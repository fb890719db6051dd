"""Numbers of staff of the demo hospital, by service line and month: who stays, moves up, is hurt, is content.

Invented like all others. One gap is more than chance: women are promoted less than half as often as men.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from boards.models import Measure
from huddleboard.demo import history
from huddleboard.demo.history import Frame, Sent
from huddleboard.demo.places import Place

#: Service line → people who work there; departments of human resources count by line, not by ward.
COLLEAGUES: Final[Mapping[str, int]] = {"MED": 520, "SURG": 430, "WCH": 380, "ECC": 460, "AMB": 190, "SUP": 610}
#: In the order of boards; they stand last.
MEASURES: Final = ("staff_retention", "staff_promotion", "staff_injury_rate", "staff_experience")


def sent_by(rows: Sequence[Place]) -> dict[str, list[str]]:
    """Service line → measures of staff that it reports; none in a house without these lines."""
    return {p.code: list(MEASURES) for p in rows if p.code in COLLEAGUES}


def make_staff(frame: Frame, rows: Sequence[Place], measures: Mapping[str, Measure]) -> list[Sent]:
    """Every series of staff, groups and all. Same seed, same numbers."""
    lines = [replace(p, size=float(COLLEAGUES[p.code]), mix="staff") for p in rows if p.code in COLLEAGUES]
    return history.make_history(frame, lines, sent_by(lines), measures, causes=())


__all__ = ["COLLEAGUES", "MEASURES", "make_staff", "sent_by"]
