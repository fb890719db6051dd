"""Telling what is wrong: with an account in two fields, by the code at a unit without one; following the answer."""

from typing import TYPE_CHECKING, Final
from uuid import uuid4

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from boards.models import Letter
from huddles.actions import capture as actions
from huddles.actions import issues
from huddles.forms.capture import CaptureForm, CodeForm, WordForm
from huddles.forms.issues import offer_groups
from huddles.models import CaptureCode, Choice, Issue
from huddles.queries import capture as queries
from huddles.queries import similar as alike
from huddles.queries.confidence import people_of_trust
from huddles.queries.strata import groups_of
from huddles.rules import hints
from huddles.rules.issues import ChoiceKind, Size, Source, Status
from org import access, attempts
from org.attempts import Limit
from org.models import Unit
from org.rules import NotAllowed, Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn

#: Telling by one code from one address: a whole ward may stand behind one address, a machine may not.
CAPTURE: Final = Limit("capture", 30, 60 * 60)
#: Codes that nobody gave, and links that lead nowhere, from one address: guessing ends soon.
WRONG_CODE: Final = Limit("capture-wrong", 30, 60 * 60)
FOLLOW: Final = Limit("follow", 600, 60 * 60)
#: Words by one link from one address.
WORD: Final = Limit("follow-word", 10, 60 * 60)
TYPING: Final = Limit("capture-typing", 3000, 60 * 60)
SOURCES: Final = {"board": Source.BOARD, "huddle": Source.HUDDLE}


@require_http_methods(["GET", "POST"])
def issue_new(request: "SignedIn") -> HttpResponse:
    """Tell what is wrong in two fields; everything else may stay out."""
    form = _capture_form(request, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            issue = _told(request, form)
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said(issue))
            return redirect("huddles:issue", issue.pk)
    form.ask_for_picture_again()
    context = {"form": form, "more_open": bool(set(form.errors) - {"title", "unit", "__all__"})}
    response = TemplateResponse(request, "issues/new.html", context, status=422 if form.errors else 200)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _units(request: "SignedIn") -> list[Unit]:
    found = Unit.objects.with_permission(request.user, Permission.ISSUE_RAISE).open()
    return list(found.select_related("tier", "organisation").order_by("organisation", "path"))


def _capture_form(request: "SignedIn", data: QueryDict | None) -> CaptureForm:
    """The form with the units at which this person may tell something, the one of the address chosen."""
    units = _units(request)
    if not units:
        raise PermissionDenied(_("Your role does not include this here."))
    asked = (request.POST if data is not None else request.GET).get("unit", "")
    chosen = next((unit for unit in units if str(unit.pk) == asked), None) or _own(request, units)
    look_at(request, chosen.organisation_id)
    initial = {"client_id": uuid4(), "unit": str(chosen.pk), "size": Size.UNSORTED}
    form = CaptureForm(data, request.FILES if data is not None else None, initial=initial)
    house = chosen.organisation_id
    form.fields["unit"].offer(units)  # type: ignore[attr-defined]
    words = Choice.objects.filter(organisation=house, kind=ChoiceKind.CATEGORY, is_active=True)
    form.fields["category"].queryset = words.order_by("position", "name")  # type: ignore[attr-defined]
    form.fields["letter"].queryset = Letter.objects.filter(organisation=house)  # type: ignore[attr-defined]
    offer_groups(form, groups_of(house))
    form.say_who_reads(people_of_trust(house), names=True)
    return form


def _own(request: "SignedIn", units: list[Unit]) -> Unit:
    """The unit at which somebody holds their first role, among those where they may tell something."""
    paths = [seat.path for seat in access.remembered_seats_of(request.user)]
    return min(units, key=lambda unit: paths.index(unit.path) if unit.path in paths else len(paths))


def _told(request: "SignedIn", form: CaptureForm) -> Issue:
    into = None
    if request.POST.get("into", "").isdecimal():
        into = get_object_or_404(Issue.objects.visible_to(request.user), pk=request.POST["into"])
    return actions.tell(
        title=form.cleaned_data["title"],
        unit=form.cleaned_data["unit"],
        client_id=form.sent_id,
        by=request.user,
        at=timezone.now(),
        details=form.details(),
        source=SOURCES.get(request.GET.get("from", ""), Source.PAGE),
        into=into,
        picture=form.picture_of(),
    )


def _said(issue: Issue) -> str:
    if issue.confidential:
        return _("Told in confidence. Only people of trust read it, and you.")
    if issue.status == Status.MERGED:
        return _("You are added: you hear the same answer.")
    if issue.status == Status.CONFIRMED:
        return _("Noted as done on the spot.")
    return _("Noted. %(name)s has it now.") % {"name": issue.owner}


@require_POST
def similar(request: "SignedIn") -> HttpResponse:
    """While somebody types: what is like it, and what may tell who a patient is. A POST: no log has the words."""
    text = request.POST.get("title", "")[:200]
    unit = request.POST.get("unit", "")
    found = Unit.objects.with_permission(request.user, Permission.ISSUE_RAISE).filter(
        pk=unit if unit.isdecimal() else 0
    )
    house = found.values_list("organisation", flat=True).first()
    now = timezone.now()
    written = "\n".join(request.POST.getlist("detail"))
    context = {
        "hints": hints.find(f"{text}\n{written}"),
        "similar": alike.similar_to_text(request.user, house, text, now) if house else [],
    }
    return TemplateResponse(request, "issues/new.html#similar", context)


