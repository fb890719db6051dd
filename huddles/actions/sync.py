"""Entries of a huddle page, in the order in which people made them – at once, or after the network was away.

Each carries a UUID that its page made, and is applied once; one that is refused holds up no other.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from huddles.actions import huddles, issues, notes
from huddles.actions.issues.raising import Details
from huddles.models import Huddle, HuddleEntry, Issue
from huddles.rules import schedule
from huddles.rules.issues import Outcome, Size, Source, Urgency
from org import access
from org.models import User
from org.rules import NotAllowed, Permission

MOST_ENTRIES: Final = 200


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an entry. `note_uid`, `note_revision`: where its words stand; `reason` is for people."""

    id: str
    stored: bool
    reason: str = ""
    note_uid: str = ""
    note_revision: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it came: what is said in it, who said it, when, and when it arrived."""

    huddle: Huddle
    said: Mapping[str, Any]
    by: User
    at: datetime
    now: datetime

    def text(self, name: str) -> str:
        """A field as text."""
        found = self.said.get(name, "")
        return found if isinstance(found, str) else str(found)

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

    def issue(self, permission: Permission, *, at_origin: bool) -> Issue:
        """The named issue, when this person may do so there. Raises NotAllowed."""
        issue = Issue.objects.visible_to(self.by).select_related("origin", "place").filter(pk=self.number("issue"))
        found = issue.first()
        if found is None:
            raise NotAllowed(_("This issue is not there."))
        if not access.has(self.by, permission, found.origin if at_origin else found.place):
            raise NotAllowed(_("Your role does not include this here."))
        return found


def _mark(entry: Entry) -> None:
    choice, line = entry.text("choice"), entry.number("line")
    notes.mark(huddle=entry.huddle, line=line, choice=choice, by=entry.by, at=entry.at, now=entry.now)


def _note(entry: Entry) -> tuple[str, int]:
    note = notes.write_note(
        huddle=entry.huddle,
        uid=entry.uid("note"),
        line=entry.number("line"),
        text=entry.text("text"),
        revision=entry.number("revision"),
        by=entry.by,
        at=entry.at,
        now=entry.now,
    )
    return str(note.uid), note.revision


def _remove(entry: Entry) -> None:
    uid, revision = entry.uid("note"), entry.number("revision")
    notes.remove_note(huddle=entry.huddle, uid=uid, revision=revision, by=entry.by, at=entry.at, now=entry.now)


def _restore(entry: Entry) -> None:
    notes.restore_note(huddle=entry.huddle, uid=entry.uid("note"), by=entry.by, at=entry.at, now=entry.now)


def _raise(entry: Entry) -> None:
    unit = entry.huddle.unit
    if not access.has(entry.by, Permission.ISSUE_RAISE, unit):
        raise NotAllowed(_("Your role does not include this here."))
    urgent = entry.text("urgency") == Urgency.URGENT
    issues.raise_issue(
        title=entry.text("title"),
        unit=unit,
        source=Source.PAPER if entry.huddle.from_paper else Source.HUDDLE,
        client_id=entry.uid("id"),
        by=entry.by,
        at=entry.at,
        details=Details(spot=entry.text("spot"), urgency=Urgency.URGENT if urgent else Urgency.ROUTINE),
        huddle=entry.huddle,
    )


def _read_out(entry: Entry) -> None:
    issue = entry.issue(Permission.ISSUE_CONFIRM, at_origin=True)
    issues.read_out(issue=issue, by=entry.by, at=entry.at, huddle=entry.huddle)


def _confirm(entry: Entry) -> None:
    issue = entry.issue(Permission.ISSUE_CONFIRM, at_origin=True)
    verdict, note = entry.text("verdict"), entry.text("text")
    issues.confirm(issue=issue, verdict=verdict, note=note, by=entry.by, at=entry.at, huddle=entry.huddle)


def _sort(entry: Entry) -> None:
    issue, way = entry.issue(Permission.ISSUE_WORK, at_origin=False), entry.text("way")
    if way == "keep":
        issues.acknowledge(issue=issue, by=entry.by, at=entry.at, huddle=entry.huddle)
    elif way == Size.QUICK_HIT:
        issues.answer(
            issue=issue,
            outcome=Outcome.DECIDED,
            tell_staff=_("We do this ourselves, within days."),
            due_at=None,
            by=entry.by,
            at=entry.at,
            size=Size.QUICK_HIT,
            huddle=entry.huddle,
        )
    elif way == Size.ON_THE_SPOT:
        issues.settle(issue=issue, by=entry.by, at=entry.at, huddle=entry.huddle)
    else:
        raise NotAllowed(_("This entry cannot be read."))


def _check_in(entry: Entry) -> None:
    issue = entry.issue(Permission.ISSUE_WORK, at_origin=False)
    check_in, seen, line = entry.number("check_in"), entry.text("seen"), entry.text("text")
    issues.look_in(issue=issue, check_in=check_in, seen=seen, line=line, by=entry.by, at=entry.at, huddle=entry.huddle)


def _start(entry: Entry) -> None:
    huddles.start(huddle=entry.huddle, by=entry.by, at=entry.at)


def _step(entry: Entry) -> None:
    huddles.go_to_step(huddle=entry.huddle, step=entry.number("step"), by=entry.by, at=entry.at)


def _end(entry: Entry) -> None:
    huddles.end(huddle=entry.huddle, by=entry.by, at=entry.at)


#: Kind of entry → what it does; it may say where its words stand now.
KINDS: Final[Mapping[str, Callable[[Entry], tuple[str, int] | None]]] = {
    "start": _start,
    "step": _step,
    "end": _end,
    "mark": _mark,
    "note": _note,
    "remove": _remove,
    "restore": _restore,
    "issue": _raise,
    "read_out": _read_out,
    "confirm": _confirm,
    "sort": _sort,
    "check_in": _check_in,
}


def store_entries(*, huddle: Huddle, entries: Iterable[Mapping[str, Any]], by: User, at: datetime) -> list[Result]:
    """Apply entries in their order, each in a transaction of its own, and tell what became of each.

    An entry has `id` (a UUID), `kind` (of `KINDS`), `at` (ISO, when the person acted: taken as within the huddle) and
    what its kind says. The caller has checked that `by` may run huddles at the unit.
    """
    return [_store(huddle, entry, by, at) for entry in list(entries)[:MOST_ENTRIES]]


def _store(huddle: Huddle, said: Mapping[str, Any], by: User, now: datetime) -> Result:
    given = str(said.get("id", ""))[:36]
    try:
        uid, kind = UUID(given), str(said.get("kind", ""))
        act = KINDS[kind]
    except (ValueError, KeyError):
        return Result(given, stored=False, reason=_("This entry cannot be read."))
    try:
        with transaction.atomic():
            if not _is_first(huddle, uid, kind, now):
                return _again(uid)
            huddle.refresh_from_db()
            found = act(Entry(huddle, said, by, _acted_at(huddle, said.get("at"), now), now))
            if found:
                HuddleEntry.objects.filter(uid=uid).update(note_uid=found[0], note_revision=found[1])
    except NotAllowed as refusal:
        return Result(given, stored=False, reason=str(refusal))
    return Result(given, True, "", *found) if found else Result(given, stored=True)


def _is_first(huddle: Huddle, uid: UUID, kind: str, now: datetime) -> bool:
    """Whether nobody has stored this entry before. Of two that come at once the second waits for the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO huddles_huddleentry (uid, huddle_id, kind, stored_at, note_revision) "
            "VALUES (%s, %s, %s, %s, 0) ON CONFLICT (uid) DO NOTHING",
            [uid, huddle.pk, kind, now],
        )
        return bool(cursor.rowcount == 1)


def _again(uid: UUID) -> Result:
    before = HuddleEntry.objects.get(uid=uid)
    note = "" if before.note_uid is None else str(before.note_uid)
    return Result(str(uid), stored=True, note_uid=note, note_revision=before.note_revision)


def _acted_at(huddle: Huddle, said: object, now: datetime) -> datetime:
    """When the person acted: no earlier than the huddle, no later than now; now where the page did not say."""
    try:
        found = parse_datetime(said) if isinstance(said, str) else None
    except ValueError:
        found = None
    if found is None:
        return now
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    earliest = huddle.started_at or huddle.planned_at - schedule.EARLY
    return schedule.within(found, earliest=min(earliest, now), latest=now)
