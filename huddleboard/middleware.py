"""Session limits and language: what every request passes."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from org import queries, rules

Handler = Callable[[HttpRequest], HttpResponse]

#: How much time passes before a session's last use is written again: a page view is not a write.
SEEN_STEP_SECONDS = 60


class SessionLimitMiddleware:
    """Ends sessions that were idle too long or are too old, by the limits of the person's organisation.

    Polling in the background (`HX-Trigger: live`, header `X-Background`) does not keep a session alive.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        session = request.session
        if "started" in session:
            now = timezone.now()
            started = datetime.fromisoformat(session["started"])
            seen = datetime.fromisoformat(session["seen"])
            if rules.session_ended(
                started=started,
                seen=seen,
                now=now,
                idle_minutes=session["idle_minutes"],
                hard_hours=session["hard_hours"],
            ):
                logout(request)
            elif (now - seen).total_seconds() >= SEEN_STEP_SECONDS and "X-Background" not in request.headers:
                session["seen"] = now.isoformat()
        elif request.user.is_authenticated:
            queries.start_session(session, request.user, timezone.now())
        return self.get_response(request)


class LanguageMiddleware:
    """The person's own language, else the cookie's, else the browser's, else the house's."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if not chosen and "_auth_user_id" in request.session:
            chosen = request.session.get("language", "")
        if chosen not in dict(settings.LANGUAGES):
            chosen = translation.get_language_from_request(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", chosen)
        return response
