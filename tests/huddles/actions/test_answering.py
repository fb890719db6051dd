"""Answers, honest noes, being done, settling on the spot: what is kept, who hears it, what is refused."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from huddles.actions import issues
from huddles.actions.desk import Word, say
from huddles.models import Confidant
from huddles.rules.issues import TELL_STAFF_LENGTH, Act, Outcome, Size, Source, Status, Urgency, Verdict
from org.models import Message
from org.rules import NotAllowed, Role
from tests.factories import make_unit, make_user
from tests.huddles.factories import MORNING, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
NEW_YORK = ZoneInfo("America/New_York")


def told(act: Act) -> list[str]:
    return sorted(Message.objects.filter(context__act=act).values_list("recipient", flat=True))


def emails(*people) -> list[str]:
    return sorted(person.email for person in people)


def answered(house, issue, **fields):
    given = {"outcome": Outcome.DECIDED, "tell_staff": "Ten come.", "due_at": None, "by": issue.owner, "at": MORNING}
    return issues.answer(issue=issue, **{**given, **fields})


def test_an_answer_names_doer_and_day_and_tells_who_raised_it_and_its_origin():
    house = make_house()
    issue = send_up(house, make_issue(house, by=house.people["STAFF"]), at=MORNING)
    doer = house.people["STAND_IN"]
    issue = answered(house, issue, owner=doer, due_at=MORNING + 9 * HOUR)
    assert (issue.status, issue.owner, issue.clock_at) == (Status.ANSWERED, doer, MORNING + 9 * HOUR)
    assert (issue.answered_by, issue.answered_from) == (house.lead(house.line), house.line)
    assert told(Act.ANSWER) == emails(doer, house.people["STAFF"], house.lead(house.ward))
    again = answered(house, issue, by=house.lead(house.line), tell_staff="Twelve come.")
    assert (again.tell_staff, again.events.filter(act=Act.ANSWER).count()) == ("Twelve come.", 2)


@pytest.mark.parametrize(("size", "days"), [(Size.QUICK_HIT, 3), (Size.BIG, 14), (None, 3)])
def test_without_a_day_it_is_promised_for_the_end_of_the_day_that_fits_its_size(size, days):
    house = make_house()
    issue = answered(house, make_issue(house), size=size)
    local = issue.due_at.astimezone(NEW_YORK)
    assert (local.day, local.hour) == (24 + days + 1 if days == 3 else 9, 0)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": ""}, r"^Choose an outcome\.$"),
        ({"outcome": Outcome.DECLINED}, r"^Choose an outcome\.$"),
        ({"outcome": Outcome.DELEGATED}, r"^Choose an outcome\.$"),
        ({"tell_staff": " "}, r"^Say in one sentence what staff will hear\.$"),
        ({"tell_staff": "x" * (TELL_STAFF_LENGTH + 1)}, r"^This has 301 characters; at most 300 fit\.$"),
        ({"due_at": MORNING}, r"^The time by which it is done lies ahead\.$"),
        ({"due_at": MORNING + timedelta(days=366, minutes=1)}, r"^Promise it for a day within a year\."),
        ({"due_at": datetime(9999, 12, 31, 23, 59, tzinfo=NEW_YORK)}, r"^Promise it for a day within a year\."),
    ],
)
def test_what_is_no_answer_is_refused(fields, sentence):
    house = make_house()
    issue = make_issue(house)
    with pytest.raises(NotAllowed, match=sentence):
        answered(house, issue, **fields)
    issue.refresh_from_db()
    assert (issue.status, issue.events.count()) == (Status.RAISED, 1)


def test_a_year_ahead_may_be_promised_and_a_desk_may_not_promise_for_ever():
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING)
    never = datetime(9999, 12, 31, 17, tzinfo=NEW_YORK)
    word = Word(Outcome.WATCHED, "We look at it.", due_at=never)
    with pytest.raises(NotAllowed, match=r"^Promise it for a day within a year\."):
        say(issue=issue, unit=house.line, word=word, by=house.lead(house.line), at=MORNING)
    year = MORNING + timedelta(days=366)
    word = Word(Outcome.WATCHED, "We look at it.", due_at=year)
    assert say(issue=issue, unit=house.line, word=word, by=house.lead(house.line), at=MORNING).clock_at == year


def test_nobody_from_elsewhere_is_promised():
    house = make_house()
    with pytest.raises(NotAllowed, match=r" has no role here\.$"):
        answered(house, make_issue(house), owner=make_user(Role.STAFF, make_unit()))


def test_a_no_needs_its_reason_and_waits_for_the_word_of_the_origin():
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING)
    director = house.lead(house.line)
    with pytest.raises(NotAllowed, match=r"^Say why it is not possible\.$"):
        issues.decline(issue=issue, tell_staff="", by=director, at=MORNING)
    issue = issues.decline(issue=issue, tell_staff="No money this year.", by=director, at=MORNING)
    assert (issue.status, issue.outcome, issue.closed_at) == (Status.DONE, Outcome.DECLINED, None)
    assert told(Act.DECLINE) == emails(house.lead(house.ward))
    again = issues.reopen(issue=issue, note="It is dangerous", by=house.lead(house.ward), at=MORNING + HOUR)
    assert (again.status, again.place, again.outcome, again.reopened) == (Status.RAISED, house.line, "", 1)


def test_being_done_without_an_answer_is_the_answer_and_waits_to_be_confirmed():
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING)
    director = house.lead(house.line)
    issue = issues.finish(issue=issue, by=director, at=MORNING, note="Moved from 4 East.")
    assert (issue.status, issue.outcome, issue.tell_staff) == (Status.DONE, Outcome.DECIDED, "Moved from 4 East.")
    assert (issue.closed_at, issue.done_at, told(Act.FINISH)) == (None, MORNING, emails(house.lead(house.ward)))
    # Three open days after this Tuesday, to the end of the day where it began.
    assert issue.clock_at.astimezone(NEW_YORK).day == 28
    with pytest.raises(NotAllowed, match="Done, waiting to be confirmed"):
        issues.finish(issue=issue, by=director, at=MORNING)


def test_settling_on_the_spot_is_for_what_is_still_where_it_began():
    house = make_house()
    lead = house.lead(house.ward)
    issue = issues.settle(issue=make_issue(house), by=lead, at=MORNING, note="Found")
    assert (issue.status, issue.verdict, issue.size) == (Status.CONFIRMED, Verdict.SOLVED, Size.ON_THE_SPOT)
    assert list(issue.events.values_list("act", flat=True)) == [Act.RAISE, Act.FINISH, Act.CONFIRM]
    with pytest.raises(NotAllowed, match=r"^Only what is still where it began can be settled on the spot\.$"):
        issues.settle(issue=send_up(house, make_issue(house), at=MORNING), by=lead, at=MORNING)
    whole, part = make_issue(house), make_issue(house)
    issues.merge(issue=part, into=whole, by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match=r"^Only what is still where it began"):
        issues.settle(issue=whole, by=lead, at=MORNING)


def test_the_answer_to_what_is_confidential_reaches_only_who_told_it():
    house = make_house()
    trusted = house.lead(house.support)
    Confidant.objects.create(organisation=house.organisation, user=trusted)
    issue = make_issue(house, by=house.people["STAFF"], confidential=True, urgency=Urgency.URGENT, source=Source.PAGE)
    issues.finish(issue=issue, by=trusted, at=MORNING, note="Talked to.")
    assert told(Act.FINISH) == emails(house.people["STAFF"])


def acts(house):
    """Every act on an issue that has come up a tier, each once, with the most statements that it may take."""
    lead, director = house.lead(house.ward), house.lead(house.line)
    yield 9, lambda issue: issues.acknowledge(issue=issue, by=director, at=MORNING)
    yield 12, lambda issue: issues.assign(issue=issue, owner=house.people["STAND_IN"], by=director, at=MORNING)
    yield 16, lambda issue: answered(house, issue, by=director)
    yield 8, lambda issue: issues.read_out(issue=issue, by=lead, at=MORNING)
    yield 14, lambda issue: issues.finish(issue=issue, by=director, at=MORNING)
    yield 12, lambda issue: issues.confirm(issue=issue, verdict=Verdict.PARTLY, by=lead, at=MORNING)
    yield 16, lambda issue: issues.reopen(issue=issue, note="No", by=lead, at=MORNING)
    yield 14, lambda issue: issues.delegate(issue=issue, to=house.ward, note="x", by=director, at=MORNING)
    yield 18, lambda issue: send_up(house, issue, at=MORNING)


def test_an_act_takes_a_bounded_number_of_statements(django_assert_max_num_queries):
    house = make_house()
    issue = send_up(house, make_issue(house), at=MORNING)
    for most, act in acts(house):
        issue.refresh_from_db()
        with django_assert_max_num_queries(most):
            act(issue)
