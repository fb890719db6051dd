"""Addresses of the menu that name no unit: each leads to one's own."""

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET

from org.models import Unit
from org.queries import home_units
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


def _own_unit(request: "SignedIn", permission: Permission) -> int:
    """The highest unit at which this person holds a role with `permission`; 404 where there is none."""
    held = Unit.objects.with_permission(request.user, permission).open().filter(pk__in=home_units(request.user))
    found = held.order_by("-tier__level", "path").values_list("pk", flat=True).first()
    if found is None:
        raise Http404
    return found


@require_GET
def my_desk(request: "SignedIn") -> HttpResponse:
    """The desk of one's own unit."""
    return redirect("huddles:desk", unit_id=_own_unit(request, Permission.ISSUE_WORK))


@require_GET
def my_tier_health(request: "SignedIn") -> HttpResponse:
    """How the tiers at and below one's own unit do."""
    return redirect("huddles:tier-health", unit_id=_own_unit(request, Permission.TIER_HEALTH))
