"""Writing the page of a ticket together: what merges, what is refused, which versions are kept and come back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from improvement import shared_text
from improvement.actions import papers
from improvement.actions.papers import Head
from improvement.models import Paper, PaperComment, PaperWriter, Ticket
from improvement.rules.papers import COMMENT, LARGEST_CHANGE, MOST, Form, Kept, Section
from improvement.rules.tickets import Size
from org import live
from org.models import Event
from org.rules import NotAllowed, Role
from tests.boards.factories import make_measure
from tests.factories import make_unit, make_user
from tests.improvement.factories import NOW, make_cause, make_house, make_paper, make_ticket
from tests.improvement.test_shared_text import Writer

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def paper(house):
    return make_paper(make_ticket(house.ward, size=Size.A3), {"background": "Four falls."})


@pytest.fixture
def told(monkeypatch):
    """What open pages are told, without waiting for the commit."""
    found = []
    monkeypatch.setattr(live, "publish", lambda topic, payload: found.append((topic, dict(payload))))
    return found


def typed(paper, come, section="background", where=1.0, gone=0):
    """A change as a page sends it that knows what the server knows."""
    paper.refresh_from_db()
    page = Writer(bytes(paper.shared))
    page.write(section, where, come, gone)
    return page.changes[0]


def edit(paper, change, by, minutes=0.0, **more):
    given = {"section": Section.BACKGROUND, **more}
    return papers.edit(paper=paper, change=change, by=by, at=NOW + timedelta(minutes=minutes), **given)


def texts(paper):
    paper.refresh_from_db()
    return paper.texts


def versions(paper):
    return [(one.kept, one.texts.get("background", "")) for one in paper.versions.order_by("number")]


@pytest.mark.parametrize(("size", "form"), [(Size.A3, Form.A3), (Size.PROJECT, Form.CHARTER)])
def test_a_page_begins_once_with_the_problem_of_its_ticket(house, told, size, form):
    ticket = make_ticket(house.ward, size=size, problem="Boarders wait – ¿por qué?")
    made = papers.begin(ticket=ticket, by=house.staff, at=NOW)
    assert papers.begin(ticket=ticket, by=house.manager, at=NOW) == made == Paper.objects.get()
    assert (made.form, made.created_by, made.revision) == (form, house.staff, 0)
    assert made.texts == {"background": "Boarders wait – ¿por qué?"}
    assert shared_text.texts_of(bytes(made.shared), ["background"]) == made.texts
    event = Event.objects.get(verb="paper.begun")
    assert event.facts == {"ticket": ticket.number}
    assert "Boarders" not in f"{event.subject_label}{event.facts}"
    assert told == [(live.unit_topic(house.ward.pk), {"work": ticket.pk})]


@pytest.mark.parametrize("size", sorted(set(Size) - {Size.A3, Size.PROJECT}))
def test_a_ticket_of_another_size_has_no_page(house, size):
    with pytest.raises(NotAllowed, match="no page of its own"):
        papers.begin(ticket=make_ticket(house.ward, size=size), by=house.staff, at=NOW)
    assert not Paper.objects.exists()


def test_two_who_write_at_once_are_both_kept_and_each_hears_the_other(house, paper, told):
    one, two = Writer(bytes(paper.shared)), Writer(bytes(paper.shared))
    one.write("background", 0, "In the ward: ")
    two.write("background", 1, " One broke a hip. 😀")
    vectors = [page.document.get_state() for page in (one, two)]
    first = edit(paper, one.changes[0], house.staff, vector=vectors[0])
    second = edit(paper, two.changes[0], house.manager, vector=vectors[1])
    assert (first.revision, second.revision) == (1, 2)
    two.hear(second.missing)
    said = "In the ward: Four falls. One broke a hip. 😀"
    assert texts(paper)["background"] == two.says()["background"] == said
    assert (paper.edited_by, paper.edited_at) == (house.manager, NOW)
    assert told == [(live.paper_topic(paper.pk), {"text": 0})] * 2


def test_the_same_change_twice_is_once(house, paper, told):
    change = typed(paper, " One broke a hip.")
    for _again in range(3):
        assert edit(paper, change, house.staff).revision == 1
    assert texts(paper) == {"background": "Four falls. One broke a hip."}
    assert len(told) == 1


def test_an_empty_section_is_no_text(house, paper):
    edit(paper, typed(paper, "", where=0, gone=11), house.staff)
    assert texts(paper) == {}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda _: b"x" * (LARGEST_CHANGE + 1), "too much at once"),
        (lambda p: typed(p, "x" * MOST), "Shorten it"),
        (lambda p: typed(p, "x" * (MOST + 1), "risks"), "Shorten it"),
        (lambda _: b"\x07no change", "Load the page anew"),
    ],
    ids=["too large", "too long", "too long where nobody looks", "garbage"],
)
def test_what_cannot_be_merged_is_refused_and_nothing_of_it_stays(house, paper, told, change, why):
    before = bytes(paper.shared)
    with pytest.raises(NotAllowed, match=why):
        edit(paper, change(paper), house.staff)
    assert texts(paper) == {"background": "Four falls."}
    assert (bytes(paper.shared), paper.revision, told) == (before, 0, [])
    assert not PaperWriter.objects.exists()
    assert not Event.objects.filter(verb="paper.written").exists()


def test_as_much_as_fits_is_taken(house, paper):
    edit(paper, typed(paper, "é" * MOST, "goal"), house.staff)
    assert len(texts(paper)["goal"]) == MOST


def test_a_vector_that_is_none_is_refused(house, paper):
    with pytest.raises(NotAllowed, match="Load the page anew"):
        edit(paper, typed(paper, "x"), house.staff, vector=b"\xff")
    assert paper.versions.count() == texts(paper).get("revision", 0) == 0


def test_the_trail_says_once_a_stretch_who_wrote_and_not_what(house, paper):
    for minutes, by in ((0, house.staff), (1, house.staff), (2, house.manager), (5, house.staff), (40, house.staff)):
        edit(paper, typed(paper, " word"), by, minutes)
    found = list(Event.objects.filter(verb="paper.written").order_by("pk"))
    assert [event.actor_id for event in found] == [house.staff.pk, house.manager.pk, house.staff.pk]
    assert {str(event.facts) for event in found} == {str({"ticket": paper.ticket.number})}


def test_a_pause_keeps_once_what_stood_with_those_who_wrote_it(house, paper):
    edit(paper, typed(paper, " One."), house.staff)
    edit(paper, typed(paper, " Two."), house.manager, 1)
    assert not versions(paper)
    edit(paper, typed(paper, " Three."), house.sponsor, 11)
    edit(paper, typed(paper, " Four."), house.sponsor, 12)
    edit(paper, typed(paper, " Five."), house.sponsor, 13)
    assert versions(paper) == [(Kept.PAUSE, "Four falls. One. Two.")]
    kept = paper.versions.get()
    assert (kept.number, kept.at, kept.by) == (1, NOW + timedelta(minutes=1), house.manager)
    assert set(kept.writers.all()) == {house.staff, house.manager}
    edit(paper, typed(paper, " Six."), house.staff, 100)
    assert versions(paper)[1:] == [(Kept.PAUSE, "Four falls. One. Two. Three. Four. Five.")]
    assert set(paper.versions.first().writers.all()) == {house.sponsor}


def test_days_later_the_first_word_makes_no_version_of_its_own(house, paper):
    day = 24 * 60
    for minutes in (3 * day, 3 * day + 1, 9 * day, 9 * day + 1):
        edit(paper, typed(paper, "."), house.staff, minutes)
    assert versions(paper) == [(Kept.PAUSE, "Four falls...")]


def test_who_writes_on_without_a_pause_gets_a_version_each_half_hour(house, paper):
    for minutes in range(0, 66, 5):
        edit(paper, typed(paper, "."), house.staff, minutes)
    assert versions(paper) == [(Kept.PAUSE, "Four falls" + "." * 7), (Kept.PAUSE, "Four falls" + "." * 13)]


def test_a_version_with_a_name_holds_texts_and_tables_and_what_stands_is_not_kept_again(house, paper):
    make_cause(paper)
    edit(paper, typed(paper, " One."), house.staff)
    kept = papers.keep(paper=paper, name=" Before the review ", by=house.manager, at=NOW + timedelta(minutes=2))
    assert (kept.kept, kept.name, kept.by) == (Kept.NAMED, "Before the review", house.manager)
    assert kept.texts == {"background": "Four falls. One."}
    assert kept.tables == {"causes": ["Way of working: Nobody comes by"]}
    assert list(kept.writers.all()) == [house.staff]
    edit(paper, typed(paper, " Two."), house.staff, 60)
    edit(paper, typed(paper, " Three."), house.staff, 61)
    assert versions(paper) == [(Kept.NAMED, "Four falls. One.")]
    event = Event.objects.get(verb="paper.kept")
    assert event.facts == {"ticket": paper.ticket.number, "version": 1}


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_version_that_is_kept_by_hand_has_a_name(house, paper, name):
    with pytest.raises(NotAllowed) as refusal:
        papers.keep(paper=paper, name=name, by=house.staff, at=NOW)
    assert refusal.value.field == "name"
    assert not paper.versions.exists()


def test_an_earlier_version_comes_back_and_what_stood_is_kept(house, paper, told):
    first = papers.keep(paper=paper, name="First", by=house.staff, at=NOW)
    edit(paper, typed(paper, " One."), house.staff, 1)
    edit(paper, typed(paper, "No fall", "goal"), house.staff, 2)
    told.clear()
    papers.restore(version=first, by=house.manager, at=NOW + timedelta(minutes=3))
    assert texts(paper) == {"background": "Four falls."}
    before = paper.versions.first()
    assert (before.kept, before.by) == (Kept.BEFORE_RESTORE, house.manager)
    assert before.texts == {"background": "Four falls. One.", "goal": "No fall"}
    assert told == [(live.paper_topic(paper.pk), {"text": 0})]
    assert Event.objects.get(verb="paper.restored").facts["version"] == 1
    papers.restore(version=before, by=house.staff, at=NOW + timedelta(minutes=4))
    assert texts(paper) == before.texts
    count = paper.versions.count()
    papers.restore(version=before, by=house.staff, at=NOW + timedelta(minutes=5))
    papers.keep(paper=paper, name="Both", by=house.staff, at=NOW + timedelta(minutes=6))
    papers.restore(version=first, by=house.staff, at=NOW + timedelta(minutes=7))
    assert paper.versions.count() == count + 1, "what is kept already is not kept again"


def test_what_somebody_types_while_a_version_comes_back_survives(house, paper):
    first = papers.keep(paper=paper, name="First", by=house.staff, at=NOW)
    edit(paper, typed(paper, " Two of them at night."), house.staff, 1)
    meanwhile = typed(paper, "Since June: ", where=0)
    papers.restore(version=first, by=house.manager, at=NOW + timedelta(minutes=2))
    edit(paper, meanwhile, house.staff, 2.1)
    assert texts(paper)["background"] == "Since June: Four falls."


def test_a_comment_is_said_once_settled_and_opened_again(house, paper, told):
    uid = uuid4()
    for text in (" How do you know? ", "Sent twice"):
        made = papers.comment(paper=paper, uid=uid, section=Section.CAUSES, text=text, by=house.staff, at=NOW)
    assert PaperComment.objects.get() == made
    assert (made.text, made.section, made.by) == ("How do you know?", "causes", house.staff)
    later = NOW + timedelta(hours=1)
    for _again in range(2):
        papers.settle(comment=made, by=house.manager, at=later)
        later += timedelta(hours=1)
    made.refresh_from_db()
    assert (made.settled_by, made.settled_at) == (house.manager, NOW + timedelta(hours=1))
    papers.settle(comment=made, settled=False, by=house.staff, at=later)
    made.refresh_from_db()
    assert (made.settled_by, made.settled_at) == (None, None)
    verbs = Event.objects.filter(verb__startswith="paper.comment").order_by("pk")
    assert [event.verb.split(".")[1] for event in verbs] == ["commented", "comment_settled", "comment_opened"]
    assert not any("know" in f"{event.facts}{event.subject_label}" for event in verbs)
    assert told == [(live.paper_topic(paper.pk), {"comments": Section.values.index("causes")})] * 3


@pytest.mark.parametrize("text", ["", " \n", "x" * (COMMENT + 1)])
def test_a_comment_says_something_that_fits(house, paper, text):
    with pytest.raises(NotAllowed) as refusal:
        papers.comment(paper=paper, uid=uuid4(), section=Section.GOAL, text=text, by=house.staff, at=NOW)
    assert refusal.value.field == "text"


def test_the_head_is_arranged_and_what_was_written_in_a_section_stays(house, paper, told):
    day = NOW.date()
    said = Head(frozenset({Section.BACKGROUND, Section.RISKS}), house.manager, 4.0, 3.2, day, day)
    papers.arrange(paper=paper, said=said, by=house.staff, at=NOW)
    paper.refresh_from_db()
    assert (paper.left_out, paper.sponsor) == (["background"], house.manager), "risks are none of an A3"
    assert (paper.goal_from, paper.goal_to, paper.goal_by, paper.audit_on) == (4.0, 3.2, day, day)
    assert paper.texts == {"background": "Four falls."}
    papers.arrange(paper=paper, said=said, by=house.staff, at=NOW)
    event = Event.objects.get(verb="paper.arranged")
    assert event.facts["fields"] == "left_out, sponsor, goal_from, goal_to, goal_by, audit_on"
    assert told == [(live.paper_topic(paper.pk), {"head": 0})]
    papers.arrange(paper=paper, said=Head(), by=house.staff, at=NOW)
    paper.refresh_from_db()
    assert (paper.left_out, paper.sponsor, paper.goal_to) == ([], None, None)


def test_a_balancing_measure_is_another_one_of_the_same_house(house, paper):
    other = make_measure(house.organisation, code="overtime")
    papers.arrange(paper=paper, said=Head(balancing=other), by=house.staff, at=NOW)
    assert Paper.objects.get().balancing == other
    Ticket.objects.filter(pk=paper.ticket_id).update(measure=house.measure)
    for wrong in (house.measure, make_house().measure):
        with pytest.raises(NotAllowed) as refusal:
            papers.arrange(paper=paper, said=Head(balancing=wrong), by=house.staff, at=NOW)
        assert refusal.value.field == "balancing"


def test_one_section_stays_and_the_sponsor_is_of_the_unit(house, paper):
    with pytest.raises(NotAllowed) as refusal:
        papers.arrange(paper=paper, said=Head(left_out=frozenset(Section)), by=house.staff, at=NOW)
    assert refusal.value.field == "left_out"
    stranger = make_user(Role.MANAGER, make_unit())
    with pytest.raises(NotAllowed) as refusal:
        papers.arrange(paper=paper, said=Head(sponsor=stranger), by=house.staff, at=NOW)
    assert refusal.value.field == "sponsor"
    Paper.objects.update(sponsor=stranger)
    papers.arrange(paper=paper, said=Head(sponsor=stranger, goal_to=2.0), by=house.staff, at=NOW)
    assert Paper.objects.get().goal_to == 2.0, "who was named before stays until another is"
