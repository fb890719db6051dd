"""Every page that a menu leads to answers, is accessible in light and dark, stays within a phone, never complains."""

import re
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.stage import Hospital, Visitors

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}  # all in which dark differs from light
LINKS = """[...document.querySelectorAll("a[href]")].map((a) => new URL(a.getAttribute("href"), location.href).href)"""
FILE = re.compile(r"\.(csv|png|svg)$")


def kind(path: str) -> str:
    """Pages with the same kind of address are one page: one unit stands for all."""
    return re.sub(r"(?<=/)(\d{4}-\d\d-\d\d|\d+)(?=/)", "…", path)


def wrong_with(page: Page, axe: Axe, *, look: bool) -> list[str]:
    """What is wrong with the open page; its colors and structure only where it has not been looked at."""
    found = []
    if look:
        for scheme, options in (("light", {"runOnly": STANDARD}), ("dark", COLORS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            for rule in axe.run(page, options=options).response["violations"]:
                found.append(f"{scheme}: {rule['id']}: {rule['nodes'][0]['html'][:160]}")
    page.set_viewport_size({"width": 360, "height": 780})
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size({"width": 1440, "height": 900})
    if wide > 360:
        found.append(f"{wide} px wide at 360 px")
    return found


def test_every_page_of_the_menu(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    faults, looked = {}, set()
    for who in ("admin", "data"):
        page = visitors.come(house.people[who], "/")
        waiting, seen = [urlsplit(page.url).path, "/me/"], set()
        while waiting:
            path = waiting.pop(0)
            if kind(path) in seen:
                continue
            seen.add(kind(path))
            answer = page.goto(visitors.url + path)
            assert answer is not None
            wrong = wrong_with(page, axe, look=kind(path) not in looked)
            looked.add(kind(path))
            if answer.status != 200:
                wrong.append(f"answers {answer.status}")
            if wrong:
                faults[who, path] = wrong
            links = map(urlsplit, page.evaluate(LINKS))
            waiting += [link.path for link in links if link.netloc == urlsplit(visitors.url).netloc
                        and not FILE.search(link.path)]  # fmt: skip
    assert faults == {}
    slug = house.organisation.slug
    everywhere = {"/boards/", "/feeds/", "/displays/", "/me/", f"/set-up/{slug}/people/", f"/set-up/{slug}/trail/"}
    assert everywhere <= looked
    assert len(looked) > 35
