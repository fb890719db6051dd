"""Compression, session limits, wall displays, shared devices and language: what every request passes."""

import gzip
import secrets
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render, resolve_url
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.defaults import bad_request

from org import live, queries, rules
from org.models import WallDevice

Handler = Callable[[HttpRequest], HttpResponse]

#: Pages shorter than this are not compressed; how hard others are, of 9.
LEAST_ZIPPED: Final = 200
ZIP_LEVEL: Final = 3
#: How much time passes before a session's last use is written again: a page view is not a write.
SEEN_STEP_SECONDS = 60


def in_background(request: HttpRequest) -> bool:
    """Whether a page asks by itself (polling, live updates) while nobody may be sitting in front of it."""
    return "X-Background" in request.headers or "text/event-stream" in request.headers.get("Accept", "")


class PlainTextMiddleware:
    """Refuses text with the sign zero, which nobody can type and PostgreSQL cannot keep, before a view looks for it.

    What comes as multipart goes through forms, which refuse it field by field.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answers 400 in a plain sentence, else passes the request on."""
        asked = [request.GET]
        if request.content_type == "application/x-www-form-urlencoded":
            asked.append(request.POST)
        if any("\0" in text for fields in asked for _name, texts in fields.lists() for text in texts):
            with translation.override(translation.get_language_from_request(request)):
                return bad_request(request, BadRequest())
        return self.get_response(request)


class ZipMiddleware(GZipMiddleware):
    """Compresses pages with less effort than Django does: half the time of a long page, for a fifth more bytes."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, compressed where the browser takes that; a stream is left to Django."""
        if (
            not isinstance(response, HttpResponse)
            or len(response.content) < LEAST_ZIPPED
            or response.has_header("Content-Encoding")
            or "gzip" not in request.headers.get("Accept-Encoding", "")
        ):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        zipped = BytesIO()
        # A name of random length hides how long a secret in the page is (BREACH), as Django does it.
        name = "a" * secrets.randbelow(self.max_random_bytes)
        with gzip.GzipFile(name, "wb", ZIP_LEVEL, zipped, mtime=0) as out:
            out.write(response.content)
        response.content = zipped.getvalue()
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["Content-Encoding"] = "gzip"
        etag = response.get("ETag", "")
        if etag.startswith('"'):
            response.headers["ETag"] = f"W/{etag}"
        return response


class SessionLimitMiddleware:
    """Ends sessions that were idle too long or are too old, by the limits of the person's organisation.

    Requests in the background do not keep a session alive. Where a fragment is asked for and somebody has to sign in,
    the whole page goes to the sign-in page instead of its form being swapped into a corner (`HX-Redirect`).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Check the session, answer, and turn a redirect to the sign-in page into what the asker understands."""
        ended = self._check(request)
        response = self.get_response(request)
        return self._to_sign_in(request, response, ended=ended)

    def _check(self, request: HttpRequest) -> bool:
        """Begin, go on with or end the session; whether it ended just now."""
        session = request.session
        now = timezone.now()
        if "started" not in session:
            if request.user.is_authenticated:
                queries.start_session(session, request.user, now)
            return False
        seen = datetime.fromisoformat(session["seen"])
        if rules.session_ended(
            started=datetime.fromisoformat(session["started"]),
            seen=seen,
            now=now,
            idle_minutes=session["idle_minutes"],
            hard_hours=session["hard_hours"],
        ):
            user_id = session.get("_auth_user_id")
            logout(request)
            if user_id:
                live.publish_close(live.person(int(user_id)), at=now)
            return True
        if (now - seen).total_seconds() >= SEEN_STEP_SECONDS and not in_background(request):
            session["seen"] = now.isoformat()
        return False

    def _to_sign_in(self, request: HttpRequest, response: HttpResponse, *, ended: bool) -> HttpResponse:
        sign_in = resolve_url(settings.LOGIN_URL)
        location = response.headers.get("Location", "")
        if (
            response.status_code != 302
            or urlsplit(location).path != sign_in
            or request.path == resolve_url("org:logout")
        ):
            return response
        fragment = request.headers.get("HX-Request") == "true"
        if not fragment and not in_background(request):
            if ended:
                response.headers["Location"] = f"{location}{'&' if '?' in location else '?'}ended=1"
            return response
        address = f"{sign_in}?{urlencode({'next': _page_of(request), 'ended': 1})}"
        return HttpResponse(status=401, headers={"HX-Redirect": address, "Cache-Control": "no-store"})


def _page_of(request: HttpRequest) -> str:
    """The page on which a fragment was asked for, when it is one of ours; else the first page."""
    page = urlsplit(request.headers.get("HX-Current-URL", ""))
    if page.netloc != request.get_host() or not page.path.startswith("/"):
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path


class DeviceMiddleware:
    """Says which wall display asks (`request.device`), and keeps it to its wall.

    A display is not a person: beside its wall and the public pages it gets 403 for everything.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look up the display by its cookie; without one nothing is asked."""
        token = request.COOKIES.get(queries.DEVICE_COOKIE, "")
        request.device = queries.device_of(token)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any) -> None:
        """Refuse a display every page that needs a person. Runs before the redirect to the sign-in page."""
        device = device_on(request)
        if device is not None and getattr(view, "login_required", True) and not request.user.is_authenticated:
            raise PermissionDenied(_("A wall display shows its boards and nothing else."))


def device_on(request: HttpRequest) -> WallDevice | None:
    """The paired display that asks, if one does."""
    device: WallDevice | None = getattr(request, "device", None)
    return device if device is not None and device.paired_at is not None else None


class SharedDeviceMiddleware:
    """Keeps the session of a device that several people share to the rounds app: whoever takes up a tablet that its
    last reader has locked opens nothing else of theirs by its address.
    """

    OPENS: Final = frozenset(
        (
            *(f"rounding:{name}" for name in ("walk", "worker", "manifest", "package", "sync", "files")),
            *(f"rounding:{name}" for name in ("session", "shared")),
            *(f"org:{name}" for name in ("login", "logout", "language", "password-link", "link-sent", "welcome")),
            *("alive", "ready"),
        )
    )

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on: what may be opened is known once the address is."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """A page that says so, with the way to sign in, instead of any other page."""
        match = request.resolver_match
        if not request.session.get(queries.SHARED_DEVICE) or (match is not None and match.view_name in self.OPENS):
            return None
        response = render(request, "org/shared_device.html", {"next": _onward(request)}, status=403)
        response.headers["Cache-Control"] = "no-store"
        return response


def _onward(request: HttpRequest) -> str:
    return request.get_full_path() if request.method == "GET" else "/"


class LanguageMiddleware:
    """The display's language, else the cookie's, else the person's own, else the browser's, else the house's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language, and name it."""
        device = device_on(request)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if device is not None and not request.user.is_authenticated:
            chosen = device.language or (device.organisation.language if device.organisation else "")
        if not chosen and "_auth_user_id" in request.session:
            chosen = request.session.get("language", "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
        return response
