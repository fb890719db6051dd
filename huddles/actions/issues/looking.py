"""Looking at a big issue before it is done, and saying what was seen."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history
from huddles.actions.issues.answering import finish
from huddles.actions.issues.history import Said, checked_text
from huddles.actions.issues.planning import looked_at, next_look, open_one
from huddles.models import Huddle, Issue
from huddles.rules import issues as rules
from huddles.rules.issues import Act, Seen
from org.models import User
from org.rules import NotAllowed


@transaction.atomic
def look_in(
    *, issue: Issue, check_in: int, seen: str, by: User, at: datetime, line: str = "", huddle: Huddle | None = None
) -> Issue:
    """Say what was seen. "Needs help" tells whoever leads the place and stands in; "done" finishes the issue, and its
    origin is asked whether it is solved. Raises NotAllowed, also where somebody was faster.
    """
    issue, terms = looked_at(issue, Act.CHECK_IN, at)
    found = open_one(issue, check_in)
    if seen not in Seen.values:
        raise NotAllowed(_("Say what you saw."))
    found.seen, found.line, found.seen_at, found.seen_by = seen, checked_text(line, rules.LOOK_LENGTH), at, by
    found.save()
    tell: set[int] = set()
    if seen == Seen.NEEDS_HELP:
        tell = {issue.owner_id} | history.beside(issue, terms)
        if not issue.confidential and terms.lead is not None:
            tell.add(terms.lead)
    changes = {"check_in_at": next_look(issue, terms)}
    said = Said(note=found.line, seen=seen, due_at=terms.end_of(found.day), huddle=huddle)
    history.write(issue, Act.CHECK_IN, by=by, at=at, changes=changes, clock_at=None, said=said, tell=tell)
    return finish(issue=issue, by=by, at=at, note=found.line, huddle=huddle) if seen == Seen.DONE else issue
