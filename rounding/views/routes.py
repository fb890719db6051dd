"""Routes of several units: which there are, which are suggested, and the calendar that shows them."""

from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org import access
from org.models import Unit
from org.rules import NotAllowed, Permission
from rounding import calendars
from rounding.actions import routes as actions
from rounding.forms.routes import RouteForm, begun, filled
from rounding.models import Route
from rounding.queries import routes as queries
from rounding.queries.roster import units_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from org.views.pages import SignedIn


@require_GET
def routes(request: "SignedIn") -> HttpResponse:
    """Routes that concern this person, and units that want a visit. 403 for whoever leads no rounds."""
    access.require_somewhere(request.user, Permission.ROUND_LEAD)
    return _page(request)


def _page(request: "SignedIn", address: str = "") -> HttpResponse:
    suggested = queries.suggestions_for(request.user, timezone.now())
    context = {
        "rows": queries.routes_of(request.user),
        "given_up": queries.routes_of(request.user, in_use=False),
        "suggested": suggested,
        "new_url": reverse("rounding:route-new") + "?units=" + ",".join(str(one.unit) for one in suggested),
        "address": address,
        "has_address": queries.has_address(request.user),
    }
    return TemplateResponse(request, "rounding/routes.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: "SignedIn") -> HttpResponse:
    """A new route, perhaps through the units that were suggested."""
    access.require_somewhere(request.user, Permission.ROUND_LEAD)
    units = units_of(request.user)
    wanted = {text: place for place, text in enumerate(request.GET.get("units", "").split(","))}
    chosen = sorted((one for one in units if str(one.pk) in wanted), key=lambda one: wanted[str(one.pk)])
    form = _form(request, begun(request.user, chosen))
    if request.method == "POST" and form.is_valid():
        try:
            actions.make_route(terms=form.terms, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(_field(refusal), str(refusal))
        else:
            messages.success(request, _("The route stands. Calendars that follow you show it."))
            return redirect("rounding:routes")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return TemplateResponse(request, "rounding/route.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: "SignedIn", pk: int) -> HttpResponse:
    """Saying anew what a route is."""
    route = _found(request, pk)
    form = _form(request, filled(route, queries.stops_of(route)))
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_route(route=route, terms=form.terms, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(_field(refusal), str(refusal))
        else:
            messages.success(request, _("The route says so now."))
            return redirect("rounding:routes")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return TemplateResponse(request, "rounding/route.html", {"form": form, "route": route}, status=status)


@require_POST
def use(request: "SignedIn", pk: int) -> HttpResponse:
    """Give a route up, or take it up again."""
    route, active = _found(request, pk), request.POST.get("active") == "1"
    actions.use_route(route=route, active=active, by=request.user, at=timezone.now())
    said = _("“%(name)s” is walked again.") if active else _("“%(name)s” is given up. It can be taken up again below.")
    messages.success(request, said % {"name": route.name})
    return redirect("rounding:routes")


@never_cache
@require_POST
def address(request: "SignedIn") -> HttpResponse:
    """A new secret address for one's calendar, shown this once; or none any more."""
    access.require_somewhere(request.user, Permission.ROUND_LEAD)
    if request.POST.get("withdraw"):
        actions.withdraw_address(person=request.user, at=timezone.now())
        messages.success(request, _("The address leads nowhere any more."))
        return redirect("rounding:routes")
    token = actions.renew_address(person=request.user, at=timezone.now())
    return _page(request, settings.SITE_URL + reverse("rounding:calendar", args=[token]))


@login_not_required
@never_cache
@require_GET
def feed(_request: HttpRequest, token: str) -> HttpResponse:
    """The calendar behind a secret address, for programs that cannot sign in: times, names of routes and of units."""
    person = queries.person_of(token)
    if person is None:
        raise Http404
    now = timezone.now()
    with override(person.language or settings.LANGUAGE_CODE):
        host = urlsplit(settings.SITE_URL).hostname or "huddleboard"
        text = calendars.calendar(queries.calendar_of(person, now), name=_("Rounds"), host=host, made_at=now)
    return HttpResponse(text, content_type="text/calendar; charset=utf-8")


def _form(request: "SignedIn", initial: "Mapping[str, Any]") -> RouteForm:
    led = Unit.objects.with_permission(request.user, Permission.ROUND_LEAD).open().order_by("path")
    people = queries.people_who_lead(units_of(request.user))
    return RouteForm(
        led.select_related("organisation"), people, queries.weekdays(), request.POST or None, initial=dict(initial)
    )


def _found(request: "SignedIn", pk: int) -> Route:
    """A route that this person may change: they lead rounds at all of its units. Else 404 or 403."""
    route = get_object_or_404(Route.objects.visible_to(request.user).select_related("organisation"), pk=pk)
    if not set(queries.stops_of(route)) <= {unit.pk for unit in units_of(request.user)}:
        raise PermissionDenied(_("Whoever leads rounds at all units of a route changes it."))
    return route


def _field(refusal: NotAllowed) -> str | None:
    return "stop_1" if refusal.field == "units" else refusal.field or None
