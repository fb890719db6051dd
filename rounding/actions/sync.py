"""Entries of a device, in the order in which people made them – at once, or after hours without network.

Whatever an entry makes carries a UUID of the device and is made once. One that is refused holds up no other but those
that hang on it: these wait, on the device, until a person has decided.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import TextChoices
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from huddles.rules import hints
from org import access
from org.models import Unit, User
from org.rules import NotAllowed, Permission
from rounding.actions import follow_ups, rounds
from rounding.models import Colleague, Observation, Promise, Question, QuestionSetVersion, Round
from rounding.queries.package import may_lead_by_pass
from rounding.rules.rounds import Differs, PromiseState

MOST_ENTRIES: Final = 100


class State(TextChoices):
    """What became of an entry."""

    STORED = "stored", "stored"
    REFUSED = "refused", "refused"
    DIFFERS = "differs", "differs"
    WAITS = "waits", "waits"


class Waits(Exception):  # noqa: N818 - not a fault
    """What this entry hangs on is not there yet."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an entry. `reason` is for people; `theirs` and `revision` are what stands instead of it; `about`
    is what else a device learns: the revision that it made, the number and address of an issue.
    """

    id: str
    state: State
    reason: str = ""
    theirs: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0
    about: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it came: what is said in it, who said it, when it arrived. `rounds`: those of the same batch that
    were looked up already, by their UUID.
    """

    said: Mapping[str, Any]
    by: User
    now: datetime
    rounds: dict[UUID, Round]

    def text(self, name: str) -> str:
        """A field as text."""
        found = self.said.get(name)
        return "" if found is None else str(found)

    def number(self, name: str) -> int:
        """A field as a whole number. Raises NotAllowed."""
        text = self.text(name)
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise NotAllowed(_("This entry cannot be read."))
        return int(text)

    def uid(self, name: str) -> UUID:
        """A field as UUID. Raises NotAllowed."""
        try:
            return UUID(self.text(name))
        except ValueError:
            raise NotAllowed(_("This entry cannot be read.")) from None

    def day(self, name: str) -> date:
        """A field as a day. Raises NotAllowed."""
        try:
            found = parse_date(self.text(name))
        except ValueError:
            found = None
        if found is None:
            raise NotAllowed(_("This is not a day."), field=name)
        return found

    @property
    def at(self) -> datetime:
        """When the person acted, by the clock of the device; when it arrived where that cannot be read."""
        try:
            found = parse_datetime(self.text("at"))
        except ValueError:
            found = None
        if found is None:
            return self.now
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found

    def round(self) -> Round:
        """The round to which this belongs. Raises Waits where it is not there."""
        uid = self.uid("round")
        found = self.rounds.get(uid) or Round.objects.select_related("unit__organisation").filter(uid=uid).first()
        if found is None:
            raise Waits
        self.rounds[uid] = found
        if self.by.pk not in (found.leader_id, found.partner_id):
            raise NotAllowed(_("This round is led by somebody else."))
        return found

    def observation(self, of_round: Round | None) -> Observation | None:
        """The observation to which this belongs, where it names one. Raises Waits where that is not there."""
        if not self.text("observation"):
            return None
        found = Observation.objects.filter(uid=self.uid("observation"), round=of_round).first()
        if found is None:
            raise Waits
        return found


def _begin(entry: Entry) -> Mapping[str, str | int]:
    unit = Unit.objects.select_related("organisation").filter(pk=entry.number("unit")).first()
    version = QuestionSetVersion.objects.select_related("question_set").filter(pk=entry.number("version")).first()
    if unit is None or not (
        access.has(entry.by, Permission.ROUND_LEAD, unit)
        or may_lead_by_pass(entry.by, unit, entry.text("pass"), entry.now)
    ):
        raise NotAllowed(_("You do not lead rounds at this unit."), field="unit")
    if version is None:
        raise NotAllowed(_("This question set is not there."), field="version")
    made = rounds.begin(
        uid=entry.uid("round"),
        unit=unit,
        version=version,
        leader=entry.by,
        partner=_partner(entry, unit),
        colleague=_colleague(entry, unit),
        began_at=entry.at,
        at=entry.now,
    )
    return {"unit": made.unit_id}


def _partner(entry: Entry, unit: Unit) -> User | None:
    if not entry.text("partner"):
        return None
    return User.objects.filter(
        pk=entry.number("partner"), memberships__unit__organisation=unit.organisation_id, is_active=True
    ).first()


def _colleague(entry: Entry, unit: Unit) -> Colleague | None:
    """With whom the round was; somebody who has left meanwhile is still meant, somebody of another unit is not."""
    return (
        Colleague.objects.filter(pk=entry.number("colleague"), unit=unit).first() if entry.text("colleague") else None
    )


