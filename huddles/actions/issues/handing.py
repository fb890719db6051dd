"""Taking an issue and handing it on: to a person, up, down, sideways, for information, to the parking lot."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues import history, standing
from huddles.actions.issues.history import UNANSWERED, Said, checked_choice, checked_text
from huddles.models import Choice, Huddle, Issue, IssueCopy
from huddles.queries.terms import Terms, terms_of
from huddles.rules import issues as rules
from huddles.rules.issues import OPEN, Act, Ask, ChoiceKind, Status
from org.models import Unit, User
from org.rules import NotAllowed


@transaction.atomic
def acknowledge(*, issue: Issue, by: User, at: datetime, huddle: Huddle | None = None) -> Issue:
    """Take an issue where it is: whoever does so owns it from now on, and the clock of the answer begins."""
    issue = history.locked(issue)
    history.check_trust(issue, by)
    terms = terms_of(issue.place, issue.urgency, at)
    history.write(
        issue,
        Act.ACKNOWLEDGE,
        by=by,
        at=at,
        changes={"owner": by},
        clock_at=standing.answer_by(issue, terms, at),
        said=Said(huddle=huddle),
    )
    return issue


@transaction.atomic
def assign(*, issue: Issue, owner: User, by: User, at: datetime, note: str = "") -> Issue:
    """Give an issue to one person at its place. Raises NotAllowed for somebody who has no role in the organisation."""
    issue = history.locked(issue)
    history.check_person(issue, owner)
    after = rules.check(issue.status, Act.ASSIGN)
    starts = after != issue.status
    history.write(
        issue,
        Act.ASSIGN,
        by=by,
        at=at,
        changes={"owner": owner},
        clock_at=standing.answer_by(issue, terms_of(issue.place, issue.urgency, at), at) if starts else None,
        said=Said(note=checked_text(note, rules.NOTE_LENGTH)),
        tell={owner.pk},
    )
    return issue


@transaction.atomic
def escalate(
    *,
    issue: Issue,
    cannot: Choice | None,
    ask: str,
    asked: str,
    needed_by: datetime | None,
    by: User,
    at: datetime,
    to: Unit | None = None,
    note: str = "",
    huddle: Huddle | None = None,
) -> Issue:
    """Hand the issue, and its ownership, to the next tier; `to` skips tiers, and then `note` says why.

    Raises NotAllowed without a reason, an ask, a time by which it is needed, or anything above.
    """
    issue = history.locked(issue)
    rules.check(issue.status, Act.ESCALATE)
    history.check_open(issue)
    here = terms_of(issue.place, issue.urgency, at)
    if here.parent_id is None:
        raise NotAllowed(_("Nothing is above %(unit)s. It is answered here.") % {"unit": issue.place.name})
    to = to or Unit.objects.get(pk=here.parent_id)
    if to.pk not in _above(issue.place, here):
        told = _("%(unit)s is not above %(place)s.") % {"unit": to.name, "place": issue.place.name}
        raise NotAllowed(told, field="to")
    note = checked_text(note, rules.NOTE_LENGTH)
    if to.pk not in {here.parent_id, issue.place.second_parent_id} and not note:
        raise NotAllowed(_("Say why a tier is skipped."), field="note")
    if ask not in Ask.values:
        raise NotAllowed(_("Say what you ask for."))
    if needed_by is None or needed_by <= at:
        raise NotAllowed(_("Say by when it is needed; the time lies ahead."), field="needed_by")
    if needed_by > at + rules.FURTHEST:
        raise NotAllowed(_("Choose a day within a year."), field="needed_by")
    changes = {
        "cannot": checked_choice(issue, cannot, ChoiceKind.CANNOT, _("Say why it cannot be solved here.")),
        "ask": ask,
        "asked": checked_text(asked, 200, required=_("Say in one line what you ask for."), field="asked"),
        "needed_by": needed_by,
    }
    _hand(
        issue,
        Act.ESCALATE,
        to,
        by,
        at,
        changes,
        Said(note=note, ask=ask, choice=cannot, due_at=needed_by, huddle=huddle),
    )
    return issue


@transaction.atomic
def lift(*, issue: Issue, at: datetime) -> Issue:
    """Hand the issue to the unit above, since a rule says so; at the top, and where nobody is above, it stays."""
    issue = history.locked(issue)
    here = terms_of(issue.place, issue.urgency, at)
    if here.parent_id is None or issue.confidential or terms_of(here.parent_id, issue.urgency, at).lead is None:
        return issue
    _hand(issue, Act.ESCALATE, Unit.objects.get(pk=here.parent_id), None, at, {}, Said())
    return issue


@transaction.atomic
def delegate(*, issue: Issue, to: Unit, note: str, by: User, at: datetime, huddle: Huddle | None = None) -> Issue:
    """Hand the issue down to `to`, a unit below its place or where it began. Raises NotAllowed."""
    issue = history.locked(issue)
    rules.check(issue.status, Act.DELEGATE)
    history.check_open(issue)
    below = issue.place_id in _above(to, terms_of(to, issue.urgency, at))
    began = to.pk == issue.origin_id and to.pk not in _above(issue.place, terms_of(issue.place, issue.urgency, at))
    if to.pk == issue.place_id or not (below or began):
        told = _("%(unit)s is not below %(place)s.") % {"unit": to.name, "place": issue.place.name}
        raise NotAllowed(told, field="to")
    note = checked_text(note, rules.NOTE_LENGTH, required=_("Say what they shall do."), field="note")
    _hand(issue, Act.DELEGATE, to, by, at, {}, Said(note=note, huddle=huddle))
    return issue


@transaction.atomic
def transfer(*, issue: Issue, to: Unit, note: str, by: User, at: datetime, huddle: Huddle | None = None) -> Issue:
    """Hand the issue, and its ownership, sideways: to a support service or another unit. Raises NotAllowed."""
    issue = history.locked(issue)
    rules.check(issue.status, Act.TRANSFER)
    history.check_open(issue)
    here = terms_of(issue.place, issue.urgency, at)
    if to.organisation_id != issue.organisation_id or to.pk == issue.place_id:
        raise NotAllowed(_("Choose another unit of this organization."))
    if to.pk in _above(issue.place, here):
        raise NotAllowed(_("%(unit)s is above: send it up, with an ask.") % {"unit": to.name}, field="to")
    note = checked_text(note, rules.NOTE_LENGTH, required=_("Say what they shall do."), field="note")
    _hand(issue, Act.TRANSFER, to, by, at, {}, Said(note=note, huddle=huddle))
    return issue


@transaction.atomic
def copy_to(*, issue: Issue, unit: Unit, by: User | None, at: datetime) -> Issue:
    """Let another unit know, without handing it anything. The same unit again changes nothing. Raises NotAllowed."""
    issue = history.locked(issue)
    if unit.organisation_id != issue.organisation_id:
        raise NotAllowed(_("Choose another unit of this organization."))
    if issue.confidential:
        raise NotAllowed(_("A confidential issue is not copied."))
    _copy, made = IssueCopy.objects.get_or_create(issue=issue, unit=unit, defaults={"copied_at": at, "copied_by": by})
    if made:
        history.write(issue, Act.COPY, by=by, at=at, changes={}, clock_at=None, said=Said(note=unit.name))
        history.show(issue, {unit.pk})
    return issue


@transaction.atomic
def park(
    *,
    issue: Issue,
    reason: Choice | None,
    look_again_on: date,
    by: User,
    at: datetime,
    note: str = "",
    huddle: Huddle | None = None,
) -> Issue:
    """Put an issue on the parking lot until a day, with a reason that everybody sees. Raises NotAllowed."""
    issue = history.locked(issue)
    terms = terms_of(issue.place, issue.urgency, at)
    today = at.astimezone(terms.zone).date()
    if look_again_on <= today:
        raise NotAllowed(_("Choose a later day on which to look at it again."), field="look_again_on")
    if look_again_on > today + rules.FURTHEST:
        raise NotAllowed(_("Choose a day within a year."), field="look_again_on")
    said = Said(
        note=checked_text(note, rules.NOTE_LENGTH),
        choice=checked_choice(issue, reason, ChoiceKind.PARK, _("Say why it waits.")),
        huddle=huddle,
    )
    history.write(
        issue,
        Act.PARK,
        by=by,
        at=at,
        changes={},
        clock_at=datetime.combine(look_again_on, terms.level.works_from, terms.zone),
        said=standing.stopping(issue, said),
        tell=_begun_with(issue),
    )
    return issue


@transaction.atomic
def resume(*, issue: Issue, by: User | None, at: datetime) -> Issue:
    """Take an issue off the parking lot, to where it was; its clock goes on where it stood."""
    issue = history.locked(issue)
    terms = terms_of(issue.place, issue.urgency, at)
    clock_at, said = standing.going_on(issue, terms, at, Said())
    changes = {**UNANSWERED, "arrived_at": at}
    history.write(issue, Act.RESUME, by=by, at=at, changes=changes, clock_at=clock_at, said=said, tell={issue.owner_id})
    return issue


@transaction.atomic
def inherit(*, issue_id: int, at: datetime) -> bool:
    """Pass an open issue on whose owner may sign in no more, or is trusted no more with what is confidential: to
    whoever leads its place, or to the first person of trust; its clock runs on. Give whether it was passed on; not,
    where nobody is there or its owner still is.
    """
    issue = history.locked(Issue(pk=issue_id))
    if history.keeps(issue) or Status(issue.status) not in OPEN:
        return False
    terms = terms_of(issue.place, issue.urgency, at)
    try:
        owner = history.answering_for(issue, terms)
    except NotAllowed:
        return False  # a house without anybody; it is asked again
    tell = {owner} | history.beside(issue, terms)
    history.write(issue, Act.INHERIT, by=None, at=at, changes={"owner_id": owner}, clock_at=None, tell=tell)
    return True


def _begun_with(issue: Issue) -> set[int]:
    return {issue.raised_by_id} if issue.raised_by_id else set()


def _above(place: Unit, here: Terms) -> set[int]:
    """Ids of every unit above `place`, on either line."""
    above = set(here.above)
    if place.second_parent_id is not None:
        second = Unit.objects.values_list("path", flat=True).get(pk=place.second_parent_id)
        above |= {int(part) for part in second.split("/") if part}
    return above


def _hand(
    issue: Issue, act: Act, to: Unit, by: User | None, at: datetime, changes: Mapping[str, object], said: Said
) -> None:
    """Move the issue, and who owns it, to `to`, where its clock begins anew."""
    terms = terms_of(to, issue.urgency, at)
    if terms.closed:
        raise NotAllowed(_("%(unit)s is closed.") % {"unit": to.name}, field="to")
    owner = history.owner_at(terms)
    history.write(
        issue,
        act,
        by=by,
        at=at,
        changes={**UNANSWERED, **changes, "place": to, "owner_id": owner, "arrived_at": at},
        clock_at=terms.acknowledge_by(at),
        said=said,
        tell={owner, *terms.stand_ins},
    )
