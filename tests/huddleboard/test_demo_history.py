"""The history of the demo hospital, drawn without a database."""

import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from boards import rules
from boards.catalogue import definitions
from boards.models import Measure
from huddleboard.demo import boards, history, hospital, places, staff, story
from huddleboard.demo.causes import causes, flu_start, notes
from huddleboard.demo.groups import LANGUAGES, MIXES, RACE_CODES, races_of
from huddleboard.demo.organisation import ZONE, holidays
from huddleboard.demo.shapes import OF_STAFF, SHAPES
from org import rules as org_rules

TUESDAY = date(2026, 11, 17)


def drawn(last=TUESDAY, seed=hospital.SEED, rows=places.HOSPITAL):
    closed = {d: False for year in (last.year - 2, last.year - 1, last.year) for d in holidays(year)}
    frame = history.Frame(
        first=story.months_before(last + timedelta(days=1), hospital.MONTHS),
        last=last,
        seed=seed,
        at=datetime.combine(last + timedelta(days=1), datetime.min.time(), UTC) + timedelta(hours=12),
        zone=ZoneInfo(ZONE),
        open_days={
            p.code: org_rules.OpenDays(
                places.CALENDARS[p.calendar][0], closed if places.CALENDARS[p.calendar][0] == places.WORK_DAYS else None
            )
            for p in rows
        },
    )
    measures = {
        row.code: Measure(
            code=row.code,
            kind=row.kind,
            multiplier=row.multiplier,
            direction=row.direction,
            cadence=row.cadence,
            lag_days=row.lag_days,
        )
        for row in definitions.measures()
    }
    sent = history.make_history(frame, rows, boards.sent_by(rows), measures, causes(last))
    return sent + staff.make_staff(frame, rows, measures)


@pytest.fixture(scope="module")
def whole():
    return drawn()


def digest(sent):
    sha = hashlib.sha256()
    for s in sent:
        sha.update(f"{s.unit}/{s.measure.code}/{s.numbers.keys}".encode())
        for array in (s.days, s.received, s.lost, s.numbers.numerators, s.numbers.denominators):
            sha.update(np.ascontiguousarray(array).tobytes())
    return sha.hexdigest()


def of(sent, unit, code):
    return next(s for s in sent if (s.unit, s.measure.code) == (unit, code))


def column(numbers, key):
    i = numbers.keys.index(key)
    return numbers.numerators[:, i], numbers.denominators[:, i]


def test_same_seed_makes_the_same_numbers_and_another_seed_others(whole):
    assert digest(drawn()) == digest(whole)
    assert digest(drawn(seed=1)) != digest(whole)


def test_hospital_is_the_one_of_the_scenario():
    by_tier = Counter(p.tier for p in places.HOSPITAL)
    huddling = [p for p in places.HOSPITAL if places.CALENDARS[p.calendar][1]]
    assert (by_tier[4], by_tier[3], by_tier[2]) == (1, 2, 6)
    assert sum(p.beds for p in places.HOSPITAL) == 420
    assert Counter(p.tier for p in huddling) == {1: 24, 2: 6, 3: 2, 4: 1}  # 33 huddles on a weekday
    weekend = [p for p in huddling if places.CALENDARS[p.calendar][0] >> 6 & 1]
    assert Counter(p.tier for p in weekend) == {1: 18, 4: 1}
    assert sum(p.calendar == places.WITH_NIGHTS for p in places.HOSPITAL) == 8
    kinds = {p.kind for p in places.HOSPITAL}
    assert org_rules.SUPPORT_KINDS - kinds == {org_rules.UnitKind.LABORATORY}


def test_each_reporting_unit_has_eight_daily_measures_and_all_letters_are_worked_on():
    letters = {row.code: row.letter for row in definitions.measures()}
    for name, codes in boards.DAILY.items():
        assert len(codes) == len(set(codes)) == 8, name
    assert {letters[code] for codes in boards.DAILY.values() for code in codes} == set("SQDCPE")
    assert len({code for codes in boards.DAILY.values() for code in codes}) >= 30


