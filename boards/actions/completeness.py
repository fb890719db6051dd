"""From which known share on an organisation speaks of differences, and who lives in its catchment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from boards.models import CommunityShare, CompletenessLimits, Dimension
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User

HUNDRED = 100.0
_DUST = 1e-9


@transaction.atomic
def set_limits(*, organisation: Organisation, least: int, well: int, by: "User", at: datetime) -> CompletenessLimits:
    """Say from which share known on, in percent, a difference is shown, and from which without a warning."""
    if not 0 <= least <= well <= HUNDRED:
        raise NotAllowed(_("Enough begins at the first limit or above it, and at most at 100 %."), field="well")
    limits, _made = CompletenessLimits.objects.update_or_create(
        organisation=organisation, defaults={"least": least, "well": well}
    )
    audit.record(
        "completeness.limits_set",
        subject=limits,
        by=by,
        at=at,
        organisation_id=organisation.pk,
        facts={"least_known": least, "well_known": well},
    )
    return limits


@dataclass(frozen=True, slots=True)
class Share:
    """A group and its share among the people of the catchment, in percent."""

    group: str
    percent: float


@transaction.atomic
def set_community(
    *, dimension: Dimension, shares: Sequence[Share], source: str, year: int, by: "User", at: datetime
) -> None:
    """Replace what is said of the catchment by this dimension; no shares take it away. Raises NotAllowed where they add
    up to more than 100 %, or a group stands twice.
    """
    Dimension.objects.select_for_update().get(pk=dimension.pk)
    if sum(share.percent for share in shares) > HUNDRED + _DUST:
        raise NotAllowed(_("The shares add up to more than 100 %."), field="table")
    if len({share.group.casefold() for share in shares}) < len(shares):
        raise NotAllowed(_("A group stands there twice."), field="table")
    CommunityShare.objects.filter(dimension=dimension).delete()
    CommunityShare.objects.bulk_create(
        [
            CommunityShare(
                organisation_id=dimension.organisation_id,
                dimension=dimension,
                group=share.group,
                share=share.percent,
                source=source,
                year=year,
                position=place,
            )
            for place, share in enumerate(shares)
        ]
    )
    audit.record(
        "community.shares_set",
        subject=dimension,
        by=by,
        at=at,
        organisation_id=dimension.organisation_id,
        label=dimension.code,
        facts={"groups": len(shares), "year": year},
    )
