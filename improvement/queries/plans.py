"""Plans against differences between groups, for the evidence: the one place that knows where plans are kept.

Plans are goals with two halves, with their reviews and voices, and issues that name groups of patients or stand under
the letter of equity: what was asked, what was answered, when it is looked at. What is confidential is no part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from huddles.models import CheckIn, Issue
from huddles.queries.strata import groups_of
from huddles.rules.issues import OPEN, Seen, Status
from improvement.models import Goal
from improvement.queries.goals import Standing, standing_of
from improvement.rules.goals import Status as GoalStatus
from org.models import Organisation

#: Code of the letter under which plans stand.
LETTER: Final = "E"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class PlanReview:
    """A look at a plan: what was seen, and what is done since. `missed`: it was not where it should have been."""

    day: date
    said: str
    missed: bool
    action: str


@dataclass(frozen=True, slots=True)
class PlanVoice:
    """What patients or community said about a plan."""

    day: date
    whose: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with both of its halves in words, as far as they are said. `missed`: a goal or a promise is not kept."""

    code: str
    title: str
    unit: str
    measure: str
    groups: str
    raises: str
    narrows: str
    began: date
    until: date | None
    sponsor: str
    status: str
    open: bool
    missed: bool
    reviews: Sequence[PlanReview]
    voices: Sequence[PlanVoice]
    source: str
    url: str


def plans_of(organisation: Organisation, now: datetime) -> Sequence[Plan]:
    """Plans of the organisation: goals first, then issues that are open or were closed within reach, the newest first.
    A constant number of statements.
    """
    checks = CheckIn.objects.exclude(seen="").order_by("day", "pk")
    found = (
        Issue.objects.filter(organisation=organisation, confidential=False)
        .filter(Q(letter__code=LETTER) | ~Q(groups=[]))
        .exclude(status=Status.MERGED)
        .select_related("origin", "place", "measure", "owner")
        .prefetch_related(Prefetch("check_ins", checks, to_attr="looks"))
        .order_by("-raised_at", "-pk")[:MOST]
    )
    names = {group.key: group.name for group in groups_of(organisation.pk)}
    issues = [_of_issue(issue, names, organisation, now) for issue in found]
    return [*_goals(organisation, now), *issues]


def _goals(organisation: Organisation, now: datetime) -> list[Plan]:
    """Goals that were begun, the newest first, with what was seen and heard."""
    goals = list(
        Goal.objects.filter(organisation=organisation, activated_at__isnull=False)
        .whole()
        .prefetch_related("reviews", "voices")
        .order_by("-activated_at", "-pk")[:MOST]
    )
    today = now.astimezone(organisation.zone).date()
    return [_of_goal(standing, organisation) for standing in standing_of(goals, today)]


def _of_goal(standing: Standing, organisation: Organisation) -> Plan:
    goal = standing.goal
    missed = goal.status == GoalStatus.MISSED or bool(standing.since)
    reviews = [
        PlanReview(review.held_on, review.seen, missed, review.decided)
        for review in goal.reviews.all()
        if review.held_on is not None
    ]
    if standing.since:
        reviews.append(PlanReview(standing.since, _("raised but widened"), missed=True, action=goal.if_missed))
    began = goal.activated_at.astimezone(organisation.zone).date() if goal.activated_at else goal.created_at.date()
    return Plan(
        code=_("goal %(number)s") % {"number": goal.pk},
        title=goal.title,
        unit=goal.unit.name,
        measure=goal.measure.name if goal.measure else "",
        groups=f"{goal.group} – {goal.reference}" if goal.reference else goal.group,
        raises="" if goal.raise_by is None else _("at least %(n)s %% better") % {"n": f"{100 * goal.raise_by:g}"},
        narrows=""
        if goal.narrow_by is None
        else _("gap at least %(n)s %% narrower") % {"n": f"{100 * goal.narrow_by:g}"},
        began=began,
        until=goal.period[1] if goal.period else None,
        sponsor=str(goal.sponsor) if goal.sponsor else "",
        status=str(GoalStatus(goal.status).label),
        open=goal.status == GoalStatus.ACTIVE,
        missed=missed,
        reviews=reviews,
        voices=[PlanVoice(voice.day, voice.heard, voice.said) for voice in goal.voices.all()],
        source=_("goal %(number)s") % {"number": goal.pk},
        url=reverse("improvement:goal", args=[goal.pk]),
    )


def _of_issue(issue: Issue, names: dict[str, str], organisation: Organisation, now: datetime) -> Plan:
    zone = organisation.zone
    late = bool(issue.due_at and issue.due_at < now and issue.status == Status.ANSWERED)
    looks: Sequence[CheckIn] = issue.looks  # type: ignore[attr-defined]
    reviews = [
        PlanReview(
            look.day,
            str(Seen(look.seen).label),
            look.seen == Seen.NEEDS_HELP,
            look.line if look.seen == Seen.NEEDS_HELP else "",
        )
        for look in looks
    ]
    if late or issue.reopened:
        said = _("promised day is over") if late else _("was opened again")
        reviews.append(PlanReview(issue.changed_at.astimezone(zone).date(), said, missed=True, action=""))
    return Plan(
        code=f"#{issue.number}",
        title=issue.title,
        unit=issue.origin.name,
        measure=issue.measure.name if issue.measure else "",
        groups=", ".join(names.get(key, key) for key in issue.groups),
        raises="",
        narrows=issue.tell_staff,
        began=issue.raised_at.astimezone(zone).date(),
        until=issue.due_at.astimezone(zone).date() if issue.due_at else None,
        sponsor=str(issue.owner),
        status=str(Status(issue.status).label),
        open=issue.status in OPEN,
        missed=late or bool(issue.reopened) or any(one.missed for one in reviews),
        reviews=reviews,
        voices=(),
        source=_("issue %(number)s") % {"number": issue.number},
        url=reverse("huddles:issue", args=[issue.pk]),
    )
