"""The registry of guidelines that use race: taking the starting list, adding, changing, reviewing."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from improvement.models import Algorithm, AlgorithmReview
from improvement.rules import algorithms as rules
from improvement.rules.starter import guidelines
from org import audit
from org.models import Organisation, Unit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a guideline is, in the fields of `Algorithm`."""

    name: str
    kind: rules.Kind
    unit: Unit | None = None
    place: str = ""
    uses: str
    source: str = ""
    now: str = ""
    owner: "User | None" = None


_FIELDS = ("name", "kind", "unit", "place", "uses", "source", "now", "owner")


def _record(verb: str, algorithm: Algorithm, by: "User", at: datetime, **facts: audit.Fact) -> None:
    audit.record(
        verb,
        subject=algorithm,
        by=by,
        at=at,
        organisation_id=algorithm.organisation_id,
        unit_id=algorithm.unit_id,
        label=algorithm.code or f"#{algorithm.pk}",
        facts={"kind": str(algorithm.kind), **facts},
    )


def _check(organisation: Organisation, described: Described, but: int = 0) -> None:
    taken = organisation.algorithms.exclude(pk=but).filter(name__iexact=described.name.strip())
    if taken.exists():
        raise NotAllowed(_("This stands in the registry already."), field="name")
    if described.unit is not None and described.unit.organisation_id != organisation.pk:
        raise NotAllowed(_("This unit belongs to another organization."), field="unit")


@transaction.atomic
def adopt_list(*, organisation: Organisation, by: "User", at: datetime) -> int:
    """Take what is missing of the starting list, each as not reviewed. Returns how many came; the same again none."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    have = organisation.algorithms.values_list("code", "name")
    codes, names = {code for code, _name in have}, {name.casefold() for _code, name in have}
    today = at.astimezone(organisation.zone).date()
    new = Algorithm.objects.bulk_create(
        Algorithm(
            organisation=organisation,
            code=one.code,
            name=one.name,
            kind=one.kind,
            uses=one.uses,
            source=one.source,
            now=one.now,
            next_review=today + timedelta(days=rules.REVIEW_DAYS),
            added_at=at,
        )
        for one in guidelines()
        if one.code not in codes and one.name.casefold() not in names
    )
    if new:
        audit.record(
            "algorithms.adopted",
            subject=organisation,
            by=by,
            at=at,
            organisation_id=organisation.pk,
            facts={"count": len(new)},
        )
    return len(new)


@transaction.atomic
def add(*, organisation: Organisation, described: Described, by: "User", at: datetime) -> Algorithm:
    """Add one that is in use here; it begins as not reviewed. Raises NotAllowed where the name stands."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    _check(organisation, described)
    today = at.astimezone(organisation.zone).date()
    algorithm = Algorithm.objects.create(
        organisation=organisation,
        next_review=today + timedelta(days=rules.REVIEW_DAYS),
        added_at=at,
        **{name: getattr(described, name) for name in _FIELDS},
    )
    _record("algorithm.added", algorithm, by, at)
    return algorithm


@transaction.atomic
def describe(*, algorithm: Algorithm, described: Described, by: "User", at: datetime) -> list[str]:
    """Change what is said of it; its review stays. Returns the fields that changed."""
    organisation = Organisation.objects.select_for_update().get(pk=algorithm.organisation_id)
    algorithm = Algorithm.objects.select_for_update(of=("self",)).get(pk=algorithm.pk)
    _check(organisation, described, algorithm.pk)
    changed = [name for name in _FIELDS if getattr(algorithm, name) != getattr(described, name)]
    for name in changed:
        setattr(algorithm, name, getattr(described, name))
    if changed:
        algorithm.save(update_fields=changed)
        _record("algorithm.changed", algorithm, by, at, fields=", ".join(changed))
    return changed


@transaction.atomic
def review(
    *,
    algorithm: Algorithm,
    status: rules.Review,
    decision: str,
    replaced_by: str,
    next_review: date | None,
    by: "User",
    at: datetime,
) -> AlgorithmReview:
    """Write down what a review said; it is never changed. Raises NotAllowed in plain words, naming the field."""
    algorithm = Algorithm.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=algorithm.pk)
    today = at.astimezone(algorithm.organisation.zone).date()
    before = rules.Review(algorithm.status)
    decision, replaced_by = decision.strip(), replaced_by.strip()
    due = None if status == rules.Review.RETIRED else next_review
    rules.check_review(before, status, decision=decision, next_review=due, today=today)
    written = AlgorithmReview.objects.create(
        algorithm=algorithm,
        before=before,
        status=status,
        decision=decision,
        replaced_by=replaced_by,
        next_review=due,
        by=by,
        at=at,
    )
    algorithm.status, algorithm.last_review, algorithm.next_review = status, today, due
    algorithm.decision, algorithm.replaced_by = decision, replaced_by
    algorithm.save(update_fields=["status", "last_review", "next_review", "decision", "replaced_by"])
    facts = {"from": before.value, "to": status.value, "day": "" if due is None else due.isoformat()}
    _record("algorithm.reviewed", algorithm, by, at, **facts)
    return written
