"""Whoever told an issue changes their own words until somebody has had it in hand; nobody else of the ward does."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from huddles.actions import capture
from huddles.actions import issues as actions
from huddles.actions.issues.raising import Details
from huddles.models import Confidant, Issue
from huddles.queries.issues_allowed import allowed_acts
from huddles.rules.issues import Act
from org.rules import Role
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house, make_issue, send_up
from tests.huddles.views.test_issue_pages import act, path

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def teller(house):
    return house.people["STAFF"]


@pytest.fixture
def issue(house, teller):
    return make_issue(house, by=teller, at=timezone.now() - HOUR)


def change(client, issue):
    issue.refresh_from_db()
    words = {"title": "Better words", "urgency": "routine", "size": "unsorted", "revision": issue.revision}
    return act(client, issue, "edit", words)


def may(issue, person):
    found = Issue.objects.select_related("origin", "place", "merged_into").get(pk=issue.pk)
    return Act.EDIT in allowed_acts(found, person)


def test_whoever_told_it_changes_their_words_and_the_history_tells_it(teller, issue):
    client = signed_in(teller)
    assert f'href="?act={Act.EDIT}"' in client.get(path(issue)).content.decode()
    assert change(client, issue).status_code == 302
    issue.refresh_from_db()
    event = issue.events.last()
    assert (issue.title, event.act, event.by, issue.status) == ("Better words", Act.EDIT, teller, "raised")
    assert may(issue, teller)  # a second slip of the pen


def test_nobody_else_of_the_ward_does(house, issue):
    colleague = make_user(Role.STAFF, house.ward)
    assert not may(issue, colleague)
    assert change(signed_in(colleague), issue).status_code == 403
    issue.refresh_from_db()
    assert issue.title == "IV pumps are missing"


@pytest.mark.parametrize("how", ["taken", "given", "answered", "sent up", "reopened", "joined"])
def test_once_somebody_had_it_in_hand_the_words_are_the_places(house, teller, issue, how):
    lead, at = house.lead(house.ward), timezone.now()
    if how == "taken":
        actions.acknowledge(issue=issue, by=lead, at=at)
    elif how == "given":
        actions.assign(issue=issue, owner=lead, by=lead, at=at)
    elif how == "answered":
        actions.answer(issue=issue, outcome="decided", tell_staff="So", due_at=None, by=lead, at=at)
    elif how == "sent up":
        send_up(house, issue, at=at)
    elif how == "reopened":
        done = actions.finish(issue=issue, by=lead, at=at)
        actions.reopen(issue=done, note="Not yet", by=lead, at=at)
    else:
        actions.merge(issue=issue, into=make_issue(house, at=at), by=lead, at=at)
    assert not may(issue, teller)
    assert change(signed_in(teller), issue).status_code in {403, 422}
    issue.refresh_from_db()
    assert issue.title == "IV pumps are missing"
    assert f'href="?act={Act.EDIT}"' not in signed_in(teller).get(path(issue)).content.decode()


def test_copying_and_silence_lay_no_hand_on_it(house, teller, issue):
    actions.copy_to(issue=issue, unit=house.support, by=house.lead(house.ward), at=timezone.now())
    Issue.objects.filter(pk=issue.pk).update(clock_at=timezone.now() - HOUR)
    actions.ring_due(at=timezone.now())
    issue.refresh_from_db()
    assert (issue.place, may(issue, teller)) == (house.line, True)


def test_the_words_of_a_form_that_was_open_when_it_was_taken_are_refused(house, teller, issue):
    seen = issue.revision
    actions.copy_to(issue=issue, unit=house.support, by=house.lead(house.ward), at=timezone.now())
    words = {"title": "Better words", "urgency": "routine", "size": "unsorted", "revision": seen}
    answer = act(signed_in(teller), issue, "edit", words)
    assert (answer.status_code, "Better words" in answer.content.decode()) == (422, True)


def test_who_told_it_by_the_code_without_an_account_follows_and_changes_nothing(house):
    code = capture.make_code(unit=house.ward, by=house.lead(house.ward), at=timezone.now())
    issue, token = capture.tell_by_code(
        title="IV pumps are missing", code=code, client_id=uuid4(), at=timezone.now(), details=Details()
    )
    nobody = Client()
    page = nobody.get(f"/f/{token}/").content.decode()
    assert "edit" not in page
    refused = nobody.post(f"/f/{token}/", {"title": "Better words"})  # the link takes a word about the answer alone
    issue.refresh_from_db()
    assert (refused.status_code, issue.title) == (422, "IV pumps are missing")
    assert change(nobody, issue).headers["Location"].startswith("/login/")
    assert not may(issue, house.people["STAFF"])


def test_in_confidence_too_and_once_it_is_taken_no_more(house, teller):
    trusted = make_user(Role.EQUITY_OFFICER, house.top)
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    issue = make_issue(house, by=teller, confidential=True, at=timezone.now())
    assert change(signed_in(teller), issue).status_code == 302
    actions.acknowledge(issue=issue, by=trusted, at=timezone.now())
    assert not may(issue, teller)
