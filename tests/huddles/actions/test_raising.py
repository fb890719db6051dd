"""Raising an issue, and changing its words."""

from datetime import timedelta
from uuid import uuid4

import pytest

from boards.models import Letter
from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.models import Confidant, Issue
from huddles.rules.issues import NOTE_LENGTH, TITLE_LENGTH, Act, ChoiceKind, Source, Status, Urgency
from org.models import Event, Message
from org.rules import NotAllowed, Role
from org.tokens import token_hash
from tests.factories import make_membership, make_organisation, make_unit, make_user
from tests.huddles.factories import MORNING, make_choice, make_house, make_issue

pytestmark = pytest.mark.django_db


def told() -> list[str]:
    return sorted(Message.objects.filter(template="issue").values_list("recipient", flat=True))


def emails(*people) -> list[str]:
    return sorted(person.email for person in people)


def test_a_raised_issue_is_where_it_began_and_its_lead_owns_it():
    house = make_house()
    first, second = make_issue(house, by=house.people["STAFF"]), make_issue(house, unit=house.line)
    assert (first.number, second.number) == (1, 2)
    assert (first.origin, first.place, first.owner) == (house.ward, house.ward, house.lead(house.ward))
    assert (first.status, first.raised_by, first.arrived_at) == (Status.RAISED, house.people["STAFF"], MORNING)
    event = first.events.get()
    assert (event.act, event.from_place, event.to_place, event.owner) == (Act.RAISE, None, house.ward, first.owner)
    assert told() == []  # what is routine waits for the huddle
    assert make_issue(make_house()).number == 1


def test_the_same_client_id_gives_the_same_issue():
    house, uid = make_house(), uuid4()
    first, again = make_issue(house, client_id=uid), make_issue(house, client_id=uid, title="Other", unit=house.line)
    assert (first, again.title, Issue.objects.count(), first.events.count()) == (again, first.title, 1, 1)


def test_what_is_urgent_is_told_at_once_to_who_leads_and_who_stands_in():
    house = make_house()
    issue = make_issue(house, unit=house.line, by=house.people["STAFF"], urgency=Urgency.URGENT)
    assert told() == emails(house.lead(house.line), house.people["STAND_IN"])
    assert issue.clock_at - MORNING == timedelta(minutes=15)


def test_a_unit_without_a_lead_gives_it_to_the_nearest_one_above():
    house = make_house()
    house.lead(house.ward).memberships.update(ended_on=MORNING.date())
    assert make_issue(house, by=house.people["STAFF"]).owner == house.lead(house.line)


def test_somebody_without_an_account_tells_it_and_only_the_hash_of_the_link_is_kept():
    house = make_house()
    issue = issues.raise_issue(
        title="  Light is out ",
        unit=house.ward,
        source=Source.CODE,
        client_id=uuid4(),
        by=None,
        at=MORNING,
        details=Details(reporter="Somebody"),
        follow_token="secret",
    )
    assert (issue.title, issue.raised_by, issue.reporter) == ("Light is out", None, "Somebody")
    assert issue.follow_hash == token_hash("secret") != "secret"
    assert "Light" not in str(list(Event.objects.values_list("facts", "subject_label", "actor_label")))


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"title": " "}, r"^Say what is wrong\.$"),
        ({"title": "x" * (TITLE_LENGTH + 1)}, r"^This has 141 characters; at most 140 fit\.$"),
        ({"detail": "x" * (NOTE_LENGTH + 1)}, r"^This has 1001 characters"),
        ({"tried": "x" * (NOTE_LENGTH + 1)}, r"^This has 1001 characters"),
        ({"spot": "x" * 81}, r"^This has 81 characters"),
        ({"reporter": "x" * 81}, r"^This has 81 characters"),
        ({"confidential": True}, r"^Nobody is named yet to hear what is confidential\."),
    ],
)
def test_what_cannot_be_raised_is_refused_and_leaves_nothing(fields, sentence):
    house = make_house()
    with pytest.raises(NotAllowed, match=sentence):
        make_issue(house, **fields)
    assert (Issue.objects.count(), Message.objects.count()) == (0, 0)


def test_closed_units_retired_words_and_letters_of_others_are_refused():
    house = make_house()
    house.other_ward.closed_on = MORNING.date()
    house.other_ward.save()
    with pytest.raises(NotAllowed, match=r"^This unit is closed\.$"):
        make_issue(house, unit=house.other_ward)
    retired = make_choice(house.organisation, ChoiceKind.CATEGORY, is_active=False)
    other = make_choice(house.organisation, ChoiceKind.PARK)
    for choice in (retired, other):
        with pytest.raises(NotAllowed, match=r"^This choice is no longer in use\."):
            make_issue(house, category=choice)
    letter = Letter.objects.create(organisation=make_organisation(), code="S", name="Safety")
    with pytest.raises(NotAllowed, match=r"^This belongs to another organization\.$"):
        make_issue(house, letter=letter)


def test_an_empty_house_says_who_has_to_be_named_first():
    unit = make_unit()
    with pytest.raises(NotAllowed, match=r"^Nobody leads this unit or one above it\."):
        issues.raise_issue(title="x", unit=unit, source=Source.PAGE, client_id=uuid4(), by=None, at=MORNING)
    admin = make_user(Role.ADMINISTRATOR, unit)
    issue = issues.raise_issue(title="x", unit=unit, source=Source.PAGE, client_id=uuid4(), by=None, at=MORNING)
    assert issue.owner == admin


def test_what_is_confidential_goes_to_the_first_person_of_trust_and_is_seen_by_nobody_else():
    house = make_house()
    trusted = make_user(name="Ombudsperson")
    make_membership(trusted, house.support, Role.STAFF)
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    issue = make_issue(house, by=house.people["STAFF"], confidential=True)
    assert (issue.owner, told()) == (trusted, emails(trusted))
    readers = [*house.people.values(), trusted]
    seen = [user for user in readers if Issue.objects.visible_to(user).exists()]
    assert seen == [house.people["STAFF"], trusted]


def test_words_are_changed_by_whoever_has_seen_the_last_ones():
    house = make_house()
    issue = make_issue(house)
    lead = house.lead(house.ward)
    changed = issues.edit(
        issue=issue, title="Ten pumps", details=Details(detail="Since Monday"), revision=1, by=lead, at=MORNING
    )
    assert (changed.title, changed.detail, changed.revision) == ("Ten pumps", "Since Monday", 2)
    with pytest.raises(NotAllowed, match=r"^Somebody has changed this issue meanwhile\."):
        issues.edit(issue=issue, title="Late", details=Details(), revision=1, by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Say what is wrong\.$"):
        issues.edit(issue=issue, title="", details=Details(), revision=2, by=lead, at=MORNING)


@pytest.mark.parametrize("taken", [False, True])
def test_more_urgency_begins_the_clock_anew_and_the_same_leaves_it(taken):
    house = make_house()
    issue, lead = make_issue(house), house.lead(house.ward)
    if taken:
        issue = issues.acknowledge(issue=issue, by=lead, at=MORNING)
    clock, later = issue.clock_at, MORNING + timedelta(minutes=10)
    same = issues.edit(issue=issue, title="Same", details=Details(), revision=issue.revision, by=lead, at=later)
    assert same.clock_at == clock
    details = Details(urgency=Urgency.URGENT)
    urgent = issues.edit(issue=issue, title="Now", details=details, revision=same.revision, by=lead, at=later)
    assert urgent.clock_at - later == timedelta(minutes=30 if taken else 5)
