"""The whole tree as a file: download, upload, look, apply."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org import queries
from org.actions import trees
from org.forms.units import TreeApplyForm, TreeFileForm
from org.models import Organisation
from org.rules import NotAllowed, Permission
from org.trees import COLUMNS, Step, TreePlan, decoded, plan_tree
from org.views.pages import organisation_of, today_in

if TYPE_CHECKING:
    from datetime import date

    from org.views.pages import SignedIn

#: How many problems and changes a page shows; the counts above them are of all.
MOST_SHOWN = 500


@require_GET
def download(request: "SignedIn", slug: str) -> HttpResponse:
    """The present tree as a file that can be changed and read back."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    # The mark lets spreadsheet programs read the file as UTF-8.
    response = HttpResponse("\ufeff" + queries.tree_file(here), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="units-{here.slug}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: "SignedIn", slug: str) -> HttpResponse:
    """Choose a file and see what it would change. Nothing is written."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    form = TreeFileForm(request.POST or None, request.FILES or None, initial={"from_day": today_in(here)})
    if request.method == "POST" and form.is_valid():
        text = decoded(form.cleaned_data["file"].read())
        return _preview(request, here, text, form.cleaned_data["from_day"], form.cleaned_data["close_missing"])
    context = {"form": form, "columns": COLUMNS, "organisation": here, "tab": "tree"}
    return TemplateResponse(request, "org/tree_file.html", context, status=422 if form.errors else 200)


@require_POST
def apply(request: "SignedIn", slug: str) -> HttpResponse:
    """Apply a file as it was shown; when the units have changed since, show it again."""
    here = organisation_of(request, slug, Permission.UNIT_EDIT)
    form = TreeApplyForm(request.POST)
    if not form.is_valid():
        return redirect("org:tree-file", slug=slug)
    wanted = form.cleaned_data
    try:
        plan = trees.apply_tree(
            organisation=here,
            text=wanted["text"],
            close_missing=wanted["close_missing"],
            fingerprint=wanted["fingerprint"],
            from_day=wanted["from_day"],
            today=today_in(here),
            by=request.user,
            at=timezone.now(),
        )
    except NotAllowed as error:
        return _preview(request, here, wanted["text"], wanted["from_day"], wanted["close_missing"], str(error))
    messages.success(request, _("%(count)d units were changed.") % {"count": len(plan.changes)})
    return redirect("org:tree", slug=slug)


def _preview(
    request: "SignedIn", here: Organisation, text: str, from_day: "date", close_missing: bool, refusal: str = ""
) -> HttpResponse:
    plan = plan_tree(text, queries.house_of(here), close_missing=close_missing)
    form = TreeApplyForm(
        initial={
            "text": text,
            "from_day": from_day.isoformat(),
            "close_missing": close_missing,
            "fingerprint": plan.fingerprint,
        }
    )
    context = {
        "form": form,
        "plan": plan,
        "changes": plan.changes[:MOST_SHOWN],
        "problems": plan.problems[:MOST_SHOWN],
        "counts": _counts(plan),
        "refusal": refusal,
        "from_day": from_day,
        "organisation": here,
        "tab": "tree",
    }
    status = 422 if plan.problems or refusal else 200
    return TemplateResponse(request, "org/tree_preview.html", context, status=status)


def _counts(plan: TreePlan) -> list[tuple[str, int]]:
    names = {
        Step.NEW: _("new"),
        Step.CHANGED: _("changed"),
        Step.MOVED: _("moved"),
        Step.CLOSED: _("closed"),
        Step.REOPENED: _("open again"),
    }
    return [*((name, plan.count(step)) for step, name in names.items()), (_("the same"), plan.same)]
