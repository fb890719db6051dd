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

from boards.models import Category, GroupMember
from boards.rules import CategoryState
from huddles.models import CheckIn, Issue
from huddles.rules.issues import OPEN, Outcome, Seen, Status, status_text
from improvement.models import Goal
from improvement.queries.goals import Standing, standing_of
from improvement.rules.goals import Status as GoalStatus
from org.models import Organisation

#: Code of the letter under which plans stand.
LETTER: Final = "E"
MOST: Final = 200


@dataclass(frozen=True, slots=True)
class PlanReview:
    """A look at a plan, or its end: what was seen, and what is done since. `off`: it was not where it should be."""

    day: date
    said: str
    off: bool
    action: str


@dataclass(frozen=True, slots=True)
class PlanVoice:
    """What patients or community said about a plan."""

    day: date
    whose: str
    text: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan with both of its halves in words, as far as they are said.

    `missed`: a goal that ended so, or a promise that is not kept. `widens`: a goal that runs was raised while its gap
    widened, which is no end yet. `off_since`: the day from which it is either. `declined`: an honest no, and no plan.
    `broken`: of an issue, what became of its promise, in words.
    """

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
    widens: bool
    off_since: date | None
    declined: bool
    broken: str
    reviews: Sequence[PlanReview]
    voices: Sequence[PlanVoice]
    source: str
    url: str

    @property
    def done_since(self) -> PlanReview | None:
        """The newest look since it was off at which something was decided; None where nothing was."""
        day = self.off_since
        found = [one for one in self.reviews if one.action and one.off and day is not None and one.day >= day]
        return max(found, key=lambda one: one.day, default=None)


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
    names = names_of(organisation.pk)
    issues = [_of_issue(issue, names, organisation, now) for issue in found]
    return [*_goals(organisation, now), *issues]


def names_of(organisation_id: int) -> dict[str, str]:
    """Key of a category, like "payer:medicaid" → the name of its group as boards show it. Two statements."""
    members = GroupMember.objects.filter(
        grouping__dimension__organisation=organisation_id, grouping__is_default=True
    ).values_list("category", "group")
    grouped = dict(members)
    known = Category.objects.filter(dimension__organisation=organisation_id, state=CategoryState.KNOWN)
    rows = known.values_list("pk", "dimension__code", "code", "name")
    return {f"{dimension}:{code}": grouped.get(pk, name) for pk, dimension, code, name in rows}


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
    zone = organisation.zone
    missed, widens = goal.status == GoalStatus.MISSED, goal.status == GoalStatus.ACTIVE and standing.widened
    closed = goal.closed_at.astimezone(zone).date() if goal.closed_at else None
    since = closed if missed else standing.since if widens else None
    reviews = [
        PlanReview(review.held_on, review.seen, since is not None and review.held_on >= since, review.decided)
        for review in goal.reviews.all()
        if review.held_on is not None
    ]
    if widens and since is not None:
        reviews.append(PlanReview(since, _("raised but widened, while it runs"), off=True, action=""))
    if missed and closed is not None:
        reviews.append(PlanReview(closed, _("ended, missed"), off=True, action=goal.closing_note))
    began = goal.activated_at.astimezone(zone).date() if goal.activated_at else goal.created_at.date()
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
        widens=widens,
        off_since=since,
        declined=False,
        broken="",
        reviews=sorted(reviews, key=lambda one: one.day),
        voices=[PlanVoice(voice.day, voice.heard, voice.said) for voice in goal.voices.all()],
        source=_("goal %(number)s") % {"number": goal.pk},
        url=reverse("improvement:goal", args=[goal.pk]),
    )


def _of_issue(issue: Issue, names: dict[str, str], organisation: Organisation, now: datetime) -> Plan:
    zone = organisation.zone
    late = bool(issue.due_at and issue.due_at < now and issue.status == Status.ANSWERED)
    declined = issue.outcome == Outcome.DECLINED
    looks: Sequence[CheckIn] = issue.looks  # type: ignore[attr-defined]
    over = issue.due_at.astimezone(zone).date() if issue.due_at else None
    reopened = issue.changed_at.astimezone(zone).date() if issue.reopened else None
    missed = not declined and (late or reopened is not None)
    reviews = [
        PlanReview(
            look.day,
            str(Seen(look.seen).label),
            look.seen == Seen.NEEDS_HELP,
            look.line if look.seen == Seen.NEEDS_HELP else "",
        )
        for look in looks
    ]
    since = (over if late else reopened) if missed else None
    broken = (_("promised day is over") if late else _("was opened again")) if missed else ""
    if since is not None:
        reviews.append(PlanReview(since, broken, off=True, action=""))
    return Plan(
        code=f"#{issue.number}",
        title=issue.title,
        unit=issue.origin.name,
        measure=issue.measure.name if issue.measure else "",
        groups=", ".join(dict.fromkeys(names.get(key, key) for key in issue.groups)),
        raises="",
        narrows="" if declined else issue.tell_staff,
        began=issue.raised_at.astimezone(zone).date(),
        until=over,
        sponsor=str(issue.owner),
        status=status_text(issue.status, issue.outcome),
        open=issue.status in OPEN,
        missed=missed,
        widens=False,
        off_since=since,
        declined=declined,
        broken=broken,
        reviews=sorted(reviews, key=lambda one: one.day),
        voices=(),
        source=_("issue %(number)s") % {"number": issue.number},
        url=reverse("huddles:issue", args=[issue.pk]),
    )
