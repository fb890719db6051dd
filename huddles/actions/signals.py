"""Signals become issues by the clock; what people do with the issue moves the signal, and the rules move the issue."""

import logging
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from analytics.signals import Cause, Event, State
from boards.actions import signals as boards_signals
from boards.models import Letter, Signal, SignalChange
from boards.queries.terms import AS_SHIPPED, say
from boards.rules import About
from boards.signals.alone import dismissed_below
from huddles.actions import issues
from huddles.actions.issues import handing, history
from huddles.actions.issues.closing import NO_VERDICT
from huddles.actions.issues.history import UNANSWERED, checked_text
from huddles.actions.issues.raising import Details
from huddles.models import Choice, Issue, SignalIssue
from huddles.queries import signal_words as words
from huddles.queries import signals as found
from huddles.queries.terms import terms_of
from huddles.rules.issues import CLOSED, TITLE_LENGTH, Act, ChoiceKind, Source, Status, Urgency
from org.models import Organisation, Unit, User
from org.rules import NotAllowed

logger = logging.getLogger(__name__)

#: The letter and the category of an issue about a gap, where the house has them.
LETTER: Final = "E"
CATEGORY: Final = "access"
#: Steps of a rule by which the next tier is asked.
_UP: Final = frozenset({Cause.OVERDUE, Cause.UNITS, Cause.HARM})
_ANEW: Final = frozenset({*_UP, Cause.HELD, Cause.AT_ONCE, Cause.SEQUENCE, Cause.LIMIT})
#: A measure and a group in one line: as much of a name as leaves room for the other.
_HALF: Final = 60


def carry_on(*, at: datetime, most: int = 500) -> int:
    """Raise what asks for help and has no issue, carry on what has one; give how many did anything. One transaction
    each: one that cannot go on is logged and asked again.
    """
    done = sum(_try(partial(_raised, pk, at)) for pk in found.to_raise(most))
    done += sum(_try(partial(follow, issue_id=pk, at=at)) for pk in found.to_follow(most))
    return done + sum(_try(partial(tell_newest, issue_id=pk, last=last, at=at)) for pk, last in found.to_tell(most))


def _try(work: "partial[bool]") -> int:
    try:
        return int(work())
    except (NotAllowed, DatabaseError) as error:
        logger.warning("a signal does not go on: %s", type(error).__name__)
        return 0


def _raised(signal_id: int, at: datetime) -> bool:
    return raise_for(signal_id=signal_id, at=at) is not None


@transaction.atomic
def raise_for(*, signal_id: int, at: datetime) -> Issue | None:
    """Open the issue of a signal at its unit, copied to the equity officers'; None where it has one, a unit below is
    asked about the same gap already, or it was dismissed there and is seen here only through that unit.
    """
    signal = boards_signals.locked(Signal(pk=signal_id))
    if signal.state != State.ESCALATED or not found.may_raise(signal) or _rests_with_below(signal, at):
        return None
    number = signal.issues.count()
    with translation.override(signal.organisation.language or settings.LANGUAGE_CODE):
        title, detail = _words(signal)
    issue = issues.raise_issue(
        title=title,
        unit=signal.unit,
        source=Source.RULE,
        client_id=uuid5(NAMESPACE_URL, f"huddleboard:signal:{signal.pk}:{number}"),
        by=None,
        at=at,
        details=Details(
            detail=detail,
            urgency=Urgency.GAP,
            groups=found.group_keys(signal),
            letter=_letter(signal),
            category=_category(signal.organisation),
            measure=signal.measure,
        ),
    )
    officers = found.officers(signal.unit)
    for unit in Unit.objects.filter(pk__in={unit for _person, unit in officers}).exclude(pk=signal.unit_id):
        issue = issues.copy_to(issue=issue, unit=unit, by=None, at=at)
    terms = terms_of(signal.unit, Urgency.GAP, at)
    people = {issue.owner_id, *terms.stand_ins, *(person for person, _unit in officers)}
    history.send(issue, issue.events.get(act=Act.RAISE), people)
    SignalIssue.objects.create(
        issue=issue,
        signal=signal,
        followed_to=issue.revision,
        told_step=_last_step(signal),
        told_block=found.newest_block(signal),
    )
    return issue


