"""Links out of mails, opened in a browser, which says less about where a form comes from than a test client does."""

from django.utils import timezone
from playwright.sync_api import expect

from org import links
from org.actions.people import invite_person
from org.models import User
from org.rules import Role
from tests.e2e.stage import Hospital, Visitors

CHOSEN = "quiet morning lamp 7"


def invited(house: Hospital) -> User:
    now = timezone.now()
    return invite_person(
        email="nora@example.org",
        name="Nora New",
        unit=house.unit("ED"),
        role=Role.STAFF,
        language="en",
        today=now.astimezone(house.organisation.zone).date(),
        by=None,
        at=now,
    ).user


def test_an_invited_person_chooses_language_and_password(house: Hospital, visitors: Visitors) -> None:
    nora = invited(house)
    address = f"/welcome/{links.token(nora, links.INVITATION, timezone.now())}/"
    asked: list[str | None] = []
    page = visitors.come(path=address)
    page.on("request", lambda request: asked.append(request.header_value("referer")))
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nora New")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    for field in page.locator("input[type=password]").all():
        field.fill(CHOSEN)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/boards/{house.unit('ED').pk}/")
    assert asked
    assert not [referer for referer in asked if referer and "/welcome/" in referer]  # it would stand in a log
    kept = {cookie["name"]: cookie["httpOnly"] for cookie in page.context.cookies()}
    assert kept == {"huddleboard": True, "csrftoken": True, "django_language": True, "seen": True}
    nora.refresh_from_db()
    assert nora.check_password(CHOSEN)
    again = visitors.come()
    again.goto(visitors.url + "/login/")
    again.get_by_label("E-mail").fill(nora.email)
    again.get_by_label("Password", exact=True).fill(CHOSEN)
    again.keyboard.press("Enter")
    again.wait_for_url(f"**/boards/{house.unit('ED').pk}/")
