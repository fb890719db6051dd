"""Words beside an issue."""

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from huddles.actions import comments as actions
from huddles.forms.issues import CommentForm
from huddles.queries import issues_people
from huddles.queries.issues_allowed import may_comment
from huddles.views.issue import after_act, answer_page, issue_of
from huddles.views.issue_acts import Done
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_POST
def comment(request: "SignedIn", pk: int) -> HttpResponse:
    """Write beside an issue; who is named is asked."""
    now = timezone.now()
    issue = issue_of(request, pk)
    if not may_comment(issue, request.user):
        raise PermissionDenied(_("Your role does not include this here."))
    form = CommentForm(request.POST, prefix="comment")
    form.fields["mention"].queryset = issues_people.readers(issue)  # type: ignore[attr-defined]
    if form.is_valid():
        said = form.cleaned_data
        asked = [said["mention"]] if said["mention"] else []
        try:
            actions.comment(issue=issue, text=said["text"], uid=said["uid"], mention=asked, by=request.user, at=now)
        except NotAllowed as refusal:
            form.add_error("text", str(refusal))
        else:
            return after_act(request, Done(issue, _("Written.")), now)
    return answer_page(request, issue, now, comment=form)


@require_POST
def comment_remove(request: "SignedIn", pk: int, comment_pk: int) -> HttpResponse:
    """Take one's own words back."""
    now = timezone.now()
    issue = issue_of(request, pk)
    found = get_object_or_404(issue.comments.filter(by=request.user), pk=comment_pk)
    actions.remove_comment(comment=found, by=request.user, at=now)
    return after_act(request, Done(issue, _("Your comment is gone.")), now)
