"""What the day came to: what was expected and what was found, and every hand-over with its time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from huddleboard.rehearsal.stage import Stage
from huddles.models import Huddle, Issue, IssueEvent
from huddles.queries.words import span
from huddles.rules.issues import ACTORS, Act, Actor, Outcome, Size, Source, Status
from huddles.rules.schedule import HuddleState, was_on_time
from org.models import Message, Unit


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the day has to come to."""

    what: str
    wanted: object
    found: object

    @property
    def holds(self) -> bool:
        """Whether it came to that."""
        return self.wanted == self.found


@dataclass(frozen=True, slots=True)
class Report:
    """The checks, and the day as lines to read."""

    checks: list[Check]
    lines: list[str]

    @property
    def holds(self) -> bool:
        """Whether all of it came out."""
        return all(check.holds for check in self.checks)


def report_of(stage: Stage) -> Report:
    """Look at what is stored, not at what the script meant."""
    checks = [*_huddles(stage), *_issues(stage), *_loop(stage)]
    lines = ["", "Issues that left their unit, with every hand-over:", *_paths(stage)]
    return Report(checks, lines)


def _huddles(stage: Stage) -> Iterator[Check]:
    now = stage.at("12:00")
    rows = [
        (
            huddle.unit.tier.level,
            huddle.state_at(now),
            was_on_time(planned_at=huddle.planned_at, started_at=huddle.started_at),
        )
        for huddle in Huddle.objects.filter(unit__organisation=stage.organisation, day=stage.day)
        .filter(planned_at__gte=stage.at("06:00"), planned_at__lt=now)
        .select_related("unit__tier")
    ]
    yield Check("huddles planned in the morning", 33, len(rows))
    for tier, planned, held in ((1, 24, 23), (2, 6, 6), (3, 2, 2), (4, 1, 1)):
        mine = [row for row in rows if row[0] == tier]
        yield Check(f"tier {tier}: planned", planned, len(mine))
        yield Check(f"tier {tier}: held", held, sum(state == HuddleState.HELD for _tier, state, _on_time in mine))
    yield Check("tier 1: on time", 22, sum(on_time for tier, _state, on_time in rows if tier == 1))
    quiet = Huddle.objects.filter(unit__organisation=stage.organisation, not_held_reason__isnull=False)
    yield Check("not held, with its reason", 1, quiet.count())


def _issues(stage: Stage) -> Iterator[Check]:
    mine = Issue.objects.filter(organisation=stage.organisation)
    in_huddles = mine.filter(source=Source.HUDDLE)
    yield Check("raised in huddles", 19, in_huddles.count())
    yield Check("settled on the spot", 6, in_huddles.filter(size=Size.ON_THE_SPOT).count())
    yield Check("quick hits", 8, in_huddles.filter(size=Size.QUICK_HIT, place__tier__level=1).count())
    up = IssueEvent.objects.filter(issue__organisation=stage.organisation, act=Act.ESCALATE)
    morning = up.filter(at__lt=stage.at("07:15"))
    yield Check("sent up from the units", 5, morning.count())
    yield Check("joined: pumps, and two clinics", 3, mine.filter(status=Status.MERGED).count())
    to_top = IssueEvent.objects.filter(
        issue__organisation=stage.organisation, to_place=stage.units["HVH"], act__in=(Act.ESCALATE, Act.CLIMB)
    )
    yield Check("came to tier 4", 3, to_top.values("issue").distinct().count())
    yield Check("climbed there by silence, a tier at a time", 3, stage.issue("gap").climbs)
    answered = IssueEvent.objects.filter(
        issue__organisation=stage.organisation, act=Act.ANSWER, from_place=stage.units["HVH"]
    )
    yield Check("answered at tier 4", 3, answered.count())
    yield Check("answered before 10:13", True, all(event.at < stage.at("10:13") for event in answered))


def _loop(stage: Stage) -> Iterator[Check]:
    mine = Issue.objects.filter(organisation=stage.organisation)
    yield Check("issues without exactly one owner and place", 0, mine.filter(Q(owner=None) | Q(place=None)).count())
    reopened = IssueEvent.objects.filter(issue__organisation=stage.organisation, act=Act.REOPEN)
    # What joined another issue says so for itself, and the whole remembers it with the number of the part.
    yield Check("reopened by its origin", 1, reopened.filter(other=None).count())
    yield Check("told that a promise is late", True, _reminded(stage))
    images = stage.issue("images")
    yield Check("unit to executives and back", Status.CONFIRMED, images.status)
    loop = (images.closed_at or stage.at("00:00", 9)) - images.raised_at
    yield Check("in less than 24 hours", True, loop < timedelta(hours=24))
    tablets = stage.issue("tablets")
    yield Check("three clinics confirmed", Status.CONFIRMED, tablets.status)
    yield Check("the last clinic's word", stage.at("11:30", 1), tablets.closed_at)
    yield Check("the pumps", Status.CONFIRMED, stage.issue("pumps").status)
    open_loops = mine.exclude(outcome__in=("", Outcome.DECLINED)).filter(status=Status.DONE)
    yield Check("done and not confirmed", 0, open_loops.count())
    doubled = (
        Message.objects.filter(organisation_id=stage.organisation.pk)
        .values("dedup_key")
        .annotate(times=Count("pk"))
        .filter(times__gt=1)
    )
    yield Check("messages sent twice", 0, doubled.count())


def _reminded(stage: Stage) -> bool:
    return IssueEvent.objects.filter(
        issue=stage.issue("tablets"), act=Act.REMIND, at=stage.at("15:05"), clock="promise"
    ).exists()


def _name(unit: Unit | None) -> str:
    return "" if unit is None else unit.name


def _left_home(stage: Stage) -> set[int]:
    """Issues that were handed on, or joined with another one."""
    acts = (Act.ESCALATE, Act.TRANSFER, Act.CLIMB, Act.MERGE)
    moved = IssueEvent.objects.filter(issue__organisation=stage.organisation, act__in=acts)
    return set(moved.values_list("issue_id", flat=True))


def _paths(stage: Stage) -> Iterator[str]:
    for issue in Issue.objects.filter(pk__in=_left_home(stage)).select_related("origin").order_by("number"):
        yield ""
        yield f"#{issue.number} {issue.title} ({issue.origin.name})"
        before: datetime | None = None
        events = issue.events.select_related("to_place", "owner", "by", "other").order_by("at", "pk")
        for event in events:
            local = event.at.astimezone(stage.organisation.zone)
            passed = "" if before is None else f"+{span(event.at - before)}"
            who = event.by.name if event.by is not None else "the clock" if event.clock else "somebody"
            where = issue.origin.name if ACTORS[Act(event.act)] == Actor.ORIGIN else _name(event.to_place)
            what = Act(event.act).label
            with_other = f" #{event.other.number}" if event.other is not None else ""
            yield f"  {local:%a %H:%M}  {passed:>14}  {what}{with_other} · {where} · {who}"
            before = event.at
