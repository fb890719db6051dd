"""Units as a funnel: lines and words of the mathematics, groups only as they were told, names and no ranks."""

import json
from datetime import date

import numpy as np
import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext

from analytics.shapes import Level, overdispersed_funnel, proportion_limits
from boards import render, rules
from boards.chart_style import STYLES, chart_config
from boards.charts_funnel import FunnelLine, FunnelPoint, funnel_chart
from boards.models import Snapshot
from boards.partitions import ensure
from boards.queries.funnel import Asked, funnel_page, period_of
from org.models import ReportingLine
from org.rules import Role
from tests.boards import factories
from tests.boards.equity.told import AT, TODAY, Told, last_month
from tests.factories import make_user, signed_in


@pytest.fixture
def months(db):
    ensure(date(2026, 8, 1), date(2026, 11, 30))


def snapshot(told: Told, unit, day: date, x: float, n: float, measure=None) -> None:
    measure = measure or told.measure
    Snapshot.objects.create(
        day=day, unit=unit, measure=measure, organisation=told.organisation, period_start=day, numerator=x,
        denominator=n, value=100 * x / n if n else None, taken_at=AT,
    )  # fmt: skip


COUNTS = ((50, 100), (480, 1000), (30, 100), (70, 100))


@pytest.fixture
def counted(told: Told, months) -> Told:
    for ward, (x, n) in zip(told.wards, COUNTS, strict=True):
        snapshot(told, ward, date(2026, 9, 10), x / 2, n / 2)
        snapshot(told, ward, date(2026, 10, 20), x / 2, n / 2)
        snapshot(told, ward, date(2026, 11, 10), 0, 500)  # of the month that is not over
    return told


def page(told: Told, unit=None, who=None, **asked):
    unit = unit or told.wards[0].parent
    who = who or make_user(Role.MANAGER, told.top)
    return funnel_page(unit, told.measure, Asked(**asked), TODAY, who)


@pytest.mark.parametrize(
    ("today", "months", "first", "last"),
    [
        (date(2026, 11, 22), 3, date(2026, 8, 1), date(2026, 10, 31)),
        (date(2026, 11, 1), 12, date(2025, 11, 1), date(2026, 10, 31)),
        (date(2026, 1, 31), 3, date(2025, 10, 1), date(2025, 12, 31)),
        (date(2026, 3, 1), 12, date(2025, 3, 1), date(2026, 2, 28)),
    ],
)
def test_a_period_is_of_whole_months(today, months, first, last):
    assert period_of(today, months) == (first, last)


def test_totals_of_whole_months_stand_between_the_lines_of_the_reference(counted: Told):
    found = page(counted, months=3)
    assert [(row.name, row.value, row.counts) for row in found.rows] == [
        ("Ward A", "50 %", "50 of 100"),
        ("Ward B", "48 %", "480 of 1,000"),
        ("Ward C", "30 %", "30 of 100"),
        ("Ward D", "70 %", "70 of 100"),
    ]
    assert [row.level for row in found.rows] == [Level.USUAL, Level.USUAL, Level.LOW_OUTER, Level.HIGH_OUTER]
    assert found.average == "48 %"
    assert found.sentence == (
        "2 of 4 units lie within the outer lines. Above, more than chance explains: Ward D. "
        "Below, more than chance explains: Ward C."
    )


def test_wide_lines_are_those_of_the_units_own_variance(counted: Told):
    x, n = (np.array(column, float) for column in zip(*COUNTS, strict=True))
    funnel = overdispersed_funnel(x, n)
    found = page(counted, wide=True)
    assert [abs(row.level) > 1 for row in found.rows] == funnel.wide_outside.tolist()
    assert not any(abs(row.level) > 1 for row in found.rows)
    assert "allow for that" in found.spread
    narrow, wide = (page(counted, wide=switch).chart["layer"] for switch in (False, True))
    assert narrow[1] != wide[1]


def test_the_drawn_lines_are_the_lines_that_judge(counted: Told):
    layers = page(counted).chart["layer"]
    drawn = [layer["data"]["values"] for layer in layers if layer["mark"].get("style") == "limit"]
    limits = proportion_limits([point["x"] for point in drawn[0]], 630 / 1300)
    assert [point["y"] for point in drawn[0]] == pytest.approx((100 * limits.upper[:, 1]).tolist())