@require_POST
def hints_beside(request: "SignedIn") -> HttpResponse:
    """While somebody types in a huddle: what may tell who a patient is. A POST: no log has the words."""
    written = "\n".join(request.POST.get(name, "")[:200] for name in ("title", "spot"))
    return TemplateResponse(request, "issues/new.html#similar", {"hints": hints.find(written), "similar": []})


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def capture(request: HttpRequest, token: str) -> HttpResponse:
    """Tell what is wrong by the code at a unit, without an account. What was typed stays, whatever is refused."""
    code = _code_of(request, token)
    if code is None:
        return TemplateResponse(request, "issues/code_over.html", status=404)
    posted = request.method == "POST"
    form = CodeForm(request.POST if posted else None, request.FILES if posted else None, initial={"client_id": uuid4()})
    form.say_who_reads(people_of_trust(code.unit.organisation_id), names=False)
    who = (token, attempts.address_of(request))
    status = 200
    if posted and attempts.spent(CAPTURE, *who):
        form.full_clean()
        form.add_error(None, _("Much was told from here within the hour. Tell it to whoever leads the shift."))
        status = 429
    elif posted and form.is_valid():
        attempts.count(CAPTURE, *who)
        try:
            _issue, follow = actions.tell_by_code(
                title=form.cleaned_data["title"],
                code=code,
                client_id=form.sent_id,
                at=timezone.now(),
                details=form.details(),
                picture=form.picture_of(),
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(f"{reverse('huddles:follow', args=[follow])}?new=1")
    form.ask_for_picture_again()
    status = 422 if form.errors and status == 200 else status
    more_open = bool(set(form.errors) - {"title", "__all__"})
    context = {"form": form, "unit": code.unit, "token": token, "more_open": more_open}
    return _public(TemplateResponse(request, "issues/capture.html", context, status=status))


@login_not_required
@require_POST
def capture_hints(request: HttpRequest, token: str) -> HttpResponse:
    """While somebody types without an account: what may tell who a patient is, and nothing of other issues."""
    address = attempts.address_of(request)
    if attempts.spent(TYPING, address) or _code_of(request, token) is None:
        return HttpResponse(status=204)
    attempts.count(TYPING, address)
    found = hints.find(f"{request.POST.get('title', '')[:200]}\n{request.POST.get('detail', '')}")
    return _public(TemplateResponse(request, "issues/new.html#similar", {"hints": found, "similar": []}))


def _code_of(request: HttpRequest, token: str) -> CaptureCode | None:
    """The code, unless somebody at this address has guessed too often."""
    address = attempts.address_of(request)
    if attempts.spent(WRONG_CODE, address):
        return None
    code = queries.code_of(token)
    if code is None:
        attempts.count(WRONG_CODE, address)
    return code


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """What became of something that was told without an account: where it stands, the answer, and nothing of people.
    Whoever told it says here once whether it is solved; what is typed stays, whatever is refused.
    """
    address = attempts.address_of(request)
    if attempts.spent(FOLLOW, address) or attempts.spent(WRONG_CODE, address):
        return _public(TemplateResponse(request, "issues/follow_over.html", {"often": True}, status=429))
    attempts.count(FOLLOW, address)
    form = WordForm(request.POST if request.method == "POST" else None)
    if form.is_bound and _word_is_kept(request, token, form):
        return _public(redirect(f"{reverse('huddles:follow', args=[token])}?said=1"))
    found = queries.followed(token, timezone.now())
    if found is None:
        attempts.count(WRONG_CODE, address)
        return _public(TemplateResponse(request, "issues/follow_over.html", status=404))
    link = settings.SITE_URL + reverse("huddles:follow", args=[token])
    new = "new" in request.GET and not found.outcome and not found.asks  # whoever keeps that address is thanked once
    context = {"issue": found, "link": link, "qr": qr_of(link), "new": new, "form": form}
    status = 422 if form.is_bound else 200
    return _public(TemplateResponse(request, "issues/follow.html", context, status=status))


def _word_is_kept(request: HttpRequest, token: str, form: WordForm) -> bool:
    """Keep the word of whoever told it; what is refused stands in the form."""
    issue = queries.issue_of(token)
    who = (token, attempts.address_of(request))
    if issue is None or not form.is_valid():
        return False
    if attempts.spent(WORD, *who):
        form.add_error(None, _("This was asked for very often from here. Try again in an hour."))
        return False
    attempts.count(WORD, *who)
    try:
        issues.reporter_says(issue=issue, **form.cleaned_data, at=timezone.now())
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _public(response: HttpResponse) -> HttpResponse:
    """Pages that open by a secret in their address: kept by nobody, found by nobody, named to nobody."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def qr_of(link: str) -> str:
    """A picture to scan, as the address of an image."""
    code = segno.make(link, error="m", micro=False)
    return str(code.svg_data_uri(border=2, dark="#000", light="#fff", omitsize=True))


@require_http_methods(["GET", "POST"])
def capture_code(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The code that hangs at a unit: printing it, making a new one, ending it."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user).select_related("organisation", "tier"), pk=unit_id)
    access.require(request.user, Permission.ISSUE_WORK, unit)
    look_at(request, unit.organisation_id)
    if request.method == "POST":
        if "end" in request.POST:
            actions.end_code(unit=unit, by=request.user, at=timezone.now())
            messages.success(request, _("The code opens nothing any more. Take the sheet down."))
        else:
            actions.make_code(unit=unit, by=request.user, at=timezone.now())
            messages.success(request, _("This code opens the page from now on. Print it and hang it up."))
        return redirect("huddles:capture-code", unit.pk)
    code = queries.code_at(unit)
    link = settings.SITE_URL + reverse("huddles:capture", args=[code.token]) if code else ""
    context = {"unit": unit, "code": code, "link": link, "qr": qr_of(link) if code else ""}
    response = TemplateResponse(request, "issues/code.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response
