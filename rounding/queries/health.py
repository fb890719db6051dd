"""Rounds in tier health: how many there were, and how much of what they asked was answered. Counts, nobody's name."""

from collections import Counter, defaultdict
from datetime import datetime

from django.utils.translation import gettext as _

from huddles.queries.health_added import Added, Column
from org.models import Unit
from rounding.models import Observation, Promise, Round
from rounding.queries.reading import asked_in
from rounding.rules.feedback import Asked, feedback


def rounds_of_health(unit: Unit, start: datetime, end: datetime, now: datetime) -> Added:
    """Rounds at and below `unit` that began from `start` to before `end`, as the pages of units count them. Three
    statements. What is between two and what is confidential is not counted.
    """
    rounds = (
        Round.objects.shared()
        .filter(unit__organisation=unit.organisation_id, unit__path__startswith=unit.path)
        .filter(began_at__gte=start, began_at__lt=end)
        .order_by()
    )
    unit_of = dict(rounds.values_list("pk", "unit"))
    asked: dict[int, list[Asked]] = defaultdict(list)
    here = rounds.values("pk")
    for one in asked_in(Observation.objects.filter(round__in=here), Promise.objects.filter(round__in=here)):
        asked[unit_of[one.round]].append(one)
    counts = {}
    for at, number in Counter(unit_of.values()).items():
        told = feedback(number, asked[at], now)
        counts[at] = {
            "rounds": told.rounds,
            "rounds_asking": told.asking,
            "rounds_with_feedback": told.with_feedback,
            "rounds_notes_due": told.due,
            "rounds_notes_in_time": told.in_time,
        }
    return Added(
        name=_("Rounds"),
        columns=[
            Column(_("Rounds"), "rounds"),
            Column(_("With feedback"), "rounds_with_feedback", "rounds_asking", _("Rounds with feedback: %(share)s")),
            Column(
                _("Answered in time"),
                "rounds_notes_in_time",
                "rounds_notes_due",
                _("Noted on rounds and answered in time: %(share)s"),
            ),
        ],
        counts=counts,
        says=_(
            "With feedback: of the rounds that noted an issue or a promise, those where all of it has an answer. "
            "Answered in time: of what was noted, within 7 days, or by the day that was promised; what still has time "
            "is not counted."
        ),
    )
