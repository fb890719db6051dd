"""Make Harbor Valley Health: tree, people, boards, thirteen months of numbers, their snapshots, what people wrote."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

import numpy as np
from django.db import transaction

from boards.actions.readings import ReadingRows, store_readings
from boards.actions.strata import stratum_ids
from boards.actions.telling import tell_groups
from boards.catalogue import load_catalogue
from boards.models import Batch, Measure, Source
from boards.snapshots import Taken, take_days, take_snapshot
from boards.snapshots.gaps import refresh_gaps
from boards.snapshots.tiles import refresh_tiles
from huddleboard.demo import history, places, staff, story
from huddleboard.demo.answerable import make_answerable
from huddleboard.demo.boards import sent_by
from huddleboard.demo.causes import causes, notes
from huddleboard.demo.goals import make_goals, note_of
from huddleboard.demo.k_cards import make_k_cards
from huddleboard.demo.mornings import make_mornings
from huddleboard.demo.nights import NIGHTS, make_nights
from huddleboard.demo.organisation import make_boards, make_organisation
from huddleboard.demo.papers import make_offer, make_papers
from huddleboard.demo.people import make_people
from huddleboard.demo.places import Place
from huddleboard.demo.remarks import annotate, explain_reds
from huddleboard.demo.rosters import make_rosters
from huddleboard.demo.rounds import make_rounds
from huddleboard.demo.tickets import make_cycles, make_tickets
from huddles.actions.defaults import furnish
from org.models import Organisation, Unit
from org.queries import open_days

SEED: Final = 20_180_430
SLUG: Final = "harbor-valley"
SMALL_SLUG: Final = "harbor-valley-small"
MONTHS: Final = 13
SMALL_DAYS: Final = 60

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """What was made. `readings` are numbers of one measure, unit and period with all their groups."""

    organisation: Organisation
    units: int
    first: date
    last: date
    readings: int
    counts: int
    corrected: int
    snapshots: int
    reasons: int


def _batch(organisation: Organisation, source: Source, name: str, rows: ReadingRows, at: datetime) -> Batch:
    received = rows.received
    assert received is not None
    newest: datetime = received.max().astype("datetime64[us]").item().replace(tzinfo=UTC)
    days = rows.period_ends - np.timedelta64(1, "D")
    return Batch.objects.create(
        organisation=organisation,
        source=source,
        file_name=name,
        state=Batch.State.IMPORTED,
        received_at=newest,
        imported_at=at,
        rows=len(rows),
        first_day=days.min().item(),
        last_day=days.max().item(),
    )


def _part(rows: ReadingRows, mask: np.ndarray) -> ReadingRows:
    assert rows.received is not None
    return ReadingRows(
        rows.unit_ids[mask],
        rows.measure_ids[mask],
        rows.period_starts[mask],
        rows.period_ends[mask],
        rows.stratum_ids[mask],
        rows.numerators[mask],
        rows.denominators[mask],
        rows.suppressed[mask],
        rows.received[mask],
    )


def store(organisation: Organisation, source: Source, name: str, rows: ReadingRows, at: datetime) -> tuple[int, int]:
    """Store `rows` as batches of one calendar month each; returns (new, replaced) readings."""
    months = (rows.period_ends - np.timedelta64(1, "D")).astype("datetime64[M]")
    new = replaced = 0
    for month in np.unique(months):
        part = _part(rows, months == month)
        batch = _batch(organisation, source, f"{name}-{month}.csv", part, at)
        done = store_readings(organisation=organisation, batch=batch, rows=part, at=at)
        batch.new_readings, batch.replaced_readings, batch.same_readings = done.new, done.replaced, done.same
        batch.save(update_fields=["new_readings", "replaced_readings", "same_readings"])
        new, replaced = new + done.new, replaced + done.replaced
    return new, replaced


def _frame(
    organisation: Organisation, units: Mapping[str, Unit], first: date, last: date, at: datetime, seed: int
) -> history.Frame:
    opened = open_days(organisation, min(first, story.first_day(last)), last)
    by_code = {code: opened[unit.pk] for code, unit in units.items()}
    return history.Frame(first, last, seed, at, organisation.zone, by_code)


#: Days of snapshots between two words about how far it has come.
DAYS_AT_ONCE = 90


def _take(
    organisation: Organisation, alone: Unit, oldest: date, first: date, last: date, at: datetime, say: Say
) -> list[Taken]:
    """Snapshots of all days; before `first` only `alone` has numbers, and elsewhere none are missed."""
    taken = [
        take_snapshot(organisation, oldest + timedelta(days=i), at, units=[alone.pk])
        for i in range((first - oldest).days)
    ]
    while first <= last:
        until = min(first + timedelta(days=DAYS_AT_ONCE - 1), last)
        taken += take_days(organisation, first, until, at)
        if until < last:
            say(f"rolled up the tree to {until}")
        first = until + timedelta(days=1)
    return taken


@transaction.atomic
def make_hospital(*, small: bool, last: date, at: datetime, say: Say, seed: int = SEED) -> Demo:
    """The hospital with its history to `last`; `small`: six units and sixty days, for tests.

    The same seed and day make the same numbers. All or nothing, in one transaction.
    """
    rows: Sequence[Place] = places.SMALL if small else places.HOSPITAL
    slug = SMALL_SLUG if small else SLUG
    first = last - timedelta(days=SMALL_DAYS - 1) if small else story.months_before(last + timedelta(days=1), MONTHS)
    top = rows[0].name
    organisation, units = make_organisation(slug, top, places.SMALL_TIERS if small else places.TIERS, rows, last, at)
    furnish(organisation=organisation, at=at)
    leads = make_people(slug, rows, units, since=first)
    say(f"{len(units)} units, {len(leads)} leads and their people")
    wanted = {code for codes in sent_by(rows).values() for code in codes} if small else {"all"}
    load_catalogue(organisation=organisation, grouping="omb_1997", measures=wanted, by=None, at=at)
    measures = {m.code: m for m in Measure.objects.filter(organisation=organisation).select_related("letter")}
    sends = sent_by(rows)
    make_boards(rows, units, measures, last)
    say("catalogue, boards and targets")
    frame = _frame(organisation, units, first, last, at, seed)
    sent = history.make_history(frame, rows, sends, measures, causes(last)) + staff.make_staff(frame, rows, measures)
    strata = stratum_ids(organisation.pk, history.keys_of(sent))
    told = history.reading_rows(sent, units, strata)
    again = history.corrections(frame, told, sent, units)
    say(f"{len(told):,} counts drawn")
    source = Source.objects.create(organisation=organisation, code="demo", name="Invented history (demo)")
    new, _ = store(organisation, source, "demo", told, at)
    _, corrected = store(organisation, source, "demo-corrected", again, at)
    say(f"{new:,} readings stored, {corrected} of them corrected later")
    oldest = min(s.days[0] for s in sent).item()
    taken = _take(organisation, units[story.UNIT], oldest, first, last, at, say)
    say(f"{sum(t.snapshots for t in taken):,} numbers of {len(taken)} days rolled up the tree")
    reasons = explain_reds(organisation, last, leads, seed, organisation.zone)
    annotate(notes(last), units, measures, leads, first)
    refresh_tiles(organisation, at, tell=False)
    say(f"{reasons:,} red days explained; tiles drawn")
    goal = make_goals(organisation, units, leads, last, at, numbered=not small)
    make_answerable(organisation, last)
    held, raised = make_mornings(organisation, units, last, at, seed)
    say(f"{held:,} huddles held, {raised} issues raised")
    say(f"{make_rounds(organisation, at, seed)} rounds led")
    say(f"{make_k_cards(organisation, at, seed)} times a K-card was pulled")
    say(f"{make_tickets(organisation, at, seed)} tickets of improvement work")
    say(f"{make_cycles(organisation, at, seed)} PDSA cycles")
    say(f"{make_papers(organisation, at, seed)} A3s and charters")
    say(f"{make_offer(organisation, at, seed)} units asked to take a change up")
    say(f"{make_rosters(organisation, last, at)} colleagues in rosters")
    if small:
        tell_groups(organisation=organisation, at=at)
    else:
        asked, became = make_nights(organisation, last, at)
        refresh_gaps(organisation, last, at)
        say(f"{NIGHTS} nights looked at: {asked} gaps ask for help, {became} became issues")
    annotate([note_of(goal, last)], units, measures, leads, oldest)
    return Demo(
        organisation, len(units), oldest, last, new, len(told), corrected, sum(t.snapshots for t in taken), reasons
    )