def test_every_measure_on_a_board_has_a_shape_and_every_target_a_measure():
    on_boards = {c for codes in [*boards.DAILY.values(), *boards.SLOWER.values()] for c in codes}
    assert on_boards | set(staff.MEASURES) == set(SHAPES)
    assert not on_boards & set(staff.MEASURES)  # human resources counts them by service line
    assert {aim.measure for aim in boards.AIMS} <= on_boards
    assert on_boards - {aim.measure for aim in boards.AIMS} == {"good_catches"}  # more seen is not worse


def test_192_expected_187_arrive_and_31_are_red(whole):
    due = [s for s in whole if s.measure.cadence == "daily" and s.days[-1] == np.datetime64(TUESDAY)]
    arrived = [s for s in due if not s.lost[-1]]
    assert (len(due), len(arrived)) == (192, 187)
    aims = {}
    for aim in boards.AIMS:
        aims.setdefault(aim.measure, {})[aim.unit] = aim
    red = 0
    for s in arrived:
        found = aims.get(s.measure.code, {})
        aim = found.get(s.unit, found.get(""))
        if aim is None:
            continue
        x, n = s.numbers.numerators[-1:, 0], s.numbers.denominators[-1:, 0]
        value = rules.figures(x, n, s.measure.kind, s.measure.multiplier)
        as_array = [np.array([np.nan if v is None else v]) for v in (aim.value, aim.high, aim.warning)]
        code = rules.statuses(value, s.measure.direction, *as_array)[0]
        red += code == rules.STATUS_CODES[rules.Status.MISSED]
    assert red == 31


@pytest.mark.parametrize("last", [date(2026, 2, 28), date(2024, 3, 1), date(2026, 11, 21)])
def test_any_day_can_be_the_last(last):
    sent = drawn(last=last)
    assert max(s.days[-1] for s in sent) == np.datetime64(last)
    assert sum(s.lost[-1] for s in sent if s.days[-1] == np.datetime64(last)) == history.MISSING_ON_LAST_DAY


@pytest.mark.parametrize("dimension", ["language", "race_ethnicity", "sex", "age_band", "payer", *OF_STAFF])
def test_totals_are_the_sums_of_their_groups(whole, dimension):
    checked = 0
    for s in whole:
        mine = [k for k in s.numbers.keys if "|" not in k and k.startswith(f"{dimension}:")]
        if not mine or s.measure.kind == "median":
            continue
        x, n = column(s.numbers, "")
        parts = [column(s.numbers, key) for key in mine]
        assert np.array_equal(sum(p[0] for p in parts), x), (s.unit, s.measure.code)
        assert np.array_equal(sum(p[1] for p in parts), n), (s.unit, s.measure.code)
        checked += 1
    assert checked >= 20


def test_crossed_groups_add_up_both_ways(whole):
    numbers = of(whole, "ED", "ed_lwbs").numbers
    crossed = [k for k in numbers.keys if "|" in k]
    assert crossed
    for language in LANGUAGES:
        cells = [k for k in crossed if k.startswith(f"language:{language}|")]
        assert np.array_equal(sum(column(numbers, k)[1] for k in cells), column(numbers, f"language:{language}")[1])
    for race in RACE_CODES:
        cells = [k for k in crossed if k.endswith(f"|race_ethnicity:{race}")]
        assert np.array_equal(sum(column(numbers, k)[0] for k in cells), column(numbers, f"race_ethnicity:{race}")[0])


def test_no_share_exceeds_its_cases_and_no_count_is_negative(whole):
    for s in whole:
        x, n = s.numbers.numerators, s.numbers.denominators
        assert not (x < 0).any()
        assert not (n < 0).any()
        if s.measure.kind == "proportion":
            assert (x <= n).all(), (s.unit, s.measure.code)
        if s.measure.kind == "rate":
            assert not ((n == 0) & (x > 0)).any(), (s.unit, s.measure.code)


def test_shares_of_groups_are_whole():
    assert sum(LANGUAGES.values()) == pytest.approx(1)
    for language in LANGUAGES:
        assert sum(races_of(language).values()) == pytest.approx(1)
    for mix in MIXES.values():
        for shares in mix.values():
            assert sum(shares.values()) == pytest.approx(1)


