"""Old months go for good: only old ones, only after a yes, and the audit trail of their owners says so."""

import io
from datetime import UTC, date, datetime

import numpy as np
import psycopg
import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection

from boards import partitions
from boards.actions import retention
from boards.actions.readings import ReadingRows, store_readings
from boards.actions.strata import total_stratum_id
from boards.models import Batch, DueSnapshot, Reading
from org.models import Event
from org.rules import NotAllowed
from tests.boards.factories import make_measure, make_organisation, make_source, make_unit

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MONTHS = (date(2020, 2, 10), date(2020, 3, 31), date(2020, 4, 1), date(2026, 11, 20))
TABLES = [
    "boards_reading_2020_02",
    "boards_reading_2020_03",
    "boards_replacedreading_2020_02",
    "boards_replacedreading_2020_03",
    "boards_snapshot_2020_02",
    "boards_snapshot_2020_03",
]


def store(slug, *days):
    organisation = make_organisation(slug)
    unit = make_unit(organisation, f"{slug}-ward", level=4)
    measure = make_measure(organisation, "on_time")
    batch = Batch.objects.create(organisation=organisation, source=make_source(organisation), received_at=NOW)
    n = len(days)
    starts = np.array(days, "datetime64[D]")
    rows = ReadingRows(
        unit_ids=np.full(n, unit.pk, np.int32),
        measure_ids=np.full(n, measure.pk, np.int32),
        period_starts=starts,
        period_ends=starts + 1,
        stratum_ids=np.full(n, total_stratum_id(organisation.pk), np.int32),
        numerators=np.arange(n, dtype=np.float64),
        denominators=np.full(n, 40.0),
        suppressed=np.zeros(n, bool),
    )
    store_readings(organisation=organisation, batch=batch, rows=rows, at=NOW)
    return organisation


def drop(*options, answer=None, monkeypatch=None):
    out = io.StringIO()
    if monkeypatch is not None:
        monkeypatch.setattr("builtins.input", lambda _prompt: answer)
    with time_machine.travel(NOW, tick=False):
        call_command("drop_partitions", *options, stdout=out)
    return out.getvalue()


def days_left():
    return sorted(Reading.objects.values_list("day", flat=True))


@pytest.mark.django_db
def test_months_before_go_and_the_trail_of_their_owner_says_so():
    harbor = store("harbor", *MONTHS)
    store("young", MONTHS[-1])
    said = drop("--before", "2020-04", "--no-input")
    assert said.splitlines()[-1] == "Deleted: 6 tables of 2 months."
    assert days_left() == [MONTHS[2], MONTHS[3], MONTHS[3]]
    assert partitions.existing().isdisjoint(TABLES)
    assert sorted(DueSnapshot.objects.values_list("day", flat=True)) == [MONTHS[2], MONTHS[3], MONTHS[3]]
    events = list(
        Event.objects.filter(verb="months.dropped").values_list("organisation_id", "subject_id", "actor_kind", "facts")
    )
    assert events == [(harbor.pk, str(harbor.pk), "system", {"before": "2020-04-01", "months": 2})]


@pytest.mark.django_db
def test_a_dry_run_lists_and_changes_nothing():
    store("harbor", *MONTHS)
    said = drop("--before", "2020-04", "--dry-run").splitlines()
    assert [line.split()[0] for line in said] == ["2020-02", "2020-03", "2", "Nothing"]
    assert days_left() == list(MONTHS)
    assert not Event.objects.filter(verb="months.dropped").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "stays"), [("2020-04", 2), ("yes", 4), ("", 4)])
def test_it_asks_for_the_month_itself(monkeypatch, answer, stays):
    store("harbor", *MONTHS)
    if stays == 2:
        drop("--before", "2020-04", answer=answer, monkeypatch=monkeypatch)
    else:
        with pytest.raises(CommandError, match=r"^Nothing was deleted\.$"):
            drop("--before", "2020-04", answer=answer, monkeypatch=monkeypatch)
    assert len(days_left()) == stays


@pytest.mark.django_db
def test_what_boards_look_back_on_stays():
    store("harbor", *MONTHS)
    with pytest.raises(CommandError, match="only months before 2025-11 can be dropped"):
        drop("--before", "2025-12", "--no-input")
    with pytest.raises(NotAllowed):
        retention.drop_months(before=date(2025, 11, 2), by=None, at=NOW)
    assert len(days_left()) == 4


@pytest.mark.django_db
def test_nothing_old_is_no_error():
    store("harbor", MONTHS[-1])
    assert drop("--before", "2019-01", "--no-input") == "Nothing stands from before 2019-01.\n"


@pytest.mark.parametrize("text", ["2020", "2020-13", "2020-04-01", "April 2020", ""])
def test_a_month_is_written_in_one_way(text):
    with pytest.raises(CommandError, match="like 2024-01"):
        call_command("drop_partitions", "--before", text)


@pytest.mark.parametrize(
    ("today", "newest"),
    [
        (date(2026, 11, 22), date(2025, 11, 1)),
        (date(2026, 1, 31), date(2025, 1, 1)),
        (date(2026, 12, 1), date(2025, 12, 1)),
    ],
)
def test_a_year_stays_whatever_the_month(today, newest):
    assert retention.latest_cut(today) == newest


@pytest.mark.django_db(transaction=True)
def test_a_busy_month_is_left_alone():
    partitions.ensure(date(2020, 3, 1), date(2020, 3, 1))
    try:
        parameters = {
            key: value
            for key, value in connection.get_connection_params().items()
            if key in {"dbname", "user", "password", "host", "port", "sslmode"}
        }
        with psycopg.connect(**parameters) as other:
            other.execute("SELECT FROM boards_snapshot_2020_03")
            with pytest.raises(NotAllowed, match="Nothing was dropped"):
                retention.drop_months(before=date(2020, 4, 1), by=None, at=NOW, patience=50)
            assert {"boards_reading_2020_03", "boards_snapshot_2020_03"} <= partitions.existing()
    finally:
        partitions.drop_before(date(2020, 4, 1))
