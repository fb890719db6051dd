import re
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.test import Client

from org import attempts, live
from org.models import Event, WallDevice
from org.queries import DEVICE_COOKIE
from org.rules import PAIRING_MINUTES, Role
from org.tokens import token_hash
from tests.factories import NOW, htmx, make_device, make_unit, make_user, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ward():
    return make_unit(make_unit(make_unit()), name="5 West")


@pytest.fixture
def lead(ward):
    return make_user(Role.UNIT_LEAD, ward)


def pair(client, code, *boards, **more):
    data = {
        "code": code,
        "name": "Corridor",
        "boards": [unit.pk for unit in boards],
        "seconds_per_board": 20,
        "theme": "dark",
        **more,
    }
    return client.post("/displays/pair/", data)


def shown_code(screen):
    return re.search(r'class="pairing-code"[^>]*>(\w{6})<', screen.get("/wall/pair/").content.decode())[1]


def test_a_screen_is_paired_by_its_code_and_goes_to_its_wall(ward, lead):
    screen = Client()
    code = shown_code(screen)
    assert shown_code(screen) == code
    assert screen.get("/wall/pair/", **htmx()).status_code == 204
    typed = f"{code[:3].lower()}-{code[3:].lower()} "
    assert pair(signed_in(lead), typed, ward).headers["Location"] == "/displays/"
    polled = screen.get("/wall/pair/", **htmx())
    assert (polled.status_code, polled.headers["HX-Redirect"]) == (204, "/wall/")
    assert screen.get("/wall/pair/").headers["Location"] == "/wall/"
    device = WallDevice.objects.get()
    assert (device.name, device.organisation_id, device.paired_by, device.code) == (
        "Corridor",
        ward.organisation_id,
        lead,
        "",
    )
    assert [board.unit_id for board in device.boards.all()] == [ward.pk]
    assert Event.objects.get(verb="device.paired").facts == {"boards": str(ward.pk)}


def test_the_token_lives_in_an_http_only_cookie_and_its_hash_in_the_database():
    screen = Client()
    page = screen.get("/wall/pair/")
    cookie = page.cookies[DEVICE_COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert WallDevice.objects.get().token_hash == token_hash(cookie.value)
    assert cookie.value not in page.content.decode()


def test_the_pairing_page_shows_a_picture_of_its_address_without_scripts_or_styles_inside():
    page = Client().get("/wall/pair/").content.decode()
    assert "<svg" in page
    assert "style=" not in page


def test_a_code_runs_out_and_the_screen_gets_another(ward, lead, time_machine):
    time_machine.move_to(NOW, tick=False)
    screen = Client()
    first = shown_code(screen)
    time_machine.move_to(NOW + timedelta(minutes=PAIRING_MINUTES), tick=False)
    refused = pair(signed_in(lead), first, ward)
    assert (refused.status_code, "No display shows this code" in refused.content.decode()) == (422, True)
    fragment = screen.get("/wall/pair/", **htmx())
    assert fragment.status_code == 200
    assert b"<html" not in fragment.content
    second = shown_code(screen)
    assert second != first
    assert WallDevice.objects.count() == 1
    assert pair(signed_in(lead), second, ward).status_code == 302


def test_wrong_codes_are_counted_for_each_person(ward, lead):
    client = signed_in(lead)
    code = shown_code(Client())
    for _ in range(attempts.TYPE_CODE.most):
        assert pair(client, "AAAAAA", ward).status_code == 422
    assert pair(client, code, ward).status_code == 429
    other = signed_in(make_user(Role.UNIT_LEAD, ward))
    assert pair(other, code, ward).status_code == 302


def test_new_codes_are_counted_for_each_address():
    for _ in range(attempts.NEW_CODE.most):
        assert Client().get("/wall/pair/", REMOTE_ADDR="10.0.0.5").status_code == 200
    assert Client().get("/wall/pair/", REMOTE_ADDR="10.0.0.5").status_code == 429
    assert Client().get("/wall/pair/", REMOTE_ADDR="10.0.0.6").status_code == 200


def test_boards_beyond_ones_reach_cannot_be_put_on_a_wall(ward, lead):
    other = make_unit(ward.parent)
    refused = pair(signed_in(lead), shown_code(Client()), other)
    assert refused.status_code == 422
    assert not WallDevice.objects.filter(paired_at__isnull=False).exists()


def test_a_display_with_a_board_beyond_ones_reach_is_not_ones_to_change(ward, lead):
    line = make_user(Role.MANAGER, ward.parent)
    device, _token = make_device(line, ward, make_unit(ward.parent))
    assert signed_in(lead).get(f"/displays/{device.pk}/").status_code == 404
    assert signed_in(line).get(f"/displays/{device.pk}/").status_code == 200


def test_revoking_works_at_once_and_ends_the_stream(ward, lead, django_capture_on_commit_callbacks):
    device, token = make_device(lead, ward)
    screen = Client()
    screen.cookies[DEVICE_COOKIE] = token
    assert screen.get("/wall/pair/").headers["Location"] == "/wall/"
    with django_capture_on_commit_callbacks(execute=True):
        assert signed_in(lead).post(f"/displays/{device.pk}/revoke/").status_code == 302
    assert screen.get("/wall/").headers["Location"] == "/wall/pair/"
    polled = screen.get("/wall/", **htmx())
    assert (polled.status_code, polled.headers["HX-Redirect"]) == (401, "/wall/pair/")
    assert redis.Redis.from_url(settings.REDIS_URL).get(live.closed_key(live.device(device.pk))) is not None
    assert Event.objects.filter(verb="device.revoked", subject_id=str(device.pk)).count() == 1


def test_a_display_can_be_renamed_and_given_other_boards(ward, lead):
    line = make_user(Role.MANAGER, ward.parent)
    second = make_unit(ward.parent, name="6 West")
    device, _token = make_device(line, ward)
    data = {"name": "Hall", "boards": [second.pk, ward.pk], "seconds_per_board": 45, "theme": "light", "language": "es"}
    assert signed_in(line).post(f"/displays/{device.pk}/", data).status_code == 302
    device.refresh_from_db()
    assert (device.name, device.seconds_per_board, device.theme, device.language) == ("Hall", 45, "light", "es")
    assert [board.unit_id for board in device.boards.all()] == [ward.pk, second.pk]


def test_screens_that_nobody_paired_are_removed_after_a_day(time_machine):
    time_machine.move_to(NOW, tick=False)
    Client().get("/wall/pair/")
    time_machine.move_to(NOW + timedelta(days=1, minutes=PAIRING_MINUTES + 1), tick=False)
    Client().get("/wall/pair/")
    assert WallDevice.objects.count() == 1
