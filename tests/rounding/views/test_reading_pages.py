"""Pages about rounds as people see them: comments, words, voice notes, promises, files."""

from uuid import uuid4

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from org.rules import Role
from rounding.actions import files, follow_ups, rounds
from rounding.models import Promise, Recording, RoundComment
from rounding.rules.questions import SetKind
from tests.factories import htmx, make_unit, make_user, signed_in
from tests.huddles.factories import make_house
from tests.huddles.huddle_stage import begun
from tests.huddles.phone import SECRET, phone_picture
from tests.rounding.factories import make_note, make_promise, make_round, make_set
from tests.rounding.stage_reading import SOUND

pytestmark = pytest.mark.django_db
SAFE = {
    "Content-Disposition": "inline",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def staff(house):
    return house.people["STAFF"]


@pytest.fixture
def led(house, lead):
    now = timezone.now()
    return make_round(house.ward, lead, began_at=now, at=now)


def at(name, *arguments):
    return reverse(f"rounding:{name}", args=arguments)


def text_of(client, address):
    return client.get(address).content.decode()


def safe(answer):
    return {name: answer.headers[name] for name in SAFE}


def test_whoever_works_at_the_unit_comments_once_on_a_note_and_on_the_round(led, staff):
    noted = make_note(led)
    client, sent = signed_in(staff), {"uid": str(uuid4()), "text": "It came back"}
    for _twice in range(2):
        answer = client.post(at("comment", led.pk), {**sent, "note": noted.pk})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/rounds/{led.pk}/#note-{noted.pk}")
    client.post(at("comment", led.pk), {"uid": str(uuid4()), "text": "Thank you for coming"})
    assert list(RoundComment.objects.values_list("observation", "text", "by")) == [
        (noted.pk, "It came back", staff.pk),
        (None, "Thank you for coming", staff.pk),
    ]
    page = text_of(client, at("round", led.pk))
    assert page.count("<b>Staff of 5 West</b>") == 2
    assert "It came back" in text_of(client, at("unit", led.unit_id))


def test_a_comment_without_words_or_on_a_note_of_another_round_is_none(house, led, lead, staff):
    client = signed_in(staff)
    empty = client.post(at("comment", led.pk), {"text": "  "})
    assert (empty.status_code, "Write what you want to say." in empty.content.decode()) == (422, True)
    elsewhere = make_note(make_round(house.ward, lead))
    assert client.post(at("comment", led.pk), {"text": "Yes", "note": elsewhere.pk}).status_code == 404
    assert not RoundComment.objects.exists()


def test_whoever_is_of_another_unit_neither_reads_nor_comments(house, led):
    for stranger in (house.lead(house.other_ward), make_user(Role.STAFF, house.other_ward)):
        client = signed_in(stranger)
        assert client.get(at("round", led.pk)).status_code == 404
        assert client.post(at("comment", led.pk), {"text": "Yes"}).status_code == 404
        assert client.get(at("unit", house.ward.pk)).status_code == 404


def test_what_is_between_two_is_not_there_for_the_unit(house, lead, staff):
    led = make_round(house.ward, lead, make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False))
    make_note(led, "I nearly left")
    assert signed_in(staff).get(at("round", led.pk)).status_code == 404
    assert "I nearly left" in text_of(signed_in(lead), at("round", led.pk))


def test_a_reflection_is_shown_to_the_leader_alone(led, lead, staff):
    rounds.reflect(of_round=led, asked=8, surprised="How calm it was", by=lead, at=timezone.now())
    assert "How calm it was" in text_of(signed_in(lead), at("round", led.pk))
    assert "How calm it was" not in text_of(signed_in(staff), at("round", led.pk))


def test_a_leader_changes_words_and_sees_what_stands_where_they_were_changed_meanwhile(led, lead):
    noted = make_note(led, "Two pumps")
    client, address = signed_in(lead), at("note-words", led.pk, noted.pk)
    assert client.post(address, {"text": "Three pumps", "revision": 1}).status_code == 302
    late = client.post(address, {"text": "Four pumps", "revision": 1})
    page = late.content.decode()
    assert late.status_code == 409
    assert "It stands now: “Three pumps”" in page
    assert ">Four pumps</textarea>" in page
    assert 'name="revision" value="2"' in page
    assert client.post(address, {"text": "Four pumps", "revision": 2}).status_code == 302
    noted.refresh_from_db()
    assert (noted.text, noted.revision) == ("Four pumps", 3)


def test_nobody_else_changes_words(led, staff):
    noted = make_note(led, "Two pumps")
    answer = signed_in(staff).post(at("note-words", led.pk, noted.pk), {"text": "None", "revision": 1})
    assert (answer.status_code, "led by somebody else" in answer.content.decode()) == (422, True)
    assert "Change my words" not in text_of(signed_in(staff), at("round", led.pk))