def _note(entry: Entry) -> Mapping[str, str | int]:
    of_round, question = entry.round(), None
    if entry.text("question"):
        question = Question.objects.filter(pk=entry.number("question")).first()
        if question is None:
            raise NotAllowed(_("This question is not of this round."))
    made = rounds.note(
        uid=entry.uid("observation"),
        of_round=of_round,
        question=question,
        position=entry.number("position"),
        value=entry.text("value"),
        number=entry.text("number"),
        text=entry.text("text"),
        revision=entry.number("revision") if entry.text("revision") else 0,
        by=entry.by,
        said_at=entry.at,
        at=entry.now,
    )
    found = hints.find(made.text)
    return {"uid": str(made.uid), "revision": made.revision, **({"hint": found[0].words} if found else {})}


def _end(entry: Entry) -> Mapping[str, str | int]:
    rounds.end(of_round=entry.round(), by=entry.by, ended_at=entry.at, at=entry.now)
    return {}


def _discard(entry: Entry) -> Mapping[str, str | int]:
    found = Round.objects.filter(uid=entry.uid("round")).first()
    if found is not None:
        rounds.discard(of_round=found, by=entry.by, at=entry.now)
        entry.rounds.pop(found.uid, None)
    return {}


def _reflect(entry: Entry) -> Mapping[str, str | int]:
    asked = entry.number("asked") if entry.text("asked") else None
    rounds.reflect(of_round=entry.round(), asked=asked, surprised=entry.text("surprised"), by=entry.by, at=entry.now)
    return {}


def _thank(entry: Entry) -> Mapping[str, str | int]:
    of_round, person = entry.round(), None
    if entry.text("person"):
        person = User.objects.filter(
            pk=entry.number("person"), memberships__unit__organisation=of_round.organisation_id, is_active=True
        ).first()
    follow_ups.thank(
        uid=entry.uid("thanks"),
        unit=of_round.unit,
        name=entry.text("name"),
        text=entry.text("text"),
        person=person,
        of_round=of_round,
        observation=entry.observation(of_round),
        by=entry.by,
        said_at=entry.at,
        at=entry.now,
    )
    return {}


def _promise(entry: Entry) -> Mapping[str, str | int]:
    of_round = entry.round()
    made = follow_ups.promise(
        uid=entry.uid("promise"),
        unit=of_round.unit,
        text=entry.text("text"),
        due_on=entry.day("due_on"),
        of_round=of_round,
        observation=entry.observation(of_round),
        by=entry.by,
        said_at=entry.at,
        at=entry.now,
    )
    return {"revision": made.revision}


def _answer(entry: Entry) -> Mapping[str, str | int]:
    promise = Promise.objects.filter(uid=entry.uid("promise"), by=entry.by).first()
    if promise is None:
        raise Waits
    try:
        state = PromiseState(entry.text("state"))
    except ValueError:
        raise NotAllowed(_("This entry cannot be read.")) from None
    made = follow_ups.answer_promise(
        promise=promise,
        state=state,
        answer=entry.text("answer"),
        revision=entry.number("revision"),
        by=entry.by,
        at=entry.now,
    )
    return {"revision": made.revision}


def _issue(entry: Entry) -> Mapping[str, str | int]:
    observation = entry.observation(entry.round())
    if observation is None:
        raise NotAllowed(_("This entry cannot be read."))
    issue = follow_ups.raise_from(
        observation=observation,
        title=entry.text("title"),
        spot=entry.text("spot"),
        urgent=entry.text("urgency") == "urgent",
        client_id=entry.uid("id"),
        by=entry.by,
        at=entry.now,
    )
    return {"issue": issue.number, "pk": issue.pk}


#: Kind of entry → what it does; it tells what else the device should know.
KINDS: Final[Mapping[str, Callable[[Entry], Mapping[str, str | int]]]] = {
    "begin": _begin,
    "note": _note,
    "end": _end,
    "discard": _discard,
    "reflect": _reflect,
    "thank": _thank,
    "promise": _promise,
    "answer": _answer,
    "issue": _issue,
}


def store_entries(*, entries: Iterable[Mapping[str, Any]], by: User, at: datetime) -> list[Result]:
    """Apply entries in their order, each by one action and so in one transaction, and tell what became of each.

    An entry has `id` (a UUID), `kind` (of `KINDS`), `at` (ISO, when the person acted) and what its kind says.
    """
    found: dict[UUID, Round] = {}
    return [_store(Entry(entry, by, at, found)) for entry in list(entries)[:MOST_ENTRIES]]


def _store(entry: Entry) -> Result:
    said = entry.said
    given = str(said.get("id", ""))[:36]
    act = KINDS.get(str(said.get("kind", "")))
    if act is None:
        return Result(given, State.REFUSED, _("This entry cannot be read."))
    try:
        return Result(given, State.STORED, about=act(entry))
    except (Waits, Round.DoesNotExist):  # the latter was discarded on another device just now
        return Result(given, State.WAITS, _("What this belongs to has not arrived yet."))
    except Differs as other:
        return Result(given, State.DIFFERS, str(other), other.theirs, other.revision)
    except NotAllowed as refusal:
        return Result(given, State.REFUSED, str(refusal), about={"field": refusal.field} if refusal.field else {})
