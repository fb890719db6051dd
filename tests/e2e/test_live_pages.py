"""The page's side of the live stream in a real browser: static/js/live.js against the real endpoint and a real Valkey.

The pages here are the smallest that have tiles, so that each failure can be staged.
"""

import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import uvicorn
from playwright.sync_api import BrowserContext, Page, expect

from huddleboard.live.application import LiveApplication
from huddleboard.live.hub import Hub
from org import live
from tests.live_stage import Endpoint, Valkey, free_port

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
SOON = 5_000  # a change is on every open board within five seconds


class Stage:
    """A board of three measures, with a switch for everything that can go wrong."""

    def __init__(self, url: str) -> None:
        self.values = {1: "10", 2: "20", 3: "30"}
        self.status = {1: "met", 2: "met", 3: "met"}
        self.live_answers = 0  # 0: the real endpoint; else this code
        self.signed_in = True
        self.lifetime = timedelta(minutes=10)
        self.subject = "person:1"
        self.requests: list[str] = []
        self.touched: list[str] = []  # requests that would keep a session from growing idle
        self.attributes = ""
        self._hubs: list[Hub] = []
        self._live = LiveApplication(lambda: self._hub(url))
        self.port = free_port()
        config = uvicorn.Config(
            self._serve, interface="asgi3", port=self.port, log_level="error", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        Endpoint.settle(lambda: self._server.started)

    @property
    def hub(self) -> Hub:
        return self._hubs[0]

    def change(self, measure: int, value: str, *, publish: bool = True) -> None:
        self.values[measure] = value
        if publish:
            live._send([{"t": "unit:5", "d": f'{{"topic":"unit:5","unit":5,"measures":[{measure}]}}'}])

    def cut(self) -> None:
        """End every stream, as a server that goes does."""
        self._server.servers[0].get_loop().call_soon_threadsafe(self.hub.end_all)

    def stop(self) -> None:
        self._server.should_exit = True
        self.cut()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _hub(self, url: str) -> Hub:
        self._hubs.append(Hub(url, ping_seconds=0.3))
        return self._hubs[-1]

    def _address(self) -> str:
        return live.live_url(["unit:5"], self.subject, at=datetime.now(UTC), expires_in=self.lifetime)

    def _tile(self, measure: int) -> str:
        status, value = self.status[measure], self.values[measure]
        return (
            f'<article class="tile is-{status}" id="m{measure}" data-measure="{measure}"><p class="val">{value}</p>'
            f"<details><summary>What</summary>Definition</details>"
            f'<form><input aria-label="note {measure}"></form></article>'
        )

    def _page(self) -> str:
        address = self._address().replace("&", "&amp;")
        sections = {code: [m for m in self.values if self.status[m] == code] for code in ("missed", "met")}
        body = "".join(
            f'<section id="{code}">{"".join(self._tile(m) for m in measures)}</section>'
            for code, measures in sections.items()
        )
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Board</title>'
            '<script type="module" src="/static/js/live.js"></script></head>'
            f'<body data-live-url="{address}" data-token-url="/token/" data-tiles-url="/tiles/?day=2026-11-22" '
            f'data-version="{hash((str(self.values), str(self.status)))}" {self.attributes}>'
            f'<main><p data-connection data-state="connecting">connecting</p>{body}</main></body></html>'
        )

    async def _serve(self, scope, receive, send) -> None:
        if scope["type"] != "http" or (scope["path"] == "/live/" and not self.live_answers):
            await self._live(scope, receive, send)
            return
        path = scope["path"]
        self.requests.append(path)
        if b"x-background" not in dict(scope["headers"]) and not path.startswith(("/static/", "/live/", "/favicon")):
            self.touched.append(path)
        status, kind, text = 200, b"text/html; charset=utf-8", ""
        if path == "/live/":
            status = self.live_answers
        elif path.startswith("/static/js/"):
            kind, text = b"text/javascript", (SCRIPTS / path.rsplit("/", 1)[1]).read_text()
        elif path == "/login/":
            text = "<!doctype html><title>Sign in</title>"
        elif not self.signed_in:
            status = 302
        elif path == "/token/":
            kind, text = b"application/json", f'{{"url": "{self._address()}"}}'
        elif path == "/tiles/":
            asked = parse_qs(scope["query_string"].decode()).get("measures", ["1,2,3"])[0]
            text = "".join(self._tile(int(measure)) for measure in asked.split(","))
        elif path == "/":
            text = self._page()
        else:
            status = 404
        body = text.encode()
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
        if status == 302:
            headers.append((b"location", b"/login/"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def valkey(settings) -> Iterator[Valkey]:
    with tempfile.TemporaryDirectory(prefix="hb") as folder:
        server = Valkey(Path(folder))
        server.start()
        settings.REDIS_URL = server.url
        yield server
        server.kill()


@pytest.fixture
def stage(valkey) -> Iterator[Stage]:
    one = Stage(valkey.url)
    yield one
    one.stop()


@pytest.fixture
def open_page(stage, context: BrowserContext):
    def act(state: str = "live") -> Page:
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{stage.port}/")
        expect(page.locator("[data-connection]")).to_have_attribute("data-state", state, timeout=SOON)
        return page

    return act


def shows(page: Page, measure: int, value: str, within: int = SOON) -> None:
    expect(page.locator(f"#m{measure} .val")).to_have_text(value, timeout=within)


def test_changed_tile_is_swapped_and_glows_and_the_others_stay_untouched(stage, open_page):
    page = open_page()
    page.evaluate("window.before = document.querySelector('#m2')")
    page.evaluate("document.addEventListener('huddle:changed', (event) => { window.told = event.detail.measures; })")
    stage.change(1, "11")
    shows(page, 1, "11")
    expect(page.locator("#m1")).to_have_class("tile is-met changed")
    expect(page.locator("#m2")).to_have_class("tile is-met")
    assert page.evaluate("window.before === document.querySelector('#m2')")
    assert page.evaluate("window.told") == [1]
    assert page.locator("[data-connection]").text_content() == "live"


def test_tile_that_came_out_the_same_does_not_glow(stage, open_page):
    page = open_page()
    stage.change(1, "10")
    stage.change(2, "21")
    shows(page, 2, "21")
    page.wait_for_timeout(600)
    expect(page.locator("#m1")).to_have_class("tile is-met")


def test_tile_that_changes_its_status_moves_to_its_section(stage, open_page):
    page = open_page()
    stage.status[2] = "missed"
    stage.change(2, "5")
    expect(page.locator("section#missed #m2")).to_be_visible(timeout=SOON)
    expect(page.locator("section#met #m2")).to_have_count(0)


def test_what_somebody_types_is_not_taken_away(stage, open_page):
    page = open_page()
    page.get_by_label("note 1").fill("interpreter was late")
    page.locator("#m2 summary").click()
    page.get_by_label("note 1").focus()
    stage.change(1, "11")
    stage.change(2, "22")
    shows(page, 2, "22")
    assert page.evaluate("document.querySelector('#m2 details').open")
    assert page.get_by_label("note 1").input_value() == "interpreter was late"
    page.get_by_label("note 1").blur()
    shows(page, 1, "11")


def test_nothing_is_missed_when_a_proxy_answers_502_for_a_while(stage, open_page):
    page = open_page()
    stage.live_answers = 502
    stage.cut()
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "reconnecting", timeout=10_000)
    assert "since" in page.locator("[data-connection]").text_content()
    stage.change(1, "11")
    stage.change(3, "33")
    Endpoint.settle(lambda: stage.requests.count("/live/") >= 2, 20)
    assert page.locator("#m1 .val").text_content() == "10"
    stage.live_answers = 0
    shows(page, 1, "11", 30_000)
    shows(page, 3, "33")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live")


def test_tabs_share_one_stream_and_the_next_one_takes_over(stage, open_page):
    first, second = open_page(), open_page()
    stage.change(1, "11")
    shows(first, 1, "11")
    shows(second, 1, "11")
    assert len(stage.hub) == 1
    first.close()
    stage.change(2, "22")
    shows(second, 2, "22")
    Endpoint.settle(lambda: len(stage.hub) == 1)
    stage.change(3, "33")
    shows(second, 3, "33")


def test_expired_token_is_renewed_without_a_word(stage, open_page):
    stage.lifetime = timedelta(seconds=1.5)
    page = open_page()
    for number in range(6):
        stage.change(1, str(100 + number))
        page.wait_for_timeout(700)
    shows(page, 1, "105")
    assert stage.touched == ["/"]
    assert stage.requests.count("/token/") >= 1


def test_end_of_the_session_is_said(stage, open_page):
    page = open_page()
    stage.signed_in = False
    live._send([{"t": "subject:person:1", "o": "close"}], closed=("person:1", int(time.time() * 1000)))
    expect(page.get_by_role("alert")).to_contain_text("Your session has ended", timeout=SOON)
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "ended")
    asked = len(stage.requests)
    page.wait_for_timeout(2000)
    assert len(stage.requests) == asked


