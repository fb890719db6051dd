"""Measures: their list, their definition, the catalogue."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from boards import rules, setup_rules
from boards.actions import again
from boards.actions import measures as actions
from boards.forms.setup import AgainForm, MeasureForm
from boards.models import Measure
from boards.queries import setup
from boards.views.setup.scope import UNPROCESSABLE, Scope, found, scope_of
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "boards:setup-measures"
ONE = "boards:setup-measure"
PER_PAGE = 100


def say_again(request: "SignedIn", due: int) -> None:
    """Say how much is being taken again; nothing is said where nothing is."""
    if due:
        messages.info(
            request,
            ngettext(
                "%(n)s board of a past day is being brought up to date. It follows within minutes.",
                "%(n)s boards of past days are being brought up to date. They follow within minutes.",
                due,
            )
            % {"n": due},
        )


@require_http_methods(["GET"])
def measures(request: "SignedIn", slug: str) -> HttpResponse:
    """All measures, by letter, kind and whether they are in use; search in names and identifiers."""
    scope = scope_of(request, slug, LIST)
    asked = {name: request.GET.get(name, "").strip() for name in ("letter", "kind", "active", "text")}
    asked["active"] = asked["active"] or "yes"
    today = timezone.now().astimezone(scope.organisation.zone).date()
    page = Paginator(setup.measures(scope.organisation, today, **asked), PER_PAGE).get_page(request.GET.get("page"))
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "scope": scope,
        "asked": asked,
        "filtered": any(asked[name] for name in ("letter", "kind", "text")) or asked["active"] != "yes",
        "letters": scope.organisation.letters.all(),
        "kinds": rules.Kind.choices,
        "page": page,
        "rows": setup.measure_rows(list(page.object_list)),
        "query": query.urlencode(),
    }
    return TemplateResponse(request, "boards/setup/measures.html", context)


@require_http_methods(["GET", "POST"])
def add_measure(request: "SignedIn", slug: str) -> HttpResponse:
    """Define a new measure."""
    scope = scope_of(request, slug, LIST)
    form = MeasureForm(request.POST or None, organisation=scope.organisation)
    if request.method == "POST" and form.is_valid():
        try:
            measure = actions.add_measure(
                organisation=scope.organisation, definition=form.definition_of(), by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("%(name)s is defined. Set its target, then put it on boards.") % {"name": measure}
            )
            return scope.back(ONE, measure.pk)
    return TemplateResponse(
        request,
        "boards/setup/measure_form.html",
        {"scope": scope, "form": form, "measure": None},
        status=UNPROCESSABLE if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
def measure(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """The definition of a measure. Another meaning of a number that has readings is asked about once more."""
    thing, scope = found(request, slug, Measure, pk, LIST)
    has_readings = again.has_readings(thing)
    form = MeasureForm.of(thing, request.POST or None)
    form.fields["code"].disabled = has_readings
    if request.method == "POST" and form.is_valid() and "back" not in request.POST:
        again_form = AgainForm(request.POST if "confirmed" in request.POST else None)
        meaning = setup_rules.meaning_changes(
            {name: getattr(thing, name) for name in setup_rules.MEANING}, actions.values_of(form.definition_of())
        )
        if meaning and has_readings and not again_form.is_valid():
            return _ask(request, scope, thing, form, again_form, meaning)
        if _changed(request, thing, form, again_form if meaning else None):
            return scope.back(ONE, thing.pk)
    context = {
        "scope": scope,
        "form": form,
        "measure": thing,
        "has_readings": has_readings,
        "boards": thing.placements.count(),
        "again_form": AgainForm(),
    }
    return TemplateResponse(
        request, "boards/setup/measure_form.html", context, status=UNPROCESSABLE if form.errors else 200
    )


def _changed(request: "SignedIn", thing: Measure, form: MeasureForm, again_form: AgainForm | None) -> bool:
    """Change the definition to what was typed; False, with the refusal at the form, where it does not hold."""
    confirmed = again_form is not None and again_form.is_valid()
    try:
        due = actions.change_measure(
            measure=thing,
            definition=form.definition_of(),
            by=request.user,
            at=timezone.now(),
            meaning_confirmed=confirmed,
            again_from=again_form.cleaned_data["again_from"] if again_form is not None and confirmed else None,
        )
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("The boards show this definition now."))
    say_again(request, due)
    return True


def _ask(
    request: "SignedIn",
    scope: Scope,
    thing: Measure,
    form: MeasureForm,
    again_form: AgainForm,
    meaning: list[str],
) -> HttpResponse:
    """Say what another meaning does to the numbers that stand, and ask from which day on they are taken again."""
    today = timezone.now().astimezone(scope.organisation.zone).date()
    changes = [
        (
            setup_rules.MEANING[name],
            _shown(form, name, getattr(thing, name)),
            _shown(form, name, form.cleaned_data[name]),
        )
        for name in meaning
    ]
    context = {
        "scope": scope,
        "form": form,
        "again_form": again_form,
        "measure": thing,
        "changes": changes,
        "has_targets": thing.targets.filter(valid__contains=today).exists(),
        "earliest": today - timedelta(days=setup_rules.RETAKE_DAYS),
    }
    return TemplateResponse(
        request,
        "boards/setup/measure_confirm.html",
        context,
        status=UNPROCESSABLE if again_form.errors else 200,
    )


def _shown(form: MeasureForm, name: str, value: object) -> object:
    return dict(getattr(form.fields[name], "choices", ())).get(
        value, f"{value:g}" if isinstance(value, float) else value
    )


@require_POST
def use_measure(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Retire a measure, or bring it back."""
    thing, scope = found(request, slug, Measure, pk, LIST)
    active = request.POST.get("active") == "1"
    actions.use_measure(measure=thing, active=active, by=request.user, at=timezone.now())
    messages.success(
        request,
        _("The measure is back where it stood.")
        if active
        else _("The measure has left every board. Its numbers stay; it can be brought back here."),
    )
    return scope.back(ONE, thing.pk)


@require_POST
def take_again(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Take the snapshots of a measure again from a day on."""
    thing, scope = found(request, slug, Measure, pk, LIST)
    form = AgainForm(request.POST)
    day = form.cleaned_data["again_from"] if form.is_valid() else None
    if day is None:
        messages.error(request, _("Give the day as year-month-day."))
        return scope.back(ONE, thing.pk)
    try:
        due = actions.take_again(measure=thing, first=day, by=request.user, at=timezone.now())
        say_again(request, due)
        if not due:
            messages.info(request, _("No number of this measure stands from that day on."))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return scope.back(ONE, thing.pk)


@require_http_methods(["GET", "POST"])
def catalogue(request: "SignedIn", slug: str) -> HttpResponse:
    """Measures of the catalogue that are not here yet; taking some over."""
    scope = scope_of(request, slug, LIST)
    error = ""
    if request.method == "POST":
        codes = request.POST.getlist("codes")
        try:
            made = actions.add_from_catalogue(
                organisation=scope.organisation, codes=codes, by=request.user, at=timezone.now()
            )
        except NotAllowed as refusal:
            error = str(refusal)
        else:
            messages.success(
                request,
                ngettext(
                    "%(n)s measure is added. Look through its definition before it stands on a board.",
                    "%(n)s measures are added. Look through their definitions before they stand on boards.",
                    len(made),
                )
                % {"n": len(made)},
            )
            return scope.back(LIST)
    context = {"scope": scope, "rows": setup.not_yet_loaded(scope.organisation), "error": error}
    return TemplateResponse(request, "boards/setup/catalogue.html", context, status=UNPROCESSABLE if error else 200)
