"""What came of a promise; thanks and promises for huddle and board."""

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from rounding.actions import follow_ups
from rounding.models import Promise
from rounding.queries import reading
from rounding.queries.mine import promises_of
from rounding.queries.waiting import MOST, waiting
from rounding.rules.rounds import Differs, PromiseState
from rounding.views.reading import UNPROCESSABLE, mine_page, read_unit

if TYPE_CHECKING:
    from org.views.pages import SignedIn

CONFLICT: Final = 409


@require_POST
def answer(request: "SignedIn", pk: int) -> HttpResponse:
    """Say that one's own promise was kept, could not be kept and why, or is open again."""
    promise = get_object_or_404(Promise.objects.visible_to(request.user).filter(by=request.user), pk=pk)
    said, now = request.POST, timezone.now()
    revision = said.get("revision", "")
    asked = said.get("state", "")
    state = PromiseState(asked) if asked in PromiseState.values else PromiseState(promise.state)
    more: dict[str, object] = {}
    status = 200
    try:
        follow_ups.answer_promise(
            promise=promise,
            state=state,
            answer=said.get("answer", ""),
            revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 6 else 0,
            by=request.user,
            at=now,
        )
    except Differs as other:
        stands = {
            "word": PromiseState(other.theirs["state"]).label,
            "answer": other.theirs["answer"],
            "revision": other.revision,
        }
        more = {"refusal": str(other), "at": pk, "typed": said, "asked": state, "stands": stands}
        status = CONFLICT
    except NotAllowed as refusal:
        more, status = {"refusal": str(refusal), "at": pk, "typed": said}, UNPROCESSABLE
    if request.htmx:
        context = {"promises": promises_of(request.user, now), **more}
        return TemplateResponse(request, "rounding/promises.html", context, status=UNPROCESSABLE if more else 200)
    return mine_page(request, now, status, **more) if more else redirect("rounding:mine")


@require_GET
def everywhere(request: "SignedIn") -> HttpResponse:
    """What was promised and what still waits at all units that this person reads, or at one and below it (`unit`)."""
    access.require_somewhere(request.user, Permission.ROUND_READ)
    asked = request.GET.get("unit", "")
    unit = None
    if asked:
        unit = read_unit(request, int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0)
    context = {"page": waiting(request.user, unit, timezone.now()), "unit": unit, "most": MOST}
    return TemplateResponse(request, "rounding/waiting.html", context)


@require_GET
def thanks_of_unit(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Thanks that a huddle of the unit has not read out, and promises that ended since it last met: a part of the page
    of a huddle, and a page of its own without scripts.
    """
    return _thanks(request, read_unit(request, unit_id))


def _thanks(request: "SignedIn", unit: Unit) -> HttpResponse:
    now = timezone.now().astimezone(zone_of(unit))
    context = {
        "unit": unit,
        "found": reading.huddle_thanks(unit, request.user, now),
        "may_read_out": Permission.HUDDLE_RUN in access.known_permissions_at(request.user, unit.path),
    }
    template = "rounding/huddle_thanks.html#part" if request.htmx else "rounding/huddle_thanks.html"
    return TemplateResponse(request, template, context)


@require_POST
def read_out(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Thanks (`thanks`, several) were read out in the huddle of the unit."""
    unit = read_unit(request, unit_id)
    access.require(request.user, Permission.HUDDLE_RUN, unit)
    asked = [int(pk) for pk in request.POST.getlist("thanks") if pk.isascii() and pk.isdigit() and len(pk) < 10]
    follow_ups.read_out(unit=unit, recognitions=asked, at=timezone.now())
    return _thanks(request, unit) if request.htmx else redirect("rounding:unit-thanks", unit.pk)


@require_GET
def line_of_unit(request: "SignedIn", unit_id: int) -> HttpResponse:
    """Rounds at the unit in one line, for beside its board; the page of its rounds without scripts."""
    unit = read_unit(request, unit_id)
    if not request.htmx:
        return redirect("rounding:unit", unit.pk)
    now = timezone.now().astimezone(zone_of(unit))
    context = {"unit": unit, "line": reading.unit_line(unit, request.user, now)}
    return TemplateResponse(request, "rounding/unit_line.html", context)
