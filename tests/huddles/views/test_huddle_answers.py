"""What came back to a unit, in its huddle: dealt with it stays there, and in the record."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huddles.actions import huddles, issues
from huddles.models import Issue
from huddles.queries.spoken import spoken
from huddles.rules.issues import ChoiceKind, Status, Verdict
from tests.factories import signed_in
from tests.huddles.factories import make_house, make_issue, send_up
from tests.huddles.huddle_stage import begin_huddle

pytestmark = pytest.mark.django_db

NOTHING = "Nothing came back since the last huddle."


@pytest.fixture
def house():
    return make_house()


def came_back(house, title, *, done):
    """An issue of the ward that the line has answered, or done."""
    now = timezone.now()
    issue = make_issue(house, title=title, at=now - timedelta(hours=3))
    issue = send_up(house, issue, at=now - timedelta(hours=2))
    if done:
        return issues.finish(issue=issue, by=house.lead(house.line), at=now - timedelta(hours=1), note="It is done now")
    return issues.answer(
        issue=issue,
        outcome="decided",
        tell_staff="Two come on Monday",
        due_at=now + timedelta(days=2),
        by=house.lead(house.line),
        at=now - timedelta(hours=1),
    )


def entry(huddle, issue, kind, **more):
    return f"/huddles/{huddle.pk}/entries/", {"kind": kind, "issue": issue.pk, "shown": "1", **more}


def test_answers_that_were_dealt_with_stay_in_the_step_and_stand_in_the_record(house):
    scale, chairs = came_back(house, "No scale", done=True), came_back(house, "No chairs", done=False)
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    client = signed_in(house.lead(house.ward))
    page = f"/huddles/{huddle.pk}/"
    client.post(*entry(huddle, scale, "confirm", verdict="not_solved", text="It shows 3 kg too much"))
    client.post(*entry(huddle, chairs, "read_out"))
    local = timezone.now().astimezone(house.organisation.zone)
    shown = spoken(Issue.objects.all(), house.ward, huddle, local)
    by = house.lead(house.ward).get_short_name()
    assert shown.answers == []
    assert [(one.pk, one.says, one.note, one.by, len(one.time)) for one in shown.settled] == [
        (scale.pk, "Not solved", "It shows 3 kg too much", by, 5),
        (chairs.pk, "Read out", "", by, 5),
    ]
    text = client.get(page).content.decode()
    assert NOTHING not in text
    assert "It shows 3 kg too much" in text
    huddles.end(huddle=huddle, by=house.lead(house.ward), at=timezone.now())
    # What comes back again later does not take the word of this huddle out of its record.
    issues.finish(issue=Issue.objects.get(pk=scale.pk), by=house.lead(house.line), at=timezone.now(), note="A new one")
    record = client.get(page).content.decode()
    said = record[record.index("What came back") :]
    for word in ("No scale", "Not solved", "It shows 3 kg too much", "No chairs", "Read out", by):
        assert word in said
    other = signed_in(house.lead(house.other_ward))
    assert NOTHING in other.get(f"/huddles/{begin_huddle(house.other_ward).pk}/").content.decode()


def test_a_word_that_closed_an_issue_is_taken_back_while_the_huddle_runs(house):
    scale = came_back(house, "No scale", done=True)
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    client = signed_in(house.lead(house.ward))
    client.post(*entry(huddle, scale, "confirm", verdict="solved"))
    assert "Not solved after all" in client.get(f"/huddles/{huddle.pk}/").content.decode()
    client.post(*entry(huddle, scale, "confirm", verdict="not_solved", text="It fell over"))
    scale.refresh_from_db()
    assert scale.status == Status.RAISED
    text = client.get(f"/huddles/{huddle.pk}/").content.decode()
    assert ("It fell over" in text, "Not solved after all" in text) == (True, False)


def test_what_was_settled_on_the_spot_in_a_huddle_is_no_answer_that_came_back(house):
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    client = signed_in(house.lead(house.ward))
    client.post(f"/huddles/{huddle.pk}/entries/", {"kind": "issue", "title": "No cups", "spot": "", "shown": "6"})
    client.post(*entry(huddle, Issue.objects.get(title="No cups"), "sort", way="on_the_spot"))
    assert NOTHING in client.get(f"/huddles/{huddle.pk}/").content.decode()


def test_an_issue_that_joined_another_one_is_told_with_the_word_of_its_own_origin(house):
    now = timezone.now()
    whole = make_issue(house, title="No pumps", unit=house.other_ward, at=now - timedelta(hours=3))
    part = make_issue(house, title="No pumps either", at=now - timedelta(hours=3))
    issues.merge(issue=part, into=whole, by=house.lead(house.ward), at=now - timedelta(hours=2))
    issues.finish(issue=whole, by=house.lead(house.other_ward), at=now - timedelta(hours=1), note="Ten are here")
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    part.refresh_from_db()
    issues.confirm(issue=part, verdict=Verdict.PARTLY, note="Eight", by=house.lead(house.ward), at=now, huddle=huddle)
    local = now.astimezone(house.organisation.zone)
    shown = spoken(Issue.objects.all(), house.ward, huddle, local)
    assert [(one.pk, one.says, one.note) for one in shown.handled] == [(part.pk, "Partly, and that will do", "Eight")]


def test_an_issue_is_sent_up_from_a_huddle_by_a_page_of_its_own_without_a_script(house):
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    client = signed_in(house.lead(house.ward))
    client.post(f"/huddles/{huddle.pk}/entries/", {"kind": "issue", "title": "No cups", "spot": "", "shown": "6"})
    issue = Issue.objects.get(title="No cups")
    address = f"/huddles/{huddle.pk}/issues/{issue.pk}/send-up/?step=6"
    page = client.get(address).content.decode()
    back = f"/huddles/{huddle.pk}/?step=6#step-6"
    assert f'href="{back}"' in page
    refused = client.post(address, {"escalate-asked": "Cups"})
    assert (refused.status_code, 'value="Cups"' in refused.content.decode()) == (422, True)
    due = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    cannot = house.organisation.issue_choices.filter(kind=ChoiceKind.CANNOT).first()
    said = {
        "escalate-cannot": cannot.pk,
        "escalate-ask": "resource",
        "escalate-asked": "Cups",
        "escalate-needed_by": due,
    }
    assert client.post(address, said).headers["Location"] == back
    issue.refresh_from_db()
    assert issue.place_id == house.line.pk
    again = client.post(address, said)
    assert (again.status_code, "it cannot be sent up now" in again.content.decode()) == (422, True)
    elsewhere = make_issue(house, unit=house.other_ward)
    assert client.get(f"/huddles/{huddle.pk}/issues/{elsewhere.pk}/send-up/").status_code == 404
