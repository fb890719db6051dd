"""Pages that come back from rounds: one's own, those of a unit, one round in full."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from org.views.pages import look_at
from rounding.actions import comments, files, rounds
from rounding.actions.themes import may_tag
from rounding.models import Observation, Recording, Round
from rounding.queries import reading
from rounding.queries.mine import mine as mine_of
from rounding.queries.themes import suggested
from rounding.rules.rounds import Differs

if TYPE_CHECKING:
    from org.models import User
    from org.views.pages import SignedIn

UNPROCESSABLE: Final = 422
#: Where the phone app lives.
WALK_URL: Final = reverse_lazy("rounding:walk")


@require_GET
def mine(request: "SignedIn") -> HttpResponse:
    """What this person promised, who thanked them, and rounds."""
    return mine_page(request, timezone.now())


def mine_page(request: "SignedIn", now: datetime, status: int = 200, **more: Any) -> HttpResponse:
    """One's own page, with what was refused where something was."""
    context = {"page": mine_of(request.user, now), "walk_url": WALK_URL, "days": reading.DAYS, **more}
    return TemplateResponse(request, "rounding/mine.html", context, status=status)


def read_unit(request: "SignedIn", unit_id: int) -> Unit:
    """The unit, when this person reads there what rounds noted: else 404, or 403."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation"), pk=unit_id)
    look_at(request, unit.organisation_id)
    access.require(request.user, Permission.ROUND_READ, unit)
    return unit


@require_GET
def of_unit(request: "SignedIn", unit_id: int) -> HttpResponse:
    """What rounds of the last weeks brought to a unit, and what came of it."""
    unit = read_unit(request, unit_id)
    now = timezone.now().astimezone(zone_of(unit))
    asked = request.GET.get("page", "")
    number = min(int(asked), 1000) if asked.isascii() and asked.isdigit() and int(asked) else 1
    context = {
        "unit": unit,
        "page": reading.unit_page(unit, request.user, now, number),
        "days": reading.DAYS,
        "today": now.date(),
        "may_lead": Permission.ROUND_LEAD in access.known_permissions_at(request.user, unit.path),
        "walk_url": WALK_URL,
    }
    return TemplateResponse(request, "rounding/unit.html", context)


def found_round(request: "SignedIn", pk: int) -> Round:
    """A round that this person may read; 404 otherwise."""
    found = get_object_or_404(reading.with_people(Round.objects.visible_to(request.user)), pk=pk)
    look_at(request, found.unit.organisation_id)
    return found


def may_comment(user: "User", of_round: Round) -> bool:
    """Whoever reads what rounds noted at the unit, and whoever led this one."""
    return user.pk in (of_round.leader_id, of_round.partner_id) or access.has(
        user, Permission.ROUND_READ, of_round.unit
    )


@require_GET
def one(request: "SignedIn", pk: int) -> HttpResponse:
    """One round in full. Whoever leads it has read then what others said to it."""
    of_round = found_round(request, pk)
    answer = round_page(request, of_round).render()
    comments.read(of_round=of_round, by=request.user, at=timezone.now())
    return answer


def round_page(request: "SignedIn", of_round: Round, status: int = 200, **more: Any) -> TemplateResponse:
    """The page of a round. `more`: what was refused, at which note (`at`), what was typed, what stands there now."""
    now = timezone.now().astimezone(zone_of(of_round.unit))
    taggable = may_tag(request.user, of_round)
    year = now - timedelta(days=365)
    context = {
        "page": reading.round_page(of_round, request.user, now),
        "may_tag": taggable,
        "suggested": suggested(of_round.organisation_id, year) if taggable else [],
        "may_comment": may_comment(request.user, of_round),
        "may_open_unit": access.has(request.user, Permission.ROUND_READ, of_round.unit),
        "uid": uuid4(),
        **more,
    }
    return TemplateResponse(request, "rounding/round.html", context, status=status)


def _uid(said: str) -> UUID:
    try:
        return UUID(said)
    except ValueError:
        return uuid4()


@require_POST
def comment(request: "SignedIn", pk: int) -> HttpResponse:
    """Say something to a round, or to one note of it (`note`)."""
    of_round = found_round(request, pk)
    if not may_comment(request.user, of_round):
        raise PermissionDenied(_("Your role does not include this here."))
    asked, text = request.POST.get("note", ""), request.POST.get("text", "")
    noted = note_of(of_round, asked, request) if asked else None
    try:
        rounds.comment(
            of_round=of_round,
            observation=noted,
            text=text,
            uid=_uid(request.POST.get("uid", "")),
            by=request.user,
            at=timezone.now(),
        )
    except NotAllowed as refusal:
        at = noted.pk if noted else 0
        return round_page(request, of_round, UNPROCESSABLE, refusal=str(refusal), at=at, of="comment", typed=text)
    return back_to(of_round, noted)


def note_of(of_round: Round, asked: str, request: "SignedIn") -> Observation:
    """A note of the round by its id; 404 otherwise."""
    pk = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    return get_object_or_404(Observation.objects.visible_to(request.user), round=of_round, pk=pk)


def back_to(of_round: Round, noted: Observation | None) -> HttpResponse:
    """To the page of the round, at the note."""
    answer = redirect("rounding:round", of_round.pk)
    answer.headers["Location"] += f"#note-{noted.pk}" if noted else f"#comments-{of_round.pk}"
    return answer


@require_POST
def words(request: "SignedIn", pk: int, note_pk: int) -> HttpResponse:
    """Change the words of one's own note; where they were changed meanwhile both are shown, and a person decides."""
    of_round = found_round(request, pk)
    noted = note_of(of_round, str(note_pk), request)
    text, revision = request.POST.get("text", ""), request.POST.get("revision", "")
    try:
        rounds.note(
            uid=noted.uid,
            of_round=of_round,
            question=noted.question,
            position=noted.position,
            value=noted.value,
            number="" if noted.number is None else rounds.plain(noted.number),
            text=text,
            revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 6 else 0,
            by=request.user,
            said_at=noted.at,
            at=timezone.now(),
        )
    except Differs as other:
        stands = {"theirs": other.theirs["text"], "revision": other.revision}
        return round_page(
            request, of_round, 409, refusal=str(other), at=noted.pk, of="words", typed=text, stands=stands
        )
    except NotAllowed as refusal:
        return round_page(request, of_round, UNPROCESSABLE, refusal=str(refusal), at=noted.pk, of="words", typed=text)
    return back_to(of_round, noted)


@require_POST
def transcribe(request: "SignedIn", uid: UUID) -> HttpResponse:
    """Type what is said in a voice note of one's own; then it is gone."""
    found = get_object_or_404(
        Recording.objects.visible_to(request.user).select_related("observation").defer("content"), uid=uid
    )
    of_round = found_round(request, found.observation.round_id)
    text = request.POST.get("text", "")
    try:
        files.transcribe(recording=found, text=text, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return round_page(
            request, of_round, UNPROCESSABLE, refusal=str(refusal), at=found.observation_id, of=str(uid), typed=text
        )
    return back_to(of_round, found.observation)
