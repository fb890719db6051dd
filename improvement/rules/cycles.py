"""A PDSA cycle as a table: what it asks before it starts, while it runs, before it ends. Pure functions.

Form: domain.md §5.6. Only one in eight published cycles has a written prediction (domain.md §1.8), so here none starts
without; six weeks at most keep a test small (AMA STEPS).
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.rules import NotAllowed

TEXT: Final = 1000
LINE: Final = 200
#: What stands on the chart of its measure.
STARTS: Final = _("PDSA %(n)s starts: %(title)s")
ENDS: Final = _("PDSA %(n)s ends: %(title)s")
#: A cycle that began longer ago is none: the year is a slip.
LONGEST_AGO: Final = timedelta(days=366)
#: From the first day to the last; longer asks why.
LONGEST: Final = timedelta(days=42)
#: Days before its end on which a cycle is brought to mind.
NUDGED: Final = (3, 0)


class State(TextChoices):
    """Where a cycle is."""

    PLAN = "plan", _("Plan")
    DO = "do", _("Do")
    ENDED = "ended", _("Ended")


class Scale(TextChoices):
    """On how many a change is tried, the smallest first."""

    PATIENT = "patient", _("One patient")
    CLINICIAN = "clinician", _("One clinician")
    SHIFT = "shift", _("One shift")
    UNIT = "unit", _("One unit")
    MORE = "more", _("Several units")


class Decision(TextChoices):
    """How a cycle ends."""

    ADOPT = "adopt", _("Adopt")
    ADAPT = "adapt", _("Adapt")
    ABANDON = "abandon", _("Abandon")


#: What each decision means: read where one is taken.
MEANS: Final[Mapping[Decision, Any]] = {
    Decision.ADOPT: _("It works: make it the standard, and test it wider."),
    Decision.ADAPT: _("It works in part: change it, and test again."),
    Decision.ABANDON: _("It does not work here. That is learning, too."),
}

#: What has to be said before a cycle starts, by its field.
BEFORE: Final[Mapping[str, Any]] = {
    "question": _("Write the question that this cycle answers."),
    "change": _("Say what is tried."),
    "predicted": _("Predict a number: without a prediction nothing can be learned from the result."),
    "why": _("Say why you predict this number."),
    "scale": _("Choose on how many it is tried: as few as possible."),
    "counted": _("Choose a measure, or say what is counted and by whom."),
    "stop_rule": _("Say when you stop early: what would show harm?"),
    "starts_on": _("Say on which day it starts."),
    "ends_on": _("Say on which day it ends."),
}

#: What has to be said before a cycle ends.
AFTER: Final[Mapping[str, Any]] = {
    "decision": _("Adopt, adapt or abandon: a cycle ends with one of them."),
    "result": _("Write the result beside the prediction, or say why there is none."),
    "learned": _("Say what was learned, also where the prediction was wrong."),
}


def missing_before(cycle: Any) -> dict[str, str]:
    """Fields that a start still asks for, each with what it asks."""
    found = {}
    for name, asks in BEFORE.items():
        value = getattr(cycle, name)
        given = bool(value) or cycle.measure_id is not None if name == "counted" else value not in (None, "")
        if not given:
            found[name] = str(asks)
    if not {"starts_on", "ends_on"} & found.keys():
        found |= too_long(cycle.starts_on, cycle.ends_on, cycle.why_longer)
    return found


def too_long(first: date, last: date, why: str) -> dict[str, str]:
    """What is wrong with the days of a cycle, by its field."""
    if last < first:
        return {"ends_on": _now("The end lies before the start.")}
    if last - first > LONGEST and not why.strip():
        return {
            "why_longer": _now("That is longer than %(n)s weeks. Say why, or make it smaller.")
            % {"n": LONGEST.days // 7}
        }
    return {}


def missing_after(cycle: Any) -> dict[str, str]:
    """Fields that an end still asks for, each with what it asks."""
    found = {}
    for name, asks in AFTER.items():
        value = getattr(cycle, name)
        given = value is not None or bool(cycle.no_result) if name == "result" else bool(value)
        if not given:
            found[name] = str(asks)
    return found


def check_start(cycle: Any) -> None:
    """Raises NotAllowed with the first thing that is missing."""
    _refuse(missing_before(cycle))


def check_end(cycle: Any) -> None:
    """Raises NotAllowed with the first thing that is missing."""
    _refuse(missing_after(cycle))


def _refuse(missing: Mapping[str, str]) -> None:
    if missing:
        field, asks = next(iter(missing.items()))
        raise NotAllowed(asks, field=field)


def next_scale(scale: str) -> Scale:
    """The next larger one, for the cycle that follows; the largest stays."""
    order = list(Scale)
    return order[min(order.index(Scale(scale)) + 1, len(order) - 1)] if scale else order[0]


def is_smaller(scale: str, before: str) -> bool:
    """Whether a ramp would shrink: worth a word, no refusal."""
    order = Scale.values
    return bool(scale and before) and order.index(scale) < order.index(before)
