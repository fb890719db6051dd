"""Joining what is the same: one answer, every origin told, every origin confirms. It can be undone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history, standing
from huddles.actions.issues.answering import NO_VERDICT
from huddles.actions.issues.history import UNANSWERED, Said
from huddles.models import Issue
from huddles.queries.terms import terms_of
from huddles.rules import issues as rules
from huddles.rules.issues import IN_WORK, Act, Status, Verdict
from org.models import User
from org.rules import NotAllowed


@transaction.atomic
def merge(*, issue: Issue, into: Issue, by: User, at: datetime) -> Issue:
    """Let `issue` become part of `into`, with all that had joined it. Raises NotAllowed.

    Its origin hears the answer to `into` and confirms for itself.
    """
    if issue.pk == into.pk:
        raise NotAllowed(_("An issue cannot be part of itself."), field="into")
    _stand_alone(issue, into)
    first, second = sorted((issue.pk, into.pk))
    pair = {pk: history.locked(Issue(pk=pk)) for pk in (first, second)}  # always in this order: no deadlock
    issue, into = pair[issue.pk], pair[into.pk]
    if issue.organisation_id != into.organisation_id:
        raise NotAllowed(_("Choose an issue of this organization."), field="into")
    if issue.confidential or into.confidential:
        raise NotAllowed(_("A confidential issue stays by itself."), field="into")
    rules.check(issue.status, Act.MERGE)
    if Status(into.status) not in IN_WORK:
        raise NotAllowed(_not_worked_on(into), field="into")
    changes = {"merged_into": into, "place": into.place, "owner": into.owner, "read_out_at": None, **NO_VERDICT}
    said = Said(other=into)
    stopped = standing.stopping(issue, said)
    for part in issue.joined.select_for_update(no_key=True, of=("self",)).select_related("origin").order_by("pk"):
        history.write(part, Act.MERGE, by=by, at=at, changes=changes, clock_at=None, said=said, status=Status.MERGED)
    tell = {into.owner_id, issue.owner_id} | ({issue.raised_by_id} if issue.raised_by_id is not None else set())
    history.write(issue, Act.MERGE, by=by, at=at, changes=changes, clock_at=None, said=stopped, tell=tell)
    history.show(into)
    return issue


@transaction.atomic
def unmerge(*, issue: Issue, by: User, at: datetime) -> Issue:
    """Let an issue stand by itself again, where it was before it joined; where that unit is closed, at the place that
    the other one has now. Its clock goes on where it stood. Raises NotAllowed.

    Where only its origin had not said yet whether the other one is solved, that one closes now.
    """
    issue, whole = history.locked_with_whole(issue)
    rules.check(issue.status, Act.UNMERGE)
    terms = terms_of(_place_before(issue), issue.urgency, at)
    if terms.closed:
        terms = terms_of(whole.place, issue.urgency, at)
    owner = history.owner_at(terms)
    changes = {
        **UNANSWERED,
        **NO_VERDICT,
        "merged_into": None,
        "place_id": terms.unit_id,
        "owner_id": owner,
        "arrived_at": at,
    }
    clock_at, said = standing.going_on(issue, terms, at, Said(other=whole))
    history.write(issue, Act.UNMERGE, by=by, at=at, changes=changes, clock_at=clock_at, said=said, tell={owner})
    _alone_again(whole, issue, by, at)
    history.show(whole)
    return issue


def _place_before(issue: Issue) -> int:
    """Where the issue was when it last stood by itself: its history knows."""
    place = issue.place_id
    joins = issue.events.filter(act__in=(Act.MERGE, Act.UNMERGE)).order_by("-at", "-pk")
    for act, before in joins.values_list("act", "from_place"):
        if act == Act.UNMERGE:
            break
        place = before or place
    return place


def _alone_again(whole: Issue, left: Issue, by: User, at: datetime) -> None:
    """Nobody is left to be asked about `whole`: what is done closes; what is still worked on is asked anew later."""
    if whole.verdict not in {Verdict.SOLVED, Verdict.PARTLY} or history.origins_without_word(whole):
        return
    status = Status(whole.status)
    if status in {Status.DONE, Status.UNCONFIRMED}:
        said = Said(verdict=whole.verdict, other=left)
        history.write(whole, Act.CONFIRM, by=by, at=at, changes={}, clock_at=None, said=said)
    elif status != Status.CONFIRMED:
        Issue.objects.filter(pk=whole.pk).update(**NO_VERDICT)


def _stand_alone(issue: Issue, into: Issue) -> None:
    """Take the lock of joining, and refuse before any row is locked what is part of another issue already: an issue
    and its whole are locked in another order than two issues side by side.
    """
    history.hold_joining(issue.organisation_id)
    joined = set(
        Issue.objects.filter(pk__in=(issue.pk, into.pk), merged_into__isnull=False).values_list("pk", flat=True)
    )
    if issue.pk in joined:
        rules.check(Status.MERGED, Act.MERGE)
    if into.pk in joined:
        raise NotAllowed(_not_worked_on(into), field="into")


def _not_worked_on(into: Issue) -> str:
    return _("#%(number)s is not being worked on; choose one that is.") % {"number": into.number}
