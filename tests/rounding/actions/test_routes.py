"""Routes, and the secret address of a calendar."""

from datetime import time, timedelta

import pytest

from org.models import Event
from org.rules import NotAllowed
from org.tokens import token_hash
from rounding.actions import routes as actions
from rounding.actions.routes import Terms
from rounding.models import CalendarAddress, Route
from rounding.queries.package import package_of
from rounding.queries.routes import calendar_of, person_of, routes_of, suggestions_for
from rounding.rules.questions import SetKind
from tests.factories import make_unit
from tests.huddles.factories import make_house, make_issue
from tests.huddles.huddle_stage import plan_huddle
from tests.rounding.factories import AT, make_promise, make_round, make_set

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


def terms(house, **said):
    usual = {
        "name": "Tuesday walk",
        "leader": house.lead(house.top),
        "partner": house.lead(house.line),
        "weekday": 1,
        "starts_at": time(10),
        "minutes": 60,
        "no_meetings": True,
        "units": [house.other_ward, house.ward],
    }
    return Terms(**{**usual, **said})


def made(house, **said):
    return actions.make_route(terms=terms(house, **said), by=house.lead(house.top), at=AT)


def stops(route):
    return list(route.stops.order_by("position").values_list("unit__code", flat=True))


def test_a_route_keeps_its_units_in_their_order_on_record(house):
    route = made(house)
    assert stops(route) == ["OTHER", "WARD"]
    by = house.lead(house.top)
    actions.change_route(
        route=route, terms=terms(house, name="Walk", units=[house.ward, house.other_ward]), by=by, at=AT
    )
    assert (stops(route), Route.objects.get().name) == (["WARD", "OTHER"], "Walk")
    for active in (False, False, True, True):
        actions.use_route(route=route, active=active, by=by, at=AT)
    verbs = Event.objects.filter(verb__startswith="route.").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "route.made",
        "route.changed",
        "route.given_up",
        "route.brought_back",
    ]
    # What a leader calls a route is no word for the trail.
    assert "Tuesday" not in " ".join(verbs.values_list("subject_label", flat=True))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 81}, "name"),
        ({"units": []}, "units"),
        ({"weekday": 7}, "weekday"),
        ({"minutes": 0}, "minutes"),
        ({"minutes": 241}, "minutes"),
    ],
)
def test_a_route_that_cannot_be_walked_is_refused(house, said, field):
    with pytest.raises(NotAllowed) as refusal:
        made(house, **said)
    assert refusal.value.field == field


def test_the_same_route_is_not_made_twice(house):
    first = made(house)
    with pytest.raises(NotAllowed, match="already"):
        made(house, name="tuesday WALK")
    actions.use_route(route=first, active=False, by=first.leader, at=AT)
    assert made(house).pk != first.pk


def test_a_route_has_two_people_and_each_unit_once_in_one_house(house):
    lead = house.lead(house.top)
    for said in (
        {"partner": lead},
        {"units": [house.ward, house.ward]},
        {"units": [house.ward, make_unit()]},
        {"units": [make_unit(house.line) for _n in range(9)]},
    ):
        with pytest.raises(NotAllowed):
            made(house, **said)


def test_a_route_is_seen_by_its_pair_and_by_leaders_of_its_units(house):
    made(house)
    seen = {code: len(routes_of(house.people[code])) for code in ("TOP", "LINE", "WARD", "IT", "STAFF")}
    assert seen == {"TOP": 1, "LINE": 1, "WARD": 1, "IT": 0, "STAFF": 0}
    [row] = routes_of(house.lead(house.line))
    assert (row.day, row.stops, row.mine) == ("Tuesday", ["4 East", "5 West"], True)
    assert [row.mine for row in routes_of(house.lead(house.ward))] == [False]


def test_a_device_gets_the_routes_that_its_person_leads(house):
    route = made(house)
    assert package_of(house.lead(house.line), AT)["routes"] == [
        {
            "route": route.pk,
            "name": "Tuesday walk",
            "weekday": 1,
            "starts_at": "10:00",
            "minutes": 60,
            "no_meetings": True,
            "with": ["Lead of Executive team"],
            "pair": house.lead(house.top).pk,
            "units": [house.other_ward.pk, house.ward.pk],
        }
    ]
    assert package_of(house.lead(house.ward), AT)["routes"] == []


def test_units_that_were_not_heard_are_suggested_with_why(house):
    lead = house.lead(house.line)
    make_round(house.ward, lead, make_set(house.ward, kind=SetKind.PATIENT))
    for days in (1, 2):
        huddle = plan_huddle(house.other_ward, timedelta(0))
        day = AT.date() - timedelta(days=days)
        type(huddle).objects.filter(pk=huddle.pk).update(day=day, planned_at=AT - timedelta(days=days))
    assert [(one.name, one.why) for one in suggestions_for(lead, AT)] == [
        ("4 East", "no round yet, 2 huddles of 2 not held lately")
    ]
    late = make_issue(house)
    type(late).objects.filter(pk=late.pk).update(clock_at=AT - timedelta(hours=1))
    kept = make_issue(house)
    type(kept).objects.filter(pk=kept.pk).update(clock_at=AT - timedelta(hours=1), confidential=True)
    assert [(one.name, one.why) for one in suggestions_for(lead, AT)] == [
        ("4 East", "no round yet, 2 huddles of 2 not held lately"),
        ("5 West", "1 issue past its time"),
    ]
    assert suggestions_for(house.people["STAFF"], AT) == []


def test_a_calendar_has_times_and_names_and_no_other_words(house):
    lead = house.lead(house.top)
    made(house)
    make_promise(house.ward, lead, text="Two more pumps")
    made_by_others = house.lead(house.line)
    make_promise(house.ward, made_by_others, text="Somebody else's")
    found = calendar_of(lead, AT)
    assert len(found) == 9
    assert (found[0].title, found[0].where, found[0].minutes) == ("Tuesday walk", "4 East, 5 West", 60)
    assert found[0].starts_at.isoformat() == "2026-11-24T10:00:00-05:00"
    assert (found[-1].title, found[-1].day.isoformat()) == ("Promise to 5 West", "2026-11-27")
    assert "pumps" not in repr(found)


def test_a_new_address_ends_the_old_one_and_only_its_hash_is_kept(house):
    lead = house.lead(house.ward)
    first = actions.renew_address(person=lead, at=AT)
    second = actions.renew_address(person=lead, at=AT)
    assert (person_of(first), person_of(second)) == (None, lead)
    assert list(CalendarAddress.objects.values_list("token_hash", flat=True)) == [token_hash(second)]
    assert not Event.objects.filter(facts__icontains=second).exists()
    lead.is_active = False
    lead.save()
    assert person_of(second) is None
    actions.withdraw_address(person=lead, at=AT)
    actions.withdraw_address(person=lead, at=AT)
    assert CalendarAddress.objects.count() == 0
