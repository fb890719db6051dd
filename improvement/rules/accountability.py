"""Who answers for the area, and to whom its yearly report is told."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from org.rules import NotAllowed

HOW_LENGTH: Final = 160
TITLE_LENGTH: Final = 80
FIRST_YEAR: Final = 2020


class Audience(TextChoices):
    """To whom a yearly report was told."""

    LEADERS = "leaders", gettext_lazy("Leaders")
    STAFF = "staff", gettext_lazy("Staff and licensed practitioners")
    DIRECTORS = "directors", gettext_lazy("Board of directors")
    COMMUNITY = "community", gettext_lazy("Patients and community")


#: A year's report counts as told when these have heard it.
NEEDED: Final = frozenset({Audience.LEADERS, Audience.STAFF})


def check_told(year: int, told_on: date, today: date) -> None:
    """Raise NotAllowed, naming the field, for a year or a day that cannot be."""
    if not FIRST_YEAR <= year <= today.year:
        raise NotAllowed(
            _("A report is about a year from %(first)s to %(last)s.") % {"first": FIRST_YEAR, "last": today.year},
            field="year",
        )
    if told_on > today:
        raise NotAllowed(_("This day is still to come. Write it down once it was told."), field="told_on")
    if told_on.year < year:
        raise NotAllowed(_("It was told before the year began that it is about."), field="told_on")


def missing_audiences(told: Collection[tuple[date, str]], today: date) -> list[Audience]:
    """Who has not heard a report within the last twelve months."""
    since = today - timedelta(days=366)
    heard = {to for day, to in told if day >= since}
    return [audience for audience in Audience if audience in NEEDED and audience not in heard]
