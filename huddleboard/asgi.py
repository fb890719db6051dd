"""ASGI entry for one process with everything: `/live/` bare, every page through WSGI in a small pool of threads.

Pages stay WSGI so that database connections are kept (`docs/adr/0004-live-push.md`). In production the two may be two
services.
"""

from typing import Any, cast

from a2wsgi import WSGIMiddleware

from huddleboard.live.application import LiveApplication, Receive, Scope
from huddleboard.live.listener import Send
from huddleboard.wsgi import application as pages
from org.live import LIVE_PATH

PAGE_THREADS = 4

_live = LiveApplication()
_pages: Any = WSGIMiddleware(cast("Any", pages), workers=PAGE_THREADS)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a connection to the live endpoint or to the pages."""
    if scope["type"] != "http" or scope["path"].startswith(LIVE_PATH):
        await _live(scope, receive, send)
    else:
        await _pages(scope, receive, send)
