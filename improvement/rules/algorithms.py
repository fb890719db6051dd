"""The registry of algorithms and guidelines that use race: kinds, states of review, what a review has to say."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from improvement.rules.reviews import check_day
from org.rules import NotAllowed


class Kind(TextChoices):
    """What it is that looks at race or ethnicity."""

    ALGORITHM = "algorithm", gettext_lazy("Algorithm or calculator")
    GUIDELINE = "guideline", gettext_lazy("Guideline")
    ORDER_SET = "order_set", gettext_lazy("Order set")
    RANGE = "range", gettext_lazy("Reference range")
    DEVICE = "device", gettext_lazy("Device")


class Review(TextChoices):
    """Where the review stands."""

    NOT_REVIEWED = "not_reviewed", gettext_lazy("Not reviewed")
    UNDER_REVIEW = "under_review", gettext_lazy("Under review")
    KEPT = "kept", gettext_lazy("Kept with a reason")
    CHANGED = "changed", gettext_lazy("Changed")
    RETIRED = "retired", gettext_lazy("Retired")


#: The order of a list: what nobody has looked at comes first.
ORDER: Final[Mapping[Review, int]] = {
    Review.NOT_REVIEWED: 0,
    Review.UNDER_REVIEW: 1,
    Review.KEPT: 2,
    Review.CHANGED: 3,
    Review.RETIRED: 4,
}
#: Nothing goes back to "not reviewed": what was looked at stays looked at.
NEXT: Final[Mapping[Review, frozenset[Review]]] = {
    status: frozenset(Review) - {Review.NOT_REVIEWED} for status in Review
}
#: These say what was decided and why.
DECIDED: Final = frozenset({Review.KEPT, Review.CHANGED, Review.RETIRED})
#: These are looked at again by a day.
COMES_BACK: Final = frozenset({Review.UNDER_REVIEW, Review.KEPT, Review.CHANGED})
#: Days from one review to the next unless somebody says otherwise.
REVIEW_DAYS: Final = 365

TEXT_LENGTH: Final = 600
NAME_LENGTH: Final = 160


def check_review(before: Review, after: Review, *, decision: str, next_review: date | None, today: date) -> None:
    """Raise NotAllowed, naming the field, where a review leaves out what its outcome has to say."""
    if after not in NEXT[before]:
        raise NotAllowed(_("What was looked at once does not become “not reviewed” again."), field="status")
    if after in DECIDED and not decision.strip():
        raise NotAllowed(_("Say what was decided and why, in a sentence or two."), field="decision")
    if after in COMES_BACK and next_review is None:
        raise NotAllowed(_("Give the day by which it is looked at again."), field="next_review")
    if next_review is not None and next_review <= today:
        raise NotAllowed(_("The next look lies ahead: choose a day after today."), field="next_review")
    if next_review is not None:
        check_day(next_review, today, "next_review")


def is_overdue(status: Review, next_review: date | None, today: date) -> bool:
    """Whether somebody should have looked by now; what is retired is never due."""
    return status in COMES_BACK | {Review.NOT_REVIEWED} and next_review is not None and next_review < today
