"""Taking an issue and handing it on: who owns it then, whose clock begins, who is told, what is refused."""

from datetime import date, timedelta

import pytest

from huddles.actions import issues
from huddles.models import Confidant, Issue, IssueCopy
from huddles.rules.issues import Act, ChoiceKind, Status
from org.actions.units import move_unit
from org.models import Message
from org.rules import NotAllowed, Role
from tests.factories import make_unit, make_user
from tests.huddles.factories import MORNING, make_choice, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def told(act: Act) -> list[str]:
    return sorted(Message.objects.filter(context__act=act).values_list("recipient", flat=True))


def emails(*people) -> list[str]:
    return sorted(person.email for person in people)


def test_whoever_takes_it_owns_it_and_the_clock_of_the_answer_begins():
    house = make_house()
    issue = issues.acknowledge(issue=make_issue(house), by=house.people["STAFF"], at=MORNING)
    assert (issue.status, issue.owner, issue.place) == (Status.ACKNOWLEDGED, house.people["STAFF"], house.ward)
    assert issue.clock_at == MORNING + 8 * HOUR
    with pytest.raises(NotAllowed, match="Somebody is on it"):
        issues.acknowledge(issue=issue, by=house.lead(house.ward), at=MORNING)


def test_giving_it_to_one_person_tells_that_person_and_starts_the_clock_once():
    house = make_house()
    lead, staff = house.lead(house.ward), house.people["STAFF"]
    issue = issues.assign(issue=make_issue(house), owner=staff, by=lead, at=MORNING, note="Please")
    assert (issue.owner, issue.clock_at, told(Act.ASSIGN)) == (staff, MORNING + 8 * HOUR, emails(staff))
    issue = issues.assign(issue=issue, owner=lead, by=lead, at=MORNING + HOUR)
    assert (issue.owner, issue.clock_at, told(Act.ASSIGN)) == (lead, MORNING + 8 * HOUR, emails(staff))
    outsider, gone = make_user(Role.STAFF, make_unit()), make_user(Role.STAFF, house.ward, is_active=False)
    for person in (outsider, gone, make_user()):
        with pytest.raises(NotAllowed, match=r" has no role here\.$"):
            issues.assign(issue=issue, owner=person, by=lead, at=MORNING)


def test_sending_up_hands_over_place_and_owner_and_tells_who_leads_and_who_stands_in():
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING)
    assert (issue.place, issue.owner, issue.origin) == (house.line, house.lead(house.line), house.ward)
    assert told(Act.ESCALATE) == emails(house.lead(house.line), house.people["STAND_IN"])
    event = issue.events.last()
    assert (event.from_place, event.to_place, event.ask, event.due_at) == (
        house.ward,
        house.line,
        "resource",
        MORNING + 5 * HOUR,
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"cannot": None}, r"^Say why it cannot be solved here\.$"),
        ({"ask": ""}, r"^Say what you ask for\.$"),
        ({"ask": "money"}, r"^Say what you ask for\.$"),
        ({"asked": "  "}, r"^Say in one line what you ask for\.$"),
        ({"asked": "x" * 201}, r"^This has 201 characters; at most 200 fit\.$"),
        ({"needed_by": None}, r"^Say by when it is needed; the time lies ahead\.$"),
        ({"needed_by": MORNING}, r"^Say by when it is needed; the time lies ahead\.$"),
        ({"needed_by": MORNING + timedelta(days=367)}, r"^Choose a day within a year\.$"),
        ({"to": "top"}, r"^Say why a tier is skipped\.$"),
        ({"to": "support", "note": "x"}, r"^Information technology is not above 5 West\.$"),
        ({"to": "ward", "note": "x"}, r"^5 West is not above 5 West\.$"),
    ],
)
def test_what_is_missing_when_sending_up_is_said(change, sentence):
    house = make_house()
    issue = make_issue(house)
    fields = {
        "cannot": make_choice(house.organisation),
        "ask": "decision",
        "asked": "An ask",
        "needed_by": MORNING + HOUR,
        **change,
    }
    if "to" in fields:
        fields["to"] = getattr(house, fields["to"])
    with pytest.raises(NotAllowed, match=sentence):
        issues.escalate(issue=issue, by=issue.owner, at=MORNING, **fields)
    issue.refresh_from_db()
    assert (issue.place, issue.events.count(), Message.objects.count()) == (house.ward, 1, 0)


