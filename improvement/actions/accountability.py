"""Naming who leads the work on equity; writing down to whom the yearly report was told; that a pack was made."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from improvement.models import EquityLeader, YearlyReport
from improvement.rules import accountability as rules
from org import audit
from org.models import Membership, Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


@transaction.atomic
def name_leader(
    *, organisation: Organisation, user: "User", title: str, since: date, by: "User", at: datetime
) -> EquityLeader:
    """Name somebody who leads from `since` on. Raises NotAllowed for whoever is no part of the organisation."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if not user.is_active or not Membership.objects.current().filter(user=user, unit__organisation=organisation):
        raise NotAllowed(_("This person holds no role here."), field="user")
    if since > at.astimezone(organisation.zone).date():
        raise NotAllowed(_("This day is still to come."), field="since")
    if organisation.equity_leaders.filter(user=user, until__isnull=True).exists():
        raise NotAllowed(_("This person leads already."), field="user")
    leader = EquityLeader.objects.create(organisation=organisation, user=user, title=title.strip(), since=since)
    _record("equity_leader.named", leader, by, at, since)
    return leader


@transaction.atomic
def end_leader(*, leader: EquityLeader, by: "User", at: datetime) -> EquityLeader:
    """Let somebody lead until today; it stays on record that they did."""
    leader = EquityLeader.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=leader.pk)
    if leader.until is None:
        leader.until = at.astimezone(leader.organisation.zone).date()
        leader.save(update_fields=["until"])
        _record("equity_leader.ended", leader, by, at, leader.until)
    return leader


def _record(verb: str, leader: EquityLeader, by: "User", at: datetime, day: date) -> None:
    audit.record(
        verb,
        subject=leader,
        by=by,
        at=at,
        organisation_id=leader.organisation_id,
        label=f"#{leader.pk}",
        facts={"user": leader.user_id, "day": day.isoformat()},
    )


@transaction.atomic
def told(
    *,
    organisation: Organisation,
    year: int,
    told_on: date,
    audience: rules.Audience,
    how: str,
    by: "User",
    at: datetime,
) -> YearlyReport:
    """Write down that the report about `year` was told. Raises NotAllowed, naming the field."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    rules.check_told(year, told_on, at.astimezone(organisation.zone).date())
    if not how.strip():
        raise NotAllowed(_("Say how it was told: in which meeting, by which letter."), field="how")
    if organisation.yearly_reports.filter(year=year, told_on=told_on, audience=audience).exists():
        raise NotAllowed(_("This is written down already."), field="told_on")
    report = YearlyReport.objects.create(
        organisation=organisation,
        year=year,
        told_on=told_on,
        audience=audience,
        how=how.strip(),
        written_by=by,
        written_at=at,
    )
    audit.record(
        "yearly_report.told",
        subject=report,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"report_year": year, "day": told_on.isoformat(), "audience": audience.value},
    )
    return report


@transaction.atomic
def pack_made(
    *, organisation: Organisation, sha256: str, files: int, day: date, with_pdf: bool, by: "User", at: datetime
) -> None:
    """Record that a pack of evidence was made: its fingerprint and how many files, nothing of what is in them."""
    audit.record(
        "evidence.made",
        subject=organisation,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"sha256": sha256, "count": files, "day": day.isoformat(), "pdf": with_pdf},
    )
