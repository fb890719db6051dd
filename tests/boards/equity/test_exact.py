"""Exact cells: for a data steward, for a reason that is kept, for half an hour, and nowhere else."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from boards import rules
from boards.actions.exact import open_cells
from boards.models import Grouping, GroupMember
from boards.queries.exact import CellVerdict, exact_table
from boards.snapshots import take_days
from boards.views.equity.exact import OPENED
from org.models import Event, User
from org.rules import NotAllowed, Role
from tests.boards.snapshots.house import House, build_house
from tests.factories import make_user, signed_in

DAYS = (date(2026, 10, 5), date(2026, 10, 6))


@pytest.fixture
def house(db) -> House:
    built = build_house()
    built.dimension("language", "en", "es", "vi", "unknown")
    bundle = built.measure("bundle")
    now = timezone.now()
    counts = {"": (60.0, 100.0), "language:en": (40.0, 60.0), "language:es": (15.0, 30.0), "language:vi": (3.0, 8.0)}
    built.send_all([(bundle, day, {"m1": {**counts, "language:unknown": (2.0, 2.0)}}) for day in DAYS], at=now)
    take_days(built.organisation, *DAYS, now)
    return built


def table(house: House, first: date = DAYS[0], last: date = DAYS[1]):
    measure = house.organisation.measures.get(code="bundle")
    dimension = house.organisation.dimensions.get(code="language")
    return exact_table(house.units["m1"], measure, dimension, first, last)


def test_cells_are_exact_and_the_guards_word_stands_beside_each(house: House):
    one = table(house, DAYS[0], DAYS[0])
    assert [(row.name, row.numerator, row.denominator) for row in one.rows] == [
        ("en", "40", "60"), ("es", "15", "30"), ("unknown", "2", "2"), ("vi", "3", "8"),
    ]  # fmt: skip
    verdicts = {row.name: row.verdict for row in one.rows}
    assert verdicts["vi"] == verdicts["unknown"] == CellVerdict.SMALL
    assert (one.total.numerator, one.total.denominator, one.days) == ("60", "100", 1)


def test_days_add_up(house: House):
    both = table(house)
    assert [row.denominator for row in both.rows] == ["120", "60", "4", "16"]
    assert both.days == 2
    assert table(house, DAYS[0] - timedelta(days=9), DAYS[0] - timedelta(days=5)).rows == []


def test_groups_of_boards_are_put_together(house: House):
    dimension = house.organisation.dimensions.get(code="language")
    grouping = Grouping.objects.create(dimension=dimension, code="board", name="Board", is_default=True)
    for category in dimension.categories.filter(code__in=("es", "vi")):
        GroupMember.objects.create(grouping=grouping, category=category, group="Other")
    assert [(row.name, row.denominator) for row in table(house).rows] == [
        ("Other", "76"), ("en", "120"), ("unknown", "4"),
    ]  # fmt: skip


def test_what_is_hidden_beside_a_small_cell_is_told_apart(house: House):
    measure = house.organisation.measures.get(code="bundle")
    day = date(2026, 10, 7)
    house.dimension("payer", "public", "private", "self", "other")
    counts = {"": (292.0, 485.0), "payer:public": (200.0, 300.0), "payer:private": (50.0, 100.0)}
    counts |= {"payer:self": (40.0, 80.0), "payer:other": (2.0, 5.0)}
    house.send_all([(measure, day, {"m1": counts})], at=timezone.now())
    take_days(house.organisation, day, day, timezone.now())
    payer = house.organisation.dimensions.get(code="payer")
    assert {row.name: row.verdict for row in exact_table(house.units["m1"], measure, payer, day, day).rows} == {
        "public": CellVerdict.SHOWN,
        "private": CellVerdict.SHOWN,
        "self": CellVerdict.BESIDE,
        "other": CellVerdict.SMALL,
    }


@pytest.fixture
def steward(house: House) -> User:
    return make_user(Role.DATA_STEWARD, house.units["medicine"])


def address(house: House) -> str:
    measure = house.organisation.measures.get(code="bundle")
    return f"/boards/{house.units['m1'].pk}/measures/{measure.pk}/exact/"


GIVEN = {"by": "language", "first": "2026-10-05", "last": "2026-10-06", "reason": "doubt"}


def test_cells_open_for_a_reason_that_is_on_record(house: House, steward):
    client = signed_in(steward)
    before = client.get(address(house), {k: v for k, v in GIVEN.items() if k != "reason"})
    assert "what the guard says" not in before.content.decode()
    opened = client.post(address(house), GIVEN)
    assert opened.status_code == 302
    shown = client.get(opened.url)
    assert "what the guard says" in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "no-store" in before.headers["Cache-Control"]
    event = Event.objects.get(verb="strata.exact_opened")
    assert event.facts == {
        "measure": "bundle",
        "dimension": "language",
        "first_day": "2026-10-05",
        "last_day": "2026-10-06",
        "reason": "doubt",
    }
    assert (event.actor_id, event.unit_id) == (steward.pk, house.units["m1"].pk)


def test_other_days_or_half_an_hour_later_it_is_shut_again(house: House, steward):
    client = signed_in(steward)
    url = client.post(address(house), GIVEN).url
    assert "what the guard says" not in client.get(url.replace("10-06", "10-05")).content.decode()
    session = client.session
    session[OPENED] = {key: (timezone.now() - timedelta(minutes=31)).isoformat() for key in session[OPENED]}
    session.save()
    assert "what the guard says" not in client.get(url).content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": ""},
        {"reason": "curiosity"},
        {"first": "2026-10-07"},
        {"first": "2020-01-01"},
        {"by": "none"},
        {"last": "soon"},
    ],
)
def test_without_a_reason_or_days_nothing_opens_and_nothing_is_lost(house: House, steward, wrong):
    client = signed_in(steward)
    refused = client.post(address(house), {**GIVEN, **wrong})
    assert refused.status_code == 422
    assert 'value="2026-10-06"' in refused.content.decode() or "last" in wrong
    assert not Event.objects.filter(verb="strata.exact_opened").exists()
    assert OPENED not in client.session


def test_nobody_else_opens_them(house: House):
    for role in Role:
        if role == Role.DATA_STEWARD:
            continue
        client = signed_in(make_user(role, house.units["medicine"]))
        assert client.post(address(house), GIVEN).status_code == 403
    elsewhere = signed_in(make_user(Role.DATA_STEWARD, house.units["s1"]))
    assert elsewhere.get(address(house)).status_code == 404
    assert not Event.objects.filter(verb="strata.exact_opened").exists()


def test_a_steward_of_a_ward_below_sees_the_board_above_and_no_exact_cell_of_it(house: House):
    measure = house.organisation.measures.get(code="bundle")
    client = signed_in(make_user(Role.DATA_STEWARD, house.units["m1"]))
    above = f"/boards/{house.units['medicine'].pk}/measures/{measure.pk}/"
    assert client.get(above).status_code == 200
    assert client.get(above + "exact/").status_code == 403


def test_the_action_refuses_by_itself(house: House, steward):
    measure = house.organisation.measures.get(code="bundle")
    dimension = house.organisation.dimensions.get(code="language")
    asked = {"unit": house.units["m1"], "measure": measure, "dimension": dimension, "by": steward, "at": timezone.now()}
    for first, last, reason in (
        (*DAYS, None),
        (DAYS[1], DAYS[0], rules.OpeningReason.DOUBT),
        (date(2025, 1, 1), date(2026, 1, 2), rules.OpeningReason.DOUBT),
    ):
        with pytest.raises(NotAllowed):
            open_cells(**asked, first=first, last=last, reason=reason)
    assert not Event.objects.filter(verb="strata.exact_opened").exists()
