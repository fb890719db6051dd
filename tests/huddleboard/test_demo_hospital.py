"""The small demo hospital in the database: made, lived in, removed."""

from collections import Counter
from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from boards import rules
from boards.models import (
    Annotation,
    Batch,
    BoardMeasure,
    Dimension,
    Layout,
    Measure,
    Reading,
    ReasonCode,
    RedReason,
    ReplacedReading,
    Snapshot,
    Stratum,
    Target,
    Tile,
)
from boards.queries import board as boards
from boards.queries.overview import overview_page
from huddleboard.demo import history, make_hospital, remove
from huddleboard.demo.organisation import ZONE
from huddleboard.demo.people import LOGINS, PASSWORD, domain_of
from huddles.queries.house import house
from huddles.queries.huddle import board_step
from org import rules as org_rules
from org.models import Membership, Organisation, ReportingLine, Unit, User
from org.queries import next_huddle_of

TUESDAY = date(2026, 11, 17)
MISSED = rules.STATUS_CODES[rules.Status.MISSED]
AT = datetime(2026, 11, 18, 6, 15, tzinfo=ZoneInfo(ZONE))


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


def test_the_board_of_the_unit_lead_begins_with_a_red_without_a_reason(small, db):
    unit = boards.with_versions(Unit.objects.filter(code="ED")).select_related("tier", "organisation").get()
    page = boards.board_page(unit, TUESDAY, boards.Reader(frozenset(), AT), None, "", "")
    assert "ed_lwbs" in Measure.objects.filter(pk__in=[tile.measure_id for tile in page.reds]).values_list(
        "code", flat=True
    )


def test_every_page_means_the_same_by_a_red_without_a_reason(small, db):
    units = list(boards.with_versions(Unit.objects.all()).select_related("tier", "organisation"))
    top = next(unit for unit in units if unit.parent_id is None)
    shown = {(tile.unit_id, tile.measure_id, tile.day) for tile in Tile.objects.filter(status=MISSED)}
    BoardMeasure.objects.filter(unit__tier__level=1).update(role=rules.MeasureRole.DRIVER)
    watched = BoardMeasure.objects.filter(unit=units[-1]).order_by("pk").first()
    BoardMeasure.objects.filter(pk=watched.pk).update(role=rules.MeasureRole.WATCH)
    # Months ago, and explained today: the board still shows that period.
    old = Tile.objects.filter(unit__parent__isnull=False, status=MISSED).first()
    said = ReasonCode.objects.filter(organisation=small.organisation).first()
    Tile.objects.filter(pk=old.pk).update(day=TUESDAY - timedelta(days=100))
    RedReason.objects.create(
        unit=old.unit, measure=old.measure, day=TUESDAY - timedelta(days=100), reason=said, entered_at=AT
    )
    assert len(shown) > 3
    boards_say: dict[int, int] = {}
    missed = 0
    for unit in units:
        page = boards.board_page(unit, TUESDAY, boards.Reader(frozenset(), AT), None, "", "")
        boards_say[unit.pk] = len(page.reds)
        missed += sum(tile.status == rules.Status.MISSED for tile in (*page.reds, *page.drivers, *page.watched))
        assert len(board_step(unit, frozenset(), AT).reds) == len(page.reds)
    executive = User.objects.get(email=f"executive@{domain_of(small.organisation.slug)}")
    overview = overview_page(small.organisation, TUESDAY, AT, executive)
    assert {row.unit_id: row.unexplained for row in overview.rows} == boards_say
    assert overview.totals.unexplained == sum(boards_say.values()) > 0
    assert overview.totals.missed == missed
    desk = house(top, AT.date(), AT + timedelta(hours=12))
    assert Counter(red.unit_id for red in desk.reds) == Counter({pk: n for pk, n in boards_say.items() if n})
    assert 0 < len(desk.talked) <= len(desk.reds)
    line = next(unit for unit in units if unit.tier.level == 2)
    below = {unit.pk for unit in units if unit.path.startswith(line.path)}
    assert len(house(line, AT.date(), AT).reds) == sum(boards_say[pk] for pk in below)


def test_all_boards_of_a_past_day_count_what_the_boards_showed_then(small, db):
    executive = User.objects.get(email=f"executive@{domain_of(small.organisation.slug)}")
    for back in (1, 2, 8, 30):
        day = TUESDAY - timedelta(days=back)
        counted = {row.unit_id: row.unexplained for row in overview_page(small.organisation, day, AT, executive).rows}
        for unit in boards.with_versions(Unit.objects.all()).select_related("tier", "organisation"):
            page = boards.board_page(unit, day, boards.Reader(frozenset(), AT), None, "", "")
            assert counted[unit.pk] == len(page.reds), (unit.name, day)
