"""Days on which a big issue is looked at: proposed with its answer, moved, taken off, answered, late like a promise."""

from datetime import date, timedelta

import pytest

from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.actions.levels import set_level
from huddles.actions.sync import store_entries
from huddles.models import CheckIn, Issue
from huddles.queries.beside import beside
from huddles.queries.house import house as house_of
from huddles.queries.house import promises
from huddles.queries.issues import Asked, issue_rows, sought
from huddles.queries.issues_allowed import allowed_acts
from huddles.queries.issues_card import found_issue, issue_card
from huddles.queries.mine import mine
from huddles.queries.spoken import spoken
from huddles.rules.clocks import Level
from huddles.rules.issues import LOOKS, Act, Outcome, Seen, Size, Status, Urgency
from org.models import Event, Message
from org.rules import NotAllowed
from tests.factories import make_membership
from tests.huddles.actions.test_sync import entry
from tests.huddles.factories import MORNING, make_choice, make_house, make_issue, send_up
from tests.huddles.huddle_stage import PLANNED, begun

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = date(2026, 11, 24)


@pytest.fixture
def house():
    return make_house()


def big(house, *, at=MORNING, **fields):
    given = {"outcome": Outcome.DECIDED, "tell_staff": "We mend it.", "due_at": None, "size": Size.BIG}
    issue = fields.pop("issue", None) or make_issue(house, at=at)
    return issues.answer(issue=issue, **{**given, "by": issue.owner, "at": at, **fields})


def days(issue):
    return list(issue.check_ins.filter(seen="").values_list("day", flat=True))


def again(issue):
    return Issue.objects.select_related("place", "origin").get(pk=issue.pk)


def first(issue):
    return issue.check_ins.filter(seen="").first().pk


def happened(issue):
    return list(issue.events.filter(act__in=LOOKS).order_by("pk").values_list("act", "note", "seen"))


def test_a_big_issue_that_is_answered_is_looked_at_as_often_as_its_place_does(house):
    assert days(big(house)) == [TODAY + 7 * DAY]  # due in two weeks: once halfway
    assert days(big(house, due_at=MORNING + 45 * DAY)) == [TODAY + n * DAY for n in (14, 28, 42)]
    level = Level(60, 60, check_in_days=5)
    lead = house.lead(house.top)
    set_level(organisation=house.organisation, tier_level=1, urgency=Urgency.ROUTINE, level=level, by=lead, at=MORNING)
    assert days(big(house)) == [TODAY + n * DAY for n in (5, 10)]
    assert days(big(house, look_every=4)) == [TODAY + n * DAY for n in (4, 8, 12)]
    assert days(big(house, size=Size.QUICK_HIT)) == []


def test_answering_again_keeps_the_days_that_are_planned(house):
    issue = issues.plan_check_in(issue=big(house), day=TODAY + 3 * DAY, by=house.lead(house.ward), at=MORNING)
    assert days(big(house, issue=issue, due_at=MORNING + 60 * DAY)) == [TODAY + 3 * DAY, TODAY + 7 * DAY]


def test_an_issue_that_turns_out_to_be_big_gets_its_days_and_one_that_does_not_loses_them(house):
    lead = house.lead(house.ward)
    issue = issues.acknowledge(issue=make_issue(house), by=lead, at=MORNING)

    def becomes(size):
        found = again(issue)
        details = Details(size=size)
        return issues.edit(issue=found, title="x", details=details, revision=found.revision, by=lead, at=MORNING)

    assert days(becomes(Size.BIG)) == [TODAY + 7 * DAY]
    issues.drop_check_in(issue=issue, check_in=first(issue), by=lead, at=MORNING)
    assert days(becomes(Size.BIG)) == []  # it was big before: nobody plans for them again
    issues.plan_check_in(issue=issue, day=TODAY, by=lead, at=MORNING)
    small = becomes(Size.QUICK_HIT)
    assert (days(small), small.check_in_at) == ([], None)


