"""ASGI entry for one process with everything: `/live/` bare, every page through WSGI in a small pool of threads.

Pages stay WSGI so that database connections are kept (`docs/adr/0004-live-push.md`). In production the two may be two
services. What nobody waits for has a thread of its own: phones that come back from basements together queue behind each
other and not before the boards. A thread begins when what is sent has arrived, however slow the line.
"""

import sys
from collections import deque
from typing import Any, Final, cast

from a2wsgi import WSGIMiddleware
from django.urls import reverse

from huddleboard.live.application import LiveApplication, Receive, Scope
from huddleboard.live.listener import Send
from huddleboard.wsgi import application as pages
from org.live import LIVE_PATH

PAGE_THREADS: Final = 4
UNHURRIED_THREADS: Final = 1
#: Bytes that are held until the rest has come; of what is larger the thread waits for the rest.
HELD: Final = 2 * 1024 * 1024

# A page that only asks the database next waits so long, in seconds, for each thread that counts or draws.
sys.setswitchinterval(0.001)

_live = LiveApplication()
_pages: Any = WSGIMiddleware(cast("Any", pages), workers=PAGE_THREADS)
_unhurried: Any = WSGIMiddleware(cast("Any", pages), workers=UNHURRIED_THREADS)
_UNHURRIED_PATHS: Final = frozenset({reverse("rounding:sync"), reverse("rounding:files")})


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand a connection to the live endpoint or to the pages."""
    if scope["type"] != "http" or scope["path"].startswith(LIVE_PATH):
        await _live(scope, receive, send)
        return
    through = _unhurried if scope["path"] in _UNHURRIED_PATHS else _pages
    await through(scope, receive if scope["method"] in ("GET", "HEAD") else await _arrived(receive), send)


async def _arrived(receive: Receive) -> Receive:
    """Wait for all that is sent, up to `HELD`, and give it again."""
    parts: deque[Any] = deque()
    size, more = 0, True
    while more and size <= HELD:
        part = await receive()
        parts.append(part)
        size += len(part.get("body", b""))
        more = part["type"] == "http.request" and part.get("more_body", False)

    async def again() -> Any:
        return parts.popleft() if parts else await receive()

    return again