def test_without_a_stream_the_page_asks_now_and_then(stage, open_page):
    stage.live_answers = 503
    stage.attributes = 'data-poll-after="1" data-poll-every="1"'
    page = open_page("polling")
    stage.change(1, "11", publish=False)
    shows(page, 1, "11")


def test_page_that_missed_too_much_loads_itself_anew_once(stage, valkey, open_page):
    page = open_page()
    stage.change(3, "33")
    shows(page, 3, "33")
    page.evaluate("window.old = true")
    valkey.kill()
    valkey.lose_everything()
    stage.change(1, "11", publish=False)
    valkey.start()
    shows(page, 1, "11", 20_000)
    page.wait_for_function("() => window.old === undefined")
    expect(page.locator("[data-connection]")).to_have_attribute("data-state", "live", timeout=SOON)
    stage.change(2, "22")
    shows(page, 2, "22")


def test_page_is_up_to_date_again_after_valkey_was_killed(stage, valkey, open_page):
    page = open_page()
    stage.change(1, "11")
    shows(page, 1, "11")
    valkey.kill()
    time.sleep(0.5)
    stage.change(2, "22")  # cannot be published
    valkey.start()
    shows(page, 2, "22", 20_000)  # "check": the page asks, since something may have been lost


def test_wall_hears_pings_and_goes_back_to_pairing_when_it_is_revoked(stage, open_page):
    stage.attributes = "data-wall"
    stage.subject = "device:7"
    page = open_page()
    page.evaluate("document.addEventListener('huddle:alive', () => { window.heard = (window.heard ?? 0) + 1; })")
    page.wait_for_function("() => window.heard >= 3")
    stage.signed_in = False
    live._send([{"t": "subject:device:7", "o": "close"}], closed=("device:7", int(time.time() * 1000)))
    page.wait_for_url("**/login/", timeout=SOON)