def share(numbers, where, key):
    x, n = column(numbers, key)
    return x[where].sum(), n[where].sum()


def test_story_baseline_is_told_exactly(whole):
    s = of(whole, story.UNIT, story.MEASURE)
    goal = np.datetime64(story.goal_start(TUESDAY))
    before = s.days < goal
    assert s.days[before][0] == np.datetime64("2025-06-01")
    assert before.sum() == 365
    assert not s.lost.any()
    counts = {
        key: share(s.numbers, before, f"language:{key}" if key else "")
        for key in ("", "en", "es", "other", "UNK", "ase")
    }
    assert counts == {
        "": (701, 1142),
        "en": (554, 840),
        "es": (91, 190),
        "other": (29, 64),
        "UNK": (24, 41),
        "ase": (3, 7),
    }
    percents = {key: round(100 * x / n) for key, (x, n) in counts.items() if n >= 11}
    assert percents == {"": 61, "en": 66, "es": 48, "other": 45, "UNK": 59}
    assert round(counts["es"][0] / counts["es"][1] / (counts["en"][0] / counts["en"][1]), 2) == 0.73


def test_story_ends_raised_but_wider(whole):
    s = of(whole, story.UNIT, story.MEASURE)
    fifth = (s.days >= np.datetime64("2026-10-01")) & (s.days < np.datetime64("2026-11-01"))
    percents = {
        key: round(100 * np.divide(*share(s.numbers, fifth, key))) for key in ("", "language:en", "language:es")
    }
    assert percents == {"": 70, "language:en": 76, "language:es": 53}
    gaps = []
    for counts in story.MONTHS:
        (en_x, en_n), (es_x, es_n) = counts["en"], counts["es"]
        rest = [sum(counts[code][side] for code in ("other", "UNK", "ase")) for side in (0, 1)]
        assert min(es_x, es_n - es_x, en_x, en_n - en_x, rest[0], rest[1] - rest[0]) >= 11
        gaps.append(100 * (en_x / en_n - es_x / es_n))
    assert round(gaps[-1]) == 23
    assert gaps == sorted(gaps)
    assert gaps[0] > 18.1  # wider than before from the first month on


def test_causes_show_in_the_numbers(whole):
    flu = np.datetime64(flu_start(TUESDAY))
    unseen = of(whole, "ED", "ed_lwbs")
    x, n = column(unseen.numbers, "")
    surge = (unseen.days >= flu) & (unseen.days < flu + 35)
    after = (unseen.days >= flu + 60) & (unseen.days < flu + 150)
    assert x[surge].sum() / n[surge].sum() > 1.5 * x[after].sum() / n[after].sum()
    ct = of(whole, "IMG", "ct_report_minutes")
    x, n = column(ct.numbers, "")
    outage = (ct.days >= np.datetime64(TUESDAY) - 41) & (ct.days <= np.datetime64(TUESDAY) - 40)
    assert (x[outage] / n[outage]).min() > 1.5 * np.median(x / n)
    noon = of(whole, "4W", "discharge_before_noon")
    x, n = column(noon.numbers, "")
    tested = noon.days > np.datetime64(TUESDAY) - 128
    untested = noon.days < np.datetime64(TUESDAY) - 150
    assert x[tested].sum() / n[tested].sum() > 1.3 * x[untested].sum() / n[untested].sum()


def test_days_since_count_up_by_one_or_start_again(whole):
    days = of(whole, "ED", "serious_event_days").numbers.numerators[:, 0]
    steps = np.diff(days)
    assert set(steps[steps != 1] + days[:-1][steps != 1]) <= {0.0}
    assert (days == 0).any()


def test_notes_stand_on_measures_that_their_unit_reports():
    sends = boards.sent_by(places.HOSPITAL)
    for note in notes(TUESDAY):
        assert note.measure in sends[note.unit]
        assert note.day <= TUESDAY


def test_months_before_ends_in_short_months():
    assert story.months_before(date(2026, 3, 31), 1) == date(2026, 2, 28)
    assert story.months_before(date(2026, 1, 15), 13) == date(2024, 12, 15)
