"""Pages of the style guide stand for all pages of their kind: what they weigh and what they may not contain."""

import gzip
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import django_htmx
import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import reverse

from huddleboard import samples
from huddleboard.styleguide import PAGES
from org.models import User

HTMX = Path(django_htmx.__file__).parent / "static"


def request() -> HttpRequest:
    """A request of nobody, as the context processors see it."""
    asked = RequestFactory().get("/")
    asked.user = AnonymousUser()
    return asked


def rendered(name: str) -> str:
    page = samples.measure() if name == "measure" else samples.board()
    return get_template(f"boards/{name}.html").render({"page": page, "user": None}, request())


class Page(HTMLParser):
    """Collects what a strict policy forbids, identifiers, and the files that the page asks for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.ids: list[str] = []
        self.files: list[str] = []
        self.used: list[str] = []
        self.script = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or "style" in given:
            self.forbidden.append(f"<{tag} style>")
        self.forbidden.extend(name for name in given if re.fullmatch(r"on[a-z]+", name))
        if tag == "script" and "src" not in given and given.get("type") != "application/json":
            self.forbidden.append("inline script")
        if given.get("id"):
            self.ids.append(given["id"] or "")
        if tag == "use":
            self.used.append((given["href"] or "").removeprefix("#"))
        for name in ("src", "href"):
            if tag in {"script", "link"} and (given.get(name) or "").startswith("/static/"):
                self.files.append((given[name] or "").removeprefix("/static/"))


def modules(name: str) -> Iterator[str]:
    """A script and what it imports."""
    yield name
    found = finders.find(name) or HTMX / name
    for imported in re.findall(r'^import .* from "\./([\w-]+\.js)"', Path(str(found)).read_text(), re.MULTILINE):
        yield from modules(f"{Path(name).parent}/{imported}")


@pytest.mark.parametrize("name", PAGES)
def test_page_has_nothing_inline(name: str) -> None:
    assert Page(rendered(name)).forbidden == []


@pytest.mark.parametrize("name", PAGES)
def test_every_id_stands_once_and_every_drawing_exists(name: str) -> None:
    page = Page(rendered(name))
    assert sorted(set(page.ids)) == sorted(page.ids)
    assert set(page.used) - set(page.ids) == set()


def test_first_visit_of_a_board_of_thirty_tiles_weighs_at_most_80_kb() -> None:
    text = rendered("board")
    assert text.count("<article ") == 30
    page = Page(text)
    files = {file for found in page.files for file in (modules(found) if found.endswith(".js") else [found])}
    files |= {"js/live.js", "js/live-page.js"}
    weight = len(gzip.compress(text.encode()))
    for file in files:
        data = Path(str(finders.find(file) or HTMX / file)).read_bytes()
        weight += len(data) if file.endswith(".woff2") else len(gzip.compress(data))
    assert weight <= 80_000


def test_no_page_but_the_measure_page_loads_vega() -> None:
    assert [name for name in PAGES if any("vega" in file for file in Page(rendered(name)).files)] == ["measure"]


def test_a_tile_that_needs_a_reason_offers_one_only_to_those_who_may() -> None:
    board = samples.board()
    template = get_template("boards/board.html#tiles")
    may = template.render({"tiles": board.reds, "page": {"may_explain": True, "explain_url": "/why/"}})
    not_may = template.render({"tiles": board.reds, "page": {"may_explain": False, "explain_url": ""}})
    assert re.findall(r'hx-get="([^"]+)"', may) == [f"/why/{tile.measure_id}/" for tile in board.reds]
    assert "hx-get" not in not_may


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", *(f"{name}/" for name in PAGES)])
@pytest.mark.parametrize(("staff", "code"), [(True, 200), (False, 404)])
def test_style_guide_is_for_technical_administrators(client: Client, path: str, staff: bool, code: int) -> None:
    client.force_login(User.objects.create_user("ada@example.org", name="Ada", is_staff=staff))
    assert client.get(reverse("styleguide") + path).status_code == code


@pytest.mark.parametrize("name", ["403.html", "403_csrf.html", "404.html", "500.html"])
def test_page_of_a_state_says_where_to_go_and_has_nothing_inline(name: str) -> None:
    text = get_template(name).render({"user": None}, None if name == "500.html" else request())
    page = Page(text)
    assert page.forbidden == []
    assert '<a class="btn" href="/">' in text
    assert set(page.used) - set(page.ids) == set()


def test_a_refusal_is_shown_in_its_own_words() -> None:
    text = get_template("403.html").render({"exception": "Only the unit's lead <may>."}, request())
    assert "Only the unit&#x27;s lead &lt;may&gt;." in text
