"""When a huddle can begin, calling one, and calling it off again."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from huddles.actions import huddles, issues, notes
from huddles.models import Huddle
from huddles.queries.house import house as house_of
from huddles.queries.silence import silence
from huddles.rules.agendas import Section
from huddles.rules.issues import Source
from huddles.rules.schedule import CALL_OFF, minutes_held
from org.models import Event
from org.rules import NotAllowed, Role
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.huddles.huddle_stage import PLANNED, lines, make_huddle

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def house():
    return make_house()


def pages(house, who=None):
    client = signed_in(who or house.people["STAFF"])
    huddle = Huddle.objects.get(unit=house.ward)
    addresses = (f"/huddles/{huddle.pk}/", f"/boards/{house.ward.pk}/before/")
    return [client.get(address).content.decode() for address in addresses]


def test_a_coming_huddle_says_from_when_it_can_begin_and_then_begins_from_both_pages(house):
    huddle = make_huddle(house.ward)
    begin = f'action="/huddles/{huddle.pk}/start/"'
    with time_machine.travel(PLANNED - 31 * MINUTE):
        for text in pages(house):
            assert "can begin from 06:30" in text
            assert begin not in text
    with time_machine.travel(PLANNED - 30 * MINUTE):
        for text in pages(house):
            assert "can begin from" not in text
            assert begin in text
        for text in pages(house, make_user(Role.COACH, house.ward)):
            assert begin not in text


@time_machine.travel(PLANNED)
def test_the_page_before_says_which_items_are_asked(house):
    make_huddle(house.ward)
    late = issues.raise_issue(
        title="Late already",
        unit=house.ward,
        source=Source.PAGE,
        client_id=uuid4(),
        by=house.lead(house.ward),
        at=PLANNED - timedelta(days=9),
    )
    text = pages(house, house.lead(house.ward))[1]
    asked = text[text.index("Asked of you") :]
    assert f"#{late.number}</a> Late already" in asked[: asked.index("</section>")]


@time_machine.travel(PLANNED, tick=False)
def test_a_huddle_that_was_called_by_mistake_is_called_off(house):
    client = signed_in(house.people["STAFF"])
    page = client.post(f"/boards/{house.ward.pk}/huddles/call/").headers["Location"]
    huddle = Huddle.objects.get(unit=house.ward)
    assert "Call it off" in client.get(page).content.decode()
    assert client.post(page + "call-off/").headers["Location"] == "/huddles/"
    assert not Huddle.objects.filter(pk=huddle.pk).exists()
    assert Event.objects.filter(verb="huddle.called_off", subject_id=huddle.pk).count() == 1
    assert client.get(f"{page}state/?unit={house.ward.pk}").status_code == 204  # open pages leave
    assert client.get(f"{page}state/?unit={make_house().ward.pk}").status_code == 404
    assert client.get(f"{page}state/").status_code == 404


def test_a_huddle_in_which_something_was_said_is_not_called_off_nor_a_planned_one_nor_later(house):
    by = house.people["STAFF"]
    called = huddles.call_huddle(unit=house.ward, by=by, at=PLANNED)
    with pytest.raises(NotAllowed, match="ten minutes"):
        huddles.call_off(huddle=called, by=by, at=PLANNED + CALL_OFF + MINUTE)
    notes.mark(huddle=called, line=lines(called, Section.SEAT)[0].pk, choice="here", by=by, at=PLANNED)
    with pytest.raises(NotAllowed, match="Something was said"):
        huddles.call_off(huddle=called, by=by, at=PLANNED)
    planned = huddles.start(huddle=make_huddle(house.other_ward), by=by, at=PLANNED)
    with pytest.raises(NotAllowed, match="planned"):
        huddles.call_off(huddle=planned, by=by, at=PLANNED)
    assert Huddle.objects.count() == 2
    with time_machine.travel(PLANNED + MINUTE):
        refused = signed_in(by).post(f"/huddles/{called.pk}/call-off/")
        assert (refused.status_code, "Something was said" in refused.content.decode()) == (422, True)
        assert "Call it off" not in signed_in(by).get(f"/huddles/{called.pk}/").content.decode()


def test_called_huddles_are_told_apart_and_counted_nowhere(house):
    by = house.people["STAFF"]
    huddle = huddles.start(huddle=make_huddle(house.ward), by=by, at=PLANNED)
    huddles.end(huddle=huddle, by=by, at=PLANNED + 7 * MINUTE)
    extra = huddles.call_huddle(unit=house.ward, by=by, at=PLANNED + 20 * MINUTE)
    huddles.end(huddle=extra, by=by, at=PLANNED + 25 * MINUTE)
    now = PLANNED + timedelta(hours=1)
    row = next(row for row in silence(house.line, PLANNED.date(), now).rows if row.unit_id == house.ward.pk)
    assert (row.held, row.planned, row.called) == (1, 1, 1)
    tier = next(
        tier for tier in house_of(house.top, PLANNED.date(), now).huddles if tier.level == house.ward.tier.level
    )
    assert (tier.planned, tier.held) == (1, 1)
    with time_machine.travel(now):
        text = (
            signed_in(house.lead(house.line))
            .get(reverse("huddles:desk-silence", args=[house.line.pk]))
            .content.decode()
        )
        assert "+ 1 called" in text


def test_a_record_says_whole_minutes_as_its_clock_shows_them(house):
    began, ended = PLANNED + timedelta(seconds=55), PLANNED + timedelta(minutes=7, seconds=5)
    assert (minutes_held(began, ended), minutes_held(began, began)) == (7, 1)
    by = house.people["STAFF"]
    huddle = huddles.start(huddle=make_huddle(house.ward), by=by, at=began)
    huddles.end(huddle=huddle, by=by, at=ended)
    with time_machine.travel(PLANNED + timedelta(hours=1)):
        client = signed_in(by)
        assert "07:00 to 07:07, 7 min" in client.get(f"/huddles/{huddle.pk}/").content.decode()
        assert "Held on time, 7 min" in client.get("/huddles/").content.decode()
        record = client.get(f"/huddles/{huddle.pk}/").content.decode()
        assert record.index("What was said") < record.index("How did it go?")
