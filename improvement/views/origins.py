"""What a ticket begins from, as an address says it."""

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from boards.models import Measure, ReasonCode, Signal
from boards.queries.words import long_day
from huddles.models import Issue
from improvement.actions.tickets import Begun
from improvement.models import Goal
from improvement.rules.tickets import ROUND_ADDRESS

if TYPE_CHECKING:
    from org.models import Unit
    from org.views.pages import SignedIn

NAMES: Final = ("issue", "measure", "day", "reason", "signal", "goal", "round", "title")


def kept_origin(request: "SignedIn") -> dict[str, str]:
    """What an address says of an origin, to carry it on."""
    return {name: value for name in NAMES if (value := request.GET.get(name, ""))}


def asked_origin(request: "SignedIn", unit: "Unit") -> tuple[Begun | None, str]:
    """What a ticket of `unit` begins from, and how that is called; None for nothing. 404 for what the person may not
    see, or what is of another organisation.
    """
    asked = kept_origin(request)
    ours = {"organisation": unit.organisation_id}
    if "issue" in asked:
        issue = get_object_or_404(Issue.objects.visible_to(request.user), pk=_number(asked["issue"]), **ours)
        return Begun(issue=issue), f"#{issue.number} {issue.title}"
    if "signal" in asked:
        signal = get_object_or_404(Signal.objects.visible_to(request.user), pk=_number(asked["signal"]), **ours)
        return Begun(signal=signal), f"{signal.measure.name}: {signal.group}"
    if "goal" in asked:
        goal = get_object_or_404(Goal.objects.visible_to(request.user), pk=_number(asked["goal"]), **ours)
        return Begun(goal=goal), goal.title
    if "measure" in asked:
        return _of_measure(asked, get_object_or_404(Measure, pk=_number(asked["measure"]), **ours))
    if "round" in asked:
        if not re.fullmatch(ROUND_ADDRESS, asked["round"]):
            raise Http404
        return Begun(address=asked["round"]), _("What was said there")
    return None, ""


def _of_measure(asked: dict[str, str], measure: Measure) -> tuple[Begun | None, str]:
    if "reason" in asked:
        reason = get_object_or_404(ReasonCode, organisation=measure.organisation_id, pk=_number(asked["reason"]))
        return Begun(measure=measure, reason=reason), f"{measure.name}: {reason.name}"
    try:
        day = date.fromisoformat(asked.get("day", ""))
    except ValueError:
        raise Http404 from None
    return Begun(measure=measure, day=day), f"{measure.name}: {long_day(day)}"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)
