"""Themes over rounds and units: the page, its counts as a file, themes of a note."""

import csv
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from boards.exports import safe_cell
from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.queries.units import tree_rows
from org.rules import NotAllowed, Permission
from org.views.pages import listed, look_at
from rounding.actions import themes as actions
from rounding.queries import themes as queries
from rounding.queries.themes import Wanted
from rounding.rules import themes as rules
from rounding.rules.questions import SetKind
from rounding.views.reading import UNPROCESSABLE, back_to, found_round, note_of, read_unit, round_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from org.views.pages import SignedIn

MOST_TYPED = 100


@require_GET
def themes(request: "SignedIn") -> HttpResponse:
    """What rounds at a unit and below it are about (`unit`, `days`, `kind`, `tag`, `q`, `page`, `all`)."""
    units = queries.units_read(request.user)
    wanted = _wanted(request, units)
    now = timezone.now().astimezone(zone_of(wanted.unit))
    narrowed = bool(wanted.tag or wanted.text)
    in_full = narrowed or bool({"all", "page"} & set(request.GET))
    notes = queries.notes_like(request.user, wanted, now)
    found = listed(notes if in_full else notes[: queries.NEWEST], request.GET.get("page", ""))
    page = queries.themes_page(request.user, wanted, now)
    context = {
        "page": page,
        "said": queries.said_rows(found.rows, now),
        "pages": found,
        "wanted": wanted,
        "tag_name": rules.label(wanted.tag),
        "narrowed": narrowed,
        "in_full": in_full,
        "units": tree_rows(units),
        "periods": rules.PERIODS,
        "kinds": SetKind.choices,
        "kind_name": SetKind(wanted.kind).label if wanted.kind else "",
        "may_export": Permission.EXPORT in access.known_permissions_at(request.user, wanted.unit.path),
        "known": _known(page.known, wanted.tag),
        "kept": _kept(wanted),
        "file": _kept(wanted) + (f"&{urlencode({'tag': wanted.tag})}" if wanted.tag else ""),
    }
    return TemplateResponse(request, "rounding/themes.html", context)


@require_GET
def themes_csv(request: "SignedIn") -> HttpResponse:
    """The counts as a file, never the words."""
    wanted = _wanted(request, queries.units_read(request.user))
    access.require(request.user, Permission.EXPORT, wanted.unit)
    now = timezone.now().astimezone(zone_of(wanted.unit))
    found = [each for each in queries.counted(request.user, wanted, now) if wanted.tag in ("", each.tag)]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="themes-{wanted.unit.code}.csv"'
    response.write("\ufeff")
    rows = queries.file_rows(found, wanted, now)
    csv.writer(response).writerows([safe_cell(cell) for cell in row] for row in rows)
    return response


def _wanted(request: "SignedIn", units: "Sequence[Unit]") -> Wanted:
    """What was asked; without a unit the topmost that this person reads. Unit of others: 404 or 403."""
    asked = request.GET.get("unit", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 10:
        unit = next((each for each in units if each.pk == int(asked)), None) or read_unit(request, int(asked))
    elif units:
        unit = min(units, key=lambda each: (len(each.path), each.path))
    else:
        raise PermissionDenied(_("Your role does not include this here."))
    look_at(request, unit.organisation_id)
    kind = request.GET.get("kind", "")
    return Wanted(
        unit=unit,
        days=rules.period_of(request.GET.get("days", "")),
        kind=kind if kind in SetKind.values else "",
        tag=request.GET.get("tag", "")[: rules.TAG_LENGTH],
        text=request.GET.get("q", "").strip()[:MOST_TYPED],
    )


def _known(known: "Sequence[tuple[str, str]]", chosen: str) -> list[tuple[str, str]]:
    """Themes to choose from by their names, with the one that is chosen."""
    found = {*known, (chosen, rules.label(chosen))} if chosen else {*known}
    return sorted(found, key=lambda pair: pair[1])


def _kept(wanted: Wanted) -> str:
    """What an address says of `wanted`, without the theme."""
    said = {"unit": str(wanted.unit.pk), "days": str(wanted.days), "kind": wanted.kind, "q": wanted.text}
    return urlencode({name: value for name, value in said.items() if value})


@require_POST
def of_note(request: "SignedIn", pk: int, note_pk: int) -> HttpResponse:
    """Set a theme of a note (`tag`), or take it away (`remove`)."""
    of_round = found_round(request, pk)
    noted = note_of(of_round, str(note_pk), request)
    if not actions.may_tag(request.user, of_round):
        raise PermissionDenied(_("Your role does not include this here."))
    remove, word = request.POST.get("remove", ""), request.POST.get("tag", "")
    now = timezone.now()
    try:
        if remove:
            actions.untag(observation=noted, word=remove, by=request.user, at=now)
        else:
            actions.tag(observation=noted, word=word, by=request.user, at=now)
    except NotAllowed as refusal:
        return round_page(request, of_round, UNPROCESSABLE, refusal=str(refusal), at=noted.pk, of="themes", typed=word)
    return back_to(of_round, noted)
