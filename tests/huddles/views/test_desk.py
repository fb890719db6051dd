"""The desk as a page: five outcomes without a script, and what it costs."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huddles.actions import issues
from huddles.models import Issue
from huddles.rules.issues import Outcome, Status
from org.models import Event
from tests.factories import make_user, signed_in
from tests.huddles.factories import House, make_groups, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db

LONG = "word " * 160


def at_top(house: House, number: int = 1, **more) -> list[Issue]:
    """Issues that came up to the executives an hour ago."""
    found = []
    for count in range(number):
        at = timezone.now() - timedelta(minutes=60 - count)
        issue = make_issue(house, at=at, **{"title": f"Pumps {count}", **more})
        found.append(send_up(house, issue, at=at + timedelta(minutes=1), to=house.top, note="Only they can"))
    return found


def page_of(house: House, unit=None, **data):
    unit = unit or house.top
    client = signed_in(house.lead(unit))
    return client, client.get(reverse("huddles:desk", args=[unit.pk]), data)


def say(client, house: House, issue: Issue, outcome: str, **data):
    address = reverse("huddles:desk-say", args=[house.top.pk, issue.pk, outcome])
    return client.post(address, {f"{outcome}-{name}": value for name, value in data.items()})


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.DECIDED, Status.ANSWERED),
        (Outcome.RESOURCED, Status.ANSWERED),
        (Outcome.WATCHED, Status.ANSWERED),
        (Outcome.DELEGATED, Status.RAISED),
        (Outcome.DECLINED, Status.DONE),
    ],
)
def test_every_outcome_goes_out_and_the_next_card_comes_by_itself(outcome, status):
    house = make_house()
    first, second = at_top(house, 2)
    client, page = page_of(house)
    assert page.context["page"].card.pk == first.pk
    more = {"to": house.branch.pk} if outcome == Outcome.DELEGATED else {}
    answer = say(client, house, first, outcome.value, tell_staff="Twelve pumps come at 15:00.", **more)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/desk/{house.top.pk}/?issue={second.pk}")
    first.refresh_from_db()
    assert first.status == status
    if outcome == Outcome.DELEGATED:
        assert (first.place, first.owner) == (house.branch, house.lead(house.branch))
    else:
        assert (first.outcome, first.tell_staff) == (outcome, "Twelve pumps come at 15:00.")
    text = client.get(answer.headers["Location"]).content.decode()
    assert f"#{first.number}" in text
    assert not Event.objects.filter(facts__icontains="pumps").exists()


def test_the_time_is_read_in_the_zone_of_the_unit_and_the_owner_can_be_named():
    house = make_house()
    (issue,) = at_top(house)
    client, _page = page_of(house)
    day = (timezone.now() + timedelta(days=2)).date()
    owner = house.lead(house.branch)
    say(client, house, issue, "decided", tell_staff="Yes", due_at=f"{day}T15:00", owner=owner.pk)
    issue.refresh_from_db()
    assert issue.owner == owner
    assert issue.due_at.astimezone(house.organisation.zone).strftime("%Y-%m-%d %H:%M") == f"{day} 15:00"


def test_what_cannot_be_sent_keeps_what_was_typed():
    house = make_house()
    (issue,) = at_top(house)
    client, _page = page_of(house)
    answer = say(client, house, issue, "decided", tell_staff="A sentence", due_at="2020-01-01T10:00")
    assert answer.status_code == 422
    text = unescape(answer.content.decode())
    assert "The time by which it is done lies ahead." in text
    assert "A sentence</textarea>" in text
    assert text.count('data-outcome="1" open') == 1
    assert say(client, house, issue, "declined", tell_staff=" ").status_code == 422
    assert say(client, house, issue, "delegated", tell_staff="Do", to="999999").status_code == 422
    stranger = make_user()
    assert say(client, house, issue, "decided", tell_staff="Do", owner=stranger.pk).status_code == 422
    assert say(client, house, issue, "solved", tell_staff="Do").status_code == 404
    issue.refresh_from_db()
    assert issue.status == Status.RAISED


def test_whoever_comes_second_is_told_and_changes_nothing():
    house = make_house()
    (issue,) = at_top(house)
    client, _page = page_of(house)
    issues.decline(issue=issue, tell_staff="No", by=house.lead(house.top), at=timezone.now())
    answer = say(client, house, issue, "decided", tell_staff="Yes")
    assert answer.status_code == 302
    assert "does not wait here any more" in client.get(answer.headers["Location"]).content.decode()
    issue.refresh_from_db()
    assert issue.outcome == Outcome.DECLINED


def test_an_empty_desk_says_so_and_shows_its_promises():
    house = make_house()
    (issue,) = at_top(house)
    client, _page = page_of(house)
    say(client, house, issue, "decided", tell_staff="Yes")
    text = client.get(reverse("huddles:desk", args=[house.top.pk])).content.decode()
    assert "Nothing waits for a word here" in text
    assert f"#{issue.number} Pumps 0" in text


def test_a_card_is_read_in_sixty_seconds():
    house = make_house()
    past = make_issue(house, title="Pumps 0", at=timezone.now() - timedelta(days=9))
    issues.decline(issue=past, tell_staff=LONG[:299], by=past.owner, at=timezone.now() - timedelta(days=8))
    make_groups(house.organisation)
    first, *others = at_top(house, 3, tried=LONG[:900], detail=LONG[:900], people_touched=40, groups=["language:es"])
    for other in others:
        issues.merge(issue=other, into=first, by=house.lead(house.top), at=timezone.now())
    _client, page = page_of(house)
    card = re.search(r"<div data-words>(.*?)</dl></div>", page.content.decode(), re.DOTALL)
    assert card is not None
    words = unescape(re.sub(r"<[^>]+>", " ", card.group(1))).split()
    assert 60 < len(words) <= 120


def test_an_issue_that_is_no_number_gives_the_first_card():
    house = make_house()
    [issue] = at_top(house)
    _client, page = page_of(house, issue="²")
    assert page.context["page"].card.pk == issue.pk


def test_statements_are_the_same_with_one_card_and_with_ten():
    house = make_house()
    counts = []
    for number in (1, 9):
        at_top(house, number)
        client, _page = page_of(house)
        with CaptureQueriesContext(connection) as asked:
            page = client.get(reverse("huddles:desk", args=[house.top.pk]))
        assert page.status_code == 200
        counts.append(len(asked))
    assert len(page.context["page"].queue) == 10
    assert counts[0] == counts[1]


def test_silence_is_shown_in_words_too():
    house = make_house()
    client, _page = page_of(house)
    text = client.get(reverse("huddles:desk-silence", args=[house.top.pk])).content.decode()
    assert text.count("No huddle planned") >= 14 * 5


def test_the_count_of_late_promises_leads_to_a_list_of_exactly_these():
    house = make_house()
    now = timezone.now()
    late = make_issue(house, at=now - timedelta(days=9), title="Late one")
    early = make_issue(house, at=now - timedelta(days=9), title="In time")
    secret = make_issue(house, at=now - timedelta(days=9), title="Secret one")
    for issue, days in ((late, -2), (early, 2), (secret, -2)):
        Issue.objects.filter(pk=issue.pk).update(status=Status.ANSWERED, due_at=now + timedelta(days=days))
    Issue.objects.filter(pk=secret.pk).update(confidential=True, raised_by=house.lead(house.line))
    client, page = page_of(house, house.line)
    text = page.content.decode()
    found = re.search(r'<a href="(/issues/[^"]+)">1 promise is late</a>', text)
    listed = client.get(unescape(found[1])).content.decode()
    assert "Late one" in listed
    assert "In time" not in listed
    assert "Secret one" not in listed
    assert "Issues at Medicine and below" in listed
    Issue.objects.filter(pk=late.pk).update(due_at=now + timedelta(days=1))
    assert "/issues/?" not in page_of(house, house.line)[1].content.decode().partition("The house in one minute")[2]
