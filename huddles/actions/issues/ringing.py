"""Clocks that ring: silence climbs once for each tier, late promises are told once, what nobody confirms is closed."""

import logging
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, Q

from huddles.actions.issues import handing, history
from huddles.actions.issues.history import UNANSWERED, Said
from huddles.models import Confidant, Issue
from huddles.queries.terms import terms_of
from huddles.rules.clocks import CLOCKS, Clock
from huddles.rules.issues import OPEN, Act, Status
from org.rules import NotAllowed

logger = logging.getLogger(__name__)


def ring_due(*, at: datetime, most: int = 500) -> int:
    """Ring every clock that has run out at `at`, at most `most`, each in a transaction of its own; give how many.

    One that cannot ring is logged and asked again; it does not hold up the others.
    """
    due = list(Issue.objects.ringing(at).order_by("clock_at").values_list("pk", flat=True)[:most])
    rung = 0
    for pk in due:
        try:
            rung += ring(issue_id=pk, at=at)
        except (NotAllowed, DatabaseError) as error:
            logger.warning("the clock of issue %s: %s", pk, type(error).__name__)
    return rung


@transaction.atomic
def ring(*, issue_id: int, at: datetime) -> bool:
    """Ring the clock of one issue, unless somebody was faster or rings it at this moment. Give whether it rang.

    Not taken in time: the issue, and its ownership, climb to the next tier, whose clock begins; at the top the owner
    and the stand-ins are told, once. No answer, or a promise late: the owner and the stand-ins are told, once. Not
    confirmed in time: closed as such. Parked until now: taken up again.
    """
    issue = (
        Issue.objects.ringing(at)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .select_related("origin", "place")
        .filter(pk=issue_id)
        .first()
    )
    if issue is None:
        return False
    clock = CLOCKS[Status(issue.status)]
    said = Said(clock=clock)
    if clock == Clock.LOOK_AGAIN:
        handing.resume(issue=issue, by=None, at=at)
    elif clock == Clock.CONFIRM:
        tell = {issue.owner_id}
        history.write(issue, Act.TIME_OUT, by=None, at=at, changes={}, clock_at=None, said=said, tell=tell)
    elif clock == Clock.ACKNOWLEDGE and _climbs(issue, at):
        pass
    else:
        terms = terms_of(issue.place, issue.urgency, at)
        people = {issue.owner_id} | history.beside(issue, terms)
        if not issue.confidential and terms.lead is not None:
            people.add(terms.lead)
        history.write(issue, Act.REMIND, by=None, at=at, changes={"rang_at": at}, clock_at=None, said=said, tell=people)
    return True


def pass_on(*, at: datetime, most: int = 500) -> int:
    """Pass on, one by one, the open issues whose owner may sign in no more, or hears no more what is confidential; give
    how many were passed on.
    """
    trusted = Confidant.objects.filter(organisation=OuterRef("organisation"), user=OuterRef("owner"))
    gone = Q(owner__is_active=False) | Q(confidential=True) & ~Exists(trusted)
    left = Issue.objects.filter(gone, status__in=sorted(OPEN)).order_by("pk")
    return sum(handing.inherit(issue_id=pk, at=at) for pk in left.values_list("pk", flat=True)[:most])


def _climbs(issue: Issue, at: datetime) -> bool:
    """Move an issue that nobody took to the unit above. False at the top, where nobody is above who may sign in, and
    for what only named people may read.
    """
    here = terms_of(issue.place, issue.urgency, at)
    if here.parent_id is None or issue.confidential:
        return False
    above = terms_of(here.parent_id, issue.urgency, at)
    if above.lead is None:
        return False
    before = {issue.owner_id, *here.stand_ins}
    history.write(
        issue,
        Act.CLIMB,
        by=None,
        at=at,
        changes={
            **UNANSWERED,
            "place_id": above.unit_id,
            "owner_id": above.lead,
            "arrived_at": at,
            "climbs": issue.climbs + 1,
        },
        clock_at=above.acknowledge_by(at),
        said=Said(clock=Clock.ACKNOWLEDGE),
        tell={above.lead, *above.stand_ins, *before},
    )
    return True
