"""Files become readings here: checked, previewed, counted or set aside. Nothing is ever half-loaded."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from boards.actions.readings import ReadingRows, StoreResult, store_readings
from boards.actions.retired import newest_alias, without_retired
from boards.actions.strata import stratum_ids
from boards.feeds import archive
from boards.feeds.check import Checked
from boards.feeds.dense import with_zeros
from boards.feeds.mapping import Recipe, recipe
from boards.feeds.problems import Finding, severity
from boards.feeds.reading import FileReading, read_file
from boards.feeds.vocabulary import Vocabulary, vocabulary
from boards.models import Batch, Category, FeedMapping, Problem, Source
from boards.rules import CategoryState, OpeningReason
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User

#: Larger files are refused unread; `FEED_MAX_BYTES` in the settings says otherwise.
LARGEST_FILE = 128 * 1024 * 1024
#: A file with one of these problems is not kept: nobody knows what is in it, or it is known too well.
NEVER_KEPT = frozenset({"patient_identifier", "too_many_groups", "too_big", "not_text", "nul_bytes"})


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a file. `again`: this very file counted before, as `batch`, and nothing was done."""

    batch: Batch
    findings: list[Finding]
    again: bool = False

    @property
    def counted(self) -> bool:
        """Whether its readings count now."""
        return self.batch.state == Batch.State.IMPORTED


@transaction.atomic
def file_source(*, organisation: Organisation, code: str, by: "User | None", at: datetime) -> Source:
    """The source of this code, made when it is not there."""
    source, made = Source.objects.get_or_create(
        organisation=organisation, code=code, defaults={"name": code, "kind": Source.SourceKind.FILE}
    )
    if made:
        audit.record("source.made", subject=source, by=by, at=at, organisation_id=organisation.pk)
    return source


def digest(content: bytes, mapping: FeedMapping | None, newest: int) -> str:
    """What makes a file the same file: its bytes, the mapping by which they are read, and the words mapped so far."""
    sha = hashlib.sha256(content)
    if mapping is not None:
        sha.update(json.dumps(mapping.settings, sort_keys=True).encode())
    if newest:
        sha.update(str(newest).encode())
    return sha.hexdigest()


@transaction.atomic
def preview_file(
    *, source: Source, file_name: str, content: bytes, mapping: FeedMapping | None, by: "User | None", at: datetime
) -> Received:
    """Receive a file without counting it: the batch says what is wrong and what would be new, replaced, the same."""
    found, reading, words = _receive(source, file_name, content, mapping, by, at, partial=source.partial_allowed)
    if reading is None or words is None:
        return found
    batch = found.batch
    if batch.state == Batch.State.PREVIEWED:
        before = transaction.savepoint()
        result = _store(batch, _good(reading), at, zeros=_made_of_rows(batch))
        transaction.savepoint_rollback(before)
        _note_result(batch, result)
    batch.content = _content(batch, content, reading, words)
    batch.save()
    _record("feed.received", batch, by, at)
    return found


@transaction.atomic
def import_file(
    *,
    source: Source,
    file_name: str,
    content: bytes,
    mapping: FeedMapping | None,
    by: "User | None",
    at: datetime,
    partial: bool = False,
    dry_run: bool = False,
) -> Received:
    """Receive a file and count it at once, all of it or nothing; with `partial` or a source that allows it, good rows.

    With `dry_run` nothing stays behind; the returned batch says what would have happened.
    """
    found, reading, words = _receive(
        source, file_name, content, mapping, by, at, partial=partial or source.partial_allowed
    )
    if reading is not None and words is not None:
        batch = found.batch
        batch.content = _content(batch, content, reading, words)
        if batch.state == Batch.State.PREVIEWED:
            _count(batch, reading, at)
        batch.save()
        _record("feed.counted" if found.counted else "feed.quarantined", batch, by, at)
    if dry_run:
        transaction.set_rollback(True)
    return found


