"""The word that a desk gives to what waits there: one of five outcomes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions import issues
from huddles.actions.issues import history
from huddles.models import Issue
from huddles.rules.issues import Outcome, Status, status_text
from org.models import Unit, User
from org.rules import NotAllowed


@dataclass(frozen=True, slots=True)
class Word:
    """What is said: the outcome, and what it needs. `to` is whom it is handed down to, with `tell_staff` as what they
    shall do; `owner` None: whoever says it does it; `due_at` None: by the size of the issue.
    """

    outcome: Outcome
    tell_staff: str
    due_at: datetime | None = None
    owner: User | None = None
    to: Unit | None = None


@transaction.atomic
def say(*, issue: Issue, unit: Unit, word: Word, by: User, at: datetime) -> Issue:
    """Give `word` to an issue that waits at `unit`. Raises NotAllowed, also where somebody was faster."""
    issue = history.locked(issue)
    if issue.place_id != unit.pk or issue.status not in {Status.RAISED, Status.ACKNOWLEDGED}:
        raise NotAllowed(
            _("Somebody was faster: #%(number)s is “%(status)s” at %(unit)s now.")
            % {"number": issue.number, "status": status_text(issue.status, issue.outcome), "unit": issue.place.name}
        )
    if word.outcome == Outcome.DECLINED:
        return issues.decline(issue=issue, tell_staff=word.tell_staff, by=by, at=at)
    if word.outcome == Outcome.DELEGATED:
        if word.to is None:
            raise NotAllowed(_("Choose to whom it goes."))
        return issues.delegate(issue=issue, to=word.to, note=word.tell_staff, by=by, at=at)
    return issues.answer(
        issue=issue,
        outcome=word.outcome,
        tell_staff=word.tell_staff,
        due_at=word.due_at,
        owner=word.owner,
        by=by,
        at=at,
    )
