"""What stands on a unit's board: putting measures on it, their order and role, taking them off."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from boards import rules, setup_rules
from boards.actions import again
from boards.models import BoardMeasure, Measure, Tile
from boards.snapshots.gaps import refresh_gaps
from boards.snapshots.tiles import refresh_tiles
from org import audit
from org.models import Unit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _lock(unit: Unit) -> Unit:
    return Unit.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=unit.pk)


def _ordered(unit: Unit) -> Sequence[BoardMeasure]:
    """Placements as the board shows them: by letter, then by their own order."""
    return list(
        BoardMeasure.objects.filter(unit=unit)
        .select_related("measure__letter")
        .order_by("measure__letter__position", "measure__letter__code", "position", "measure__name", "id")
    )


def _show(unit: Unit, at: datetime, *, reports: bool) -> None:
    """Let the board have exactly the tiles of its measures, in their order, on every open screen.

    Where it changed what the unit has to send (`reports`), yesterday is taken again: for "5 of 6 units" and for tiles
    that wait for their first number.
    """
    if reports:
        again.mark_unit_due(unit, at.astimezone(unit.organisation.zone).date() - timedelta(days=1), at)
    refresh_tiles(unit.organisation, at, [unit.pk], tell=False)
    refresh_gaps(unit.organisation, at.astimezone(unit.organisation.zone).date(), at, units=[unit.pk])
    again.look_changed(Tile.objects.filter(unit=unit), unit.organisation, at)


def _place(unit: Unit, new: Sequence[BoardMeasure], by: "User", at: datetime, verb: str) -> list[BoardMeasure]:
    if not new:
        return []
    last = unit.board_measures.order_by("-position").values_list("position", flat=True).first() or 0
    for place, placement in enumerate(new, start=last + 1):
        placement.position = place
    made = BoardMeasure.objects.bulk_create(new)
    audit.record(
        verb,
        subject=unit,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"measures": ", ".join(placement.measure.code for placement in made)},
    )
    _show(unit, at, reports=any(placement.reports for placement in made))
    return made


@transaction.atomic
def place_measures(
    *,
    unit: Unit,
    measures: Collection[Measure],
    role: rules.MeasureRole,
    reports: bool,
    by: "User",
    at: datetime,
) -> list[BoardMeasure]:
    """Put measures on the board of `unit`, after those that stand there. What stands there already is left as it is.

    Their tiles show at once. Raises NotAllowed for a closed unit, a retired measure or one of another organisation.
    """
    unit = _lock(unit)
    if unit.closed_on is not None:
        raise NotAllowed(_("This unit is closed."))
    for measure in measures:
        if measure.organisation_id != unit.organisation_id or not measure.is_active:
            raise NotAllowed(_("%(name)s is not in use here. Bring it back first.") % {"name": measure.name})
    have = set(unit.board_measures.values_list("measure_id", flat=True))
    new = [
        BoardMeasure(unit=unit, measure=measure, role=role, reports=reports)
        for measure in measures
        if measure.pk not in have
    ]
    return _place(unit, new, by, at, "board.measures_placed")


@transaction.atomic
def copy_board(*, unit: Unit, source: Unit, by: "User", at: datetime) -> list[BoardMeasure]:
    """Put on the board of `unit` what stands on that of `source`, with role and order; nothing is taken away.

    Raises NotAllowed for the same unit, a closed one, or one of another organisation.
    """
    unit = _lock(unit)
    if source.pk == unit.pk or source.organisation_id != unit.organisation_id:
        raise NotAllowed(_("Choose another unit of this organization."))
    if unit.closed_on is not None:
        raise NotAllowed(_("This unit is closed."))
    have = set(unit.board_measures.values_list("measure_id", flat=True))
    new = [
        BoardMeasure(unit=unit, measure=p.measure, role=p.role, reports=p.reports)
        for p in _ordered(source)
        if p.measure_id not in have and p.measure.is_active
    ]
    return _place(unit, new, by, at, "board.copied")


@transaction.atomic
def change_placement(
    *, placement: BoardMeasure, role: rules.MeasureRole, reports: bool, by: "User", at: datetime
) -> BoardMeasure:
    """Give a measure another role on a board, or say whether the unit sends its own numbers."""
    unit = _lock(placement.unit)
    placement = BoardMeasure.objects.select_related("measure").get(pk=placement.pk)
    if (placement.role, placement.reports) == (role, reports):
        return placement
    changed = placement.reports != reports
    placement.role, placement.reports = role, reports
    placement.save(update_fields=["role", "reports"])
    audit.record(
        "board.measure_changed",
        subject=placement.measure,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"role": str(role), "reports": reports},
    )
    _show(unit, at, reports=changed)
    return placement


@transaction.atomic
def move_placement(*, placement: BoardMeasure, up: bool, by: "User", at: datetime) -> None:
    """Put a measure one place earlier or later among those of its letter. At an end nothing happens."""
    unit = _lock(placement.unit)
    rows = _ordered(unit)
    here = next((row for row in rows if row.pk == placement.pk), None)
    if here is None:
        return
    letter = here.measure.letter_id
    mine = [row.pk for row in rows if row.measure.letter_id == letter]
    order = setup_rules.moved(mine, placement.pk, up=up)
    if order == mine:
        return
    rest = iter(order)
    whole = [next(rest) if row.measure.letter_id == letter else row.pk for row in rows]
    again.renumber(BoardMeasure.objects.filter(unit=unit), whole)
    audit.record(
        "board.measure_moved",
        subject=here.measure,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"up": up},
    )
    again.look_changed(Tile.objects.filter(unit=unit), unit.organisation, at)


@transaction.atomic
def take_off(*, placement: BoardMeasure, by: "User", at: datetime) -> None:
    """Take a measure off a board. Its readings and past days stay; putting it back shows them again."""
    unit = _lock(placement.unit)
    measure = placement.measure
    gone, _details = BoardMeasure.objects.filter(pk=placement.pk).delete()
    if not gone:
        return
    audit.record(
        "board.measure_taken_off",
        subject=measure,
        by=by,
        at=at,
        organisation_id=unit.organisation_id,
        unit_id=unit.pk,
        facts={"measure": measure.code},
    )
    _show(unit, at, reports=placement.reports)
    again.tell([(unit.pk, measure.pk)], unit.organisation, at)
