"""Evidence, guidelines that use race and words in a real browser: rules of accessibility, files, and no script."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from boards.models import Dimension, Measure, Term
from improvement.models import Algorithm
from org.models import User
from org.rules import Role
from tests.e2e.stage import Hospital, Visitors
from tests.e2e.test_journeys_pages import wrong_with
from tests.factories import make_user
from tests.improvement.evidence_factories import publish


@pytest.fixture
def officer(house: Hospital) -> Iterator[User]:
    """Keeps the area of the whole hospital, where groups of one measure were told; all of it goes again."""
    top = house.organisation.units.get(parent=None)
    measure = Measure.objects.filter(organisation=house.organisation, kind="proportion", direction="higher").first()
    language = Dimension.objects.get(organisation=house.organisation, code="language")
    told = publish(top, measure, language, {"English": (554, 840), "Spanish": (91, 190)}, hidden=("Vietnamese",))
    user = make_user(Role.EQUITY_OFFICER, top, name="Olu Officer")
    yield user
    told.delete()
    for made in (Term, Algorithm):
        made.objects.all().delete()
    user.memberships.all().delete()


def test_the_evidence_is_read_and_taken(
    house: Hospital, visitors: Visitors, axe: Axe, officer: User, tmp_path: Path
) -> None:
    slug = house.organisation.slug
    page = visitors.come(officer, "/")
    page.locator("details.menu summary").click()
    page.get_by_role("link", name="Evidence pack").click()
    expect(page.get_by_role("heading", name="Evidence pack")).to_be_visible()
    expect(page.locator("#element-3 figure svg").first).to_be_visible()
    assert wrong_with(page, axe) == []
    with page.expect_download(timeout=90_000) as taken:
        page.get_by_role("button", name="Take all as files").click()
    taken.value.save_as(tmp_path / "pack.zip")
    archive = zipfile.ZipFile(tmp_path / "pack.zip")
    assert archive.read("evidence.pdf").startswith(b"%PDF-")
    assert "Vietnamese" in archive.read("3-stratified-groups.csv").decode()
    page.goto(f"{visitors.url}{reverse('improvement:evidence-print', args=[slug])}")
    assert wrong_with(page, axe) == []


def test_guidelines_and_words_without_a_script(house: Hospital, visitors: Visitors, axe: Axe, officer: User) -> None:
    slug = house.organisation.slug
    page = visitors.come(officer, reverse("improvement:guidelines", args=[slug]), java_script_enabled=False)
    page.get_by_role("button", name="Take the list").click()
    page.get_by_role("link", name="eGFR from creatinine").click()
    page.get_by_role("link", name="Write down a review").click()
    page.get_by_label("Changed").check()
    page.get_by_role("button", name="Write down").click()
    expect(page.locator(".errorlist")).to_contain_text("Say what was decided and why")
    visitors.complaints = [said for said in visitors.complaints if "422" not in said]  # as it should be
    page.get_by_label("Decision and reason").fill("All laboratories report without race since May.")
    page.get_by_role("button", name="Write down").click()
    expect(page.locator("dl.facts .state")).to_have_text("Changed")
    page.goto(f"{visitors.url}{reverse('boards:setup-terms', args=[slug])}")
    page.get_by_label("gap", exact=True).fill("difference")
    page.get_by_label("gap", exact=True).press("Enter")
    expect(page.locator(".sample")).to_contain_text("difference of 18 points")
    page.get_by_role("button", name="As shipped gap").click()
    expect(page.locator(".sample")).to_contain_text("gap of 18 points")
    looking = visitors.come(officer, reverse("boards:setup-terms", args=[slug]))
    assert wrong_with(looking, axe) == []
