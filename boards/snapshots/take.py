"""Take the snapshot of a day: of a whole organisation, or again of what late readings touched."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import numpy as np
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Subquery
from numpy.typing import NDArray

from boards import partitions, pgcopy, rules
from boards.actions.strata import layout_ids, total_stratum_id
from boards.models import Measure, SnapshotRun, Stratum, Target
from boards.snapshots import load, targets
from boards.snapshots.load import Inputs, Sheet
from boards.snapshots.rollup import roll_up
from boards.snapshots.tree import Tree, build
from org.models import Organisation, ReportingLine
from org.queries import lines_around, lines_on, open_days
from org.rules import LineKind, OpenDays

_LOCK_SPACE: Final = 7202
_COLUMNS: Final = (
    "day",
    "unit_id",
    "measure_id",
    "period_start",
    "organisation_id",
    "layout_id",
    "expected",
    "reported",
    "status",
    "origin",
    "corrected",
    "numerator",
    "denominator",
    "value",
    "target",
    "target_high",
    "data_at",
    "taken_at",
    "numerators",
    "denominators",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a taking wrote. `units` are those whose numbers may have changed."""

    day: date
    readings: int
    snapshots: int
    units: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Scope:
    """The day, its tree, and which units are written (`written` (n,) over the tree)."""

    organisation: Organisation
    day: date
    at: datetime
    tree: Tree
    written: NDArray[np.bool_]
    total_id: int


def tree_on(organisation: Organisation, day: date, units: Collection[int] | None = None) -> Tree:
    """The organisation's tree as it was on `day`, closed units included; with `units`, the part around them."""
    lines: list[tuple[int, int | None]] = []
    second: dict[int, list[int]] = {}
    found = lines_on(organisation.pk, day) if units is None else lines_around(organisation.pk, day, units)
    for line in found:
        if line.kind == LineKind.PRIMARY:
            lines.append((line.unit_id, line.parent_id))
        elif line.parent_id is not None:
            second.setdefault(line.unit_id, []).append(line.parent_id)
    return build(lines, second)


@dataclass(frozen=True, slots=True)
class Season:
    """What does not change from day to day between `first` and `last`: read once, used for every day's snapshot."""

    organisation: Organisation
    total_id: int
    measures: Mapping[int, Measure]
    targets: Sequence[Target]
    open_days: Mapping[int, OpenDays]
    layouts: dict[tuple[int, ...], int]
    trees: dict[tuple[tuple[date, bool], ...], Tree]
    turns: Sequence[date]

    def targets_on(self, day: date) -> dict[int, list[Target]]:
        """The targets that hold on `day`, by measure."""
        found: dict[int, list[Target]] = {}
        for target in self.targets:
            begins, ends = target.valid.lower, target.valid.upper
            if (begins is None or begins <= day) and (ends is None or day < ends):
                found.setdefault(target.measure_id, []).append(target)
        return found

    def tree_on(self, day: date) -> Tree:
        """The tree of `day`; built again only where a unit moved in between."""
        span = tuple((turn, turn <= day) for turn in self.turns)
        if span not in self.trees:
            self.trees[span] = tree_on(self.organisation, day)
        return self.trees[span]


def season(organisation: Organisation, first: date, last: date, only: Collection[int] | None = None) -> Season:
    """Read what the snapshots of `first` to `last` need besides readings. Five statements, four for one day.

    With `only`, open days of these units alone; all units above them must be among them.
    """
    total = Stratum.objects.filter(organisation=organisation, key=rules.TOTAL_KEY).values("pk")
    found = Measure.objects.active().filter(organisation=organisation).annotate(total_id=Subquery(total))
    measures = {m.pk: m for m in found}
    total_id = next((m.total_id for m in measures.values()), None)
    between = DateRange(first, last + timedelta(days=1))
    turns: set[date] = set()
    if first < last:
        moved = ReportingLine.objects.filter(unit__organisation=organisation, valid__overlap=between)
        turns = {turn for valid in moved.values_list("valid", flat=True) for turn in (valid.lower, valid.upper) if turn}
    return Season(
        organisation,
        total_id or total_stratum_id(organisation.pk),
        measures,
        list(Target.objects.filter(measure__in=measures, valid__overlap=between)),
        open_days(organisation, first, last, only),
        {},
        {},
        sorted(turn for turn in turns if first < turn <= last),
    )


def _layout_of(around: Season, strata: NDArray[np.int32]) -> int | None:
    """The layout of the groups behind the total; None where there are none."""
    groups = tuple(strata[1:].tolist())
    if not groups:
        return None
    if groups not in around.layouts:
        around.layouts.update(layout_ids(around.organisation.pk, [groups]))
    return around.layouts[groups]


@dataclass(frozen=True, slots=True)
class _Words:
    """What the counts of a sheet say, all (n, m)."""

    values: NDArray[np.float64]
    status: NDArray[np.int16]
    lines: targets.TargetLines


