"""Every page of this room tells the time of the hospital, never the one in which it is stored."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from huddles.actions import huddles
from org.rules import Role
from tests.factories import make_membership, make_organisation, make_unit, make_user, signed_in
from tests.huddles.access_desk import DESK
from tests.huddles.access_huddles import HUDDLES
from tests.huddles.access_issues import ISSUES
from tests.huddles.access_setup import HUDDLE_SETUP
from tests.huddles.access_signals import SIGNALS
from tests.huddles.huddle_stage import plan_huddle
from tests.huddles.stage import huddle_things

pytestmark = pytest.mark.django_db

#: Seven in the evening of the 24th in New Zealand, six in the morning of that day where times are stored.
EVENING = datetime(2026, 11, 24, 6, 7, tzinfo=UTC)
WRONG = re.compile(r"\b06:0[1-9]\b|\b6:0[1-9] a\.m\.")
#: What scripts read carries its zone with it.
FOR_SCRIPTS = re.compile(r'(?:data-[a-z-]+|datetime)="[^"]*"')
PAGES = [row for row in (*HUDDLES, *ISSUES, *DESK, *HUDDLE_SETUP, *SIGNALS) if row.method == "get"]


def everybody(ward):
    """Somebody who may do everything at the ward and above it."""
    person = make_user(name="All at once")
    for unit in (ward, ward.parent, ward.parent.parent):
        for role in Role:
            make_membership(person, unit, role)
    return person


@pytest.mark.parametrize("own", [False, True], ids=["of the house", "of the unit"])
def test_no_page_tells_a_time_that_is_not_the_hospitals(own):
    with time_machine.travel(EVENING, tick=False):
        top = make_unit(organisation=make_organisation(time_zone="UTC" if own else "Pacific/Auckland"))
        ward = make_unit(make_unit(top, level=2), level=1, time_zone="Pacific/Auckland" if own else "")
        person = everybody(ward)
        held = plan_huddle(ward, -timedelta(minutes=2))
        huddles.start(huddle=held, by=person, at=EVENING - timedelta(minutes=3))
        huddles.end(huddle=held, by=person, at=EVENING - timedelta(minutes=1))
        things = {**huddle_things(ward), "unit": ward.pk, "slug": top.organisation.slug}
        client = signed_in(person)
        wrong, told = {}, 0
        addresses = [reverse(row.name, kwargs={k: things.get(v, v) for k, v in row.arguments.items()}) for row in PAGES]
        for address in [*addresses, f"/huddles/{held.pk}/"]:
            text = FOR_SCRIPTS.sub("", client.get(address).content.decode(errors="replace"))
            told += len(re.findall(r"\b19:0\d\b", text))
            if found := WRONG.search(text):
                wrong[address] = text[max(0, found.start() - 80) : found.end() + 40]
    # Lists of the whole house keep to its own clock; whatever is of one unit to that unit's.
    assert {k: v for k, v in wrong.items() if not own or k.startswith(("/boards/", "/huddles/"))} == {}
    assert told > 8


def test_huddles_so_far_stand_under_the_day_and_time_of_their_hospital():
    with time_machine.travel(EVENING + timedelta(hours=12), tick=False):
        ward = make_unit(organisation=make_organisation(time_zone="Pacific/Auckland"))
        plan_huddle(ward)
        text = signed_in(make_user(Role.UNIT_LEAD, ward)).get(f"/boards/{ward.pk}/huddles/").content.decode()
    assert "Wed 25 Nov 2026 07:07" in text
