import re

import pytest
from django.core import mail
from django.urls import reverse

from org import attempts
from org.models import Event, Message
from org.rules import Role
from org.tasks import deliver_messages
from tests.factories import PASSWORD, make_unit, make_user, signed_in

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


@pytest.fixture
def nurse():
    return make_user(Role.STAFF, make_unit(), email="Nurse@Example.org")


def sign_in(client, email="nurse@example.org", password=PASSWORD, **more):
    return client.post(LOGIN, {"username": email, "password": password, **more})


def link_in_mail():
    deliver_messages()
    return re.search(r"/welcome/\S+/", mail.outbox[-1].body)[0]


def test_sign_in_goes_on_to_the_wanted_page_whatever_the_capitals_of_the_address(client, nurse):
    response = sign_in(client, "NURSE@example.ORG", next="/me/")
    assert (response.status_code, response.headers["Location"]) == (302, "/me/")
    assert client.get("/me/").status_code == 200
    event = Event.objects.get(verb="person.signed_in")
    assert (event.actor_id, event.organisation_id) == (nurse.pk, nurse.memberships.get().unit.organisation_id)


@pytest.mark.parametrize("away", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"])
def test_sign_in_never_leads_away(client, nurse, away):
    assert sign_in(client, next=away).headers["Location"] == "/"


@pytest.mark.parametrize(("email", "password"), [("nurse@example.org", "wrong"), ("nobody@example.org", PASSWORD)])
def test_sign_in_says_the_same_for_a_wrong_password_and_an_unknown_address(client, nurse, email, password):
    response = sign_in(client, email, password)
    assert response.status_code == 422
    assert "do not belong together" in response.content.decode()


def test_sign_in_refuses_somebody_who_was_let_out(client, nurse):
    nurse.is_active = False
    nurse.save()
    assert sign_in(client).status_code == 422


def test_sign_in_pauses_after_too_many_wrong_passwords_for_this_account_from_this_address(client, nurse):
    other = make_user(Role.STAFF, make_unit(), email="other@example.org")
    for _ in range(attempts.SIGN_IN.most):
        assert sign_in(client, password="wrong").status_code == 422
    refused = sign_in(client)
    assert (refused.status_code, "Wait 15 minutes" in refused.content.decode()) == (429, True)
    assert sign_in(client, other.email).status_code == 302
    client.logout()
    assert (
        client.post(LOGIN, {"username": nurse.email, "password": PASSWORD}, REMOTE_ADDR="10.0.0.9").status_code == 302
    )


def test_a_right_password_forgets_the_wrong_ones(client, nurse):
    for _ in range(3):
        for _ in range(attempts.SIGN_IN.most - 1):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 302
        client.logout()


def test_one_account_is_paused_when_tried_from_many_addresses(client, nurse):
    for n in range(attempts.SIGN_IN_ACCOUNT.most):
        client.post(LOGIN, {"username": nurse.email, "password": "wrong"}, REMOTE_ADDR=f"10.0.{n}.1")
    response = client.post(LOGIN, {"username": nurse.email, "password": PASSWORD}, REMOTE_ADDR="10.1.1.1")
    assert response.status_code == 429


def test_behind_a_proxy_only_its_own_word_counts(rf, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "1.2.3.4, 203.0.113.9"})
    assert attempts.address_of(request) == "10.0.0.1"
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert attempts.address_of(request) == "203.0.113.9"


def test_signing_in_works_without_redis(client, nurse, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    }
    assert sign_in(client).status_code == 302


def test_sign_out_ends_the_session_and_is_a_post(client, nurse):
    sign_in(client)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/").headers["Location"] == f"{LOGIN}?out=1"
    assert client.get("/me/").headers["Location"] == "/login/?next=/me/"
    assert Event.objects.filter(verb="person.signed_out", actor_id=nurse.pk).count() == 1


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(client, nurse):
    assert client.post("/password/", {"email": "nurse@EXAMPLE.org"}).headers["Location"] == "/password/sent/"
    link = link_in_mail()
    assert mail.outbox[0].to == [nurse.email]
    new = "one other long word"
    page = client.get(link)
    assert (page.status_code, "invited" in page.context and page.context["invited"]) == (200, False)
    assert client.post(link, {"password": new, "again": "another"}).status_code == 422
    assert client.post(link, {"password": "short", "again": "short"}).status_code == 422
    assert client.post(link, {"password": new, "again": new}).headers["Location"] == "/"
    assert client.get("/me/").status_code == 200
    client.logout()
    assert client.get(link).status_code == 410
    assert sign_in(client).status_code == 422
    assert sign_in(client, password=new).status_code == 302


