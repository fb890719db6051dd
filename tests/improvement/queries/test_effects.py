"""What became of the measure of a ticket, in a sentence that says how sure it is, and drawn."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from boards.models import BoardMeasure
from boards.rules import Direction, Kind
from improvement.queries.effects import changed_on, effect_on
from improvement.rules.cycles import State
from improvement.rules.effects import Verdict
from improvement.rules.tickets import Stage
from tests.boards.factories import make_measure
from tests.improvement.factories import make_cycle, make_house, make_ticket

pytestmark = pytest.mark.django_db

SINCE = date(2026, 10, 1)
BEGUN = datetime(2026, 10, 1, 15, 0, tzinfo=UTC)
USUAL = [60, 62, 59, 61, 60, 63, 58, 61, 60, 62, 59, 61, 60, 62, 59, 61]


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def ticket(house):
    return make_ticket(house.ward, measure=house.measure, stage=Stage.WORK, owner=house.staff, begun_at=BEGUN)


def come(told, ticket, numbers, first, of=100.0):
    """Numbers of days from `first` on, each of a hundred."""
    BoardMeasure.objects.get_or_create(unit=ticket.unit, measure=ticket.measure)
    told(ticket.unit, ticket.measure, [(first + timedelta(days=i), n, of) for i, n in enumerate(numbers)])


def told_of(ticket, after, came, days=40):
    came(ticket, [*USUAL, *after], SINCE - timedelta(days=len(USUAL)))
    return effect_on(ticket, SINCE + timedelta(days=days))
