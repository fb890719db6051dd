"""Answering: what will happen, who does it by when, and one plain sentence for staff; then done."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history
from huddles.actions.issues.history import Said, checked_text
from huddles.actions.issues.planning import propose
from huddles.models import Huddle, Issue
from huddles.queries.terms import terms_of
from huddles.rules import issues as rules
from huddles.rules.issues import Act, Outcome, Size, Verdict
from org.models import User
from org.rules import NotAllowed

#: Outcomes after which somebody still does something; the others have acts of their own (`decline`, `delegate`).
_GOES_ON: Final = frozenset({Outcome.DECIDED, Outcome.RESOURCED, Outcome.WATCHED})


@transaction.atomic
def answer(
    *,
    issue: Issue,
    outcome: str,
    tell_staff: str,
    due_at: datetime | None,
    by: User,
    at: datetime,
    owner: User | None = None,
    size: Size | None = None,
    look_every: int | None = None,
    note: str = "",
    huddle: Huddle | None = None,
) -> Issue:
    """Answer an issue where it is: the outcome, a plain sentence for staff, who does it (default: whoever answers) and
    until when (default: by its size). A big one is looked at each `look_every` days until then (default: as this place
    usually does). The origin and whoever raised it are told. Raises NotAllowed.
    """
    issue = history.locked(issue)
    rules.check(issue.status, Act.ANSWER)
    if outcome not in _GOES_ON:
        raise NotAllowed(_("Choose an outcome."))
    tell_staff = checked_text(
        tell_staff, rules.TELL_STAFF_LENGTH, required=_("Say in one sentence what staff will hear."), field="tell_staff"
    )
    size = size or Size(issue.size)
    if due_at is None:
        due_at = terms_of(issue.place, issue.urgency, at).due(size, at)
    rules.check_promise(due_at, at)
    doer = owner or by
    if owner is not None:
        history.check_person(issue, owner)
    history.check_trust(issue, by)
    changes = {
        "outcome": outcome,
        "tell_staff": tell_staff,
        "answered_at": at,
        "answered_by": by,
        "answered_from": issue.place,
        "due_at": due_at,
        "owner": doer,
        "size": size,
        "read_out_at": None,
    }
    said = Said(note=_told(tell_staff, note), outcome=outcome, due_at=due_at, huddle=huddle)
    tell = told_of_answer(issue) | {doer.pk}
    history.write(issue, Act.ANSWER, by=by, at=at, changes=changes, clock_at=due_at, said=said, tell=tell)
    propose(issue, look_every, by, at)
    _hand_down(issue, read_out=False)
    return issue


@transaction.atomic
def decline(
    *, issue: Issue, tell_staff: str, by: User, at: datetime, note: str = "", huddle: Huddle | None = None
) -> Issue:
    """Say an honest no, with the reason that staff will hear. The origin may reopen it. Raises NotAllowed."""
    issue = history.locked(issue)
    rules.check(issue.status, Act.DECLINE)
    history.check_trust(issue, by)
    tell_staff = checked_text(
        tell_staff, rules.TELL_STAFF_LENGTH, required=_("Say why it is not possible."), field="tell_staff"
    )
    changes = {
        "outcome": Outcome.DECLINED,
        "tell_staff": tell_staff,
        "answered_at": at,
        "answered_by": by,
        "answered_from": issue.place,
        "owner": by,
        "due_at": None,
        "done_at": at,
        "read_out_at": None,
        "reporter_verdict": "",
        "reporter_line": "",
        **NO_VERDICT,
    }
    said = Said(note=_told(tell_staff, note), outcome=Outcome.DECLINED, huddle=huddle)
    clock_at = terms_of(issue.origin, issue.urgency, at).confirm_by(at)
    tell = told_of_answer(issue)
    history.write(issue, Act.DECLINE, by=by, at=at, changes=changes, clock_at=clock_at, said=said, tell=tell)
    _hand_down(issue, read_out=True)
    return issue


@transaction.atomic
def finish(*, issue: Issue, by: User, at: datetime, note: str = "", huddle: Huddle | None = None) -> Issue:
    """Say that it is done. It is not closed: its origin says whether it is solved. Raises NotAllowed.

    `note`, where something is said, is what staff hear from now on: what was answered before stays in the history.
    Without an answer before, being done is the answer. An origin that has said "solved"
    before, while another one has not, is not asked again.
    """
    issue = history.locked(issue)
    rules.check(issue.status, Act.FINISH)
    note = checked_text(note, rules.NOTE_LENGTH)
    changes: dict[str, object] = {"done_at": at, "read_out_at": None, "reporter_verdict": "", "reporter_line": ""}
    if note:
        changes["tell_staff"] = note[: rules.TELL_STAFF_LENGTH]
    if not issue.outcome:
        changes |= {
            "outcome": Outcome.DECIDED,
            "tell_staff": changes.get("tell_staff") or _("It is done."),
            "answered_at": at,
            "answered_by": by,
            "answered_from": issue.place,
        }
    clock_at = terms_of(issue.origin, issue.urgency, at).confirm_by(at)
    said = Said(note=note, outcome=str(changes.get("outcome", "")), huddle=huddle)
    tell = told_of_answer(issue)
    history.write(issue, Act.FINISH, by=by, at=at, changes=changes, clock_at=clock_at, said=said, tell=tell)
    _hand_down(issue, read_out=True)
    return issue


@transaction.atomic
def settle(*, issue: Issue, by: User, at: datetime, note: str = "", huddle: Huddle | None = None) -> Issue:
    """Done on the spot, by the people of its origin and with their word: answered, done and confirmed in one.

    Raises NotAllowed for an issue that is not where it began, or that others have joined.
    """
    issue = history.locked(issue)
    if issue.place_id != issue.origin_id or issue.joined.exists():
        raise NotAllowed(_("Only what is still where it began can be settled on the spot."))
    issue = finish(issue=issue, by=by, at=at, note=note, huddle=huddle)
    changes = {
        "verdict": Verdict.SOLVED,
        "verdict_at": at,
        "verdict_by": by,
        "size": Size.ON_THE_SPOT,
        "read_out_at": at,
    }
    said = Said(verdict=Verdict.SOLVED, huddle=huddle)
    history.write(issue, Act.CONFIRM, by=by, at=at, changes=changes, clock_at=None, said=said)
    return issue


#: The origin is asked anew.
NO_VERDICT: Final = {"verdict": "", "verdict_at": None, "verdict_by": None}


def told_of_answer(issue: Issue) -> set[int]:
    """Who hears of an answer: whoever raised it, and who leads its origin; so for every issue that joined it."""
    told: set[int] = set()
    for one in [issue, *issue.joined.select_related("origin")]:
        if one.raised_by_id is not None:
            told.add(one.raised_by_id)
        if one.confidential:
            continue
        terms = terms_of(one.origin, one.urgency, one.raised_at)
        told |= {terms.lead} if terms.lead is not None else set()
    return told


def _told(tell_staff: str, note: str) -> str:
    """What the history keeps of an answer: the sentence for staff, and what was said beside it."""
    return "\n".join(filter(None, (tell_staff, checked_text(note, rules.NOTE_LENGTH))))[: rules.NOTE_LENGTH]


def _hand_down(issue: Issue, *, read_out: bool) -> None:
    """Issues that joined this one hear its answer too; where somebody has said "solved" nobody is asked again."""
    joined = issue.joined.exclude(verdict__in=(Verdict.SOLVED, Verdict.PARTLY)) if read_out else issue.joined.all()
    joined.update(read_out_at=None, reporter_verdict="", reporter_line="", changed_at=issue.changed_at)
