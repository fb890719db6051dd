"""Check-ins on the page of an issue and of a huddle, without and with scripts."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from huddles.actions import issues as actions
from huddles.models import CheckIn
from huddles.rules.issues import Size, Status
from tests.factories import htmx, signed_in
from tests.huddles.factories import make_house, make_issue
from tests.huddles.huddle_stage import begin_huddle
from tests.huddles.views.test_issue_pages import act, local, path

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def issue(house):
    return make_issue(house, at=timezone.now() - timedelta(hours=1))


@pytest.fixture
def client(house):
    return signed_in(house.lead(house.ward))


def answer(client, issue, **more):
    due = local(timezone.now() + 40 * DAY)
    given = {"outcome": "decided", "tell_staff": "We mend it.", "due_at": due, "size": "big", **more}
    return act(client, issue, "answer", given)


def test_a_big_answer_plans_its_days_and_they_are_moved_taken_off_and_answered_by_forms_alone(client, issue):
    assert 'name="answer-look_every" value="14"' in client.get(path(issue)).content.decode()
    answer(client, issue, look_every="10")
    first, second, third = CheckIn.objects.order_by("day")
    page = client.get(path(issue)).content.decode()
    assert page.count("Say what you see") == 3
    day = (timezone.now() + 2 * DAY).date().isoformat()
    moved = act(client, issue, "check_move", {"check_in": second.pk, "day": day, "look_at": "The part"})
    assert (moved.status_code, moved.headers["Location"]) == (302, path(issue))
    act(client, issue, "check_drop", {"check_in": third.pk})
    act(client, issue, "check_in", {"check_in": first.pk, "seen": "on_track", "line": "Half done"})
    page = client.get(path(issue)).content.decode()
    assert [text in page for text in ("The part", "Half done", "On track")] == [True] * 3
    assert list(CheckIn.objects.filter(seen="").values_list("pk", flat=True)) == [second.pk]


def test_what_becomes_big_has_the_time_of_a_big_one_unless_somebody_chose_a_day(client, issue):
    proposed = re.search(r'name="answer-due_at" value="([^"]+)"', client.get(path(issue)).content.decode())
    assert "Left as it is, a big issue has 14 days." in client.get(path(issue)).content.decode()
    act(client, issue, "answer", {"outcome": "decided", "tell_staff": "So", "due_at": proposed[1], "size": "big"})
    issue.refresh_from_db()
    assert 13 <= (issue.due_at - timezone.now()).days <= 14
    answer(client, issue)
    issue.refresh_from_db()
    assert 39 <= (issue.due_at - timezone.now()).days <= 40


def test_what_is_refused_stands_where_it_was_typed(client, issue):
    answer(client, issue)
    one = CheckIn.objects.first()
    past = {"check_in": one.pk, "day": "2020-01-01", "look_at": "The spare part"}
    refused = act(client, issue, "check_move", past, **htmx())
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Choose today or a later day" in page
    assert 'value="The spare part"' in page
    assert f'<details class="act" id="move-{one.pk}" open>' in page
    nothing = act(client, issue, "check_in", {"check_in": one.pk, "line": "Half done"})
    assert nothing.status_code == 422
    assert 'value="Half done"' in nothing.content.decode()
    empty = act(client, issue, "check_add", {"look_at": "The bill"})
    assert (empty.status_code, 'value="The bill"' in empty.content.decode()) == (422, True)


def test_who_only_reads_sees_the_days_and_nothing_to_press(house, client, issue):
    answer(client, issue)
    page = signed_in(house.people["STAFF"]).get(path(issue)).content.decode()
    assert "Check-ins" in page
    assert "Say what you see" not in page
    look = CheckIn.objects.first()
    refused = act(signed_in(house.people["STAFF"]), issue, "check_in", {"check_in": look.pk, "seen": "done"})
    assert (refused.status_code, CheckIn.objects.filter(seen="").count()) == (422, CheckIn.objects.count())


def test_the_huddle_of_its_day_asks_and_takes_the_word(house, client, issue):
    lead = house.lead(house.ward)
    huddle = begin_huddle(house.ward, by=lead)
    answered = actions.answer(
        issue=issue, outcome="decided", tell_staff="So", due_at=None, size=Size.BIG, by=lead, at=timezone.now()
    )
    today = timezone.now().astimezone(house.organisation.zone).date()
    actions.plan_check_in(issue=answered, day=today, look_at="The spare part", by=lead, at=timezone.now())
    page = client.get(f"/huddles/{huddle.pk}/").content.decode()
    assert "To look at: The spare part" in page
    look = CheckIn.objects.get(day=today)
    said = {"kind": "check_in", "issue": issue.pk, "check_in": look.pk, "seen": "done", "text": "It is in"}
    assert client.post(f"/huddles/{huddle.pk}/entries/", said).status_code == 302
    issue.refresh_from_db()
    look.refresh_from_db()
    assert (issue.status, look.seen, look.line) == (Status.DONE, "done", "It is in")
