"""What every act on an issue does besides its own: lock, check, write, remember, tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from huddles.models import Choice, Confidant, Huddle, Issue, IssueEvent
from huddles.rules import issues as rules
from huddles.rules.issues import CLOSED, Act, ChoiceKind, Status, Verdict
from org import audit, live, outbox
from org.models import User
from org.rules import NotAllowed

if TYPE_CHECKING:
    from huddles.queries.terms import Terms

#: What the next loop needs empty: an answer belongs to the place that gave it and stays in the history.
UNANSWERED: Final[Mapping[str, Any]] = {
    "outcome": "",
    "tell_staff": "",
    "answered_at": None,
    "answered_by": None,
    "answered_from": None,
    "due_at": None,
    "done_at": None,
    "read_out_at": None,
    "closed_at": None,
    "reporter_verdict": "",
    "reporter_line": "",
}


_JOINING: Final = 0x48_42_4A_4F  # the name of the lock under which issues are joined, one organisation at a time


@dataclass(frozen=True, slots=True)
class Said:
    """What an act carries besides its kind; everything is optional."""

    note: str = ""
    ask: str = ""
    outcome: str = ""
    verdict: str = ""
    seen: str = ""
    choice: Choice | None = None
    clock: str = ""
    due_at: datetime | None = None
    huddle: Huddle | None = None
    other: Issue | None = None


def locked(issue: Issue) -> Issue:
    """The issue as it stands now, for this transaction alone. What hangs on it can be added meanwhile.

    Locked first and read afterwards: a row that was waited for is joined anew with what it pointed to before, and an
    issue that has been handed on meanwhile would not be found.
    """
    list(Issue.objects.select_for_update(no_key=True).filter(pk=issue.pk).values_list("pk"))
    return Issue.objects.select_related("origin", "place").get(pk=issue.pk)


class _JoinedMeanwhile(Exception):  # noqa: N818 - not a fault: it is looked at again
    """An issue that stood alone a moment ago is part of another one by now."""


def hold_joining(organisation_id: int) -> None:
    """Let nobody else join or separate issues of an organisation until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_JOINING, organisation_id])


def locked_with_whole(issue: Issue) -> tuple[Issue, Issue]:
    """The issue and the one that it is part of, itself where it stands alone.

    Always the whole before its part, and a part only while nobody joins or separates: no deadlock. What was locked in
    vain is let go with its savepoint.
    """
    while True:
        try:
            with transaction.atomic():
                return _pair(issue)
        except _JoinedMeanwhile:
            continue


def _pair(issue: Issue) -> tuple[Issue, Issue]:
    is_part = Issue.objects.filter(pk=issue.pk, merged_into__isnull=False)
    if is_part.exists():
        hold_joining(issue.organisation_id)
        whole_id = Issue.objects.values_list("merged_into", flat=True).get(pk=issue.pk)
        if whole_id is not None:
            whole = locked(Issue(pk=whole_id))
            return locked(issue), whole
    alone = locked(issue)
    if alone.merged_into_id is not None:
        raise _JoinedMeanwhile
    return alone, alone


def checked_text(text: str, most: int, *, required: str = "", field: str = "") -> str:
    """`text` without blanks around it. Raises NotAllowed with `required` where it is empty, or where it is too long;
    `field` is what it was said in.
    """
    text = text.strip().replace("\x00", "")
    if not text and required:
        raise NotAllowed(required, field=field)
    if len(text) > most:
        raise NotAllowed(
            _("This has %(n)s characters; at most %(most)s fit.") % {"n": len(text), "most": most}, field=field
        )
    return text


def checked_choice(issue: Issue, choice: Choice | None, kind: ChoiceKind, required: str = "") -> Choice | None:
    """`choice` when it is of the list and in use. Raises NotAllowed."""
    if choice is None:
        if required:
            raise NotAllowed(required)
        return None
    if choice.organisation_id != issue.organisation_id or choice.kind != kind or not choice.is_active:
        raise NotAllowed(_("This choice is no longer in use. Choose another one."))
    return choice


