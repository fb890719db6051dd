"""The last weeks of nights of the demo hospital, looked at by the code that looks at every night.

Nothing is written here: snapshots stand, the rules decide, clocks ring, and people act as they do on any page.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Final

import numpy as np

from analytics.signals.machine import OPEN as ASKED
from boards.actions.references import choose_reference
from boards.actions.telling import complete_month, tell_groups
from boards.models import Dimension, Measure, Signal, TellingMonth
from boards.signals import night
from boards.telling.months import month_of
from huddleboard.demo import story
from huddles.actions import issues
from huddles.actions import signals as carrying
from huddles.models import Issue, SignalIssue
from huddles.queries import signals as found
from huddles.queries.terms import terms_of
from huddles.rules.issues import OPEN, Outcome, Source, Status, Urgency, Verdict
from improvement.actions.limits import keep_limits
from org.models import Organisation, Unit, User

NIGHTS: Final = 28
#: When a night is looked at: the snapshot of the day before stands.
_HOUR: Final = time(5, 30)
_FEWEST: Final = 5

#: What staff hear about a gap in a measure.
_ANSWERS: Final = {
    "no_show": "Reminder calls go out in the patient's language two days before the visit.",
    "bp_recheck": "The cuff stays on, and the second reading is taken before the patient leaves the room.",
    "bp_control": "The nurse calls back whoever missed the recheck, with an interpreter on the line.",
    "med_history": "An interpreter is on the line when the pharmacist asks which medicines are taken at home.",
}
_ANSWER: Final = "We read the last twenty cases with interpreter services and change one thing for two weeks."
_DONE: Final = "It is in place on all shifts, and the huddle looks at it every Monday."
_DISMISSED: Final = (
    "All cases of these weeks were read one by one. They have no cause in common; it comes back if it grows."
)

Act = Callable[[Issue, datetime], object]


@dataclass
class _Nights:
    """Acts of people that are still to come, by their moment; `first_telling`: the night before groups are told of;
    `tried`: what asked for an issue and which issues were open when nothing more was to be raised.
    """

    organisation: Organisation
    at: datetime
    first_telling: date
    plans: Iterator[int] = field(default_factory=count)
    coming: list[tuple[datetime, int, Act]] = field(default_factory=list)
    tried: tuple[frozenset[int], frozenset[int]] | None = None

    def moment(self, day: date) -> datetime:
        """The morning after `day`, or now where that is still to come."""
        return min(datetime.combine(day + timedelta(days=1), _HOUR, self.organisation.zone), self.at)


def make_nights(organisation: Organisation, last: date, at: datetime) -> tuple[int, int]:
    """Look at the nights to `last` one after the other, let clocks ring and people act until `at`. Returns how many
    gaps ask for help then, and how many issues they became.
    """
    nights = _Nights(organisation, at, _first_telling(organisation, last, at))
    for back in reversed(range(NIGHTS)):
        day = last - timedelta(days=back)
        moment = nights.moment(day)
        _tell(nights, day, moment)
        if night.look(organisation, day, moment).changes:
            _carry_on(nights, moment)
        _live_until(nights, nights.moment(day + timedelta(days=1)) if back else at)
    asked = Signal.objects.filter(organisation=organisation, state__in=[state.value for state in ASKED])
    return asked.count(), SignalIssue.objects.filter(signal__organisation=organisation).count()


def _first_telling(organisation: Organisation, last: date, at: datetime) -> date:
    """The day after whose night silence would carry an issue of the story to the executive team by now."""
    unit = organisation.units.get(code=story.UNIT)
    for back in range(_FEWEST, NIGHTS):
        day = last - timedelta(days=back)
        moment = datetime.combine(day + timedelta(days=1), _HOUR, organisation.zone)
        place: Unit | int | None = unit
        while place is not None:
            terms = terms_of(place, Urgency.GAP, moment)
            place = terms.parent_id
            if place is not None:
                moment = terms.acknowledge_by(moment)
        if moment <= at:
            return day
    return last - timedelta(days=NIGHTS - 1)


def _tell(nights: _Nights, day: date, moment: datetime) -> None:
    """Publish the months that are complete; with the first ones the story's reference is chosen and its limit set."""
    organisation = nights.organisation
    if day < nights.first_telling:
        return
    done = TellingMonth.objects.filter(organisation=organisation).first()
    if done is not None and month_of(done.done) >= complete_month(organisation, moment):
        return
    tell_groups(organisation=organisation, at=moment)
    if done is None:
        measure = Measure.objects.get(organisation=organisation, code=story.MEASURE)
        language = Dimension.objects.get(organisation=organisation, code="language")
        choose_reference(measure=measure, dimension=language, rule="fixed", group="English", by=None, at=moment)
    keep_limits(organisation=organisation, at=moment)


