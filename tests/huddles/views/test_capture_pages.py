"""Telling what is wrong: in two fields, by the code at a unit, and following the answer."""

import html
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huddles.actions import capture
from huddles.actions import issues as actions
from huddles.models import Attachment, CaptureCode, Confidant, Issue
from huddles.rules.issues import Act, Source, Status
from huddles.views.capture import CAPTURE, FOLLOW, WORD, WRONG_CODE
from org.models import Message, User
from org.rules import Role
from tests.factories import make_unit, make_user, signed_in
from tests.huddles.factories import make_house, make_issue
from tests.huddles.phone import SECRET, phone_picture

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def code(house):
    return capture.make_code(unit=house.ward, by=house.lead(house.ward), at=timezone.now())


def told(**more):
    return {"client_id": str(uuid4()), "title": "IV pumps are missing", **more}


def test_two_fields_are_enough(house):
    client = signed_in(house.people["STAFF"])
    page = client.get(f"/issues/new/?unit={house.ward.pk}").content.decode()
    assert f'<option value="{house.ward.pk}" selected>' in page
    sent = told(unit=house.ward.pk)
    for _twice in range(2):
        answer = client.post("/issues/new/", sent)
    issue = Issue.objects.get()
    assert answer.headers["Location"] == f"/issues/{issue.pk}/"
    assert (issue.title, issue.origin, issue.raised_by) == ("IV pumps are missing", house.ward, house.people["STAFF"])
    assert issue.source == Source.PAGE


def test_everything_else_may_be_said(house):
    client = signed_in(house.people["STAFF"])
    picture = SimpleUploadedFile("a.jpg", phone_picture())
    sent = told(
        unit=house.ward.pk, detail="Four", spot="Store", urgent="on", size="big", people_touched=3, recurring="on"
    )
    client.post("/issues/new/?from=board", {**sent, "first_seen_on": "2026-11-01", "picture": picture})
    issue = Issue.objects.get()
    assert (issue.urgency, issue.size, issue.recurring, issue.people_touched) == ("urgent", "big", True, 3)
    assert (issue.spot, str(issue.first_seen_on), issue.source) == ("Store", "2026-11-01", Source.BOARD)
    assert SECRET not in bytes(Attachment.objects.get().content)


def test_what_is_refused_keeps_what_was_typed(house):
    client = signed_in(house.people["STAFF"])
    far = make_unit(name="Elsewhere")
    for bad in ({"title": ""}, {"unit": far.pk}, {"picture": SimpleUploadedFile("a.jpg", b"no picture")}):
        sent = {**told(unit=house.ward.pk, detail="Four of them"), **bad}
        answer = client.post("/issues/new/", sent)
        assert answer.status_code == 422
        assert "Four of them" in answer.content.decode()
    assert Issue.objects.count() == 0


def test_while_typing_the_same_is_suggested_and_joined_in_one_tap(house):
    first = make_issue(house, at=timezone.now() - HOUR)
    client = signed_in(house.people["STAFF"])
    page = client.post("/issues/similar/", {"title": "IV pump missing", "unit": house.ward.pk}).content.decode()
    assert f'name="into" value="{first.pk}"' in page
    client.post("/issues/new/", told(unit=house.ward.pk, into=first.pk))
    assert Issue.objects.get(raised_by=house.people["STAFF"]).merged_into == first
    other = make_issue(house, unit=house.other_ward, at=timezone.now())
    assert client.post("/issues/new/", told(unit=house.ward.pk, into=other.pk)).status_code == 404


def test_hints_are_shown_and_never_in_the_way(house):
    client = signed_in(house.people["STAFF"])
    text = "Mrs. Smith, MRN 123456, waits"
    page = client.post("/issues/similar/", {"title": text, "unit": house.ward.pk}).content.decode()
    assert "“Smith” looks like the name of a patient." in page
    assert "“123456” looks like a number of a patient." in page
    assert client.post("/issues/new/", told(unit=house.ward.pk, title=text)).status_code == 302
    assert client.post("/issues/similar/", {"title": "x", "unit": "7 or 1"}).status_code == 200


def test_done_on_the_spot_and_in_confidence(house):
    client = signed_in(house.people["STAFF"])
    client.post("/issues/new/", told(unit=house.ward.pk, size="on_the_spot", tried="Changed the roll"))
    assert Issue.objects.get().status == Status.CONFIRMED
    nobody = client.post("/issues/new/", told(unit=house.ward.pk, confidential="on"))
    assert nobody.status_code == 422
    trusted = make_user(Role.COACH, house.top)
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    answer = client.post("/issues/new/", told(unit=house.ward.pk, confidential="on"), follow=True)
    assert "Told in confidence" in answer.content.decode()
    assert Issue.objects.get(confidential=True).owner == trusted


