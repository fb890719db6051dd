"""What is known by a secret instead of an account: the code at a unit, and an issue that is followed."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from huddles.models import CaptureCode, Issue
from huddles.queries import words
from huddles.queries.issues_words import deadline, status_word
from huddles.rules.issues import TRANSITIONS, Act, Outcome, Status, verdict_text
from org.models import Unit
from org.tokens import token_hash


@dataclass(frozen=True, slots=True)
class Followed:
    """An issue as whoever told it without an account may read it: no names, no words of others but the answer."""

    number: int
    unit: str
    raised: str
    steps: tuple[tuple[str, str, bool], ...]
    status_text: str
    where: str
    outcome: str
    tell_staff: str
    due: str
    open: bool
    declined: bool
    asks: bool  # whoever told it can say whether it is solved
    word: str  # what they have said
    line: str


def code_of(token: str) -> CaptureCode | None:
    """The code that hangs at an open unit, by its token."""
    found = CaptureCode.objects.select_related("unit__organisation", "unit__tier")
    return found.filter(token=token, ended_at__isnull=True, unit__closed_on__isnull=True).first()


def code_at(unit: Unit) -> CaptureCode | None:
    """The code that hangs at `unit` now, for whoever may make one there."""
    return CaptureCode.objects.filter(unit=unit, ended_at__isnull=True).select_related("made_by").first()


def issue_of(token: str) -> Issue | None:
    """The issue that the token of a follower opens."""
    return Issue.objects.filter(follow_hash=token_hash(token)).first()


def followed(token: str, now: datetime) -> Followed | None:
    """What the token of a follower shows. One statement; None for a token that was never given."""
    related = ("organisation", "origin", "place", "merged_into__place")
    issue = Issue.objects.select_related(*related).filter(follow_hash=token_hash(token)).first()
    if issue is None:
        return None
    local = now.astimezone(issue.organisation.zone)
    whole = issue.merged_into or issue
    where = _("with a person of trust") if issue.confidential else whole.place.name
    declined = whole.outcome == Outcome.DECLINED
    done = whole.done_at is not None and not declined
    times = [
        (_("Told"), issue.raised_at),
        (_("Declined") if declined else _("Answered"), whole.answered_at),
        (_("Done"), whole.done_at),
        (_("Accepted") if declined else _("Confirmed"), issue.verdict_at if whole.status == Status.CONFIRMED else None),
    ]
    if declined:
        del times[2]
    return Followed(
        number=issue.number,
        unit=issue.origin.name,
        raised=words.clock(issue.raised_at, local),
        steps=tuple((name, words.clock(at, local) if at else "", at is not None) for name, at in times),
        status_text=status_word(whole),
        where=where,
        outcome=_("Done") if done else str(Outcome(whole.outcome).label) if whole.outcome else "",
        tell_staff=whole.tell_staff,
        due=deadline(whole.due_at, local) if whole.due_at and whole.status == Status.ANSWERED else "",
        open=whole.closed_at is None,
        declined=declined,
        asks=Act.WORD in TRANSITIONS[Status(whole.status)] and not issue.reporter_verdict,
        word=verdict_text(issue.reporter_verdict, whole.outcome) if issue.reporter_verdict else "",
        line=issue.reporter_line,
    )
