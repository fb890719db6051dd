"""One of everything that the addresses of this room name."""

from datetime import date
from uuid import uuid4

from boards.rules import Direction
from improvement.models import Goal, Offer, OfferedTo, Origin, PaperComment, PaperVersion, Review, Voice
from improvement.rules.cycles import State
from improvement.rules.goals import Status
from improvement.rules.papers import Kept
from improvement.rules.tickets import From, Size, Stage
from org.models import Unit
from org.rules import Role
from tests.boards.factories import make_dimension, make_measure
from tests.factories import NOW, make_unit, make_user
from tests.improvement.factories import make_cause, make_cycle, make_paper, make_step, make_ticket


def goal_things(ward: Unit) -> dict[str, int | str]:
    """A goal of `ward` that runs, with a review and a voice."""
    organisation = ward.organisation
    goal = Goal.objects.create(
        organisation=organisation,
        unit=ward,
        title="Pain relief in time",
        measure=make_measure(organisation, "goal_measure"),
        balancing=make_measure(organisation, "goal_balancing", direction=Direction.LOWER),
        dimension=make_dimension(organisation, "goal_language", "English", "Spanish"),
        group="Spanish",
        raise_by=0.2,
        narrow_by=0.2,
        baseline_first=date(2025, 7, 1),
        baseline_last=date(2026, 6, 1),
        first_month=date(2026, 7, 1),
        last_month=date(2027, 6, 1),
        owner=make_user(Role.MANAGER, ward),
        sponsor=make_user(Role.EXECUTIVE, ward),
        if_missed="The executive team hears why.",
        status=Status.ACTIVE,
        created_at=NOW,
        activated_at=NOW,
    )
    voice = Voice.objects.create(
        organisation=organisation, goal=goal, heard="Council", day=NOW.date(), said="Ask us.", recorded_at=NOW
    )
    ticket = make_ticket(ward, size=Size.A3)
    paper = make_paper(ticket, {"goal": "Nobody waits"})
    comment = PaperComment.objects.create(paper=paper, uid=uuid4(), section="goal", text="By when?", at=NOW)
    PaperVersion.objects.create(paper=paper, number=1, kept=Kept.PAUSE, at=NOW)
    source = make_ticket(make_unit(organisation=organisation, name="Where it held"), stage=Stage.DONE)
    offer = Offer.objects.create(ticket=source, change="Do it", offered_at=NOW)
    return {
        "ticket": ticket.pk,
        "offered": OfferedTo.objects.create(offer=offer, unit=ward).pk,
        "cycle": make_cycle(ticket, State.PLAN).pk,
        "ticket_origin": Origin.objects.create(ticket=ticket, kind=From.GOAL, goal=goal, added_at=NOW).pk,
        "paper_cause": make_cause(paper).pk,
        "paper_step": make_step(paper).pk,
        "paper_comment": comment.pk,
        "paper_version": 1,
        "goal": goal.pk,
        "goal_review": Review.objects.create(goal=goal, day=date(2027, 1, 15)).pk,
        "goal_voice": voice.pk,
    }
