"""Pictures and documents of an issue: hanging them on, giving them out safely, taking them away."""

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from huddles.actions import attachments as actions
from huddles.forms.issues import AttachmentForm
from huddles.queries.attachments import attachment_of
from huddles.queries.issues_allowed import allowed_acts, may_comment
from huddles.rules.issues import Act
from huddles.views.issue import after_act, answer_page, issue_of
from huddles.views.issue_acts import Done
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn

#: Nothing in a file runs, whatever it claims to be: shown alone, it is in a box without an origin.
POLICY: Final = "default-src 'none'; style-src 'none'; sandbox"


@require_POST
def attach(request: "SignedIn", pk: int) -> HttpResponse:
    """Hang a picture or a PDF on an issue."""
    now = timezone.now()
    issue = issue_of(request, pk)
    if not may_comment(issue, request.user):
        raise PermissionDenied(_("Your role does not include this here."))
    form = AttachmentForm(request.POST, request.FILES, prefix="attach")
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            actions.attach(
                issue=issue,
                content=sent.read(),
                name=sent.name,
                uid=form.cleaned_data["uid"],
                by=request.user,
                at=now,
            )
        except NotAllowed as refusal:
            form.add_error("file", str(refusal))
        else:
            return after_act(request, Done(issue, _("It hangs there now.")), now)
    return answer_page(request, issue, now, attach=form)


@require_GET
def attachment(request: "SignedIn", pk: int, attachment_pk: int) -> HttpResponse:
    """One attachment: a picture to look at, a document to keep."""
    found = attachment_of(issue_of(request, pk), attachment_pk)
    if found is None:
        raise Http404
    shown = found.media_type.startswith("image/")
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    kind = "inline" if shown else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(found.name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@require_POST
def attachment_remove(request: "SignedIn", pk: int, attachment_pk: int) -> HttpResponse:
    """Take an attachment away: whoever hung it there, or works with the issue."""
    now = timezone.now()
    issue = issue_of(request, pk)
    found = attachment_of(issue, attachment_pk)
    if found is None:
        raise Http404
    if found.by_id != request.user.pk and Act.EDIT not in allowed_acts(issue, request.user):
        raise PermissionDenied(_("Your role does not include this here."))
    actions.remove_attachment(attachment=found, by=request.user, at=now)
    return after_act(request, Done(issue, _("It is gone.")), now)
