"""Short ways to make what a test of boards needs. Codes are given, everything else is sensible."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, date, datetime

from boards import rules
from boards.models import Category, Dimension, FeedMapping, Letter, Measure, Published, Source, TellingCourse
from org.models import Membership, Organisation, Tier, Unit, User
from org.rules import Role, child_path

_ROLL_UPS = {
    rules.Kind.PROPORTION: rules.RollUp.RATIO,
    rules.Kind.RATE: rules.RollUp.RATIO,
    rules.Kind.MEAN: rules.RollUp.WEIGHTED_MEAN,
    rules.Kind.MINUTES: rules.RollUp.WEIGHTED_MEAN,
    rules.Kind.COUNT: rules.RollUp.SUM,
    rules.Kind.DAYS_SINCE: rules.RollUp.MINIMUM,
    rules.Kind.MEDIAN: rules.RollUp.NONE,
}


def make_organisation(slug: str = "harbor", **fields) -> Organisation:
    organisation = Organisation.objects.create(
        **{"name": slug.title(), "slug": slug, "time_zone": "America/New_York", **fields}
    )
    for level, name in ((1, "Unit"), (2, "Service line"), (3, "Branch"), (4, "Executive team")):
        Tier.objects.create(organisation=organisation, level=level, name=name)
    return organisation


def make_unit(organisation: Organisation, code: str, parent: Unit | None = None, level: int = 1, **fields) -> Unit:
    unit = Unit.objects.create(
        organisation=organisation,
        tier=organisation.tiers.get(level=level),
        parent=parent,
        path=f"new-{organisation.pk}-{code}",
        **{"code": code, "name": code.replace("-", " ").title(), **fields},
    )
    unit.path = child_path(parent.path if parent else "", unit.pk)
    unit.save(update_fields=["path"])
    return unit


def make_user(role: Role, unit: Unit, email: str = "") -> User:
    user = User.objects.create_user(
        email or f"{role}-{unit.pk}@example.org", "long enough for a test", name=f"{role} Test"
    )
    Membership.objects.create(user=user, unit=unit, role=role, started_on=date(2026, 1, 1))
    return user


def make_letter(organisation: Organisation, code: str = "Q") -> Letter:
    return Letter.objects.get_or_create(organisation=organisation, code=code, defaults={"name": code})[0]


def make_measure(organisation: Organisation, code: str, kind: rules.Kind = rules.Kind.PROPORTION, **fields) -> Measure:
    return Measure.objects.create(
        organisation=organisation,
        code=code,
        **{
            "name": code.replace("_", " ").capitalize(),
            "letter": make_letter(organisation),
            "kind": kind,
            "roll_up": _ROLL_UPS[kind],
            "direction": rules.Direction.HIGHER,
            "stratifiable": True,
            **fields,
        },
    )


def make_dimension(organisation: Organisation, code: str, *categories: str, **fields) -> Dimension:
    dimension = Dimension.objects.create(organisation=organisation, code=code, **{"name": code.capitalize(), **fields})
    Category.objects.bulk_create(
        [
            Category(dimension=dimension, code=category, name=category, position=place)
            for place, category in enumerate(categories)
        ]
    )
    return dimension


def make_source(organisation: Organisation, code: str = "warehouse", **fields) -> Source:
    return Source.objects.create(organisation=organisation, code=code, **{"name": code.capitalize(), **fields})


def make_mapping(source: Source, name: str = "weekly", **settings) -> FeedMapping:
    return FeedMapping.objects.create(source=source, name=name, settings=settings)


def make_course(measure: Measure, dimension: Dimension, answer: str, order: list[str], last: date) -> None:
    """What is told has a course, that goes on with the month after."""
    day = last.replace(day=1)
    TellingCourse.objects.get_or_create(
        measure=measure,
        dimension=dimension,
        answer=answer,
        defaults={
            "organisation": measure.organisation,
            "order": order,
            "quick": len(order),
            "months": 1,
            "unit_months": 1,
            "block": day,
            "period": day,
            "cycle": day,
        },
    )


def make_published(
    unit: Unit,
    measure: Measure,
    dimension: Dimension,
    last: date,
    groups: Mapping[str, tuple[float, float]],
    *,
    rest: tuple[float, float] = (0, 0),
    hidden: tuple[str, ...] = (),
    months: int = 1,
    **fields,
) -> Published:
    """What was told of groups up to the end of the month of `last`; `rest` are the hidden ones together."""
    make_course(measure, dimension, fields.get("answer", ""), list(groups), last)
    end = last.replace(day=monthrange(last.year, last.month)[1])
    number = end.year * 12 + end.month - months
    return Published.objects.create(
        **{
            "organisation": unit.organisation,
            "unit": unit,
            "measure": measure,
            "dimension": dimension,
            "stretch": rules.Stretch.BLOCK,
            "first": date(number // 12, number % 12 + 1, 1),
            "last": end,
            "names": list(groups),
            "states": ["unknown" if "unknown" in name.lower() else "known" for name in groups],
            "numerators": [float(x) for x, _n in groups.values()],
            "denominators": [float(n) for _x, n in groups.values()],
            "numerator": float(sum(x for x, _n in groups.values()) + rest[0]),
            "denominator": float(sum(n for _x, n in groups.values()) + rest[1]),
            "hidden": list(hidden),
            "published_at": datetime(2026, 11, 5, tzinfo=UTC),
            **fields,
        }
    )
