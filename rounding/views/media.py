"""Photos and voice notes of rounds, given out safely."""

import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rounding.actions import files
from rounding.models import Photo, Recording, Round

if TYPE_CHECKING:
    from org.views.pages import SignedIn

#: Nothing in a file runs, whatever it claims to be: shown alone, it is in a box without an origin.
POLICY: Final = "default-src 'none'; style-src 'none'; sandbox"
_RANGE: Final = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")
PARTIAL: Final = 206
BEYOND: Final = 416


@require_GET
def photo(request: "SignedIn", uid: UUID) -> HttpResponse:
    """One photo, for whoever may read its round."""
    found = get_object_or_404(Photo.objects.visible_to(request.user), uid=uid)
    return _safe(HttpResponse(bytes(found.content), content_type=found.media_type))


@require_POST
def photo_remove(request: "SignedIn", uid: UUID) -> HttpResponse:
    """Take a photo away for good: whoever led its round; for everybody else it is not there."""
    mine = Round.objects.visible_to(request.user).led_by(request.user)
    photos = Photo.objects.visible_to(request.user).select_related("observation__round")
    found = get_object_or_404(photos.filter(observation__round__in=mine), uid=uid)
    files.remove_photo(photo=found, by=request.user, at=timezone.now())
    return redirect("rounding:round", found.observation.round_id)


@require_GET
def recording(request: "SignedIn", uid: UUID) -> HttpResponse:
    """One voice note, for whoever led its round; a part of it where a player asks for one: some play nothing else."""
    found = get_object_or_404(Recording.objects.visible_to(request.user), uid=uid)
    content = bytes(found.content)
    start, stop = _span(request.headers.get("Range", ""), len(content))
    if start >= len(content):
        answer = HttpResponse(status=BEYOND, headers={"Content-Range": f"bytes */{len(content)}"})
    else:
        whole = (start, stop) == (0, len(content))
        answer = HttpResponse(content[start:stop], content_type=found.media_type, status=200 if whole else PARTIAL)
        if not whole:
            answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(content)}"
    answer.headers["Accept-Ranges"] = "bytes"
    return _safe(answer)


def _span(asked: str, size: int) -> tuple[int, int]:
    """First byte and the one after the last; all of it for what is no single range."""
    found = _RANGE.fullmatch(asked.strip())
    if found is None or not any(found.groups()):
        return 0, size
    first, last = found.groups()
    if not first:
        return max(0, size - int(last)), size
    start = int(first)
    stop = min(size, int(last) + 1) if last else size
    return (start, stop) if start < stop or start >= size else (0, size)


def _safe(answer: HttpResponse) -> HttpResponse:
    answer.headers["Content-Disposition"] = "inline"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
