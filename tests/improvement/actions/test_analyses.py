"""Rows of a page: what is added once, what is refused and why, what two do at the same time."""

from datetime import date
from uuid import uuid4

import pytest

from boards.models import ReasonCode
from improvement.actions import analyses
from improvement.actions.analyses import MEANWHILE
from improvement.models import Cause, Countermeasure, PlanStep
from improvement.rules import papers as rules
from improvement.rules.papers import Branch, Course, Section, Standing
from improvement.rules.tickets import Size
from org import live
from org.models import Event
from org.rules import NotAllowed, Role
from tests.factories import make_organisation, make_unit, make_user
from tests.improvement.factories import (
    NOW,
    make_cause,
    make_countermeasure,
    make_cycle,
    make_house,
    make_paper,
    make_step,
    make_ticket,
)

pytestmark = pytest.mark.django_db

RIB = {"text": "Nobody comes by", "branch": Branch.WAY}
LISTED = {"text": "A list at the door"}
STEP = {"what": "Print the list"}
KINDS = [(Cause, RIB), (Countermeasure, LISTED), (PlanStep, STEP)]
MAKERS = [make_cause, make_countermeasure, make_step]


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def paper(house):
    return make_paper(make_ticket(house.ward, size=Size.A3))


@pytest.fixture
def told(monkeypatch):
    found = []
    monkeypatch.setattr(live, "publish", lambda topic, payload: found.append((topic, dict(payload))))
    return found


@pytest.fixture
def acts(house):
    return {"by": house.staff, "at": NOW}


def verbs():
    return list(Event.objects.filter(verb__startswith="paper_row").order_by("pk").values_list("verb", flat=True))


@pytest.mark.parametrize(("kind", "said"), KINDS)
def test_a_row_is_added_once_at_the_end_and_its_words_are_not_on_record(paper, acts, told, kind, said):
    uid = uuid4()
    first = analyses.add(paper=paper, kind=kind, uid=uid, said=said, **acts)
    again = analyses.add(paper=paper, kind=kind, uid=uid, said={next(iter(said)): "Sent twice"}, **acts)
    assert again == first == kind.objects.get()
    second = analyses.add(paper=paper, kind=kind, uid=uuid4(), said=said, **acts)
    assert (first.position, second.position, second.made_by) == (1, 2, acts["by"])
    event = Event.objects.filter(verb="paper_row.added").first()
    assert event.facts == {"ticket": paper.ticket.number}
    assert str(next(iter(said.values()))) not in f"{event.subject_label}{event.facts}"
    place = Section.values.index(analyses.SECTION_OF[kind])
    assert told == [(live.paper_topic(paper.pk), {"rows": place})] * 2


@pytest.mark.parametrize(("kind", "said"), KINDS)
@pytest.mark.parametrize("words", ["", " \n ", "x" * (rules.LINE + 1)])
def test_a_row_says_something_that_fits_on_a_line(paper, acts, kind, said, words):
    name = next(iter(said))
    with pytest.raises(NotAllowed) as refusal:
        analyses.add(paper=paper, kind=kind, uid=uuid4(), said=said | {name: words}, **acts)
    assert refusal.value.field == name
    assert not kind.objects.exists()


@pytest.mark.parametrize(("kind", "said"), KINDS)
def test_a_full_page_takes_no_more_and_nothing_back(paper, acts, monkeypatch, kind, said):
    monkeypatch.setitem(analyses._MOST, kind, 2)
    first, second = (analyses.add(paper=paper, kind=kind, uid=uuid4(), said=said, **acts) for _ in range(2))
    with pytest.raises(NotAllowed, match="2 fit on one page"):
        analyses.add(paper=paper, kind=kind, uid=uuid4(), said=said, **acts)
    analyses.take_away(row=first, **acts)
    analyses.add(paper=paper, kind=kind, uid=uuid4(), said=said, **acts)
    with pytest.raises(NotAllowed, match="2 fit on one page"):
        analyses.take_away(row=first, gone=False, **acts)
    analyses.take_away(row=second, **acts)
    analyses.take_away(row=first, gone=False, **acts)
    assert kind.objects.filter(gone_at=None).count() == 2


