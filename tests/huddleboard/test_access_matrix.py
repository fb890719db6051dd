"""Every address × every kind of reader, with its status code. An address without a row fails.

What one reader does is undone before the next comes: each meets the place as it was made.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from org import outbox
from org.models import Message, Unit
from org.queries import DEVICE_COOKIE
from org.rules import ROLES, Permission, Role
from tests.boards.feeds.things import feed_things
from tests.boards.setup.stage import board_things
from tests.factories import NOW, make_calendar, make_device, make_membership, make_unit, make_user
from tests.huddleboard.access_rows import GOES, Row
from tests.huddleboard.access_table import TABLE
from tests.huddles.stage import STAFF_GROUP, huddle_things
from tests.improvement.evidence_factories import evidence_things
from tests.improvement.stage import goal_things
from tests.rounding.stage_k_cards import k_card_things
from tests.rounding.stage_reading import rounding_things
from tests.rounding.stage_sets import round_set_things
from tests.rounding.stage_standard import standard_things

READERS = ("anonymous", "device", "outsider", *Role.values)


@dataclass
class Place:
    """One of everything that an address names. `unit` is the ward; `things` stand on its board."""

    slug: str
    unit: int
    person: int
    membership: int
    calendar: int
    display: int
    message: int
    ward: Unit
    top: Unit
    device_token: str
    things: dict[str, int | str]
    token: str = "no-such-link"


def names(patterns: list[Any], space: str = "") -> list[str]:
    """The name of every address, "?" for one without."""
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += names(pattern.url_patterns, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif isinstance(pattern, URLPattern):
            found.append(space + (pattern.name or "?"))
    return found


def test_every_address_has_a_row_and_every_row_an_address():
    addresses = names(get_resolver().url_patterns)
    rows = [row.name for row in TABLE]
    assert sorted(set(addresses) - set(rows)) == [], "append rows to tests/huddleboard/access_table.py"
    assert sorted(set(rows) - set(addresses)) == []
    assert "?" not in addresses


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker):
    """The place and its readers, made once; what a test does to them is undone after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_place()
        yield made, {kind: seat(kind, made) for kind in READERS}
        transaction.set_rollback(True)


def make_place() -> Place:
    top = make_unit(name="Executive team")
    ward = make_unit(make_unit(top, name="Medicine"), name="5 West")
    keeper = make_user(Role.ADMINISTRATOR, top)
    person = make_user()
    membership = make_membership(person, ward, Role.STAFF)
    device, token = make_device(keeper, ward)
    outbox.queue(
        template="password",
        recipient="a@example.org",
        dedup_key="x",
        at=NOW,
        organisation_id=top.organisation_id,
    )
    return Place(
        slug=top.organisation.slug,
        unit=ward.pk,
        person=person.pk,
        membership=membership.pk,
        calendar=make_calendar(top.organisation).pk,
        display=device.pk,
        message=Message.objects.get().pk,
        ward=ward,
        top=top,
        device_token=token,
        things={
            **board_things(ward),
            **feed_things(ward),
            **huddle_things(ward),
            **goal_things(ward),
            **evidence_things(ward),
            **round_set_things(ward),
            **rounding_things(ward),
            **standard_things(ward),
            **k_card_things(ward),
        },
    )


def seat(kind: str, place: Place) -> dict[str, str]:
    """The cookies of this kind of reader, signed in where they can be."""
    if kind == "anonymous":
        return {}
    if kind == "device":
        return {DEVICE_COOKIE: place.device_token}
    client = Client()
    if kind == "outsider":
        client.force_login(make_user(Role.ADMINISTRATOR, make_unit()))
    else:
        client.force_login(make_user(Role(kind), place.top if kind == Role.ADMINISTRATOR else place.ward))
    return {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}


def code(response: Any) -> int:
    """The status code; a redirect to anywhere but the sign-in page is GOES."""
    if response.status_code not in {301, 302, 303}:
        return response.status_code
    location = urlsplit(response.headers["Location"])
    to_sign_in = location.path == reverse("org:login") and "next=" in location.query
    return 302 if to_sign_in else GOES


def named(place: Place, value: str) -> Any:
    """What an address calls `value`: a field of the place, one of its things, else the text itself."""
    return getattr(place, value, place.things.get(value, value))


@pytest.mark.parametrize("row", TABLE, ids=[f"{row.method} {row.name}" for row in TABLE])
def test_everybody_gets_the_code_of_the_table(
    row: Row, place: tuple[Place, dict[str, dict[str, str]]], db: None, client: Client
):
    place, seats = place
    address = reverse(row.name, kwargs={key: named(place, value) for key, value in row.arguments.items()})
    expected = {kind: row.codes.get(kind, row.others) for kind in READERS}
    found, told = {}, set()
    for kind in READERS:
        client.cookies.clear()
        client.cookies.load(seats[kind])
        with transaction.atomic():
            response = getattr(client, row.method)(address, row.data or {})
            found[kind] = code(response)
            if STAFF_GROUP.encode() in getattr(response, "content", b""):
                told.add(kind)
            transaction.set_rollback(True)
    assert found == expected
    # A gap between groups of staff asks for help at the ward: no page tells anybody else of it.
    assert told <= {kind for kind in Role if Permission.WORKFORCE_VIEW in ROLES[kind]}
