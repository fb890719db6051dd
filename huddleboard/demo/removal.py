"""Remove a demo organisation. Never touches one that is not marked as synthetic."""

from django.db import connection, transaction

from boards.models import (
    Annotation,
    Batch,
    BoardMeasure,
    Dimension,
    DueSnapshot,
    Layout,
    Letter,
    Measure,
    ReasonCode,
    RedReason,
    SnapshotRun,
    Source,
    Stratum,
    Target,
    Tile,
)
from huddleboard.demo.people import domain_of
from huddles.models import Agenda, Choice, Huddle, Issue, ServiceLevel, SystemAlert
from improvement.models import EquityLeader, Goal, Ticket, Voice
from org.models import Calendar, Membership, Organisation, Tier, Unit, User, WallDevice
from org.rules import NotAllowed
from rounding.models import Colleague, KCard, Promise, QuestionSet, Recognition, Round, Route

_FACTS = ("boards_snapshot", "boards_replacedreading", "boards_reading")


@transaction.atomic
def remove(organisation: Organisation) -> None:
    """Delete all of a synthetic organisation but its audit trail. Raises NotAllowed for any other."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not organisation.is_synthetic:
        message = f"{organisation.name} is not marked as synthetic and is never deleted by this command."
        raise NotAllowed(message)
    with connection.cursor() as cursor:
        for table in _FACTS:
            cursor.execute(f"DELETE FROM {table} WHERE organisation_id = %s", [organisation.pk])  # noqa: S608
    for work in (Ticket, Promise, Recognition, Round, KCard, QuestionSet, Route, Colleague):
        work.objects.filter(organisation=organisation).delete()
    joined = Issue.objects.filter(organisation=organisation, merged_into__isnull=False)
    joined.delete()  # parts before their whole, which protects itself
    Issue.objects.filter(organisation=organisation).delete()
    Huddle.objects.filter(unit__organisation=organisation).delete()
    for kept in (Voice, Goal, SystemAlert, Agenda, Choice, ServiceLevel):
        kept.objects.filter(organisation=organisation).delete()
    EquityLeader.objects.filter(organisation=organisation).delete()  # or those who led could not be deleted
    for of_unit in (RedReason, Annotation, Tile, BoardMeasure, Membership):
        of_unit.objects.filter(unit__organisation=organisation).delete()
    Target.objects.filter(measure__organisation=organisation).delete()
    for owned in (DueSnapshot, SnapshotRun, Batch, Source, Measure, Letter, ReasonCode, Layout, Stratum, Dimension):
        owned.objects.filter(organisation=organisation).delete()
    WallDevice.objects.filter(organisation=organisation).delete()
    for tier in Tier.objects.filter(organisation=organisation).order_by("level"):
        Unit.objects.filter(tier=tier).delete()
    Tier.objects.filter(organisation=organisation).delete()
    Calendar.objects.filter(organisation=organisation).delete()
    User.objects.filter(email__iendswith=f"@{domain_of(organisation.slug)}", memberships__isnull=True).delete()
    organisation.delete()
