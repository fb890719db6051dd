"""What is known of patients, units and communities beside each other, exact cells: in a real browser, two screens."""

import os
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from boards import rules
from boards.actions.completeness import Share, set_community
from boards.models import Category, Dimension, Measure, Published, Snapshot
from org.models import Organisation, Unit
from tests.e2e.stage import PHONE, Hospital, Visitors

SHOTS = os.environ.get("SHOTS")


def shoot(page: Page, name: str) -> None:
    """A picture to look at, where `SHOTS` names a folder."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def faults(axe: Axe, page: Page) -> list[tuple[str, str]]:
    found = axe.run(page).response["violations"]
    return [(v["id"], node["html"][:160]) for v in found for node in v["nodes"]]


def tell(organisation: Organisation, measure: Measure, dimension: Dimension, units: list[Unit]) -> None:
    """The last three months of some units: enough is known at the first, little at the second, hidden at the third."""
    last = timezone.now().date().replace(day=1) - timedelta(days=1)
    groups = (
        ({"English": 300, "Spanish": 60, "Unknown": 15}, []),
        ({"English": 120, "Spanish": 40, "Unknown": 90}, []),
        ({"English": 90}, ["Spanish", "Unknown"]),
    )
    for _month in range(3):
        for unit, (told, hidden) in zip(units, groups, strict=False):
            Published.objects.create(
                organisation=organisation,
                unit=unit,
                measure=measure,
                dimension=dimension,
                stretch=rules.Stretch.BLOCK,
                first=last.replace(day=1),
                last=last,
                names=list(told),
                states=["unknown" if name == "Unknown" else "known" for name in told],
                numerators=[n / 3 for n in told.values()],
                denominators=list(told.values()),
                numerator=sum(told.values()) / 3,
                denominator=sum(told.values()) + 40 * len(hidden) / 2,
                hidden=hidden,
                published_at=timezone.now(),
            )
        last = last.replace(day=1) - timedelta(days=1)


@pytest.fixture(scope="module")
def place(house: Hospital) -> tuple[Unit, Measure]:
    """A unit with units below and numbers of groups, and the measure that they are of."""
    last = timezone.now().date().replace(day=1) - timedelta(days=1)
    kinds = {"measure__kind": rules.Kind.PROPORTION, "unit__tier__level": 1, "day__lte": last}
    kinds |= {"measure__stratifiable": True, "numerators__len__gt": 1}
    sent = Snapshot.objects.filter(**kinds, numerator__isnull=False).order_by("measure", "unit")
    measure = Measure.objects.get(pk=sent.values_list("measure", flat=True)[0])
    wards = list(Unit.objects.filter(pk__in=sent.filter(measure=measure).values("unit")).order_by("name"))
    top = Unit.objects.get(organisation=house.organisation, parent=None)
    language = Dimension.objects.get(organisation=house.organisation, code="language")
    tell(house.organisation, measure, language, [top, *wards])
    shares = [Share("English", 70), Share("Spanish", 22)]
    equity = house.people["equity"]
    set_community(dimension=language, shares=shares, source="ACS", year=2024, by=equity, at=timezone.now())
    return top, measure


@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desk", "phone"])
def test_pages_of_the_equity_officer_are_whole_and_say_what_they_show(
    house: Hospital, place: tuple[Unit, Measure], visitors: Visitors, axe: Axe, screen: dict
) -> None:
    top, measure = place
    page = visitors.come(house.people["equity"], "/boards/equity/completeness/?tier=1", **screen)
    expect(page.get_by_role("heading", name="What is known of patients")).to_be_visible()
    expect(page.get_by_role("row", name=top.name)).to_contain_text("96 %")
    found = {"map": faults(axe, page)}
    page.get_by_text("The table behind").first.click()
    expect(page.get_by_role("columnheader", name="Declined").first).to_be_visible()
    shoot(page, f"completeness-{'phone' if screen else 'desk'}")
    for name, path, said in (
        ("funnel", f"/boards/{top.pk}/measures/{measure.pk}/funnel/?tier=1", "within the outer lines"),
        ("community", f"/boards/{top.pk}/community/?measure={measure.pk}", "of the people who live here"),
        ("limits", f"/set-up/{house.organisation.slug}/completeness/", "From when on enough is known"),
        ("shares", f"/set-up/{house.organisation.slug}/community/", "ACS"),
    ):
        page.goto(visitors.url + path)
        expect(page.locator("main")).to_contain_text(said)
        if name in {"funnel", "community"}:
            expect(page.locator("figure.is-drawn svg").first).to_be_visible()
        found[name] = faults(axe, page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        shoot(page, f"{name}-{'phone' if screen else 'desk'}")
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_steward_opens_exact_cells_for_a_reason_and_finds_the_words(
    house: Hospital, place: tuple[Unit, Measure], visitors: Visitors, axe: Axe
) -> None:
    _top, measure = place
    row = Snapshot.objects.filter(measure=measure, unit__tier__level=1, numerators__len__gt=1).latest("day")
    Category.objects.create(
        dimension=Dimension.objects.get(organisation=house.organisation, code="language"),
        code="esp-latam",
        name="ESP-LATAM",
        state=rules.CategoryState.UNMAPPED,
    )
    page = visitors.come(house.people["data"], f"/boards/{row.unit_id}/measures/{measure.pk}/exact/")
    assert faults(axe, page) == []
    page.get_by_label("Groups by").select_option("language")
    page.get_by_label("From").fill(row.day.isoformat())
    page.get_by_label("To").fill(row.day.isoformat())
    page.get_by_label("Why").select_option("doubt")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("main")).to_contain_text("open for 30 minutes")
    assert faults(axe, page) == []
    shoot(page, "exact-desk")
    page.goto(visitors.url + "/feeds/words/")
    expect(page.get_by_role("row", name="ESP-LATAM")).to_be_visible()
    assert faults(axe, page) == []
    page.get_by_role("link", name="Map it ESP-LATAM").click()
    expect(page.get_by_role("heading", name="Words that are not mapped")).to_be_visible()
