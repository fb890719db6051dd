"""Issues of the invented hospital, for the browser tests: one in every state of its loop."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from huddles.actions import comments, issues
from huddles.actions.issues.raising import Details
from huddles.models import Choice, Issue
from huddles.rules.issues import DEFAULT_CHOICES, Ask, ChoiceKind, Outcome, Source, Urgency, Verdict
from org.models import Unit, User
from tests.e2e.stage import Hospital

HOUR = timedelta(hours=1)


def words(house: Hospital) -> None:
    """The lists of words that a hospital starts with."""
    for kind, rows in DEFAULT_CHOICES.items():
        for position, (code, name) in enumerate(rows):
            Choice.objects.get_or_create(
                organisation=house.organisation, kind=kind, code=code, defaults={"name": name, "position": position}
            )


def word(house: Hospital, kind: ChoiceKind) -> Choice:
    """The first word of a list."""
    return Choice.objects.filter(organisation=house.organisation, kind=kind).order_by("position").first()


def raised(title: str, unit: Unit, by: User, *, hours: float = 2, **details) -> Issue:
    """An issue that was raised some hours ago."""
    return issues.raise_issue(
        title=title,
        unit=unit,
        source=Source.HUDDLE,
        client_id=uuid4(),
        by=by,
        at=timezone.now() - hours * HOUR,
        details=Details(**details),
    )


def sent_up(house: Hospital, issue: Issue, *, hours: float = 1, asked: str = "Ten pumps by noon") -> Issue:
    """The same, one tier up with an ask."""
    at = timezone.now() - hours * HOUR
    return issues.escalate(
        issue=issue,
        cannot=word(house, ChoiceKind.CANNOT),
        ask=Ask.RESOURCE,
        asked=asked,
        needed_by=timezone.now() + 3 * HOUR,
        by=issue.owner,
        at=at,
    )


def every_state(house: Hospital) -> dict[str, Issue]:
    """One issue in every state, by name."""
    words(house)
    unit, other, lead = house.unit("ED"), house.unit("5W"), house.people["lead"]
    made = {
        "late": raised(
            "IV pumps are missing", unit, lead, hours=30, detail="Four of ten since Monday.", tried="Asked 5 West"
        ),
        "urgent": raised("Door of the psychiatric room does not lock", unit, lead, hours=0.1, urgency=Urgency.URGENT),
        "taken": raised("Monitors lose the network at night", unit, lead, hours=5),
        "up": raised("IV pumps missing since Monday", other, lead, hours=4),
        "answered": raised("Interpreter units are down", unit, lead, hours=6),
        "done": raised("Label printer prints blank labels", unit, lead, hours=8),
        "parked": raised("Second scale for the triage room", unit, lead, hours=50),
        "before": raised("Pumps missing again", unit, lead, hours=400),
    }
    now = timezone.now()
    issues.acknowledge(issue=made["taken"], by=lead, at=now - 4 * HOUR)
    sent_up(house, made["up"])
    answer = {"outcome": Outcome.RESOURCED, "by": lead}
    issues.answer(
        issue=made["answered"], tell_staff="Twelve units come at 15:00.", due_at=now + 4 * HOUR, at=now - HOUR, **answer
    )
    issues.finish(issue=made["done"], by=lead, at=now - HOUR, note="The roll was put in the wrong way round.")
    issues.park(
        issue=made["parked"],
        reason=word(house, ChoiceKind.PARK),
        look_again_on=(now + 30 * HOUR).date(),
        by=lead,
        at=now,
    )
    issues.finish(issue=made["before"], by=lead, at=now - 390 * HOUR, note="Biomed brought four pumps from the store.")
    issues.confirm(issue=made["before"], verdict=Verdict.SOLVED, by=lead, at=now - 380 * HOUR)
    comments.comment(
        issue=made["late"], text="Two are in the basement, I saw them.", uid=uuid4(), by=lead, at=now - HOUR
    )
    return {name: Issue.objects.get(pk=issue.pk) for name, issue in made.items()}