def test_a_tier_is_skipped_with_its_cause_and_the_top_sends_nothing_up():
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING, to=house.top, note="Everybody is hurt by it")
    assert (issue.place, issue.owner) == (house.top, house.lead(house.top))
    with pytest.raises(NotAllowed, match=r"^Nothing is above Executive team\. It is answered here\.$"):
        send_up(house, issue, at=MORNING)


def test_the_second_line_is_a_way_up_without_a_cause():
    house = make_house()
    other = make_unit(house.top, level=3, name="Operations")
    director = make_user(Role.MANAGER, other)
    house.ward.second_parent = other
    house.ward.save()
    issue = send_up(house, make_issue(house), at=MORNING, to=other)
    assert (issue.place, issue.owner) == (other, director)


def test_delegating_goes_down_with_words_and_nowhere_else():
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING)
    lead = house.lead(house.line)
    for to in (house.line, house.support, house.top):
        with pytest.raises(NotAllowed, match=rf"^{to.name} is not below Medicine\.$"):
            issues.delegate(issue=issue, to=to, note="x", by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Say what they shall do\.$"):
        issues.delegate(issue=issue, to=house.other_ward, note=" ", by=lead, at=MORNING)
    down = issues.delegate(issue=issue, to=house.other_ward, note="Lend yours", by=lead, at=MORNING)
    assert (down.place, down.owner, down.status) == (
        house.other_ward,
        house.lead(house.other_ward),
        Status.RAISED,
    )
    assert told(Act.DELEGATE) == emails(house.lead(house.other_ward))


def test_what_began_above_is_not_handed_down_to_where_it_began():
    house = make_house()
    issue = make_issue(house, unit=house.line)
    issue = issues.delegate(issue=issue, to=house.ward, note="Yours", by=issue.owner, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Medicine is not below 5 West\.$"):
        issues.delegate(issue=issue, to=house.line, note="x", by=issue.owner, at=MORNING)


def test_handing_sideways_to_a_support_service_and_what_is_not_sideways():
    house = make_house()
    issue, lead = make_issue(house), house.lead(house.ward)
    refusals = [
        (house.ward, r"^Choose another unit of this organization\.$"),
        (make_house().ward, r"^Choose another unit of this organization\.$"),
        (house.line, r"^Medicine is above: send it up, with an ask\.$"),
    ]
    for to, sentence in refusals:
        with pytest.raises(NotAllowed, match=sentence):
            issues.transfer(issue=issue, to=to, note="x", by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Say what they shall do\.$"):
        issues.transfer(issue=issue, to=house.support, note="", by=lead, at=MORNING)
    there = issues.transfer(issue=issue, to=house.support, note="Screens are dark", by=lead, at=MORNING)
    assert (there.place, there.owner) == (house.support, house.lead(house.support))
    house.other_ward.closed_on = date(2026, 11, 1)
    house.other_ward.save()
    with pytest.raises(NotAllowed, match=r"^4 East is closed\.$"):
        issues.transfer(issue=there, to=house.other_ward, note="x", by=there.owner, at=MORNING)


def test_a_copy_tells_a_unit_once_and_hands_it_nothing():
    house = make_house()
    issue = make_issue(house)
    for _ in range(2):
        issues.copy_to(issue=issue, unit=house.support, by=issue.owner, at=MORNING)
    issue.refresh_from_db()
    assert (IssueCopy.objects.count(), issue.events.count(), issue.place) == (1, 2, house.ward)
    assert Issue.objects.visible_to(house.lead(house.support)).get() == issue
    with pytest.raises(NotAllowed, match=r"^Choose another unit of this organization\.$"):
        issues.copy_to(issue=issue, unit=make_house().ward, by=issue.owner, at=MORNING)


def test_parking_needs_a_reason_and_a_later_day_and_tells_who_raised_it():
    house = make_house()
    issue = make_issue(house, by=house.people["STAFF"])
    lead, reason = house.lead(house.ward), make_choice(house.organisation, ChoiceKind.PARK)
    with pytest.raises(NotAllowed, match=r"^Say why it waits\.$"):
        issues.park(issue=issue, reason=None, look_again_on=date(2026, 12, 1), by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Choose a later day"):
        issues.park(issue=issue, reason=reason, look_again_on=MORNING.date(), by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Choose a day within a year\.$"):
        issues.park(issue=issue, reason=reason, look_again_on=date(9999, 12, 31), by=lead, at=MORNING)
    parked = issues.park(issue=issue, reason=reason, look_again_on=date(2026, 12, 1), by=lead, at=MORNING)
    assert (parked.status, told(Act.PARK)) == (Status.PARKED, emails(house.people["STAFF"]))
    assert issues.ring_due(at=parked.clock_at - timedelta(seconds=1)) == 0
    assert issues.ring_due(at=parked.clock_at) == 1
    issue.refresh_from_db()
    assert (issue.status, issue.place, told(Act.RESUME)) == (Status.RAISED, house.ward, emails(lead))


def test_a_unit_that_moves_to_another_line_keeps_its_history_and_sends_up_along_the_new_one():
    """Domain 3.5, check 19."""
    house = make_house()
    surgery = make_unit(house.branch, level=2, name="Surgery", code="SUR")
    director = make_user(Role.MANAGER, surgery, name="Director of Surgery")
    gone, stays = send_up(house, make_issue(house), at=MORNING), make_issue(house)
    today = MORNING.date()
    move_unit(unit=house.ward, parent=surgery, from_day=today, today=today, by=None, at=MORNING)
    gone.refresh_from_db()
    assert (gone.place, gone.owner) == (house.line, house.lead(house.line))
    assert [event.to_place for event in gone.events.all()] == [house.ward, house.line]
    up = send_up(house, stays, at=MORNING + HOUR)
    assert (up.place, up.owner) == (surgery, director)
    silent = make_issue(house, at=MORNING + HOUR)
    issues.ring_due(at=silent.clock_at)
    silent.refresh_from_db()
    assert silent.place == surgery


def test_what_is_confidential_stays_with_the_people_of_trust():
    house = make_house()
    first, second = house.lead(house.support), house.lead(house.other_ward)
    for place, user in enumerate((first, second)):
        Confidant.objects.create(organisation=house.organisation, user=user, position=place)
    issue = make_issue(house, by=house.people["STAFF"], confidential=True)
    sentence = r"^A confidential issue stays with the people of trust\.$"
    with pytest.raises(NotAllowed, match=sentence):
        send_up(house, issue, at=MORNING)
    with pytest.raises(NotAllowed, match=sentence):
        issues.transfer(issue=issue, to=house.support, note="x", by=first, at=MORNING)
    with pytest.raises(NotAllowed, match=sentence):
        issues.delegate(issue=issue, to=house.other_ward, note="x", by=first, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^A confidential issue is not copied\.$"):
        issues.copy_to(issue=issue, unit=house.support, by=first, at=MORNING)
    lead = house.lead(house.ward)
    for act in (
        lambda: issues.assign(issue=issue, owner=lead, by=first, at=MORNING),
        lambda: issues.acknowledge(issue=issue, by=lead, at=MORNING),
        lambda: issues.decline(issue=issue, tell_staff="No", by=lead, at=MORNING),
    ):
        with pytest.raises(NotAllowed, match=r"^Lead of 5 West is not one of the people of trust\.$"):
            act()
    assert issues.assign(issue=issue, owner=second, by=first, at=MORNING).owner == second
