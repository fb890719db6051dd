"""The A3 or the charter of a ticket: one page that several people write, its head, what a coach says to it."""

import base64
import binascii
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boards.models import Measure
from boards.queries import measure as measures
from boards.queries.board import latest_day
from boards.views.board import reader_of
from improvement.actions import papers as actions
from improvement.actions.analyses import SECTION_OF
from improvement.forms.papers import HeadForm
from improvement.markup import Remembered
from improvement.models import Cycle, Paper, PaperComment
from improvement.queries import papers as queries
from improvement.queries.cycles import ramp_of
from improvement.queries.drivers import newest_number
from improvement.queries.effects import beside_on, effect_on
from improvement.rules import papers as rules
from improvement.rules.papers import Section
from improvement.shared_text import BadChange
from improvement.views.paper_rows import rows_context
from improvement.views.paper_scope import paper_of, section_of
from improvement.views.tickets import UNPROCESSABLE, sent_uid, ticket_of
from org import access, live
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn

#: What the page's script says.
WORDS: Final = {
    "kept": pgettext_lazy("words on a page", "Kept"),
    "failed": gettext_lazy(
        "This could not be kept. What you typed stays here: open the page again and send it once more."
    ),
    "unsent": gettext_lazy("No connection: this was not sent. What you typed stays here, send it again in a moment."),
    "keeping": gettext_lazy("Being kept …"),
    "waits": gettext_lazy("Not sent yet: it waits on this device"),
    "away": gettext_lazy("No connection: what others write comes later"),
    "stopped": gettext_lazy("Not kept"),
    "over": gettext_lazy("You are signed out. What you wrote waits on this device: sign in again and come back here."),
    "writes": gettext_lazy("is writing here"),
    "changed": gettext_lazy("Somebody else has changed this part meanwhile. Keep yours, then look again."),
}
#: Seconds for which a sheet may repeat what is written elsewhere.
REPEATED: Final = 300
#: Bytes of a request with a change: the change in letters, and what is around it.
LARGEST_BODY: Final = 2 * rules.LARGEST_CHANGE


@require_GET
def paper(request: "SignedIn", pk: int) -> HttpResponse:
    """The paper of a ticket; where there is none yet, the way to begin it."""
    found = queries.in_short(pk)
    if found is not None and access.sees(request.user, found.ticket.unit.path):
        look_at(request, found.ticket.organisation_id)
        found.ticket.unit.organisation = found.ticket.organisation
        may_work = Permission.IMPROVE in access.known_permissions_at(request.user, found.ticket.unit.path)
        return _page(request, found, may_work=may_work)
    ticket = ticket_of(request, pk)
    if ticket.size not in rules.PAPER_OF:
        raise Http404
    may_work = Permission.IMPROVE in access.known_permissions_at(request.user, ticket.unit.path)
    return TemplateResponse(request, "papers/none.html", {"ticket": ticket, "may_work": may_work})


_sheets = Remembered()


