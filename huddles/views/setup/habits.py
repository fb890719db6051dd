"""What a unit chooses about its huddles."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huddles.actions.habits import set_habits
from huddles.forms.setup_words import HabitsForm
from huddles.models import UnitHabits
from huddles.views.setup.scope import UNPROCESSABLE
from org import access
from org.models import Unit
from org.rules import Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_http_methods(["GET", "POST"])
def habits(request: "SignedIn", unit_id: int) -> HttpResponse:
    """When the page before the huddle is mailed to the unit's lead."""
    unit = get_object_or_404(Unit.objects.visible_to(request.user), pk=unit_id)
    access.require(request.user, Permission.ISSUE_WORK, unit)
    look_at(request, unit.organisation_id)
    kept = UnitHabits.objects.filter(unit=unit).first() or UnitHabits(unit=unit)
    form = HabitsForm(request.POST or None, initial={"digest_minutes": kept.digest_minutes})
    if request.method == "POST" and form.is_valid():
        set_habits(unit=unit, **form.cleaned_data, by=request.user, at=timezone.now())
        messages.success(request, _("From the next huddle on it comes at this time."))
        return redirect("huddles:habits", unit.pk)
    context = {"unit": unit, "form": form}
    return TemplateResponse(request, "huddles_setup/habits.html", context, status=UNPROCESSABLE if form.errors else 200)