def test_days_are_planned_moved_and_taken_off_and_the_history_tells_it(house):
    lead, issue = house.lead(house.ward), big(house)
    issues.plan_check_in(issue=issue, day=TODAY + DAY, look_at=" The spare part ", by=lead, at=MORNING)
    assert again(issue).check_in_at == MORNING.replace(hour=5, minute=0) + 2 * DAY  # the end of the day in New York
    moved = TODAY + 2 * DAY
    issues.move_check_in(issue=issue, check_in=first(issue), day=moved, look_at="The part", by=lead, at=MORNING)
    before = again(issue).revision
    issues.move_check_in(issue=issue, check_in=first(issue), day=moved, look_at="The part", by=lead, at=MORNING)
    assert (days(issue), again(issue).revision) == ([moved, TODAY + 7 * DAY], before)
    issues.drop_check_in(issue=issue, check_in=first(issue), by=lead, at=MORNING)
    assert days(issue) == [TODAY + 7 * DAY]
    assert happened(issue) == [
        ("check_add", "", ""),
        ("check_add", "The spare part", ""),
        ("check_move", "The part", ""),
        ("check_drop", "The part", ""),
    ]
    shown = issue_card(found_issue(lead, issue.pk), lead, MORNING, house.organisation.zone)
    assert shown.history[0].what == "Check-in taken off (26 Nov)"
    assert shown.check_in == "check-in 1 Dec"


def test_what_makes_no_sense_is_refused(house):
    lead, issue = house.lead(house.ward), big(house)
    said = {"issue": issue, "by": lead, "at": MORNING}
    for wrong in (TODAY - DAY, TODAY + 400 * DAY):
        with pytest.raises(NotAllowed, match="within a year"):
            issues.plan_check_in(**said, day=wrong)
    with pytest.raises(NotAllowed, match="planned already"):
        issues.plan_check_in(**said, day=TODAY + 7 * DAY)
    with pytest.raises(NotAllowed, match="Say what you saw"):
        issues.look_in(**said, check_in=first(issue), seen="fine")
    other = big(house)
    with pytest.raises(NotAllowed, match="Somebody has looked at it already"):
        issues.look_in(**said, check_in=first(other), seen=Seen.ON_TRACK)
    for number in range(1, 12):
        issues.plan_check_in(**said, day=TODAY + (20 + number) * DAY)
    with pytest.raises(NotAllowed, match="At most 12"):
        issues.plan_check_in(**said, day=TODAY)
    small = issues.acknowledge(issue=make_issue(house), by=lead, at=MORNING)
    with pytest.raises(NotAllowed, match="Only a big issue"):
        issues.plan_check_in(issue=small, day=TODAY, by=lead, at=MORNING)
    assert not LOOKS & allowed_acts(small, lead)
    assert allowed_acts(again(issue), lead) >= LOOKS
    assert not LOOKS & allowed_acts(again(issue), house.people["STAFF"])


def test_looking_says_on_track_or_calls_for_help_without_words_in_the_mail(house):
    lead, issue = house.lead(house.ward), big(house, due_at=MORNING + 45 * DAY)
    held = lead.memberships.get()
    stand_in = house.people["STAFF"]
    make_membership(stand_in, house.ward, held.role, stands_in_for=held)
    Message.objects.all().delete()
    issues.look_in(issue=issue, check_in=first(issue), seen=Seen.ON_TRACK, line="Half is there", by=lead, at=MORNING)
    assert not Message.objects.exists()
    issues.look_in(issue=issue, check_in=first(issue), seen=Seen.NEEDS_HELP, line="No money", by=lead, at=MORNING)
    message = Message.objects.get()
    assert (message.recipient, message.context["act"]) == (stand_in.email, "check_in")
    assert "No money" not in str(message.context)
    assert Event.objects.filter(verb="issue.check_in").latest("pk").facts["seen"] == "needs_help"
    assert happened(issue)[-2:] == [("check_in", "Half is there", "on_track"), ("check_in", "No money", "needs_help")]
    assert (again(issue).status, days(issue)) == (Status.ANSWERED, [TODAY + 42 * DAY])


def test_looking_and_finding_it_done_asks_its_origin(house):
    lead, issue = house.lead(house.ward), big(house, due_at=MORNING + 45 * DAY)
    done = issues.look_in(issue=issue, check_in=first(issue), seen=Seen.DONE, line="Mended", by=lead, at=MORNING)
    assert (done.status, done.check_in_at, days(done)) == (Status.DONE, None, [])
    assert CheckIn.objects.get().line == "Mended"
    assert list(done.events.order_by("-pk").values_list("act", flat=True)[:2]) == [Act.FINISH, Act.CHECK_IN]


