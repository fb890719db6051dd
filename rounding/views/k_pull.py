"""Pulling a K-card: its code opens one screen, a big yes or no for each line, and what gets in the way."""

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huddles.rules.issues import TITLE_LENGTH
from org import access
from org.rules import NotAllowed, Permission
from org.views.pages import look_at
from rounding.actions import k_cards as actions
from rounding.models import KCard, KCheck, QuestionSetVersion
from rounding.queries.k_asked import elements_of, newest_version, words_of
from rounding.queries.k_cards import missed_lines
from rounding.rules.k_cards import TEXT_LENGTH, Answer, Side

if TYPE_CHECKING:
    from org.views.pages import SignedIn

UNPROCESSABLE = 422


def _card(request: "SignedIn", token: str) -> KCard:
    """The card whose code was scanned, where this person reads what rounds noted: else 404 or 403."""
    found = KCard.objects.visible_to(request.user).standing()
    card = get_object_or_404(found.select_related("unit__organisation", "question_set"), token=token)
    access.require(request.user, Permission.ROUND_READ, card.unit)
    look_at(request, card.organisation_id)
    return card


def _version(request: "SignedIn", card: KCard) -> QuestionSetVersion:
    """The version on the page that was sent; the newest one on a fresh page. 404 for one of another set."""
    sent = request.POST.get("version", "")
    if sent.isascii() and sent.isdecimal() and len(sent) < 10:
        return get_object_or_404(card.question_set.versions.all(), pk=int(sent))
    newest = newest_version(card.question_set)
    assert newest is not None  # a card is put up only with one
    return newest


@never_cache
@require_http_methods(["GET", "POST"])
def pull(request: "SignedIn", token: str) -> HttpResponse:
    """Check a card. What was tapped stays where something is missing."""
    card = _card(request, token)
    version = _version(request, card)
    elements = elements_of(version)
    tapped = {element.pk: request.POST.get(f"e-{element.pk}", "") for element in elements}
    refusal = ""
    if request.method == "POST":
        try:
            made = actions.check(
                uid=_uid(request.POST.get("uid", "")),
                card=card,
                version=version,
                answers=tapped,
                gets_in_the_way=request.POST.get("gets_in_the_way", ""),
                coach_note=request.POST.get("coach_note", ""),
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as error:
            refusal = str(error)
        else:
            return redirect("rounding:k-turned", card.token, made.uid)
    context = {
        "card": card,
        "unit": card.unit,
        "version": version,
        "lines": [_line(element, tapped[element.pk], sent=bool(refusal)) for element in elements],
        "uid": request.POST.get("uid", "") or uuid4(),
        "refusal": refusal,
        "gets_in_the_way": request.POST.get("gets_in_the_way", ""),
        "coach_note": request.POST.get("coach_note", ""),
        "longest": TEXT_LENGTH,
    }
    return TemplateResponse(request, "rounding/k_pull.html", context, status=UNPROCESSABLE if refusal else 200)


def _line(element: Any, tapped: str, *, sent: bool) -> dict[str, Any]:
    text, hint = words_of(element)
    choices = [(value, label, value == tapped) for value, label in Answer.choices]
    missing = sent and tapped not in Answer.values
    return {"name": f"e-{element.pk}", "text": text, "hint": hint, "choices": choices, "missing": missing}


def _uid(sent: str) -> UUID:
    """What the page gave the check; a new one where it is none."""
    try:
        return UUID(sent)
    except ValueError:
        return uuid4()


def _check(request: "SignedIn", token: str, uid: UUID) -> tuple[KCard, KCheck]:
    card = _card(request, token)
    found = KCheck.objects.visible_to(request.user).select_related("issue")
    return card, get_object_or_404(found, card=card, uid=uid)


@require_GET
def turned(request: "SignedIn", token: str, uid: UUID) -> HttpResponse:
    """The side that shows after a check; from a red, an issue in one tap."""
    card, check = _check(request, token, uid)
    may_raise = Permission.ISSUE_RAISE in access.known_permissions_at(request.user, card.unit.path)
    context = {
        "card": card,
        "unit": card.unit,
        "check": check,
        "red": check.side == Side.RED,
        "missed": missed_lines(check),
        "may_raise": may_raise and check.side == Side.RED and check.issue is None,
    }
    return TemplateResponse(request, "rounding/k_turned.html", context)


@require_POST
def raise_issue(request: "SignedIn", token: str, uid: UUID) -> HttpResponse:
    """Make an issue of a red, with what was not kept as its words."""
    card, check = _check(request, token, uid)
    access.require(request.user, Permission.ISSUE_RAISE, card.unit)
    title = f"{card.question_set.name}: {'; '.join(missed_lines(check))}"
    if len(title) > TITLE_LENGTH:
        title = title[: TITLE_LENGTH - 1].rstrip() + "…"
    try:
        issue = actions.raise_from_red(
            check_of=check, title=title, client_id=check.uid, by=request.user, at=timezone.now()
        )
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("rounding:k-turned", card.token, check.uid)
    messages.success(request, _("Noted. %(name)s has it now.") % {"name": issue.owner})
    return redirect("rounding:k-turned", card.token, check.uid)
