"""A house with a past: huddles that met or did not, and issues that went all ways, drawn by a seed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.models import Agenda, AgendaLine, AgendaVersion, Confidant, Huddle, HuddleMark, Issue
from huddles.rules.agendas import Choice as Tap
from huddles.rules.agendas import Section, StepKind
from huddles.rules.issues import Ask, ChoiceKind, Outcome, Source, Status, Urgency, Verdict
from org.models import Unit, User
from org.rules import NotAllowed
from tests.huddles.factories import MORNING, House, make_choice, make_house

ZONE_OFFSET = timedelta(hours=5)  # New York in November
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


@dataclass
class Past:
    """The house, its agenda, a reason for not meeting, and when "now" is."""

    house: House
    version: AgendaVersion
    checks: list[AgendaLine]
    now: datetime
    today: date


def make_version(house: House) -> tuple[AgendaVersion, list[AgendaLine]]:
    """An agenda with one step and three lines of the self-check."""
    agenda = Agenda.objects.create(organisation=house.organisation, tier_level=1, name="Unit")
    version = AgendaVersion.objects.create(agenda=agenda, number=1, published_at=MORNING)
    AgendaLine.objects.create(
        version=version, section=Section.STEP, position=1, kind=StepKind.WELCOME, title="Welcome", seconds=60
    )
    checks = [
        AgendaLine.objects.create(version=version, section=Section.FIDELITY, position=n, title=f"Check {n}")
        for n in range(3)
    ]
    return version, checks


def make_huddle(unit: Unit, day: date, version: AgendaVersion, *, hour: int = 7, **fields) -> Huddle:
    """A huddle planned for `hour` in New York; `late` and `length` in minutes let it be held."""
    planned = datetime(day.year, day.month, day.day, hour, tzinfo=unit.organisation.zone)
    late, length = fields.pop("late", None), fields.pop("length", None)
    if late is not None:
        fields["started_at"] = planned + late * MINUTE
        fields["version"] = version
        if length is not None:
            fields["ended_at"] = fields["started_at"] + length * MINUTE
    return Huddle.objects.create(unit=unit, day=day, planned_at=planned, minutes=15, **fields)


def make_past(seed: int, now: datetime, *, days: int = 10, raised: int = 25) -> Past:
    """A past of `days` days up to `now`, made by the ordinary actions with everything left to chance."""
    chance = Random(seed)
    house = make_house()
    Confidant.objects.create(organisation=house.organisation, user=house.lead(house.top))
    version, checks = make_version(house)
    today = now.astimezone(house.organisation.zone).date()
    past = Past(house, version, checks, now, today)
    units = [house.ward, house.other_ward, house.support, house.line, house.branch, house.top]
    reason = make_choice(house.organisation, ChoiceKind.NOT_HELD)
    for back in range(days):
        for unit in units:
            _some_huddles(chance, past, unit, today - timedelta(days=back), reason)
    cannot = make_choice(house.organisation)
    for _number in range(raised):
        _some_issue(chance, past, units, cannot, days)
    return past


def _some_huddles(chance: Random, past: Past, unit: Unit, day: date, reason) -> None:
    for hour in chance.choice([(), (7,), (7,), (7, 19)]):
        fate = chance.random()
        if fate < 0.6:
            length = chance.randint(5, 25)
            length = None if chance.random() < 0.1 else length
            huddle = make_huddle(
                unit, day, past.version, hour=hour, late=chance.randint(-5, 15), length=length, is_extra=fate < 0.05
            )
            for line in past.checks:
                if chance.random() < 0.7:
                    choice = chance.choice([Tap.YES, Tap.YES, Tap.NO])
                    HuddleMark.objects.create(huddle=huddle, line=line, choice=choice, tapped_at=past.now)
        elif fate < 0.8:
            make_huddle(unit, day, past.version, hour=hour, not_held_reason=reason)
        else:
            make_huddle(unit, day, past.version, hour=hour)


def _some_issue(chance: Random, past: Past, units: list[Unit], cannot, days: int) -> None:
    house = past.house
    at = past.now - timedelta(minutes=chance.randint(60, days * 24 * 60 * 2))
    origin = chance.choice(units[:4])
    issue = issues.raise_issue(
        title=chance.choice(["IV pumps are missing", "IV pumps missing again", "Printer is broken", "No interpreter"]),
        unit=origin,
        source=Source.HUDDLE,
        client_id=_uuid(chance),
        by=house.lead(origin),
        at=at,
        details=Details(
            urgency=chance.choice([Urgency.ROUTINE, Urgency.ROUTINE, Urgency.URGENT]),
            confidential=chance.random() < 0.15,
            people_touched=chance.choice([None, 3, 12]),
        ),
    )
    for _step in range(chance.randint(0, 7)):
        at += timedelta(minutes=chance.randint(1, 900))
        if at >= past.now:
            break
        issue.refresh_from_db()
        try:
            _some_act(chance, past, issue, at, cannot)
        except NotAllowed:
            continue


def _uuid(chance: Random):

    return UUID(int=chance.getrandbits(128))


def _some_act(chance: Random, past: Past, issue: Issue, at: datetime, cannot) -> None:
    house = past.house
    by: User = issue.owner
    act = chance.choice(
        ["ring", "take", "up", "up", "down", "answer", "decline", "finish", "confirm", "reopen", "merge", "read_out"]
    )
    if act == "ring" and issue.clock_at is not None and issue.clock_at < past.now:
        issues.ring(issue_id=issue.pk, at=max(at, issue.clock_at))
    elif act == "take":
        issues.acknowledge(issue=issue, by=by, at=at)
    elif act == "up":
        issues.escalate(
            issue=issue, cannot=cannot, ask=Ask.RESOURCE, asked="Help", needed_by=at + 5 * HOUR, by=by, at=at
        )
    elif act == "down":
        issues.delegate(issue=issue, to=issue.origin, note="Try again", by=by, at=at)
    elif act == "answer":
        issues.answer(issue=issue, outcome=Outcome.DECIDED, tell_staff="It comes.", due_at=at + HOUR * 30, by=by, at=at)
    elif act == "decline":
        issues.decline(issue=issue, tell_staff="No.", by=by, at=at)
    elif act == "finish":
        issues.finish(issue=issue, by=by, at=at)
    elif act == "confirm":
        issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=house.lead(issue.origin), at=at)
    elif act == "reopen":
        issues.reopen(issue=issue, note="Not yet", by=house.lead(issue.origin), at=at)
    elif act == "read_out":
        issues.read_out(issue=issue, by=house.lead(issue.origin), at=at)
    elif act == "merge":
        into = Issue.objects.filter(status=Status.RAISED, place=issue.place).exclude(pk=issue.pk).first()
        if into is not None:
            issues.merge(issue=issue, into=into, by=by, at=at)
