"""A house of four tiers with people in its seats, words to choose from, and issues."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import uuid4

from boards.models import Category, Dimension
from boards.rules import CategoryState
from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.models import Choice, Issue
from huddles.rules.issues import Ask, ChoiceKind, Source
from org.models import Organisation, Unit, User
from org.rules import Role
from tests.factories import make_membership, make_organisation, make_unit, make_user

#: A Tuesday, 07:05 in New York.
MORNING = datetime(2026, 11, 24, 12, 5, tzinfo=UTC)

_numbers = count(1)


@dataclass
class House:
    """Ward → line → branch → top, a second ward beside the first, a support service; a lead in every seat."""

    organisation: Organisation
    top: Unit
    branch: Unit
    line: Unit
    ward: Unit
    other_ward: Unit
    support: Unit
    people: dict[str, User]

    def lead(self, unit: Unit) -> User:
        """Who leads `unit`."""
        return self.people[unit.code]


def make_house() -> House:
    """Four tiers, six units, everybody in their seat; a stand-in for the director of the line."""
    organisation = make_organisation()
    top = make_unit(organisation=organisation, code="TOP", name="Executive team")
    branch = make_unit(top, code="BRANCH", name="Clinical branch")
    line = make_unit(branch, code="LINE", name="Medicine")
    ward = make_unit(line, code="WARD", name="5 West")
    other = make_unit(line, code="OTHER", name="4 East")
    support = make_unit(branch, level=1, code="IT", name="Information technology", kind="it")
    roles = {
        "TOP": Role.EXECUTIVE,
        "BRANCH": Role.MANAGER,
        "LINE": Role.MANAGER,
        "WARD": Role.UNIT_LEAD,
        "OTHER": Role.UNIT_LEAD,
        "IT": Role.UNIT_LEAD,
    }
    people = {
        unit.code: make_user(
            roles[unit.code],
            unit,
            name=f"Lead of {unit.name}",
            email=f"{unit.code.lower()}{next(_numbers)}@example.org",
        )
        for unit in (top, branch, line, ward, other, support)
    }
    people["STAND_IN"] = make_user(name="Stand-in of Medicine")
    held = people["LINE"].memberships.get()
    make_membership(people["STAND_IN"], line, Role.MANAGER, stands_in_for=held)
    people["STAFF"] = make_user(Role.STAFF, ward, name="Staff of 5 West")
    return House(organisation, top, branch, line, ward, other, support, people)


def make_choice(organisation: Organisation, kind: ChoiceKind = ChoiceKind.CANNOT, **fields) -> Choice:
    """A word of a list."""
    number = next(_numbers)
    return Choice.objects.create(
        organisation=organisation, kind=kind, **{"code": f"word-{number}", "name": f"Word {number}", **fields}
    )


def make_groups(organisation: Organisation) -> None:
    """Two dimensions by which patients are split: language, not always known, and whether they need an interpreter."""
    for place, (code, name, rows) in enumerate(
        (
            ("language", "Language", {"es": "Spanish", "en": "English", "unknown": "Not known"}),
            ("interpreter", "Interpreter", {"yes": "Needs one", "no": "Needs none"}),
        )
    ):
        dimension = Dimension.objects.create(organisation=organisation, code=code, name=name, position=place)
        for position, (key, label) in enumerate(rows.items()):
            state = CategoryState.UNKNOWN if key == "unknown" else CategoryState.KNOWN
            Category.objects.create(dimension=dimension, code=key, name=label, position=position, state=state)


def make_issue(
    house: House, *, unit: Unit | None = None, by: User | None = None, at: datetime = MORNING, **more
) -> Issue:
    """An issue that somebody of the ward has raised."""
    unit = unit or house.ward
    details = Details(**{key: value for key, value in more.items() if key in Details.__dataclass_fields__})
    return issues.raise_issue(
        title=more.get("title", "IV pumps are missing"),
        unit=unit,
        source=more.get("source", Source.HUDDLE),
        client_id=more.get("client_id") or uuid4(),
        by=by or house.lead(unit),
        at=at,
        details=details,
        follow_token=more.get("follow_token", ""),
    )


def send_up(
    house: House, issue: Issue, *, at: datetime, to: Unit | None = None, note: str = "", by: User | None = None
) -> Issue:
    """Escalate with all that it asks for."""
    issue.refresh_from_db()
    return issues.escalate(
        issue=issue,
        cannot=Choice.objects.filter(organisation=house.organisation, kind=ChoiceKind.CANNOT).first()
        or make_choice(house.organisation),
        ask=Ask.RESOURCE,
        asked="Ten pumps by noon",
        needed_by=at + timedelta(hours=5),
        by=by or issue.owner,
        at=at,
        to=to,
        note=note,
    )