def test_a_reader_sees_points_of_units_that_they_may_open_and_the_lines_of_all(counted: Told):
    found = page(counted, who=make_user(Role.STAFF, counted.wards[3]))
    assert [(row.name, row.level) for row in found.rows] == [("Ward D", Level.HIGH_OUTER)]
    assert (found.average, found.unseen) == ("48 %", 3)
    assert "Ward A" not in json.dumps(found.chart)


def test_a_group_comes_from_what_was_told_and_the_others_are_named(counted: Told):
    line = counted.wards[0].parent
    counted.block(line, groups={"English": (500, 900), "Spanish": (60, 130), "Unknown": (1, 20)})
    a, b, c, _d = counted.wards
    for month in (9, 10):
        counted.block(a, date(2026, month, 1), groups={"English": (20, 40), "Spanish": (10, 25)})
        counted.block(b, date(2026, month, 1), groups={"English": (99, 200), "Spanish": (15, 60)})
    counted.block(c, date(2026, 9, 1), groups={"English": (20, 40), "Spanish": (10, 25)})
    counted.block(c, date(2026, 10, 1), groups={"English": (20, 40)}, hidden=["Spanish", "Vietnamese"], total=50)
    found = page(counted, dimension="language", group="Spanish")
    assert [(row.name, row.counts) for row in found.rows] == [("Ward A", "20 of 50"), ("Ward B", "30 of 120")]
    assert (found.hidden, found.silent) == (["Ward C"], ["Ward D"])
    assert found.groups == [("language", "Language", ["English", "Spanish"])]


def test_a_year_speaks_for_a_group_that_is_not_told_every_month(counted: Told):
    line, a = counted.wards[0].parent, counted.wards[0]
    counted.block(line, groups={"English": 600, "Spanish": 200})
    counted.block(a, date(2026, 10, 1), groups={"English": 40}, hidden=["Spanish", "Vietnamese"], total=60)
    asked = {"dimension": "language", "group": "Spanish"}
    assert page(counted, **asked).hidden == ["Ward A"]
    year = {"first": date(2025, 10, 1), "stretch": rules.Stretch.YEAR}
    counted.block(a, date(2026, 9, 1), **year, groups={"English": (200, 400), "Spanish": (20, 50)})
    assert [row.counts for row in page(counted, **asked).rows] == ["20 of 50"]
    assert page(counted, **asked, months=3).hidden == ["Ward A"]


def test_what_reports_along_a_second_line_is_counted_once_where_it_belongs(counted: Told):
    """Ward A holds what Ward D sends too: in its number of all, and in what is told of its groups."""
    first, _b, _c, last = counted.wards
    ReportingLine.objects.create(unit=last, parent=first, kind="second", valid=DateRange(date(2026, 1, 1), None))
    for day in (date(2026, 9, 10), date(2026, 10, 20)):
        Snapshot.objects.filter(unit=first, day=day).update(numerator=25 + 35, denominator=50 + 50)
    found = page(counted, months=3)
    assert [(row.name, row.counts) for row in found.rows][0::3] == [("Ward A", "50 of 100"), ("Ward D", "70 of 100")]
    assert found.average == "48 %"
    assert found.held == ["Ward D"]
    for ward, spanish in ((first, (50, 80)), (last, (20, 40))):
        for month in (date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)):
            counted.block(ward, month, groups={"English": (60, 90), "Spanish": spanish})
    counted.block(first.parent, groups={"English": (500, 900), "Spanish": (60, 130)})
    told = {row.name: row.counts for row in page(counted, months=3, dimension="language", group="Spanish").rows}
    assert told == {"Ward A": "90 of 120", "Ward D": "60 of 120"}


def test_a_unit_that_told_the_group_in_some_months_says_in_how_many(counted: Told):
    line, (a, b, *_others) = counted.wards[0].parent, counted.wards
    counted.block(line, groups={"English": 600, "Spanish": 200})
    for month in (8, 9, 10):
        counted.block(b, date(2026, month, 1), groups={"English": 100, "Spanish": 50})
        if month != 9:
            counted.block(a, date(2026, month, 1), groups={"English": 100, "Spanish": 50})
    found = page(counted, dimension="language", group="Spanish", months=3)
    assert [row.counts for row in found.rows] == ["50 of 100", "75 of 150"]
    assert found.partly == ["Ward A (2 of 3 months)"]
    assert page(counted, months=3).partly == []