def _page(request: "SignedIn", found: Paper, *, may_work: bool) -> HttpResponse:
    """The page of a paper. Its sheet is drawn once for each version, and anew after a while: days pass, and names of
    people and counts of red days change without it.
    """
    now = timezone.now()
    sections = rules.sections_of(found.form, found.left_out)
    numbers = newest_number(found) if Section.DRIVERS in sections else 0
    shows = (found.pk, found.version, numbers, may_work, get_language(), int(now.timestamp()) // REPEATED)
    context: dict[str, Any] = {
        "paper": found,
        "ticket": found.ticket,
        "may_work": may_work,
        "live_url": live_url(request, found),
        "has_charts": {Section.CONDITION, Section.RESULTS} & set(sections) and found.ticket.measure_id is not None,
        "sheet": _sheets.get(shows, lambda: _sheet(found.pk, now, may_work=may_work)),
    }
    return TemplateResponse(request, "papers/paper.html", context)


def _sheet(pk: int, now: datetime, *, may_work: bool) -> str:
    """The head and all sections with their rows, as finished markup that names no reader."""
    found = Paper.objects.whole().get(pk=pk)
    found.ticket.unit.organisation = found.ticket.organisation
    zone = zone_of(found.ticket.unit)
    today = now.astimezone(zone).date()
    sections = queries.sections_of(found)
    names = {section.name for section in sections}
    context: dict[str, Any] = {
        "paper": found,
        "ticket": found.ticket,
        "zone": zone,
        "sections": sections,
        "left": [section for section in sections if section.left],
        "right": [section for section in sections if not section.left and section.name not in rules.WIDE],
        "wide": [section for section in sections if section.name in rules.WIDE],
        "goal_text": queries.goal_text(found),
        "may_work": may_work,
        "comments_url": reverse("improvement:paper-comments", args=[found.ticket_id, "-"]).removesuffix("-/"),
        "state": queries.packed(bytes(found.shared)) if may_work else "",
        "words": {name: str(text) for name, text in WORDS.items()},
        "most": rules.TEXT,
        "ramp": ramp_of(found.ticket, today),
        "audit_due": found.audit_on is not None and found.audit_on <= today,
        "has_charts": found.ticket.measure_id is not None,
        "tables": {
            section: rows_context(found, section, today, may_work=may_work)
            for section in SECTION_OF.values()
            if section in names
        },
    }
    return render_to_string("papers/sheet.html", context)


@require_POST
def begin(request: "SignedIn", pk: int) -> HttpResponse:
    """Begin the paper of a ticket."""
    ticket = ticket_of(request, pk, Permission.IMPROVE)
    try:
        actions.begin(ticket=ticket, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("improvement:ticket", pk)
    return redirect("improvement:paper", pk)


def live_url(request: "SignedIn", found: Paper) -> str:
    """Where the page listens for what others change."""
    return live.live_url([live.paper_topic(found.pk)], live.person(request.user.pk), at=timezone.now())


@require_GET
def live_token(request: "SignedIn", pk: int) -> JsonResponse:
    """A fresh address to listen to, for a page whose token has run out."""
    return JsonResponse({"url": live_url(request, paper_of(request, pk))})


@require_POST
def text(request: "SignedIn", pk: int) -> HttpResponse:
    """Merge a change of the shared text (`change`, `vector` in base 64, `section`); answers with what the page lacks,
    the revision, and who else writes. A page that only asks sends no change. What is refused says why (422).
    """
    if len(request.body) > LARGEST_BODY:
        return _refused(_("This is too much at once. Paste it in smaller parts."), "size")
    found = paper_of(request, pk, Permission.IMPROVE)
    now = timezone.now()
    try:
        said = json.loads(request.body)
        change, vector = _bytes(said.get("change", "")), _bytes(said.get("vector", ""))
        section = Section(said.get("section") or rules.SECTIONS[found.form][0])
        if change:
            merged = actions.edit(paper=found, change=change, vector=vector, section=section, by=request.user, at=now)
        else:
            merged = actions.Merged(queries.known_to(found, vector), found.revision)
    except (ValueError, AttributeError, TypeError):  # BadChange is a ValueError
        return _refused(_("The page and the server do not understand each other. Load the page anew."), "unread")
    except NotAllowed as refusal:
        return _refused(str(refusal), "refused")
    return JsonResponse(
        {
            "missing": queries.packed(merged.missing),
            "revision": merged.revision,
            "here": queries.here_now(found, request.user, now),
        }
    )


@require_http_methods(["GET", "POST"])
def section(request: "SignedIn", pk: int, section: str) -> HttpResponse:
    """Write one section without scripts: what others changed meanwhile is shown above what was typed."""
    found = paper_of(request, pk, Permission.IMPROVE)
    of = section_of(found, section)
    typed, refusal = found.texts.get(of.value, ""), ""
    if request.method == "POST":
        typed = request.POST.get("text", "")
        try:
            actions.write(
                paper=found,
                section=of,
                text=typed,
                seen=request.POST.get("seen", ""),
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as error:
            refusal = str(error)
        else:
            return redirect(f"{reverse('improvement:paper', args=[pk])}#{of.value}")
    context = {
        "paper": found,
        "ticket": found.ticket,
        "section": of,
        "asks": rules.ASKS[of],
        "now": found.texts.get(of.value, ""),
        "typed": typed,
        "refusal": refusal,
        "most": rules.TEXT,
    }
    return TemplateResponse(request, "papers/section.html", context, status=UNPROCESSABLE if refusal else 200)


def _bytes(said: str) -> bytes:
    try:
        return base64.b64decode(said, validate=True)
    except binascii.Error as error:
        raise BadChange("no base 64") from error


def _refused(reason: str, code: str) -> JsonResponse:
    return JsonResponse({"refused": reason, "code": code}, status=UNPROCESSABLE)


@require_http_methods(["GET", "POST"])
def head(request: "SignedIn", pk: int) -> HttpResponse:
    """Say what stands over the sections, and which of them are there."""
    found = paper_of(request, pk, Permission.IMPROVE)
    form = HeadForm(request.POST or None, paper=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.arrange(paper=found, said=form.head(), by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(
                {"left_out": "sections"}.get(refusal.field, refusal.field) if refusal.field else None, str(refusal)
            )
        else:
            messages.success(request, _("Kept."))
            return redirect("improvement:paper", pk)
    context = {"form": form, "paper": found, "ticket": found.ticket}
    return TemplateResponse(request, "papers/head.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_GET
def chart(request: "SignedIn", pk: int) -> HttpResponse:
    """The chart of the measure that a ticket should change (of its `cycle`: the one that this predicts) at its unit,
    and its newest split by group (`by`), as a part of the page. 404 without a measure.
    """
    ticket = ticket_of(request, pk)
    asked = request.GET.get("cycle", "")
    measure, here = ticket.measure, reverse("improvement:ticket-chart", args=[pk])
    more = ""
    if asked.isdecimal():
        cycle = get_object_or_404(Cycle.objects.visible_to(request.user), ticket=ticket, pk=asked)
        measure, more = cycle.measure, f"&cycle={cycle.pk}"
    if measure is None:
        raise Http404
    reader = reader_of(request, ticket.unit, timezone.now())
    day = latest_day(reader.zone_now)
    page = measures.measure_page(ticket.unit, measure, day, reader, request.user, request.GET.get("by", ""), "")
    ways = [(code, name, f"{here}?by={code}{more}") for code, name, _url in page.dimensions]
    return TemplateResponse(request, "papers/chart.html", {"page": page, "ways": ways, "of_cycle": bool(more)})


@require_GET
def effect(request: "SignedIn", pk: int) -> HttpResponse:
    """What became of the ticket's measure and of the balancing one, before beside after, as a part of the page."""
    ticket = ticket_of(request, pk)
    today = timezone.now().astimezone(zone_of(ticket.unit)).date()
    balancing = Measure.objects.filter(pk__in=Paper.objects.filter(ticket=ticket).values("balancing")).first()
    context = {
        "told": effect_on(ticket, today),
        "ticket": ticket,
        "balancing": balancing,
        "beside": beside_on(ticket, balancing, today),
    }
    return TemplateResponse(request, "papers/effect.html", context)


@require_http_methods(["GET", "POST"])
def comments(request: "SignedIn", pk: int, section: str) -> HttpResponse:
    """What was said to a section, and saying something to it."""
    found = paper_of(request, pk, Permission.IMPROVE if request.method == "POST" else None)
    of = section_of(found, section)
    refusal, now = "", timezone.now()
    if request.method == "POST":
        try:
            actions.comment(
                paper=found,
                uid=sent_uid(request),
                section=of,
                text=request.POST.get("text", ""),
                by=request.user,
                at=now,
            )
        except NotAllowed as error:
            refusal = str(error)
        else:
            if not request.htmx:
                return redirect(f"{reverse('improvement:paper', args=[pk])}#{of.value}")
    return _comments(request, found, of, refusal)


def _comments(request: "SignedIn", found: Paper, of: Section, refusal: str = "") -> HttpResponse:
    now = timezone.now().astimezone(zone_of(found.ticket.unit))
    remarks = queries.remarks_of(found, of, now)
    context = {
        "paper": found,
        "ticket": found.ticket,
        "section": of,
        "place": queries.place_of(of),
        "remarks": remarks,
        "open": sum(one.row.settled_at is None for one in remarks),
        "may_work": Permission.IMPROVE in access.known_permissions_at(request.user, found.ticket.unit.path),
        "uid": uuid4(),
        "refusal": refusal,
        "typed": request.POST.get("text", "") if refusal else "",
    }
    name = "papers/comments.html#talk" if request.htmx else "papers/comments.html"
    return TemplateResponse(request, name, context, status=UNPROCESSABLE if refusal else 200)


@require_POST
def settle(request: "SignedIn", pk: int, comment_pk: int) -> HttpResponse:
    """Say that a comment is settled; with `open` that it is not."""
    found = paper_of(request, pk, Permission.IMPROVE)
    comment = get_object_or_404(PaperComment.objects.select_related("paper"), paper=found, pk=comment_pk)
    actions.settle(comment=comment, settled="open" not in request.POST, by=request.user, at=timezone.now())
    if request.htmx:
        return _comments(request, found, Section(comment.section))
    return redirect(f"{reverse('improvement:paper', args=[pk])}#{comment.section}")
