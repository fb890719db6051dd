"""Files of numbers by upload: what came, previewed, counted or set aside."""

import csv
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boards.actions import categories as words
from boards.actions import feeds as actions
from boards.feeds import folders
from boards.feeds.long import LONG_COLUMNS
from boards.feeds.problems import Finding
from boards.forms.feeds import UploadForm
from boards.models import Batch, Category
from boards.queries import feeds
from boards.rules import OPEN_MINUTES, OpeningReason
from org.models import Organisation
from org.rules import NotAllowed, Permission
from org.views.pages import look_at

if TYPE_CHECKING:
    from org.views.pages import SignedIn

#: In the session: the files of which the rows were opened, and when.
OPENED: Final = "opened_files"
OPEN_FOR: Final = timedelta(minutes=OPEN_MINUTES)


def governed(request: "SignedIn") -> list[Organisation]:
    """The organisations whose files this person may import; 403 where there is none. A file may name any unit."""
    found = list(Organisation.objects.governed_by(request.user, Permission.READING_IMPORT).order_by("name"))
    if not found:
        raise PermissionDenied(_("Your role does not include this for the whole organization."))
    return found


def asked_for(request: "SignedIn") -> Organisation:
    """The organisation that the address names (`?organisation=`), or the first."""
    found = governed(request)
    asked = request.GET.get("organisation", "")
    organisation = next((one for one in found if one.slug == asked), found[0])
    look_at(request, organisation.pk)
    return organisation


def batch_of(request: "SignedIn", pk: int) -> Batch:
    """A file of an organisation of this person's; 404 otherwise."""
    batches = Batch.objects.filter(organisation__in=governed(request))
    batch = get_object_or_404(batches.select_related("source", "mapping", "received_by", "organisation"), pk=pk)
    look_at(request, batch.organisation_id)
    return batch


@require_GET
def overview(request: "SignedIn") -> HttpResponse:
    """Sources, what came last, what waits, what was set aside and why, what is due and not there."""
    organisation = asked_for(request)
    context = {
        "organisation": organisation,
        "organisations": governed(request),
        "page": feeds.feeds_page(organisation),
    }
    return TemplateResponse(request, "boards/feeds/overview.html", context)