def owner_at(terms: "Terms") -> int:
    """The person who answers for what arrives at a unit. Raises NotAllowed where nobody does."""
    if terms.lead is None:
        raise NotAllowed(_("Nobody leads this unit or one above it. An administrator names somebody first."))
    return terms.lead


def trusted(organisation_id: int) -> list[int]:
    """Ids of the people of trust who may sign in, in their order."""
    named = Confidant.objects.filter(organisation=organisation_id, user__is_active=True)
    return list(named.order_by("position", "pk").values_list("user_id", flat=True))


def first_trusted(organisation_id: int) -> int:
    """Who hears first what is confidential. Raises NotAllowed where nobody is named."""
    named = trusted(organisation_id)
    if not named:
        raise NotAllowed(_("Nobody is named yet to hear what is confidential. Ask an administrator to name somebody."))
    return named[0]


def keeps(issue: Issue) -> bool:
    """Whether its owner can have it on: may sign in, and is named still for what is confidential."""
    return issue.owner.is_active and (not issue.confidential or issue.owner_id in trusted(issue.organisation_id))


def answering_for(issue: Issue, terms: "Terms") -> int:
    """Who has what comes to `terms` when its owner cannot: who leads there, or the first person of trust."""
    return first_trusted(issue.organisation_id) if issue.confidential else owner_at(terms)


def beside(issue: Issue, terms: "Terms") -> set[int]:
    """Who is told beside the owner: the stand-ins of who leads; for what is confidential the other people of trust."""
    return set(trusted(issue.organisation_id)) if issue.confidential else set(terms.stand_ins)


def check_person(issue: Issue, person: User) -> None:
    """Whether `person` can have the issue: a role here, and for what is confidential, trust. Raises NotAllowed."""
    seats = person.memberships.filter(ended_on__isnull=True, unit__organisation=issue.organisation_id)
    if not person.is_active or not seats.exists():
        raise NotAllowed(_("%(name)s has no role here.") % {"name": person})
    check_trust(issue, person)


def check_trust(issue: Issue, person: User) -> None:
    """Whether `person` may have what is confidential. Raises NotAllowed."""
    if issue.confidential and person.pk not in trusted(issue.organisation_id):
        raise NotAllowed(_("%(name)s is not one of the people of trust.") % {"name": person})


def check_open(issue: Issue) -> None:
    """Refuse to hand on what only named people may read. Raises NotAllowed."""
    if issue.confidential:
        raise NotAllowed(_("A confidential issue stays with the people of trust."))


def write(
    issue: Issue,
    act: Act,
    *,
    by: User | None,
    at: datetime,
    changes: Mapping[str, Any],
    clock_at: datetime | None,
    said: Said = Said(),
    tell: Iterable[int] = (),
    status: Status | None = None,
) -> IssueEvent:
    """Let `act` happen to a locked issue: `changes` to its fields, its new status and clock, one event, the audit
    trail, messages to the people `tell` (ids; whoever acts is not told), and word to open pages.

    `clock_at` None keeps the running clock where the status stays, else there is none. Raises NotAllowed.
    """
    before = Status(issue.status)
    after = status or rules.check(before, act)
    from_place, from_owner = issue.place_id, issue.owner_id
    for name, value in changes.items():
        setattr(issue, name, value)
    issue.status = after
    if clock_at is not None or after != before:
        issue.clock_at, issue.rang_at = clock_at, None
    if after in CLOSED and issue.closed_at is None:
        issue.closed_at = at
    if issue.check_in_at is not None and not rules.is_looked_at(after, issue.size):
        issue.check_ins.filter(seen="").delete()  # planned by whoever was on it
        issue.check_in_at = None
    issue.changed_at, issue.revision = at, issue.revision + 1
    issue.save()
    if (issue.place_id, issue.owner_id) != (from_place, from_owner):
        issue.joined.update(place=issue.place_id, owner=issue.owner_id)
    event = remember(issue, act, by=by, at=at, said=said, from_place=from_place)
    touch_huddle(said.huddle)
    told = {pk for pk in tell if by is None or pk != by.pk}
    if told:
        send(issue, event, told)
    show(issue, {from_place})
    return event


