import gzip
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.test import Client

from org import live
from org.models import Organisation
from org.queries import DEVICE_COOKIE
from org.rules import Role
from tests.factories import NOW, htmx, make_device, make_membership, make_unit, make_user, signed_in

pytestmark = pytest.mark.django_db
START = NOW.replace(hour=8)


@pytest.fixture
def ward():
    return make_unit(make_unit())


@pytest.fixture
def client(ward, time_machine):
    time_machine.move_to(START, tick=False)
    Organisation.objects.update(idle_minutes=60, hard_hours=4)
    return signed_in(make_user(Role.STAFF, ward))


def later(time_machine, **span):
    time_machine.move_to(START + timedelta(**span), tick=False)


def stays_in(client, **headers):
    return client.get("/me/", headers=headers).status_code == 200


def test_a_session_in_use_lives_until_its_hard_limit(client, time_machine):
    for minutes in range(0, 240, 30):
        later(time_machine, minutes=minutes)
        assert stays_in(client)
    later(time_machine, minutes=239, seconds=59)
    assert stays_in(client)
    later(time_machine, minutes=240)
    assert not stays_in(client)


def test_an_idle_session_ends_at_its_limit_and_not_before(client, time_machine):
    assert stays_in(client)
    later(time_machine, minutes=59, seconds=59)
    assert stays_in(client)
    later(time_machine, minutes=119, seconds=58)
    assert stays_in(client)
    later(time_machine, minutes=179, seconds=58)
    response = client.get("/me/")
    assert response.headers["Location"] == "/login/?next=/me/&ended=1"


def test_requests_in_the_background_do_not_keep_a_session_alive(client, time_machine):
    assert stays_in(client)
    for minutes in range(5, 60, 5):
        later(time_machine, minutes=minutes)
        assert stays_in(client, **{"X-Background": "1"})
        assert stays_in(client, Accept="text/event-stream")
    later(time_machine, minutes=60)
    response = client.get("/me/", headers={"X-Background": "1"})
    assert response.status_code == 401


def test_a_session_takes_the_strictest_limits_of_its_organisations(time_machine, ward):
    time_machine.move_to(START, tick=False)
    Organisation.objects.update(idle_minutes=60, hard_hours=4)
    strict = make_unit()
    Organisation.objects.filter(pk=strict.organisation_id).update(idle_minutes=10, hard_hours=8)
    user = make_user(Role.STAFF, ward)
    make_membership(user, strict, Role.STAFF)
    client = signed_in(user)
    assert stays_in(client)
    later(time_machine, minutes=10)
    assert not stays_in(client)


def test_a_fragment_of_an_ended_session_sends_the_whole_page_to_the_sign_in_page(client, time_machine):
    assert stays_in(client)
    later(time_machine, hours=5)
    response = client.get("/units/?q=a", **htmx(HX_Current_URL="http://testserver/me/?tab=1"))
    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/login/?next=%2Fme%2F%3Ftab%3D1&ended=1"
    assert response.content == b""


@pytest.mark.parametrize("page", ["https://evil.example/me/", "", "javascript:alert(1)", "//evil.example/"])
def test_a_fragment_never_sends_the_page_elsewhere(page):
    response = Client().get("/me/", **htmx(HX_Current_URL=page))
    assert (response.status_code, response.headers["HX-Redirect"]) == (401, "/login/?next=%2F&ended=1")


def test_a_page_view_writes_the_session_once_a_minute_at_most(client, time_machine, django_assert_num_queries):
    assert stays_in(client)
    later(time_machine, seconds=59)
    with django_assert_num_queries(2):  # session, person with what they hold
        assert stays_in(client)
    later(time_machine, seconds=60)
    assert stays_in(client)
    assert client.session["seen"] == (START + timedelta(seconds=60)).isoformat()


def test_the_end_of_a_session_ends_the_open_streams_of_the_person(
    client, time_machine, django_capture_on_commit_callbacks
):
    user_id = int(client.session["_auth_user_id"])
    assert stays_in(client)
    later(time_machine, hours=5)
    with django_capture_on_commit_callbacks(execute=True):
        assert not stays_in(client)
    kept = redis.Redis.from_url(settings.REDIS_URL).get(live.closed_key(live.person(user_id)))
    assert kept is not None