def test_a_link_ends_with_its_time_and_with_the_next_sign_in(client, nurse, time_machine):
    time_machine.move_to("2026-11-22T12:00:00Z")
    client.post("/password/", {"email": nurse.email})
    link = link_in_mail()
    time_machine.move_to("2026-11-23T11:59:00Z")
    assert client.get(link).status_code == 200
    time_machine.move_to("2026-11-23T12:00:00Z")
    assert client.get(link).status_code == 410
    client.post("/password/", {"email": nurse.email})
    second = link_in_mail()
    sign_in(client)
    client.logout()
    assert client.get(second).status_code == 410


def test_an_unknown_address_gets_the_same_answer_and_no_message(client):
    assert client.post("/password/", {"email": "nobody@example.org"}).headers["Location"] == "/password/sent/"
    assert not Message.objects.exists()


def test_links_are_sent_a_few_times_an_hour(client, nurse, time_machine):
    for minute in range(attempts.PASSWORD_LINK.most + 3):
        time_machine.move_to(f"2026-11-22T12:{minute:02}:00Z")
        assert client.post("/password/", {"email": nurse.email}).status_code == 302
    assert Message.objects.count() == attempts.PASSWORD_LINK.most


def test_no_row_holds_a_link(client, nurse):
    client.post("/password/", {"email": nurse.email})
    link = link_in_mail()
    kept = [*Message.objects.values_list("context", flat=True), *Event.objects.values_list("facts", flat=True)]
    assert link.split("/")[2] not in str(kept)


def test_language_is_chosen_for_the_device_and_goes_back_to_the_page(client):
    response = client.post("/language/", {"language": "es", "next": "/login/"})
    assert response.headers["Location"] == "/login/"
    page = client.get("/login/")
    assert page.headers["Content-Language"] == "es"
    assert '<html lang="es"' in page.content.decode()
    assert client.post("/language/", {"language": "xx", "next": "https://evil.example/"}).headers["Location"] == "/"
    assert client.get("/login/").headers["Content-Language"] == "es"


def test_ones_own_language_is_saved_and_beats_the_browser(client, nurse):
    client.force_login(nurse)
    response = client.post("/me/", {"name": "Nora Nurse", "language": "es"})
    assert response.headers["Location"] == "/me/"
    nurse.refresh_from_db()
    assert (nurse.name, nurse.language) == ("Nora Nurse", "es")
    assert client.get("/me/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "es"
    client.cookies.pop("django_language")
    client.force_login(nurse)
    assert client.get("/me/", headers={"Accept-Language": "en"}).headers["Content-Language"] == "es"


def test_ones_own_password_needs_the_present_one_and_ends_other_sessions(client, nurse):
    other = type(client)()
    client.force_login(nurse)
    other.force_login(nurse)
    new = {"password": "one other long word", "again": "one other long word"}
    assert client.post("/me/password/", {"old": "wrong", **new}).status_code == 422
    assert client.post("/me/password/", {"old": PASSWORD, **new}).headers["Location"] == "/me/"
    assert client.get("/me/").status_code == 200
    assert other.get("/me/").status_code == 302


def test_the_appearance_is_kept_on_the_device(client, nurse):
    client.force_login(nurse)
    client.post("/me/theme/", {"theme": "dark"})
    assert 'data-theme="dark"' in client.get("/me/").content.decode()


def test_home_is_the_board_of_ones_own_unit_or_the_overview_of_several(client):
    top = make_unit()
    line = make_unit(top)
    ward, other = make_unit(line), make_unit(line)

    def home(*roles):
        user = make_user()
        for role, unit in roles:
            user.memberships.create(role=role, unit=unit, started_on="2026-01-01")
        client.force_login(user)
        return client.get(reverse("home"))

    assert home((Role.STAFF, ward)).headers["Location"] == f"/boards/{ward.pk}/"
    assert home((Role.MANAGER, line), (Role.UNIT_LEAD, ward)).headers["Location"] == f"/boards/{ward.pk}/"
    assert home((Role.UNIT_LEAD, ward), (Role.UNIT_LEAD, other)).headers["Location"] == "/boards/"
    assert home((Role.STAFF, ward), (Role.STAFF, other)).headers["Location"] == f"/boards/{ward.pk}/"
    assert home().status_code == 200


def test_a_language_is_offered_by_its_own_name(db):
    page = signed_in(make_user(Role.STAFF, make_unit())).get("/me/").content.decode()
    assert '<option value="es">Español</option>' in page
    assert '<option value="en">English</option>' in page
