"""What is the same is suggested to whoever may see it, and nothing that is told in confidence."""

from datetime import timedelta

import pytest

from huddles.actions import issues as actions
from huddles.models import Confidant
from huddles.queries import similar
from tests.factories import make_user
from tests.huddles.factories import MORNING, make_house, make_issue

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def alike(house, user, text, now=MORNING):
    return [one.title for one in similar.similar_to_text(user, house.organisation.pk, text, now)]


@pytest.mark.parametrize(
    "text", ["IV pumps missing", "pumps are missing", "iv pump", "Missing: IV pumps!", "IV pumsp are mising"]
)
def test_the_same_in_other_words_is_found(text):
    house = make_house()
    make_issue(house)
    make_issue(house, title="The door of the store is stuck")
    assert alike(house, house.lead(house.ward), text) == ["IV pumps are missing"]


@pytest.mark.parametrize("text", ["", "IV", "wheelchairs", "%", "'; DROP", "a & b"])
def test_something_else_is_not(text):
    house = make_house()
    make_issue(house)
    assert alike(house, house.lead(house.ward), text) == []


def test_only_what_one_sees_is_open_and_of_the_last_month_is_suggested():
    house = make_house()
    lead, line = house.lead(house.ward), house.lead(house.line)
    make_issue(house, unit=house.other_ward, title="IV pumps are missing here")
    closed = make_issue(house, title="IV pumps are missing too")
    actions.settle(issue=closed, by=lead, at=MORNING)
    assert alike(house, lead, "IV pumps are missing") == []
    assert alike(house, line, "IV pumps are missing") == ["IV pumps are missing here"]
    assert alike(house, line, "IV pumps are missing", MORNING + 31 * DAY) == []


def test_an_issue_is_not_like_itself_and_says_whether_it_can_be_joined():
    house = make_house()
    first, second = make_issue(house), make_issue(house)
    actions.finish(issue=second, by=house.lead(house.ward), at=MORNING)
    found = similar.similar_open(first, house.lead(house.ward), MORNING)
    assert [(one.number, one.joinable) for one in found] == [(second.number, False)]


def test_what_was_answered_before_is_told_with_the_answer():
    house = make_house()
    lead = house.lead(house.ward)
    before, now = make_issue(house), make_issue(house, at=MORNING + 40 * DAY)
    actions.finish(issue=before, by=lead, at=MORNING, note="Four pumps came from the store.")
    before.refresh_from_db()
    actions.confirm(issue=before, verdict="solved", by=lead, at=MORNING)
    zone = house.organisation.zone
    found = similar.similar_answered(now, lead, MORNING + 40 * DAY, zone)
    assert [(one.number, one.tell_staff) for one in found] == [(before.number, "Four pumps came from the store.")]
    assert similar.similar_answered(now, lead, MORNING + 400 * DAY, zone) == []


def test_nothing_told_in_confidence_is_suggested_even_to_those_who_may_read_it():
    house = make_house()
    trusted = make_user()
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    secret = make_issue(house, by=house.people["STAFF"], title="He shouts at the new nurses", confidential=True)
    open_one = make_issue(house, title="He shouts at the nurses")
    for user in (trusted, house.people["STAFF"], house.lead(house.top)):
        assert "He shouts at the new nurses" not in alike(house, user, "He shouts at the new nurses")
    assert similar.similar_open(secret, trusted, MORNING) == []
    assert similar.similar_answered(secret, trusted, MORNING, house.organisation.zone) == []
    assert similar.similar_open(open_one, house.people["STAFF"], MORNING) == []
