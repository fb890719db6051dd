"""What people said to rounds since whoever led them last looked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Max
from django.urls import reverse

from huddles.queries import words
from org.models import User
from rounding.models import Round, RoundComment

#: More rounds with new comments than these are not listed at once.
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class NewComments:
    """A round that one led and to which others said something: how many, and when the last of them did."""

    url: str
    name: str
    unit: str
    count: int
    when: str


def new_comments(user: User, now: datetime) -> Sequence[NewComments]:
    """Rounds that `user` leads with comments that they have not read, the newest first. Two statements."""
    rows = (
        RoundComment.objects.visible_to(user)
        .new_to(user)
        .order_by()
        .values("round")
        .annotate(count=Count("pk"), last=Max("at"))
        .order_by("-last", "-round")[:MOST]
    )
    said = {row["round"]: row for row in rows}
    rounds = (
        Round.objects.visible_to(user).select_related("unit__organisation", "version__question_set").in_bulk(list(said))
    )
    return [
        NewComments(
            url=reverse("rounding:round", args=[pk]),
            name=rounds[pk].version.question_set.name,
            unit=rounds[pk].unit.name,
            count=row["count"],
            when=words.clock(row["last"], now.astimezone(rounds[pk].unit.organisation.zone)),
        )
        for pk, row in said.items()
    ]
