"""One night: what a day adds to every gap of an organisation, and what follows from it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from django.db import connection, transaction

from analytics.signals import Day, Harm, State, step
from boards import rules
from boards.models import DueSignal, Measure, SignalNight, SignalPolicy
from boards.rules import Cadence
from boards.signals import books, counts, decisions, ring, steps
from boards.signals.books import Past
from boards.signals.groups import Groups, groups_of, judged_measures
from boards.signals.limits import look_at_limits
from org import live
from org.models import Organisation, Unit
from org.queries import open_days

#: A night that was missed longer ago than this is not caught up day by day: the past is counted anew instead.
MOST_NIGHTS: Final = 60


@dataclass(frozen=True, slots=True)
class Looked:
    """What a night found: how many gaps were looked at, how many signals changed, how many of them ask for help."""

    gaps: int = 0
    changes: int = 0
    escalated: int = 0


def policy_of(organisation: Organisation) -> SignalPolicy:
    """The settings of an organisation; those that are shipped where it has none. One statement."""
    return SignalPolicy.objects.filter(organisation=organisation).first() or SignalPolicy(organisation=organisation)


def nights_due(organisation: Organisation, day: date) -> list[date]:
    """The days up to `day` whose gaps were not looked at yet, oldest first. The first time `day` alone."""
    night = SignalNight.objects.filter(organisation=organisation).first()
    if night is None or night.day is None:
        return [day]
    missing = (day - night.day).days
    return [day - timedelta(days=i) for i in reversed(range(min(max(missing, 0), MOST_NIGHTS)))]


@transaction.atomic
def look(organisation: Organisation, day: date, at: datetime) -> Looked:
    """Look at the gaps of `day`, whose snapshot stands: add it to every window, decide, store. All or nothing.

    The same day again changes nothing. The number of statements depends on the number of measures with a cadence and
    delay of their own and of dimensions, not on units or groups.
    """
    SignalNight.objects.bulk_create([SignalNight(organisation=organisation)], ignore_conflicts=True)
    night = SignalNight.objects.select_for_update().get(organisation=organisation)
    settings = policy_of(organisation)
    if (night.day is not None and day <= night.day) or not settings.is_on:
        return Looked()
    measures = judged_measures(organisation)
    groupings = groups_of(organisation)
    levels = dict(Unit.objects.filter(organisation=organisation).values_list("pk", "tier__level"))
    house = decisions.House(organisation, levels, max(levels.values(), default=1))
    found = Looked()
    if measures and groupings:
        first = day - timedelta(days=max(m.lag_days for m in measures) + 250)
        shut = open_days(organisation, first, day)
        late = _late(organisation, night.looked_at)
        kept = books.counted(organisation)
        for (cadence, lag), own in _alike(measures).items():
            last = day - timedelta(days=lag)
            policy = steps.policy_for(settings.policy(), cadence)
            ways = {m.pk: float(_side(m)) for m in own}
            past = Past(organisation, cadence, policy, ways, shut)
            if not steps.is_step(cadence, last):
                _correct(past, groupings, {pk: late[pk] for pk in ways if pk in late}, last)
                continue
            found = _add(found, _look(past, house, groupings, own, last, late, kept, at))
        DueSignal.objects.filter(organisation=organisation, day__lt=first).delete()
    limited = look_at_limits(house, day, settings.limit_blocks, at)
    decisions.mark_missing(organisation)
    night.day, night.looked_at = day, at
    night.save(update_fields=["day", "looked_at"])
    return _add(found, Looked(0, limited, limited))


def _add(one: Looked, other: Looked) -> Looked:
    return Looked(one.gaps + other.gaps, one.changes + other.changes, one.escalated + other.escalated)


def _side(measure: Measure) -> Harm:
    return Harm.LOW if measure.direction == rules.Direction.HIGHER else Harm.HIGH


def _alike(measures: Iterable[Measure]) -> dict[tuple[Cadence, int], list[Measure]]:
    alike: dict[tuple[Cadence, int], list[Measure]] = {}
    for measure in measures:
        alike.setdefault((Cadence(measure.cadence), measure.lag_days), []).append(measure)
    return alike


def _late(organisation: Organisation, since: datetime | None) -> dict[int, set[int]]:
    """Measure id → units of which a day that was counted before has other numbers now. At most three statements.

    A day that was taken again is late where newer readings stand behind it, or where the tree was changed.
    """
    if since is None or not DueSignal.objects.filter(organisation=organisation, counted=False).exists():
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT s.measure_id, s.unit_id FROM boards_duesignal d JOIN boards_snapshot s "
            "ON s.day = d.day AND s.unit_id = d.unit_id WHERE d.organisation_id = %(organisation)s "
            "AND NOT d.counted AND (s.data_at > %(since)s OR EXISTS (SELECT FROM org_treechange t "
            "WHERE t.organisation_id = %(organisation)s AND t.at > %(since)s))",
            {"organisation": organisation.pk, "since": since},
        )
        late: dict[int, set[int]] = {}
        for measure, unit in cursor.fetchall():
            late.setdefault(measure, set()).add(unit)
    DueSignal.objects.filter(organisation=organisation, counted=False).update(counted=True)
    return late


def _look(
    past: Past,
    house: decisions.House,
    groupings: Sequence[Groups],
    measures: Sequence[Measure],
    last: date,
    late: Mapping[int, set[int]],
    kept: Mapping[tuple[int, int], date],
    at: datetime,
) -> Looked:
    """The night of measures that are looked at alike, in portions that fit into memory."""
    number = steps.number_of(past.cadence, last)
    before = steps.day_of(past.cadence, number - 1)
    gone = steps.day_of(past.cadence, number - past.policy.window)
    found = Looked()
    of_staff = {m.pk for m in measures if m.about == rules.About.STAFF}
    cells = max(1, len(house.levels) * sum(len(groups.places) for groups in groupings))
    size = max(1, books.CELLS_AT_ONCE // cells)
    for i in range(0, len(measures), size):
        own = [m.pk for m in measures[i : i + size]]
        came = counts.read(past.organisation, [last], own)
        touched = _touched(past.organisation, gone)
        for groups in groupings:
            looked_at = own if not groups.of_staff else [pk for pk in own if pk in of_staff]
            mine = [pk for pk in looked_at if kept.get((pk, groups.dimension.pk), before) < last]
            if not mine:
                continue
            book = books.load(past.organisation, mine, groups, before, past.policy.window)
            new = counts.keys_in(came, groups)
            if len(mine) < len(own):
                new = new[np.isin(new >> 32, mine)]
            _catch_up(past, book, late, before, new=new)
            book.extend(new)
            if not len(book.keys):
                continue
            today = counts.day_of(came, groups, book.keys, last)
            night = step(
                book.window,
                today,
                _left(past, book, groups, gone, last, touched),
                number=number,
                restart=steps.begins_anew(past.policy, number),
                way=past.way(book.keys),
                policy=past.policy,
                board=past.board(book.keys, last),
            )
            taken = decisions.take(house, book, night, past.cadence, last)
            decisions.write(house, groups.dimension.pk, taken, last, at)
            books.store(past.organisation, book, last, past.policy.window)
            ring.keep(past.organisation, groups, book.keys, last, today)
            found = _add(found, Looked(book.window.events.size, len(taken), _tell(taken, last, of_staff)))
    return found


def _touched(organisation: Organisation, day: date) -> set[int]:
    """Units of which the day was taken again after it was looked at. One statement."""
    return set(DueSignal.objects.filter(organisation=organisation, day=day).values_list("unit_id", flat=True))


def _left(past: Past, book: books.Book, groups: Groups, day: date, today: date, touched: set[int]) -> Day:
    """The counts of the day that leaves the window: as they were kept, else from snapshots."""
    measures = set(np.unique(book.keys >> 32).tolist())
    found = ring.kept(groups, measures, day)
    ring.let_go(groups, measures, day, today)
    lost = measures - found.measures
    again = np.isin(book.keys & 0xFFFFFFFF, list(touched)) | np.isin(book.keys >> 32, list(lost))
    blocks = counts.read(past.organisation, [day], lost) if lost else []
    if touched and measures - lost:
        blocks += counts.read(past.organisation, [day], measures - lost, touched)
    return ring.laid(found, counts.day_of(blocks, groups, book.keys, day), book.keys, again)


def _correct(past: Past, groupings: Sequence[Groups], late: Mapping[int, set[int]], day: date) -> None:
    """Between two looks: count anew what has other numbers now, so that the next look goes on from the right ones."""
    if not late:
        return
    before = steps.day_of(past.cadence, steps.number_of(past.cadence, day) - 1)
    for groups in groupings:
        book = books.load(past.organisation, late, groups, before, past.policy.window)
        if len(book.keys):
            _catch_up(past, book, late, before, new=np.zeros(0, np.int64))
            books.store(past.organisation, book, before, past.policy.window)


def _catch_up(past: Past, book: books.Book, late: Mapping[int, set[int]], before: date, *, new: counts.Keys) -> None:
    """Count anew what is not kept, and units that have other numbers now."""
    again: dict[int, set[int]] = {pk: set(late[pk]) for pk in np.unique(book.keys >> 32).tolist() if pk in late}
    for key in counts.missing(new, book.keys).tolist():
        again.setdefault(key >> 32, set()).add(key & 0xFFFFFFFF)
    alike: dict[frozenset[int], list[int]] = {}
    for pk, units in again.items():
        alike.setdefault(frozenset(units), []).append(pk)
    for together, measures in alike.items():
        books.recount(past, book, measures, together, before)


def _tell(taken: Sequence[decisions.Taken], day: date, of_staff: Collection[int]) -> int:
    """Tell the open boards where help is asked for now; give how many. Of measures `of_staff` no board hears."""
    asked = [each for each in taken if each.decision.after.state is State.ESCALATED]
    by_unit: dict[int, list[int]] = {}
    for each in asked:
        if each.measure in of_staff:
            continue
        by_unit.setdefault(each.unit, []).append(each.measure)
    live.publish_many(
        [(live.unit_topic(unit), {"measures": sorted(own), "day": day.isoformat()}) for unit, own in by_unit.items()]
    )
    return len(asked)


__all__ = ["Looked", "look", "nights_due", "policy_of"]
