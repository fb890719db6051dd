"""Calendars of an organisation."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org.actions import calendars
from org.actions.calendars import HolidayPlan
from org.forms.calendars import WEEKDAYS, CalendarForm, HolidayForms, times_text
from org.models import Calendar, Organisation
from org.rules import HuddleTime, NotAllowed, Permission
from org.views.pages import organisation_of, today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def calendar_list(request: "SignedIn", slug: str) -> HttpResponse:
    """All calendars, with the units that use each by name."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    found = Calendar.objects.visible_to(request.user).filter(organisation=here)
    counted = found.annotate(
        used=Count("units", distinct=True),
        huddle_count=Count("huddles", distinct=True),
        coming=Count("holidays", filter=Q(holidays__day__gte=today_in(here)), distinct=True),
    )
    rows = [(calendar, _days(calendar.weekdays)) for calendar in counted.order_by("name")]
    return TemplateResponse(request, "org/calendars.html", {"rows": rows, "organisation": here, "tab": "calendars"})


@require_http_methods(["GET", "HEAD", "POST"])
def new_calendar(request: "SignedIn", slug: str) -> HttpResponse:
    """Add a calendar."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    return _edit(request, here, None)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Change a calendar."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    found = Calendar.objects.visible_to(request.user).filter(organisation=here)
    return _edit(request, here, get_object_or_404(found, pk=pk))


@require_POST
def delete(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Remove a calendar that nothing uses."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    found = get_object_or_404(Calendar.objects.visible_to(request.user).filter(organisation=here), pk=pk)
    try:
        calendars.delete_calendar(calendar=found, by=request.user, at=timezone.now())
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("org:calendar", slug=slug, pk=pk)
    messages.success(request, _("The calendar was removed."))
    return redirect("org:calendars", slug=slug)


def _edit(request: "SignedIn", here: Organisation, found: Calendar | None) -> HttpResponse:
    form = CalendarForm(request.POST or None, initial=_initial(found))
    days = [] if found is None else list(found.holidays.order_by("day").values("day", "name", "works"))
    holidays = HolidayForms(request.POST or None, initial=days, prefix="holidays")
    if request.method == "POST" and form.is_valid() and holidays.is_valid():
        wanted = form.cleaned_data
        rows = [h.cleaned_data for h in holidays if h.cleaned_data.get("day")]
        try:
            calendars.save_calendar(
                organisation=here,
                calendar=found,
                name=wanted["name"],
                weekdays=wanted["weekdays"],
                is_default=wanted["is_default"],
                huddles=wanted["huddles"],
                holidays=[HolidayPlan(h["day"], h["name"], h["works"]) for h in rows],
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("org:calendars", slug=here.slug)
    wrong = form.errors or (holidays.is_bound and not holidays.is_valid())
    context = {"form": form, "holidays": holidays, "calendar": found, "organisation": here, "tab": "calendars"}
    return TemplateResponse(request, "org/calendar.html", context, status=422 if wrong else 200)


def _initial(found: Calendar | None) -> dict[str, Any]:
    if found is None:
        return {}
    initial: dict[str, Any] = {"name": found.name, "is_default": found.is_default}
    times = [HuddleTime(h.weekday, h.starts_at, h.minutes) for h in found.huddles.order_by("starts_at")]
    for n in range(7):
        initial[f"works_{n}"] = bool(found.weekdays >> n & 1)
        initial[f"times_{n}"] = times_text([t for t in times if t.weekday == n])
    return initial


def _days(weekdays: int) -> str:
    return ", ".join(str(name)[:3] for n, name in enumerate(WEEKDAYS) if weekdays >> n & 1)
