"""Scottish admissions by deprivation: boards, nation and what is told equal the files, read here once more by csv."""

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
import pytest
from django.core.management import CommandError
from django.db import transaction
from django.urls import reverse

from boards.feeds.mapping import recipe
from boards.models import (
    Batch,
    DueSnapshot,
    FeedMapping,
    Layout,
    Measure,
    Published,
    Reading,
    Snapshot,
    Stratum,
    Tile,
)
from boards.queries.published import Block, blocks
from huddleboard.real_data import SETS
from huddleboard.real_data.deprivation import NATION, OTHER
from huddleboard.real_data.plans import mapping_of
from org.models import Event, Organisation, Unit, User
from tests.huddleboard.real_sets import FILES, FOLDER, needs, run, some_rows

SLUG = "scotland-admissions"
COUNTS = {"admissions": "All", "emergency_admissions": "Emergency", "planned_admissions": "Planned"}
WEEKS = 182
SMALL = 11

#: (measure, unit, last day, fifth) → numerator and denominator; "" is all patients.
Cells = dict[tuple[str, str, date, str], np.ndarray]


def rows(name: str) -> list[dict[str, str]]:
    path = FOLDER / FILES["deprivation"]
    with (path.parent / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def weekly() -> list[dict[str, str]]:
    return rows("hospital_admissions_hb_simd_20230706.csv")


def stays() -> list[dict[str, str]]:
    """One row for each board, fifth and quarter: all inpatients, not of single hospitals."""
    every = rows("inpatient_and_daycase_by_board_and_simd.csv")
    return [r for r in every if r["AdmissionType"] == "All Inpatients" and r["Location"] == r["HB"]]


def week(row: dict[str, str]) -> date:
    text = row["WeekEnding"]
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def quarter(row: dict[str, str]) -> date:
    year, number = int(row["Quarter"][:4]), int(row["Quarter"][-1])
    return date(year + number // 4, number * 3 % 12 + 1, 1) - timedelta(days=1)


@pytest.fixture(scope="module")
def cells() -> Cells:
    """Every number of the files, of boards and of the nation as their sum."""
    found: Cells = defaultdict(lambda: np.zeros(2))

    def add(measure: str, unit: str, day: date, fifth: str, top: float, bottom: float) -> None:
        for place in (unit, NATION):
            for group in ("", fifth):
                found[measure, place, day, group] += (top, bottom)

    for row in weekly():
        if row["HB"] == NATION:
            continue
        unit = OTHER if row["HB"] == "NA" else row["HB"]
        count, usual = float(row["NumberAdmissions"]), float(row["Average20182019"])
        (measure,) = (code for code, kind in COUNTS.items() if kind == row["AdmissionType"])
        add(measure, unit, week(row), row["SIMDQuintile"], count, 0.0)
        if row["AdmissionType"] == "All":
            add("admissions_of_usual", unit, week(row), row["SIMDQuintile"], count, usual)
    for row in stays():
        if row["HB"] == NATION or row["Stays"] == "0":
            continue
        unit = row["HB"] if row["HB"].startswith("S08") else OTHER
        fifth = row["SIMD"] or "unknown"
        add("length_of_stay", unit, quarter(row), fifth, float(row["LengthOfStay"]), float(row["Stays"]))
    return dict(found)


@pytest.fixture(scope="module")
def scotland(django_db_setup, django_db_blocker) -> Iterator[Organisation]:
    """Both files whole, once for the tests below; undone with its transaction at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        run("deprivation", reader="reader@example.org")
        yield Organisation.objects.get(slug=SLUG)
        transaction.set_rollback(True)


def told(organisation: Organisation) -> list[tuple[str, str, Block]]:
    """(measure, unit, block) of all that is published."""
    measures = dict(Measure.objects.filter(organisation=organisation).values_list("pk", "code"))
    units = dict(Unit.objects.filter(organisation=organisation).values_list("pk", "code"))
    return [(measures[b.measure_id], units[b.unit_id], b) for b in blocks(units, measures, stretch=None)]


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_every_number_of_every_board_is_that_of_the_files(scotland, cells):
    found: Cells = {}
    keys = Stratum.objects.filter(organisation=scotland, key__startswith="simd_fifth:").values_list("pk", "key")
    fifths = {pk: key.partition(":")[2] for pk, key in keys}
    layouts = dict(Layout.objects.filter(organisation=scotland).values_list("pk", "strata"))
    snapshots = Snapshot.objects.filter(organisation=scotland, numerator__isnull=False)
    for code, unit, day, top, bottom, layout, tops, bottoms in snapshots.values_list(
        "measure__code", "unit__code", "day", "numerator", "denominator", "layout_id", "numerators", "denominators"
    ):
        found[code, unit, day, ""] = np.array([top, bottom or 0.0])
        for i, stratum in enumerate(layouts.get(layout, ())):
            bottom_of = bottoms[i] if bottoms is not None else None
            if tops[i] is not None and not np.isnan(tops[i]):
                found[code, unit, day, fifths[stratum]] = np.nan_to_num([tops[i], bottom_of or 0.0])
    assert len(found) > 45_000
    assert found.keys() == cells.keys()
    assert all(np.array_equal(found[key], cells[key]) for key in cells)
    assert {key[2] for key in found if key[0] == "admissions"} == {
        date(2020, 1, 5) + timedelta(weeks=number) for number in range(WEEKS)
    }


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_the_nation_is_the_published_one_but_for_cells_that_the_source_leaves_out(scotland, cells):
    """A board's fifth of fewer than 5 is no row: the sum lacks at most 4 for each of them, and nothing else."""
    sent = defaultdict(set)
    for row in weekly():
        sent[row["AdmissionType"], week(row), row["SIMDQuintile"]].add(row["HB"])
    equal = 0
    measures = {kind: code for code, kind in COUNTS.items()}
    for row in weekly():
        if row["HB"] != NATION:
            continue
        key = row["AdmissionType"], week(row), row["SIMDQuintile"]
        lacking = int(row["NumberAdmissions"]) - cells[measures[key[0]], NATION, key[1], key[2]][0]
        absent = 16 - len(sent[key])
        assert 0 <= lacking <= 4 * absent, key
        equal += row["AdmissionType"] == "All" and lacking == 0
    assert equal == 498  # of 910 weeks and fifths
    published = defaultdict(lambda: np.zeros(2))
    for row in stays():
        if row["HB"] == NATION:
            published[quarter(row)] += (float(row["LengthOfStay"]), float(row["Stays"]))
    assert len(published) == 21
    means = Snapshot.objects.filter(organisation=scotland, unit__code=NATION, measure__code="length_of_stay")
    for day, (days, number) in published.items():
        snapshot = means.get(day=day)
        assert abs(snapshot.denominator - number) <= 14
        assert round(snapshot.value, 1) == round(days / number, 1), day


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_what_is_told_is_the_sum_of_the_weeks_that_end_in_whole_months(scotland, cells):
    codes = {"1 – most deprived": "1", "5 – least deprived": "5", "Not recorded": "unknown"}
    days = defaultdict(list)
    for measure, unit, day, fifth in cells:
        days[measure, unit, fifth].append(day)

    def total(measure: str, unit: str, fifth: str, block: Block) -> tuple[float, float]:
        mine = [d for d in days[measure, unit, fifth] if block.first <= d <= block.last]
        x, n = sum((cells[measure, unit, d, fifth] for d in mine), np.zeros(2))
        return float(x), float(n)

    seen = defaultdict(int)
    for measure, unit, block in told(scotland):
        assert block.first.day == 1
        assert (block.last + timedelta(days=1)).day == 1
        assert (block.total.numerator, block.total.denominator) == total(measure, unit, "", block)
        for part in block.parts:
            counts = (part.numerator, part.denominator)
            assert counts == total(measure, unit, codes.get(part.name, part.name), block), (measure, unit, block)
            seen[measure, unit] += 1
    of_nation = {measure for measure, unit in seen if unit == NATION}
    assert of_nation == {*COUNTS, "admissions_of_usual", "length_of_stay"}
    assert sum(seen.values()) > 10_000
    assert len({unit for _measure, unit in seen}) == 16


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_no_small_count_is_told_nor_left_over(scotland):
    for measure, unit, block in told(scotland):
        for part in (*block.parts, block.rest):
            guarded = [part.numerator] if measure in COUNTS else [part.denominator]
            if measure == "admissions_of_usual":
                guarded.append(part.numerator)
            assert all(count == 0 or count >= SMALL for count in guarded), (measure, unit, block.first, part)


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_no_small_count_is_left_of_all_admissions_without_a_part_of_them(scotland):
    """What is told of all and of a part over the same months, in one block or in several."""
    found: dict[tuple[str, str, str], dict[date, dict[date, float]]] = defaultdict(lambda: defaultdict(dict))
    for measure, unit, block in told(scotland):
        for part in block.parts:
            if measure in COUNTS:
                found[measure, unit, part.name][block.first][block.last] = part.numerator
    compared = 0
    for (measure, unit, name), stretches in found.items():
        if measure == "admissions":
            continue
        for first, lasts in stretches.items():
            for last, count in lasts.items():
                every = sums_between(found["admissions", unit, name], first, last)
                assert len(every) == 1, (measure, unit, name, first, last)
                compared += 1
                left = every.pop() - count
                assert left == 0 or left >= SMALL, (measure, unit, name, first, last)
    print(compared, "differences of a whole and a part")
    assert compared > 1_500


def sums_between(stretches: dict[date, dict[date, float]], first: date, last: date) -> set[float]:
    """What stretches come to that follow each other from the first to the last day."""
    found = {count for end, count in stretches.get(first, {}).items() if end == last}
    for end, count in stretches.get(first, {}).items():
        if end < last:
            found |= {count + rest for rest in sums_between(stretches, end + timedelta(days=1), last)}
    return found


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_more_admissions_of_a_fifth_are_shown_as_shares_and_never_as_a_gap(scotland, cells, client):
    client.force_login(User.objects.get(email="reader@example.org"))
    top = Unit.objects.get(organisation=scotland, code=NATION)
    measure = Measure.objects.get(organisation=scotland, code="admissions")
    answer = client.get(reverse("boards:groups", args=[top.pk, measure.pk]), {"day": "2023-07-05"})
    table = answer.context_data["page"].table
    june = [date(2023, 6, 4) + timedelta(weeks=number) for number in range(4)]
    counted = {fifth: sum(int(cells["admissions", NATION, day, fifth][0]) for day in june) for fifth in "12345"}
    every = sum(counted.values())
    assert [(row.value, row.share) for row in table.rows] == [
        (f"{counted[fifth]:,}", f"{100 * counted[fifth] / every:.0f} %") for fifth in "12345"
    ]
    assert table.total.value == f"{every:,}"
    page = answer.content.decode()
    assert "more or fewer is no gap" in page
    assert "day=2023-07-05" in page
    equity = client.get(reverse("boards:equity", args=[top.pk]), {"day": "2023-07-05"})
    assert (len(equity.context_data["page"].cards), equity.context_data["page"].gaps) == (5, 0)
    assert "compared with" not in page
    for text in (page, equity.content.decode()):
        assert "fares worse, more than chance" not in text
    assert not Tile.objects.filter(unit__organisation=scotland, gap__isnull=False).exists()


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_from_the_board_of_a_past_day_groups_are_one_step_away(scotland, client):
    client.force_login(User.objects.get(email="reader@example.org"))
    lothian = Unit.objects.get(organisation=scotland, code="S08000024")
    board = client.get(reverse("boards:board", args=[lothian.pk]), {"day": "2023-06-25"})
    url = board.context_data["page"].groups_url
    assert url.endswith("?day=2023-06-25")
    cards = client.get(url).context_data["page"].cards
    assert len(cards) == 5
    assert all("day=2023-06-25" in card for card in cards)


@needs("deprivation")
@pytest.mark.slow
@pytest.mark.django_db
def test_again_changes_nothing(scotland):
    kinds = (Organisation, Unit, Measure, Reading, Snapshot, Published, Batch, FeedMapping, Event)
    before = [kind.objects.count() for kind in kinds]
    tiles = set(Tile.objects.values_list("pk", "version"))
    out = run("deprivation")
    assert "there already" in out
    assert out.count("counted before") == 2
    assert [kind.objects.count() for kind in kinds] == before
    assert set(Tile.objects.values_list("pk", "version")) == tiles
    assert not DueSnapshot.objects.filter(organisation=scotland).exists()


@needs("deprivation")
def test_fourteen_boards_and_what_belongs_to_none_make_up_scotland():
    plan = SETS["deprivation"](FOLDER)
    boards = [place for place in plan.places if place.parent == NATION]
    assert len(boards) == 15
    names = {place.code: place.name for place in boards}
    known = rows("../phs_ae_weekly/health_boards.csv")
    assert {f"NHS {row['name']}" for row in known if row["active"] == "True"} == {
        name for code, name in names.items() if code != OTHER
    }
    assert all(names[row["code"]] == f"NHS {row['name']}" for row in known if row["code"] in names)
    missed = {place.code: place.sends["planned_admissions"] for place in boards}
    assert (missed["S08000031"], missed["S08000025"]) == (True, False)  # Orkney has few: its weeks are no gaps
    (way,) = plan.ways
    assert way.is_ordered
    assert [group.code for group in way.groups] == ["1", "2", "3", "4", "5", "unknown"]


def test_the_second_saved_mapping_is_a_recipe_too():
    assert recipe(mapping_of("deprivation_stays")).form == "wide"


@needs("deprivation")
def test_a_board_that_nobody_knows_is_said_and_makes_nothing(db, tmp_path):
    folder = some_rows("deprivation", tmp_path, lambda line: "S08000025" in line)
    file = folder / FILES["deprivation"]
    file.write_text(file.read_text().replace("S08000025", "S08000099"))
    before = Organisation.objects.count()
    with pytest.raises(CommandError, match="not known: S08000099"):
        run("deprivation", folder)
    assert Organisation.objects.count() == before
