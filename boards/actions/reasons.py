"""The reasons that can be given for a red day: adding, renaming, ordering, retiring."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from boards import setup_rules
from boards.actions import again
from boards.models import ReasonCode, RedReason, Tile
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _lock(organisation_id: int) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation_id)


def _check(organisation: Organisation, name: str, but: int = 0) -> str:
    name = name.strip()
    if not name:
        raise NotAllowed(_("Give the reason a name."))
    setup_rules.check_text_free(
        name,
        organisation.reason_codes.exclude(pk=but).values_list("name", flat=True),
        _("This reason stands already. If it is retired, bring it back."),
    )
    return name


def _free_code(organisation: Organisation, name: str) -> str:
    stem = slugify(name)[:36] or "reason"
    taken = set(organisation.reason_codes.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for n in range(len(taken) + 1) if (code := f"{stem}-{n + 1}" if n else stem) not in taken)


@transaction.atomic
def add_reason(*, organisation: Organisation, name: str, by: "User", at: datetime) -> ReasonCode:
    """Add a reason after the others. Raises NotAllowed where one has this name."""
    organisation = _lock(organisation.pk)
    name = _check(organisation, name)
    last = organisation.reason_codes.order_by("-position").values_list("position", flat=True).first()
    reason = ReasonCode.objects.create(
        organisation=organisation, code=_free_code(organisation, name), name=name, position=(last or 0) + 1
    )
    audit.record(
        "reason.added", subject=reason, by=by, at=at, organisation_id=organisation.pk, facts={"code": reason.code}
    )
    return reason


@transaction.atomic
def rename_reason(*, reason: ReasonCode, name: str, by: "User", at: datetime) -> ReasonCode:
    """Give a reason another name, also for the days for which it was given already; the boards follow."""
    organisation = _lock(reason.organisation_id)
    reason = ReasonCode.objects.get(pk=reason.pk)
    name = _check(organisation, name, reason.pk)
    if reason.name == name:
        return reason
    reason.name = name
    reason.save(update_fields=["name"])
    audit.record(
        "reason.renamed", subject=reason, by=by, at=at, organisation_id=organisation.pk, facts={"code": reason.code}
    )
    uses = RedReason.objects.filter(reason=reason)
    again.look_changed(Tile.objects.filter(unit__in=uses.values("unit")), organisation, at)
    return reason


@transaction.atomic
def move_reason(*, reason: ReasonCode, up: bool, by: "User", at: datetime) -> None:
    """Put a reason one place earlier or later among those that can be chosen. At an end nothing happens."""
    organisation = _lock(reason.organisation_id)
    reasons = organisation.reason_codes.filter(is_active=reason.is_active).order_by("position", "name")
    before = list(reasons.values_list("pk", flat=True))
    order = setup_rules.moved(before, reason.pk, up=up)
    if order == before:
        return
    again.renumber(ReasonCode.objects.filter(organisation=organisation), order)
    audit.record("reason.moved", subject=reason, by=by, at=at, organisation_id=organisation.pk, facts={"up": up})


@transaction.atomic
def use_reason(*, reason: ReasonCode, active: bool, by: "User", at: datetime) -> ReasonCode:
    """Retire a reason, so that nobody can choose it any more, or bring it back. What was said with it stays."""
    reason = ReasonCode.objects.select_for_update().get(pk=reason.pk)
    if reason.is_active == active:
        return reason
    reason.is_active = active
    reason.save(update_fields=["is_active"])
    audit.record(
        "reason.brought_back" if active else "reason.retired",
        subject=reason,
        by=by,
        at=at,
        organisation_id=reason.organisation_id,
        facts={"code": reason.code},
    )
    return reason
