"""Hints that words may tell who a patient is, beside the two fields of a huddle and after a time without network."""

import json
from uuid import uuid4

import pytest

from huddles.models import Issue
from tests.factories import signed_in
from tests.huddles.factories import make_house
from tests.huddles.huddle_stage import begin_huddle

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def client(house):
    return signed_in(house.lead(house.ward))


def test_both_fields_ask_for_hints_beside_them_and_nothing_else_is_sent(house, client):
    page = client.get(f"/huddles/{begin_huddle(house.ward, by=house.lead(house.ward)).pk}/").content.decode()
    assert (
        page.count('hx-post="/issues/hints/"') == page.count('hx-params="title,spot"') == 4
    )  # the step, and the sheet
    assert page.count('<div class="hints" aria-live="polite"></div>') == 2


@pytest.mark.parametrize("said", [{"title": "Mr. Smith waits"}, {"title": "Lift is stuck", "spot": "MRN 1234567"}])
def test_what_may_tell_who_a_patient_is_is_told_and_blocks_nothing(house, client, said):
    answer = client.post("/issues/hints/", said)
    assert answer.status_code == 200
    assert "looks like" in answer.content.decode()
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    form = {"kind": "issue", "id": str(uuid4()), "spot": "", **said}
    assert client.post(f"/huddles/{huddle.pk}/entries/", form).status_code == 302
    assert Issue.objects.get().title == said["title"]


def test_words_that_tell_nobody_get_no_hint(client):
    assert client.post("/issues/hints/", {"title": "The lift is stuck", "spot": "Room 4"}).content.strip() == b""
    assert client.get("/issues/hints/").status_code == 405


@pytest.mark.parametrize(
    ("title", "unseen", "hints"), [("Mr. Smith waits", True, 1), ("Mr. Smith waits", False, 0), ("Lift", True, 0)]
)
def test_what_was_raised_without_network_gets_its_hints_when_it_comes_in(house, client, title, unseen, hints):
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    entry = {"id": str(uuid4()), "kind": "issue", "title": title, "spot": ""} | ({"unseen": True} if unseen else {})
    sent = json.dumps({"entries": [entry]})
    for _twice in range(2):
        answer = client.post(f"/huddles/{huddle.pk}/entries/", sent, content_type="application/json")
        (result,) = answer.json()["results"]
        assert result["stored"]
        assert len(result.get("hints", [])) == hints
        if hints:
            assert result["url"] == f"/issues/{Issue.objects.get().pk}/?act=edit"
