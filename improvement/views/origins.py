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
from org.models import Unit

if TYPE_CHECKING:
    from org.views.pages import SignedIn

NAMES: Final = ("issue", "measure", "day", "reason", "signal", "goal", "round", "title")


def kept_origin(request: "SignedIn") -> dict[str, str]:
    """What an address says of an origin, to carry it on."""
    return {name: value for name in NAMES if (value := request.GET.get(name, ""))}


def asked_origin(request: "SignedIn", unit: Unit) -> tuple[Begun | None, str]:
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
    reason = get_object_or_404(ReasonCode, pk=_number(asked["reason"]), **ours) if "reason" in asked else None
    if "measure" in asked:
        measure = get_object_or_404(Measure, pk=_number(asked["measure"]), **ours)
        if reason is not None:
            return Begun(measure=measure, reason=reason), f"{measure.name}: {reason.name}"
        day = _day(asked.get("day", ""))
        return Begun(measure=measure, day=day), f"{measure.name}: {long_day(day)}"
    if reason is not None:
        return Begun(reason=reason), reason.name
    if "round" in asked:
        if not re.fullmatch(ROUND_ADDRESS, asked["round"]):
            raise Http404
        return Begun(address=asked["round"]), _("What was said there")
    return None, ""


def title_of(origin: Begun | None) -> str:
    """How a ticket may be called that begins from it; "" where that says nothing, or is not for everybody."""
    if origin is None:
        return ""
    if origin.issue is not None:
        return "" if origin.issue.confidential else origin.issue.title
    return "" if origin.reason is None else origin.reason.name


def asked_unit(request: "SignedIn") -> Unit:
    """The unit to which an origin belongs: `unit`, else where the issue, signal or goal is. 404 where the person does
    not see it.
    """
    asked, seen = kept_origin(request), Unit.objects.visible_to(request.user).select_related("organisation")
    if "unit" in request.GET:
        return get_object_or_404(seen, pk=_number(request.GET["unit"]))
    if "issue" in asked:
        issue = get_object_or_404(Issue.objects.visible_to(request.user), pk=_number(asked["issue"]))
        found = {unit.pk: unit for unit in seen.filter(pk__in=(issue.origin_id, issue.place_id))}
        unit = found.get(issue.origin_id) or found.get(issue.place_id)
        if unit is None:
            raise Http404
        return unit
    if "signal" in asked:
        signal = get_object_or_404(Signal.objects.visible_to(request.user), pk=_number(asked["signal"]))
        return get_object_or_404(seen, pk=signal.unit_id)
    if "goal" in asked:
        goal = get_object_or_404(Goal.objects.visible_to(request.user), pk=_number(asked["goal"]))
        return get_object_or_404(seen, pk=goal.unit_id)
    raise Http404


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Http404
    return int(text)
