"""K-cards are put up, pulled, turned, changed, taken away."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from boards.models import BoardMeasure
from huddles.models import Issue
from huddles.rules.issues import Source
from org.models import Event
from org.rules import NotAllowed, Role
from rounding.actions import k_cards as actions
from rounding.models import KCard, KCheck
from rounding.rules.k_cards import TEXT_LENGTH, Per
from rounding.rules.questions import AnswerKind, Line
from tests.boards.factories import make_measure
from tests.factories import make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_set
from tests.rounding.stage_k_cards import make_card, make_card_set, make_check

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def card(house, lead):
    return make_card(house.ward, lead)


def verbs() -> list[str]:
    return list(Event.objects.filter(verb__startswith="k_card.").order_by("pk").values_list("verb", flat=True))


def test_a_card_hangs_once_at_a_unit_with_a_code_of_its_own(house, lead):
    version = make_card_set(house.ward)
    card = make_card(house.ward, lead, version, often=3, per=Per.MONTH)
    assert (card.often, card.per, card.organisation) == (3, "month", house.organisation)
    assert len(card.token) == 12
    assert make_card(house.ward, lead, version, often=1) == card
    other = make_card(house.other_ward, lead, version)
    assert other.token != card.token
    assert verbs() == ["k_card.put_up"] * 2


def test_what_cannot_hang_there_is_refused(house, lead):
    elsewhere = make_card_set(make_house().ward)
    talk = make_set(house.ward)
    words = make_card_set(house.ward, Line(AnswerKind.TEXT, "What did you see?"))
    own, retired = make_card_set(house.ward), make_card_set(house.ward)
    own.question_set.unit = house.ward
    own.question_set.save()
    retired.question_set.retired_at = AT
    retired.question_set.save()
    for version, told in (
        (elsewhere, "This is no K-card of this house."),
        (talk, "This is no K-card of this house."),
        (words, "This card asks nothing that is answered with yes or no."),
        (retired, "This card is not offered any more."),
        (own, "This card is for other units."),
    ):
        with pytest.raises(NotAllowed, match=told):
            make_card(house.other_ward, lead, version)
    assert make_card(house.ward, lead, own).unit == house.ward
    with pytest.raises(NotAllowed, match="A card is pulled 1 to 31 times"):
        make_card(house.ward, lead, often=0)
    house.ward.closed_on = AT.date()
    house.ward.save()
    with pytest.raises(NotAllowed, match="5 West is closed"):
        make_card(house.ward, lead)


def test_harm_is_shown_by_a_measure_of_the_board_of_the_unit(house, lead, card):
    falls = make_measure(house.organisation, "falls")
    with pytest.raises(NotAllowed, match="This measure is not on the board of this unit"):
        make_card(house.ward, lead, measure=falls)
    BoardMeasure.objects.create(unit=house.ward, measure=falls)
    said = {"often": 4, "per": Per.MONTH, "measure": falls, "by": lead, "at": AT}
    actions.change(card=card, **said)
    actions.change(card=card, **said)
    card.refresh_from_db()
    assert (card.often, card.per, card.measure) == (4, "month", falls)
    falls.placements.all().delete()
    actions.change(card=card, **{**said, "often": 2})  # what is linked already may stay
    with pytest.raises(NotAllowed, match="A card is pulled 1 to 31 times"):
        actions.change(card=card, **{**said, "often": 99})
    assert verbs() == ["k_card.put_up", "k_card.changed", "k_card.changed"]


def test_a_check_turns_the_card_and_sending_it_twice_is_one_check(house, lead, card):
    uid = uuid4()
    late = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)  # still Tuesday in New York
    said = {"at": late, "uid": uid, "gets_in_the_way": " The dispenser\r\nis empty ", "coach_note": "Ask first"}
    red = make_check(card, lead, "yes", "no", "none", **said)
    assert (red.side, red.day.isoformat()) == ("red", "2026-11-24")
    assert (red.gets_in_the_way, red.coach_note) == ("The dispenser\nis empty", "Ask first")
    assert list(red.answers.values_list("question__position", "value")) == [(1, "yes"), (2, "no"), (3, "none")]
    assert make_check(card, lead, uid=uid) == red
    assert make_check(card, lead).side == "green"
    assert KCheck.objects.count() == 2
    assert verbs() == ["k_card.put_up", "k_card.pulled", "k_card.pulled"]
    events = str(list(Event.objects.values()))
    assert "dispenser" not in events
    assert "Ask first" not in events


def test_what_does_not_turn_a_card_is_refused_and_keeps_nothing(house, lead, card):
    other = make_card(house.ward, lead)
    check = make_check(other, lead)
    staff = make_user(Role.STAFF, house.ward)
    for told, answers, more in (
        ("Answer every line", ["yes", "", "yes"], {}),
        ("Nothing on this card applies", ["none"] * 3, {}),
        ("This check belongs to another card", ["yes"] * 3, {"uid": check.uid}),
        (f"at most {TEXT_LENGTH} fit", ["yes"] * 3, {"gets_in_the_way": "x" * (TEXT_LENGTH + 1)}),
        (f"at most {TEXT_LENGTH} fit", ["yes"] * 3, {"coach_note": "x" * (TEXT_LENGTH + 1)}),
    ):
        with pytest.raises(NotAllowed, match=told):
            make_check(card, lead, *answers, **more)
    with pytest.raises(NotAllowed, match="This check belongs to another card"):
        make_check(other, staff, uid=check.uid)
    with pytest.raises(NotAllowed, match="This check belongs to another card"):
        make_check(card, lead, version=check.version)
    actions.take_away(card=card, by=lead, at=AT)
    with pytest.raises(NotAllowed, match="This card was taken away"):
        make_check(card, lead)
    assert KCheck.objects.get() == check


def test_taking_away_keeps_the_checks_and_lets_the_card_hang_again(house, lead):
    version = make_card_set(house.ward)
    card = make_card(house.ward, lead, version)
    make_check(card, lead)
    actions.take_away(card=card, by=lead, at=AT)
    actions.take_away(card=card, by=lead, at=AT)
    assert verbs().count("k_card.taken_away") == 1
    assert card.checks.count() == 1
    again = make_card(house.ward, lead, version)
    assert again.token != card.token
    assert list(KCard.objects.standing()) == [again]


def test_an_issue_comes_of_a_red_once_and_never_of_a_green(house, lead, card):
    red = make_check(card, lead, "no", "yes", "yes", gets_in_the_way="The dispenser is empty")
    said = {"title": "Hands: not rubbed", "by": lead, "at": AT}
    issue = actions.raise_from_red(check_of=red, client_id=uuid4(), **said)
    assert (issue.origin, issue.source, issue.detail) == (house.ward, Source.ROUND, "The dispenser is empty")
    assert actions.raise_from_red(check_of=red, client_id=uuid4(), **said) == issue
    green = make_check(card, lead)
    with pytest.raises(NotAllowed, match="This card shows green"):
        actions.raise_from_red(check_of=green, client_id=uuid4(), **said)
    assert Issue.objects.count() == 1
