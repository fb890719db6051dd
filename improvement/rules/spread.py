"""Spreading a change as a table: what may be offered, and what a unit may answer."""

from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from improvement.rules.tickets import Stage

TEXT: Final = 400
LINE: Final = 200
#: Units that are asked at once.
MOST: Final = 60
#: How far a ticket is before its change is offered: tried, and seen whether it holds.
OFFERED_FROM: Final = frozenset({Stage.CHECK, Stage.DONE})


class Answer(TextChoices):
    """What a unit says to an offer."""

    OPEN = "open", _("Not answered yet")
    TAKEN = "taken", _("Taken up")
    DECLINED = "declined", _("Not for this unit")