def _words(scope: _Scope, sheet: Sheet, aims: Mapping[int, Sequence[Target]]) -> _Words:
    f = sheet.figures
    lines = targets.lines(scope.tree, [aims.get(m.pk, ()) for m in sheet.measures])
    values = np.empty(f.own.shape)
    status = np.empty(f.own.shape, np.int16)
    for i, m in enumerate(sheet.measures):
        values[:, i] = rules.figures(f.numerators[:, i, 0], f.denominators[:, i, 0], rules.Kind(m.kind), m.multiplier)
        status[:, i] = rules.statuses(
            values[:, i], rules.Direction(m.direction), lines.values[:, i], lines.highs[:, i], lines.warnings[:, i]
        )
    return _Words(values, status, lines)


def _write(
    out: pgcopy.Writer, scope: _Scope, sheet: Sheet, aims: Mapping[int, Sequence[Target]], layout: int | None
) -> int:
    """Write the rows of a sheet: every unit and measure that has a number or should have one."""
    f = sheet.figures
    said = _words(scope, sheet, aims)
    rows = scope.written[:, None] & ((f.expected > 0) | ~np.isnan(f.numerators[:, :, 0]))
    grouped = ~np.isnan(f.numerators[:, :, 1:]).all(axis=2)
    origin = np.where(f.own, rules.Origin.OWN, np.where(f.reported > 0, rules.Origin.ROLLED, rules.Origin.NONE))
    ids = np.array([m.pk for m in sheet.measures], np.int32)
    written = 0
    for with_groups in (False, True):
        at, which = np.nonzero(rows & (grouped == with_groups))
        n = len(at)
        if n == 0:
            continue
        mine = (at, which)
        nothing, null = np.zeros(n, np.int32), np.ones(n, bool)
        newest = f.newest[mine]
        out.rows(
            [
                pgcopy.Column("day", "date", np.full(n, np.datetime64(scope.day))),
                pgcopy.Column("unit_id", "int4", scope.tree.unit_ids[at]),
                pgcopy.Column("measure_id", "int4", ids[which]),
                pgcopy.Column("period_start", "date", sheet.starts[mine]),
                pgcopy.Column("organisation_id", "int4", np.full(n, scope.organisation.pk)),
                pgcopy.Column("layout_id", "int4", np.full(n, layout or 0), None if with_groups else null),
                pgcopy.Column("expected", "int4", f.expected[mine]),
                pgcopy.Column("reported", "int4", f.reported[mine]),
                pgcopy.Column("status", "int2", said.status[mine]),
                pgcopy.Column("origin", "int2", origin[mine]),
                pgcopy.Column("corrected", "bool", f.corrected[mine]),
                *(
                    pgcopy.Column(name, "float8", values, np.isnan(values))
                    for name, values in (
                        ("numerator", f.numerators[at, which, 0]),
                        ("denominator", f.denominators[at, which, 0]),
                        ("value", said.values[mine]),
                        ("target", said.lines.values[mine]),
                        ("target_high", said.lines.highs[mine]),
                    )
                ),
                pgcopy.Column("data_at", "timestamptz", newest.astype("datetime64[us]"), newest == 0),
                pgcopy.Column("taken_at", "timestamptz", pgcopy.timestamps(scope.at, n)),
                *(
                    pgcopy.Column(name, "float8[]", counts[at, which, 1:])
                    if with_groups
                    else pgcopy.Column(name, "int4", nothing, null)
                    for name, counts in (("numerators", f.numerators), ("denominators", f.denominators))
                ),
            ]
        )
        written += n
    return written