def test_a_field_that_a_row_does_not_have_is_a_mistake_of_ours(paper, acts):
    with pytest.raises(TypeError, match="of a PlanStep"):
        analyses.add(paper=paper, kind=PlanStep, uid=uuid4(), said=STEP | {"branch": "way"}, **acts)


def test_why_is_asked_five_times(paper, acts):
    cause = analyses.add(paper=paper, kind=Cause, uid=uuid4(), said=RIB, **acts)
    for _time in range(rules.DEEPEST):
        cause = analyses.add(paper=paper, kind=Cause, uid=uuid4(), said={"text": "Because"}, of=cause, **acts)
        assert cause.branch == ""
    with pytest.raises(NotAllowed, match="Five times why"):
        analyses.add(paper=paper, kind=Cause, uid=uuid4(), said={"text": "Because"}, of=cause, **acts)
    assert Cause.objects.count() == 1 + rules.DEEPEST


@pytest.mark.parametrize("case", ["of another page", "taken away", "below what was taken away"])
def test_why_is_asked_only_of_what_is_there(house, paper, acts, case):
    top = make_cause(make_paper(make_ticket(house.ward, size=Size.A3)) if case == "of another page" else paper)
    asked = make_cause(paper, of=top) if case.startswith("below") else top
    if case != "of another page":
        analyses.take_away(row=top, **acts)
    with pytest.raises(NotAllowed, match="no longer there"):
        analyses.add(paper=paper, kind=Cause, uid=uuid4(), said={"text": "Because"}, of=asked, **acts)


def test_a_rib_lies_on_a_branch(paper, acts):
    with pytest.raises(NotAllowed) as refusal:
        analyses.add(paper=paper, kind=Cause, uid=uuid4(), said={"text": "Nobody"}, **acts)
    assert refusal.value.field == "branch"


def test_what_is_checked_says_how_and_when_and_a_guess_forgets_it(paper, acts, house):
    cause = make_cause(paper)
    for standing in (Standing.FACT, Standing.REFUTED):
        with pytest.raises(NotAllowed) as refusal:
            analyses.write(row=cause, said={"standing": standing, "fact": " "}, seen=0, **acts)
        assert refusal.value.field == "fact"
    found = analyses.write(row=cause, said={"standing": Standing.FACT, "fact": "Seen"}, seen=0, **acts)
    assert (found.checked_at, found.checked_by) == (NOW, house.staff)
    found = analyses.write(row=cause, said={"fact": "Seen on three nights"}, seen=1, by=house.manager, at=NOW)
    assert found.checked_by == house.staff
    found = analyses.write(row=cause, said={"standing": Standing.GUESS}, seen=2, by=house.manager, at=NOW)
    assert (found.checked_at, found.checked_by, found.revision) == (None, None, 3)
    facts = [event.facts["fields"] for event in Event.objects.filter(verb="paper_row.written").order_by("pk")]
    assert facts == ["standing, fact", "fact", "standing"]


@pytest.mark.parametrize("course", [Course.CHOSEN, Course.TRIED, Course.STANDARD])
def test_what_is_chosen_says_who_may_be_worse_off(paper, acts, course):
    row = make_countermeasure(paper)
    with pytest.raises(NotAllowed, match="who may be worse off") as refusal:
        analyses.write(row=row, said={"course": course}, seen=0, **acts)
    assert refusal.value.field == "loses"
    row = analyses.write(row=row, said={"course": course, "loses": "Light sleepers"}, seen=0, **acts)
    assert Countermeasure.objects.get().course == course
    analyses.write(row=row, said={"course": Course.DROPPED, "loses": ""}, seen=1, **acts)


