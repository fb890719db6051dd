"""Which agenda a unit has, and its lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length

from huddles.models import AgendaLine, AgendaVersion
from huddles.rules.agendas import Section, StepKind
from org.models import Unit
from org.rules import ancestor_ids


@dataclass(frozen=True, slots=True)
class HuddleAgenda:
    """One wording of an agenda: its steps, and the lines of every other section."""

    version_id: int
    number: int
    steps: Sequence[AgendaLine]
    sections: Mapping[str, Sequence[AgendaLine]]

    def lines(self, section: Section) -> Sequence[AgendaLine]:
        """The lines of `section`; none where the agenda has no such section."""
        return self.sections.get(section, ())

    def has(self, kind: StepKind) -> bool:
        """Whether a step of this kind is on it."""
        return any(step.kind == kind for step in self.steps)


def agenda_version_for(unit: Unit) -> AgendaVersion | None:
    """The newest wording of the agenda of `unit`: its own, else that of the nearest unit above it, else its tier's.
    None where its tier has none yet. One statement; `unit` comes with its tier.
    """
    return (
        AgendaVersion.objects.filter(
            agenda__organisation_id=unit.organisation_id,
            agenda__tier_level=unit.tier.level,
        )
        .filter(_of_line(unit))
        .order_by(Length("agenda__unit__path").desc(nulls_last=True), "-number")
        .first()
    )


def _of_line(unit: Unit) -> Q:
    return Q(agenda__unit__isnull=True) | Q(agenda__unit__in=[*ancestor_ids(unit.path), unit.pk])


def agenda_of(version: AgendaVersion) -> HuddleAgenda:
    """A wording of an agenda with all its lines. One statement."""
    sections: dict[str, list[AgendaLine]] = {}
    for line in AgendaLine.objects.filter(version=version).order_by("section", "position"):
        sections.setdefault(line.section, []).append(line)
    return HuddleAgenda(version.pk, version.number, sections.pop(Section.STEP, []), sections)
