import hashlib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from boards import rules
from boards.actions.readings import store_readings
from boards.catalogue import definitions
from boards.models import (
    Annotation,
    Batch,
    BoardMeasure,
    Dimension,
    Layout,
    Measure,
    Reading,
    RedReason,
    ReplacedReading,
    Snapshot,
    Stratum,
    Target,
    Tile,
)
from huddleboard.demo import boards, history, hospital, make_hospital, make_system, places, remove, story, system
from huddleboard.demo.causes import causes, flu_start, notes
from huddleboard.demo.groups import LANGUAGES, MIXES, RACE_CODES, races_of
from huddleboard.demo.organisation import ZONE, holidays
from huddleboard.demo.people import LOGINS, PASSWORD, domain_of
from huddleboard.demo.shapes import SHAPES
from org import rules as org_rules
from org.models import Membership, Organisation, ReportingLine, Unit, User
from org.queries import next_huddle_of

TUESDAY = date(2026, 11, 17)
AT = datetime(2026, 11, 18, 6, 15, tzinfo=ZoneInfo(ZONE))


# The whole hospital, drawn without a database.


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
    return history.make_history(frame, rows, boards.sent_by(rows), measures, causes(last))


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
    assert on_boards == set(SHAPES)
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


@pytest.mark.parametrize("dimension", ["language", "race_ethnicity", "sex", "age_band", "payer"])
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
    assert s.days[before][0] == np.datetime64("2025-06-18")
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
    month = s.days >= np.datetime64(story.months_before(TUESDAY + timedelta(days=1), 1))
    percents = {
        key: round(100 * np.divide(*share(s.numbers, month, key))) for key in ("", "language:en", "language:es")
    }
    assert percents == {"": 70, "language:en": 76, "language:es": 53}
    gaps = []
    for counts in story.MONTHS:
        (en_x, en_n), (es_x, es_n) = counts["en"], counts["es"]
        assert es_n >= 11
        gaps.append(100 * (en_x / en_n - es_x / es_n))
    assert [round(g) for g in gaps][-1] == 23
    assert all(g > 20 for g in gaps[-2:])  # two months in a row above the limit


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


# The small house, in the database.


