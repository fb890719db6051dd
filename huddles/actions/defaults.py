"""What a hospital starts with: an agenda for every tier, words to choose from, and how long each tier has."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from huddles.models import Agenda, AgendaLine, AgendaVersion, Choice, ServiceLevel
from huddles.rules.agendas import Line, default_agenda
from huddles.rules.clocks import default_level
from huddles.rules.issues import DEFAULT_CHOICES, Urgency
from org import audit
from org.models import Organisation, Tier, User


@transaction.atomic
def furnish(*, organisation: Organisation, at: datetime) -> int:
    """Put agendas, choices and service levels of the house in place where they are missing, in its language; give how
    many were put. What stands, and what the hospital has renamed or retired, stays as it is: again changes nothing.
    """
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    tiers = list(organisation.tiers.order_by("level"))
    with override(organisation.language):
        return _agendas(organisation, tiers, at) + _choices(organisation) + _levels(organisation, tiers)


def _agendas(organisation: Organisation, tiers: Sequence[Tier], at: datetime) -> int:
    present = set(organisation.agendas.filter(unit__isnull=True).values_list("tier_level", flat=True))
    missing = [tier for tier in tiers if tier.level not in present]
    for tier in missing:
        agenda = Agenda.objects.create(organisation=organisation, tier_level=tier.level, name=tier.name[:80])
        publish_lines(agenda, 1, default_agenda(tier.level, tiers[-1].level), at)
        audit.record(
            "agenda.published",
            subject=agenda,
            by=None,
            at=at,
            organisation_id=organisation.pk,
            facts={"tier": tier.level, "version": 1},
        )
    return len(missing)


def publish_lines(
    agenda: Agenda, number: int, lines: Sequence[Line], at: datetime, by: User | None = None
) -> AgendaVersion:
    """Version `number` of an agenda with `lines` in their order, each section counted from 1."""
    version = AgendaVersion.objects.create(agenda=agenda, number=number, published_at=at, published_by=by)
    places: dict[str, int] = {}
    rows = []
    for line in lines:
        places[line.section] = places.get(line.section, 0) + 1
        rows.append(
            AgendaLine(
                version=version,
                section=line.section,
                position=places[line.section],
                kind=line.kind,
                title=str(line.title),
                prompt=str(line.prompt),
                seconds=line.seconds,
                required=line.required,
            )
        )
    AgendaLine.objects.bulk_create(rows)
    return version


def _choices(organisation: Organisation) -> int:
    made = []
    for kind, words in DEFAULT_CHOICES.items():
        present = list(organisation.issue_choices.filter(kind=kind).values_list("code", "name", "position"))
        codes = {code for code, _name, _place in present}
        names = {name.casefold() for _code, name, _place in present}
        place = max((place for _code, _name, place in present), default=0)
        for code, word in words:
            name = str(word)
            if code in codes or name.casefold() in names:
                continue
            place += 1
            made.append(Choice(organisation=organisation, kind=kind, code=code, name=name, position=place))
    Choice.objects.bulk_create(made)
    return len(made)


def _levels(organisation: Organisation, tiers: Sequence[Tier]) -> int:
    present = set(organisation.service_levels.values_list("tier_level", "urgency"))
    made = []
    for tier in tiers:
        for urgency in Urgency:
            if (tier.level, urgency.value) in present:
                continue
            level = default_level(tier.level, urgency)
            made.append(
                ServiceLevel(
                    organisation=organisation,
                    tier_level=tier.level,
                    urgency=urgency,
                    acknowledge_minutes=level.acknowledge_minutes,
                    answer_minutes=level.answer_minutes,
                    quick_hit_days=level.quick_hit_days,
                    big_days=level.big_days,
                    confirm_huddles=level.confirm_huddles,
                    working=level.working,
                    works_from=level.works_from,
                    works_until=level.works_until,
                    check_in_days=level.check_in_days,
                )
            )
    ServiceLevel.objects.bulk_create(made)
    return len(made)
