"""The stoplight report of a unit: everything that it told, and what came of it. It is made by the issues themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards.queries.words import short_day
from huddles.models import Issue, IssueEvent
from huddles.queries.issues_words import status_word
from huddles.rules import hints
from huddles.rules.health import PERIODS
from huddles.rules.issues import OPEN, Act, Status, verdict_text
from huddles.rules.stoplight import Light, light_of, was_answered_in_time
from org.models import Unit

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Words and sign of each light; the sign differs in shape, so that it is read without colour too.
NAMES: Final = {
    Light.RED: gettext_lazy("Not possible now"),
    Light.YELLOW: gettext_lazy("In work"),
    Light.GREEN: gettext_lazy("Done"),
}
#: What stands under a light that nothing has.
NOTHING: Final = {
    Light.RED: gettext_lazy("Nothing was declined or put off."),
    Light.YELLOW: gettext_lazy("Nothing is in work."),
    Light.GREEN: gettext_lazy("Nothing was done since %(first)s."),
}
SIGNS: Final = {Light.RED: "missed", Light.YELLOW: "at_risk", Light.GREEN: "met"}
#: Rows of each light on the page; the rest is one tap away.
MOST: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """An issue and what came of it. `says` is what was told back, `stands` who has it or whether it was confirmed.

    `private`: its words may tell who a patient is, so they are not printed.
    """

    number: int
    title: str
    url: str
    about: str
    raised: str
    says: str
    stands: str
    late: bool
    private: bool
    ended: float  # when, as a moment to sort by; 0 where it goes on


@dataclass(frozen=True, slots=True)
class Part:
    """All issues of a light. `count`: how many there are; `rows`: those that find room; `nothing`: what it says without
    any.
    """

    light: Light
    name: str
    sign: str
    count: int
    rows: Sequence[Row]
    nothing: str


@dataclass(frozen=True, slots=True)
class Stoplight:
    """The report of `days` days. `answered` of `asked` issues that were raised in them heard a word in time; where
    there is still time, an issue is in neither.
    """

    days: int
    first: str
    parts: Sequence[Part]
    answered: int
    asked: int

    @property
    def is_empty(self) -> bool:
        """Whether the unit told nothing."""
        return not any(part.count for part in self.parts)


def stoplight(unit: Unit, readable: "QuerySet[Issue]", now: datetime, days: int = PERIODS[0]) -> Stoplight:
    """What began at `unit` and is open, or ended within `days` days, as far as somebody may read it. Two statements.

    `now` is local to the unit. Confidential issues are in no report; of one that is part of a confidential issue only
    that it is joined is told.
    """
    since = now - timedelta(days=days)
    found = _with_whole(_told_by(unit, readable, since))
    parked = _parked({_whole(issue).pk for issue in found if _whole(issue).status == Status.PARKED})
    rows: dict[Light, list[Row]] = {light: [] for light in Light}
    for issue in found:
        whole = _whole(issue)
        light = _light(issue)
        rows[light].append(_row(issue, whole, light, parked, now))
    for light in (Light.RED, Light.GREEN):
        rows[light].sort(key=lambda row: row.ended, reverse=True)
    in_time = [
        was_answered_in_time(issue.raised_at, _whole(issue).answered_at, now)
        for issue in found
        if issue.raised_at > since and not _is_hidden(issue)
    ]
    first = short_day(since.date(), now.date())
    return Stoplight(
        days,
        first,
        [
            Part(light, str(NAMES[light]), SIGNS[light], len(own), own[:MOST], str(NOTHING[light]) % {"first": first})
            for light, own in rows.items()
        ],
        sum(each is True for each in in_time),
        sum(each is not None for each in in_time),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One issue, its light in words and as a sign, and what was told back."""

    name: str
    sign: str
    row: Row


def told_of(readable: "QuerySet[Issue]", now: datetime) -> dict[int, Told]:
    """Each of these issues by its id, as the report tells of it. Two statements; confidential issues are left out."""
    found = _with_whole(readable.filter(confidential=False))
    parked = _parked({_whole(issue).pk for issue in found if _whole(issue).status == Status.PARKED})
    lights = {issue.pk: _light(issue) for issue in found}
    return {
        issue.pk: Told(
            _("Open") if _waits(issue) else str(NAMES[lights[issue.pk]]),
            SIGNS[lights[issue.pk]],
            _row(issue, _whole(issue), lights[issue.pk], parked, now),
        )
        for issue in found
    }


@dataclass(frozen=True, slots=True)
class Count:
    """How many issues have a light."""

    name: str
    sign: str
    count: int


