"""Who reads what of rounds, how it is counted, and in how many statements."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions import issues
from huddles.models import Huddle, Issue
from huddles.rules.issues import Outcome, Status
from org.rules import Role
from rounding.actions import follow_ups, rounds
from rounding.models import Recognition, Round
from rounding.queries.blocks import answer_text
from rounding.queries.health import rounds_of_health
from rounding.queries.mine import mine
from rounding.queries.reading import huddle_thanks, round_page, unit_line, unit_page, with_people
from rounding.rules.feedback import Feedback
from rounding.rules.questions import AnswerKind, Line, SetKind
from rounding.rules.rounds import PromiseState
from tests.factories import make_unit, make_user
from tests.huddles.factories import make_house
from tests.huddles.huddle_stage import begun
from tests.rounding.factories import AT, make_note, make_promise, make_round, make_set

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NOW = AT + 2 * DAY


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


def local(house, at=NOW):
    return at.astimezone(house.organisation.zone)


def page(house, user, at=NOW, number=1):
    return unit_page(house.ward, user, local(house, at), number)


def with_issue(house, led, text="The pump is broken", at=AT):
    noted = make_note(led, text)
    follow_ups.raise_from(observation=noted, title=text, client_id=uuid4(), by=led.leader, at=at)
    noted.refresh_from_db()
    return noted


def kept(promise, at=NOW, state=PromiseState.KEPT, words="They came"):
    return follow_ups.answer_promise(promise=promise, state=state, answer=words, revision=1, by=promise.by, at=at)


def test_the_unit_reads_a_round_and_others_do_not(house, lead):
    make_note(make_round(house.ward, lead), "Two carts block the way")
    (block,) = page(house, house.people["STAFF"]).blocks
    assert [note.text for note in block.notes] == ["Two carts block the way"]
    assert (block.leaders, block.shared, block.mine) == ("Lead of 5 West", True, False)
    assert page(house, lead).blocks[0].mine
    for stranger in (house.lead(house.other_ward), make_user(Role.EXECUTIVE, make_unit())):
        assert page(house, stranger).blocks == []


def test_what_a_leader_types_is_read_once_the_round_has_ended_and_what_was_done_at_once(house, lead):
    staff = house.people["STAFF"]
    led = make_round(house.ward, lead, going_on=True)
    with_issue(house, led, "Half a sentence")
    make_promise(house.ward, lead, "Two pumps", of_round=led)
    assert page(house, staff).blocks == []
    assert page(house, staff).counts == page(house, lead).counts == Feedback(0, 0, 0, 0, 0)
    assert unit_line(house.ward, staff, local(house)).last == ""
    assert mine(staff, local(house)).here == []
    assert not Round.objects.visible_to(staff).exists()
    assert rounds_of_health(house.ward, AT - DAY, NOW, NOW).counts == {}
    # Acts show at once; who leads it reads their own.
    assert Issue.objects.visible_to(staff).get().title == "Half a sentence"
    assert unit_line(house.ward, staff, local(house)).promises == 1
    assert [note.text for note in page(house, lead).blocks[0].notes] == ["Half a sentence"]
    rounds.end(of_round=led, by=lead, ended_at=NOW, at=NOW)
    assert [note.text for note in page(house, staff).blocks[0].notes] == ["Half a sentence"]
    assert page(house, staff).counts.rounds == 1


def test_what_is_between_two_is_read_by_both_who_led_it_and_counted_for_nobody(house, lead):
    version = make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False)
    led = make_round(house.ward, lead, version, partner=house.lead(house.line))
    make_promise(house.ward, lead, of_round=led)
    for reader in (lead, house.lead(house.line)):
        found = page(house, reader)
        assert [block.shared for block in found.blocks] == [False]
        assert [line.text for line in found.blocks[0].promises] == ["Two more pumps"]
        assert found.counts == Feedback()
    assert page(house, house.people["STAFF"]).blocks == []
    assert unit_line(house.ward, lead, local(house)).promises == 0
    assert unit_line(house.ward, lead, local(house)).last == ""


def test_a_promise_between_two_does_not_stand_in_the_huddle_when_it_is_kept(house, lead):
    version = make_set(house.ward, kind=SetKind.NEW_STARTER, shared=False)
    kept(make_promise(house.ward, lead, "A day off", of_round=make_round(house.ward, lead, version)))
    kept(make_promise(house.ward, lead, "Two chairs"))
    assert [line.text for line in huddle_thanks(house.ward, lead, local(house)).ended] == ["Two chairs"]


def test_what_came_of_it_stands_beside_each_note(house, lead):
    led = make_round(house.ward, lead)
    noted = with_issue(house, led)
    make_promise(house.ward, lead, of_round=led, observation=noted)
    kept(make_promise(house.ward, lead, "A new lock", of_round=led))
    follow_ups.thank(
        uid=uuid4(), unit=house.ward, name="Rosa", text="Early", by=lead, said_at=AT, at=AT, of_round=led,
        observation=noted,
    )  # fmt: skip
    (block,) = page(house, house.people["STAFF"]).blocks
    (note,) = block.notes
    assert (note.issue.name, note.issue.row.title) == ("Open", "The pump is broken")
    assert [(line.text, line.stands) for line in note.promises] == [("Two more pumps", "by 27 Nov")]
    assert [(one.name, one.text) for one in note.thanks] == [("Rosa", "Early")]
    assert [(line.text, line.stands, line.answer) for line in block.promises] == [
        ("A new lock", "kept 26 Nov", "They came")
    ]


def test_a_confidential_issue_never_shows_and_is_not_counted(house, lead):
    noted = with_issue(house, make_round(house.ward, lead))
    Issue.objects.filter(pk=noted.issue_id).update(confidential=True)
    for reader in (house.people["STAFF"], lead):
        found = page(house, reader)
        assert found.blocks[0].notes[0].issue is None
        assert found.counts == Feedback(rounds=1)


def test_an_issue_that_is_part_of_a_confidential_one_is_not_counted(house, lead):
    noted = with_issue(house, make_round(house.ward, lead))
    whole = with_issue(house, make_round(house.ward, lead), "Another")
    Issue.objects.filter(pk=whole.issue_id).update(confidential=True)
    Issue.objects.filter(pk=noted.issue_id).update(status=Status.MERGED, merged_into=whole.issue, clock_at=None)
    assert page(house, house.people["STAFF"]).counts == Feedback(rounds=2)


def test_counts_follow_issues_and_promises(house, lead):
    first = make_round(house.ward, lead)
    noted = with_issue(house, first)
    assert page(house, lead).counts == Feedback(1, asking=1)
    issues.answer(
        issue=noted.issue,
        outcome=Outcome.DECIDED,
        tell_staff="A new pump comes today",
        due_at=NOW,
        by=lead,
        at=AT + DAY,
    )
    assert page(house, lead).counts == Feedback(1, 1, 1, 1, 1)
    make_promise(house.ward, lead, of_round=make_round(house.ward, lead))
    make_round(house.ward, lead)
    assert page(house, lead).counts == Feedback(3, asking=2, with_feedback=1, due=1, in_time=1)
    assert page(house, lead, AT + 8 * DAY).counts == Feedback(3, asking=2, with_feedback=1, due=2, in_time=1)


def test_only_the_last_sixty_days_are_shown_and_eight_rounds_on_a_sheet(house, lead):
    version = make_set(house.ward)
    make_round(house.ward, lead, version, began_at=AT - 61 * DAY, at=AT - 61 * DAY)
    for _each in range(9):
        make_round(house.ward, lead, version)
    first, second = page(house, lead), page(house, lead, number=2)
    assert (len(first.blocks), first.has_next, first.counts.rounds) == (8, True, 9)
    assert (len(second.blocks), second.has_next, second.counts.rounds) == (1, False, 9)


def filled(house, lead, version):
    led = make_round(house.ward, lead, version)
    noted = with_issue(house, led)
    make_promise(house.ward, lead, of_round=led, observation=noted)
    follow_ups.thank(
        uid=uuid4(), unit=house.ward, name="Rosa", text="", by=lead, said_at=AT, at=AT, of_round=led, person=lead
    )
    rounds.comment(of_round=led, observation=noted, text="Yes", uid=uuid4(), by=lead, at=AT)


@pytest.mark.parametrize("read", [page, lambda _house, user: mine(user, NOW)])
def test_three_rounds_cost_as_many_statements_as_one(house, lead, read):
    version = make_set(house.ward)
    filled(house, lead, version)
    with CaptureQueriesContext(connection) as one:
        read(house, lead)
    for _each in range(2):
        filled(house, lead, version)
    with CaptureQueriesContext(connection) as three:
        read(house, lead)
    assert len(one) == len(three) > 5


def test_a_reflection_is_for_the_leader_alone(house, lead):
    led = make_round(house.ward, lead, partner=house.lead(house.line))
    rounds.reflect(of_round=led, asked=7, surprised="Calm", by=lead, at=AT)
    found = with_people(Round.objects.filter(pk=led.pk)).get()
    assert round_page(found, lead, local(house)).reflection.surprised == "Calm"
    assert round_page(found, house.lead(house.line), local(house)).reflection is None
    assert round_page(found, house.people["STAFF"], local(house)).reflection is None


def test_answers_are_said_in_words(house, lead):
    version = make_set(
        house.ward,
        Line(AnswerKind.YES_NO, "Quiet?"),
        Line(AnswerKind.SCALE, "How quiet?"),
        Line(AnswerKind.CHOICE, "When?", choices=("Now", "Later")),
        Line(AnswerKind.NUMBER, "How many?"),
    )
    led = make_round(house.ward, lead, version)
    said = ({"value": "partly"}, {"value": "4"}, {"value": "1"}, {"number": "12.50"})
    noted = [
        make_note(led, "", question=question, **each)
        for question, each in zip(version.questions.order_by("position"), said, strict=True)
    ]
    assert [answer_text(row) for row in noted] == ["Partly", "4 of 5", "Later", "12.5"]


def test_a_persons_page_has_late_promises_first_and_who_else_was_there(house, lead):
    make_promise(house.ward, lead, "Later", due_on=(AT + 9 * DAY).date())
    make_promise(house.ward, lead, "Late", due_on=AT.date())
    kept(make_promise(house.ward, lead, "Kept"))
    make_promise(house.ward, house.lead(house.line), "Of somebody else")
    make_round(house.ward, lead)
    make_round(house.ward, house.lead(house.line))
    found = mine(lead, NOW)
    assert [(line.text, line.late) for line in found.promises.open] == [("Late", True), ("Later", False)]
    assert [line.text for line in found.promises.ended] == ["Kept"]
    assert [row.leaders for row in found.led] == ["Lead of 5 West"]
    assert [row.leaders for row in found.here] == ["Lead of Medicine"]
    staff = mine(house.people["STAFF"], NOW)
    assert (len(staff.here), staff.leads, [unit.name for unit in staff.units]) == (2, False, ["5 West"])


def test_a_row_says_how_much_was_answered(house, lead):
    led = make_round(house.ward, lead)
    with_issue(house, led)
    kept(make_promise(house.ward, lead, of_round=led))
    (row,) = mine(lead, NOW).led
    assert (row.came, row.sign) == ("1 of 2 answered, until 1 Dec", "")
    (row,) = mine(lead, AT + 8 * DAY).led
    assert (row.came, row.sign) == ("1 of 2 answered, 1 late", "missed")


def test_a_promise_has_time_to_the_end_of_its_day_and_no_sign_until_then(house, lead):
    led = make_round(house.ward, lead)
    promise = make_promise(house.ward, lead, of_round=led, due_on=(AT + 9 * DAY).date())
    (row,) = mine(lead, AT + 9 * DAY).led
    assert (row.came, row.sign) == ("0 of 1 answered, until 3 Dec", "")
    assert [line.sign for line in page(house, lead, AT + 9 * DAY).blocks[0].promises] == [""]
    assert [line.sign for line in page(house, lead, AT + 10 * DAY).blocks[0].promises] == ["missed"]
    (row,) = mine(lead, AT + 10 * DAY).led
    assert (row.came, row.sign) == ("0 of 1 answered, 1 late", "missed")
    kept(promise, at=AT + 10 * DAY)
    (row,) = mine(lead, AT + 10 * DAY).led
    assert (row.came, row.sign) == ("1 of 1 answered", "met")


def test_the_huddle_hears_thanks_once_and_promises_that_ended_since_it_last_met(house, lead):
    for name in ("Rosa", "Tom"):
        follow_ups.thank(uid=uuid4(), unit=house.ward, name=name, text="", by=lead, said_at=AT, at=AT)
    follow_ups.thank(uid=uuid4(), unit=house.other_ward, name="Else", text="", by=lead, said_at=AT, at=AT)
    kept(make_promise(house.ward, lead, "Before"), at=AT + timedelta(hours=1))
    kept(make_promise(house.ward, lead, "Since"), at=AT + DAY)
    Huddle.objects.filter(pk=begun(house, at=AT).pk).update(ended_at=AT + timedelta(hours=2))
    found = huddle_thanks(house.ward, lead, local(house))
    assert [one.name for one in found.thanks] == ["Rosa", "Tom"]
    assert [line.text for line in found.ended] == ["Since"]
    follow_ups.read_out(unit=house.ward, recognitions=[Recognition.objects.get(name="Rosa").pk], at=NOW)
    after = huddle_thanks(house.ward, lead, local(house))
    assert ([one.name for one in after.thanks], after.heard) == (["Tom"], 1)


def test_the_line_beside_the_board_counts_promises_and_thanks(house, lead):
    assert unit_line(house.ward, lead, local(house)).last == ""
    make_round(house.ward, lead)
    make_promise(house.ward, lead, due_on=AT.date())
    make_promise(house.ward, lead)
    follow_ups.thank(uid=uuid4(), unit=house.ward, name="Rosa", text="", by=lead, said_at=AT, at=AT)
    found = unit_line(house.ward, house.people["STAFF"], local(house))
    assert (found.last, found.promises, found.late, found.thanks) == ("24 Nov 10:30", 2, 1, 1)
