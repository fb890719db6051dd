"""What a running goal tells the signals of boards: a gap wider than it was when the goal began asks for help."""

from datetime import datetime

from django.db import transaction

from boards.actions.signals import end_limit, set_limit
from boards.models import GapLimit
from improvement.models import Goal
from improvement.queries.goals import standing_of
from org.models import Organisation


@transaction.atomic
def keep_limits(*, organisation: Organisation, at: datetime) -> int:
    """Set the limits of goals that run and of which the months before were told; returns how many are new.

    A limit is the gap of those months, in points. Again changes nothing. A goal that was ended ends its limit.
    """
    today = at.astimezone(organisation.zone).date()
    running = list(Goal.objects.active().filter(organisation=organisation).select_related("unit", "measure").whole())
    held = {
        (limit.unit_id, limit.measure_id, limit.dimension_id, limit.group): limit
        for limit in GapLimit.objects.filter(organisation=organisation, until=None)
    }
    new = 0
    kept = set()
    for standing in standing_of(running, today):
        goal = standing.goal
        if goal.measure is None or goal.dimension_id is None or goal.first_month is None:
            continue
        key = (goal.unit_id, goal.measure.pk, goal.dimension_id, goal.group)
        kept.add(key)
        if key in held or standing.before is None or not standing.before.gap > 0:
            continue
        set_limit(
            unit=goal.unit,
            measure=goal.measure,
            dimension_id=goal.dimension_id,
            group=goal.group,
            reference=goal.reference,
            points=round(standing.before.gap * goal.measure.multiplier, 2),
            since=goal.first_month,
            by=goal.owner,
            at=at,
        )
        new += 1
    ended = Goal.objects.filter(organisation=organisation, closed_at__isnull=False).values_list(
        "unit_id", "measure_id", "dimension_id", "group"
    )
    for key in set(ended) & held.keys() - kept:
        end_limit(limit=held[key], day=today, by=None, at=at)
    return new
