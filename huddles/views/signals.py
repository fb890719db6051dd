"""Signals: the list of whoever follows gaps over units, the list of one board, and the path of each."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from boards.models import Signal
from huddles.actions import signals as actions
from huddles.queries import signal_rows as listing
from huddles.queries import signals_page as pages
from huddles.views.setup.scope import UNPROCESSABLE
from org import access
from org.models import Unit
from org.queries.calendars import zone_of
from org.rules import NotAllowed, Permission, ancestor_ids
from org.views.pages import listed, look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def signals(request: "SignedIn") -> HttpResponse:
    """Every signal of the units whose gaps this person follows: by state and tier, the oldest first."""
    units = Unit.objects.with_permission(request.user, Permission.EQUITY_DESK)
    first = units.order_by("path").first()
    if first is None:
        raise PermissionDenied(_("Your role does not include this here."))
    look_at(request, first.organisation_id)
    return _list(request, Permission.EQUITY_DESK, first, None)


@require_GET
def unit_signals(request: "SignedIn", unit_id: int) -> HttpResponse:
    """The signals of one board."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_id)
    access.require(request.user, Permission.STRATA_VIEW, unit)
    look_at(request, unit.organisation_id)
    return _list(request, Permission.STRATA_VIEW, unit, unit)


def _list(request: "SignedIn", permission: Permission, near: Unit, unit: Unit | None) -> HttpResponse:
    shown, tier = request.GET.get("state", "open"), request.GET.get("tier", "")
    found = listing.sought(request.user, permission, shown=shown, tier=tier, unit=unit)
    page = listed(found, request.GET.get("page", ""))
    today = timezone.now().astimezone(zone_of(near)).date()
    context: dict[str, Any] = {
        "unit": unit,
        "page": page,
        "rows": listing.rows_of(page.rows, today, request.user),
        "states": [(code, name, code == shown) for code, (name, _states) in listing.SHOWN.items()],
        "tiers": [(str(level), name, str(level) == tier) for level, name in _tiers(near)],
        "narrowed": shown != "open" or bool(tier),
    }
    return TemplateResponse(request, "signals/list.html", context)


def _tiers(near: Unit) -> list[tuple[int, str]]:
    return sorted(listing.tier_names(near.organisation_id).items())


def _found(request: "SignedIn", pk: int) -> Signal:
    found = Signal.objects.visible_to(request.user).select_related("measure", "unit__organisation", "dimension")
    signal = get_object_or_404(found.select_related("organisation"), pk=pk)
    look_at(request, signal.organisation_id)
    return signal


def _links(request: "SignedIn", unit: Unit) -> frozenset[int]:
    """Units above whose groups the reader may open."""
    ids = [*ancestor_ids(unit.path)]
    seen = Unit.objects.with_permission(request.user, Permission.STRATA_VIEW).filter(pk__in=ids)
    return frozenset(seen.values_list("pk", flat=True))


def _page(request: "SignedIn", signal: Signal, refusal: str = "") -> HttpResponse:
    now = timezone.now().astimezone(zone_of(signal.unit))
    allowed = access.permissions_at(request.user, signal.unit)
    page = pages.signal_page(signal, now, allowed, _links(request, signal.unit))
    context = {"page": page, "refusal": refusal, "reason": request.POST.get("reason", "")}
    return TemplateResponse(request, "signals/signal.html", context, status=UNPROCESSABLE if refusal else 200)


@require_GET
def signal(request: "SignedIn", pk: int) -> HttpResponse:
    """Every step of a signal, its issue, and what was published of its gap."""
    return _page(request, _found(request, pk))


@require_POST
def dismiss(request: "SignedIn", pk: int) -> HttpResponse:
    """Close a signal with a reason."""
    found = _found(request, pk)
    access.require(request.user, Permission.ISSUE_WORK, found.unit)
    try:
        actions.dismiss(signal=found, reason=request.POST.get("reason", ""), by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return _page(request, found, str(refusal))
    messages.success(
        request,
        _(
            "Closed. The reason is kept. Units above that see this gap only through this unit rest with it. "
            "It comes back when the gap is a quarter wider, or after 91 days."
        ),
    )
    return redirect("huddles:signal", pk)


@require_POST
def harm(request: "SignedIn", pk: int) -> HttpResponse:
    """A patient came to serious harm: the next tier is asked at once."""
    found = _found(request, pk)
    access.require(request.user, Permission.ISSUE_WORK, found.unit)
    try:
        actions.tell_harm(signal=found, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        return _page(request, found, str(refusal))
    messages.success(request, _("The next tier is asked now. Does somebody need help this minute? Call first."))
    return redirect("huddles:signal", pk)