def _portions(measures: Mapping[int, Measure], cells: int) -> list[dict[int, Measure]]:
    """Measures in portions, so that no more than about `load.CELLS_AT_ONCE` counts are in memory."""
    count = max(1, -(-cells // load.CELLS_AT_ONCE))
    ids = sorted(measures)
    size = max(1, -(-len(ids) // count))
    return [{pk: measures[pk] for pk in ids[i : i + size]} for i in range(0, len(ids), size)]


def _delete(scope: _Scope, units: Collection[int] | None, measures: Collection[int]) -> None:
    with connection.cursor() as cursor:
        if units is None:
            cursor.execute(
                "DELETE FROM boards_snapshot WHERE day = %s AND organisation_id = %s",
                [scope.day, scope.organisation.pk],
            )
        else:
            cursor.execute(
                "DELETE FROM boards_snapshot WHERE day = %s AND unit_id = ANY(%s) AND measure_id = ANY(%s)",
                [scope.day, sorted(units), sorted(measures)],
            )


def _part(
    organisation: Organisation, day: date, units: Collection[int]
) -> tuple[Tree, NDArray[np.bool_], set[int], set[int]]:
    """The tree around `units`, which of it is written, those as ids, and the fringe taken as it is stored."""
    tree = tree_on(organisation, day, units)
    small, fringe = tree.around(tree.touched_by(units))
    again = set(small.unit_ids.tolist()) - fringe
    return small, np.isin(small.unit_ids, sorted(again)), again, fringe


def _claim(organisation: Organisation, day: date, units: Collection[int] | None) -> list[int]:
    """Take what is due of the day off the list; give whose numbers have changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM boards_duesnapshot WHERE organisation_id = %(organisation)s AND day = %(day)s "
            "AND (%(units)s::int[] IS NULL OR unit_id = ANY(%(units)s)) RETURNING unit_id",
            {"organisation": organisation.pk, "day": day, "units": None if units is None else sorted(units)},
        )
        return [unit for (unit,) in cursor.fetchall()]


def hold(organisation: Organisation) -> None:
    """Keep snapshots of the organisation from being taken by others until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, organisation.pk])


def _count_anew(organisation: Organisation, day: date, units: Collection[int], every: Collection[int]) -> None:
    """Where the day was counted before, in gaps or in its month, what it was counted from is another number now.

    `every`: where nobody has said whose numbers changed, any may have.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH gaps AS (
                INSERT INTO boards_duesignal (organisation_id, unit_id, day)
                SELECT n.organisation_id, u.id, %(day)s FROM boards_signalnight n, unnest(%(units)s::int[]) AS u(id)
                WHERE n.organisation_id = %(organisation)s AND n.day >= %(day)s
                ON CONFLICT (organisation_id, unit_id, day) DO UPDATE SET counted = false
            )
            INSERT INTO boards_duemonth (organisation_id, unit_id, month)
            SELECT m.organisation_id, u.id, m.month FROM boards_countedmonth m, unnest(%(every)s::int[]) AS u(id)
            WHERE m.organisation_id = %(organisation)s AND m.month = %(month)s
            AND NOT m.closed AND m.days >> %(bit)s & 1 = 1 ON CONFLICT DO NOTHING
            """,
            {
                "organisation": organisation.pk,
                "day": day,
                "month": day.replace(day=1),
                "bit": day.day - 1,
                "units": sorted(units),
                "every": sorted(units or every),
            },
        )


@transaction.atomic
def take_snapshot(
    organisation: Organisation,
    day: date,
    at: datetime,
    units: Collection[int] | None = None,
    around: Season | None = None,
) -> Taken:
    """Write what every unit's board says of `day`; with `units`, only of these and all units that contain them.

    The same again writes the same. The number of statements depends on the number of different lists of groups, not
    on units, measures or readings; memory on `load.CELLS_AT_ONCE`. Takings of one organisation wait for each other.
    `around` saves reading again what several days share.
    """
    hold(organisation)
    # First, so that what is stored from here on leaves a new due row instead of slipping between reading and deleting.
    claimed = _claim(organisation, day, units)
    again: set[int] | None = None
    fringe: set[int] = set()
    if units is None:
        around = around or season(organisation, day, day)
        tree = around.tree_on(day)
        written_rows = np.ones(len(tree), bool)
    else:
        tree, written_rows, again, fringe = _part(organisation, day, units)
        around = season(organisation, day, day, again)
    if not len(tree):
        return Taken(day, 0, 0, frozenset())
    scope = _Scope(organisation, day, at, tree, written_rows, around.total_id)
    today = at.astimezone(organisation.zone).date()
    layouts, beside = load.layouts_of(organisation, day, again, fringe)
    if units is None or not layouts:
        partitions.ensure_days([day])
    around.layouts.update({tuple(s.strata.tolist()): s.layout for s in beside if s.layout and s.strata is not None})
    due = load.due_units(around.measures, again, day, around.open_days, today)
    aims = around.targets_on(day)
    read = written = 0
    _delete(scope, again, around.measures.keys())
    for portion in _portions(around.measures, sum(s.width * s.count for s in layouts)):
        inputs: list[Inputs] = load.readings(organisation, day, again, portion, layouts, scope.total_id)
        read += sum(len(block.unit_ids) for block in inputs)
        inputs += load.carried(organisation, day, fringe, portion, beside, scope.total_id)
        mine = {pk: units_due for pk, units_due in due.items() if pk in portion}
        found = load.sheets(portion, tree, inputs, mine, scope.total_id, day)
        for sheet in found:
            roll_up(tree, sheet.figures, rules.RollUp(sheet.measures[0].roll_up))
        layout = [_layout_of(around, sheet.strata) for sheet in found]
        with pgcopy.writing("boards_snapshot", _COLUMNS) as out:
            for sheet, own in zip(found, layout, strict=True):
                written += _write(out, scope, sheet, aims, own)
    touched = tree.touched_by(claimed) if units is None else again or set()
    _count_anew(organisation, day, touched, tree.unit_ids.tolist() if units is None else ())
    SnapshotRun.objects.create(
        organisation=organisation,
        day=day,
        whole=units is None,
        started_at=at,
        readings=read,
        snapshots=written,
    )
    return Taken(day, read, written, frozenset(tree.unit_ids[written_rows].tolist()))


def take_days(organisation: Organisation, first: date, last: date, at: datetime) -> list[Taken]:
    """Take the snapshots of all days from `first` to `last`, each in its own transaction, oldest first."""
    shared = season(organisation, first, last)
    days = (last - first).days + 1
    return [take_snapshot(organisation, first + timedelta(days=i), at, around=shared) for i in range(days)]
