"""Who is affected: groups named and never counted when few, harm so far; on the card, at the desk, and in the forms."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from huddles.actions import issues as actions
from huddles.models import Issue
from org.rules import NotAllowed
from tests.factories import signed_in
from tests.huddles.factories import make_groups, make_house, make_issue, send_up
from tests.huddles.views.test_issue_pages import act, path

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    made = make_house()
    make_groups(made.organisation)
    make_groups(make_house().organisation)  # somebody else's
    return made


def tell(house, **more):
    sent = {"client_id": str(uuid4()), "title": "No interpreter at night", "unit": house.ward.pk}
    answer = signed_in(house.people["STAFF"]).post("/issues/new/", {**sent, **more})
    return answer, Issue.objects.order_by("pk").last()


def test_groups_are_named_behind_more_and_two_fields_stay_enough(house):
    page = signed_in(house.people["STAFF"]).get(f"/issues/new/?unit={house.ward.pk}").content.decode()
    first, more = page.split("<details", 1)
    assert 'name="groups"' not in first
    assert [more.count(f'name="groups" value="{key}"') for key in ("language:es", "interpreter:yes")] == [1, 1]
    assert "language:unknown" not in page
    _answer, issue = tell(house, groups=["language:es", "interpreter:yes"], harm="nearly", people_touched=40)
    assert (issue.groups, issue.harm, issue.people_touched) == (["language:es", "interpreter:yes"], "nearly", 40)
    card = signed_in(house.people["STAFF"]).get(path(issue)).content.decode()
    told = ("Language: Spanish; Interpreter: Needs one", "It nearly harmed somebody", "<dd>40</dd>")
    assert [text in card for text in told] == [True] * 3


@pytest.mark.parametrize(("people", "groups", "kept"), [(10, 1, None), (11, 1, 11), (1, 1, None), (10, 0, 10)])
def test_beside_a_named_group_a_small_number_is_not_kept(house, people, groups, kept):
    _answer, issue = tell(house, groups=["language:es"][:groups], people_touched=people)
    assert issue.people_touched == kept
    lead = house.lead(house.ward)
    words = {"title": "x", "urgency": "routine", "size": "big", "revision": issue.revision, "people_touched": people}
    assert act(signed_in(lead), issue, "edit", {**words, "groups": ["language:es"]}).status_code == 302
    issue.refresh_from_db()
    assert issue.people_touched == (people if people > 10 else None)


def test_numbers_of_joined_issues_do_not_tell_a_small_group_at_the_desk(house):
    at = timezone.now() - timedelta(hours=1)
    first = make_issue(house, at=at, groups=["language:es"])
    second = make_issue(house, at=at, unit=house.other_ward, people_touched=3)
    first = send_up(house, first, at=at, to=house.top, note="Only they can")
    actions.merge(issue=second, into=first, by=house.lead(house.top), at=at)
    desk = signed_in(house.lead(house.top)).get(f"/desk/{house.top.pk}/").content.decode()
    assert "Language: Spanish" in desk
    assert "3 people" not in desk
    Issue.objects.filter(pk=second.pk).update(people_touched=30)
    desk = signed_in(house.lead(house.top)).get(f"/desk/{house.top.pk}/").content.decode()
    assert "30 people" in desk


def test_a_group_of_another_house_is_refused_and_one_that_is_gone_stays(house):
    answer, _issue = tell(house, groups=["language:zz"])
    assert answer.status_code == 422
    with pytest.raises(NotAllowed):
        make_issue(house, groups=["language:zz"])
    issue = make_issue(house, at=timezone.now())
    Issue.objects.filter(pk=issue.pk).update(groups=["language:gone"])
    client = signed_in(house.lead(house.ward))
    form = client.get(path(issue) + "?act=edit").content.decode()
    assert 'value="language:gone"' in form
    words = {"title": "x", "urgency": "routine", "size": "big", "revision": issue.revision}
    assert act(client, issue, "edit", {**words, "groups": ["language:gone", "language:en"]}).status_code == 302
    issue.refresh_from_db()
    assert issue.groups == ["language:gone", "language:en"]


def test_a_house_without_dimensions_is_not_asked():
    house = make_house()
    answer, issue = tell(house)
    assert (answer.status_code, issue.groups) == (302, [])
    page = signed_in(house.people["STAFF"]).get("/issues/new/").content.decode()
    assert 'name="groups"' not in page
