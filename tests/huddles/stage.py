"""What the addresses of this room name, beside the ward of the access table."""

from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from boards.models import Dimension, Letter, Measure, Signal
from huddles.actions import alerts, attachments, capture, comments, issues
from huddles.actions.defaults import furnish
from huddles.actions.issues.raising import Details
from huddles.models import Agenda, Choice, Confidant
from huddles.rules.issues import ChoiceKind, Source, Urgency
from org.models import Unit, User
from org.rules import Role
from tests.factories import NOW, make_user
from tests.huddles.huddle_stage import begin_huddle, plan_huddle

#: A group of staff that fares worse: a word that stands nowhere but on pages of its readers.
STAFF_GROUP = "Quokka colleagues"


def huddle_things(ward: Unit) -> dict[str, int | str]:
    """One of everything, by the name that rows of the access table use."""
    return {**_huddles(ward), **_issues(ward), **_setup(ward), **_desk(ward), **_signal(ward)}


def _huddles(ward: Unit) -> dict[str, int | str]:
    running = begin_huddle(ward)
    coming = plan_huddle(ward, timedelta(minutes=20))
    return {"running": running.pk, "coming": coming.pk}


def _issues(ward: Unit) -> dict[str, int | str]:
    """An issue that was told by the code of the ward, with a comment and a document; nobody of the table has it."""
    at = timezone.now()
    writer = User.objects.create_user("writer@example.org", name="Writer")
    code = capture.make_code(unit=ward, by=writer, at=at)
    issue, follow = capture.tell_by_code(title="IV pumps", code=code, client_id=uuid4(), at=at, details=Details())
    said = comments.comment(issue=issue, text="Since Monday", uid=uuid4(), by=writer, at=at)
    document = attachments.attach(issue=issue, content=b"%PDF-1.7 x", name="plan.pdf", uid=uuid4(), by=writer, at=at)
    return {
        "issue": issue.pk,
        "comment": said.pk,
        "attachment": document.pk,
        "capture_token": code.token,
        "follow_token": follow,
    }


def _setup(ward: Unit) -> dict[str, int | str]:
    house = ward.organisation
    furnish(organisation=house, at=NOW)
    named = make_user(Role.STAFF, ward, name="Somebody trusted")
    sent = alerts.send(unit=ward, title="Recall", text="", uid=uuid4(), by=named, at=NOW)
    return {
        "agenda": Agenda.objects.get(organisation=house, tier_level=ward.tier.level, unit__isnull=True).pk,
        "version": 1,
        "choice": Choice.objects.filter(organisation=house, kind=ChoiceKind.CATEGORY)[0].pk,
        "choice_list": ChoiceKind.NOT_HELD.value,
        "tier": ward.tier.level,
        "urgency": Urgency.URGENT.value,
        "confidant": Confidant.objects.create(organisation=house, user=named).pk,
        "alert": sent.pk,
    }


def _desk(ward: Unit) -> dict[str, int | str]:
    lead = make_user(Role.UNIT_LEAD, ward, name="Lead of the desk")
    issue = issues.raise_issue(
        title="IV pumps are missing", unit=ward, source=Source.PAGE, client_id=uuid4(), by=lead, at=NOW
    )
    return {"desk_issue": issue.pk}


def _signal(ward: Unit) -> dict[str, int | str]:
    """Gaps of two measures of the house that ask for help at the ward, one of patients and one of staff."""
    house = ward.organisation
    letter, _made = Letter.objects.get_or_create(organisation=house, code="E", defaults={"name": "Equity"})
    spoken = Dimension.objects.create(organisation=house, code="mother_tongue", name="Mother tongue")
    made = {
        about: Signal.objects.create(
            organisation=house,
            unit=ward,
            measure=Measure.objects.create(
                organisation=house,
                code=f"asked_for_{about}",
                name=f"Asked for {about}",
                letter=letter,
                kind="proportion",
                direction="higher",
                roll_up="ratio",
                about=about,
            ),
            dimension=spoken,
            group={"patients": "Spanish", "staff": STAFF_GROUP}[about],
            state="escalated",
            tier=ward.tier.level,
            since=NOW.date(),
            changed_on=NOW.date(),
        )
        for about in ("patients", "staff")
    }
    return {"signal": made["patients"].pk, "staff_signal": made["staff"].pk}
