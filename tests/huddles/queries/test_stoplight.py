"""The stoplight report makes itself: every issue of a unit has the light of where it stands."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.actions import issues
from huddles.models import Confidant, Issue
from huddles.queries.stoplight import light_counts, stoplight
from huddles.rules.issues import ChoiceKind, Outcome, Status, Verdict
from huddles.rules.stoplight import Light, light_of, was_answered_in_time
from org.queries.calendars import zone_of
from tests.huddles.factories import MORNING, make_choice, make_house, make_issue, send_up

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def report(house, *, at=MORNING + DAY, who="WARD", days=28, unit=None):
    unit = unit or house.ward
    return stoplight(unit, Issue.objects.visible_to(house.people[who]), at.astimezone(zone_of(unit)), days)


def check_counts(house, *, at=MORNING + DAY):
    """Beside the board stand the counts of the report."""
    found = light_counts(house.ward, Issue.objects.visible_to(house.people["WARD"]), at.astimezone(zone_of(house.ward)))
    assert [each.count for each in found] == [part.count for part in report(house, at=at).parts]


def lights(found):
    return {part.light: [row.number for row in part.rows] for part in found.parts}


def answer(issue, by, at, *, due=DAY):
    issue.refresh_from_db()
    return issues.answer(
        issue=issue, outcome=Outcome.RESOURCED, tell_staff="Ten pumps come at noon.", due_at=at + due, by=by, at=at
    )


def test_every_status_has_a_light():
    assert {status: light_of(status, "") for status in Status} == {
        Status.RAISED: Light.YELLOW,
        Status.ACKNOWLEDGED: Light.YELLOW,
        Status.ANSWERED: Light.YELLOW,
        Status.MERGED: Light.YELLOW,
        Status.PARKED: Light.RED,
        Status.DONE: Light.GREEN,
        Status.CONFIRMED: Light.GREEN,
        Status.UNCONFIRMED: Light.GREEN,
    }
    assert {light_of(status, Outcome.DECLINED) for status in (Status.DONE, Status.CONFIRMED, Status.UNCONFIRMED)} == {
        Light.RED
    }


@pytest.mark.parametrize(
    ("answered", "now", "said"), [(7, 9, True), (7.1, 9, False), (None, 7, None), (None, 7.1, False)]
)
def test_a_word_is_in_time_within_a_week(answered, now, said):
    at = None if answered is None else MORNING + answered * DAY
    assert was_answered_in_time(MORNING, at, MORNING + now * DAY) is said


def test_each_issue_stands_under_its_light_with_what_was_told_back():
    house = make_house()
    lead = house.lead(house.ward)
    waiting = make_issue(house, title="The lift is slow")
    promised = answer(make_issue(house, title="Pumps are missing"), lead, MORNING, due=3 * DAY)
    done = make_issue(house, title="No gloves in room 4")
    issues.finish(issue=done, by=lead, at=MORNING + DAY / 2, note="They are in the drawer.")
    no = make_issue(house, title="A second printer")
    issues.decline(issue=no, tell_staff="There is no money this year.", by=lead, at=MORNING)
    parked = make_issue(house, title="New chairs")
    later = make_choice(house.organisation, ChoiceKind.PARK, name="Other things come first")
    issues.park(issue=parked, reason=later, look_again_on=(MORNING + 9 * DAY).date(), by=lead, at=MORNING)
    found = report(house)
    assert lights(found) == {
        Light.RED: [no.number, parked.number],
        Light.YELLOW: [waiting.number, promised.number],
        Light.GREEN: [done.number],
    }
    check_counts(house)
    red, yellow, green = (part.rows for part in found.parts)
    assert [(row.says, row.late) for row in red] == [
        ("There is no money this year.", False),
        ("Other things come first", False),
    ]
    assert red[0].stands == "5 West · 24 Nov · Declined, waiting to be accepted"
    assert red[1].stands == "look again 3 Dec"
    assert yellow[1].says == "Ten pumps come at noon."
    assert [row.stands for row in yellow] == [
        "Waiting to be taken · late since 24 Nov",
        "Lead, 5 West · by 27 Nov",
    ]
    assert [row.late for row in yellow] == [True, False]
    assert (green[0].says, green[0].stands) == (
        "They are in the drawer.",
        "5 West · 24 Nov · Done, waiting to be confirmed",
    )


def test_what_ended_long_ago_is_gone_and_what_is_open_stays():
    house = make_house()
    lead = house.lead(house.ward)
    old = make_issue(house)
    done = make_issue(house)
    issues.finish(issue=done, by=lead, at=MORNING)
    issues.confirm(issue=done, verdict=Verdict.SOLVED, by=lead, at=MORNING)
    later = MORNING + 40 * DAY
    assert lights(report(house, at=later)) == {Light.RED: [], Light.YELLOW: [old.number], Light.GREEN: []}
    assert report(house, at=later).parts[1].rows[0].late
    assert lights(report(house, at=later, days=91))[Light.GREEN] == [done.number]


def test_what_ended_last_is_read_out_first():
    house = make_house()
    lead = house.lead(house.ward)
    first, second = make_issue(house), make_issue(house)
    issues.finish(issue=second, by=lead, at=MORNING)
    issues.finish(issue=first, by=lead, at=MORNING + DAY / 2)
    assert lights(report(house))[Light.GREEN] == [first.number, second.number]


def test_a_part_of_another_issue_has_the_light_of_the_whole():
    house = make_house()
    whole = send_up(house, make_issue(house, unit=house.other_ward), at=MORNING)
    part = send_up(house, make_issue(house), at=MORNING)
    director = house.lead(house.line)
    issues.merge(issue=part, into=whole, by=director, at=MORNING)
    answer(whole, director, MORNING)
    [row] = report(house).parts[1].rows
    assert (row.number, row.says) == (part.number, "Ten pumps come at noon.")
    assert "Medicine" in row.stands
    check_counts(house)
    Issue.objects.filter(pk=whole.pk).update(confidential=True)
    [row] = report(house).parts[1].rows
    assert (row.says, row.stands) == ("", "Part of another issue")
    check_counts(house)


def test_confidential_issues_are_in_no_report():
    house = make_house()
    Confidant.objects.create(organisation=house.organisation, user=house.lead(house.ward))
    assert make_issue(house, confidential=True).confidential
    assert report(house).is_empty


def test_words_that_may_tell_who_a_patient_is_stay_on_the_screen():
    house = make_house()
    make_issue(house, title="Mr Miller waits for his bed")
    make_issue(house, title="Beds come late")
    assert [row.private for row in report(house).parts[1].rows] == [True, False]


def test_the_share_that_was_answered_leaves_out_what_still_has_time():
    house = make_house()
    lead = house.lead(house.ward)
    answer(make_issue(house), lead, MORNING)
    make_issue(house)
    make_issue(house, at=MORNING - 10 * DAY)
    found = report(house)
    assert (found.answered, found.asked) == (1, 2)


def test_the_statements_are_two_whatever_there_is():
    house = make_house()
    lead = house.lead(house.ward)
    later = make_choice(house.organisation, ChoiceKind.PARK)
    for _ in range(3):
        make_issue(house)
        issues.park(
            issue=make_issue(house), reason=later, look_again_on=(MORNING + 9 * DAY).date(), by=lead, at=MORNING
        )
    with CaptureQueriesContext(connection) as asked:
        report(house)
    few = len(asked)
    for _ in range(5):
        issues.park(
            issue=make_issue(house), reason=later, look_again_on=(MORNING + 9 * DAY).date(), by=lead, at=MORNING
        )
    with CaptureQueriesContext(connection) as asked:
        report(house)
    assert len(asked) == few
