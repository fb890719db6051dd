"""Goals as they stand: all, one, its charter on one sheet, the report for the board of directors."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from boards.queries.terms import words_for
from boards.queries.words import long_day
from improvement.charts import Mark, quadrant_chart
from improvement.forms.goals import PlanForm
from improvement.models import Goal
from improvement.queries.goal_pages import GoalsPage, goal_page, goals_page
from improvement.rules.goals import GapKind, Status
from org import access
from org.models import Organisation, Unit
from org.rules import Permission
from org.views.pages import look_at, seen_organisation, today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn

UNPROCESSABLE = 422


def goal_of(request: "SignedIn", pk: int, permission: Permission | None = None) -> Goal:
    """The goal, when this person may see it and do `permission` at its unit: else 404 or 403."""
    found = get_object_or_404(Goal.objects.visible_to(request.user).whole(), pk=pk)
    look_at(request, found.organisation_id)
    if permission is not None:
        access.require(request.user, permission, found.unit)
    return found


def today_of(goal: Goal) -> date:
    """The day that it is where the goal is."""
    return today_in(goal.organisation)


def marks_of(page: GoalsPage) -> list[Mark]:
    """The goals of a page as marks of the chart, by their numbers in its table."""
    marks = []
    for (number, row), standing in zip(page.running, page.standings, strict=True):
        if standing.now is None or not standing.judged:
            continue
        both = (100 * standing.now.narrowed, 100 * standing.now.narrowed_relative)
        own, other = both[::-1] if row.uses_relative else both
        texts = (row.raised, row.narrowed_relative if row.uses_relative else row.narrowed)
        title = f"{row.title} · {row.unit}"
        marks.append(Mark(number, title, row.quadrant, 100 * standing.now.raised, own, other, *texts))
    return marks


@require_GET
def goals(request: "SignedIn") -> HttpResponse:
    """All goals that somebody may see, in the four fields."""
    found = list(Goal.objects.visible_to(request.user).whole())
    today = today_of(found[0]) if found else timezone.now().date()
    if len({goal.organisation_id for goal in found}) == 1:
        look_at(request, found[0].organisation_id)
    page = goals_page(found, today, request.user)
    reporting = Unit.objects.with_permission(request.user, Permission.EQUITY_DESK).values("organisation")
    setting = Unit.objects.with_permission(request.user, Permission.GOAL_EDIT)
    context = {
        "page": page,
        "chart": quadrant_chart(marks_of(page), words_for(request)),
        "may_set": setting.exists(),
        "reports": Organisation.objects.visible_to(request.user).filter(pk__in=reporting),
        "voices": Organisation.objects.visible_to(request.user).filter(pk__in=setting.values("organisation")),
    }
    return TemplateResponse(request, "goals/list.html", context)


def shown(request: "SignedIn", found: Goal, **more: Any) -> HttpResponse:
    """The page of one goal; with a `refusal` it answers 422."""
    context = {
        "page": goal_page(found, today_of(found), request.user),
        "goal": found,
        "may_edit": Permission.GOAL_EDIT in access.known_permissions_at(request.user, found.unit.path),
        "draft": found.status == Status.DRAFT,
        "running": found.status == Status.ACTIVE,
        "relative": found.gap_kind == GapKind.RELATIVE,
        "plan": PlanForm(),
        **more,
    }
    status = UNPROCESSABLE if more.get("refusal") or more.get("plan") else 200
    return TemplateResponse(request, "goals/goal.html", context, status=status)


@require_GET
def goal(request: "SignedIn", pk: int) -> HttpResponse:
    """One goal: where it stands, its course, whom it heard, when it is looked at."""
    return shown(request, goal_of(request, pk))


@require_GET
def charter(request: "SignedIn", pk: int) -> HttpResponse:
    """The charter of a goal on one sheet."""
    found = goal_of(request, pk)
    today = today_of(found)
    context = {"page": goal_page(found, today, request.user), "goal": found, "day": long_day(today)}
    return TemplateResponse(request, "goals/charter.html", context)


@require_GET
def report(request: "SignedIn", slug: str) -> HttpResponse:
    """All running goals of an organisation on one sheet, for its board of directors."""
    organisation = seen_organisation(request, slug, Permission.EQUITY_DESK)
    today = today_in(organisation)
    found = Goal.objects.visible_to(request.user).filter(organisation=organisation, activated_at__isnull=False)
    page = goals_page(found.whole(), today, request.user)
    context = {
        "organisation": organisation,
        "page": page,
        "chart": quadrant_chart(marks_of(page), words_for(request)),
        "day": long_day(today),
        "asks": [row for _number, row in page.running if row.ask],
    }
    return TemplateResponse(request, "goals/report.html", context)
