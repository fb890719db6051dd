"""The style guide: every part of the visual language with its states, fed by invented data."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from boards.glyphs import MASKS, letter_svg
from boards.rules import Status
from huddleboard import samples

TOKENS = (
    "paper",
    "sheet",
    "ink",
    "quiet",
    "rule",
    "edge",
    "accent",
    "accent-soft",
    "ghost",
    "met",
    "met-fill",
    "missed",
    "missed-fill",
    "risk",
    "risk-fill",
    "nodata",
    "spc-common",
    "spc-better",
    "spc-worse",
    "spc-other",
)
PAGES = ("board", "wall", "measure")


def may_look(request: HttpRequest) -> bool:
    """Administrators always, everybody on a developer's machine."""
    return settings.DEBUG or request.user.is_staff


def styleguide(request: HttpRequest) -> TemplateResponse:
    """All parts on one page."""
    if not may_look(request):
        raise Http404
    month = samples.cells(3, linked=False)
    icons = (
        ("v-common", _("usual variation")),
        ("v-better_high", _("higher, better")),
        ("v-better_low", _("lower, better")),
        ("v-worse_high", _("higher, worse")),
        ("v-worse_low", _("lower, worse")),
        ("v-other_high", _("higher, no direction set")),
        ("v-other_low", _("lower, no direction set")),
        ("a-passes", _("meets the target reliably")),
        ("a-fails", _("will not meet the target")),
        ("a-hit_or_miss", _("meets it on some days")),
    )
    context = {
        "page": samples.board(),
        "measure": samples.measure(),
        "statuses": Status,
        "tokens": TOKENS,
        "icons": icons,
        "pages": PAGES,
        "other_letters": [letter_svg(letter, month) for letter in MASKS if letter not in "SQDCPE"]
        + [letter_svg("IT", month)],
    }
    return TemplateResponse(request, "styleguide.html", context)


def sample_page(request: HttpRequest, name: str) -> TemplateResponse:
    """One whole page with invented data: "board", "wall" or "measure"."""
    if not may_look(request) or name not in PAGES:
        raise Http404
    page = samples.measure() if name == "measure" else samples.board()
    return TemplateResponse(request, f"boards/{name}.html", {"page": page})
