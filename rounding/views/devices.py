"""What a device fetches before a round, and hands in after it."""

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from org import access
from org.queries import SHARED_DEVICE
from org.rules import NotAllowed, Permission
from rounding.actions import files as actions
from rounding.actions.devices import key_of
from rounding.actions.question_sets import furnish
from rounding.actions.sync import MOST_ENTRIES, Result, State, store_entries
from rounding.models import Observation
from rounding.queries.package import houses_without_sets, package_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn

UNPROCESSABLE = 422


@never_cache
@require_GET
def package(request: "SignedIn") -> HttpResponse:
    """Everything that this person needs to round without network, the key under which the device keeps it, and the
    token with which it sends. 403 for whoever leads no rounds. On a shared device only the app is given it: whoever
    types the address on a locked tablet lands in the app, which asks who is there.
    """
    if request.session.get(SHARED_DEVICE) and "X-Background" not in request.headers:
        return redirect("rounding:walk")
    now = timezone.now()
    access.require_somewhere(request.user, Permission.ROUND_LEAD)
    for house in houses_without_sets(request.user):
        furnish(organisation=house, at=now)
    found = package_of(request.user, now)
    key = base64.b64encode(key_of(person=request.user, at=now)).decode()
    return JsonResponse({**found, "key": key, "token": get_token(request)})


@login_not_required
@never_cache
@require_GET
def session(request: HttpRequest) -> HttpResponse:
    """Who has signed in on this device (`person`: their id, or null), and the token with which it is signed out."""
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


@never_cache
@require_POST
def shared(request: "SignedIn") -> HttpResponse:
    """Several people use this device: until the next sign-in its session opens this app and no other page."""
    request.session[SHARED_DEVICE] = True
    return HttpResponse(status=204)


@never_cache
@require_POST
def sync(request: "SignedIn") -> HttpResponse:
    """Store the entries of a device in their order, each once, and say what became of each.

    JSON `{"person", "entries": [{"id", "kind", "at", …}]}` gets `{"results": [{"id", "state", "reason", "theirs",
    "revision", "about"}]}`, 200 also where some are refused; 409 where somebody else has signed in on the device.
    """
    batch = _batch(request)
    if batch is None:
        return JsonResponse({"results": []}, status=400)
    if batch["person"] != request.user.pk:
        return JsonResponse({"results": [], "person": request.user.pk}, status=409)
    results = store_entries(entries=batch["entries"], by=request.user, at=timezone.now())
    return JsonResponse({"results": [_told(result) for result in results]})


@never_cache
@require_POST
def files(request: "SignedIn") -> HttpResponse:
    """Hang one photo or voice note on what was noted: multipart `person`, `kind` ("photo", "voice"), `uid`,
    `observation` and `file`. Answers as one entry of `sync` does.
    """
    said, sent = request.POST, request.FILES.get("file")
    if said.get("person") != str(request.user.pk):
        return JsonResponse({"person": request.user.pk}, status=409)
    try:
        uid, of = UUID(said.get("uid", "")), UUID(said.get("observation", ""))
    except ValueError:
        return JsonResponse(_told(Result("", State.REFUSED, _("This entry cannot be read."))), status=UNPROCESSABLE)
    observation = Observation.objects.visible_to(request.user).filter(uid=of).first()
    if observation is None or sent is None:
        return JsonResponse(_told(Result(str(uid), State.WAITS, _("What this belongs to has not arrived yet."))))
    attach = actions.attach_recording if said.get("kind") == "voice" else actions.attach_photo
    try:
        attach(observation=observation, content=sent.read(), uid=uid, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return JsonResponse(_told(Result(str(uid), State.REFUSED, str(refusal))))
    return JsonResponse(_told(Result(str(uid), State.STORED)))


def _batch(request: HttpRequest) -> Mapping[str, Any] | None:
    """The entries of a request; None where it is none of ours."""
    try:
        found = json.loads(request.body)
        person, entries = found["person"], found["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        return None
    return {"person": person, "entries": entries} if len(entries) <= MOST_ENTRIES else None


def _told(result: Result) -> dict[str, Any]:
    about = dict(result.about)
    if "pk" in about:
        about["url"] = reverse("huddles:issue", args=[about.pop("pk")])
    return {
        "id": result.id,
        "state": result.state,
        "reason": result.reason,
        "theirs": dict(result.theirs),
        "revision": result.revision,
        "about": about,
    }
