"""The state of a huddle (`rules.schedule.state_of`) as SQL, for statements that count many at once."""

from datetime import datetime
from typing import Any, Final

from huddles.rules.schedule import FORGOTTEN, GRACE, ON_TIME, HuddleState

#: The state of huddle `h`; a test holds it against the rule for every case.
STATE: Final = f"""CASE
    WHEN h.ended_at IS NOT NULL THEN '{HuddleState.HELD}'
    WHEN h.started_at IS NOT NULL AND %(now)s - h.started_at >= %(forgotten)s THEN '{HuddleState.HELD}'
    WHEN h.started_at IS NOT NULL THEN '{HuddleState.RUNNING}'
    WHEN h.not_held_reason_id IS NOT NULL THEN '{HuddleState.NOT_HELD}'
    WHEN %(now)s < h.planned_at THEN '{HuddleState.COMING}'
    WHEN %(now)s < h.planned_at + h.minutes * interval '1 minute' + %(grace)s THEN '{HuddleState.DUE}'
    ELSE '{HuddleState.NOT_HELD}' END"""
#: Whether huddle `h` began on time (`rules.schedule.was_on_time`); of one that has begun.
BEGAN_ON_TIME: Final = "(h.started_at IS NOT NULL AND h.started_at <= h.planned_at + %(on_time)s)"


def state_values(now: datetime) -> dict[str, Any]:
    """What `STATE` and `BEGAN_ON_TIME` name."""
    return {"now": now, "forgotten": FORGOTTEN, "grace": GRACE, "on_time": ON_TIME}