def voice(led, lead):
    noted = make_note(led, "")
    return files.attach_recording(observation=noted, content=SOUND, uid=uuid4(), by=lead, at=timezone.now())


def test_a_voice_note_is_heard_by_its_leader_and_becomes_words(led, lead, staff):
    recording = voice(led, lead)
    client, address = signed_in(lead), at("transcribe", recording.uid)
    heard = client.get(at("recording", recording.uid))
    assert (heard.content, heard.headers["Content-Type"], safe(heard)) == (SOUND, "audio/webm", SAFE)
    assert f'<audio controls preload="none" src="{at("recording", recording.uid)}">' in text_of(
        client, at("round", led.pk)
    )
    assert signed_in(staff).get(at("recording", recording.uid)).status_code == 404
    assert "A voice note waits to be written down." in text_of(signed_in(staff), at("unit", led.unit_id))
    assert client.post(address, {"text": " "}).status_code == 422
    assert client.post(address, {"text": "Wait, then search"}).status_code == 302
    assert not Recording.objects.exists()
    assert "Wait, then search" in text_of(signed_in(staff), at("unit", led.unit_id))
    assert client.get(at("recording", recording.uid)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-1", 206, SOUND[:2], "bytes 0-1/100"),
        ("bytes=90-", 206, SOUND[90:], "bytes 90-99/100"),
        ("bytes=-5", 206, SOUND[95:], "bytes 95-99/100"),
        ("bytes=90-500", 206, SOUND[90:], "bytes 90-99/100"),
        ("bytes=100-", 416, b"", "bytes */100"),
        ("bytes=0-", 200, SOUND, None),
        ("bytes=5-2", 200, SOUND, None),
        ("bytes=-", 200, SOUND, None),
        ("lines=1-2", 200, SOUND, None),
    ],
)
def test_a_player_may_ask_for_a_part(led, lead, asked, status, part, told):
    answer = signed_in(lead).get(at("recording", voice(led, lead).uid), headers={"Range": asked})
    assert (answer.status_code, answer.content, answer.headers.get("Content-Range")) == (status, part, told)


def test_a_photo_is_given_out_safely_and_to_readers_only(house, led, lead, staff):
    photo = files.attach_photo(
        observation=make_note(led), content=phone_picture(), uid=uuid4(), by=lead, at=timezone.now()
    )
    answer = signed_in(staff).get(at("photo", photo.uid))
    assert (answer.status_code, answer.headers["Content-Type"], safe(answer)) == (200, "image/jpeg", SAFE)
    assert SECRET not in answer.content
    for stranger in (house.lead(house.other_ward), make_user(Role.EXECUTIVE, make_unit())):
        assert signed_in(stranger).get(at("photo", photo.uid)).status_code == 404


def promised(house, lead):
    now = timezone.now()
    return make_promise(house.ward, lead, said_at=now, at=now, due_on=now.date())


def test_a_promise_is_kept_in_one_tap_and_opened_again(house, lead):
    promise, client = promised(house, lead), signed_in(lead)
    assert client.post(at("promise", promise.pk), {"state": "kept", "revision": 1}).status_code == 302
    promise.refresh_from_db()
    assert (promise.state, promise.revision) == ("kept", 2)
    part = client.post(at("promise", promise.pk), {"state": "open", "revision": 2, "answer": "Not any more"}, **htmx())
    assert (part.status_code, "<html" in part.content.decode()) == (200, False)
    promise.refresh_from_db()
    assert (promise.state, promise.answer) == ("open", "")


def test_whoever_cannot_keep_a_promise_says_why(house, lead):
    promise, client = promised(house, lead), signed_in(lead)
    silent = client.post(at("promise", promise.pk), {"state": "withdrawn", "revision": 1, "answer": ""})
    assert (silent.status_code, "Say why it could not be kept" in silent.content.decode()) == (422, True)
    client.post(at("promise", promise.pk), {"state": "withdrawn", "revision": 1, "answer": "None to be had"})
    assert Promise.objects.values_list("state", "answer").get() == ("withdrawn", "None to be had")


@pytest.mark.parametrize(("more", "status"), [({}, 409), (htmx(), 422)])
def test_a_promise_that_was_answered_elsewhere_shows_what_stands_now(house, lead, more, status):
    promise, client = promised(house, lead), signed_in(lead)
    client.post(at("promise", promise.pk), {"state": "kept", "revision": 1, "answer": "They came"})
    late = client.post(at("promise", promise.pk), {"state": "withdrawn", "revision": 1, "answer": "None"}, **more)
    page = late.content.decode()
    assert late.status_code == status
    assert "It stands now: <b>Kept</b> “They came”" in page
    assert "Say mine instead: Could not be kept" in page
    assert promise.__class__.objects.get().state == "kept"