@pytest.fixture(scope="module")
def small(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_hospital(small=True, last=TUESDAY, at=AT, say=lambda _text: None)
        yield made
        transaction.set_rollback(True)


def test_small_house_stands(small, db):
    assert small.organisation.is_synthetic
    assert small.units == Unit.objects.filter(organisation=small.organisation).count() == 9
    assert (small.first, small.last) == (TUESDAY - timedelta(days=59), TUESDAY)
    assert small.readings == Reading.objects.filter(organisation=small.organisation).count()
    assert small.snapshots == Snapshot.objects.filter(organisation=small.organisation).count()
    assert small.reasons == RedReason.objects.count() > 100
    assert Annotation.objects.count() > 0
    assert Tile.objects.count() == BoardMeasure.objects.count()


def test_corrected_numbers_keep_what_they_replaced(small, db):
    assert small.corrected == ReplacedReading.objects.count() == Reading.objects.filter(revision=1).count() > 0
    assert Snapshot.objects.filter(corrected=True).exists()


def test_batches_say_what_came(small, db):
    batches = Batch.objects.filter(organisation=small.organisation)
    assert sum(batches.values_list("rows", flat=True)) > small.counts
    assert sum(batches.values_list("new_readings", flat=True)) == small.readings
    assert not batches.exclude(state=Batch.State.IMPORTED).exists()


def test_nothing_came_before_its_day_was_over_or_after_now(small, db):
    for day, received in Reading.objects.filter(organisation=small.organisation).values_list("day", "received_at"):
        assert datetime.combine(day + timedelta(days=1), datetime.min.time(), ZoneInfo(ZONE)) < received <= AT


def test_the_last_day_waits_for_its_huddle(small, db):
    assert not RedReason.objects.filter(day=TUESDAY).exists()
    missed = Snapshot.objects.filter(
        organisation=small.organisation,
        day=TUESDAY,
        status=rules.STATUS_CODES[rules.Status.MISSED],
        unit__tier__level=1,
    )
    assert missed.count() == round(history.RED_SHARE * (48 - 5))
    absent = Snapshot.objects.filter(
        organisation=small.organisation, day=TUESDAY, unit__tier__level=1, expected=1, reported=0
    )
    assert absent.count() == 5


def test_most_red_days_that_are_worked_on_have_a_reason(small, db):
    drivers = BoardMeasure.objects.filter(role="driver", reports=True).values_list("unit_id", "measure_id")
    reds = set(
        Snapshot.objects.filter(status=rules.STATUS_CODES[rules.Status.MISSED], day__lt=TUESDAY).values_list(
            "unit_id", "measure_id", "day"
        )
    )
    worked_on = {red for red in reds if red[:2] in set(drivers)}
    explained = set(RedReason.objects.values_list("unit_id", "measure_id", "day"))
    assert explained <= worked_on
    assert 0.8 < len(explained) / len(worked_on) < 0.92


def test_snapshots_roll_the_same_counts_up_to_the_top(small, db):
    top = Unit.objects.get(organisation=small.organisation, parent__isnull=True)
    measure = Measure.objects.get(organisation=small.organisation, code="overtime_share")
    day = TUESDAY - timedelta(days=1)
    own = Reading.objects.filter(organisation=small.organisation, measure=measure, day=day).values_list(
        "numerators", "denominators"
    )
    rolled = Snapshot.objects.get(unit=top, measure=measure, day=day)
    assert rolled.numerator == sum(x[0] for x, _ in own)
    assert rolled.denominator == sum(n[0] for _, n in own)


def test_pharmacy_reports_along_two_lines(small, db):
    pharmacy = Unit.objects.get(organisation=small.organisation, code="PHA")
    lines = dict(ReportingLine.objects.filter(unit=pharmacy).values_list("kind", "parent__code"))
    assert lines == {"primary": "OPS", "second": "CLIN"}
    assert pharmacy.path.startswith(pharmacy.parent.path)


@pytest.mark.parametrize("login", LOGINS, ids=lambda login: login.local)
def test_every_role_signs_in(small, db, client, login):
    email = f"{login.local}@{domain_of(small.organisation.slug)}"
    assert client.login(username=email, password=PASSWORD)
    user = User.objects.get(email=email)
    assert list(user.memberships.values_list("role", flat=True)) == [login.role]
    assert Unit.objects.visible_to(user).exists()


def test_there_is_a_login_for_every_role_and_no_other_password(small, db):
    assert {login.role for login in LOGINS} == set(org_rules.Role)
    logins = {f"{login.local}@{domain_of(small.organisation.slug)}" for login in LOGINS}
    for user in User.objects.filter(memberships__unit__organisation=small.organisation).distinct():
        assert user.has_usable_password() == (user.email in logins)
        assert not user.is_staff
        assert not user.is_superuser


def test_every_unit_has_a_lead_and_a_stand_in(small, db):
    for unit in Unit.objects.filter(organisation=small.organisation, tier__level=1):
        leads = Membership.objects.filter(unit=unit, role="unit_lead", stands_in_for__isnull=True)
        assert leads.count() == 1, unit
        assert Membership.objects.filter(stands_in_for=leads.get()).count() == 1


def test_nothing_in_it_is_real(small, db):
    people = User.objects.filter(memberships__unit__organisation=small.organisation)
    assert all(email.endswith(".example") for email in people.values_list("email", flat=True))
    assert len(set(people.values_list("name", flat=True))) == len(set(people.values_list("pk", flat=True)))
    assert small.organisation.is_synthetic
    assert not Organisation.objects.filter(is_synthetic=False).exists()


def test_huddles_are_planned(small, db):
    ed = Unit.objects.get(organisation=small.organisation, code="ED")
    clinic = Unit.objects.get(organisation=small.organisation, code="HSC")
    friday_noon = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo(ZONE))
    assert next_huddle_of(ed, friday_noon).starts_at == friday_noon.replace(hour=19)
    assert next_huddle_of(clinic, friday_noon).starts_at == datetime(2026, 11, 23, 7, tzinfo=ZoneInfo(ZONE))


def test_logins_are_printed_unless_their_password_was_changed(small, db):
    user = User.objects.get(email=f"admin@{domain_of(small.organisation.slug)}")
    out = StringIO()
    call_command("demo_logins", stdout=out)
    assert "invented people and numbers" in out.getvalue()
    assert PASSWORD in out.getvalue()
    assert out.getvalue().count("@") == len(LOGINS)
    user.set_password("another secret of mine")
    user.save()
    out = StringIO()
    call_command("demo_logins", stdout=out)
    assert user.email not in out.getvalue()


def test_if_empty_makes_nothing_beside_an_organisation(small, db):
    out = StringIO()
    call_command("demo_hospital", "--if-empty", stdout=out)
    assert "no demo hospital is made" in out.getvalue()
    assert Organisation.objects.count() == 1


def test_a_second_demo_is_refused_without_reset(small, db):
    with pytest.raises(CommandError, match="there already"):
        call_command("demo_hospital", "--size", "small")


def test_remove_takes_all_of_it(small, db):
    remove(small.organisation)
    for model in (
        Reading,
        ReplacedReading,
        Snapshot,
        Tile,
        Measure,
        Target,
        Dimension,
        Stratum,
        Layout,
        Unit,
        User,
        Batch,
    ):
        assert not model.objects.exists(), model
    assert not Organisation.objects.exists()


def test_remove_refuses_what_is_not_synthetic(small, db):
    Organisation.objects.filter(pk=small.organisation.pk).update(is_synthetic=False)
    with pytest.raises(org_rules.NotAllowed, match="never deleted"):
        remove(small.organisation)
    with pytest.raises(CommandError, match="never deleted"):
        call_command("demo_hospital", "--size", "small", "--reset")
    assert Reading.objects.exists()


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
