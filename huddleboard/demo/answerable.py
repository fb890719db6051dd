"""Who answers for equity in the demo hospital, whom its yearly report was told, and which guidelines use race."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from improvement.actions import accountability, algorithms
from improvement.rules.accountability import Audience
from improvement.rules.algorithms import Review
from org.models import Membership, Organisation, User
from org.rules import Role

#: Days before the last one on which the list was taken and the leader named.
_BEGAN: Final = 330


@dataclass(frozen=True, slots=True)
class _Looked:
    """A review: how many days ago, of what, how it ended, and how many days later it is looked at again."""

    ago: int
    code: str
    status: Review
    decision: str = ""
    replaced_by: str = ""
    again: int | None = None


_REVIEWS: Final[Sequence[_Looked]] = (
    _Looked(
        310, "egfr", Review.CHANGED,
        "The laboratory reports without the coefficient. Nephrology wrote to patients whose stage changed.",
        "CKD-EPI 2021 without race", 365,
    ),
    _Looked(
        280, "vbac", Review.RETIRED,
        "Nobody needs a score for this talk. The chance is told from the patient's own history.",
    ),
    _Looked(
        210, "oximeter", Review.KEPT,
        "There is no other device yet. Below 94 % a blood gas is drawn whatever the skin; staff were shown why.",
        "", 365,
    ),
    _Looked(100, "pft", Review.UNDER_REVIEW, "", "", 90),
)  # fmt: skip


def make_answerable(organisation: Organisation, last: date) -> None:
    """A leader by name, last year's report, and the registry with some guidelines reviewed and one overdue."""
    seats = Membership.objects.current().filter(unit__organisation=organisation).select_related("user").order_by("pk")
    officer = next(seat.user for seat in seats if seat.role == Role.EQUITY_OFFICER)
    executives = [seat.user for seat in seats if seat.role == Role.EXECUTIVE]

    def on(ago: int) -> datetime:
        return datetime.combine(last - timedelta(days=ago), time(14), organisation.zone)

    accountability.name_leader(
        organisation=organisation,
        user=officer,
        title="Health equity officer",
        since=last - timedelta(days=_BEGAN),
        by=executives[0],
        at=on(_BEGAN),
    )
    _tell_last_year(organisation, last, officer)
    algorithms.adopt_list(organisation=organisation, by=officer, at=on(_BEGAN))
    known = {one.code: one for one in organisation.algorithms.all()}
    for looked in _REVIEWS:
        day = last - timedelta(days=looked.ago)
        algorithms.review(
            algorithm=known[looked.code],
            status=looked.status,
            decision=looked.decision,
            replaced_by=looked.replaced_by,
            next_review=None if looked.again is None else day + timedelta(days=looked.again),
            by=officer,
            at=on(looked.ago),
        )


def _tell_last_year(organisation: Organisation, last: date, by: User) -> None:
    """The report about the year before, told in February where that is over: to leaders, staff and the board."""
    year = last.year - 1 if last >= date(last.year, 3, 1) else last.year - 2
    for day, audience, how in (
        (9, Audience.LEADERS, "Executive huddle, ten minutes with the charts"),
        (16, Audience.STAFF, "Read out in the huddles of all units; letter to medical staff"),
        (24, Audience.DIRECTORS, "Quality committee of the board"),
    ):
        told_on = date(year + 1, 2, day)
        accountability.told(
            organisation=organisation,
            year=year,
            told_on=told_on,
            audience=audience,
            how=how,
            by=by,
            at=datetime.combine(told_on, time(14), organisation.zone),
        )
