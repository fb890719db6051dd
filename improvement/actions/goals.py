"""Writing a goal with two halves, letting it begin, bringing it to its end."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from boards.models import Dimension, Measure
from boards.rules import About, Direction, Kind
from huddles.actions.issues.history import checked_text
from improvement.models import Goal
from improvement.models.goals import LINE, TEXT
from improvement.queries.goal_check import check_of, counted, owners_of, splits_of, sponsors_of
from improvement.queries.goals import standing_of
from improvement.rules import goals as rules
from improvement.rules.goals import GapKind, Status, Whom
from improvement.rules.smart import unanswered
from org import audit, live
from org.models import Unit, User
from org.rules import NotAllowed


@dataclass(frozen=True, slots=True)
class Aim:
    """What a goal aims at: it stands while the goal runs. Months by their first day, shares 0 .. 1."""

    measure: Measure | None = None
    dimension: Dimension | None = None
    group: str = ""
    reference: str = ""
    whom: str = Whom.ALL
    raise_by: float | None = None
    narrow_by: float | None = None
    gap_kind: str = GapKind.ABSOLUTE
    baseline_first: date | None = None
    baseline_last: date | None = None
    first_month: date | None = None
    last_month: date | None = None
    minimum: int = rules.MINIMUM


@dataclass(frozen=True, slots=True)
class Charter:
    """Who answers for a goal, what shows harm, what happens if it is missed: kept up also while it runs."""

    title: str
    balancing: Measure | None = None
    owner: User | None = None
    sponsor: User | None = None
    partners: str = ""
    if_missed: str = ""
    source_note: str = ""
    ask: str = ""
    lengths: Mapping[str, int] = field(
        default_factory=lambda: {"partners": LINE, "if_missed": TEXT, "source_note": TEXT, "ask": LINE}
    )


_AIM: Final = tuple(Aim.__dataclass_fields__)
_CHARTER: Final = tuple(name for name in Charter.__dataclass_fields__ if name != "lengths")


@transaction.atomic
def draft(*, unit: Unit, title: str, by: User, at: datetime) -> Goal:
    """Begin to write a goal for `unit`. Raises NotAllowed."""
    if unit.closed_on is not None:
        raise NotAllowed(_("This unit is closed."))
    goal = Goal.objects.create(
        organisation_id=unit.organisation_id,
        unit=unit,
        title=checked_text(title, 120, required=_("Give the goal a title."), field="title"),
        created_at=at,
        created_by=by,
    )
    _record("goal.drafted", goal, by, at)
    return goal


@transaction.atomic
def write(*, goal: Goal, charter: Charter, aim: Aim | None = None, by: User, at: datetime) -> Goal:
    """Write down what a goal says. Its aim only while it is a draft: a goal that runs does not move its posts; whoever
    wants another one stops it. None leaves the aim as it is. Raises NotAllowed.
    """
    goal = _locked(goal)
    if goal.status not in {Status.DRAFT, Status.ACTIVE}:
        raise NotAllowed(_("This goal is over. Its words stay as they are."))
    new: dict[str, Any] = _charter(goal, charter)
    if aim is not None:
        if goal.status != Status.DRAFT:
            raise NotAllowed(_("The aim of a goal stands while it runs. Stop it, and set another one."))
        new |= _aim(goal, aim, new["balancing"])
    changed = [name for name, value in new.items() if getattr(goal, name) != value]
    for name, value in new.items():
        setattr(goal, name, value)
    if changed:
        if goal.status == Status.ACTIVE and not goal.if_missed:
            raise NotAllowed(_("Say what happens if the goal is missed."), field="if_missed")
        goal.save(update_fields=changed)
        _record("goal.written", goal, by, at, {"fields": ", ".join(changed)})
    return goal


def _charter(goal: Goal, charter: Charter) -> dict[str, Any]:
    found = {name: getattr(charter, name) for name in _CHARTER}
    found["title"] = checked_text(charter.title, 120, required=_("Give the goal a title."), field="title")
    for name, most in charter.lengths.items():
        found[name] = checked_text(found[name], most, field=name)
    if charter.balancing is not None and charter.balancing.organisation_id != goal.organisation_id:
        raise NotAllowed(_("Choose a measure of this organization."), field="balancing")
    for name, people, word in (
        ("owner", owners_of, _("Choose somebody who leads this unit or one above it.")),
        ("sponsor", sponsors_of, _("Choose an executive of this unit or of one above it.")),
    ):
        person = found[name]
        if person is None and goal.status == Status.ACTIVE:
            raise NotAllowed(word, field=name)
        if person is not None and person.pk != getattr(goal, f"{name}_id"):
            _among(people(goal.unit).filter(pk=person.pk).exists(), word, name)
    if charter.balancing is None and goal.status == Status.ACTIVE:
        raise NotAllowed(_("Choose a balancing measure: it shows harm elsewhere."), field="balancing")
    if charter.balancing is not None and charter.balancing.pk == goal.measure_id:
        raise NotAllowed(_("A measure cannot balance itself."), field="balancing")
    return found


def _among(there: bool, word: str, name: str) -> None:
    if not there:
        raise NotAllowed(word, field=name)


def _aim(goal: Goal, aim: Aim, balancing: Measure | None) -> dict[str, Any]:
    measure, dimension = aim.measure, aim.dimension
    if measure is not None:
        fits = (
            measure.organisation_id == goal.organisation_id
            and measure.stratifiable
            and measure.kind == Kind.PROPORTION
            and measure.about == About.PATIENTS
            and measure.direction in {Direction.HIGHER, Direction.LOWER}
        )
        _among(fits, _("A goal is set on a share of cases of which one way is better, told by groups."), "measure")
        _among(balancing is None or balancing.pk != measure.pk, _("A measure cannot balance itself."), "balancing")
    if dimension is not None:
        names = next((s.groups for s in splits_of(goal.organisation_id) if s.dimension.pk == dimension.pk), ())
        _among(not aim.group or aim.group in names, _("Choose a group that is there."), "group")
        _among(not aim.reference or aim.reference in names, _("Choose a group of the same kind."), "reference")
    _among(not aim.reference or aim.reference != aim.group, _("A group is compared with others."), "reference")
    _among(aim.raise_by is None or aim.raise_by > 0, _("Say by more than nothing."), "raise_by")
    _among(aim.narrow_by is None or 0 < aim.narrow_by <= 1, _("Say more than 0 and at most 100 %."), "narrow_by")
    _among(aim.minimum >= 1, _("Say at least 1."), "minimum")
    _months(aim)
    return {name: getattr(aim, name) for name in _AIM}


def _months(aim: Aim) -> None:
    before, last = (aim.baseline_first, aim.baseline_last), (aim.first_month, aim.last_month)
    for (first, end), name in ((before, "baseline_last"), (last, "last_month")):
        _among(first is None or end is None or first <= end, _("The last month lies before the first."), name)
    overlap = aim.baseline_last and aim.first_month and aim.baseline_last >= aim.first_month
    _among(
        not overlap, _("The months before end before the goal begins, or the same patients count twice."), "first_month"
    )


@transaction.atomic
def activate(*, goal: Goal, by: User, at: datetime) -> Goal:
    """Let a goal begin. A goal with one half is refused, and one without its charter. Raises NotAllowed."""
    goal = _locked(goal)
    rules.check(goal.status, Status.ACTIVE)
    voices, reviews = counted(goal)
    today = at.astimezone(goal.organisation.zone).date()
    [standing] = standing_of([goal], today)
    missing = unanswered(check_of(standing, today, voices=voices, reviews=reviews))
    if missing:
        raise NotAllowed(" ".join(missing))
    goal.status, goal.activated_at = Status.ACTIVE, at
    goal.save(update_fields=["status", "activated_at"])
    _record("goal.activated", goal, by, at, {"measure": goal.measure_id, "dimension": goal.dimension_id})
    _tell(goal)
    return goal


@transaction.atomic
def close(*, goal: Goal, to: Status, note: str, by: User, at: datetime) -> Goal:
    """Bring a goal to its end. Met it is only when what was told says so of both halves. Raises NotAllowed."""
    goal = _locked(goal)
    rules.check(goal.status, to)
    if to == Status.MET:
        [standing] = standing_of([goal], at.astimezone(goal.organisation.zone).date())
        if not standing.met:
            raise NotAllowed(
                _("A goal is met when the measure got better and the gap narrowed, both as far as it says."), field="to"
            )
    goal.closing_note = checked_text(note, TEXT, required=str(rules.ASKS_WHY.get(to, "")), field="note")
    goal.status, goal.closed_at = to, at
    goal.save(update_fields=["status", "closed_at", "closing_note"])
    _record("goal.closed", goal, by, at, {"goal_status": str(to)})
    _tell(goal)
    return goal


def _locked(goal: Goal) -> Goal:
    Goal.objects.select_for_update().get(pk=goal.pk)
    return Goal.objects.whole().get(pk=goal.pk)


def _tell(goal: Goal) -> None:
    live.publish(live.unit_topic(goal.unit_id), {"goals": [goal.pk]})


def _record(verb: str, goal: Goal, by: User, at: datetime, facts: Mapping[str, audit.Fact] | None = None) -> None:
    audit.record(
        verb, subject=goal, by=by, at=at, organisation_id=goal.organisation_id, unit_id=goal.unit_id, facts=facts
    )
