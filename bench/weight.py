"""What a browser loads on its first visit of the board: bytes as sent, by kind, with Chromium and an empty cache."""

import os
import shutil
from collections import Counter
from collections.abc import Mapping

from playwright.sync_api import sync_playwright

from bench.server import pages
from bench.system import MEASURES, own_database
from bench.ward import DAYS, build_board
from huddleboard.run.prepare import collect_static

BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


def _browser() -> str:
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError("No Chromium. ./bootstrap.sh test installs it; CHROMIUM=PATH names one.")
    return path


def _visit(port: int, path: str, cookies: Mapping[str, str]) -> tuple[Counter[str], Counter[str], int]:
    """Bytes and files by kind, headers included, and the number of tiles that stood there."""
    size: Counter[str] = Counter()
    files: Counter[str] = Counter()
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    flags = ["--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage", *sandbox]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser(), args=flags)
        context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        address = f"http://localhost:{port}"
        context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        page = context.new_page()
        kinds: dict[str, str] = {}
        tools = context.new_cdp_session(page)
        tools.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
        tools.on(
            "Network.loadingFinished",
            lambda event: (
                size.update({kinds[event["requestId"]]: int(event["encodedDataLength"])}),
                files.update({kinds[event["requestId"]]: 1}),
            ),
        )
        tools.send("Network.enable")
        page.goto(address + path, wait_until="load")
        page.wait_for_timeout(1500)
        tiles = page.locator("article.tile").count()
        browser.close()
    return size, files, tiles


def run(*, small: bool = False) -> dict[str, object]:
    """Kilobytes on the wire, of all and by kind."""
    collect_static()
    with own_database():
        board = build_board(8 if small else DAYS)
        with pages() as server:
            size, files, tiles = _visit(server.port, board.url, board.sign_in())
    by_kind = {f"{kind.lower()}_kb": round(count / 1000, 1) for kind, count in sorted(size.items())}
    return {
        "kilobytes": round(size.total() / 1000, 1),
        **by_kind,
        "files": files.total(),
        "all_tiles": tiles == MEASURES,
    }
