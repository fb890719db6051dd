"""Clocks that stood still while an issue was parked or part of another one: they go on where they stood.

What stands still is in the history: the event that stopped a clock says which one and when it would have run out.
"""

from dataclasses import replace
from datetime import datetime

from huddles.actions.issues.history import Said
from huddles.models import Issue, IssueEvent
from huddles.queries.terms import Terms
from huddles.rules.clocks import CLOCKS, LEAST, Clock
from huddles.rules.issues import Act, Status


def stopping(issue: Issue, said: Said) -> Said:
    """`said` with the clock that stops now. Before the act is written."""
    clock = CLOCKS.get(Status(issue.status))
    return said if clock is None else replace(said, clock=clock, due_at=issue.clock_at)


def going_on(issue: Issue, terms: Terms, at: datetime, said: Said) -> tuple[datetime, Said]:
    """By when an issue that stands by itself again is to be taken, and `said` with what is left of the time in which it
    is answered, where somebody had taken it before. At another place than before the clock begins anew.
    """
    stop = _stopped(issue, terms)
    if stop is not None and stop.clock == Clock.ACKNOWLEDGE:
        return _left(stop, terms, terms.level.acknowledge_minutes, at), said
    if stop is not None and stop.clock == Clock.ANSWER:
        said = replace(said, clock=Clock.ANSWER, due_at=_left(stop, terms, terms.level.answer_minutes, at))
    return terms.acknowledge_by(at), said


def answer_by(issue: Issue, terms: Terms, at: datetime) -> datetime:
    """By when an issue that is taken now has its answer: within the time of the tier, or what was left of it, and no
    later than those who sent it up need it.
    """
    by = terms.answer_by(at)
    again = _taken_before(issue, terms) if issue.arrived_at > issue.raised_at else None
    if again is not None:
        by = min(by, _left(again, terms, terms.level.answer_minutes, at))
    if issue.ask and issue.needed_by is not None and issue.place_id != issue.origin_id and issue.needed_by > at:
        by = min(by, issue.needed_by)
    return by


def _stopped(issue: Issue, terms: Terms) -> IssueEvent | None:
    """The last event that stopped a clock of the issue at this place."""
    stops = issue.events.filter(act__in=(Act.PARK, Act.MERGE), due_at__isnull=False, from_place=terms.unit_id)
    return stops.exclude(clock__in=("", Clock.LOOK_AGAIN)).last()


def _taken_before(issue: Issue, terms: Terms) -> IssueEvent | None:
    """The event since which it stands by itself again, where that one knows what is left of the answer's time."""
    back = issue.events.filter(act__in=(Act.RESUME, Act.UNMERGE), at__gte=issue.arrived_at, to_place=terms.unit_id)
    return back.filter(clock=Clock.ANSWER).last()


def _left(stop: IssueEvent, terms: Terms, minutes: int, at: datetime) -> datetime:
    assert stop.due_at is not None
    return terms.after(at, max(terms.minutes_left(stop.at, stop.due_at), min(LEAST, minutes)))
