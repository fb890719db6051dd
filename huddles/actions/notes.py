"""What is tapped and written in a huddle. Nobody's words are lost: who changes what another has changed leaves a second
note beside the first.
"""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.huddles import changed, locked
from huddles.models import AgendaLine, Huddle, HuddleMark, HuddleNote
from huddles.rules import schedule
from huddles.rules.agendas import CHOICES, NOTE_LENGTH, Choice, Section
from org.models import User
from org.rules import NotAllowed


def _writable(huddle: Huddle, line_id: int, now: datetime) -> tuple[Huddle, AgendaLine]:
    """The locked huddle and its line. Raises NotAllowed where nothing can be written there any more."""
    huddle = locked(huddle)
    if huddle.started_at is None:
        raise NotAllowed(_("This huddle has not begun yet."))
    if not schedule.may_write(ended_at=huddle.ended_at, now=now):
        raise NotAllowed(_("This huddle is closed for writing: it ended more than three days ago."))
    line = AgendaLine.objects.filter(pk=line_id, version=huddle.version_id).first()
    if line is None:
        raise NotAllowed(_("This line is not on the agenda of this huddle."))
    return huddle, line


def _moment(huddle: Huddle, at: datetime, now: datetime) -> datetime:
    assert huddle.started_at is not None
    return schedule.within(at, earliest=min(huddle.started_at, now), latest=now)


@transaction.atomic
def mark(*, huddle: Huddle, line: int, choice: str, by: User, at: datetime, now: datetime | None = None) -> None:
    """Tap a choice beside a line (its id), or take the tap away with an empty one. The latest tap counts: one that
    comes in late changes nothing. `at` is when the person tapped, `now` (default `at`) when it arrives.
    """
    now = now or at
    huddle, found = _writable(huddle, line, now)
    section = Section(found.section)
    if choice and choice not in CHOICES.get(section, ()):
        raise NotAllowed(_("This cannot be tapped here."))
    if section == Section.FIDELITY and huddle.ended_at is None:
        raise NotAllowed(_("The self-check comes after the huddle."))
    at = _moment(huddle, at, now)
    before = HuddleMark.objects.filter(huddle=huddle, line=found).first()
    if before is not None and before.tapped_at > at:
        return
    if before is None:
        if choice:
            HuddleMark.objects.create(huddle=huddle, line=found, choice=Choice(choice), tapped_at=at, by=by)
    elif choice:
        before.choice, before.tapped_at, before.by = Choice(choice), at, by
        before.save(update_fields=["choice", "tapped_at", "by"])
    else:
        before.delete()
    changed(huddle)


@transaction.atomic
def write_note(
    *,
    huddle: Huddle,
    uid: UUID,
    line: int,
    text: str,
    revision: int,
    by: User,
    at: datetime,
    now: datetime | None = None,
) -> HuddleNote:
    """Write or change the note `uid` under a line (its id). `revision` is the one that the writer has seen, 0 for a new
    note. Where somebody else has changed or written it since, the words go into a second note beside it.
    """
    now = now or at
    text = text.strip().replace("\x00", "")
    if not text:
        raise NotAllowed(_("Write something, or remove the note."))
    if len(text) > NOTE_LENGTH:
        raise NotAllowed(_("This has %(n)s characters; at most %(most)s fit.") % {"n": len(text), "most": NOTE_LENGTH})
    huddle, found = _writable(huddle, line, now)
    at = _moment(huddle, at, now)
    note = HuddleNote.objects.filter(uid=uid).first()
    if note is not None and note.huddle_id != huddle.pk:
        raise NotAllowed(_("This note belongs to another huddle."))
    if note is None or (note.revision != revision and note.text != text):
        note = HuddleNote.objects.create(
            uid=uid if note is None else uuid4(),
            huddle=huddle,
            line=found if note is None else note.line,
            text=text,
            by=by,
            written_at=at,
            changed_at=at,
            beside=note,
        )
    elif note.text != text or note.removed_at is not None:
        note.text, note.revision, note.by, note.changed_at, note.removed_at = text, note.revision + 1, by, at, None
        note.save(update_fields=["text", "revision", "by", "changed_at", "removed_at"])
    else:
        return note
    changed(huddle)
    return note


@transaction.atomic
def remove_note(
    *, huddle: Huddle, uid: UUID, revision: int, by: User, at: datetime, now: datetime | None = None
) -> HuddleNote:
    """Take a note away; `restore_note` brings it back. Raises NotAllowed where somebody has changed it since."""
    now = now or at
    note = _note(huddle, uid)
    huddle, _line = _writable(huddle, note.line_id, now)
    note.refresh_from_db()
    if note.removed_at is not None:
        return note
    if note.revision != revision:
        raise NotAllowed(_("Somebody has changed this note meanwhile. It stays."))
    note.removed_at, note.changed_at, note.by = _moment(huddle, at, now), _moment(huddle, at, now), by
    note.save(update_fields=["removed_at", "changed_at", "by"])
    changed(huddle)
    return note


@transaction.atomic
def restore_note(*, huddle: Huddle, uid: UUID, by: User, at: datetime, now: datetime | None = None) -> HuddleNote:
    """Bring back a note that was taken away."""
    now = now or at
    note = _note(huddle, uid)
    huddle, _line = _writable(huddle, note.line_id, now)
    note.refresh_from_db()
    if note.removed_at is not None:
        note.removed_at, note.changed_at, note.by = None, _moment(huddle, at, now), by
        note.save(update_fields=["removed_at", "changed_at", "by"])
        changed(huddle)
    return note


def _note(huddle: Huddle, uid: UUID) -> HuddleNote:
    note = HuddleNote.objects.filter(uid=uid, huddle=huddle).first()
    if note is None:
        raise NotAllowed(_("This note is not there."))
    return note