def test_a_group_that_is_not_told_over_these_months_is_named_and_all_patients_are_shown(counted: Told):
    line = counted.wards[0].parent
    counted.block(line, date(2026, 3, 1), groups={"English": 600, "Spanish": 200})
    counted.block(line, groups={"English": 600}, hidden=["Spanish", "Vietnamese"], total=800)
    asked = {"dimension": "language", "group": "Spanish"}
    assert (page(counted, **asked).asked.group, page(counted, **asked).untold_group) == ("Spanish", "")
    short = page(counted, **asked, months=3)
    assert (short.asked.group, short.untold_group, len(short.rows)) == ("", "Spanish", 4)
    client = signed_in(make_user(Role.EQUITY_OFFICER, counted.top))
    text = client.get(
        f"/boards/{line.pk}/measures/{counted.measure.pk}/funnel/", {"of": "language:Hmong", "months": "3"}
    ).content.decode()
    assert "Hmong: not told at Medicine over these months. These are all patients." in text


def test_a_rate_has_the_lines_of_its_counts(told: Told, months):
    rate = factories.make_measure(told.organisation, "falls", rules.Kind.RATE, multiplier=1000.0, unit_text="per 1,000")
    for ward, x in zip(told.wards, (4, 5, 6, 40), strict=True):
        snapshot(told, ward, date(2026, 10, 1), x, 1000, rate)
    found = funnel_page(told.wards[0].parent, rate, Asked(wide=True), TODAY, make_user(Role.MANAGER, told.top))
    # 13.75 events are expected; exact bounds of a count of 4: up to 10.2 in 95 of 100, up to 14.8 in 998 of 1,000.
    assert [row.level for row in found.rows] == [*3 * [Level.LOW_INNER], Level.HIGH_OUTER]
    assert not found.may_widen
    assert found.average == "13.8 per 1,000"


def test_what_no_share_can_be_is_left_out(counted: Told):
    Snapshot.objects.filter(unit=counted.wards[3]).update(numerator=600)
    assert [row.name for row in page(counted).rows] == ["Ward A", "Ward B", "Ward C"]
    assert page(counted).silent == ["Ward D"]


def test_tiers_can_be_chosen_where_there_are_several_units(counted: Told):
    factories.make_unit(counted.organisation, "surgery", counted.top, level=2)
    found = page(counted, counted.top, tier=1)
    assert [level for level, _name in found.tiers] == [2, 1]
    assert len(found.rows) == 4
    assert page(counted, counted.top).asked.tier == 2


def test_where_no_funnel_can_be_the_page_says_so(counted: Told):
    assert not page(counted, counted.wards[0]).possible
    mean = factories.make_measure(counted.organisation, "minutes", rules.Kind.MINUTES)
    client = signed_in(make_user(Role.MANAGER, counted.top))
    url = f"/boards/{counted.wards[0].parent_id}/measures/{{}}/funnel/"
    assert "No funnel here" in client.get(url.format(mean.pk)).content.decode()
    month = last_month()
    ensure(month, month)
    for ward in counted.wards:
        snapshot(counted, ward, month.replace(day=15), 30, 60)
    shown = client.get(url.format(counted.measure.pk) + "?months=3&wide=1&of=nothing:at-all").content.decode()
    assert "Ward C" in shown


def test_statements_do_not_grow_with_units(counted: Told):
    line, who = counted.wards[0].parent, make_user(Role.MANAGER, counted.top)
    taken = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as caught:
            page(counted, line, who)
        taken.append(len(caught))
        extra = factories.make_unit(counted.organisation, f"more-{len(taken)}", line)
        snapshot(counted, extra, date(2026, 10, 20), 5, 10)
    assert taken[0] == taken[1]


def point(name: str, size: float, value: float, *, loud: bool = False) -> FunnelPoint:
    return FunnelPoint(name, size, value, "worse" if loud else "usual", loud, f"{value} %", "1 of 2", "somewhere")


def test_the_specification_names_styles_and_only_loud_units():
    average = FunnelLine("average", "mean", [(1, 50.0), (200, 50.0)])
    lines = [average, FunnelLine("95 %", "note", [(10, 80.0), (90, 60.0)])]
    spec = funnel_chart(
        [point("Quiet", 100, 52.0), point("Loud", 80, 20.0, loud=True)], lines, unit_text="%", size_text="Cases"
    )
    styles = {layer["mark"]["style"] for layer in spec["layer"]}
    assert styles <= set(STYLES)
    assert "#" not in json.dumps(spec).replace(spec["$schema"], "")
    drawn = render.draw({**spec, "width": 600, "config": chart_config()}, "svg").decode()
    assert ">Loud<" in drawn
    assert ">Quiet<" not in drawn
