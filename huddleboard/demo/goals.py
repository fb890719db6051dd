"""The goal of the equity story: pain relief in time, in every language, with its charter, its voices and its reviews.

It needs nothing that was told of groups of patients: where it stands shows as soon as something is.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final

from boards.models import Dimension, Measure
from huddleboard.demo import story
from huddleboard.demo.causes import Note
from huddleboard.demo.story import months_before
from improvement.actions import goals, reviews, voices
from improvement.actions.goals import Aim, Charter
from improvement.models import Goal
from improvement.queries import goal_words as words
from improvement.queries.goals import standing_of
from improvement.rules.goals import Status
from org.models import Membership, Organisation, Unit, User
from org.rules import Role

BALANCING: Final = "ed_lwbs"
GOAL_MONTHS: Final = 12
#: From this number of cases on each side domain.md §3.4 judges.
MINIMUM: Final = 11
#: Months after the beginning on which the goal is looked at.
REVIEWED: Final = (3, 6, 9, 12)
#: The executive team of the demo in the order of its seats: the third is the chief medical officer.
_CMO: Final = 2


def _after(month: date, months: int) -> date:
    """The first day of the month `months` after the one that begins with `month`."""
    index = month.year * 12 + month.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def goal_months(last: date) -> tuple[date, date]:
    """The first month of the goal of the story that ends with `last`, and the last one of the year before it: whole
    months, so that none has days of both.
    """
    start = story.goal_start(last)
    first = start if start.day == 1 else _after(start, 1)
    return first, months_before(start.replace(day=1), 1)


def make_goals(
    organisation: Organisation,
    units: Mapping[str, Unit],
    leads: Mapping[str, User],
    last: date,
    at: datetime,
    *,
    numbered: bool,
) -> Goal:
    """The emergency department's goal, begun when the story turns, looked at since. `numbered`: the house has numbers
    of the months before; one of sixty days has none, and no goal could begin there.
    """
    first, before = goal_months(last)
    unit, owner = units[story.UNIT], leads[story.UNIT]
    measures = {
        m.code: m for m in Measure.objects.filter(organisation=organisation, code__in=(story.MEASURE, BALANCING))
    }
    aim = Aim(
        measure=measures[story.MEASURE],
        dimension=Dimension.objects.get(organisation=organisation, code="language"),
        group="Spanish",
        reference="English",
        raise_by=0.2,
        narrow_by=0.2,
        baseline_first=_after(before, 1 - story.BASELINE_MONTHS),
        baseline_last=before,
        first_month=first,
        last_month=_after(first, GOAL_MONTHS - 1),
        minimum=MINIMUM,
    )
    charter = Charter(
        title="Pain relief in time, in every language",
        balancing=measures[BALANCING],
        owner=owner,
        sponsor=_sponsor(organisation),
        partners="the patient and family council",
        if_missed="The executive team hears why at its next huddle and decides on an A3 and on staff for interpreting.",
        source_note="Times from the emergency department's record. Language is asked at triage, by the patient's word.",
        ask="Two more interpreters for evenings and weekends.",
    )
    began = _moment(organisation, first)
    early = began - timedelta(days=14)
    goal = goals.draft(unit=unit, title=charter.title, by=owner, at=early)
    goal = goals.write(goal=goal, charter=charter, aim=aim, by=owner, at=early)
    _hear(organisation, goal, owner, began)
    days = [_after(first, months) + timedelta(days=13) for months in REVIEWED]
    planned = [reviews.plan(goal=goal, day=day, by=owner, at=began) for day in days]
    if numbered:
        goals.activate(goal=goal, by=owner, at=began)
    else:
        Goal.objects.filter(pk=goal.pk).update(status=Status.ACTIVE, activated_at=began)
    for review in planned:
        held = _moment(organisation, review.day)
        if held < at:
            reviews.hold(
                review=review,
                seen="More patients get relief in time. In Spanish it takes as long as before.",
                decided="Ask for the language first at triage, and look again in three months.",
                by=owner,
                at=held,
            )
    return goal


def note_of(goal: Goal, today: date) -> Note:
    """The word on the chart where the goal begins: both aims as its page tells them."""
    [standing] = standing_of([goal], today)
    row = words.row(standing, today)
    text = f"Goal: all {row.rate_aim}, gap {goal.group} to {row.reference} {row.gap_aim}"
    assert goal.first_month is not None
    return Note(story.UNIT, story.MEASURE, goal.first_month, text)


def _moment(organisation: Organisation, day: date) -> datetime:
    return datetime.combine(day, time(14), organisation.zone)


def _sponsor(organisation: Organisation) -> User:
    seats = Membership.objects.filter(
        unit__organisation=organisation, unit__parent__isnull=True, role=Role.EXECUTIVE
    ).select_related("user")
    found = [seat.user for seat in seats.order_by("pk")]
    return found[min(_CMO, len(found) - 1)]


def _hear(organisation: Organisation, goal: Goal, by: User, began: datetime) -> None:
    for days, heard, said, changed in (
        (
            20,
            "Patient and family council",
            "Nobody asks about pain in our language. We wait until somebody finds the telephone.",
            "Triage asks about pain in Spanish, from a card.",
        ),
        (
            12,
            "Health promoters of the parish",
            "People say that it hurts only a little, because they do not want to be a burden.",
            "",
        ),
    ):
        day = (began - timedelta(days=days)).date()
        voices.record(
            organisation=organisation, goal=goal, heard=heard, day=day, said=said, changed=changed, by=by, at=began
        )
