"""Raising an issue, and changing its words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from boards.models import Letter, Measure
from huddles.actions.issues import history, standing
from huddles.actions.issues.history import Said, checked_choice, checked_text
from huddles.actions.issues.planning import propose
from huddles.models import Choice, Huddle, Issue
from huddles.queries.strata import groups_of
from huddles.queries.terms import terms_of
from huddles.rules import issues as rules
from huddles.rules.issues import Act, ChoiceKind, Harm, Size, Source, Status, Urgency
from org.models import Organisation, Unit, User
from org.rules import NotAllowed
from org.tokens import token_hash

_NUMBERS = 0x48_42_49_53  # the name of the lock under which numbers are given, one organisation at a time


@dataclass(frozen=True, slots=True)
class Details:
    """What may be said about an issue besides what is wrong and where. All of it may stay out."""

    detail: str = ""
    tried: str = ""
    spot: str = ""
    urgency: Urgency = Urgency.ROUTINE
    size: Size = Size.UNSORTED
    recurring: bool = False
    people_touched: int | None = None
    harm: str = ""
    groups: Sequence[str] = field(default_factory=tuple)
    letter: Letter | None = None
    category: Choice | None = None
    measure: Measure | None = None
    first_seen_on: date | None = None
    reporter: str = ""
    confidential: bool = False


@transaction.atomic
def raise_issue(
    *,
    title: str,
    unit: Unit,
    source: Source,
    client_id: UUID,
    by: User | None,
    at: datetime,
    details: Details = Details(),
    huddle: Huddle | None = None,
    follow_token: str = "",
) -> Issue:
    """Raise an issue at `unit`: it is there, and whoever leads the unit owns it. The same `client_id` again gives the
    issue that is there already, and changes nothing.

    `by` None: told without an account. `follow_token` opens the page on which the answer can be read without one; only
    its hash is kept. A confidential issue goes to the first person of trust at once. Raises NotAllowed.
    """
    known = Issue.objects.filter(client_id=client_id).first()
    if known is not None:
        return known
    terms = terms_of(unit, details.urgency, at)
    if terms.closed:
        raise NotAllowed(_("This unit is closed."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_NUMBERS, unit.organisation_id])
    known = Issue.objects.filter(client_id=client_id).first()
    if known is not None:
        return known
    last = Issue.objects.filter(organisation=unit.organisation_id).aggregate(last=Max("number"))["last"] or 0
    owner = history.owner_at(terms) if not details.confidential else history.first_trusted(unit.organisation_id)
    issue = Issue(
        organisation_id=unit.organisation_id,
        number=last + 1,
        client_id=client_id,
        title=checked_text(title, rules.TITLE_LENGTH, required=_("Say what is wrong.")),
        detail=checked_text(details.detail, rules.NOTE_LENGTH),
        tried=checked_text(details.tried, rules.NOTE_LENGTH),
        spot=checked_text(details.spot, 80),
        origin=unit,
        place=unit,
        owner_id=owner,
        status=Status.RAISED,
        urgency=details.urgency,
        size=details.size,
        confidential=details.confidential,
        recurring=details.recurring,
        people_touched=_people(unit.organisation, details),
        harm=details.harm,
        groups=list(details.groups),
        letter=details.letter,
        measure=details.measure,
        source=source,
        huddle=huddle,
        raised_by=by,
        reporter=checked_text(details.reporter, 80),
        follow_hash=token_hash(follow_token) if follow_token else None,
        raised_at=at,
        first_seen_on=details.first_seen_on,
        arrived_at=at,
        clock_at=terms.acknowledge_by(at),
        changed_at=at,
    )
    issue.category = checked_choice(issue, details.category, ChoiceKind.CATEGORY)
    _check_ours(issue, details)
    issue.save(force_insert=True)
    event = history.remember(issue, Act.RAISE, by=by, at=at, said=Said(huddle=huddle), from_place=None)
    told = {owner, *terms.stand_ins} if details.urgency == Urgency.URGENT or details.confidential else set()
    if details.confidential:
        told = {owner}
    if by is not None:
        told.discard(by.pk)
    history.send(issue, event, told)
    history.show(issue)
    history.touch_huddle(huddle)
    return issue


def _check_ours(issue: Issue, details: Details) -> None:
    for named in (details.letter, details.measure):
        if named is not None and named.organisation_id != issue.organisation_id:
            raise NotAllowed(_("This belongs to another organization."))
    strange = set(details.groups) - set(issue.groups) if issue.pk else set(details.groups)
    if strange and not strange <= {group.key for group in groups_of(issue.organisation_id)}:
        raise NotAllowed(_("This belongs to another organization."))
    if details.harm and details.harm not in Harm.values:
        raise NotAllowed(_("Say whether somebody was harmed."))


def _people(house: Organisation, details: Details) -> int | None:
    """A number that tells who a named group of patients is, is not kept."""
    return rules.people_told(details.people_touched, details.groups, house.small_cell_threshold)


@transaction.atomic
def edit(*, issue: Issue, title: str, details: Details, revision: int, by: User, at: datetime) -> Issue:
    """Change the words of an issue. Raises NotAllowed where somebody else has changed it since `revision`."""
    issue = history.locked(issue)
    if issue.revision != revision:
        raise NotAllowed(_("Somebody has changed this issue meanwhile. Look at it again; your words are still here."))
    _check_ours(issue, details)
    changes = {
        "title": checked_text(title, rules.TITLE_LENGTH, required=_("Say what is wrong.")),
        "detail": checked_text(details.detail, rules.NOTE_LENGTH),
        "tried": checked_text(details.tried, rules.NOTE_LENGTH),
        "spot": checked_text(details.spot, 80),
        "urgency": details.urgency,
        "size": details.size,
        "recurring": details.recurring,
        "people_touched": _people(issue.organisation, details),
        "harm": details.harm,
        "groups": list(details.groups),
        "letter": details.letter,
        "measure": details.measure,
        "category": checked_choice(issue, details.category, ChoiceKind.CATEGORY),
        "first_seen_on": details.first_seen_on,
    }
    clock_at = None
    if details.urgency != issue.urgency and issue.status in {Status.RAISED, Status.ACKNOWLEDGED}:
        terms = terms_of(issue.place, details.urgency, at)
        clock_at = terms.acknowledge_by(at) if issue.status == Status.RAISED else standing.answer_by(issue, terms, at)
    grows = issue.size != details.size
    history.write(issue, Act.EDIT, by=by, at=at, changes=changes, clock_at=clock_at)
    if grows:
        propose(issue, None, by, at)
    return issue
