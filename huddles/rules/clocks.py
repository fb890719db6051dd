"""Clocks of issues: how long each step may take, counted in the working time of a tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from huddles.rules.issues import Status, Urgency
from org.rules import OpenDays


class Clock(StrEnum):
    """What runs out."""

    ACKNOWLEDGE = "acknowledge"  # nobody has taken it
    ANSWER = "answer"  # it was taken and has no answer
    PROMISE = "promise"  # it was answered and is not done
    CONFIRM = "confirm"  # it is done and the origin has not said so
    LOOK_AGAIN = "look_again"  # it is parked until a day


#: Every status in which somebody has to do something has one clock, and no other has any.
CLOCKS: Final[Mapping[Status, Clock]] = {
    Status.RAISED: Clock.ACKNOWLEDGE,
    Status.ACKNOWLEDGED: Clock.ANSWER,
    Status.ANSWERED: Clock.PROMISE,
    Status.DONE: Clock.CONFIRM,
    Status.PARKED: Clock.LOOK_AGAIN,
}


@dataclass(frozen=True, slots=True)
class Level:
    """How long a tier has for an issue of one urgency. Minutes count in working time where `working` says so.

    `quick_hit_days`, `big_days`: calendar days until a quick hit is done, or a big issue has its plan.
    `confirm_huddles`: working days that the origin has to confirm. `check_in_days`: calendar days from one look at a
    big issue to the next.
    """

    acknowledge_minutes: int
    answer_minutes: int
    quick_hit_days: int = 3
    big_days: int = 14
    confirm_huddles: int = 3
    working: bool = True
    works_from: time = time(7, 0)
    works_until: time = time(18, 0)
    check_in_days: int = 14


#: What a hospital starts with, by tier and urgency; a tier beyond the table has the highest row of it. All editable.
DEFAULT_LEVELS: Final[Mapping[tuple[int, Urgency], Level]] = {
    (1, Urgency.ROUTINE): Level(60 * 4, 60 * 8, works_from=time(6, 0), works_until=time(22, 0)),
    (1, Urgency.URGENT): Level(5, 30, working=False),
    (2, Urgency.ROUTINE): Level(60 * 4, 60 * 11),
    (2, Urgency.URGENT): Level(15, 60, working=False),
    (3, Urgency.ROUTINE): Level(60 * 4, 60 * 11),
    (3, Urgency.URGENT): Level(15, 60, working=False),
    (4, Urgency.ROUTINE): Level(60 * 4, 60 * 11),
    (4, Urgency.URGENT): Level(30, 60, working=False),
    # A gap between groups is weeks old when it is asked about: days of eleven working hours.
    (1, Urgency.GAP): Level(5 * 660, 10 * 660, quick_hit_days=14, big_days=60),
    (2, Urgency.GAP): Level(2 * 660, 10 * 660, quick_hit_days=14, big_days=60),
    (3, Urgency.GAP): Level(2 * 660, 10 * 660, quick_hit_days=14, big_days=60),
    (4, Urgency.GAP): Level(660, 10 * 660, quick_hit_days=14, big_days=60),
}
_HIGHEST: Final = max(level for level, _urgency in DEFAULT_LEVELS)

#: Minutes that a clock which stood still has left at least: whoever gets the issue back can do something.
LEAST: Final = 15

#: A calendar in which no day is open would never let a clock ring: after this it rings all the same.
LONGEST: Final = timedelta(days=60)


def default_level(tier: int, urgency: Urgency) -> Level:
    """What a tier starts with."""
    return DEFAULT_LEVELS[min(max(tier, 1), _HIGHEST), urgency]


def deadline(start: datetime, minutes: int, level: Level, days: OpenDays, zone: tzinfo) -> datetime:
    """When `minutes` after `start` (aware) have passed, as UTC.

    Where the level counts working time, only minutes between `works_from` and `works_until` of open days in `zone`
    count; a window that ends at or before its start spans midnight and belongs to the day on which it began. Counted
    as moments, so that an hour that comes twice or is missing counts as long as it lasts.
    """
    if not level.working:
        return start.astimezone(UTC) + timedelta(minutes=minutes)
    left = timedelta(minutes=minutes)
    moment = start.astimezone(UTC)
    latest = moment + LONGEST
    first = start.astimezone(zone).date() - timedelta(days=1)
    for offset in range(LONGEST.days + 2):
        day = first + timedelta(days=offset)
        if not days.is_open(day):
            continue
        opens, closes = _window(day, level, zone)
        moment_here = max(moment, opens)
        if moment_here >= closes:
            continue
        if moment_here + left <= closes:
            return min(moment_here + left, latest)
        left -= closes - moment_here
    return latest


def minutes_left(start: datetime, end: datetime, level: Level, days: OpenDays, zone: tzinfo) -> int:
    """The minutes that count from `start` until `end` (aware), begun ones too: `deadline` read backwards. 0 where `end`
    has passed.
    """
    begin, last = start.astimezone(UTC), min(end.astimezone(UTC), start.astimezone(UTC) + LONGEST)
    if last <= begin:
        return 0
    left = last - begin
    if level.working:
        left = timedelta(0)
        first = start.astimezone(zone).date() - timedelta(days=1)
        for offset in range((last - begin).days + 3):
            day = first + timedelta(days=offset)
            if days.is_open(day):
                opens, closes = _window(day, level, zone)
                left += max(min(last, closes) - max(begin, opens), timedelta(0))
    return -(-left // timedelta(minutes=1))


def open_day_after(day: date, number: int, days: OpenDays) -> date:
    """The `number`-th open day after `day`; the last day looked at where too few are open."""
    found = day
    for offset in range(1, LONGEST.days + 1):
        found = day + timedelta(days=offset)
        number -= days.is_open(found)
        if number <= 0:
            break
    return found


def check_in_days(today: date, due: date, every: int, most: int, days: OpenDays) -> list[date]:
    """The days on which a big issue is looked at from `today` until the day before it is `due`: each `every` days, on
    the next open day; where it is due sooner, once halfway. At most `most`; none where no day lies between.
    """
    between = (due - today).days
    if between < 2:
        return []
    steps = range(every, between, every) if every < between else [between // 2]
    found = []
    for step in steps:
        day = open_day_after(today + timedelta(days=step - 1), 1, days)
        if day < due and day not in found:
            found.append(day)
    return found[:most]


def _window(day: date, level: Level, zone: tzinfo) -> tuple[datetime, datetime]:
    last = day if level.works_until > level.works_from else day + timedelta(days=1)
    return (
        datetime.combine(day, level.works_from, zone).astimezone(UTC),
        datetime.combine(last, level.works_until, zone).astimezone(UTC),
    )