def test_a_display_is_kept_to_its_wall_and_speaks_its_own_language(ward):
    device, token = make_device(make_user(Role.UNIT_LEAD, ward), ward)
    type(device).objects.update(language="es")
    wall = Client()
    wall.cookies[DEVICE_COOKIE] = token
    for address in ("/", "/me/", f"/boards/{ward.pk}/", "/units/?q=a", "/displays/", "/set-up/"):
        response = wall.get(address)
        assert (address, response.status_code) == (address, 403)
        assert response.headers["Content-Language"] == "es"
    assert wall.get("/login/").status_code == 200


def test_a_wrong_or_revoked_token_is_nobody(ward):
    device, token = make_device(make_user(Role.UNIT_LEAD, ward), ward)
    wall = Client()
    wall.cookies[DEVICE_COOKIE] = token + "x"
    assert wall.get("/me/").status_code == 302
    wall.cookies[DEVICE_COOKIE] = token
    assert wall.get("/me/").status_code == 403
    type(device).objects.update(revoked_at=NOW)
    assert wall.get("/me/").status_code == 302


def test_somebody_who_signs_in_at_a_display_is_a_person(ward):
    lead = make_user(Role.UNIT_LEAD, ward)
    _device, token = make_device(lead, ward)
    client = signed_in(lead)
    client.cookies[DEVICE_COOKIE] = token
    assert client.get("/me/").status_code == 200


def test_the_sign_zero_is_refused_before_it_reaches_the_database(ward):
    client = signed_in(make_user(Role.ADMINISTRATOR, ward))
    people = f"/set-up/{ward.organisation.slug}/people/"
    assert client.get(people, {"q": "Lee"}).status_code == 200
    assert client.get(people, {"q": "Lee\0"}).status_code == 400
    refused = client.get("/units/?q=%00")
    assert refused.status_code == 400
    assert "What was sent cannot be read" in refused.content.decode()
    body = {"content_type": "application/x-www-form-urlencoded"}
    assert client.post("/me/", "name=Lee&language=en", **body).status_code == 302
    assert client.post("/me/", "name=L%00e&language=en", **body).status_code == 400


def test_pages_come_compressed_to_browsers_that_take_it(client):
    plain = client.get("/me/")
    zipped = client.get("/me/", headers={"accept-encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert int(zipped.headers["Content-Length"]) == len(zipped.content) < len(plain.content) / 2
    assert gzip.decompress(zipped.content).startswith(b"<!doctype html>")
    assert "Accept-Encoding" in zipped.headers["Vary"]


def test_the_length_of_a_compressed_page_does_not_tell_of_its_secrets(client):
    """The token against forgery stands in every page: equal pages must not be equally long."""
    lengths = {len(client.get("/me/", headers={"accept-encoding": "gzip"}).content) for _ in range(12)}
    assert max(lengths) - min(lengths) > 10


def test_a_short_answer_is_not_compressed(client):
    answer = client.get("/healthz", headers={"accept-encoding": "gzip"})
    assert len(answer.content) < 200
    assert "Content-Encoding" not in answer.headers


def test_the_session_of_a_shared_device_opens_rounds_and_nothing_else_until_the_next_sign_in(ward):
    person = make_user(Role.UNIT_LEAD, ward)
    person.set_password("a long word for tests")
    person.save()
    client = signed_in(person)
    assert client.get("/me/").status_code == 200
    assert client.post("/rounds/shared/").status_code == 204
    for path in ("/me/", "/", f"/boards/{ward.pk}/", "/rounds/", "/nowhere/"):
        answer = client.get(path)
        assert answer.status_code in {403, 404}, path
        assert person.name not in answer.content.decode()
    assert "This tablet is shared" in client.get("/me/").content.decode()
    for path in ("/rounds/walk/", "/rounds/walk/worker.js", "/rounds/package/", "/rounds/session/"):
        assert client.get(path, headers={"X-Background": "1"}).status_code == 200, path  # as the app asks
    left = client.post("/logout/", {"next": "/me/?from=tablet"})
    assert left.headers["Location"] == "/login/?out=1&next=%2Fme%2F%3Ffrom%3Dtablet"
    client.post("/login/", {"username": person.email, "password": "a long word for tests"})
    assert client.get("/me/").status_code == 200


def test_nobody_is_led_to_another_house_after_signing_out(ward):
    left = signed_in(make_user(Role.STAFF, ward)).post("/logout/", {"next": "https://elsewhere.example/"})
    assert left.headers["Location"] == "/login/?out=1&next=%2F"
