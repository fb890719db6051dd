"""Whom the community heard, and when goals are looked at."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from improvement.actions import reviews, voices
from improvement.forms.goals import AnswerForm, PlanForm, ReviewForm, VoiceForm
from improvement.models import Goal, Review, Voice
from improvement.views.goals import UNPROCESSABLE, goal_of, shown, today_of
from org import access
from org.models import Organisation, Unit
from org.rules import NotAllowed, Permission
from org.views.pages import listed, look_at, seen_organisation, today_in

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_GET
def log(request: "SignedIn", slug: str) -> HttpResponse:
    """All voices of an organisation that somebody may read, newest first."""
    organisation = seen_organisation(request, slug, Permission.GOAL_EDIT)
    rows = Voice.objects.visible_to(request.user).filter(organisation=organisation).select_related("goal")
    found = listed(rows, request.GET.get("page", "1"))
    setting = Unit.objects.with_permission(request.user, Permission.GOAL_EDIT).filter(organisation=organisation)
    units = set(setting.values_list("pk", flat=True))
    may = [(voice, voice.goal is None or voice.goal.unit_id in units) for voice in found.rows]
    context = {"organisation": organisation, "found": found, "rows": may}
    return TemplateResponse(request, "goals/voices.html", context)


@require_http_methods(["GET", "POST"])
def of_house(request: "SignedIn", slug: str) -> HttpResponse:
    """Record a voice that is about no single goal."""
    organisation = seen_organisation(request, slug, Permission.GOAL_EDIT)
    return _recorded(request, organisation, None, reverse("improvement:voices", kwargs={"slug": slug}))


@require_http_methods(["GET", "POST"])
def of_goal(request: "SignedIn", pk: int) -> HttpResponse:
    """Record a voice about a goal."""
    goal = goal_of(request, pk, Permission.GOAL_EDIT)
    return _recorded(request, goal.organisation, goal, reverse("improvement:goal", args=(pk,)) + "#voices")


def _recorded(request: "SignedIn", organisation: Organisation, goal: Goal | None, back: str) -> HttpResponse:
    form = VoiceForm(request.POST or None, initial={"day": today_in(organisation)})
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("heard", "day", "said", "changed")}
        try:
            voices.record(organisation=organisation, goal=goal, **said, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect(back)
    context = {"form": form, "goal": goal, "organisation": organisation, "back": back}
    return TemplateResponse(request, "goals/voice.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_http_methods(["GET", "POST"])
def answer(request: "SignedIn", pk: int) -> HttpResponse:
    """Say what changed because of a voice."""
    rows = Voice.objects.visible_to(request.user).select_related("goal__unit", "organisation")
    voice = get_object_or_404(rows, pk=pk)
    look_at(request, voice.organisation_id)
    if voice.goal is not None:
        access.require(request.user, Permission.GOAL_EDIT, voice.goal.unit)
    form = AnswerForm(request.POST or None, initial={"changed": voice.changed})
    if request.method == "POST" and form.is_valid():
        try:
            voices.answer(voice=voice, changed=form.cleaned_data["changed"], by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect("improvement:voices", voice.organisation.slug)
    context = {"form": form, "voice": voice}
    return TemplateResponse(request, "goals/answer.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def plan(request: "SignedIn", pk: int) -> HttpResponse:
    """Plan a review of a goal."""
    goal = goal_of(request, pk, Permission.GOAL_EDIT)
    form = PlanForm(request.POST)
    if form.is_valid():
        try:
            reviews.plan(goal=goal, day=form.cleaned_data["day"], by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect(reverse("improvement:goal", args=(pk,)) + "#reviews")
    return shown(request, goal, plan=form)


def _review(request: "SignedIn", pk: int, review: int) -> Review:
    goal = goal_of(request, pk, Permission.GOAL_EDIT)
    found = get_object_or_404(goal.reviews.all(), pk=review)
    found.goal = goal
    return found


@require_http_methods(["GET", "POST"])
def hold(request: "SignedIn", pk: int, review: int) -> HttpResponse:
    """Keep what was seen and decided in a review."""
    found = _review(request, pk, review)
    form = ReviewForm(request.POST or None, initial={"seen": found.seen, "decided": found.decided})
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("seen", "decided")}
        try:
            reviews.hold(review=found, **said, by=request.user, at=timezone.now())
        except NotAllowed as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            return redirect(reverse("improvement:goal", args=(pk,)) + "#reviews")
    context = {"form": form, "review": found, "goal": found.goal, "today": today_of(found.goal)}
    return TemplateResponse(request, "goals/review.html", context, status=UNPROCESSABLE if form.errors else 200)


@require_POST
def drop(request: "SignedIn", pk: int, review: int) -> HttpResponse:
    """Take a planned review off."""
    found = _review(request, pk, review)
    try:
        reviews.drop(review=found, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("improvement:goal", args=(pk,)) + "#reviews")
