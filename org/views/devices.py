"""Wall displays: the screen that shows a code, and the people who pair it."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org import attempts, queries
from org.actions import devices
from org.forms.devices import DeviceForm, PairForm
from org.models import Unit, WallDevice
from org.queries import DEVICE_COOKIE
from org.rules import NotAllowed, Permission
from org.views.pages import form_page, listed

if TYPE_CHECKING:
    from org.models.units import UnitQuerySet
    from org.views.pages import SignedIn

WALL_PATH = "/wall/"
COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie; renewed whenever the wall is opened
SHOWN = ("name", "seconds_per_board", "theme", "language")

P = ParamSpec("P")


def wall_device_required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A view for paired displays: `request.device` is one. Any other screen goes to the pairing page.

    Beside the sign-in pages this is all that a display may open.
    """

    @login_not_required
    @cache_control(private=True, no_cache=True)
    @wraps(view)
    def for_device(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        device: WallDevice | None = getattr(request, "device", None)
        if device is None or device.paired_at is None:
            if request.headers.get("HX-Request") == "true":
                return HttpResponse(status=401, headers={"HX-Redirect": reverse("org:wall-pair")})
            return redirect("org:wall-pair")
        devices.note_seen(device=device, at=timezone.now())
        response = view(request, *args, **kwargs)
        if request.headers.get("HX-Request") != "true":
            set_device_cookie(response, request.COOKIES[DEVICE_COOKIE])
        return response

    for_device.wall_device = True  # type: ignore[attr-defined]
    return for_device


@login_not_required
@never_cache
@require_GET
def pairing_screen(request: HttpRequest) -> HttpResponse:
    """A code to type and to scan, asked for again every few seconds until the display is paired."""
    now = timezone.now()
    device: WallDevice | None = getattr(request, "device", None)
    polled = request.headers.get("HX-Request") == "true"
    if device is not None and device.paired_at is not None:
        if polled:
            return HttpResponse(status=204, headers={"HX-Redirect": WALL_PATH})
        return redirect(WALL_PATH)
    token = ""
    address = attempts.address_of(request)
    if device is None or (device.code_expires_at is not None and device.code_expires_at <= now):
        if attempts.spent(attempts.NEW_CODE, address):
            return TemplateResponse(request, "org/pairing_screen.html", {"refused": True}, status=429)
        attempts.count(attempts.NEW_CODE, address)
        if device is None:
            device, token = devices.start_pairing(at=now)
        else:
            device = devices.renew_code(device=device, at=now)
    elif polled:
        return HttpResponse(status=204)
    url = f"{settings.SITE_URL}{reverse('org:display-pair')}?code={device.code}"
    qr = segno.make(url, error="m", micro=False).svg_inline(border=2, dark="#000", light="#fff", omitsize=True)
    context = {"code": device.code, "qr": mark_safe(qr), "address": settings.SITE_URL + reverse("org:display-pair")}  # noqa: S308 - drawn by segno from our own address
    response: HttpResponse = TemplateResponse(
        request, "org/pairing_screen.html#code" if polled else "org/pairing_screen.html", context
    )
    if token:
        set_device_cookie(response, token)
    return response


def set_device_cookie(response: HttpResponse, token: str) -> None:
    """Keep the display's token where no script reads it."""
    response.set_cookie(
        DEVICE_COOKIE,
        token,
        max_age=COOKIE_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


@require_GET
def display_list(request: "SignedIn") -> HttpResponse:
    """Displays that this person may change."""
    found = WallDevice.objects.visible_to(request.user).filter(paired_at__isnull=False)
    newest = found.prefetch_related(queries.with_boards()).order_by("-paired_at", "-pk")
    page = listed(newest, request.GET.get("page", ""))
    return TemplateResponse(request, "org/displays.html", {"page": page, "may_pair": _reach(request).exists()})


@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: "SignedIn") -> HttpResponse:
    """Type the code that a screen shows and choose its boards."""
    who = str(request.user.pk)
    form = PairForm(_reach(request), request.POST or None, initial={"code": request.GET.get("code", "")[:12]})
    if request.method == "POST":
        if attempts.spent(attempts.TYPE_CODE, who):
            form = PairForm(_reach(request))
            context = {"title": _("Pair a display"), "refusal": _("Too many wrong codes. Wait 15 minutes.")}
            return TemplateResponse(request, "org/form.html", {"form": form, **context}, status=429)
        if form.is_valid():
            try:
                device = devices.pair_device(**form.cleaned_data, by=request.user, at=timezone.now())
            except NotAllowed as error:
                attempts.count(attempts.TYPE_CODE, who)
                form.add_error(None, str(error))
            else:
                messages.success(request, _("%(display)s shows its boards now.") % {"display": device})
                return redirect("org:displays")
    lead = _("Open %(address)s on the screen: it shows a code.") % {
        "address": settings.SITE_URL + reverse("org:wall-pair")
    }
    return form_page(request, form, {"title": _("Pair a display"), "lead": lead, "submit": _("Pair")})


@require_http_methods(["GET", "HEAD", "POST"])
def display(request: "SignedIn", pk: int) -> HttpResponse:
    """Change what a display is called and shows."""
    found = _display(request, pk)
    initial = {name: getattr(found, name) for name in SHOWN} | {"boards": [b.unit_id for b in found.boards.all()]}
    form = DeviceForm(_reach(request), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            devices.edit_device(device=found, **form.cleaned_data, by=request.user, at=timezone.now())
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("org:displays")
    return form_page(request, form, {"device": found}, "org/display.html")


@require_POST
def revoke(request: "SignedIn", pk: int) -> HttpResponse:
    """Show nothing on a display any more, at once."""
    devices.revoke_device(device=_display(request, pk), by=request.user, at=timezone.now())
    messages.success(request, _("The display shows nothing any more."))
    return redirect("org:displays")


def _reach(request: "SignedIn") -> "UnitQuerySet":
    return Unit.objects.with_permission(request.user, Permission.DEVICE_PAIR).open().order_by("organisation", "path")


def _display(request: "SignedIn", pk: int) -> WallDevice:
    return get_object_or_404(WallDevice.objects.visible_to(request.user).filter(paired_at__isnull=False), pk=pk)
