"""What people say to a round comes back to whoever led it; it is corrected and taken back by whoever said it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from org.models import Event
from org.rules import Role
from rounding.actions import rounds
from rounding.models import CommentsRead, RoundComment
from rounding.queries.comments import new_comments
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.factories import make_note, make_round

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def staff(house):
    return house.people["STAFF"]


@pytest.fixture
def led(house, lead):
    now = timezone.now()
    return make_round(house.ward, lead, began_at=now, at=now)


def say(of_round, by, text="It came back", minutes=1, noted=None):
    at = timezone.now() - timedelta(minutes=minutes)
    return rounds.comment(of_round=of_round, observation=noted, text=text, uid=uuid4(), by=by, at=at)


def page(user, name="mine", *arguments):
    return signed_in(user).get(reverse(f"rounding:{name}", args=arguments)).content.decode()


def test_new_comments_stand_on_ones_own_page_until_the_round_was_opened(led, lead, staff):
    say(led, staff, noted=make_note(led))
    say(led, staff)
    say(led, lead, "Thank you")
    assert "2 new comments" in page(lead)
    assert f'href="/rounds/{led.pk}/"' in page(lead)
    assert "new comment" not in page(staff)
    assert page(staff, "round", led.pk).count('<b class="mark">not read yet</b>') == 0
    assert "2 new comments" in page(lead)
    assert page(lead, "round", led.pk).count('<b class="mark">not read yet</b>') == 2
    assert "new comment" not in page(lead)
    assert '<b class="mark">not read yet</b>' not in page(lead, "round", led.pk)
    say(led, staff, "And again", minutes=-1)
    assert "1 new comment<" in page(lead)
    assert CommentsRead.objects.count() == 1


def test_each_of_two_who_led_reads_for_themselves(house, lead, staff):
    other = make_user(Role.UNIT_LEAD, house.ward)
    now = timezone.now()
    led = make_round(house.ward, lead, partner=other, began_at=now, at=now)
    say(led, staff)
    page(lead, "round", led.pk)
    assert ("new comment" in page(lead), "new comment" in page(other)) == (False, True)


def test_they_cost_the_same_for_one_round_and_for_many(house, lead, staff, led):
    def statements():
        with CaptureQueriesContext(
            connection,
        ) as found:
            new_comments(lead, timezone.now())
        return len(found)

    say(led, staff)
    one = statements()
    for _more in range(4):
        now = timezone.now()
        say(make_round(house.ward, lead, began_at=now, at=now), staff)
    assert len(new_comments(lead, timezone.now())) == 5
    assert statements() == one == 2


def test_whoever_said_it_corrects_it_for_a_while_and_takes_it_back_whenever_they_want(led, lead, staff):
    fresh, old = say(led, staff, minutes=14), say(led, staff, "It is broken", minutes=16)
    client = signed_in(staff)
    own = {said.pk: reverse("rounding:own-comment", args=[said.pk]) for said in (fresh, old)}
    shown = page(staff, "round", led.pk)
    assert (shown.count("Correct it"), shown.count("Take the comment back")) == (1, 2)
    assert "Take the comment back" not in page(lead, "round", led.pk)
    assert client.post(own[fresh.pk], {"text": "It came back today"}).status_code == 302
    empty = client.post(own[fresh.pk], {"text": " "})
    assert (empty.status_code, "Write what you want to say." in empty.content.decode()) == (422, True)
    late = client.post(own[old.pk], {"text": "It works"})
    assert late.status_code == 422
    assert "It can be corrected for 15 minutes." in late.content.decode()
    assert list(RoundComment.objects.values_list("text", flat=True)) == ["It came back today", "It is broken"]
    assert signed_in(lead).post(own[old.pk], {"do": "take-back"}).status_code == 404
    assert client.post(own[old.pk], {"do": "take-back"}).status_code == 302
    assert list(RoundComment.objects.values_list("text", flat=True)) == ["It came back today"]
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"round.comment_corrected", "round.comment_taken_back"} <= verbs
