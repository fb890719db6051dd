"""Question sets: their list, editing one until it is published, how a round asks it, older versions."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from huddles.views.setup.scope import UNPROCESSABLE, Scope, scope_of
from org.rules import NotAllowed, Overtaken
from rounding.actions import question_sets as actions
from rounding.actions.question_sets import Terms
from rounding.forms import question_rows
from rounding.forms import question_sets as typed
from rounding.forms.question_sets import Draft
from rounding.models import QuestionSet, QuestionSetVersion
from rounding.queries import question_sets as queries
from rounding.rules.questions import BETWEEN_TWO, LONGEST_MINUTES, Line, SetKind, advice, check_set
from rounding.rules.wordings import checked

if TYPE_CHECKING:
    from org.views.pages import SignedIn

LIST = "rounding:setup-questions"
ONE = "rounding:setup-question-set"


@require_GET
def question_sets(request: "SignedIn", slug: str) -> HttpResponse:
    """All sets of the organisation, those that are retired apart."""
    scope = scope_of(request, slug, LIST)
    rows = queries.sets_of(scope.organisation)
    context = {
        "scope": scope,
        "rows": [row for row in rows if row.retired_at is None],
        "retired": [row for row in rows if row.retired_at is not None],
        "furnished": queries.is_furnished(scope.organisation),
    }
    return TemplateResponse(request, "rounding_setup/list.html", context)


@require_POST
def put_missing(request: "SignedIn", slug: str) -> HttpResponse:
    """Put in place the sets with which a hospital starts and that are missing."""
    scope = scope_of(request, slug, LIST)
    actions.furnish(organisation=scope.organisation, at=timezone.now())
    messages.success(request, _("Rounds of every kind have questions now. Nothing else is changed."))
    return scope.back(LIST)


@require_http_methods(["GET", "POST"])
def new(request: "SignedIn", slug: str) -> HttpResponse:
    """Begin a set."""
    scope = scope_of(request, slug, LIST)
    form = typed.NewSetForm(request.POST or None, units=queries.units_to_choose(scope.organisation))
    if form.is_valid():
        said = {**form.cleaned_data, "kind": SetKind(form.cleaned_data["kind"])}
        try:
            made = actions.start_set(organisation=scope.organisation, by=request.user, at=timezone.now(), **said)
        except NotAllowed as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        else:
            messages.success(
                request, _("It is a draft with the questions below: no device has it until you publish it.")
            )
            return scope.back(ONE, made.pk)
    context = {"scope": scope, "form": form}
    return TemplateResponse(request, "rounding_setup/new.html", context, status=UNPROCESSABLE if form.errors else 200)


def _found(request: "SignedIn", slug: str, pk: int) -> tuple[QuestionSet, Scope]:
    scope = scope_of(request, slug, LIST)
    found = scope.organisation.question_sets.select_related("unit", "organisation")
    return get_object_or_404(found, pk=pk), scope


def _newest(thing: QuestionSet) -> tuple[int, Sequence[Line], Terms]:
    """Number, questions and terms of the version that holds; 0 and what it begins with for a draft."""
    newest = thing.versions.order_by("-number").first()
    if newest is None:
        return 0, *actions.beginning_of(thing)
    return newest.number, actions.lines_of(newest), actions.terms_of(newest)


@require_http_methods(["GET", "POST"])
def question_set(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Edit a set: what is typed stays on the page until it is published as the next version."""
    thing, scope = _found(request, slug, pk)
    number, lines, terms = _newest(thing)
    if request.method != "POST":
        return _page(request, scope, thing, typed.draft_of(thing.name, terms, lines), number, terms.language)
    draft = typed.read_draft(request.POST, terms.language)
    draft = replace(draft, lines=checked(lines, draft.lines))
    asked = request.POST.get("based_on", "")
    based_on = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    order = request.POST.get("do", "publish")
    if order == "preview":
        return _shown(request, scope, thing, draft.lines, draft.terms(thing.kind, terms.language), sent=True)
    refusal, newer = "", False
    try:
        if order == "publish":
            return _published(request, scope, thing, draft, based_on, terms.language)
        if order == "check":
            check_set(draft.to_publish())
    except NotAllowed as error:
        refusal, newer = str(error), isinstance(error, Overtaken)
    if order not in {"publish", "check"}:
        draft = typed.changed(draft, order, request.POST)
    return _page(
        request,
        scope,
        thing,
        draft,
        number if newer else based_on,
        terms.language,
        refusal=refusal,
        newer=newer,
        order=order,
    )


