"""Four weeks of mornings of the demo hospital: huddles that were held, and issues on their way, written in sets."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

import numpy as np

from boards.models import Letter
from huddleboard.demo import paths
from huddleboard.demo.concerns import CONCERNS, Concern
from huddleboard.demo.paths import Seats
from huddleboard.demo.under_way import IN_CONFIDENCE, IN_CONFIDENCE_HOURS, IN_CONFIDENCE_UNIT, UNDER_WAY
from huddles.actions.defaults import furnish
from huddles.actions.schedule import plan_huddles
from huddles.models import (
    AgendaLine,
    AgendaVersion,
    Choice,
    Confidant,
    Huddle,
    HuddleMark,
    HuddleNote,
    Issue,
    IssueEvent,
)
from huddles.rules.agendas import Choice as Tap
from huddles.rules.agendas import Section, StepKind
from huddles.rules.issues import ChoiceKind, Size, Source, Status, Urgency
from org.models import Membership, Organisation, Unit, User
from org.rules import LEADING, Role

DAYS: Final = 28
#: Days whose huddles also have what was tapped in them.
MARKED_DAYS: Final = 10
ISSUES_A_DAY: Final = 5.5

_THANKS: Final = (
    "Night shift for the quick hand on the pumps",
    "Housekeeping: four rooms ready before seven",
    "Caught a wrong label before it was given",
    "Interpreter stayed half an hour longer",
    "New colleague asked when something was unclear",
)
_LOOK_BACK: Final = (
    "Near fall at the sink, nobody hurt",
    "One late dose, family told",
    "Wrong tray, noticed at the door",
    "Needle stick, seen by employee health",
)


def make_mornings(
    organisation: Organisation, units: Mapping[str, Unit], last: date, at: datetime, seed: int
) -> tuple[int, int]:
    """Huddles and issues up to `at`, and the huddles planned after it; how many were held and raised."""
    rng = np.random.default_rng([seed, 5])
    furnish(organisation=organisation, at=at)
    first = last - timedelta(days=DAYS - 1)
    begin = datetime.combine(first, time(0), organisation.zone)
    plan_huddles(organisation=organisation, first=first, last=last + timedelta(days=2), at=begin)
    seats = _seats(organisation, units)
    huddles = _hold(organisation, seats, at, rng)
    issues = _raise(organisation, seats, huddles, at, rng)
    issues += _in_confidence(organisation, seats, issues + 1, at, rng)
    return len(huddles), issues


def _seats(organisation: Organisation, units: Mapping[str, Unit]) -> Seats:
    leads: dict[int, User] = {}
    held = Membership.objects.filter(
        unit__organisation=organisation, role__in=LEADING, stands_in_for__isnull=True, ended_on__isnull=True
    )
    for membership in held.select_related("user").order_by("-pk"):
        leads[membership.unit_id] = membership.user
    fresh = {unit.code: unit for unit in organisation.units.select_related("tier")}
    for unit in sorted(fresh.values(), key=lambda one: one.path):
        if unit.pk not in leads:
            leads[unit.pk] = leads[unit.parent_id or 0]
    words = Choice.objects.filter(organisation=organisation)
    choices = {(choice.kind, choice.code): choice for choice in words}
    return Seats(organisation, {code: fresh[code] for code in units}, leads, choices, organisation.zone)


def _hold(organisation: Organisation, seats: Seats, now: datetime, rng: np.random.Generator) -> list[Huddle]:
    """Most were held, most on time; a few were not, and of those most say why. What is still to come has not met."""
    newest = {
        version.agenda.tier_level: version
        for version in AgendaVersion.objects.filter(agenda__organisation=organisation, agenda__unit=None)
        .select_related("agenda")
        .order_by("number")
    }
    reasons = [seats.choices[ChoiceKind.NOT_HELD, code] for code in ("busy", "short", "no_leader", "forgotten")]
    over = now - timedelta(minutes=30)
    planned = Huddle.objects.filter(unit__organisation=organisation, planned_at__lt=over).select_related("unit__tier")
    held, quiet = [], []
    for huddle in planned.order_by("planned_at", "pk"):
        lead = seats.leads[huddle.unit_id]
        if rng.random() < (0.12 if huddle.unit.code == "5W" else 0.045):
            if rng.random() < 0.7:
                huddle.not_held_reason = reasons[int(rng.integers(len(reasons)))]
                huddle.not_held_by, huddle.not_held_at = lead, huddle.planned_at + timedelta(hours=2)
                quiet.append(huddle)
        else:
            late = float(rng.gamma(1.2, 1.2)) if rng.random() < 0.93 else float(rng.uniform(6, 14))
            huddle.version = newest[huddle.unit.tier.level]
            huddle.started_at = huddle.planned_at + timedelta(minutes=late)
            huddle.ended_at = huddle.started_at + timedelta(minutes=float(np.clip(rng.normal(11, 2.2), 5, 24)))
            huddle.started_by = huddle.ended_by = lead
            held.append(huddle)
    fields = ["version", "started_at", "ended_at", "started_by", "ended_by"]
    Huddle.objects.bulk_update(held, fields, batch_size=1000)
    Huddle.objects.bulk_update(quiet, ["not_held_reason", "not_held_by", "not_held_at"], batch_size=1000)
    _mark([huddle for huddle in held if huddle.planned_at > now - timedelta(days=MARKED_DAYS)], seats, rng)
    return held


def _mark(huddles: Sequence[Huddle], seats: Seats, rng: np.random.Generator) -> None:
    lines: dict[int, list[AgendaLine]] = {}
    for line in AgendaLine.objects.filter(version__agenda__organisation=seats.organisation):
        lines.setdefault(line.version_id, []).append(line)
    usual = {
        Section.SEAT: ((Tap.HERE, Tap.REMOTE, Tap.STAND_IN, Tap.MISSING), (0.8, 0.07, 0.06, 0.07)),
        Section.READINESS: ((Tap.READY, Tap.AT_RISK, Tap.NOT_READY), (0.84, 0.12, 0.04)),
        Section.FIDELITY: ((Tap.YES, Tap.NO), (0.86, 0.14)),
    }
    marks, notes = [], []
    for huddle in huddles:
        lead, at = seats.leads[huddle.unit_id], huddle.ended_at or huddle.planned_at
        for line in lines[huddle.version_id or 0]:
            if line.section in usual:
                taps, shares = usual[Section(line.section)]
                tap = taps[int(rng.choice(len(taps), p=shares))]
                marks.append(HuddleMark(huddle=huddle, line=line, choice=tap, tapped_at=at, by=lead))
            words = _THANKS if line.kind == StepKind.THANKS else _LOOK_BACK if line.section == Section.LOOK_BACK else ()
            if words and rng.random() < (0.7 if line.kind else 0.05):
                text = words[int(rng.integers(len(words)))]
                uid = UUID(bytes=rng.bytes(16), version=4)
                notes.append(
                    HuddleNote(uid=uid, huddle=huddle, line=line, text=text, by=lead, written_at=at, changed_at=at)
                )
    HuddleMark.objects.bulk_create(marks, batch_size=2000)
    HuddleNote.objects.bulk_create(notes, batch_size=2000)


def _raise(
    organisation: Organisation, seats: Seats, huddles: Sequence[Huddle], now: datetime, rng: np.random.Generator
) -> int:
    letters = {letter.code: letter for letter in Letter.objects.filter(organisation=organisation)}
    by_day: dict[date, list[Huddle]] = {}
    for huddle in huddles:
        if huddle.unit.tier.level == 1 and huddle.started_at is not None:
            by_day.setdefault(huddle.day, []).append(huddle)
    issues: list[Issue] = []
    events: list[IssueEvent] = []
    for day in sorted(by_day):
        for _one in range(int(rng.poisson(ISSUES_A_DAY))):
            huddle = by_day[day][int(rng.integers(len(by_day[day])))]
            fitting = [concern for concern in CONCERNS if huddle.unit.code in concern.where]
            if not fitting:
                continue
            concern = fitting[int(rng.integers(len(fitting)))]
            issue = _issue(concern, huddle, seats, letters, len(issues) + 1, rng)
            if issue.raised_at > now:
                continue
            steps = paths.path_of(concern, seats.units[huddle.unit.code], issue.raised_at, seats, rng)
            issues.append(issue)
            events += paths.live(issue, steps, now)
    for waiting in UNDER_WAY:
        if waiting.unit in seats.units:
            at = now - timedelta(hours=waiting.hours)
            issue = _made(waiting.concern, seats.units[waiting.unit], at, None, seats, letters, len(issues) + 1, rng)
            issue.urgency = Urgency.URGENT if waiting.urgent else Urgency.ROUTINE
            issue.people_touched, issue.groups = waiting.people, list(waiting.groups)
            issues.append(issue)
            events += paths.live(issue, paths.under_way(waiting, issue, seats, now), now)
    Issue.objects.bulk_create(issues, batch_size=1000)
    IssueEvent.objects.bulk_create(events, batch_size=2000)
    return len(issues)


def _in_confidence(
    organisation: Organisation, seats: Seats, number: int, now: datetime, rng: np.random.Generator
) -> int:
    """Two people of trust, the health equity officer and somebody of the executive team, and what one of them heard."""
    held = Membership.objects.filter(unit__organisation=organisation, ended_on__isnull=True).order_by("pk")
    equity = held.filter(role=Role.EQUITY_OFFICER).select_related("user")[0].user
    second = held.filter(role=Role.EXECUTIVE).select_related("user").last()
    people = [equity] if second is None else [equity, second.user]
    Confidant.objects.bulk_create(
        Confidant(organisation=organisation, user=user, position=n) for n, user in enumerate(people)
    )
    unit = seats.units[IN_CONFIDENCE_UNIT]
    at = now - timedelta(hours=IN_CONFIDENCE_HOURS)
    issue = _made(IN_CONFIDENCE, unit, at, None, seats, {}, number, rng)
    issue.confidential, issue.owner, issue.raised_by, issue.source = True, equity, None, Source.CODE
    events = paths.live(issue, [], now)
    issue.save(force_insert=True)
    IssueEvent.objects.bulk_create(events)
    return 1


def _issue(
    concern: Concern,
    huddle: Huddle,
    seats: Seats,
    letters: Mapping[str, Letter],
    number: int,
    rng: np.random.Generator,
) -> Issue:
    """An issue that somebody raised in a huddle, or some hours after it."""
    in_huddle = rng.random() < 0.85
    at = (huddle.started_at or huddle.planned_at) + timedelta(minutes=float(rng.uniform(5, 9)))
    if not in_huddle:
        at += timedelta(hours=float(rng.uniform(1, 8)))
    unit = seats.units[huddle.unit.code]
    issue = _made(concern, unit, at, huddle if in_huddle else None, seats, letters, number, rng)
    issue.urgency = Urgency.URGENT if concern.letter == "S" and rng.random() < 0.15 else Urgency.ROUTINE
    return issue


def _made(
    concern: Concern,
    unit: Unit,
    at: datetime,
    huddle: Huddle | None,
    seats: Seats,
    letters: Mapping[str, Letter],
    number: int,
    rng: np.random.Generator,
) -> Issue:
    lead = seats.leads[unit.pk]
    return Issue(
        organisation=seats.organisation,
        number=number,
        client_id=UUID(bytes=rng.bytes(16), version=4),
        title=concern.title,
        origin=unit,
        place=unit,
        owner=lead,
        status=Status.RAISED,
        size=Size.UNSORTED,
        letter=letters.get(concern.letter),
        category=seats.choices[ChoiceKind.CATEGORY, concern.category],
        source=Source.PAGE if huddle is None else Source.HUDDLE,
        huddle=huddle,
        raised_by=lead,
        raised_at=at,
        arrived_at=at,
        changed_at=at,
        recurring=bool(rng.random() < 0.1),
    )
