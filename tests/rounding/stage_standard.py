"""One of everything that the addresses of standard work and routes name."""

from datetime import time

from org.models import Unit
from org.rules import Role
from rounding.actions import routes, standard_work
from rounding.actions.standard_work import Terms
from rounding.rules.standard_work import Cadence
from tests.factories import NOW, make_user


def standard_things(ward: Unit) -> dict[str, int | str]:
    """A task of unit leads, and a route through the ward."""
    keeper = make_user(Role.ADMINISTRATOR, ward)
    leader = make_user(Role.EXECUTIVE, ward)
    task = standard_work.add_task(
        organisation=ward.organisation,
        role=Role.UNIT_LEAD,
        terms=Terms("Round with staff", Cadence.DAILY),
        by=keeper,
        at=NOW,
    )
    route = routes.make_route(
        terms=routes.Terms("Tuesday walk", leader, None, 1, time(10), 60, no_meetings=True, units=[ward]),
        by=leader,
        at=NOW,
    )
    return {"standard_task": task.pk, "route": route.pk}
