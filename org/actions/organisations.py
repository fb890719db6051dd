"""Settings of an organisation and its tiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from org import audit, rules
from org.actions.units import create_unit
from org.models import Organisation, Tier, Unit, User
from org.rules import NotAllowed, UnitKind


@dataclass(frozen=True, slots=True)
class TierPlan:
    """What a tier should be; its level is its place in the list, the front line first."""

    name: str
    huddle_at: time | None
    huddle_minutes: int = 15


@transaction.atomic
def start_organisation(
    *,
    name: str,
    time_zone: str,
    at: datetime,
    by: User | None = None,
    slug: str = "",
    language: str = "en",
    tiers: Sequence[TierPlan] = (),
) -> tuple[Organisation, Unit]:
    """A new organisation with its tiers and its top unit. Raises NotAllowed where the short name is taken."""
    slug = slug or slugify(name)[:60]
    if not slug or Organisation.objects.filter(slug=slug).exists():
        raise NotAllowed(_("Another organization has this name."))
    organisation = Organisation.objects.create(name=name, slug=slug, time_zone=time_zone, language=language)
    audit.record("organisation.started", subject=organisation, by=by, at=at, organisation_id=organisation.pk)
    plans = list(tiers) or [TierPlan(str(label), time(6 + level)) for level, label in rules.DEFAULT_TIERS]
    set_tiers(organisation=organisation, tiers=plans, by=by, at=at)
    top = create_unit(
        organisation=organisation,
        tier=organisation.tiers.order_by("-level")[0],
        parent=None,
        code=slug.upper()[:40],
        name=name,
        kind=UnitKind.EXECUTIVE,
        by=by,
        at=at,
    )
    return organisation, top


@transaction.atomic
def edit_organisation(
    *,
    organisation: Organisation,
    name: str,
    time_zone: str,
    language: str,
    snapshot_at: time,
    small_cell_threshold: int,
    idle_minutes: int,
    hard_hours: int,
    by: User | None,
    at: datetime,
) -> Organisation:
    """Change the settings that the whole organisation shares. Sessions that run keep the limits they began with."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    wanted = {
        "name": name,
        "time_zone": time_zone,
        "language": language,
        "snapshot_at": snapshot_at,
        "small_cell_threshold": small_cell_threshold,
        "idle_minutes": idle_minutes,
        "hard_hours": hard_hours,
    }
    facts: dict[str, audit.Fact] = {}
    for field, value in wanted.items():
        if getattr(organisation, field) != value:
            facts[field] = str(value) if field != "name" else "changed"
            setattr(organisation, field, value)
    if facts:
        organisation.save(update_fields=list(facts))
        audit.record(
            "organisation.changed", subject=organisation, by=by, at=at, organisation_id=organisation.pk, facts=facts
        )
    return organisation


@transaction.atomic
def set_tiers(*, organisation: Organisation, tiers: Sequence[TierPlan], by: User | None, at: datetime) -> list[Tier]:
    """Make the organisation's tiers exactly these, front line first.

    Raises NotAllowed for fewer than three or more than six, and where units still stand on a tier that would go.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    rules.check_tier_count(len(tiers))
    known = {tier.level: tier for tier in organisation.tiers.all()}
    gone = [tier for level, tier in known.items() if level > len(tiers)]
    if Unit.objects.filter(tier__in=gone).exists():
        raise NotAllowed(
            _("Units still stand on tier %(level)s: give them another tier first.") % {"level": len(tiers) + 1}
        )
    Tier.objects.filter(pk__in=[tier.pk for tier in gone]).delete()
    saved = []
    changed = [f"-{tier.level}" for tier in gone]
    for level, plan in enumerate(tiers, start=1):
        tier = known.get(level) or Tier(organisation=organisation, level=level)
        if tier.pk is None or (tier.name, tier.huddle_at, tier.huddle_minutes) != (
            plan.name,
            plan.huddle_at,
            plan.huddle_minutes,
        ):
            tier.name, tier.huddle_at, tier.huddle_minutes = plan.name, plan.huddle_at, plan.huddle_minutes
            tier.save()
            changed.append(str(level))
        saved.append(tier)
    if changed:
        audit.record(
            "tiers.changed",
            subject=organisation,
            by=by,
            at=at,
            organisation_id=organisation.pk,
            facts={"tiers": " ".join(changed), "count": len(tiers)},
        )
    return saved