@transaction.atomic
def count_batch(*, batch: Batch, by: "User | None", at: datetime) -> Received:
    """Count a previewed file. What it says is read again, since words and units may have changed since.

    Raises NotAllowed when it was counted, discarded or set aside meanwhile. New problems set it aside.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("source", "mapping").get(pk=batch.pk)
    if batch.state != Batch.State.PREVIEWED or batch.content is None:
        raise NotAllowed(_("This file does not wait to be counted any more."))
    Source.objects.select_for_update().get(pk=batch.source_id)
    before = _counted_before(batch.source, batch.sha256)
    if before is not None:
        raise NotAllowed(_("This very file was counted before. Nothing changes."))
    kept = archive.unpack(bytes(batch.content))
    how = Recipe() if kept.counts_only else _recipe(batch.mapping)
    reading = read_file(kept.content, how, vocabulary(batch.organisation), _today(batch.organisation, at))
    _note_reading(batch, reading, partial=batch.source.partial_allowed)
    if batch.state == Batch.State.PREVIEWED:
        _count(batch, reading, at)
    batch.save()
    _record("feed.counted" if batch.state == Batch.State.IMPORTED else "feed.quarantined", batch, by, at)
    return Received(batch, reading.problems.kept())


@transaction.atomic
def discard_batch(*, batch: Batch, by: "User | None", at: datetime) -> Batch:
    """Put a previewed or quarantined file away: its content is forgotten, its record stays. Raises NotAllowed."""
    batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.state not in {Batch.State.PREVIEWED, Batch.State.QUARANTINED}:
        raise NotAllowed(_("A file that counts cannot be discarded. Send a corrected one; it replaces the numbers."))
    batch.state = Batch.State.DISCARDED
    batch.content = None
    batch.save(update_fields=["state", "content"])
    _record("feed.discarded", batch, by, at)
    return batch


def _receive(
    source: Source,
    file_name: str,
    content: bytes,
    mapping: FeedMapping | None,
    by: "User | None",
    at: datetime,
    *,
    partial: bool,
) -> tuple[Received, FileReading | None, Vocabulary | None]:
    """The new batch with what was read, or the earlier batch of the very same file. Files of a source wait in line."""
    Source.objects.select_for_update().get(pk=source.pk)
    sha = digest(content, mapping, newest_alias(source.organisation))
    before = _counted_before(source, sha)
    if before is not None:
        return Received(before, [Finding("file_came_before")], again=True), None, None
    words = vocabulary(source.organisation)
    largest = getattr(settings, "FEED_MAX_BYTES", LARGEST_FILE)
    reading = read_file(content, _recipe(mapping), words, _today(source.organisation, at), largest=largest)
    batch = Batch.objects.create(
        organisation=source.organisation,
        source=source,
        mapping=mapping,
        file_name=file_name[:200],
        sha256=sha,
        size=len(content),
        received_at=at,
        received_by=by,
    )
    _note_reading(batch, reading, partial=partial)
    return Received(batch, reading.problems.kept()), reading, words


def _recipe(mapping: FeedMapping | None) -> Recipe:
    return Recipe() if mapping is None else recipe(mapping.settings)


def _counted_before(source: Source, sha: str) -> Batch | None:
    return Batch.objects.filter(source=source, sha256=sha, state=Batch.State.IMPORTED).first()


def _today(organisation: Organisation, at: datetime) -> Any:
    return at.astimezone(organisation.zone).date()


def _good(reading: FileReading) -> Checked:
    if reading.checked is None:  # a batch without any good row is quarantined before
        message = "nothing was read"
        raise ValueError(message)
    return reading.checked


def _note_reading(batch: Batch, reading: FileReading, *, partial: bool) -> None:
    """State, rows and findings of a batch."""
    problems = reading.problems
    usable = reading.checked is not None and len(reading.checked) > 0
    refused = any(
        code in problems.counts
        for code in ("patient_identifier", "unknown_column", "missing_column", "too_many_groups")
    )
    fine = usable and (not problems.errors or (partial and not refused))
    if fine and problems.errors:
        problems.add("bad_row_left_out", times=problems.errors)
    batch.state = Batch.State.PREVIEWED if fine else Batch.State.QUARANTINED
    batch.rows = reading.rows
    batch.problem_count = problems.total
    Problem.objects.filter(batch=batch).delete()
    Problem.objects.bulk_create(
        [
            Problem(batch=batch, row=f.row, column=f.column, code=f.code, value=f.value, severity=severity(f.code))
            for f in problems.kept()
        ]
    )


def _note_result(batch: Batch, result: StoreResult) -> None:
    batch.new_readings, batch.replaced_readings, batch.same_readings = result.new, result.replaced, result.same
    batch.first_day, batch.last_day = result.first_day, result.last_day


def _count(batch: Batch, reading: FileReading, at: datetime) -> None:
    _note_result(batch, _store(batch, _good(reading), at, zeros=_made_of_rows(batch)))
    batch.state, batch.imported_at = Batch.State.IMPORTED, at


def _made_of_rows(batch: Batch) -> bool:
    """Whether each row of the file is a patient, so that a group without rows is a zero."""
    return batch.mapping is not None and recipe(batch.mapping.settings).patients


def _store(batch: Batch, checked: Checked, at: datetime, *, zeros: bool) -> StoreResult:
    """Store the rows; groups that nobody has mapped yet become categories that say so."""
    if zeros:
        checked = with_zeros(checked)
    Category.objects.bulk_create(
        [
            Category(dimension_id=c.dimension_id, code=c.code, name=c.name, state=CategoryState.UNMAPPED)
            for c in checked.new_categories
        ],
        ignore_conflicts=True,
    )
    ids = stratum_ids(batch.organisation_id, checked.strata.words)
    rows = ReadingRows(
        unit_ids=checked.unit_ids,
        measure_ids=checked.measure_ids,
        period_starts=checked.period_starts,
        period_ends=checked.period_ends,
        stratum_ids=np.array([ids[key] for key in checked.strata.words], np.int32)[checked.strata.codes],
        numerators=checked.numerators,
        denominators=checked.denominators,
        suppressed=checked.suppressed,
    )
    rows = without_retired(batch.organisation, rows)
    return store_readings(organisation=batch.organisation, batch=batch, rows=rows, at=at)


def _content(batch: Batch, content: bytes, reading: FileReading, words: Vocabulary) -> bytes | None:
    """What the batch keeps of the file. A file with a row per patient is never kept, only the counts made of it."""
    if NEVER_KEPT & reading.problems.counts.keys():
        return None
    if not _made_of_rows(batch):
        return archive.pack(content)
    if reading.checked is None:
        return None
    measures = {measure.id: measure.code for measure in words.measures.values()}
    units = {unit.id: unit.code for unit in words.units.values()}
    return archive.pack(archive.counts_csv(reading.checked, measures, units), counts_only=True)


@transaction.atomic
def open_rows(*, batch: Batch, reason: OpeningReason | None, by: "User", at: datetime) -> None:
    """Record that somebody opened the rows of a file. Raises NotAllowed where another person sent it and no reason is
    given, or where nothing of it is kept.
    """
    if batch.content is None:
        raise NotAllowed(_("Nothing of this file is kept."))
    if reason is None and batch.received_by_id != by.pk:
        raise NotAllowed(_("Choose a reason."))
    _record("feed.rows_opened", batch, by, at, reason="" if reason is None else reason.value)


def _record(verb: str, batch: Batch, by: "User | None", at: datetime, **more: audit.Fact) -> None:
    audit.record(
        verb,
        subject=batch,
        by=by,
        at=at,
        organisation_id=batch.organisation_id,
        label=batch.file_name,
        facts={"source": batch.source.code, "state": batch.state, "sha256": batch.sha256, **more},
    )