def light_counts(unit: Unit, readable: "QuerySet[Issue]", now: datetime) -> list[Count]:
    """The lights of the report of `PERIODS[0]` days in short, for beside the board; none where nothing was told. One
    statement.
    """
    found = dict.fromkeys(Light, 0)
    rows = _told_by(unit, readable, now - timedelta(days=PERIODS[0])).values_list(
        "status", "outcome", "merged_into__status", "merged_into__outcome", "merged_into__confidential"
    )
    for status, outcome, whole_status, whole_outcome, hidden in rows:
        if hidden:
            found[Light.YELLOW] += 1
        else:
            found[light_of(whole_status or status, outcome if whole_status is None else whole_outcome)] += 1
    return [Count(str(NAMES[light]), SIGNS[light], n) for light, n in found.items()] if any(found.values()) else []


def _told_by(unit: Unit, readable: "QuerySet[Issue]", since: datetime) -> "QuerySet[Issue]":
    fresh = Q(raised_at__gt=since) | Q(done_at__gt=since) | Q(closed_at__gt=since)
    whole_fresh = Q(merged_into__done_at__gt=since) | Q(merged_into__closed_at__gt=since)
    is_open = Q(status__in=sorted(OPEN)) | Q(status=Status.MERGED, merged_into__status__in=sorted(OPEN))
    return readable.filter(is_open | fresh | whole_fresh, origin=unit, confidential=False)


def _with_whole(issues: "QuerySet[Issue]") -> list[Issue]:
    return list(
        issues.select_related("category", "place", "owner", "answered_from")
        .select_related("merged_into__place", "merged_into__owner", "merged_into__answered_from")
        .order_by("-urgency", "raised_at", "pk")
    )


def _light(issue: Issue) -> Light:
    whole = _whole(issue)
    return Light.YELLOW if _is_hidden(issue) else light_of(whole.status, whole.outcome)


def _whole(issue: Issue) -> Issue:
    return issue.merged_into or issue


def _is_hidden(issue: Issue) -> bool:
    return issue.merged_into is not None and issue.merged_into.confidential


def _waits(issue: Issue) -> bool:
    """Whether nobody has taken it yet: a report calls its light "in work", one line must not."""
    return not _is_hidden(issue) and _whole(issue).status == Status.RAISED


def _parked(issues: set[int]) -> dict[int, str]:
    """Issue id → why it was parked last. One statement; none for none."""
    if not issues:
        return {}
    events = (
        IssueEvent.objects.filter(issue__in=issues, act=Act.PARK)
        .order_by("issue_id", "-at", "-id")
        .distinct("issue_id")
        .select_related("choice")
    )
    return {event.issue_id: "" if event.choice is None else event.choice.name for event in events}


def _row(issue: Issue, whole: Issue, light: Light, parked: Mapping[int, str], now: datetime) -> Row:
    if _is_hidden(issue):
        says, stands, late = "", str(Status.MERGED.label), False
    else:
        says, stands, late = _told(issue, whole, light, parked, now)
    ended = _ended(whole)
    return Row(
        number=issue.number,
        title=issue.title,
        url=reverse("huddles:issue", args=[issue.pk]),
        about="" if issue.category is None else issue.category.name,
        raised=short_day(issue.raised_at.astimezone(now.tzinfo).date(), now.date()),
        says=says,
        stands=stands,
        late=late,
        private=bool(hints.find(f"{issue.title}\n{says}")),
        ended=0.0 if light == Light.YELLOW or ended is None else ended.timestamp(),
    )


def _told(issue: Issue, whole: Issue, light: Light, parked: Mapping[int, str], now: datetime) -> tuple[str, str, bool]:
    """What was told back, where it stands, and whether it is late."""
    late = whole.clock_at is not None and whole.clock_at <= now
    if whole.status == Status.PARKED:
        again = _("look again %(time)s") % {"time": _day(whole.clock_at, now)}
        return parked.get(whole.pk, ""), again if whole.clock_at else "", late
    if light == Light.YELLOW:
        who = {"name": whole.owner.get_short_name(), "unit": whole.place.name}
        word = status_word(whole) if whole.status == Status.RAISED else _("%(name)s, %(unit)s") % who
        until = _until(whole.due_at if whole.status == Status.ANSWERED else whole.clock_at, now)
        where = "" if whole.status != Status.RAISED or whole.place_id == issue.origin_id else whole.place.name
        return whole.tell_staff, " · ".join(each for each in (word, where, until) if each), late
    verdict = verdict_text(issue.verdict or whole.verdict, whole.outcome) if issue.verdict or whole.verdict else ""
    unit = (whole.answered_from or whole.place).name
    day = _day(_ended(whole), now)
    return whole.tell_staff, " · ".join(each for each in (unit, day, verdict or status_word(whole)) if each), False


def _ended(whole: Issue) -> datetime | None:
    return whole.done_at or whole.closed_at or whole.answered_at


def _day(at: datetime | None, now: datetime) -> str:
    """A day as it can still be read on paper tomorrow; midnight is the end of the day before."""
    if at is None:
        return ""
    return short_day((at.astimezone(now.tzinfo) - timedelta(microseconds=1)).date(), now.date())


def _until(at: datetime | None, now: datetime) -> str:
    if at is None:
        return ""
    return (_("late since %(when)s") if at <= now else _("by %(when)s")) % {"when": _day(at, now)}
