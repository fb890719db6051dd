"""People around an issue: who may read it, who can own it; and the units to which it can go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, QuerySet

from huddles.models import Confidant, Issue
from huddles.queries.terms import Terms
from org.models import Membership, Unit, User
from org.rules import SUPPORT_KINDS, Permission, ancestor_ids, roles_with

_READERS: Final = sorted(roles_with(Permission.BOARD_VIEW))
#: A list to choose from is no telephone book.
MOST: Final = 300


def readers(issue: Issue) -> "QuerySet[User]":
    """People who may read `issue` (`IssueQuerySet.visible_to` asked the other way round), by name."""
    named = Q(pk=issue.owner_id) | Q(pk=issue.raised_by_id or 0)
    if issue.confidential:
        trusted = Confidant.objects.filter(organisation=issue.organisation_id).values("user")
        return User.objects.filter(Q(pk=issue.raised_by_id or 0) | Q(pk__in=trusted), is_active=True).order_by(
            "name", "pk"
        )
    units = Unit.objects.filter(
        Q(pk__in=[issue.origin_id, issue.place_id])
        | Q(pk__in=issue.copies.values("unit"))
        | Q(pk__in=issue.joined.values("origin"))
    )
    seats = Q(
        memberships__unit__in=_at_or_above(units), memberships__ended_on__isnull=True, memberships__role__in=_READERS
    )
    return User.objects.filter(named | seats, is_active=True).distinct().order_by("name", "pk")


def _at_or_above(units: "QuerySet[Unit]") -> set[int]:
    """Ids of these units and of all above them on either line: a role there reaches down to them. Two statements."""
    above: set[int] = set()
    for path in units.values_list("path", flat=True):
        above |= {int(part) for part in path.split("/") if part}
    # A second line leaves from any unit on the way up; whoever holds a role at its upper end reaches down along it.
    second = Unit.objects.filter(pk__in=above, second_parent__isnull=False).values_list("second_parent", flat=True)
    return above | {pk for pk in second if pk is not None}


def possible_owners(issue: Issue) -> "QuerySet[User]":
    """People to whom `issue` can be given: who holds a role at its place, just below or above it; of a confidential
    one only who is named. By name.
    """
    if issue.confidential:
        trusted = Confidant.objects.filter(organisation=issue.organisation_id).values("user")
        return User.objects.filter(pk__in=trusted, is_active=True).order_by("name", "pk")
    place = issue.place
    near = Q(unit=place.pk) | Q(unit__parent=place.pk) | Q(unit__in=ancestor_ids(place.path))
    held = Membership.objects.current().filter(near)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class Ways:
    """Where an issue can go from its place: units above (next first), below, sideways (support services first)."""

    above: Sequence[Unit]
    below: Sequence[Unit]
    sideways: Sequence[Unit]
    all: Sequence[Unit]


def ways_from(issue: Issue, terms: Terms) -> Ways:
    """Open units of the organisation by how they lie to the place of `issue`. One or two statements."""
    units = list(
        Unit.objects.filter(organisation=issue.organisation_id, closed_on__isnull=True)
        .select_related("tier")
        .order_by("tier__level", "name")
    )
    place = issue.place
    by_id = {unit.pk: unit for unit in units}
    up = list(reversed(terms.above))
    if place.second_parent_id in by_id:
        second = by_id[place.second_parent_id]
        up += [pk for pk in (second.pk, *reversed(ancestor_ids(second.path))) if pk not in up]
    above = [by_id[pk] for pk in up if pk in by_id]
    below = [u for u in units if u.pk != place.pk and (u.path.startswith(place.path) or u.pk == issue.origin_id)]
    near = {place.pk, *up}
    sideways = sorted(
        (u for u in units if u.pk not in near and not u.path.startswith(place.path)),
        key=lambda unit: (unit.kind not in SUPPORT_KINDS, unit.name),
    )
    return Ways(above, below, sideways, [u for u in units if u.pk != place.pk])


def mentioned_in(text: str, people: Iterable[User]) -> list[User]:
    """Those of `people` whom `text` names after an @, by their whole name; the longest name first, each sign once."""
    found = []
    rest = text.casefold()
    for person in sorted(people, key=lambda one: -len(str(one))):
        name = f"@{person}".casefold()
        if name in rest:
            found.append(person)
            rest = rest.replace(name, " ")
    return found