def test_days_end_where_an_issue_goes_elsewhere_waits_or_is_part_of_another(house):
    lead, line = house.lead(house.ward), house.lead(house.line)
    park, day = make_choice(house.organisation, "park"), TODAY + 9 * DAY
    for away in (
        lambda one: send_up(house, one, at=MORNING),
        lambda one: issues.park(issue=one, reason=park, look_again_on=day, by=lead, at=MORNING),
        lambda one: issues.merge(issue=one, into=make_issue(house), by=line, at=MORNING),
        lambda one: issues.finish(issue=one, by=lead, at=MORNING),
    ):
        gone = away(big(house))
        assert (gone.check_in_at, days(gone)) == (None, [])
    kept = issues.assign(issue=big(house), owner=house.people["STAFF"], by=lead, at=MORNING)
    assert days(kept) == [TODAY + 7 * DAY]


def test_one_that_was_not_looked_at_in_time_is_late_like_a_promise(house):
    lead, issue = house.lead(house.ward), big(house)
    zone = house.organisation.zone

    def seen_at(now):
        rows = issue_rows(list(sought(lead, house.organisation.pk, Asked(late=True), now)), now, zone)
        found, about = promises(house.ward, now), mine(lead, now, zone)
        side = beside(house.ward, Issue.objects.visible_to(lead), now.astimezone(zone)).promised[0]
        item = spoken(Issue.objects.visible_to(lead), house.ward, None, now.astimezone(zone)).promises[0]
        return {
            "list": [(row.late, row.check_in) for row in rows],
            "mine": (len(about.late), len(about.promised)),
            "desk": (len(found.not_looked_at), len(found.ahead), len(found.late)),
            "house": house_of(house.top, now.date(), now).late,
            "beside": (side.late, side.says.rsplit("; ")[-1]),
            "huddle": (item.late, item.check_in > 0, item.says.rsplit("; ")[-1]),
            "card": issue_card(found_issue(lead, issue.pk), lead, now, zone).check_ins[0].state,
        }

    assert seen_at(MORNING + 6 * DAY) == {
        "list": [],
        "mine": (0, 1),
        "desk": (0, 1, 0),
        "house": 0,
        "beside": (False, "check-in 1 Dec"),
        "huddle": (False, False, "check-in 1 Dec"),
        "card": "ahead",
    }
    on_its_day = seen_at(MORNING + 7 * DAY)
    assert on_its_day["huddle"] == (False, True, "check-in today")
    assert (on_its_day["card"], on_its_day["house"]) == ("today", 0)
    assert seen_at(MORNING + 8 * DAY) == {
        "list": [(True, "check-in was due 1 Dec")],
        "mine": (1, 0),
        "desk": (1, 0, 0),
        "house": 1,
        "beside": (True, "check-in was due 1 Dec"),
        "huddle": (True, True, "check-in was due 1 Dec"),
        "card": "late",
    }
    issues.look_in(issue=issue, check_in=first(issue), seen=Seen.ON_TRACK, by=lead, at=MORNING + 8 * DAY)
    assert seen_at(MORNING + 8 * DAY)["mine"] == (0, 1)


def test_it_is_answered_in_the_huddle_of_its_day_once_however_often_it_is_sent(house):
    lead, huddle = house.lead(house.ward), begun(house)
    issue = issues.plan_check_in(issue=big(house, at=PLANNED), day=TODAY, by=lead, at=PLANNED)
    told = entry("check_in", 3, issue=issue.pk, check_in=first(issue), seen="on_track", text="All there")
    for _twice in range(2):
        (result,) = store_entries(huddle=huddle, entries=[told], by=lead, at=MORNING)
        assert (result.stored, result.reason) == (True, "")
    look = CheckIn.objects.get(day=TODAY)
    assert (look.seen, look.line, look.seen_by) == ("on_track", "All there", lead)
    assert issue.events.get(act=Act.CHECK_IN).huddle == huddle
    late = entry("check_in", 3, issue=issue.pk, check_in=look.pk, seen="done")
    (result,) = store_entries(huddle=huddle, entries=[late], by=lead, at=MORNING)
    assert (result.stored, result.reason) == (False, "Somebody has looked at it already, or has taken this day off.")
    (result,) = store_entries(
        huddle=huddle, entries=[{**late, "id": entry("x")["id"]}], by=house.people["STAFF"], at=MORNING
    )
    assert (result.stored, result.reason) == (False, "Your role does not include this here.")
