"""Pages of issues in a browser without and with scripts: acts, refusals, undo, words that somebody else changed."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from huddles.actions import issues as actions
from huddles.models import Attachment, Comment, Confidant, Issue
from huddles.rules.issues import Act, ChoiceKind, Status
from org.rules import Role
from tests.factories import htmx, make_unit, make_user, signed_in
from tests.huddles.factories import make_choice, make_house, make_issue, send_up
from tests.huddles.phone import SECRET, phone_picture

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house():
    made = make_house()
    for kind in (ChoiceKind.CANNOT, ChoiceKind.PARK, ChoiceKind.CRITERION):
        make_choice(made.organisation, kind)
    return made


@pytest.fixture
def issue(house):
    return make_issue(house, at=timezone.now() - HOUR)


def path(issue, more=""):
    return f"/issues/{issue.pk}/{more}"


def act(client, issue, name, data=None, **more):
    return client.post(path(issue, f"{name}/"), {f"{name}-{key}": value for key, value in (data or {}).items()}, **more)


def local(moment):
    return moment.astimezone(timezone.get_fixed_timezone(-300)).strftime("%Y-%m-%dT%H:%M")


def state(issue):
    issue.refresh_from_db()
    return issue.status, issue.place.name, issue.owner.name


def test_an_issue_goes_up_is_answered_and_confirmed_by_forms_alone(house, issue):
    ward, line = signed_in(house.lead(house.ward)), signed_in(house.lead(house.line))
    answered = act(ward, issue, "acknowledge")
    assert (answered.status_code, answered.headers["Location"]) == (302, path(issue))
    soon = local(timezone.now() + 30 * HOUR)
    sent = {"cannot": make_choice(house.organisation).pk, "ask": "resource", "asked": "Ten pumps", "needed_by": soon}
    act(ward, issue, "escalate", sent)
    assert state(issue) == (Status.RAISED, "Medicine", "Lead of Medicine")
    given = {"outcome": "resourced", "tell_staff": "Pumps come.", "due_at": soon, "size": "quick_hit"}
    act(line, issue, "answer", given)
    assert state(issue)[0] == Status.ANSWERED
    act(line, issue, "finish", {"note": "They are here."})
    staff = signed_in(house.people["STAFF"])
    page = staff.get(path(issue)).content.decode()
    assert "Pumps come." in page
    act(staff, issue, "read_out")
    act(staff, issue, "confirm", {"verdict": "solved"})
    assert state(issue)[0] == Status.CONFIRMED
    assert issue.size == "quick_hit"


def test_needed_by_is_read_on_the_clock_of_the_place(house, issue):
    ward, today = signed_in(house.lead(house.ward)), timezone.localdate()
    winter = date(today.year + (today > date(today.year, 1, 13)), 1, 15)
    sent = {
        "cannot": make_choice(house.organisation).pk,
        "ask": "decision",
        "asked": "Say",
        "needed_by": f"{winter}T12:00",
    }
    never = act(ward, issue, "escalate", sent | {"needed_by": "9999-12-31T12:00"}, **htmx())
    assert (never.status_code, "Choose a day within a year." in never.text) == (422, True)
    act(ward, issue, "escalate", sent)
    issue.refresh_from_db()
    assert issue.needed_by.isoformat() == f"{winter}T17:00:00+00:00"


def test_with_a_script_the_card_comes_back_with_a_toast_and_an_undo(house, issue):
    client = signed_in(house.lead(house.line))
    answer = act(client, issue, "assign", {"owner": house.lead(house.line).pk}, **htmx())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert page.lstrip().startswith('<article class="page issue" id="issue"')
    assert "Lead of Medicine has it now." in page
    assert f'name="assign-owner" value="{house.lead(house.ward).pk}"' in page
    act(client, issue, "assign", {"owner": house.lead(house.ward).pk})
    assert state(issue)[2] == "Lead of 5 West"


@pytest.mark.parametrize("script", [{}, htmx()], ids=["page", "fragment"])
def test_a_refused_act_is_told_where_it_was_typed_and_the_words_stay(house, issue, script):
    client = signed_in(house.lead(house.ward))
    answer = act(client, issue, "escalate", {"asked": "Ten pumps", "needed_by": "", "ask": "resource"}, **script)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert '<details class="act" name="act" id="act-escalate" open>' in page
    assert 'value="Ten pumps"' in page
    late = act(
        client, issue, "answer", {"outcome": "decided", "tell_staff": "So", "due_at": "2020-01-01T10:00"}, **script
    )
    assert late.status_code == 422
    assert "The time by which it is done lies ahead." in late.content.decode()
    assert state(issue)[0] == Status.RAISED


def test_skipping_a_tier_asks_for_the_cause(house, issue):
    client = signed_in(house.lead(house.ward))
    sent = {
        "cannot": make_choice(house.organisation).pk,
        "ask": "decision",
        "asked": "Say",
        "needed_by": local(timezone.now() + HOUR),
        "to": house.top.pk,
    }
    assert act(client, issue, "escalate", sent).status_code == 422
    act(client, issue, "escalate", {**sent, "note": "Harm now"})
    assert state(issue)[1] == "Executive team"


def test_words_that_somebody_else_changed_meanwhile_are_told_and_kept(house, issue):
    client = signed_in(house.lead(house.ward))
    seen = issue.revision
    actions.acknowledge(issue=issue, by=house.lead(house.line), at=timezone.now())
    mine = {"title": "My own words", "urgency": "routine", "size": "big", "revision": seen}
    answer = act(client, issue, "edit", mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody has changed this issue meanwhile" in page
    assert 'value="My own words"' in page
    issue.refresh_from_db()
    assert issue.title == "IV pumps are missing"
    known = re.search(r'name="edit-revision" value="(\d+)"', page)[1]  # sent again it is stored
    assert act(client, issue, "edit", {**mine, "revision": known}).status_code == 302
    issue.refresh_from_db()
    assert (issue.title, issue.size) == ("My own words", "big")


def test_somebody_who_was_slower_sees_the_issue_as_it_is_now(house, issue):
    client = signed_in(house.lead(house.ward))
    actions.finish(issue=issue, by=house.lead(house.ward), at=timezone.now())
    answer = act(client, issue, "acknowledge")
    assert answer.status_code == 422
    assert "What you sent was not stored: this issue is “Done, waiting to be confirmed” now." in answer.content.decode()


def test_an_issue_that_leaves_ones_sight_leads_back_to_the_list(house):
    issue = make_issue(house, unit=house.support, by=house.lead(house.other_ward), at=timezone.now() - HOUR)
    Issue.objects.filter(pk=issue.pk).update(origin=house.other_ward)
    client = signed_in(house.lead(house.support))
    away = {"to": house.ward.pk, "note": "Yours"}
    assert act(client, issue, "transfer", away, **htmx()).headers["HX-Redirect"] == "/issues/"


def test_joining_by_number_or_suggestion_and_separating_again(house, issue):
    other = make_issue(house, unit=house.other_ward, at=timezone.now() - HOUR)
    line = signed_in(house.lead(house.line))
    page = line.get(path(issue)).content.decode()
    assert f'name="merge-into" value="{other.number}"' in page
    assert act(line, issue, "merge", {"into": 99}).status_code == 422
    act(line, issue, "merge", {"into": other.number})
    assert state(issue)[0] == Status.MERGED
    act(line, issue, "unmerge")
    assert state(issue)[0] == Status.RAISED
    mine = make_issue(house, title="Door is stuck", at=timezone.now())
    ward = signed_in(house.lead(house.ward))
    assert act(ward, mine, "merge", {"into": other.number}).status_code == 422  # not theirs to see
    same = make_issue(house, at=timezone.now())
    send_up(house, same, at=timezone.now())
    joined = act(ward, mine, "merge", {"into": same.number}, **htmx()).content.decode()
    assert f"It is part of #{same.number} now." in joined
    assert "Undo" not in joined  # it is at the other place now, where somebody else separates it again


def test_parking_copying_handing_and_declining(house, issue):
    line = signed_in(house.lead(house.line))
    park = make_choice(house.organisation, ChoiceKind.PARK)
    day = (timezone.now() + 72 * HOUR).date().isoformat()
    act(line, issue, "park", {"reason": park.pk, "look_again_on": day})
    assert state(issue)[0] == Status.PARKED
    act(line, issue, "resume")
    act(line, issue, "copy", {"unit": house.support.pk})
    act(line, issue, "transfer", {"to": house.support.pk, "note": "Please look"})
    assert state(issue)[1] == "Information technology"
    act(signed_in(house.lead(house.support)), issue, "decline", {"tell_staff": "Not ours to mend."})
    assert state(issue)[0] == Status.DONE
    assert issue.copies.get().unit == house.support


@pytest.mark.parametrize("name", ["climb", "time_out", "remind", "raise", "nonsense"])
def test_what_only_the_clock_does_has_no_address(house, issue, name):
    assert signed_in(house.lead(house.ward)).post(path(issue, f"{name}/")).status_code == 404


def test_a_page_takes_the_same_statements_however_long_its_lists(house, issue, django_assert_max_num_queries):
    client = signed_in(house.lead(house.line))
    with django_assert_max_num_queries(30):
        client.get(path(issue))
    for _number in range(3):
        joined = make_issue(house, unit=house.other_ward, at=timezone.now())
        actions.merge(issue=joined, into=Issue.objects.get(pk=issue.pk), by=house.lead(house.line), at=timezone.now())
        make_issue(house, at=timezone.now())
    with django_assert_max_num_queries(30):
        client.get(path(issue))


def test_the_list_shows_fifty_filters_and_finds(house):
    client = signed_in(house.lead(house.line))
    assert "No open issue" in client.get("/issues/").content.decode()
    for number in range(51):
        make_issue(house, title=f"Pump {number}", at=timezone.now())
    page = client.get("/issues/").content.decode()
    assert page.count('class="issue-row"') == 50
    assert client.get("/issues/?page=2").content.decode().count('class="issue-row"') == 1
    found = client.get("/issues/?q=pump+7", **htmx()).content.decode()
    assert found.lstrip().startswith("<ul")
    assert found.count('class="issue-row"') == 1
    assert "Nothing found" in client.get("/issues/?q=zzz").content.decode()
    odd = "/issues/?unit=x&group=x&order=x&page=x&scope=x&q=%25"
    assert client.get(odd).status_code == 200
    assert f"Issues of {house.ward.name}" in client.get(f"/issues/?unit={house.ward.pk}").content.decode()


def test_a_comment_is_written_once_and_taken_back(house, issue):
    client = signed_in(house.people["STAFF"])
    sent = {"comment-uid": str(uuid4()), "comment-text": "Two are in the basement"}
    for _twice in range(2):
        assert client.post(path(issue, "comments/"), sent).status_code == 302
    comment = Comment.objects.get()
    empty = client.post(path(issue, "comments/"), {"comment-uid": str(uuid4()), "comment-text": " "}, **htmx())
    assert empty.status_code == 422
    assert "Two are in the basement" in client.get(path(issue)).content.decode()
    other = signed_in(house.lead(house.ward))
    assert other.post(path(issue, f"comments/{comment.pk}/remove/")).status_code == 404
    assert client.post(path(issue, f"comments/{comment.pk}/remove/")).status_code == 302
    assert "Two are in the basement" not in client.get(path(issue)).content.decode()


def hang(client, issue, content, name="a.jpg", **more):
    file = SimpleUploadedFile(name, content, "text/html")
    return client.post(path(issue, "attachments/"), {"attach-uid": str(uuid4()), "attach-file": file}, **more)


def test_a_picture_is_shown_safely_and_to_its_readers_only(house, issue):
    client = signed_in(house.people["STAFF"])
    assert hang(client, issue, phone_picture(), 'x"<script>.jpg').status_code == 302
    address = path(issue, f"attachments/{Attachment.objects.get().pk}/")
    answer = client.get(address)
    assert SECRET not in answer.content
    assert {name: answer.headers[name] for name in ("Content-Type", "X-Content-Type-Options", "Cache-Control")} == {
        "Content-Type": "image/jpeg",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == "inline; filename*=UTF-8''x%22%3Cscript%3E.jpg"
    outsider = signed_in(make_user(Role.EXECUTIVE, make_unit()))
    assert outsider.get(address).status_code == 404
    assert signed_in(house.lead(house.other_ward)).get(address).status_code == 404
    other = make_issue(house, at=timezone.now())
    assert client.get(address.replace(path(issue), path(other))).status_code == 404


def test_a_document_leaves_as_a_download_and_other_files_do_not_come_in(house, issue):
    client = signed_in(house.people["STAFF"])
    hang(client, issue, b"%PDF-1.7", "plan.html")
    answer = client.get(path(issue, f"attachments/{Attachment.objects.get().pk}/"))
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''plan.pdf"
    refused = hang(client, issue, b"<script>", "a.jpg", **htmx())
    assert refused.status_code == 422
    assert "nothing else" in refused.content.decode()
    large = hang(client, issue, b"%PDF-" + b"x" * (10 * 1024 * 1024))
    assert large.status_code == 422
    assert Attachment.objects.count() == 1


def test_who_works_with_it_takes_a_picture_away(house, issue):
    hang(signed_in(house.people["STAFF"]), issue, phone_picture())
    address = path(issue, f"attachments/{Attachment.objects.get().pk}/remove/")
    second = signed_in(make_user(Role.STAFF, house.ward))
    assert second.post(address).status_code == 403
    assert signed_in(house.lead(house.ward)).post(address).status_code == 302
    assert Attachment.objects.count() == 0


def test_about_me_tells_what_waits(house):
    lead, staff = house.lead(house.ward), house.people["STAFF"]
    now = timezone.now()
    done = make_issue(house, title="Is done", at=now)
    actions.finish(issue=done, by=lead, at=now)
    promised = make_issue(house, title="Is promised", at=now)
    values = {"outcome": "decided", "tell_staff": "Yes", "by": lead, "at": now}
    actions.answer(issue=promised, due_at=now + HOUR, **values)
    make_issue(house, title="Is late", at=now - 100 * HOUR)
    make_issue(house, title="Is mine", at=now)
    page = signed_in(lead).get("/mine/").content.decode()
    heads = [part.split("<", 1)[0].strip() for part in page.split("<h2>")[1:] if "issues" in part]
    assert heads == ["Is it solved?", "Late", "Promised", "On your desk", "What you told"]
    told = make_issue(house, title="By staff", by=staff, at=now)
    page = signed_in(staff).get("/mine/").content.decode()
    assert "By staff" in page
    assert "Is done" in page
    assert "Is mine" not in page
    assert "Nothing waits for you" in signed_in(make_user(Role.STAFF, house.other_ward)).get("/mine/").content.decode()
    assert told.raised_by == staff


def test_nobody_but_its_people_finds_a_confidential_issue_anywhere(house):
    trusted = make_user(Role.EQUITY_OFFICER, house.top, name="Trusted")
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    staff = house.people["STAFF"]
    secret = make_issue(house, by=staff, title="Zebra shouts at us", confidential=True, at=timezone.now() - HOUR)
    make_issue(house, title="Zebra crossing is slippery", at=timezone.now())
    hang(signed_in(staff), secret, phone_picture())
    address = path(secret, f"attachments/{Attachment.objects.get().pk}/")
    for name in ("WARD", "LINE", "BRANCH", "TOP", "STAND_IN"):
        client = signed_in(house.people[name])
        for place in ("/issues/?group=every", f"/issues/?group=every&q={secret.number}", "/issues/?q=zebra", "/mine/"):
            assert "shouts" not in client.get(place).content.decode()
        similar = client.post("/issues/similar/", {"title": "Zebra shouts at us", "unit": house.ward.pk})
        assert "shouts" not in similar.content.decode()
        assert client.get(path(secret)).status_code == 404
        assert client.get(address).status_code == 404
        assert client.get(path(secret, "live/")).status_code == 404
        for one in Act:
            assert client.post(path(secret, f"{one.value}/")).status_code == 404
        assert client.post(path(secret, "comments/")).status_code == 404
    open_one = Issue.objects.exclude(pk=secret.pk).get()
    assert "shouts" not in signed_in(house.lead(house.ward)).get(path(open_one)).content.decode()
    merged = act(signed_in(house.lead(house.top)), open_one, "merge", {"into": secret.number})
    assert merged.status_code == 422
    for person in (trusted, staff):
        assert "shouts" in signed_in(person).get("/issues/").content.decode()
    page = signed_in(trusted).get(path(secret)).content.decode()
    assert "In confidence" in page
    assert 'id="act-escalate"' not in page
    assert act(signed_in(trusted), secret, "assign", {"owner": house.lead(house.ward).pk}).status_code == 422
    assert act(signed_in(trusted), secret, "transfer", {"to": house.support.pk, "note": "x"}).status_code == 422
    secret.refresh_from_db()
    assert secret.owner == trusted


def test_an_issue_one_tier_up_is_read_by_its_origin_and_worked_with_above(house, issue):
    send_up(house, issue, at=timezone.now())
    page = signed_in(house.people["STAFF"]).get(path(issue)).content.decode()
    assert "<b>Medicine</b>" in page
    assert 'id="act-' not in page
    assert 'id="act-answer"' in signed_in(house.lead(house.line)).get(path(issue)).content.decode()
