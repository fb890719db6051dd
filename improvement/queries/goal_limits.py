"""What running goals allow of gaps, for the signals of boards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from improvement.models import Goal
from improvement.queries.goals import standing_of
from improvement.rules.goals import GapKind


@dataclass(frozen=True, slots=True)
class GapLimit:
    """What a running goal allows of a gap, for the signals of the board: the difference (0 .. 1), and the ratio."""

    goal_id: int
    unit_id: int
    measure_id: int
    dimension_id: int
    group: str
    reference: str
    relative: bool
    difference: float
    times: float


def gap_limits(goals: Sequence[Goal], today: date) -> list[GapLimit]:
    """The limits of those of `goals` whose months before were told. Two statements."""
    return [
        GapLimit(
            goal.pk,
            goal.unit_id,
            goal.measure_id,
            goal.dimension_id,
            goal.group,
            goal.reference,
            goal.gap_kind == GapKind.RELATIVE,
            standing.aim_gap,
            standing.aim_times,
        )
        for standing in standing_of(goals, today)
        if standing.before is not None and (goal := standing.goal).measure_id and goal.dimension_id
    ]


def limits_of(organisation_id: int, today: date) -> list[GapLimit]:
    """The limits of all goals that run in an organisation, for the clock that looks at its gaps. Three statements."""
    return gap_limits(list(Goal.objects.active().filter(organisation=organisation_id).whole()), today)
