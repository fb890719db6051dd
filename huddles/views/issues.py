"""Issues as a list."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.http import HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from huddles.queries import issues as queries
from huddles.queries.issues import GROUP_NAMES, ORDER_NAMES, Asked, Group, Order, Scope
from huddles.queries.issues_allowed import may_raise
from huddles.queries.mine import house_of
from org import access, live
from org.models import Unit
from org.rules import Permission
from org.views.pages import listed, look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn

TEXT_LENGTH: Final = 100


@require_GET
def issues(request: "SignedIn") -> HttpResponse:
    """Issues that this person may see: whose, where they stand, words; fifty on a page. Its rows alone for htmx."""
    now = timezone.now()
    home = house_of(request.user)
    if home is None:
        return TemplateResponse(request, "issues/list.html", {"asked": Asked(), "homeless": True})
    organisation_id, zone = home
    units = _units(request)
    asked = asked_of(request, units)
    if asked.unit is not None and asked.unit.organisation_id != organisation_id:
        organisation_id, zone = asked.unit.organisation_id, asked.unit.organisation.zone
    look_at(request, organisation_id)
    page = listed(queries.sought(request.user, organisation_id, asked, now), request.GET.get("page", ""))
    context: dict[str, Any] = {
        "asked": asked,
        "page": replace(page, rows=queries.issue_rows(page.rows, now, zone)),
        "groups": _options(GROUP_NAMES, asked.group),
        "orders": _options(ORDER_NAMES, asked.order),
        "units": [unit for unit in units if unit.organisation_id == organisation_id],
        "new_url": _new_url(request, asked.unit),
        "code_url": _code_url(request, asked.unit),
        "live_url": _live_url(request, units, now),
    }
    template = "issues/list.html#rows" if request.htmx else "issues/list.html"
    response = TemplateResponse(request, template, context)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "HX-Request"
    return response


@require_GET
def issues_live(request: "SignedIn") -> JsonResponse:
    """A fresh address to listen to, for a list whose token has run out."""
    return JsonResponse({"url": _live_url(request, _units(request), timezone.now())})


def _new_url(request: "SignedIn", unit: Unit | None) -> str:
    """Where an issue is raised, at the unit that the list is about; empty for whoever may not."""
    base = reverse("huddles:issue-new")
    if unit is None:
        return base if may_raise(request.user) else ""
    return f"{base}?unit={unit.pk}" if access.has(request.user, Permission.ISSUE_RAISE, unit) else ""


def _units(request: "SignedIn") -> list[Unit]:
    """Units whose issues this person sees, in the order of the tree."""
    found = Unit.objects.with_permission(request.user, Permission.BOARD_VIEW).select_related("organisation")
    return list(found.order_by("organisation", "path"))


def asked_of(request: "SignedIn", units: list[Unit]) -> Asked:
    """What the address asks for; what it does not know means nothing."""
    get = request.GET
    unit = next((one for one in units if str(one.pk) == get.get("unit", "")), None)
    mine = get.get("scope") == Scope.MINE
    scope = Scope.MINE if mine else Scope.UNIT if unit is not None else Scope.ALL
    return Asked(
        scope=scope,
        unit=None if mine else unit,
        group=Group(get["group"]) if get.get("group") in set(Group) else Group.OPEN,
        order=Order(get["order"]) if get.get("order") in set(Order) else Order.CLOCK,
        urgent="urgent" in get,
        late="late" in get,
        below=unit is not None and "below" in get,
        text=get.get("q", "").strip()[:TEXT_LENGTH],
    )


def _code_url(request: "SignedIn", unit: Unit | None) -> str:
    """Where the code of the unit is printed, for whoever works with its issues."""
    if unit is None or Permission.ISSUE_WORK not in access.known_permissions_at(request.user, unit.path):
        return ""
    return reverse("huddles:capture-code", args=[unit.pk])


def _options(names: Any, chosen: str) -> list[tuple[str, Any, bool]]:
    return [(value, name, value == chosen) for value, name in names.items()]


def _live_url(request: "SignedIn", units: list[Unit], now: datetime) -> str:
    topics = [live.unit_topic(unit.pk) for unit in units[: live.MOST_TOPICS]]
    return live.live_url(topics, live.person(request.user.pk), at=now) if topics else ""
