"""What a test of this room needs: a guideline, a leader, groups that were told."""

from datetime import UTC, date, datetime

from boards import rules
from boards.models import Dimension, Measure, Published
from improvement.models import Algorithm, EquityLeader
from org.models import Organisation, Unit, User

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def make_algorithm(organisation: Organisation, **fields) -> Algorithm:
    return Algorithm.objects.create(
        organisation=organisation,
        **{
            "name": "eGFR with a race coefficient",
            "kind": "algorithm",
            "uses": "Multiplies.",
            "added_at": AT,
            **fields,
        },
    )


def make_leader(organisation: Organisation, user: User, **fields) -> EquityLeader:
    return EquityLeader.objects.create(organisation=organisation, user=user, **{"since": date(2026, 1, 1), **fields})


def publish(
    unit: Unit,
    measure: Measure,
    dimension: Dimension,
    groups: dict[str, tuple[float, float]],
    *,
    total: tuple[float, float] | None = None,
    hidden: tuple[str, ...] = (),
    states: dict[str, str] | None = None,
    first: date = date(2026, 7, 1),
    last: date = date(2026, 9, 30),
    stretch: rules.Stretch = rules.Stretch.BLOCK,
) -> Published:
    """Groups as they were told; the total is their sum unless it is given."""
    whole = total or (sum(n for n, _d in groups.values()), sum(d for _n, d in groups.values()))
    return Published.objects.create(
        organisation=unit.organisation,
        unit=unit,
        measure=measure,
        dimension=dimension,
        stretch=stretch,
        first=first,
        last=last,
        names=list(groups),
        states=[(states or {}).get(name, "known") for name in groups],
        numerators=[float(n) for n, _d in groups.values()],
        denominators=[float(d) for _n, d in groups.values()],
        numerator=float(whole[0]),
        denominator=float(whole[1]),
        hidden=list(hidden),
        published_at=AT,
    )


def evidence_things(ward: Unit) -> dict[str, int]:
    """What addresses of this part name."""
    user = User.objects.create_user("leader@example.org", "a long word for tests", name="Lead")
    return {
        "algorithm": make_algorithm(ward.organisation).pk,
        "leader": make_leader(ward.organisation, user).pk,
    }
