"""Four weeks of rounds of the demo hospital, written in sets: what was noted, what came of it, thanks and promises."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Final, TypeVar
from uuid import UUID

import numpy as np

from huddleboard.demo.rounds_said import COMMENTS, OTHERS, SAID, SEEN, SURPRISED, THANKS, VOWS, Vow, themes_of
from huddles.models import Issue
from huddles.rules.issues import Source
from org.models import Membership, Organisation, Unit, User
from org.rules import Role
from rounding.actions.question_sets import furnish
from rounding.models import (
    Observation,
    Promise,
    Question,
    QuestionSetVersion,
    Recognition,
    Reflection,
    Round,
    RoundComment,
)
from rounding.rules.questions import AnswerKind, SetKind
from rounding.rules.rounds import PromiseState

DAYS: Final = 28
#: The questions of rounds and cards are there since then.
FURNISHED: Final = timedelta(weeks=12)
#: Hours of the day within which an issue can have been found on a round.
WALKED: Final = range(8, 18)
#: What a lead asks in turn, week after week.
BY_LEADS: Final = (SetKind.STAFF, SetKind.PATIENT, SetKind.STAFF, SetKind.ENVIRONMENT)
BY_MANAGERS: Final = (SetKind.GEMBA, SetKind.STAFF, SetKind.STAT_SHEET)
#: Units whose last days have something of everything: promises open and late, thanks that wait for a huddle. Hours
#: before midnight at which somebody of the executive team came by.
AGO: Final = {"ED": 13, "5W": 10}
SATURDAY: Final = 5
_T = TypeVar("_T")


@dataclass
class _Made:
    """Rows to be written, and what they are drawn from."""

    rng: np.random.Generator
    versions: Mapping[SetKind, QuestionSetVersion]
    questions: Mapping[int, Sequence[Question]]
    staff: Mapping[int, Sequence[User]]
    now: datetime
    rounds: list[Round] = field(default_factory=list)
    notes: list[Observation] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    thanks: list[Recognition] = field(default_factory=list)
    comments: list[RoundComment] = field(default_factory=list)
    minutes: list[Reflection] = field(default_factory=list)

    def uid(self) -> UUID:
        return UUID(bytes=self.rng.bytes(16), version=4)

    def one(self, things: Sequence[_T]) -> _T:
        return things[int(self.rng.integers(len(things)))]

    def likely(self, share: float) -> bool:
        return bool(self.rng.random() < share)


def make_rounds(organisation: Organisation, now: datetime, seed: int) -> int:
    """Question sets, and rounds of the last four weeks up to `now`; how many. Some found issues that are there."""
    furnish(organisation=organisation, at=now - FURNISHED)
    made = _begin(organisation, now, seed)
    seats = _seats(organisation)
    for unit, leader, kind, at in _planned(organisation, seats, made):
        if at < now - timedelta(hours=1):
            _follow(made, _round(made, unit, leader, kind, at))
    for seat in seats:
        if seat.role == Role.UNIT_LEAD and seat.unit.code in AGO:
            _lately(made, seat, next(other for other in seats if other.role == Role.EXECUTIVE))
        if seat.role == Role.MANAGER:
            _sheets(made, seat, [each for each in seats if each.role == Role.UNIT_LEAD and each.unit.code in AGO])
    for issue, leader, kind, at in _found_on_rounds(organisation, now):
        _follow(made, _round(made, issue.origin, leader, kind, at, [issue]))
    _write(made)
    return len(made.rounds)


def _begin(organisation: Organisation, now: datetime, seed: int) -> _Made:
    versions = {
        SetKind(version.question_set.kind): version
        for version in QuestionSetVersion.objects.filter(question_set__organisation=organisation).select_related(
            "question_set"
        )
    }
    questions: dict[int, list[Question]] = {}
    for row in Question.objects.filter(version__question_set__organisation=organisation).order_by("position"):
        questions.setdefault(row.version_id, []).append(row)
    staff: dict[int, list[User]] = {}
    held = Membership.objects.filter(unit__organisation=organisation, role=Role.STAFF, ended_on__isnull=True)
    for seat in held.select_related("user").order_by("pk"):
        staff.setdefault(seat.unit_id, []).append(seat.user)
    return _Made(np.random.default_rng([seed, 6]), versions, questions, staff, now)


@dataclass(frozen=True, slots=True)
class _Seat:
    unit: Unit
    user: User
    role: Role


def _seats(organisation: Organisation) -> list[_Seat]:
    held = Membership.objects.filter(
        unit__organisation=organisation, stands_in_for__isnull=True, ended_on__isnull=True
    ).exclude(role=Role.STAFF)
    rows = held.select_related("user", "unit__tier", "unit__organisation").order_by("unit__code", "pk")
    return [_Seat(row.unit, row.user, Role(row.role)) for row in rows]


def _found_on_rounds(organisation: Organisation, now: datetime) -> list[tuple[Issue, User, SetKind, datetime]]:
    """Issues that their lead raised by day, outside huddles: they were found on a round."""
    issues = Issue.objects.filter(
        organisation=organisation, source=Source.PAGE, confidential=False, origin__tier__level=1
    ).select_related("origin__tier", "raised_by")
    found = []
    for issue in issues.order_by("number"):
        local = issue.raised_at.astimezone(organisation.zone)
        if local.hour in WALKED and issue.raised_by is not None and issue.raised_at > now - timedelta(days=DAYS):
            issue.source = Source.ROUND
            found.append((issue, issue.raised_by, SetKind.STAFF, issue.raised_at - timedelta(minutes=6)))
    Issue.objects.bulk_update([row[0] for row in found], ["source"], batch_size=500)
    return found


def _planned(
    organisation: Organisation, seats: Sequence[_Seat], made: _Made
) -> list[tuple[Unit, User, SetKind, datetime]]:
    """Who goes where, and when: leads weekly, managers to a unit of theirs, the top on Tuesdays at 10:30."""
    today = made.now.astimezone(organisation.zone).date()
    units = [seat.unit for seat in seats if seat.unit.tier.level == 1]
    wards = list({unit.pk: unit for unit in units}.values())
    found: list[tuple[Unit, User, SetKind, datetime]] = []

    def add(unit: Unit, leader: User, kind: SetKind, days: int, hour: int, minute: int = 0) -> None:
        at = datetime.combine(today - timedelta(days=days), time(hour, minute), organisation.zone)
        found.append((unit, leader, kind, at + timedelta(minutes=int(made.rng.integers(0, 12)))))

    for week in range(DAYS // 7):
        for number, seat in enumerate(seats):
            days = week * 7 + (number * 3 + week) % 7
            if seat.role == Role.UNIT_LEAD and made.likely(0.6):
                add(seat.unit, seat.user, BY_LEADS[(week + number) % len(BY_LEADS)], days, 13 + number % 3)
            below = [ward for ward in wards if ward.path.startswith(seat.unit.path)]
            if seat.role == Role.MANAGER and below:
                add(made.one(below), seat.user, BY_MANAGERS[(week + number) % len(BY_MANAGERS)], days, 11)
            if seat.role == Role.EXECUTIVE and made.likely(0.5):
                tuesday = week * 7 + (today.weekday() - 1) % 7
                add(made.one(wards), seat.user, SetKind.SAFETY_WALK, tuesday, 10, 30)
            if seat.role == Role.EQUITY_OFFICER:
                add(made.one(wards), seat.user, SetKind.HUMBLE, days, 15)
            if seat.role == Role.UNIT_LEAD and week == 1 and number % 4 == 0:
                add(seat.unit, seat.user, SetKind.NEW_STARTER, days, 9)
    return sorted(found, key=lambda row: row[3])


def _lately(made: _Made, seat: _Seat, above: _Seat) -> None:
    """The last days of a unit: its lead asked on three days, and somebody of the executive team came by yesterday."""
    today = made.now.astimezone(seat.unit.organisation.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    for days, vow, hours in ((6, VOWS[0], None), (5, VOWS[6], 20), (1, VOWS[1], None)):
        row = _round(made, seat.unit, seat.user, SetKind.STAFF, today - timedelta(days=days) + timedelta(hours=13))
        _promise(made, row, vow, hours)
    came = _round(made, seat.unit, above.user, SetKind.SAFETY_WALK, today - timedelta(hours=AGO[seat.unit.code]))
    _promise(made, came, VOWS[7], None)
    for person, text in zip([seat.user, *made.staff.get(seat.unit.pk, ())], THANKS, strict=False):
        _thank(made, came, person, text)


def _sheets(made: _Made, above: _Seat, leads: Sequence[_Seat]) -> None:
    """Stat sheets of the last two weeks, before the huddle: a manager with each lead below, on most weekdays."""
    for seat in leads:
        today = made.now.astimezone(seat.unit.organisation.zone).date()
        for days in range(12, 0, -1) if seat.unit.parent_id == above.unit.pk else ():
            at = datetime.combine(today - timedelta(days=days), time(6, 45), seat.unit.organisation.zone)
            if at.weekday() < SATURDAY and made.likely(0.7):
                _round(made, seat.unit, above.user, SetKind.STAT_SHEET, at).partner = seat.user


def _round(made: _Made, unit: Unit, leader: User, kind: SetKind, at: datetime, issues: Sequence[Issue] = ()) -> Round:
    version = made.versions[kind]
    length = version.minutes * float(made.rng.uniform(0.7, 1.4))
    row = Round(
        uid=made.uid(),
        organisation_id=unit.organisation_id,
        unit=unit,
        version=version,
        leader=leader,
        began_at=at,
        ended_at=at + timedelta(minutes=length),
        received_at=at + timedelta(minutes=length + 1),
    )
    made.rounds.append(row)
    _answers(made, row, kind)
    for issue in issues:
        _note(made, row, None, text=issue.title, issue=issue, at=issue.raised_at)
    return row


def _follow(made: _Made, row: Round) -> None:
    """What else a round left behind, by chance."""
    if made.likely(0.15):
        _note(made, row, None, text=made.one(SEEN))
    if made.likely(0.5):
        asked = int(made.rng.integers(5, 10))
        made.minutes.append(Reflection(round=row, asked=asked, surprised=made.one(SURPRISED), at=row.began_at))
    if not row.version.shared:
        return
    if made.likely(0.45):
        staff = [one for one in made.staff.get(row.unit_id, ()) if one.pk != row.leader_id]
        _thank(made, row, made.one(staff) if staff and made.likely(0.7) else None, made.one(THANKS))
    if made.likely(0.4):
        vow = made.one(VOWS)
        ended = None if made.likely(0.12) else vow.days * 24 * float(made.rng.uniform(0.3, 1.2))
        _promise(made, row, vow, hours=ended)
    if made.staff.get(row.unit_id) and made.likely(0.12):
        by, said = made.one(made.staff[row.unit_id]), made.one(COMMENTS)
        at = min(row.began_at + timedelta(days=1), made.now)
        made.comments.append(RoundComment(uid=made.uid(), round=row, text=said, by=by, at=at))


def _answers(made: _Made, row: Round, kind: SetKind) -> None:
    for question in made.questions[row.version_id]:
        words = SAID[kind].get(question.position, ())
        if words and made.likely(0.7):
            said = made.one(words)
            tapped = said.startswith("=")
            _note(made, row, question, value=said[1:] if tapped else "", text="" if tapped else said)


def _note(
    made: _Made,
    row: Round,
    question: Question | None,
    *,
    value: str = "",
    text: str = "",
    issue: Issue | None = None,
    at: datetime | None = None,
) -> Observation:
    here = sum(note.round is row for note in made.notes[-30:])
    note = Observation(
        uid=made.uid(),
        round=row,
        question=question,
        position=here + 1,
        value=value,
        text=text,
        tags=themes_of(text),
        issue=issue,
        at=at or row.began_at + timedelta(minutes=here + 1),
    )
    made.notes.append(note)
    return note


def _thank(made: _Made, row: Round, person: User | None, text: str) -> None:
    """Thanks where the set asks for them; a huddle reads them out the next morning."""
    asked = next((each for each in made.questions[row.version_id] if each.kind == AnswerKind.THANKS), None)
    taken = any(note.round is row and note.question is asked for note in made.notes[-30:])
    read = row.began_at + timedelta(hours=20)
    made.thanks.append(
        Recognition(
            uid=made.uid(),
            organisation_id=row.organisation_id,
            unit=row.unit,
            round=row,
            observation=_note(made, row, asked) if asked is not None and not taken else None,
            person=person,
            name=person.name if person else made.one(OTHERS),
            text=text,
            by=row.leader,
            at=row.began_at + timedelta(minutes=5),
            read_out_at=read if read < made.now - timedelta(days=1) else None,
        )
    )


def _promise(made: _Made, row: Round, vow: Vow, hours: float | None) -> None:
    """A promise that was answered so many `hours` later; None for one that is open."""
    last = made.notes[-1] if made.notes and made.notes[-1].round is row else None
    ended = None if hours is None else row.began_at + timedelta(hours=hours)
    state = PromiseState.OPEN
    if ended is not None and ended < made.now:
        state = PromiseState.WITHDRAWN if vow.why and made.likely(0.2) else PromiseState.KEPT
    made.promises.append(
        Promise(
            uid=made.uid(),
            organisation_id=row.organisation_id,
            unit=row.unit,
            round=row,
            observation=last if last is not None and last.text and last.issue is None else None,
            text=vow.text,
            due_on=(row.began_at + timedelta(days=vow.days)).date(),
            by=row.leader,
            at=row.began_at + timedelta(minutes=6),
            state=state,
            answer={PromiseState.KEPT: vow.kept, PromiseState.WITHDRAWN: vow.why}.get(state, ""),
            ended_at=None if state == PromiseState.OPEN else ended,
            revision=1 if state == PromiseState.OPEN else 2,
        )
    )


def _write(made: _Made) -> None:
    Round.objects.bulk_create(made.rounds, batch_size=1000)
    Observation.objects.bulk_create(made.notes, batch_size=2000)
    Promise.objects.bulk_create(made.promises, batch_size=1000)
    Recognition.objects.bulk_create(made.thanks, batch_size=1000)
    RoundComment.objects.bulk_create(made.comments, batch_size=1000)
    Reflection.objects.bulk_create(made.minutes, batch_size=1000)
