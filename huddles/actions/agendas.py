"""Agendas: an edit publishes the next version, so that yesterday's huddle still shows yesterday's agenda."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.defaults import publish_lines
from huddles.models import Agenda, AgendaLine, AgendaVersion
from huddles.rules.agendas import Line, Section, check_agenda, in_sections
from org import audit
from org.models import Unit, User
from org.rules import NotAllowed, Overtaken


@transaction.atomic
def publish(*, agenda: Agenda, lines: Sequence[Line], based_on: int, by: User, at: datetime) -> AgendaVersion:
    """Publish `lines` as the next version; huddles that begin from now on have it. The same lines give the version
    that stands. Raises Overtaken where somebody published another one than `based_on` meanwhile, NotAllowed where the
    lines do not make an agenda.
    """
    agenda = Agenda.objects.select_for_update().get(pk=agenda.pk)
    check_agenda(lines)
    newest = agenda.versions.order_by("-number").first()
    number = newest.number if newest is not None else 0
    if number != based_on:
        raise Overtaken(
            _("Somebody has published version %(number)s meanwhile. Look at it; your lines are still here.")
            % {"number": number}
        )
    if newest is not None and lines_of(newest) == list(lines):
        return newest
    version = publish_lines(agenda, number + 1, lines, at, by)
    _record("agenda.published", agenda, by, at, version.number)
    return version


@transaction.atomic
def start_for_unit(*, unit: Unit, like: Agenda, by: User, at: datetime) -> Agenda:
    """Give a unit, and those below it on its tier, an agenda of its own that begins as `like` is now. Where it has one
    already, that one is given. Raises NotAllowed for another tier or house.
    """
    if (like.organisation_id, like.tier_level) != (unit.organisation_id, unit.tier.level):
        raise NotAllowed(_("This agenda belongs to another tier."))
    newest = like.versions.order_by("-number").first()
    if newest is None:
        raise NotAllowed(_("This agenda has no lines yet."))
    agenda, made = Agenda.objects.get_or_create(
        unit=unit,
        tier_level=unit.tier.level,
        defaults={"organisation_id": unit.organisation_id, "name": unit.name[:80]},
    )
    if made:
        publish_lines(agenda, 1, lines_of(newest), at, by)
        _record("agenda.published", agenda, by, at, 1)
    return agenda


@transaction.atomic
def remove_from_unit(*, agenda: Agenda, by: User, at: datetime) -> None:
    """Let a unit have the agenda of its tier again. Raises NotAllowed for that of a tier, and once a huddle has had it:
    the record of that huddle hangs on it.
    """
    agenda = Agenda.objects.select_for_update().get(pk=agenda.pk)
    if agenda.unit_id is None:
        raise NotAllowed(_("A tier always has an agenda."))
    if AgendaVersion.objects.filter(agenda=agenda, huddles__isnull=False).exists():
        raise NotAllowed(_("Huddles have been held with this agenda, and their record needs it. Change it instead."))
    _record("agenda.removed", agenda, by, at, 0)
    agenda.delete()


def lines_of(version: AgendaVersion) -> list[Line]:
    """The lines of a version, as they would be published again: section by section, in order."""
    rows = AgendaLine.objects.filter(version=version).order_by("position")
    return in_sections(
        Line(Section(row.section), row.title, row.prompt, row.kind, row.seconds, row.required) for row in rows
    )


def _record(verb: str, agenda: Agenda, by: User, at: datetime, version: int) -> None:
    audit.record(
        verb,
        subject=agenda,
        by=by,
        at=at,
        organisation_id=agenda.organisation_id,
        unit_id=agenda.unit_id,
        facts={"tier": agenda.tier_level, "version": version},
    )