def test_by_the_code_without_an_account_and_the_answer_by_its_link(house, code):
    """Domain 3.5, check 20: somebody without e-mail raises an issue and learns the answer."""
    phone = Client(enforce_csrf_checks=True)
    page = phone.get(f"/c/{code.token}/")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.content.decode())[1]
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    sent = told(reporter="Rosa", csrfmiddlewaretoken=token, picture=SimpleUploadedFile("a.jpg", phone_picture()))
    answer = phone.post(f"/c/{code.token}/", sent)
    issue = Issue.objects.get()
    assert (issue.reporter, issue.raised_by, issue.source, issue.attachments.count()) == ("Rosa", None, Source.CODE, 1)
    link = answer.headers["Location"].partition("?")[0]
    page = phone.get(link)
    text = page.content.decode()
    assert page.headers["Cache-Control"].startswith("no-store, private")
    assert "No answer yet" in text
    assert "data:image/svg+xml" in text
    lead, now = house.lead(house.ward), timezone.now()
    actions.answer(issue=issue, outcome="resourced", tell_staff="They come today.", due_at=now + HOUR, by=lead, at=now)
    actions.finish(issue=issue, by=lead, at=now, note="They stand there.")
    text = phone.get(link).content.decode()
    assert "They stand there." in text
    assert "Is it solved for you?" in text
    for private in (lead.name, "Rosa", "A word for the history", "IV pumps"):
        assert private not in text


def test_the_same_sent_twice_by_the_code_leads_to_the_same_link(code):
    sent = told()
    links = {Client().post(f"/c/{code.token}/", sent).headers["Location"] for _twice in range(2)}
    assert len(links) == 1
    assert Issue.objects.count() == 1


def test_an_ended_or_invented_code_opens_nothing(house, code):
    capture.make_code(unit=house.ward, by=house.lead(house.ward), at=timezone.now())
    for token in (code.token, "x", "x" * 200):
        assert Client().get(f"/c/{token}/").status_code == 404
        assert Client().post(f"/c/{token}/", told()).status_code == 404
        assert Client().post(f"/c/{token}/hints/", told()).status_code == 204
        assert Client().get(f"/f/{token}/").status_code == 404
    assert Issue.objects.count() == 0


def test_one_address_tells_so_much_by_a_code_and_keeps_what_it_typed(code):
    for _number in range(CAPTURE.most):
        assert Client().post(f"/c/{code.token}/", told()).status_code == 302
    answer = Client().post(f"/c/{code.token}/", told(title="One more"))
    assert answer.status_code == 429
    assert 'value="One more"' in answer.content.decode()
    assert Issue.objects.count() == CAPTURE.most
    assert Client().post(f"/c/{code.token}/", told(), REMOTE_ADDR="10.0.0.9").status_code == 302


def test_guessing_codes_and_links_ends_soon(code):
    for number in range(WRONG_CODE.most):
        assert Client().get(f"/f/guess-{number}/").status_code == 404
    assert Client().get("/f/guess/").status_code == 429
    assert Client().get(f"/c/{code.token}/").status_code == 404  # whoever guessed does not learn that this one is right
    assert Client().get(f"/c/{code.token}/", REMOTE_ADDR="10.0.0.9").status_code == 200
    assert FOLLOW.most > WRONG_CODE.most


def test_a_link_says_nothing_of_what_is_told_in_confidence(house, code):
    Confidant.objects.create(organisation=house.organisation, user=make_user(Role.COACH, house.top, name="Trusted"))
    answer = Client().post(f"/c/{code.token}/", told(confidential="on"), follow=True)
    text = answer.content.decode()
    assert "with a person of trust" in text
    assert "Trusted" not in text
    assert Issue.objects.get().confidential


def test_hints_by_a_code_tell_nothing_of_other_issues(house, code):
    make_issue(house, at=timezone.now())
    page = Client().post(f"/c/{code.token}/hints/", {"title": "IV pumps are missing for Mr. Miller"}).content.decode()
    assert "“Miller”" in page
    assert "#1" not in page


def test_the_sheet_with_the_code_is_made_renewed_and_ended_by_who_works_there(house):
    client, address = signed_in(house.lead(house.ward)), f"/boards/{house.ward.pk}/code/"
    assert "No code hangs here yet" in client.get(address).content.decode()
    client.post(address, {"make": "1"})
    first = CaptureCode.objects.get()
    assert first.token in client.get(address).content.decode()
    client.post(address, {"make": "1"})
    client.post(address, {"end": "1"})
    assert not CaptureCode.objects.filter(ended_at__isnull=True).exists()
    assert signed_in(house.people["STAFF"]).get(address).status_code == 403
    assert signed_in(house.lead(house.other_ward)).get(address).status_code == 404


