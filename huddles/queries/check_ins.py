"""The days on which a big issue was and will be looked at, as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from boards.queries.words import short_day
from huddles.models import CheckIn, Issue
from huddles.queries import words
from huddles.rules.issues import Seen

#: What was seen → the sign of the sprite; the words stand beside it.
SIGNS: Final[Mapping[Seen, str]] = {Seen.ON_TRACK: "met", Seen.NEEDS_HELP: "at_risk", Seen.DONE: "met"}


@dataclass(frozen=True, slots=True)
class CheckInRow:
    """A check-in. `state` is ahead, today, late or seen; `look_at` and `line` are people's own words."""

    pk: int
    day: str
    date: date
    state: str
    sign: str
    look_at: str
    seen: str
    line: str
    by: str
    when: str

    @property
    def is_open(self) -> bool:
        """Whether nobody has looked yet."""
        return self.state != "seen"

    @property
    def asks(self) -> bool:
        """Whether it is to be looked at now."""
        return self.state in {"today", "late"}


def check_in_rows(issue: Issue, now: datetime) -> list[CheckInRow]:
    """The check-ins of an issue found for somebody, in the order of their days. `now` is local; one statement."""
    return [_row(one, now) for one in issue.check_ins.select_related("seen_by").order_by("day", "pk")]


def _row(one: CheckIn, now: datetime) -> CheckInRow:
    today = now.date()
    if one.seen:
        state, sign = "seen", SIGNS[Seen(one.seen)]
    elif one.day < today:
        state, sign = "late", "missed"
    else:
        state, sign = "today" if one.day == today else "ahead", "not_due"
    return CheckInRow(
        pk=one.pk,
        day=short_day(one.day, today),
        date=one.day,
        state=state,
        sign=sign,
        look_at=one.look_at,
        seen=str(Seen(one.seen).label) if one.seen else "",
        line=one.line,
        by=str(one.seen_by or ""),
        when=words.clock(one.seen_at, now) if one.seen_at else "",
    )