def _carry_on(nights: _Nights, at: datetime) -> None:
    """What the clock does with signals and issues, for this house alone; people take up what is new."""
    own = set(Signal.objects.filter(organisation=nights.organisation).values_list("pk", flat=True))
    most = len(own) + 1
    asking = [pk for pk in found.to_raise(most) if pk in own]
    if (frozenset(asking), _open(own)) != nights.tried:
        for pk in asking:
            issue = carrying.raise_for(signal_id=pk, at=at)
            if issue is not None:
                nights.coming += _planned(nights, issue, at)
    mine = _open(own)
    for pk in found.to_follow(most):
        if pk in mine:
            carrying.follow(issue_id=pk, at=at)
    for pk, last in found.to_tell(most):
        if pk in mine:
            carrying.tell_newest(issue_id=pk, last=last, at=at)
    if mine == _open(own):
        nights.tried = frozenset(pk for pk in found.to_raise(most) if pk in own), mine


def _open(signals: Collection[int]) -> frozenset[int]:
    return frozenset(SignalIssue.objects.filter(signal__in=signals, is_open=True).values_list("issue", flat=True))


def _live_until(nights: _Nights, until: datetime) -> None:
    """Let clocks ring and people act, in the order of their moments, up to `until`."""
    ours = Issue.objects.filter(organisation=nights.organisation, source=Source.RULE)
    while True:
        rung: tuple[datetime, int] | None = (
            ours.ringing(until).order_by("clock_at", "pk").values_list("clock_at", "pk").first()  # type: ignore[assignment]
        )
        acts = min(nights.coming, default=None, key=lambda one: one[:2])
        if acts is not None and acts[0] > until:
            acts = None
        if acts is not None and (rung is None or acts[0] <= rung[0]):
            nights.coming.remove(acts)
            moment, pk, act = acts
            issue = ours.select_related("owner", "origin").get(pk=pk)
            if Status(issue.status) in OPEN:
                act(issue, moment)
        elif rung is not None:
            moment = rung[0]
            issues.ring(issue_id=rung[1], at=moment)
        else:
            return
        _carry_on(nights, moment)


def _planned(nights: _Nights, issue: Issue, at: datetime) -> list[tuple[datetime, int, Act]]:
    """What people will do about a new issue, each a different way in turn; nothing about that of the story: nobody
    takes it, and it climbs.
    """
    if (issue.origin.code, issue.measure and issue.measure.code) == (story.UNIT, story.MEASURE):
        return []
    zone = nights.organisation.zone

    def on(days: int, hour: int, minute: int = 6) -> datetime:
        day: date = np.busday_offset(at.astimezone(zone).date(), days, roll="forward").astype(object)
        return datetime.combine(day, time(hour, minute), zone)

    done = on(4, 15)
    ways: list[list[tuple[datetime, Act]]] = [
        [(on(1, 7), _acknowledge), (on(2, 9), _answer)],
        [(on(0, 7), _acknowledge), (on(1, 9), _answer), (done, _finish), (done + timedelta(hours=16), _confirm)],
        [(on(3, 10), _dismiss)],
        [(on(2, 7), _acknowledge)],
        [(on(10, 10), _acknowledge), (on(11, 10), _answer)],
    ]
    way = ways[next(nights.plans) % len(ways)]
    return [(moment, issue.pk, act) for moment, act in way]


def _acknowledge(issue: Issue, at: datetime) -> None:
    if issue.status == Status.RAISED:
        issues.acknowledge(issue=issue, by=_owner(issue), at=at)


def _answer(issue: Issue, at: datetime) -> None:
    said = _ANSWERS.get(issue.measure.code if issue.measure else "", _ANSWER)
    due = at + timedelta(days=14)
    issues.answer(issue=issue, outcome=Outcome.DECIDED, tell_staff=said, due_at=due, by=_owner(issue), at=at)


def _finish(issue: Issue, at: datetime) -> None:
    issues.finish(issue=issue, by=_owner(issue), at=at, note=_DONE)


def _confirm(issue: Issue, at: datetime) -> None:
    lead = terms_of(issue.origin, Urgency.GAP, at).lead
    assert lead is not None
    issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=User.objects.get(pk=lead), at=at)


def _dismiss(issue: Issue, at: datetime) -> None:
    officer = User.objects.get(pk=found.officers(issue.origin)[0][0])
    signal = Signal.objects.get(issues__issue=issue)
    carrying.dismiss(signal=signal, reason=_DISMISSED, by=officer, at=at)


def _owner(issue: Issue) -> User:
    assert issue.owner is not None
    return issue.owner