def _words(signal: Signal) -> tuple[str, str]:
    """Title and text of the issue, without a number of the group: figures are told where they are guarded."""
    change = signal.changes.filter(after=State.ESCALATED).last()
    measure, group = signal.measure.name[:_HALF], signal.group[:_HALF]
    own, shipped = say(signal.organisation, "gap"), AS_SHIPPED.say("gap")
    text = _("%(measure)s: a gap for %(group)s") if own == shipped else _("%(measure)s: %(gap)s, %(group)s")
    title = text % {"measure": measure, "group": group, "gap": own}
    parts = [
        _("Patients of the group “%(group)s” (%(dimension)s) fare worse here than everyone else.")
        % {"group": signal.group, "dimension": signal.dimension.name},
        words.cause(change, signal.measure) if change else "",
        _("The page of the signal tells the figures that may be told, and every step."),
    ]
    return title[:TITLE_LENGTH], " ".join(filter(None, parts))


def _letter(signal: Signal) -> Letter:
    own = Letter.objects.filter(organisation=signal.organisation, code=LETTER).first()
    return own or signal.measure.letter


def _category(organisation: Organisation) -> Choice | None:
    return Choice.objects.filter(
        organisation=organisation, kind=ChoiceKind.CATEGORY, code=CATEGORY, is_active=True
    ).first()


def _last_step(signal: Signal) -> int:
    return signal.changes.order_by("-pk").values_list("pk", flat=True).first() or 0


@transaction.atomic
def follow(*, issue_id: int, at: datetime) -> bool:
    """Let signal and issue know what happened to the other: people's acts move the signal, rules move the issue.

    Again changes nothing.
    """
    issue = history.locked(Issue(pk=issue_id))
    link = SignalIssue.objects.select_for_update().get(pk=issue_id)
    signal = boards_signals.locked(Signal(pk=link.signal_id))
    if not link.is_open:
        return False
    steps = list(signal.changes.filter(pk__gt=link.told_step).order_by("pk"))
    if _revision(issue) != link.followed_to:
        signal = _as_people_did(signal, issue, at)
    elif steps:
        issue = _as_rules_say(signal, issue, steps, at)
    whole = _whole(issue)
    link.is_open = Status(whole.status) not in CLOSED and signal.state != State.CLOSED
    link.followed_to = _revision(issue)
    link.told_step = _last_step(signal)
    link.save()
    return True


def _revision(issue: Issue) -> int:
    """A number that grows with every change of the issue, and of the one that it is part of."""
    return issue.revision + (issue.merged_into.revision if issue.merged_into else 0)


def _whole(issue: Issue) -> Issue:
    return issue.merged_into or issue


def _as_people_did(signal: Signal, issue: Issue, at: datetime) -> Signal:
    """Move the signal to where the issue stands now: its state, and the tier that is asked."""
    whole = _whole(issue)
    day = at.astimezone(signal.organisation.zone).date()
    event = whole.events.order_by("-at", "-pk").exclude(act__in=(Act.COPY, Act.EDIT, Act.STILL, Act.REMIND)).first()
    by = event.by if event else None
    role = found.role_of(by, whole.place)
    tier = whole.place.tier.level
    if tier != signal.tier:
        climbed = event is not None and event.act == Act.CLIMB
        cause = Cause.SILENCE if climbed else Cause.HANDED
        signal = boards_signals.hand(signal=signal, tier=tier, cause=cause, day=day, at=at, by=by, role=role)
    due = whole.due_at.astimezone(signal.organisation.zone).date() if whole.due_at else None
    for act in found.events_to(State(signal.state), signal.due, Status(whole.status), due):
        starts = due if act is Event.START else None
        signal = boards_signals.do(signal=signal, event=act, day=day, at=at, by=by, role=role, due=starts)
    return signal


def _as_rules_say(signal: Signal, issue: Issue, steps: list[SignalChange], at: datetime) -> Issue:
    """A gap that goes on after it was done opens its issue again; one that is late or wide goes up a tier."""
    causes = {Cause(step.cause) for step in steps if step.after == State.ESCALATED}
    status = Status(issue.status)
    if causes & _ANEW and status in {Status.DONE, *CLOSED}:
        terms = terms_of(issue.place, issue.urgency, at)
        owner = issue.owner_id if history.keeps(issue) else history.answering_for(issue, terms)
        history.write(
            issue,
            Act.REOPEN,
            by=None,
            at=at,
            changes={
                **UNANSWERED,
                **NO_VERDICT,
                "owner_id": owner,
                "arrived_at": at,
                "closed_at": None,
                "reopened": issue.reopened + 1,
            },
            clock_at=terms.acknowledge_by(at),
            tell={owner} | history.beside(issue, terms),
        )
    if causes & _UP and issue.place.tier.level < signal.tier and Act.ESCALATE in _allowed(issue):
        issue = handing.lift(issue=issue, at=at)
    return issue


def _allowed(issue: Issue) -> frozenset[Act]:
    return found.acts_of(Status(issue.status))


