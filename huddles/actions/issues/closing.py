"""The loop closes where it began: the answer is read out, and the origin confirms or reopens."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history
from huddles.actions.issues.answering import NO_VERDICT
from huddles.actions.issues.history import UNANSWERED, Said, checked_text
from huddles.models import Huddle, Issue
from huddles.queries.terms import terms_of
from huddles.rules import issues as rules
from huddles.rules.issues import Act, Outcome, Status, Verdict
from org.models import User
from org.rules import NotAllowed


@transaction.atomic
def read_out(*, issue: Issue, by: User, at: datetime, huddle: Huddle | None = None) -> Issue:
    """Say that the answer was read out to the people where it began. Again changes nothing.

    An issue that joined another one has its answer read out for itself.
    """
    issue = history.locked(issue)
    rules.check(issue.status, Act.READ_OUT)
    if issue.read_out_at is None:
        said = Said(huddle=huddle)
        history.write(issue, Act.READ_OUT, by=by, at=at, changes={"read_out_at": at}, clock_at=None, said=said)
    return issue


@transaction.atomic
def confirm(
    *, issue: Issue, verdict: str, by: User, at: datetime, note: str = "", huddle: Huddle | None = None
) -> Issue:
    """Say at the origin whether what was done solved it. "Not solved" reopens it, with the note.

    For an issue that joined another one this is the word of its own origin: the other one closes when every origin has
    said so, and reopens when one of them says no. Raises NotAllowed where nothing is done yet.
    """
    note = checked_text(note, rules.NOTE_LENGTH)
    if verdict not in Verdict.values:
        raise NotAllowed(_("Say whether it is solved."))
    if not rules.closes(verdict):
        return reopen(issue=issue, note=note, by=by, at=at, huddle=huddle)
    issue, whole = history.locked_with_whole(issue)
    if Status(whole.status) not in {Status.DONE, Status.UNCONFIRMED}:
        rules.check(whole.status, Act.CONFIRM)
    word = {"verdict": verdict, "verdict_at": at, "verdict_by": by, "read_out_at": issue.read_out_at or at}
    said = Said(note=note, verdict=verdict, outcome=_declined(whole), huddle=huddle)
    waits = history.origins_without_word(whole, but=issue)
    if issue.pk != whole.pk:
        _joined_says(issue, word, said, by, at)
        if not waits:
            history.write(
                whole,
                Act.CONFIRM,
                by=by,
                at=at,
                changes={},
                clock_at=None,
                said=Said(verdict=whole.verdict, outcome=_declined(whole), other=issue),
            )
        return issue
    if waits:
        # The others have not said so yet: the word is kept, the clock runs on for them.
        history.write(
            whole, Act.CONFIRM, by=by, at=at, changes=word, clock_at=None, said=said, status=Status(whole.status)
        )
        return whole
    history.write(whole, Act.CONFIRM, by=by, at=at, changes=word, clock_at=None, said=said)
    return whole


@transaction.atomic
def reopen(*, issue: Issue, note: str, by: User, at: datetime, huddle: Huddle | None = None) -> Issue:
    """Say at the origin that it is not solved, and what is left: whoever did it has it again. Raises NotAllowed."""
    note = checked_text(note, rules.NOTE_LENGTH, required=_("Say what is not solved."), field="note")
    issue, whole = history.locked_with_whole(issue)
    rules.check(whole.status, Act.REOPEN)
    terms = terms_of(whole.place, whole.urgency, at)
    said = Said(note=note, verdict=Verdict.NOT_SOLVED, outcome=_declined(whole), huddle=huddle)
    if issue.pk != whole.pk:
        _joined_says(issue, NO_VERDICT, said, by, at, Act.REOPEN)
    owner = whole.owner_id if history.keeps(whole) else history.answering_for(whole, terms)
    own_word = NO_VERDICT if issue.pk == whole.pk else {}
    history.write(
        whole,
        Act.REOPEN,
        by=by,
        at=at,
        changes={**UNANSWERED, **own_word, "owner_id": owner, "arrived_at": at, "reopened": whole.reopened + 1},
        clock_at=terms.acknowledge_by(at),
        said=replace(said, other=None if issue.pk == whole.pk else issue),
        tell={owner} | history.beside(whole, terms),
    )
    return issue if issue.pk != whole.pk else whole


@transaction.atomic
def reporter_says(*, issue: Issue, verdict: str, at: datetime, line: str = "") -> Issue:
    """Keep what whoever told it without an account says about what was done, once for each time that it is done. It
    closes and opens nothing: whoever leads its origin is told, and reads it beside their own question. Raises
    NotAllowed.
    """
    line = checked_text(line, rules.LOOK_LENGTH, field="line")
    if verdict not in Verdict.values:
        raise NotAllowed(_("Say whether it is solved."), field="verdict")
    issue, whole = history.locked_with_whole(issue)
    rules.check(whole.status, Act.WORD)
    if issue.reporter_verdict:
        raise NotAllowed(_("You have said it already. Thank you."))
    lead = issue.owner_id if issue.confidential else terms_of(issue.origin, issue.urgency, at).lead
    history.write(
        issue,
        Act.WORD,
        by=None,
        at=at,
        changes={"reporter_verdict": verdict, "reporter_line": line},
        clock_at=None,
        said=Said(note=line, verdict=verdict, outcome=_declined(whole)),
        tell=() if lead is None else (lead,),
    )
    return issue


def _declined(whole: Issue) -> str:
    """The outcome that an event of the origin's word keeps: an honest no is accepted, not solved."""
    return whole.outcome if whole.outcome == Outcome.DECLINED else ""


def _joined_says(
    issue: Issue, word: Mapping[str, object], said: Said, by: User, at: datetime, act: Act = Act.CONFIRM
) -> None:
    history.write(issue, act, by=by, at=at, changes=word, clock_at=None, said=said, status=Status.MERGED)