def box(page):
    """The choice to tell in confidence, as it stands on a page."""
    return re.search(r'<input[^>]*name="confidential"[^>]*>', page)[0]


def test_in_confidence_is_offered_where_somebody_reads_it_and_says_who(house, code):
    client = signed_in(house.people["STAFF"])
    ask = f"/issues/new/?unit={house.ward.pk}"
    for page in (client.get(ask), Client().get(f"/c/{code.token}/")):
        assert " disabled" in box(page.content.decode())
        assert "Nobody is named yet to hear it" in page.content.decode()
    Confidant.objects.create(organisation=house.organisation, user=house.lead(house.top))
    page = client.get(ask).content.decode()
    assert " disabled" not in box(page)
    assert "Only Lead of Executive team and you read it" in page
    page = Client().get(f"/c/{code.token}/").content.decode()
    assert " disabled" not in box(page)
    assert "Lead of Executive team" not in page
    User.objects.filter(pk=house.lead(house.top).pk).update(is_active=False)
    assert " disabled" in box(client.get(ask).content.decode())


def test_what_was_to_be_told_in_confidence_never_goes_out_openly_and_says_that_the_picture_stayed_behind(house, code):
    for client, address in ((signed_in(house.people["STAFF"]), "/issues/new/"), (Client(), f"/c/{code.token}/")):
        picture = SimpleUploadedFile("a.jpg", phone_picture())
        page = client.post(address, told(unit=house.ward.pk, confidential="on", picture=picture))
        text = page.content.decode()
        assert page.status_code == 422
        assert " checked" in box(text)
        assert " disabled" not in box(text)
        assert "Choose the picture again" in text
        assert "<details open>" in text
    assert not Issue.objects.exists()


def test_a_refused_file_leaves_its_field_in_sight(house, code):
    for client, address in ((signed_in(house.people["STAFF"]), "/issues/new/"), (Client(), f"/c/{code.token}/")):
        sent = told(unit=house.ward.pk, picture=SimpleUploadedFile("a.jpg", b"no picture at all"))
        page = client.post(address, sent)
        assert page.status_code == 422
        assert "<details open>" in page.content.decode()
        assert "Choose the picture again" in page.content.decode()


def test_whoever_told_it_by_the_code_says_once_whether_it_is_solved_and_closes_nothing(house, code):
    sent = told()
    link = Client().post(f"/c/{code.token}/", sent).headers["Location"].partition("?")[0]
    issue, lead, now = Issue.objects.get(), house.lead(house.ward), timezone.now()
    early = Client().post(link, {"verdict": "solved"})
    assert early.status_code == 422
    assert "that cannot be done with it now" in early.content.decode()
    actions.finish(issue=issue, by=lead, at=now, note="Four pumps stand there.")
    empty = Client().post(link, {"line": "Two are broken"})
    assert (empty.status_code, 'value="Two are broken"' in empty.content.decode()) == (422, True)
    assert Client().post(link, {"verdict": "not_solved", "line": "Two are broken"}).status_code == 302
    issue.refresh_from_db()
    assert (issue.status, issue.reporter_verdict, issue.reporter_line) == (Status.DONE, "not_solved", "Two are broken")
    assert issue.events.get(act=Act.WORD).note == "Two are broken"
    assert Message.objects.filter(context__act=Act.WORD, recipient=lead.email).count() == 1
    page = Client().get(link).content.decode()
    assert ("Two are broken" in page, 'name="verdict"' in page) == (True, False)
    again = Client().post(link, {"verdict": "solved"})
    assert (again.status_code, "You have said it already." in again.content.decode()) == (422, True)
    said = "Whoever told it says: Not solved. “Two are broken”"
    origin = signed_in(lead)
    assert said in html.unescape(origin.get(f"/issues/{issue.pk}/?act=confirm").content.decode())
    assert said in html.unescape(origin.get(f"/boards/{house.ward.pk}/beside/").content.decode())
    actions.reopen(issue=issue, note="Two more", by=lead, at=now)
    actions.finish(issue=issue, by=lead, at=now, note="Six now.")
    assert Client().post(link, {"verdict": "partly"}).status_code == 302  # done anew, asked anew


def test_words_by_a_link_are_counted(code):
    link = Client().post(f"/c/{code.token}/", told()).headers["Location"].partition("?")[0]
    codes = [Client().post(link, {"verdict": "solved"}).content.decode() for _once in range(WORD.most + 1)]
    assert "Try again in an hour." in codes[-1]
    assert "Try again in an hour." not in codes[-2]
