"""What a huddle page stores: one form at a time without a script, many entries at once with it."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from huddles.actions.sync import MOST_ENTRIES, Result, store_entries
from huddles.models import Issue
from huddles.rules import hints
from huddles.views.huddle import UNPROCESSABLE, found_huddle, shown
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_POST
def entries(request: "SignedIn", pk: int) -> HttpResponse:
    """Store the entries of a page in their order, each once, and say what became of each.

    JSON `{"entries": [{"id", "kind", "at", …}]}` gets `{"results": [{"id", "stored", "reason", "note", "revision"}]}`,
    200 also where some are refused. What was raised without network (`unseen`) and may tell who a patient is gets
    `hints` and the `url` where its words are changed. A form is one entry.
    """
    huddle, now = found_huddle(request, pk, Permission.HUDDLE_RUN), timezone.now()
    if request.content_type == "application/json":
        batch = _batch(request.body)
        if batch is None or len(batch) > MOST_ENTRIES:
            return JsonResponse({"results": []}, status=400)
        results = store_entries(huddle=huddle, entries=batch, by=request.user, at=now)
        huddle.refresh_from_db(fields=["revision"])
        told = [_told(result) for result in results]
        return JsonResponse({"results": _with_hints(request, batch, told), "revision": huddle.revision})
    said = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
    entry = {**said, "id": said.get("id") or str(uuid4())}
    if entry.get("kind") == "note" and not entry.get("note"):
        entry["note"] = entry["id"]
    (result,) = store_entries(huddle=huddle, entries=[entry], by=request.user, at=now)
    if not result.stored:
        return shown(request, found_huddle(request, pk), now, result.reason, UNPROCESSABLE)
    step = request.POST.get("shown", "")
    back = redirect("huddles:huddle", pk)
    if step.isascii() and step.isdigit():
        edits = "&edit=1" if request.POST.get("edits") else ""
        back["Location"] += f"?step={step}{edits}#step-{step}"
    return back


def _batch(body: bytes) -> Sequence[Mapping[str, Any]] | None:
    """The entries of a request; None where it is none of ours."""
    try:
        found = json.loads(body)["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        return None
    return found


def _with_hints(
    request: "SignedIn", batch: Sequence[Mapping[str, Any]], told: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Results with the hints that nobody could show while these words were typed."""
    for entry, result in zip(batch, told, strict=True):
        if not (entry.get("unseen") and entry.get("kind") == "issue" and result["stored"]):
            continue
        found = hints.find(f"{entry.get('title', '')}\n{entry.get('spot', '')}")
        issue = Issue.objects.visible_to(request.user).filter(client_id=result["id"]).first() if found else None
        if issue is not None:
            result |= {
                "hints": [hint.words for hint in found],
                "url": reverse("huddles:issue", args=[issue.pk]) + "?act=edit",
            }
    return told


def _told(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "stored": result.stored,
        "reason": result.reason,
        "note": result.note_uid,
        "revision": result.note_revision,
    }
