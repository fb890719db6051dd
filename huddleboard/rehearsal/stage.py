"""The house in which the day is played: the demo hospital without its numbers, everybody in their seat."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import uuid4

from huddleboard.demo import places
from huddleboard.demo.organisation import make_organisation
from huddleboard.demo.people import make_people
from huddles.actions import huddles as meetings
from huddles.actions import issues
from huddles.actions.defaults import furnish
from huddles.actions.issues.raising import Details
from huddles.actions.schedule import plan_huddles
from huddles.models import Choice, Huddle, Issue
from huddles.rules.issues import Ask, ChoiceKind, Size, Source, Urgency
from org.models import Membership, Organisation, Unit, User
from org.rules import LEADING, Role

SLUG: Final = "rehearsal"
NAME: Final = "Harbor Valley Health (rehearsal)"


@dataclass
class Stage:
    """Units by code, who leads them, and what was raised so far, by a name that the script uses."""

    organisation: Organisation
    day: date
    units: Mapping[str, Unit]
    leads: Mapping[str, User]
    executives: list[User]
    issues: dict[str, Issue] = field(default_factory=dict)

    def at(self, clock: str, days: int = 0) -> datetime:
        """A moment of the day by its wall clock, `days` later."""
        return datetime.combine(self.day + timedelta(days=days), time.fromisoformat(clock), self.organisation.zone)

    def choice(self, kind: ChoiceKind, code: str) -> Choice:
        """A word of a list."""
        return Choice.objects.get(organisation=self.organisation, kind=kind, code=code)

    def issue(self, name: str) -> Issue:
        """The issue of that name as it stands now."""
        return Issue.objects.select_related("origin", "place", "owner").get(pk=self.issues[name].pk)

    def huddle(self, code: str, at: datetime) -> Huddle:
        """The huddle of a unit that is planned nearest before or at `at` on the day of the script."""
        found = Huddle.objects.filter(unit=self.units[code], planned_at__lte=at + timedelta(minutes=30))
        return found.select_related("unit").latest("planned_at")

    def hold(self, code: str, starts: str, minutes: int = 11, days: int = 0) -> Huddle:
        """Begin and end a huddle."""
        begun = self.at(starts, days)
        huddle = meetings.start(huddle=self.huddle(code, begun), by=self.leads[code], at=begun)
        return meetings.end(huddle=huddle, by=self.leads[code], at=begun + timedelta(minutes=minutes))

    def raise_one(
        self,
        name: str,
        title: str,
        code: str,
        clock: str,
        *,
        source: Source = Source.HUDDLE,
        days: int = 0,
        by: User | None = None,
        urgency: Urgency = Urgency.ROUTINE,
        category: str = "other",
    ) -> Issue:
        """Raise an issue at a unit; in a huddle by its lead, else by whoever is named or without a name."""
        at = self.at(clock, days)
        in_huddle = source == Source.HUDDLE
        self.issues[name] = issues.raise_issue(
            title=title,
            unit=self.units[code],
            source=source,
            client_id=uuid4(),
            by=self.leads[code] if in_huddle else by,
            at=at,
            details=Details(urgency=urgency, category=self.choice(ChoiceKind.CATEGORY, category)),
            huddle=self.huddle(code, at) if in_huddle else None,
        )
        return self.issues[name]

    def ring(self, at: datetime) -> None:
        """Ring the clocks of this house, and of no other one."""
        mine = Issue.objects.ringing(at).filter(organisation=self.organisation).order_by("clock_at")
        for issue_id in list(mine.values_list("pk", flat=True)):
            issues.ring(issue_id=issue_id, at=at)

    def quick_hit(self, name: str, words: str, clock: str) -> None:
        """The unit keeps it: done within three days."""
        issue = self.issue(name)
        issues.answer(
            issue=issue,
            outcome="decided",
            tell_staff=words,
            due_at=None,
            by=issue.owner,
            at=self.at(clock),
            size=Size.QUICK_HIT,
        )

    def send_up(
        self,
        name: str,
        ask: Ask,
        asked: str,
        needed: str,
        clock: str,
        *,
        cannot: str = "other_unit",
        to: str = "",
        note: str = "",
    ) -> None:
        """Escalate with all that it asks for."""
        issue = self.issue(name)
        issues.escalate(
            issue=issue,
            cannot=self.choice(ChoiceKind.CANNOT, cannot),
            ask=ask,
            asked=asked,
            needed_by=self.at(needed),
            by=issue.owner,
            at=self.at(clock),
            to=self.units[to] if to else None,
            note=note,
        )


def set_stage(day: date) -> Stage:
    """Make the house, its people, its words and the huddles from the Monday before `day` to two days after it."""
    at = datetime.combine(day - timedelta(days=1), time(0, 5)).astimezone()
    organisation, units = make_organisation(SLUG, NAME, places.TIERS, places.HOSPITAL, day - timedelta(days=1), at)
    make_people(SLUG, places.HOSPITAL, units, since=day - timedelta(days=400), password=None)
    furnish(organisation=organisation, at=at)
    plan_huddles(organisation=organisation, first=day - timedelta(days=1), last=day + timedelta(days=2), at=at)
    leads: dict[str, User] = {}
    held = Membership.objects.filter(
        unit__organisation=organisation, role__in=LEADING, stands_in_for__isnull=True, ended_on__isnull=True
    )
    for seat in held.select_related("user", "unit").order_by("-pk"):
        leads[seat.unit.code] = seat.user
    top = Membership.objects.filter(unit=units["HVH"], role=Role.EXECUTIVE).select_related("user").order_by("pk")
    executives = [seat.user for seat in top]
    for code, unit in units.items():
        leads.setdefault(code, leads["SUP"] if unit.tier.level == 1 else executives[0])
    return Stage(organisation, day, units, leads, executives)