def remember(
    issue: Issue, act: Act, *, by: User | None, at: datetime, said: Said, from_place: int | None
) -> IssueEvent:
    """One event in the history of `issue`, and one in the audit trail."""
    event = IssueEvent.objects.create(
        issue=issue,
        at=at,
        act=act,
        by=by,
        from_place_id=from_place,
        to_place_id=issue.place_id,
        owner_id=issue.owner_id,
        status=issue.status,
        ask=said.ask,
        outcome=said.outcome,
        verdict=said.verdict,
        choice=said.choice,
        clock=said.clock,
        seen=said.seen,
        due_at=said.due_at,
        note=said.note,
        huddle=said.huddle,
        other=said.other,
    )
    facts: dict[str, str | int] = {"number": issue.number, "place": issue.place_id, "owner": issue.owner_id}
    for name in ("ask", "outcome", "verdict", "clock", "seen"):
        if getattr(said, name):
            facts[name] = getattr(said, name)
    if said.choice is not None:
        facts["choice"] = said.choice.code
    if said.other is not None:
        facts["other"] = said.other.number
    audit.record(
        f"issue.{act.value}",
        subject=issue,
        by=by,
        at=at,
        organisation_id=issue.organisation_id,
        unit_id=issue.place_id,
        facts=facts,
    )
    return event


def send(issue: Issue, event: IssueEvent, people: Iterable[int]) -> None:
    """Leave each of `people` one message about `event`; the same event again leaves none. No words of the issue."""
    for person in User.objects.filter(pk__in=sorted(set(people)), is_active=True).order_by("pk"):
        tell(issue, person, act=event.act, dedup_key=f"issue-event:{event.pk}:{person.pk}", at=event.at)


def tell(issue: Issue, person: User, *, act: str, dedup_key: str, at: datetime) -> None:
    """Leave `person` one message about `issue`, without a word of what was written."""
    outbox.queue(
        template="issue",
        recipient=person.email,
        dedup_key=dedup_key,
        at=at,
        context={
            "act": act,
            "number": issue.number,
            "unit": issue.place.name,
            "origin": issue.origin.name,
            "link": f"{settings.SITE_URL}/issues/{issue.pk}/",
        },
        organisation_id=issue.organisation_id,
        language=person.language or settings.LANGUAGE_CODE,
    )


def record_beside(verb: str, issue: Issue, *, by: User | None, at: datetime) -> None:
    """Record that something beside an issue is another one now, words or a picture, and show it."""
    audit.record(
        verb,
        subject=issue,
        by=by,
        at=at,
        organisation_id=issue.organisation_id,
        unit_id=issue.place_id,
        facts={"number": issue.number},
    )
    show(issue)


def show(issue: Issue, places: Iterable[int | None] = ()) -> None:
    """Tell open pages of the units concerned that the issue is another one now. A confidential one tells nobody."""
    if issue.confidential:
        return
    origins = Issue.objects.filter(merged_into=issue).values_list("origin_id", flat=True)
    units = {issue.place_id, issue.origin_id, *(place for place in places if place is not None), *origins}
    live.publish_many([(live.unit_topic(unit), {"issues": [issue.pk]}) for unit in sorted(units)])


def origins_without_word(whole: Issue, *, but: Issue | None = None) -> bool:
    """Whether an origin of `whole`, its own or that of an issue that joined it, has not said "solved" yet; `but` is
    not asked.
    """
    closing = (Verdict.SOLVED, Verdict.PARTLY)
    but_id = 0 if but is None else but.pk
    own = whole.pk != but_id and whole.verdict not in closing
    return own or whole.joined.exclude(pk=but_id).exclude(verdict__in=closing).exists()


def touch_huddle(huddle: Huddle | None) -> None:
    """A huddle page shows the issues of its huddle: it has something new."""
    if huddle is not None:
        Huddle.objects.filter(pk=huddle.pk).update(revision=F("revision") + 1)
        live.publish(live.unit_topic(huddle.unit_id), {"huddle": huddle.pk})
