"""How an issue of the demo hospital goes from act to act: a timeline, and the row that it leaves at a moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np

from huddleboard.demo.concerns import CANNOT, NOT_YET, Concern
from huddleboard.demo.under_way import Waiting
from huddles.models import Choice, Issue, IssueEvent
from huddles.rules import issues as rules
from huddles.rules.issues import CLOSED, OPEN, Act, Ask, ChoiceKind, Outcome, Size, Status, Verdict
from org.models import Organisation, Unit, User

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who leads which unit, and which is above which: all that a path needs to know of the house."""

    organisation: Organisation
    units: Mapping[str, Unit]
    leads: Mapping[int, User]
    choices: Mapping[tuple[str, str], Choice]
    zone: ZoneInfo

    def above(self, unit: Unit, tier: int) -> Unit:
        """The unit of `tier` over `unit`, or the highest below it."""
        found = unit
        while found.parent_id is not None and found.tier.level < tier:
            found = next(one for one in self.units.values() if one.pk == found.parent_id)
        return found


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a path: when, what, by whom, and what changes."""

    at: datetime
    act: Act
    by: User | None
    changes: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)


def next_morning(at: datetime, zone: ZoneInfo, days: int = 1) -> datetime:
    """Six minutes after seven, so many mornings later: the unit huddles and hears what came back."""
    local = at.astimezone(zone)
    return datetime.combine(local.date() + timedelta(days=days), time(7, 6), zone)


def path_of(concern: Concern, unit: Unit, at: datetime, seats: Seats, rng: np.random.Generator) -> list[Step]:
    """The acts of one issue raised at `unit` at `at`, in order, the last one possibly still to come."""
    lead = seats.leads[unit.pk]
    chance = rng.random()
    if concern.tier == 1 and not concern.side and chance < 0.35:
        return _on_the_spot(concern, lead, at)
    if concern.side and concern.side in seats.units and seats.units[concern.side].pk != unit.pk:
        steps, place, last = _sideways(concern, seats, at, rng, lead)
    else:
        steps, place, last = _upwards(concern, unit, seats, at, rng, lead)
    doer = seats.leads[place.pk]
    if chance > 0.965 and concern.tier == 1:
        reason = seats.choices[ChoiceKind.PARK, "waits"]
        steps.append(Step(last + 5 * MINUTE, Act.PARK, doer, {"until": last + 9 * DAY}, {"choice": reason}))
        return steps
    due = last + timedelta(days=int(rng.integers(1, 4)))
    answer = {
        "outcome": Outcome.RESOURCED if concern.asked and rng.random() < 0.6 else Outcome.DECIDED,
        "tell_staff": concern.answer,
        "answered_at": last,
        "answered_by": doer,
        "answered_from": place,
        "due_at": due,
        "size": Size.BIG if concern.tier > 2 else Size.QUICK_HIT,
    }
    steps.append(
        Step(last, Act.ANSWER, doer, answer, {"outcome": answer["outcome"], "note": concern.answer, "due_at": due})
    )
    done = last + timedelta(hours=float(rng.gamma(2.0, 9.0)) + 1)
    if done > due and rng.random() < 0.8:
        steps.append(Step(due, Act.REMIND, None, {}, {"clock": "promise"}))
    steps.append(Step(done, Act.FINISH, doer, {"done_at": done}))
    return steps + _closing(done, unit, seats, rng, doer)


def _on_the_spot(concern: Concern, lead: User, at: datetime) -> list[Step]:
    done = at + 4 * MINUTE
    changes = {
        "outcome": Outcome.DECIDED,
        "tell_staff": concern.answer,
        "answered_at": done,
        "answered_by": lead,
        "done_at": done,
        "size": Size.ON_THE_SPOT,
    }
    word = {"verdict": Verdict.SOLVED, "verdict_at": done, "verdict_by": lead, "read_out_at": done}
    return [
        Step(done, Act.FINISH, lead, changes, {"note": concern.answer, "outcome": Outcome.DECIDED}),
        Step(done, Act.CONFIRM, lead, word, {"verdict": Verdict.SOLVED}),
    ]


def _sideways(
    concern: Concern, seats: Seats, at: datetime, rng: np.random.Generator, lead: User
) -> tuple[list[Step], Unit, datetime]:
    place = seats.units[concern.side]
    moved = at + int(rng.integers(5, 40)) * MINUTE
    taken = moved + timedelta(minutes=float(rng.gamma(2.0, 30.0)))
    handed = {"place": place, "owner": seats.leads[place.pk], "arrived_at": moved}
    steps = [
        Step(moved, Act.TRANSFER, lead, handed, {"note": "Please look at it today."}),
        Step(taken, Act.ACKNOWLEDGE, seats.leads[place.pk]),
    ]
    return steps, place, taken + 20 * MINUTE


def _upwards(
    concern: Concern, unit: Unit, seats: Seats, at: datetime, rng: np.random.Generator, lead: User
) -> tuple[list[Step], Unit, datetime]:
    steps: list[Step] = []
    place, moment = unit, at + 3 * MINUTE
    top = max(one.tier.level for one in seats.units.values())
    if concern.tier == 1:
        return [Step(at + MINUTE, Act.ACKNOWLEDGE, lead)], unit, moment
    for tier in range(2, min(concern.tier, top) + 1):
        above = seats.above(unit, tier)
        silent = tier == 2 and rng.random() < 0.06
        handed = {"place": above, "owner": seats.leads[above.pk], "arrived_at": moment, "climbs": int(silent)}
        if silent:
            moment += 4 * HOUR
            steps.append(Step(moment, Act.CLIMB, None, {**handed, "arrived_at": moment}, {"clock": "acknowledge"}))
        else:
            cannot = seats.choices[ChoiceKind.CANNOT, CANNOT[int(rng.integers(len(CANNOT)))]]
            needed = moment + 8 * HOUR
            ask = {"ask": Ask.RESOURCE, "asked": concern.asked, "cannot": cannot, "needed_by": needed}
            said = {"ask": Ask.RESOURCE, "choice": cannot, "due_at": needed}
            steps.append(Step(moment, Act.ESCALATE, seats.leads[place.pk], {**handed, **ask}, said))
        place = above
        local = moment.astimezone(seats.zone)
        huddle = datetime.combine(local.date(), time(6 + tier, 4 + int(rng.integers(8))), seats.zone)
        moment = max(huddle, moment + 12 * MINUTE)
        steps.append(Step(moment, Act.ACKNOWLEDGE, seats.leads[place.pk]))
        moment += 4 * MINUTE
    return steps, place, moment


def _closing(done: datetime, unit: Unit, seats: Seats, rng: np.random.Generator, doer: User) -> list[Step]:
    lead = seats.leads[unit.pk]
    chance = rng.random()
    if chance < 0.04:
        return [Step(next_morning(done, seats.zone, 4), Act.TIME_OUT, None, {}, {"clock": "confirm"})]
    heard = next_morning(done, seats.zone)
    steps = []
    if chance < 0.10:
        again = heard + timedelta(hours=float(rng.uniform(3, 26)))
        note = NOT_YET[int(rng.integers(len(NOT_YET)))]
        blank = {"outcome": "", "answered_at": None, "done_at": None, "reopened": 1, "arrived_at": heard}
        steps = [
            Step(heard, Act.REOPEN, lead, blank, {"note": note, "verdict": Verdict.NOT_SOLVED}),
            Step(heard + HOUR, Act.ACKNOWLEDGE, doer),
            Step(again, Act.FINISH, doer, {"done_at": again, "outcome": Outcome.DECIDED, "answered_at": again}),
        ]
        heard = next_morning(again, seats.zone)
    verdict = Verdict.PARTLY if chance > 0.94 else Verdict.SOLVED
    word = {"verdict": verdict, "verdict_at": heard, "verdict_by": lead}
    return [
        *steps,
        Step(heard, Act.READ_OUT, lead, {"read_out_at": heard}),
        Step(heard + MINUTE, Act.CONFIRM, lead, word, {"verdict": verdict}),
    ]


def under_way(waiting: Waiting, issue: Issue, seats: Seats, now: datetime) -> list[Step]:
    """The acts that bring a raised issue to where it stands now: up to its tier, then taken, and answered, done,
    declined or parked there.
    """
    steps: list[Step] = []
    ends = {"declined": "answered", "parked": "answered"}.get(waiting.status, waiting.status)
    hops = max(1, waiting.tier + ("raised", "acknowledged", "answered", "done").index(ends))
    pause = (now - issue.raised_at) / (hops + 1)
    moment, place = issue.raised_at, issue.origin
    for tier in range(2, waiting.tier + 1):
        moment += pause
        above = seats.above(place, tier)
        cannot = seats.choices[ChoiceKind.CANNOT, CANNOT[tier % len(CANNOT)]]
        needed = now + 6 * HOUR
        ask = {"ask": Ask.DECISION if tier == 4 else Ask.RESOURCE, "asked": waiting.concern.asked, "cannot": cannot}
        handed = {"place": above, "owner": seats.leads[above.pk], "arrived_at": moment, "needed_by": needed}
        said = {"ask": ask["ask"], "choice": cannot, "due_at": needed}
        steps.append(Step(moment, Act.ESCALATE, seats.leads[place.pk], {**handed, **ask}, said))
        place = above
    doer = seats.leads[place.pk]
    if waiting.status != "raised":
        moment += pause
        steps.append(Step(moment, Act.ACKNOWLEDGE, doer))
    if waiting.status in {"answered", "done"}:
        moment += pause
        answer = {
            "outcome": Outcome.RESOURCED,
            "tell_staff": waiting.concern.answer,
            "answered_at": moment,
            "answered_by": doer,
            "answered_from": place,
            "due_at": now + DAY,
            "size": Size.QUICK_HIT,
        }
        said = {"outcome": Outcome.RESOURCED, "note": waiting.concern.answer, "due_at": now + DAY}
        steps.append(Step(moment, Act.ANSWER, doer, answer, said))
    if waiting.status == "done":
        moment += pause
        steps.append(Step(moment, Act.FINISH, doer, {"done_at": moment}))
    if waiting.status in {"declined", "parked"}:
        steps.append(_not_now(waiting, doer, moment + pause, place, seats))
    return steps


def _not_now(waiting: Waiting, doer: User, at: datetime, place: Unit, seats: Seats) -> Step:
    """An honest no, or a day on which it is looked at again."""
    if waiting.status == "parked":
        reason = seats.choices[ChoiceKind.PARK, "waits"]
        return Step(at, Act.PARK, doer, {"until": at + 9 * DAY}, {"choice": reason})
    answer = {
        "outcome": Outcome.DECLINED,
        "tell_staff": waiting.concern.answer,
        "answered_at": at,
        "answered_by": doer,
        "answered_from": place,
        "done_at": at,
    }
    return Step(at, Act.DECLINE, doer, answer, {"outcome": Outcome.DECLINED, "note": waiting.concern.answer})


def live(issue: Issue, steps: Sequence[Step], now: datetime) -> list[IssueEvent]:
    """Let all acts up to `now` happen to a raised issue that is not stored yet; give its history.

    What is still to come shows as a clock that runs.
    """
    events = [_event(issue, Step(issue.raised_at, Act.RAISE, issue.raised_by), None)]
    until: datetime | None = None
    for step in (one for one in steps if one.at <= now):
        before = issue.place
        issue.status = rules.check(issue.status, step.act)
        for name, value in step.changes.items():
            if name == "until":
                until = value
            else:
                setattr(issue, name, value)
        if step.act == Act.ACKNOWLEDGE and step.by is not None:
            issue.owner = step.by
        issue.rang_at = step.at if step.act == Act.REMIND else None
        issue.changed_at = step.at
        if issue.status in CLOSED:
            issue.closed_at = step.at
        events.append(_event(issue, step, before))
    issue.clock_at = _clock(issue, until, now) if issue.status in OPEN else None
    issue.revision = len(events)
    return events


def _clock(issue: Issue, until: datetime | None, now: datetime) -> datetime:
    if issue.status == Status.ANSWERED and issue.due_at is not None:
        return issue.due_at
    if issue.status == Status.DONE and issue.done_at is not None:
        return max(issue.done_at + 3 * DAY, now + DAY)
    if issue.status == Status.PARKED and until is not None:
        return max(until, now + DAY)
    return max(issue.arrived_at + 4 * HOUR, now + 3 * HOUR)


def _event(issue: Issue, step: Step, before: Unit | None) -> IssueEvent:
    return IssueEvent(
        issue=issue,
        at=step.at,
        act=step.act,
        by=step.by,
        from_place=before,
        to_place=issue.place,
        owner=issue.owner,
        status=issue.status,
        **step.said,
    )
