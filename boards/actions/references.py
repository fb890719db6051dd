"""With whom groups are compared: chosen by a rule, written down, kept for a while."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from analytics.disparity import ReferenceRule, choose, freeze
from boards import rules
from boards.models import Dimension, Measure, ReferenceChoice
from boards.queries.published import Block, blocks, pooled
from boards.snapshots.gaps import refresh_gaps
from org import audit
from org.models import Unit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User

#: A best or largest group is chosen from what was told of the whole house in so many days.
CHOSEN_FROM = timedelta(days=400)


@transaction.atomic
def choose_reference(
    *, measure: Measure, dimension: Dimension, rule: str, group: str, by: "User | None", at: datetime
) -> ReferenceChoice:
    """Compare the groups of `dimension` by `rule` from today on. Raises NotAllowed where it names no group.

    The best and the largest group are named now, from what was told of the whole house, and kept for a quarter: chosen
    afresh every day they would follow chance. Marks on tiles follow at once.
    """
    if rule not in rules.Reference.values:
        raise NotAllowed(_("Choose with whom groups are compared."), field="rule")
    today = at.astimezone(measure.organisation.zone).date()
    chosen = rules.Reference(rule)
    until: date | None = None
    if chosen == rules.Reference.REST:
        group = ""
    else:
        told = _told(measure, dimension, today)
        group = _named(chosen, group, told, measure)
        if chosen != rules.Reference.FIXED:
            until = freeze(ReferenceRule(chosen.value), group, today).last
    found, _made = ReferenceChoice.objects.update_or_create(
        measure=measure,
        dimension=dimension,
        since=today,
        defaults={"rule": chosen, "group": group, "until": until, "chosen_by": by, "chosen_at": at},
    )
    refresh_gaps(measure.organisation, today, at, only=measure)
    audit.record(
        "reference.chosen",
        subject=measure,
        by=by,
        at=at,
        organisation_id=measure.organisation_id,
        facts={"dimension": dimension.code, "reference": chosen.value},
    )
    return found


def _told(measure: Measure, dimension: Dimension, day: date) -> Block | None:
    top = Unit.objects.filter(organisation=measure.organisation_id, parent__isnull=True).values_list("pk", flat=True)
    return pooled(blocks(list(top), [measure.pk], dimensions=[dimension.pk], first=day - CHOSEN_FROM, last=day))


def _named(rule: rules.Reference, group: str, told: Block | None, measure: Measure) -> str:
    names = [part.name for part in told.parts] if told is not None else []
    if rule == rules.Reference.FIXED:
        if group not in names:
            raise NotAllowed(_("Name a group of which the whole organization can be told."), field="group")
        return group
    if told is None or not names:
        raise NotAllowed(_("Nothing was told of these groups yet, so none can be chosen."), field="rule")
    parts = [part for part in told.parts if part.state == rules.CategoryState.KNOWN]
    x, n = np.array([p.numerator for p in parts]), np.array([p.denominator for p in parts])
    if measure.kind != rules.Kind.PROPORTION or (x > n).any():
        raise NotAllowed(
            _("Only for shares of cases a best or largest group can be chosen. Name a group."), field="rule"
        )
    at = int(choose(x, n, ReferenceRule(rule.value), favourable=measure.direction == rules.Direction.HIGHER))
    if at < 0:
        raise NotAllowed(_("No group has the 30 patients that a comparison needs."), field="rule")
    return parts[at].name


def renew_references(*, organisation_id: int, at: datetime) -> int:
    """Choose best and largest groups anew whose quarter is over; returns how many. One that cannot be chosen stays."""
    renewed = 0
    rows = ReferenceChoice.objects.filter(
        measure__organisation=organisation_id, rule__in=(rules.Reference.BEST, rules.Reference.LARGEST)
    ).select_related("measure__organisation", "dimension")
    newest: dict[tuple[int, int], ReferenceChoice] = {}
    for row in rows.order_by("since", "id"):
        newest[row.measure_id, row.dimension_id] = row
    for row in newest.values():
        later = ReferenceChoice.objects.filter(measure=row.measure, dimension=row.dimension, since__gt=row.since)
        today = at.astimezone(row.measure.organisation.zone).date()
        if row.until is None or row.until >= today or later.exists():
            continue
        try:
            choose_reference(measure=row.measure, dimension=row.dimension, rule=row.rule, group="", by=None, at=at)
        except NotAllowed:
            continue
        renewed += 1
    return renewed