@pytest.mark.parametrize("make", MAKERS)
def test_nothing_is_written_over_unseen(paper, acts, told, house, make):
    row = make(paper)
    name = next(iter(analyses.FIELDS[type(row)]))
    analyses.write(row=row, said={name: "Theirs"}, seen=0, by=house.manager, at=NOW)
    with pytest.raises(NotAllowed, match="meanwhile") as refusal:
        analyses.write(row=row, said={name: "Mine"}, seen=0, **acts)
    assert refusal.value.field == MEANWHILE
    row.refresh_from_db()
    assert (getattr(row, name), row.revision) == ("Theirs", 1)
    analyses.write(row=row, said={name: " Theirs "}, seen=0, **acts)
    analyses.write(row=row, said={name: "Mine"}, seen=1, **acts)
    row.refresh_from_db()
    assert (getattr(row, name), row.revision) == ("Mine", 2)
    assert verbs() == ["paper_row.written"] * 2
    assert len(told) == 2


@pytest.mark.parametrize("make", MAKERS)
def test_a_row_is_taken_away_and_put_back_as_it_was(paper, acts, told, make):
    row = make(paper)
    for gone in (True, True, False, False):
        found = analyses.take_away(row=row, gone=gone, **acts)
        assert found.gone_at == (NOW if gone else None)
    assert verbs() == ["paper_row.taken_away", "paper_row.put_back"]
    assert len(told) == 2


@pytest.mark.parametrize("make", MAKERS)
def test_what_somebody_took_away_meanwhile_comes_back_with_what_another_wrote(paper, acts, house, make):
    row = make(paper)
    name = next(iter(analyses.FIELDS[type(row)]))
    analyses.take_away(row=row, by=house.manager, at=NOW)
    for said in ({name: "Mine"}, {}):
        with pytest.raises(NotAllowed, match="taken this away meanwhile") as refusal:
            analyses.write(row=row, said=said, seen=0, **acts)
        assert refusal.value.field == MEANWHILE
    analyses.write(row=row, said={name: "Mine"}, seen=1, **acts)
    row.refresh_from_db()
    assert (getattr(row, name), row.gone_at) == ("Mine", None)


def test_a_step_is_done_once_and_opened_again(paper, acts, told, house):
    step = make_step(paper)
    for done in (True, True, False, False):
        analyses.tick(step=step, done=done, **acts)
        step.refresh_from_db()
        assert (step.done_at, step.done_by) == ((NOW, house.staff) if done else (None, None))
    assert verbs() == ["paper_row.done", "paper_row.opened"]
    assert (step.revision, len(told)) == (2, 2)


def test_what_is_of_another_page_ticket_or_house_is_refused(house, paper, acts):
    other = make_paper(make_ticket(house.ward, size=Size.A3))
    strange = ReasonCode.objects.create(organisation=make_organisation("elsewhere"), code="x", name="X")
    own = ReasonCode.objects.create(organisation=house.organisation, code="x", name="X")
    stranger = make_user(Role.MANAGER, make_unit())
    cycle, own_cycle = make_cycle(other.ticket), make_cycle(paper.ticket)
    for kind, said, name, bad, good in (
        (Cause, RIB, "reason", strange, own),
        (Countermeasure, LISTED, "cause", make_cause(other), make_cause(paper)),
        (Countermeasure, LISTED, "cycle", cycle, own_cycle),
        (PlanStep, STEP, "owner", stranger, house.manager),
    ):
        with pytest.raises(NotAllowed) as refusal:
            analyses.add(paper=paper, kind=kind, uid=uuid4(), said=said | {name: bad}, **acts)
        assert refusal.value.field == name
        made = analyses.add(paper=paper, kind=kind, uid=uuid4(), said=said | {name: good}, **acts)
        assert getattr(made, name) == good


def test_who_left_the_unit_keeps_the_step_until_another_is_named(house, paper, acts):
    step = make_step(paper, owner=house.staff)
    house.staff.memberships.update(ended_on="2026-01-01")
    said = {"what": "Print both lists", "owner": house.staff, "due_on": date(2026, 12, 24)}
    step = analyses.write(row=step, said=said, seen=0, by=house.manager, at=NOW)
    assert (step.what, step.owner) == ("Print both lists", house.staff)
    step = analyses.write(row=step, said=said | {"owner": house.manager}, seen=1, by=house.manager, at=NOW)
    with pytest.raises(NotAllowed):
        analyses.write(row=step, said=said, seen=2, by=house.manager, at=NOW)
