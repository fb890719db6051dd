"""What a round holds, how much of it, and how a promise ends."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.rules import NotAllowed

ANSWER_LENGTH: Final = 1000
THANKS_LENGTH: Final = 280
PROMISE_LENGTH: Final = 200
NAME_LENGTH: Final = 80
COMMENT_LENGTH: Final = 500
#: So long whoever wrote a comment gives it other words. Taking it back has no end.
CORRECTED_WITHIN: Final = timedelta(minutes=15)

#: A phone may lie in a drawer for a while. What is older is taken as of this long ago.
OLDEST: Final = timedelta(days=30)
#: How long a device may hand in a round for a unit that it was given, whoever leads there by then.
PASS_DAYS: Final = 14
MOST_OBSERVATIONS: Final = 200
MOST_PHOTOS: Final = 6
LONGEST_PROMISE: Final = timedelta(days=366)
#: Observations are to be answered within this time.
ANSWERED_WITHIN: Final = timedelta(days=7)


class PromiseState(TextChoices):
    """Where a promise stands."""

    OPEN = "open", _("Open")
    KEPT = "kept", _("Kept")
    WITHDRAWN = "withdrawn", _("Could not be kept")


def check_due(due_on: date, today: date) -> None:
    """Refuse a promise for a day that is over or too far away. Raises NotAllowed."""
    if due_on < today:
        raise NotAllowed(_now("Promise it for today or a later day."), field="due_on")
    if due_on > today + LONGEST_PROMISE:
        raise NotAllowed(_now("Promise it for a day within a year."), field="due_on")


def within(said: datetime | None, *, earliest: datetime, latest: datetime) -> datetime:
    """When something happened, by the clock of a device: never before `earliest`, never after `latest`."""
    return latest if said is None else min(max(said, earliest), latest)


class Differs(NotAllowed):
    """Somebody has changed the same thing meanwhile, or it was done from another device: a person decides.

    `theirs` is what stands now, in words that can be shown beside one's own; `revision` what to build on.
    """

    def __init__(self, theirs: Mapping[str, str], revision: int) -> None:
        super().__init__(_now("This was changed meanwhile. Choose what stays."))
        self.theirs = theirs
        self.revision = revision