@require_http_methods(["GET", "POST"])
def upload(request: "SignedIn") -> HttpResponse:
    """Choose a file; it is checked and previewed, nothing counts yet."""
    organisation = asked_for(request)
    form = UploadForm(organisation, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        source, mapping = form.chosen()
        file = form.cleaned_data["file"]
        received = actions.preview_file(
            source=source,
            file_name=file.name or "",
            content=file.read(),
            mapping=mapping,
            by=request.user,
            at=timezone.now(),
        )
        if received.again:
            messages.info(request, _("This very file was counted before. Nothing changes."))
        return redirect("boards:feed-file", received.batch.pk)
    context = {"organisation": organisation, "form": form}
    return TemplateResponse(request, "boards/feeds/upload.html", context, status=422 if form.errors else 200)


@require_GET
def file(request: "SignedIn", pk: int) -> HttpResponse:
    """One file: what would be new, replaced and the same, every problem; to its sender the first rows."""
    batch = batch_of(request, pk)
    today = timezone.now().astimezone(batch.organisation.zone).date()
    own = batch.received_by_id == request.user.pk
    context = {
        "page": feeds.batch_page(batch, today, own=own),
        "batch": batch,
        "own": own,
        "may_open": batch.content is not None and (own or _sees_exact(request, batch)),
        "reasons": OpeningReason.choices,
    }
    return TemplateResponse(request, "boards/feeds/file.html", context)


def _sees_exact(request: "SignedIn", batch: Batch) -> bool:
    """Exact numbers take a right of their own, those of groups of staff the right to these as well."""
    exact = Organisation.objects.governed_by(request.user, Permission.STRATA_EXACT)
    staff = Organisation.objects.governed_by(request.user, Permission.WORKFORCE_VIEW)
    return exact.filter(pk=batch.organisation_id).exists() and (
        staff.filter(pk=batch.organisation_id).exists() or not feeds.speaks_of_staff(batch)
    )


@require_http_methods(["GET", "POST"])
def rows(request: "SignedIn", pk: int) -> HttpResponse:
    """The rows of a file, exactly as they were sent: for its sender, and for a reason for whoever may see exact
    numbers. Each opening is on record and lasts half an hour.
    """
    batch = batch_of(request, pk)
    if batch.received_by_id != request.user.pk and not _sees_exact(request, batch):
        raise PermissionDenied(_("Your role does not include this for the whole organization."))
    now = timezone.now()
    if request.method == "POST":
        chosen = request.POST.get("reason", "")
        reason = OpeningReason(chosen) if chosen in OpeningReason.values else None
        try:
            actions.open_rows(batch=batch, reason=reason, by=request.user, at=now)
        except NotAllowed as refusal:
            messages.error(request, str(refusal))
            return redirect("boards:feed-file", batch.pk)
        request.session[OPENED] = request.session.get(OPENED, {}) | {str(batch.pk): now.isoformat()}
        return redirect("boards:feed-rows", batch.pk)
    opened = request.session.get(OPENED, {}).get(str(batch.pk))
    if batch.content is None or opened is None or now - datetime.fromisoformat(opened) > OPEN_FOR:
        return redirect("boards:feed-file", batch.pk)
    number = request.GET.get("page", "")
    page = feeds.rows_page(batch, max(1, int(number)) if number.isascii() and number.isdigit() else 1)
    return TemplateResponse(request, "boards/feeds/rows.html", {"page": page, "batch": batch})


@require_POST
def count(request: "SignedIn", pk: int) -> HttpResponse:
    """Count a previewed file."""
    batch = batch_of(request, pk)
    try:
        received = actions.count_batch(batch=batch, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        if received.counted:
            messages.success(request, _("The file counts. The boards that it touches change within moments."))
        else:
            messages.error(request, _("Units or words have changed since the preview. Nothing counts."))
    return redirect("boards:feed-file", batch.pk)


@require_POST
def discard(request: "SignedIn", pk: int) -> HttpResponse:
    """Put a file away that does not count."""
    batch = batch_of(request, pk)
    try:
        actions.discard_batch(batch=batch, by=request.user, at=timezone.now())
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return redirect("boards:feed-file", batch.pk)
    messages.success(request, _("The file is discarded. Its record stays."))
    return redirect("boards:feeds")


@require_GET
def problems_csv(request: "SignedIn", pk: int) -> HttpResponse:
    """The problems of a file for a spreadsheet."""
    batch = batch_of(request, pk)
    found = [Finding(p.code, p.row, p.column, p.value) for p in batch.problems.all()]
    return HttpResponse(
        folders.errors_csv(found),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="problems-{batch.pk}.csv"'},
    )


@require_GET
def template_csv(request: "SignedIn") -> HttpResponse:
    """The simple long form with this organisation's own measures and units, to be filled in."""
    organisation = asked_for(request)
    yesterday = timezone.now().astimezone(organisation.zone).date() - timedelta(days=1)
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="readings.csv"'},
    )
    response.write("\ufeff")
    write = csv.writer(response)
    write.writerow(LONG_COLUMNS[:8])
    write.writerows(feeds.example_rows(organisation, yesterday))
    return response


@require_GET
def groups(request: "SignedIn") -> HttpResponse:
    """Words for groups of patients that nobody has mapped yet."""
    organisation = asked_for(request)
    context = {"organisation": organisation, "lines": feeds.waiting_words(organisation)}
    return TemplateResponse(request, "boards/feeds/groups.html", context)


@require_POST
def map_group(request: "SignedIn", pk: int) -> HttpResponse:
    """Say what a word means: a category that stands, or one of its own."""
    waiting = Category.objects.filter(dimension__organisation__in=governed(request))
    category = get_object_or_404(waiting.select_related("dimension"), pk=pk)
    by, at = request.user, timezone.now()
    try:
        if request.POST.get("into"):
            into = get_object_or_404(category.dimension.categories, pk=request.POST["into"])
            words.map_category(category=category, into=into, by=by, at=at)
            messages.success(request, _("Mapped. From the next file on it means %(name)s.") % {"name": into.name})
        else:
            words.accept_category(category=category, name=request.POST.get("name", ""), by=by, at=at)
            messages.success(request, _("It is a category of its own now."))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("boards:feed-groups")
