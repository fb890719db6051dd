"""What the pages show with which a hospital sets up huddles and issues. Its views have asked for the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet

from huddles.models import Agenda, Choice, Confidant
from huddles.rules.clocks import Level, default_level
from huddles.rules.issues import ChoiceKind, Urgency
from org.models import Organisation, Tier, Unit


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """An agenda in the list; `unit` is empty for that of a tier."""

    pk: int
    name: str
    unit: str
    version: int


@dataclass(frozen=True, slots=True)
class TierAgendas:
    """A tier with its agenda, if it has one yet, and those of single units of it."""

    tier: Tier
    agenda: AgendaRow | None
    units: Sequence[AgendaRow]


@dataclass(frozen=True, slots=True)
class LevelRow:
    """How long a tier has for issues of one urgency; `of_house` where nobody has changed it."""

    tier: Tier
    urgency: Urgency
    level: Level


def agendas_of(organisation: Organisation) -> list[TierAgendas]:
    """Every tier, the front line first, with its agendas. Two statements."""
    rows: dict[int, list[AgendaRow]] = {}
    alone: dict[int, AgendaRow] = {}
    agendas = Agenda.objects.filter(organisation=organisation).select_related("unit")
    for agenda in agendas.annotate(version=Max("versions__number")).order_by("unit__path", "pk"):
        name = agenda.unit.name if agenda.unit is not None else ""
        row = AgendaRow(agenda.pk, agenda.name, name, agenda.version or 0)
        if agenda.unit is None:
            alone[agenda.tier_level] = row
        else:
            rows.setdefault(agenda.tier_level, []).append(row)
    tiers = organisation.tiers.order_by("level")
    return [TierAgendas(tier, alone.get(tier.level), rows.get(tier.level, [])) for tier in tiers]


def units_without_own(agenda: Agenda) -> "QuerySet[Unit]":
    """Open units of the agenda's tier that have none of their own."""
    own = Agenda.objects.filter(organisation=agenda.organisation_id, tier_level=agenda.tier_level, unit__isnull=False)
    return (
        Unit.objects.open()
        .filter(organisation=agenda.organisation_id, tier__level=agenda.tier_level)
        .exclude(pk__in=own.values("unit"))
        .order_by("path")
    )


def choices_of(organisation: Organisation, kind: ChoiceKind) -> "QuerySet[Choice]":
    """The words of a list in their order."""
    return Choice.objects.filter(organisation=organisation, kind=kind).order_by("position", "name")


def levels_of(organisation: Organisation) -> list[LevelRow]:
    """Every tier and urgency with its times. Two statements."""
    stored = {(row.tier_level, row.urgency): row.level for row in organisation.service_levels.all()}
    return [
        LevelRow(tier, urgency, stored.get((tier.level, urgency.value)) or default_level(tier.level, urgency))
        for tier in organisation.tiers.order_by("level")
        for urgency in Urgency
    ]


def confidants_of(organisation: Organisation) -> "QuerySet[Confidant]":
    """The people of trust in their order."""
    return Confidant.objects.filter(organisation=organisation).select_related("user").order_by("position", "pk")


def is_furnished(organisation: Organisation) -> bool:
    """Whether every tier has an agenda, and every list of words has some. Three statements."""
    tiers = set(organisation.tiers.values_list("level", flat=True))
    agendas = set(organisation.agendas.filter(unit__isnull=True).values_list("tier_level", flat=True))
    lists = organisation.issue_choices.values("kind").annotate(n=Count("pk"))
    return tiers <= agendas and len(lists) == len(ChoiceKind)
