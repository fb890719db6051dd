"""The page from which a huddle is run, and its course."""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import blake2s
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotModified, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huddles.actions import huddles
from huddles.models import Choice, Huddle, Issue
from huddles.queries.below import meeting_of
from huddles.queries.huddle import HuddlePage, huddle_page, not_held_reasons
from huddles.rules.issues import ChoiceKind
from org import access, live
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


UNPROCESSABLE: Final = 422
#: Ids that a page makes anew each time it is drawn: they are no news.
_IDS: Final = re.compile(rb'name="(?:id|csrfmiddlewaretoken)" value="[^"]*"')
#: Units below whose huddles an open page hears of.
MOST_HEARD: Final = 100


def found_huddle(request: "SignedIn", pk: int, permission: Permission | None = None) -> Huddle:
    """The huddle with unit, tier, organisation and agenda, when this person may see it: else 404, or 403."""
    known = Huddle.objects.visible_to(request.user).select_related(
        "unit__tier", "unit__organisation", "version", "not_held_reason"
    )
    huddle = get_object_or_404(known, pk=pk)
    look_at(request, huddle.unit.organisation_id)
    if permission is not None:
        access.require(request.user, permission, huddle.unit)
    return huddle


def page_of(request: "SignedIn", huddle: Huddle, now: datetime) -> HuddlePage:
    """The page of a huddle for this person, in the time of its unit."""
    return huddle_page(
        huddle,
        Issue.objects.visible_to(request.user),
        Unit.objects.visible_to(request.user),
        access.known_permissions_at(request.user, huddle.unit.path),
        now.astimezone(zone_of(huddle.unit)),
    )


def live_url(request: "SignedIn", unit: Unit, now: datetime) -> str:
    """Where a page listens for changes of a unit and of the units straight below it."""
    below = Unit.objects.visible_to(request.user).open().filter(parent=unit).values_list("pk", flat=True)
    topics = [live.unit_topic(pk) for pk in [unit.pk, *below[:MOST_HEARD]]]
    return live.live_url(topics, live.person(request.user.pk), at=now)


@require_GET
def huddle(request: "SignedIn", pk: int) -> HttpResponse:
    """A huddle: to begin it, to run it, or what was said in it."""
    return shown(request, found_huddle(request, pk), timezone.now())


def shown(
    request: "SignedIn", huddle: Huddle, now: datetime, refusal: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a huddle, with a refusal and what was typed where something was refused."""
    page = page_of(request, huddle, now)
    asked = request.GET.get("step", "")
    alone = asked.isascii() and asked.isdigit() and int(asked) <= len(page.steps)
    context = {
        "page": page,
        "live_url": live_url(request, huddle.unit, now),
        "shown": int(asked) if alone else page.step,
        "alone": alone,
        "refusal": refusal,
        "typed": request.POST,
        "edits": "edit" in request.GET and page.may_write,
        **more,
    }
    if huddle.started_at is None:
        template = "huddles/begin.html"
    elif huddle.ended_at is not None and not context["edits"]:
        template = "huddles/record.html"
    else:
        template = "huddles/huddle.html"
    return TemplateResponse(request, template, context, status=status)


@require_GET
def state(request: "SignedIn", pk: int) -> HttpResponse:
    """The steps of a huddle as they stand, for open pages; 304 when nothing is new."""
    now, unit = timezone.now(), request.GET.get("unit", "")
    gone = unit.isascii() and unit.isdigit() and not Huddle.objects.visible_to(request.user).filter(pk=pk).exists()
    if gone and Unit.objects.visible_to(request.user).filter(pk=int(unit)).exists():
        return HttpResponse(status=204)  # it was called off
    page = page_of(request, found_huddle(request, pk), now)
    text = render_to_string("huddles/huddle.html#body", {"page": page, "shown": page.step}, request).encode()
    etag = f'"{blake2s(_IDS.sub(b"", text), digest_size=10).hexdigest()}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == etag:
        return HttpResponseNotModified(headers={"ETag": etag})
    return HttpResponse(text, headers={"ETag": etag, "Cache-Control": "private, no-cache"})


@require_GET
def live_token(request: "SignedIn", pk: int) -> JsonResponse:
    """A fresh address to listen to, for a page whose token has run out."""
    return JsonResponse({"url": live_url(request, found_huddle(request, pk).unit, timezone.now())})


def _course(request: "SignedIn", pk: int, act: Callable[..., Huddle], **said: Any) -> HttpResponse:
    """One thing that happens to a huddle, and its page again."""
    found, now = found_huddle(request, pk, Permission.HUDDLE_RUN), timezone.now()
    try:
        act(huddle=found, by=request.user, at=now, **said)
    except NotAllowed as refusal:
        return shown(request, found, now, str(refusal), UNPROCESSABLE)
    return redirect("huddles:huddle", pk)


@require_POST
def start(request: "SignedIn", pk: int) -> HttpResponse:
    """Begin a huddle."""
    return _course(request, pk, huddles.start)


@require_POST
def step(request: "SignedIn", pk: int) -> HttpResponse:
    """Lead everybody to a step."""
    asked = request.POST.get("step", "")
    return _course(request, pk, huddles.go_to_step, step=int(asked) if asked.isascii() and asked.isdigit() else -1)


@require_POST
def end(request: "SignedIn", pk: int) -> HttpResponse:
    """End a huddle."""
    return _course(request, pk, huddles.end)


@require_POST
def call_off(request: "SignedIn", pk: int) -> HttpResponse:
    """Take back that a huddle was called."""
    found, now = found_huddle(request, pk, Permission.HUDDLE_RUN), timezone.now()
    try:
        huddles.call_off(huddle=found, by=request.user, at=now)
    except NotAllowed as refusal:
        return shown(request, found, now, str(refusal), UNPROCESSABLE)
    messages.success(request, _("The huddle is called off. It counts nowhere."))
    return redirect("huddles:today")


@require_POST
def not_held(request: "SignedIn", pk: int) -> HttpResponse:
    """Say why a huddle was not held, or take that back. A line of the list above for htmx, its page without."""
    found, now = found_huddle(request, pk, Permission.HUDDLE_RUN), timezone.now()
    refusal = ""
    try:
        if "take_back" in request.POST:
            huddles.take_back_not_held(huddle=found, by=request.user, at=now)
        else:
            asked = request.POST.get("reason", "")
            known = Choice.objects.filter(organisation=found.unit.organisation_id, kind=ChoiceKind.NOT_HELD)
            reason = known.filter(pk=int(asked) if asked.isascii() and asked.isdigit() else 0).first()
            note = request.POST.get("note", "")
            huddles.say_not_held(huddle=found, reason=reason, note=note, by=request.user, at=now)
    except NotAllowed as refused:
        refusal = str(refused)
    found = found_huddle(request, pk)
    status = UNPROCESSABLE if refusal else 200
    if request.htmx:
        local = now.astimezone(zone_of(found.unit))
        context = {"m": meeting_of(found, local), "reasons": not_held_reasons(found.unit), "refusal": refusal}
        return TemplateResponse(request, "huddles/meeting.html", {**context, "may_ask": True}, status=status)
    if refusal:
        return shown(request, found, now, refusal, status)
    back = request.POST.get("back", "")
    return redirect("huddles:huddle", int(back) if back.isascii() and back.isdigit() else pk)