@transaction.atomic
def tell_newest(*, issue_id: int, last: date, at: datetime) -> bool:
    """Note in the history of an issue that newer figures are out and the gap is still there; once for each block."""
    issue = history.locked(Issue(pk=issue_id))
    link = SignalIssue.objects.select_for_update().get(pk=issue_id)
    if link.told_block is not None and link.told_block >= last:
        return False
    known = link.followed_to == _revision(issue)
    if Act.STILL in _allowed(issue):
        history.write(issue, Act.STILL, by=None, at=at, changes={}, clock_at=None)
    link.told_block = last
    if known:
        link.followed_to = _revision(issue)
    link.save()
    return True


@transaction.atomic
def dismiss(*, signal: Signal, reason: str, by: User, at: datetime) -> Signal:
    """Close a signal with a reason that is kept; its issue is answered with it, as an honest no. Units above that see
    the gap only through this one rest with it. It comes back by rule when the gap is worse. Raises NotAllowed without
    a reason, and for a signal that is over.
    """
    reason = checked_text(reason, boards_signals.REASON_LENGTH, required=_("Say why."), field="reason")
    link = SignalIssue.objects.filter(signal=signal, is_open=True).select_related("issue").first()
    issue = history.locked(link.issue) if link else None
    day = at.astimezone(signal.organisation.zone).date()
    signal = boards_signals.do(
        signal=signal, event=Event.DISMISS, day=day, at=at, by=by, role=found.role_of(by, signal.unit), reason=reason
    )
    if link is not None and issue is not None:
        if Act.DECLINE in _allowed(issue):
            issue = issues.decline(issue=issue, tell_staff=reason, by=by, at=at)
        SignalIssue.objects.filter(pk=link.pk).update(
            is_open=False, followed_to=_revision(issue), told_step=_last_step(signal)
        )
    _record("signal.dismissed", signal, by, at)
    for above in found.asking_above(signal):
        _rests_with_below(boards_signals.locked(above), at)
    return signal


def _rests_with_below(signal: Signal, at: datetime) -> bool:
    """Let a signal that asks nobody yet rest where its gap was dismissed below and is seen only through that unit."""
    day = at.astimezone(signal.organisation.zone).date()
    if signal.state != State.ESCALATED or not found.may_raise(signal):
        return False
    said = dismissed_below(signal, day)
    if said is None:
        return False
    boards_signals.do(
        signal=signal, event=Event.DISMISS, day=day, at=at, by=said.by, role=said.role, reason=said.reason
    )
    return True


@transaction.atomic
def answer_of_staff(
    *, signal: Signal, event: Event, said: str, by: User, at: datetime, due: date | None = None
) -> Signal:
    """Move a signal about staff, which has no issue: its readers take it on, say what is done and until when, that it
    is done, close it or ask anew, on its own page. All but taking it on takes words, which are kept with the step.
    Raises NotAllowed for a signal about patients, without words, and where it does not stand so.
    """
    if signal.measure.about != About.STAFF:
        raise NotAllowed(_("A gap between groups of patients is answered in its issue."))
    required = "" if event is Event.ACKNOWLEDGE else _("Say it in a sentence.")
    said = checked_text(said, boards_signals.REASON_LENGTH, required=required, field="said")
    day = at.astimezone(signal.organisation.zone).date()
    if event is Event.START and (due is None or due <= day):
        raise NotAllowed(_("Say until when: a day from tomorrow on."), field="due")
    return boards_signals.do(
        signal=signal,
        event=event,
        day=day,
        at=at,
        by=by,
        role=found.role_of(by, signal.unit),
        due=due if event is Event.START else None,
        reason=said,
    )


@transaction.atomic
def tell_harm(*, signal: Signal, by: User, at: datetime) -> Signal:
    """Say that a patient of the group came to serious harm: the next tier is asked at once. Raises NotAllowed for a
    signal about staff.
    """
    if signal.measure.about != About.PATIENTS:
        raise NotAllowed(_("This is said of patients."))
    day = at.astimezone(signal.organisation.zone).date()
    signal = boards_signals.do(
        signal=signal, event=Event.HARM, day=day, at=at, by=by, role=found.role_of(by, signal.unit)
    )
    _record("signal.harm", signal, by, at)
    return signal


def _record(verb: str, signal: Signal, by: User, at: datetime) -> None:
    boards_signals.record(verb, signal, by, at, {"measure": signal.measure.code})


__all__ = ["answer_of_staff", "carry_on", "dismiss", "follow", "raise_for", "tell_harm", "tell_newest"]