def test_thanks_are_read_out_from_the_huddle_once(house, lead, staff):
    now = timezone.now()
    said = follow_ups.thank(uid=uuid4(), unit=house.ward, name="Rosa", text="Early", by=lead, said_at=now, at=now)
    client, address = signed_in(staff), at("unit-thanks", house.ward.pk)
    assert "<b>Rosa</b>" in text_of(client, address)
    part = client.post(at("read-out", house.ward.pk), {"thanks": said.pk}, **htmx()).content.decode()
    assert ("<html" in part, "Rosa" in part, "1 thanks was read out today." in part) == (False, False, True)
    said.refresh_from_db()
    first = said.read_out_at
    assert client.post(at("read-out", house.ward.pk), {"thanks": said.pk}).headers["Location"] == address
    said.refresh_from_db()
    assert said.read_out_at == first is not None


def test_the_line_beside_the_board_is_a_part_of_it(house, led, staff):
    client = signed_in(staff)
    line = client.get(at("unit-line", house.ward.pk), **htmx()).content.decode()
    assert (at("unit", house.ward.pk) in line, "Lead of 5 West" in line) == (True, True)
    assert client.get(at("unit-line", house.ward.pk)).headers["Location"] == at("unit", house.ward.pk)
    beside = text_of(client, reverse("huddles:beside", args=[house.ward.pk]))
    assert f'hx-get="{at("unit-line", house.ward.pk)}"' in beside


def test_only_whoever_leads_rounds_begins_one(led, lead, staff):
    assert 'href="/rounds/walk/"' in text_of(signed_in(lead), at("mine"))
    assert "/rounds/walk/" not in text_of(signed_in(staff), at("mine"))
    assert "/rounds/walk/" not in text_of(signed_in(staff), at("unit", led.unit_id))


def test_the_policy_of_pages_lets_recordings_play_and_is_the_one_that_the_docs_name(staff):
    policy = signed_in(staff).get(at("mine")).headers["Content-Security-Policy"]
    told = (settings.BASE_DIR / "docs" / "security.md").read_text().split("exactly (a test holds it):")[1]
    written = " ".join(line.strip() for line in told.strip().splitlines()[:2])
    assert {part.strip() for part in policy.split(";")} == {part.strip() for part in written.split(";")}
    assert "media-src 'self'" in policy


def test_the_step_of_thanks_in_a_huddle_fetches_what_rounds_left(house, staff):
    running = begun(house)
    address = at("unit-thanks", house.ward.pk)
    part = f'hx-get="{address}" hx-trigger="load" hx-target="this" hx-swap="innerHTML"><p><a href="{address}">'
    page = text_of(signed_in(staff), reverse("huddles:huddle", args=[running.pk]))
    assert page.count(part) == 1
    reader = make_user(Role.DATA_STEWARD, house.ward)
    assert address not in text_of(signed_in(reader), reverse("huddles:huddle", args=[running.pk]))


def test_whoever_led_the_round_takes_a_photo_away_for_good(led, lead, staff):
    photo = files.attach_photo(
        observation=make_note(led), content=phone_picture(), uid=uuid4(), by=lead, at=timezone.now()
    )
    assert at("photo-remove", photo.uid) not in text_of(signed_in(staff), at("round", led.pk))
    assert signed_in(staff).post(at("photo-remove", photo.uid)).status_code == 404
    client = signed_in(lead)
    assert at("photo-remove", photo.uid) in text_of(client, at("round", led.pk))
    assert client.post(at("photo-remove", photo.uid)).headers["Location"] == at("round", led.pk)
    assert client.get(at("photo", photo.uid)).status_code == 404


@pytest.mark.parametrize(("more", "folded"), [(7, False), (8, True)])
def test_many_units_are_a_folded_list_of_links_and_few_are_a_line(house, led, lead, more, folded):
    version = make_set(house.ward)
    for number in range(more):
        unit = make_unit(house.line, level=1, name=f"Ward {number}")
        make_round(unit, lead, version, began_at=led.began_at, at=led.began_at)
    page = text_of(signed_in(house.lead(house.top)), at("mine"))
    assert page.count('<a href="/rounds/units/') == more + 1
    assert (f"Everything that rounds brought, at {more + 1} units</summary>" in page) == folded
    assert ("Everything that rounds brought:</span>" in page) != folded


def test_a_round_that_goes_on_says_that_nobody_else_reads_it_yet(house, lead):
    going = make_round(house.ward, lead, going_on=True)
    over = make_round(house.ward, lead)
    reader = signed_in(lead)
    page = reader.get(reverse("rounding:round", args=[going.pk])).content.decode()
    assert "This round has not ended yet." in page
    assert reverse("rounding:walk") in page
    assert "has not ended yet" not in reader.get(reverse("rounding:round", args=[over.pk])).content.decode()
