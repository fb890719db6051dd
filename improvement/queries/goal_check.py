"""What a goal that is being written still misses, and from what it can be put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from boards.models import Category, Dimension, GroupMember, Measure, Published, Snapshot
from boards.rules import STAFF_DIMENSIONS, About, CategoryState, Direction, Kind
from improvement.models import Goal
from improvement.queries.goals import Standing
from improvement.queries.people import holders_at
from improvement.rules.smart import Question, Written, smart_check
from org.models import Unit, User
from org.rules import LEADING, Role, ancestor_ids


def measures_of(organisation_id: int) -> "QuerySet[Measure]":
    """Measures of which a goal can be made: shares of cases of which one way is better, told by groups of patients. A
    goal is read by everybody; groups of staff have readers of their own.
    """
    return Measure.objects.filter(
        organisation=organisation_id,
        is_active=True,
        stratifiable=True,
        kind=Kind.PROPORTION,
        about=About.PATIENTS,
        direction__in=(Direction.HIGHER, Direction.LOWER),
    ).order_by("letter__position", "name")


def balancing_of(organisation_id: int) -> "QuerySet[Measure]":
    """Measures that can show harm elsewhere: all that are in use."""
    return Measure.objects.filter(organisation=organisation_id, is_active=True).order_by("letter__position", "name")


@dataclass(frozen=True, slots=True)
class Split:
    """A dimension and the names of its groups as boards show them."""

    dimension: Dimension
    groups: Sequence[str]


def splits_of(organisation_id: int) -> list[Split]:
    """The dimensions of an organisation that put each patient into one group, with their groups. Three statements."""
    dimensions = Dimension.objects.filter(organisation=organisation_id, is_partition=True)
    dimensions = dimensions.exclude(code__startswith=STAFF_DIMENSIONS)
    grouped = dict(
        GroupMember.objects.filter(
            grouping__dimension__organisation=organisation_id, grouping__is_default=True
        ).values_list("category", "group")
    )
    known = Category.objects.filter(dimension__organisation=organisation_id, state=CategoryState.KNOWN)
    names: dict[int, dict[str, None]] = {}
    for pk, dimension, name in known.order_by("position", "code").values_list("pk", "dimension", "name"):
        names.setdefault(dimension, {})[grouped.get(pk, name)] = None
    return [Split(dimension, list(names[dimension.pk])) for dimension in dimensions if dimension.pk in names]


def splits_for(goal: Goal, measure: Measure | None) -> list[Split]:
    """The splits from which `goal` can choose with `measure`: those by which its groups were told at the unit or above,
    and what the goal names already; where nothing was told yet, or no measure is chosen, all. Four statements.
    """
    splits = splits_of(goal.organisation_id)
    line = [*ancestor_ids(goal.unit.path), goal.unit_id]
    rows = Published.objects.filter(unit__in=line, measure=measure).values_list("dimension", flat=True).distinct()
    told = set(rows) if measure is not None else set()
    fits = [split for split in splits if split.dimension.pk in told | {goal.dimension_id}]
    return fits if told & {split.dimension.pk for split in fits} else splits


def owners_of(unit: Unit) -> "QuerySet[User]":
    """Who can own a goal of `unit`: whoever leads it or a unit above it."""
    return holders_at(unit, LEADING)


def sponsors_of(unit: Unit) -> "QuerySet[User]":
    """Executives at `unit` or above it."""
    return holders_at(unit, (Role.EXECUTIVE,))


def has_numbers(standing: Standing) -> bool:
    """Whether the goal's unit has any number of its measure, of all patients together, in the months before. One
    statement; none where they were told by groups.
    """
    goal = standing.goal
    if standing.before is not None or goal.baseline is None or goal.measure_id is None:
        return standing.before is not None
    own = Snapshot.objects.filter(unit=goal.unit_id, measure=goal.measure_id, day__range=goal.baseline)
    return own.filter(value__isnull=False).exists()


def check_of(standing: Standing, today: date, *, voices: int, reviews: int) -> tuple[Question, ...]:
    """The questions about a goal as it is written now, on `today`. At most one statement."""
    goal = standing.goal
    return smart_check(
        Written(
            names_whom=bool(goal.measure_id and goal.dimension_id and goal.group),
            raise_by=goal.raise_by,
            narrow_by=goal.narrow_by,
            baseline=goal.baseline,
            period=goal.period,
            minimum=goal.minimum,
            favourable=goal.favourable,
            sponsor=goal.sponsor_id is not None,
            owner=goal.owner_id is not None,
            balancing=goal.balancing_id is not None,
            reviews=reviews,
            voices=voices,
            if_missed=bool(goal.if_missed),
            source_note=bool(goal.source_note),
            told=standing.baseline,
            today=today,
            numbers=has_numbers(standing),
        )
    )


def counted(goal: Goal) -> tuple[int, int]:
    """How many voices were recorded and how many reviews are planned or held. Two statements."""
    return goal.voices.count(), goal.reviews.count()
