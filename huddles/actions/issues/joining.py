"""Joining what is the same: one answer, every origin told, every origin confirms. It can be undone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history
from huddles.actions.issues.answering import NO_VERDICT
from huddles.actions.issues.history import UNANSWERED, Said
from huddles.models import Issue
from huddles.queries.terms import terms_of
from huddles.rules import issues as rules
from huddles.rules.issues import IN_WORK, Act, Status
from org.models import User
from org.rules import NotAllowed


@transaction.atomic
def merge(*, issue: Issue, into: Issue, by: User, at: datetime) -> Issue:
    """Let `issue` become part of `into`, with all that had joined it. Raises NotAllowed.

    Its origin hears the answer to `into` and confirms for itself.
    """
    first, second = sorted((issue.pk, into.pk))
    if first == second:
        raise NotAllowed(_("An issue cannot be part of itself."))
    pair = {pk: history.locked(Issue(pk=pk)) for pk in (first, second)}  # always in this order: no deadlock
    issue, into = pair[issue.pk], pair[into.pk]
    if issue.organisation_id != into.organisation_id:
        raise NotAllowed(_("Choose an issue of this organization."))
    if issue.confidential or into.confidential:
        raise NotAllowed(_("A confidential issue stays by itself."))
    rules.check(issue.status, Act.MERGE)
    if Status(into.status) not in IN_WORK:
        raise NotAllowed(_("#%(number)s is not being worked on; choose one that is.") % {"number": into.number})
    joined = list(issue.joined.select_for_update().order_by("pk"))
    for one in joined:
        history.write(
            one,
            Act.MERGE,
            by=by,
            at=at,
            changes={"merged_into": into},
            clock_at=None,
            said=Said(other=into),
            status=Status.MERGED,
        )
    changes = {"merged_into": into, "place": into.place, "owner": into.owner, "read_out_at": None, **NO_VERDICT}
    tell = {into.owner_id} | ({issue.raised_by_id} if issue.raised_by_id is not None else set())
    history.write(issue, Act.MERGE, by=by, at=at, changes=changes, clock_at=None, said=Said(other=into), tell=tell)
    history.show(into)
    return issue


@transaction.atomic
def unmerge(*, issue: Issue, by: User, at: datetime) -> Issue:
    """Let an issue stand by itself again, at the place that the other one has now. Raises NotAllowed."""
    issue, whole = history.locked_with_whole(issue)
    rules.check(issue.status, Act.UNMERGE)
    if whole.pk == issue.pk:
        raise NotAllowed(_("This issue stands by itself."))
    terms = terms_of(whole.place, issue.urgency, at)
    owner = history.owner_at(terms)
    changes = {
        **UNANSWERED,
        **NO_VERDICT,
        "merged_into": None,
        "place": whole.place,
        "owner_id": owner,
        "arrived_at": at,
    }
    clock_at = terms.acknowledge_by(at)
    said = Said(other=whole)
    history.write(issue, Act.UNMERGE, by=by, at=at, changes=changes, clock_at=clock_at, said=said, tell={owner})
    history.show(whole)
    return issue
