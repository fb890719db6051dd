"""Pages of huddles: what they show, with and without a script, in a constant number of statements."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from huddles.actions import huddles, issues, notes
from huddles.models import Confidant, Huddle, HuddleMark, HuddleNote, Issue
from huddles.queries.walls import wall_answers
from huddles.rules.agendas import Section
from huddles.rules.issues import ChoiceKind, Source, Verdict
from org.queries import DEVICE_COOKIE
from org.rules import Role
from tests.factories import htmx, make_device, make_unit, make_user, signed_in
from tests.huddles.factories import make_house, make_issue
from tests.huddles.huddle_stage import PLANNED, begin_huddle, lines, make_huddle, plan_huddle

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def house():
    return make_house()


def on_wall(house):
    """A paired display of the ward."""
    _device, token = make_device(make_user(Role.UNIT_LEAD, house.ward), house.ward)
    wall = Client()
    wall.cookies[DEVICE_COOKIE] = token
    return wall


def statements(client, address):
    client.get(address)  # what is remembered for later is not counted
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_without_a_script_a_huddle_is_begun_led_written_in_and_ended_by_forms(house):
    huddle = plan_huddle(house.ward)
    client = signed_in(house.people["STAFF"])
    page = f"/huddles/{huddle.pk}/"
    assert "Begin the huddle" in client.get(page).content.decode()
    assert client.post(page + "start/").headers["Location"] == page
    huddle.refresh_from_db()
    seat, ready = lines(huddle, Section.SEAT)[0], lines(huddle, Section.READINESS)[0]
    said = {"kind": "mark", "line": seat.pk, "choice": "here", "shown": "0", "id": str(uuid4())}
    answer = client.post(page + "entries/", said)
    assert answer.headers["Location"] == f"{page}?step=0#step-0"
    note = {"kind": "note", "line": ready.pk, "note": "", "revision": "0", "text": "A pump", "shown": "4"}
    client.post(page + "entries/", note | {"id": str(uuid4())})
    client.post(page + "entries/", {"kind": "issue", "title": "Pumps", "spot": "", "shown": "7"})
    client.post(page + "step/", {"step": "4"})
    shown = client.get(page).content.decode()
    assert 'aria-pressed="true"' in shown
    assert "A pump" in shown
    client.post(page + "end/")
    record = client.get(page).content.decode()
    assert "How did it go?" in record
    assert "Pumps" in record
    assert (HuddleMark.objects.count(), HuddleNote.objects.count(), Issue.objects.get().source) == (1, 1, Source.HUDDLE)


def test_a_refusal_stands_on_the_page_with_what_was_typed(house):
    huddle = begin_huddle(house.ward)
    client = signed_in(house.people["STAFF"])
    said = {"kind": "note", "line": "0", "note": "", "revision": "0", "text": "My words", "shown": "1"}
    answer = client.post(f"/huddles/{huddle.pk}/entries/", said)
    assert answer.status_code == 422
    assert "not on the agenda" in answer.content.decode()
    assert "My words" in answer.content.decode()
    answer = client.post(f"/huddles/{huddle.pk}/step/", {"step": "99"})
    assert (answer.status_code, "no such step" in answer.content.decode()) == (422, True)


def test_entries_as_json_tell_what_became_of_each(house):
    huddle = begin_huddle(house.ward)
    client = signed_in(house.people["STAFF"])
    line = lines(huddle, Section.LOOK_AHEAD)[0]
    note = str(uuid4())
    entries = [
        {"id": str(uuid4()), "kind": "note", "note": note, "line": line.pk, "text": "Two", "revision": 0},
        {"id": str(uuid4()), "kind": "step", "step": 77},
    ]
    address = f"/huddles/{huddle.pk}/entries/"
    answer = client.post(address, json.dumps({"entries": entries}), content_type="application/json")
    told = answer.json()["results"]
    assert told[0] == {"id": entries[0]["id"], "stored": True, "reason": "", "note": note, "revision": 1}
    assert (told[1]["stored"], told[1]["reason"]) == (False, "The agenda has no such step.")
    for body in ("nonsense", "{}", '{"entries": 1}', json.dumps({"entries": [{}] * 201}), "[" * 100_000):
        assert client.post(address, body, content_type="application/json").status_code == 400


def test_the_state_is_sent_once_and_again_when_something_is_new(house):
    huddle = begin_huddle(house.ward)
    client = signed_in(house.people["STAFF"])
    address = f"/huddles/{huddle.pk}/state/"
    first = client.get(address)
    tag = first.headers["ETag"]
    notes.mark(
        huddle=huddle,
        line=lines(huddle, Section.SEAT)[0].pk,
        choice="here",
        by=house.lead(house.ward),
        at=timezone.now(),
    )
    second = client.get(address, headers={"If-None-Match": tag})
    assert (second.status_code, second.headers["ETag"] != tag) == (200, True)


def test_the_page_asks_the_same_number_of_statements_whatever_stands_in_it(house):
    client = signed_in(house.lead(house.line))
    huddle = begin_huddle(house.line)
    counts = []
    for more in (1, 3):
        for n in range(more):
            unit = make_unit(house.line, level=1)
            plan_huddle(unit)
            make_issue(house, title=f"Issue {n}", at=timezone.now())
            up = make_issue(house, unit=house.line, at=timezone.now() - timedelta(hours=1))
            issues.finish(issue=up, by=house.lead(house.line), at=timezone.now() - MINUTE)
            notes.write_note(
                huddle=huddle,
                uid=uuid4(),
                line=lines(huddle, Section.STEP)[0].pk,
                text=f"Note {n}",
                revision=0,
                by=house.lead(house.line),
                at=timezone.now(),
            )
        pages = (f"/huddles/{huddle.pk}/", f"/huddles/{huddle.pk}/state/", "/huddles/")
        unit = house.line.pk
        pages += (f"/boards/{unit}/before/", f"/boards/{unit}/huddles/", f"/boards/{unit}/sheet/")
        counts.append([statements(client, page) for page in pages])
    assert counts[0] == counts[1]


def test_today_shows_who_has_met_who_is_meeting_and_who_has_not(house):
    now = timezone.now()
    begin_huddle(house.ward)
    missed = plan_huddle(house.other_ward, -timedelta(hours=1))
    plan_huddle(house.support)
    text = signed_in(house.lead(house.line)).get("/huddles/").content.decode()
    assert "0 of 2 have met" in text
    assert text.index("4 East") < text.index("5 West")  # what asks for a look stands first
    reason = house.organisation.issue_choices.filter(kind=ChoiceKind.NOT_HELD).first()
    huddles.say_not_held(huddle=missed, reason=reason, note="", by=house.lead(house.line), at=now)
    text = signed_in(house.lead(house.line)).get("/huddles/").content.decode()
    assert f"Not held: {reason.name}" in text
    assert "Information technology" not in text


def test_days_without_a_huddle_are_not_missed(house):
    text = signed_in(house.people["STAFF"]).get("/huddles/").content.decode()
    assert "No huddle is planned today: nobody misses one." in text


def test_why_it_was_not_held_is_asked_in_the_list_for_htmx(house):
    missed = plan_huddle(house.ward, -timedelta(hours=1))
    client = signed_in(house.lead(house.line))
    address = f"/huddles/{missed.pk}/not-held/"
    refused = client.post(address, {}, **htmx())
    assert (refused.status_code, "Choose a reason." in refused.content.decode()) == (422, True)
    reason = house.organisation.issue_choices.filter(kind=ChoiceKind.NOT_HELD).first()
    answer = client.post(address, {"reason": reason.pk, "note": "Two codes"}, **htmx())
    assert (answer.status_code, f"Not held: {reason.name}" in answer.content.decode()) == (200, True)
    assert client.post(address, {"take_back": "1"}).status_code == 302
    missed.refresh_from_db()
    assert missed.not_held_reason is None


def test_a_tier_asks_the_units_below_why_they_have_not_met(house):
    missed = plan_huddle(house.ward, -timedelta(hours=1))
    huddle = begin_huddle(house.line, by=house.lead(house.line))
    text = signed_in(house.lead(house.line)).get(f"/huddles/{huddle.pk}/").content.decode()
    assert f'action="/huddles/{missed.pk}/not-held/"' in text
    assert "Patients needed everybody" in text
    assert f'name="back" value="{huddle.pk}"' in text


def test_whoever_only_looks_finds_nothing_to_press(house):
    huddle = begin_huddle(house.ward)
    text = signed_in(make_user(Role.COACH, house.ward)).get(f"/huddles/{huddle.pk}/").content.decode()
    assert "data-reads" in text
    assert 'class="hnote blank"' not in text
    assert "disabled" in text


def test_yesterdays_huddle_shows_yesterdays_agenda(house):
    huddle = begin_huddle(house.ward)
    huddles.end(huddle=huddle, by=house.people["STAFF"], at=timezone.now())
    newer = huddle.version.agenda.versions.create(number=2, published_at=timezone.now())
    newer.lines.create(section=Section.STEP, position=1, kind="welcome", title="A new beginning", seconds=60)
    client = signed_in(house.people["STAFF"])
    record = client.get(f"/huddles/{huddle.pk}/").content.decode()
    assert "A new beginning" not in record
    assert "agenda in its version 1" in record
    assert "A new beginning" in client.get(f"/huddles/{plan_huddle(house.ward, 20 * MINUTE).pk}/").content.decode()
    assert "version 1" in client.get(f"/boards/{house.ward.pk}/huddles/").content.decode()


@time_machine.travel(PLANNED + timedelta(hours=2))
def test_the_list_and_the_page_for_paper_tell_the_time_on_the_wall_of_the_unit(house):
    huddle = make_huddle(house.ward)
    client = signed_in(house.people["STAFF"])
    local = PLANNED.astimezone(house.organisation.zone)
    assert local.utcoffset() != timedelta(0)
    listed = client.get(f"/boards/{house.ward.pk}/huddles/").content.decode()
    assert f"{local:%H:%M}</a>" in listed
    paper = client.get(f"/huddles/{huddle.pk}/paper/").content.decode()
    assert f'name="started_at" required value="{local:%H:%M}"' in paper


@time_machine.travel(PLANNED + timedelta(hours=2))
def test_a_sheet_is_entered_from_paper_and_filled_in(house):
    huddle = make_huddle(house.ward)
    client = signed_in(house.people["STAFF"])
    address = f"/huddles/{huddle.pk}/paper/"
    wrong = client.post(address, {"started_at": "", "ended_at": "25:00"})
    assert (wrong.status_code, "like 07:05" in wrong.content.decode()) == (422, True)
    answer = client.post(address, {"started_at": "07:02", "ended_at": "07:11"})
    edit = client.get(answer.headers["Location"])
    assert 'name="edits" value="1"' in edit.content.decode()
    huddle.refresh_from_db()
    assert (huddle.from_paper, huddle.started_at, huddle.ended_at) == (
        True,
        PLANNED + 2 * MINUTE,
        PLANNED + 11 * MINUTE,
    )
    said = {"kind": "issue", "title": "A pump", "spot": "", "shown": "7", "edits": "1"}
    assert client.post(f"/huddles/{huddle.pk}/entries/", said).headers["Location"].endswith("?step=7&edit=1#step-7")
    assert Issue.objects.get().source == Source.PAPER


def test_a_wall_shows_the_step_and_no_word_of_anybody(house):
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    said = {"huddle": huddle, "by": house.lead(house.ward), "at": timezone.now()}
    notes.write_note(uid=uuid4(), line=lines(huddle, Section.STEP)[0].pk, text="Secret words", revision=0, **said)
    wall = on_wall(house)
    text = wall.get(f"/wall/huddle/{house.ward.pk}/").content.decode()
    assert "Welcome" in text
    for word in ("Secret words", "Lead of", "STAFF"):
        assert word not in text
    assert wall.get(f"/wall/huddle/{house.other_ward.pk}/").status_code == 404
    huddles.end(**said)
    assert wall.get(f"/wall/huddle/{house.ward.pk}/").status_code == 204


def test_the_wall_tells_what_came_back_and_how_it_stands_and_nothing_else_that_was_written(house):
    now, leads = timezone.now(), house.lead
    Confidant.objects.create(organisation=house.organisation, user=leads(house.ward))
    said = {"at": now - timedelta(hours=2), "detail": "Told in detail", "spot": "Room 4", "source": Source.BOARD}
    late = make_issue(house, title="No chairs", **said)
    patient = make_issue(house, title="No lift", **said)
    done = make_issue(house, title="No scale", **said)
    solved = make_issue(house, title="No cups", **said)
    declined = make_issue(house, title="No window", **said)
    whole = make_issue(house, title="No pumps", unit=house.other_ward, **said)
    part = make_issue(house, title="No pumps either", **said)
    old = make_issue(house, title="No ramp", at=now - timedelta(days=20))
    spot = make_issue(house, title="No gloves", **said | {"source": Source.HUDDLE})
    secret = make_issue(house, title="Said in trust", confidential=True, **said)
    ward, at = {"by": leads(house.ward)}, now - timedelta(minutes=90)
    promise = {"outcome": "decided", "due_at": now - timedelta(minutes=5), "at": at, **ward}
    issues.answer(issue=late, tell_staff="Chairs come at noon.", **promise)
    issues.answer(issue=patient, tell_staff="Mrs. Miller goes by lift 1.", **promise)
    issues.answer(issue=secret, tell_staff="We talk about it.", **promise)
    issues.finish(issue=done, note="The scale is back.", at=at, **ward)
    issues.finish(issue=old, note="The ramp is there.", at=now - timedelta(days=9), **ward)
    issues.settle(issue=spot, note="Two boxes from 4 East.", at=at, **ward)
    issues.finish(issue=solved, note="Cups are in the drawer.", at=at, **ward)
    issues.confirm(issue=solved, verdict=Verdict.SOLVED, at=now, **ward)
    issues.decline(issue=declined, tell_staff="The wall holds the roof.", at=at, **ward)
    issues.merge(issue=part, into=whole, at=at, **ward)
    issues.finish(issue=whole, note="Ten pumps are here.", by=leads(house.other_ward), at=now - timedelta(minutes=80))
    local = now.astimezone(house.organisation.zone)
    shown = wall_answers(house.ward, local)
    assert {told.number: (told.words, told.sign) for told in shown} == {
        part.number: ("Ten pumps are here.", "at_risk"),
        late.number: ("Chairs come at noon.", "missed"),
        patient.number: ("", "missed"),
        done.number: ("The scale is back.", "at_risk"),
        declined.number: ("The wall holds the roof.", "at_risk"),
        solved.number: ("Cups are in the drawer.", "met"),
    }
    assert shown[0].state == "Done, waiting to be confirmed"
    assert "late since" in next(told.state for told in shown if told.number == late.number)
    issues.confirm(issue=done, verdict=Verdict.PARTLY, at=now, **ward)
    issues.confirm(issue=part, verdict=Verdict.SOLVED, at=now, **ward)
    shown = wall_answers(house.ward, local)
    assert [told.sign for told in shown] == ["at_risk", "missed", "missed", "met", "met", "met"]
    text = on_wall(house).get(f"/wall/answers/{house.ward.pk}/").content.decode()
    assert "The answer is read out in the huddle." in text
    for word in ("No ", "Miller", "Told in detail", "Room 4", "Lead of", "Two boxes", "talk about it", "ramp"):
        assert word not in text


def test_the_wall_of_a_unit_to_which_nothing_came_back_has_no_such_screen(house):
    make_issue(house, at=timezone.now())
    wall = on_wall(house)
    assert wall.get(f"/wall/answers/{house.ward.pk}/").status_code == 204
    assert wall.get(f"/wall/answers/{house.other_ward.pk}/").status_code == 404


def test_what_is_confidential_is_never_spoken_of(house):
    Confidant.objects.create(organisation=house.organisation, user=house.lead(house.ward))
    make_issue(house, title="Said in trust", confidential=True, at=timezone.now())
    huddle = begin_huddle(house.ward)
    client = signed_in(house.lead(house.ward))
    for page in (f"/huddles/{huddle.pk}/", f"/boards/{house.ward.pk}/before/", f"/boards/{house.ward.pk}/sheet/"):
        assert "Said in trust" not in client.get(page).content.decode()


def test_the_page_before_tells_what_will_be_asked(house):
    plan_huddle(house.ward, 30 * MINUTE)
    late = make_issue(house, title="Late already", at=timezone.now() - timedelta(days=9))
    done = make_issue(house, title="Came back", at=timezone.now() - timedelta(days=1))
    issues.finish(issue=done, by=house.lead(house.ward), at=timezone.now(), note="It is there")
    text = signed_in(house.lead(house.ward)).get(f"/boards/{house.ward.pk}/before/").content.decode()
    for said in ("<b>1</b> item will be asked of you", "<b>1</b> answer came back", late.title, "It is there"):
        assert said in text
    assert "Lead of 5 West" in text


def test_a_huddle_of_another_house_is_not_there(house):
    other = make_house()
    huddle = begin_huddle(other.ward)
    client = signed_in(house.lead(house.top))
    for page in ("", "state/", "live/"):
        assert client.get(f"/huddles/{huddle.pk}/{page}").status_code == 404
    assert Huddle.objects.visible_to(house.lead(house.top)).count() == 0
