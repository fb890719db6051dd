"""Groups of patients before a change beside the same groups since: whole published months, guarded as everywhere."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from boards.models import Measure
from boards.queries.around import groups_around
from boards.rules import About
from improvement.rules.cycles import State
from improvement.rules.tickets import Stage
from org.rules import Role
from tests.boards.factories import make_published
from tests.factories import make_user, signed_in
from tests.improvement.factories import make_cycle, make_house, make_ticket

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER, NOVEMBER = date(2026, 9, 30), date(2026, 10, 31), date(2026, 11, 30)
BEGUN = datetime(2026, 10, 12, 15, 0, tzinfo=UTC)


@pytest.fixture
def house(time_machine):
    time_machine.move_to(datetime(2026, 12, 3, 15, 0, tzinfo=UTC), tick=False)
    return make_house()


def told(house, last, english, spanish, **more):
    counts = {"English": (english, 400), "Spanish": (spanish, 100)}
    make_published(house.ward, house.measure, house.language, last, counts, **more)


def text(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_groups_before_a_change_stand_beside_the_same_groups_since(house):
    told(house, SEPTEMBER, 320, 50)
    told(house, OCTOBER, 322, 60)
    told(house, NOVEMBER, 324, 74)
    ticket = make_ticket(house.ward, measure=house.measure, stage=Stage.WORK, owner=house.staff, begun_at=BEGUN)
    found = groups_around(house.ward, house.measure, house.language, BEGUN.date(), date(2026, 12, 3))
    assert [table.window_text for table in found.tables] == ["September 2026", "November 2026"]
    assert [(group.name, [row.value for row in group.rows]) for group in found.rows] == [
        ("English", ["80.0", "81.0"]),
        ("Spanish", ["50.0", "74.0"]),
    ]
    assert [row.numerator for row in found.whole.rows] == ["370", "398"]
    assert not found.more
    said = text(signed_in(house.staff).get(reverse("improvement:ticket-groups", args=[ticket.pk])))
    assert "Spanish fares worse, more than chance 50.0 100 74.0 100" in said


def test_of_a_test_the_month_counts_in_which_most_of_its_days_lie_and_it_is_said_that_others_are_in_it(house):
    for last, spanish in ((SEPTEMBER, 50), (OCTOBER, 60), (NOVEMBER, 74)):
        told(house, last, 320, spanish)
    ticket = make_ticket(house.ward, measure=house.measure)
    test = make_cycle(
        ticket, State.ENDED, measure=house.measure, counted="", starts_on=date(2026, 10, 12), ends_on=date(2026, 11, 5)
    )
    address = reverse("improvement:ticket-groups", args=[ticket.pk])
    said = text(signed_in(house.staff).get(address, {"cycle": test.pk}))
    assert "September 2026 October 2026" in said
    assert "days outside of the test are among them" in said
    assert signed_in(house.staff).get(address, {"cycle": 0}).status_code == 404


def test_while_the_month_goes_on_only_what_was_before_is_told(house):
    told(house, OCTOBER, 320, 50)
    ticket = make_ticket(house.ward, measure=house.measure)
    test = make_cycle(ticket, measure=house.measure, counted="", starts_on=date(2026, 11, 20))
    said = text(signed_in(house.staff).get(reverse("improvement:ticket-groups", args=[ticket.pk]), {"cycle": test.pk}))
    assert "October 2026" in said
    assert "Groups are told when their month is over." in said


def test_a_group_that_was_hidden_stays_hidden_and_one_that_was_not_told_then_is_no_zero(house):
    told(house, SEPTEMBER, 320, 50, rest=(20, 40), hidden=("Thai", "Urdu"))
    counts = {"English": (320, 400), "Spanish": (60, 100), "Vietnamese": (30, 60)}
    make_published(house.ward, house.measure, house.language, OCTOBER, counts)
    found = groups_around(house.ward, house.measure, house.language, date(2026, 10, 1), OCTOBER)
    rows = {group.name: [row.value for row in group.rows] for group in found.rows}
    assert rows["Vietnamese"] == ["", "50.0"]
    assert rows["Other groups together"] == ["50.0", ""]
    assert not {"Thai", "Urdu"} & rows.keys()


def test_whoever_may_not_see_groups_sees_none_and_without_a_measure_there_is_nothing(house):
    told(house, OCTOBER, 320, 50)
    ticket = make_ticket(house.ward, measure=house.measure, stage=Stage.WORK, owner=house.staff, begun_at=BEGUN)
    Measure.objects.filter(pk=house.measure.pk).update(about=About.STAFF)
    own = signed_in(house.staff).get(reverse("improvement:ticket-groups", args=[ticket.pk]))
    assert own.status_code == 200
    assert "Spanish" not in text(own)
    none = make_ticket(house.ward)
    address = reverse("improvement:ticket-groups", args=[none.pk])
    assert signed_in(house.staff).get(address).status_code == 404
    outsider = signed_in(make_user(Role.UNIT_LEAD, make_house().ward))
    assert outsider.get(reverse("improvement:ticket-groups", args=[ticket.pk])).status_code == 404
