"""The system of many units that benchmarks are run on."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import numpy as np
from django.db import connection
from django.utils import timezone

from boards.actions.readings import store_readings
from boards.models import Batch
from huddleboard.demo import make_system, system
from huddleboard.demo.organisation import ZONE

TUESDAY = date(2026, 11, 17)
AT = datetime(2026, 11, 18, 6, 15, tzinfo=ZoneInfo(ZONE))


def test_system_stores_the_same_day_once(db):
    made = make_system(last=TUESDAY, at=AT, units=50, measures=3, strata=4)
    assert list(system.store_days(made, TUESDAY, 2, AT, lambda _text: None)) == [150, 150]
    rows = system.day_rows(made, TUESDAY)
    assert len(rows) == 50 * 3 * 4
    counts = rows.denominators.reshape(50, 3, 4)
    assert np.array_equal(counts[:, :, 0], counts[:, :, 1:].sum(axis=2))
    batch = Batch.objects.filter(organisation=made.organisation).latest("id")
    again = store_readings(organisation=made.organisation, batch=batch, rows=rows, at=timezone.now())
    assert (again.new, again.replaced, again.same) == (0, 0, 150)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT layout_id) FROM boards_reading WHERE organisation_id = %s",
            [made.organisation.pk],
        )
        assert cursor.fetchone() == (300, 1)