def _published(
    request: "SignedIn",
    scope: Scope,
    thing: QuestionSet,
    draft: Draft,
    based_on: int,
    language: str,
) -> HttpResponse:
    made = actions.publish(
        question_set=thing,
        name=draft.name,
        lines=draft.to_publish(),
        terms=draft.terms(thing.kind, language),
        based_on=based_on,
        by=request.user,
        at=timezone.now(),
    )
    said = _("Version %(number)s is published. Rounds that begin from now on have it.")
    messages.success(request, said % {"number": made.number})
    return scope.back(ONE, thing.pk)


def _page(
    request: "SignedIn",
    scope: Scope,
    thing: QuestionSet,
    draft: Draft,
    number: int,
    language: str,
    *,
    refusal: str = "",
    newer: bool = False,
    order: str = "",
) -> HttpResponse:
    """The page on which a set is edited. `number`: of the version on which it builds."""
    tongues = question_rows.tongues(draft)
    context = {
        "scope": scope,
        "set": thing,
        "draft": draft,
        "number": number,
        "refusal": refusal,
        "order": order,
        "newer": newer,
        "rows": question_rows.rows(draft),
        "tongues": tongues,
        "languages": question_rows.languages_to_add(draft, language),
        "language": queries.tongue(language),
        "advice": advice(thing.kind, draft.lines),
        "left": [tongue for tongue in tongues if tongue.to_check],
        "between_two": thing.kind in BETWEEN_TWO,
        "longest": LONGEST_MINUTES,
        "versions": queries.versions_of(thing),
    }
    status = UNPROCESSABLE if refusal else 200
    return TemplateResponse(request, "rounding_setup/edit.html", context, status=status)


@require_GET
def preview(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """How a round asks the version that holds."""
    thing, scope = _found(request, slug, pk)
    _number, lines, terms = _newest(thing)
    return _shown(request, scope, thing, lines, terms)


def _shown(
    request: "SignedIn", scope: Scope, thing: QuestionSet, lines: Sequence[Line], terms: Terms, *, sent: bool = False
) -> HttpResponse:
    """How a round asks `lines`, in the language that is asked for, else that of the reader. `sent`: as they were typed,
    and go along until the way back.
    """
    tongues = queries.tongues_of(terms.language, lines)
    asked = request.POST.get("in", "") if sent else request.GET.get("in", "")
    context = {
        "scope": scope,
        "set": thing,
        "minutes": terms.minutes,
        "tongues": tongues,
        "chosen": (chosen := _chosen(tongues, asked)),
        "cards": question_rows.cards(lines, chosen.code, terms.language),
        "sent": [(name, value) for name, value in request.POST.items() if name not in NOT_CARRIED] if sent else None,
    }
    return TemplateResponse(request, "rounding_setup/preview.html", context)


#: Fields that belong to one answer of the page alone.
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "do", "in"})


def _chosen(tongues: Sequence[queries.Tongue], asked: str) -> queries.Tongue:
    known = {tongue.code: tongue for tongue in tongues}
    return known.get(asked) or known.get(get_language() or "") or tongues[0]


@require_GET
def version(request: "SignedIn", slug: str, pk: int, number: int) -> HttpResponse:
    """An older wording, to read."""
    thing, scope = _found(request, slug, pk)
    found: QuestionSetVersion = get_object_or_404(thing.versions.select_related("published_by"), number=number)
    lines = actions.lines_of(found)
    tongues = queries.tongues_of(found.language, lines)
    chosen = _chosen(tongues, request.GET.get("in", ""))
    context: dict[str, Any] = {
        "scope": scope,
        "set": thing,
        "version": found,
        "tongues": tongues,
        "chosen": chosen,
        "cards": question_rows.cards(lines, chosen.code, found.language),
    }
    return TemplateResponse(request, "rounding_setup/version.html", context)


@require_POST
def retire(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Offer a set no more."""
    thing, scope = _found(request, slug, pk)
    actions.retire(question_set=thing, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” is not offered any more. Rounds led with it stay.") % {"name": thing.name})
    return scope.back(LIST)


@require_POST
def bring_back(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Offer a retired set again."""
    thing, scope = _found(request, slug, pk)
    actions.bring_back(question_set=thing, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” is offered again.") % {"name": thing.name})
    return scope.back(LIST)
