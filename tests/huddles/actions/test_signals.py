"""A signal and its issue: raised once, climbing by silence, moved by what people do, dismissed with a reason."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from analytics.signals import Cause, State
from boards.models import Signal, SignalChange
from huddles.actions import issues, signals
from huddles.models import Issue, IssueEvent, SignalIssue
from huddles.rules.issues import Act, Outcome, Source, Status, Urgency, Verdict
from huddles.tasks import carry_on_signals, ring_clocks
from org.models import Event, Message
from org.rules import NotAllowed
from tests.huddles.factories import MORNING
from tests.huddles.signals import add_step, keep_counts, make_signal, make_stage, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage():
    return make_stage()


def tick(at: datetime) -> int:
    return signals.carry_on(at=at)


def raised(signal: Signal) -> Issue:
    tick(MORNING)
    return Issue.objects.get(signal_issue__signal=signal)


def steps(signal: Signal) -> list[tuple[str, str, int]]:
    return [(c.cause, c.after, c.tier) for c in signal.changes.order_by("pk")]


def test_a_signal_that_asks_for_help_becomes_an_issue_of_its_unit(stage):
    house, signal = stage
    issue = raised(signal)
    assert (issue.origin, issue.place, issue.owner) == (house.ward, house.ward, house.lead(house.ward))
    assert (issue.source, issue.urgency, issue.status) == (Source.RULE, Urgency.GAP, Status.RAISED)
    assert issue.title == "Pain relief within 60 minutes: a gap for Spanish"
    assert (issue.letter.code, issue.measure.code, issue.groups) == ("E", "pain", ["language:es"])
    assert "The gap has held for 7 days in a row, each time counted over 28 days." in issue.detail
    assert not any(number in f"{issue.title} {issue.detail}" for number in ("190", "97", "0.2", "20"))
    assert [copy.unit for copy in issue.copies.all()] == [house.top]
    told = set(Message.objects.values_list("recipient", flat=True))
    assert told == {house.lead(house.ward).email, house.people["EQUITY"].email}


def test_one_gap_has_one_open_issue(stage):
    _house, signal = stage
    first = raised(signal)
    assert tick(MORNING + timedelta(hours=1)) == 0
    assert Issue.objects.count() == 1
    assert signals.raise_for(signal_id=signal.pk, at=MORNING) is None
    assert SignalIssue.objects.get().issue == first


def test_a_unit_above_waits_while_one_below_is_asked_about_the_same_gap(stage):
    house, _signal = stage
    above, elsewhere = make_signal(house, house.line), make_signal(house, house.line, group="English")
    tick(MORNING)
    asked = set(Issue.objects.values_list("origin__code", "signal_issue__signal__group"))
    assert asked == {("WARD", "Spanish"), ("LINE", "English")}
    assert above.issues.count() == 0
    assert elsewhere.issues.count() == 1


def test_silence_climbs_from_the_unit_to_the_top_by_the_real_tasks(stage):
    house, signal = stage
    monday = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)  # 07:05 in New York
    places: list[tuple[date, str]] = []
    with time_machine.travel(monday, tick=False) as clock:
        carry_on_signals()
        issue = Issue.objects.get()
        places.append((monday.date(), "WARD"))
        for hour in range(24 * 18):
            moment = monday + timedelta(hours=hour)
            clock.move_to(moment)
            ring_clocks()
            carry_on_signals()
            issue.refresh_from_db()
            if issue.place.code != places[-1][1]:
                places.append((moment.astimezone(house.organisation.zone).date(), issue.place.code))
    # Monday and four days more, then the next working day each; two days at each tier after it.
    assert places == [
        (date(2026, 11, 23), "WARD"),
        (date(2026, 11, 30), "LINE"),
        (date(2026, 12, 2), "BRANCH"),
        (date(2026, 12, 4), "TOP"),
    ]
    signal.refresh_from_db()
    assert (signal.state, signal.tier) == (State.ESCALATED, 4)
    assert steps(signal)[1:] == [(Cause.SILENCE, State.ESCALATED, tier) for tier in (2, 3, 4)]
    reminded = IssueEvent.objects.filter(act=Act.REMIND)
    assert [event.to_place.code for event in reminded] == ["TOP"]


def test_what_people_do_with_the_issue_moves_the_signal(stage):
    house, signal = stage
    issue = raised(signal)
    lead = house.lead(house.ward)
    at = MORNING + timedelta(hours=1)
    issues.acknowledge(issue=issue, by=lead, at=at)
    tick(at)
    due = at + timedelta(days=14)
    issues.answer(
        issue=issue, outcome=Outcome.DECIDED, tell_staff="An interpreter icon at triage", due_at=due, by=lead, at=at
    )
    tick(at + timedelta(minutes=1))
    signal.refresh_from_db()
    assert (signal.state, signal.due) == (State.COUNTERMEASURE, due.astimezone(house.organisation.zone).date())
    issues.finish(issue=issue, by=lead, at=at + timedelta(days=10))
    tick(at + timedelta(days=10))
    issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=lead, at=at + timedelta(days=11))
    tick(at + timedelta(days=11))
    signal.refresh_from_db()
    assert signal.state == State.CLOSED
    assert [after for _cause, after, _tier in steps(signal)] == [
        "escalated",
        "acknowledged",
        "countermeasure",
        "monitoring",
        "closed",
    ]
    assert {change.role for change in signal.changes.filter(cause=Cause.PERSON)} == {"unit_lead"}
    assert not SignalIssue.objects.get().is_open
    assert tick(at + timedelta(days=12)) == 0
    assert Event.objects.filter(verb="signal.moved").count() == 4


def test_not_solved_asks_anew_and_the_same_act_is_followed_once(stage):
    house, signal = stage
    issue = raised(signal)
    lead = house.lead(house.ward)
    issues.finish(issue=issue, by=lead, at=MORNING + timedelta(hours=1))
    tick(MORNING + timedelta(hours=1))
    issues.reopen(issue=issue, note="Nothing has changed", by=lead, at=MORNING + timedelta(hours=2))
    assert tick(MORNING + timedelta(hours=2)) == 1
    assert tick(MORNING + timedelta(hours=3)) == 0
    assert [after for _c, after, _t in steps(signal)] == ["escalated", "monitoring", "escalated"]


def test_what_closes_unconfirmed_leaves_the_gap_watched(stage):
    house, signal = stage
    issue = raised(signal)
    issues.finish(issue=issue, by=house.lead(house.ward), at=MORNING)
    late = MORNING + timedelta(days=10)
    issues.ring_due(at=late)
    tick(late)
    issue.refresh_from_db()
    signal.refresh_from_db()
    assert (issue.status, signal.state) == (Status.UNCONFIRMED, State.MONITORING)
    signal.state = State.ESCALATED
    signal.save()
    add_step(signal, Cause.HELD, "monitoring", late.date(), late)
    tick(late + timedelta(days=1))
    assert Issue.objects.filter(signal_issue__signal=signal).count() == 2


def test_a_countermeasure_past_its_day_takes_the_issue_up_a_tier(stage):
    house, signal = stage
    issue = raised(signal)
    lead = house.lead(house.ward)
    issues.answer(
        issue=issue,
        outcome=Outcome.DECIDED,
        tell_staff="We try it",
        due_at=MORNING + timedelta(days=2),
        by=lead,
        at=MORNING,
    )
    tick(MORNING)
    at = MORNING + timedelta(days=4)
    Signal.objects.filter(pk=signal.pk).update(state=State.ESCALATED, tier=2, due=None)
    signal.refresh_from_db()
    add_step(signal, Cause.OVERDUE, "countermeasure", at.date(), at)
    tick(at)
    issue.refresh_from_db()
    assert (issue.place, issue.status, issue.owner) == (house.line, Status.RAISED, house.lead(house.line))
    assert tick(at + timedelta(minutes=1)) == 0
    signal.refresh_from_db()
    assert (signal.state, signal.tier) == (State.ESCALATED, 2)


def test_a_gap_that_comes_back_opens_its_issue_again(stage):
    house, signal = stage
    issue = raised(signal)
    issues.finish(issue=issue, by=house.lead(house.ward), at=MORNING)
    tick(MORNING)
    at = MORNING + timedelta(days=1)
    Signal.objects.filter(pk=signal.pk).update(state=State.ESCALATED)
    signal.refresh_from_db()
    add_step(signal, Cause.AT_ONCE, "monitoring", at.date(), at)
    tick(at)
    issue.refresh_from_db()
    assert (issue.status, issue.reopened) == (Status.RAISED, 1)


def test_newer_figures_are_noted_once(stage):
    _house, signal = stage
    publish(signal, date(2026, 10, 31))
    issue = raised(signal)
    assert tick(MORNING + timedelta(hours=1)) == 0
    publish(signal, date(2026, 11, 30))
    assert tick(MORNING + timedelta(days=7)) == 1
    assert tick(MORNING + timedelta(days=7, hours=1)) == 0
    event = issue.events.get(act=Act.STILL)
    assert event.note == ""
    assert steps(signal) == [(Cause.HELD, State.ESCALATED, 1)]


def test_serious_harm_asks_the_next_tier_at_once(stage):
    house, signal = stage
    issue = raised(signal)
    signals.tell_harm(signal=signal, by=house.lead(house.ward), at=MORNING)
    tick(MORNING)
    issue.refresh_from_db()
    assert issue.place == house.line


def test_a_signal_is_dismissed_only_with_a_reason_that_is_kept(stage):
    house, signal = stage
    issue = raised(signal)
    with pytest.raises(NotAllowed, match="Say why"):
        signals.dismiss(signal=signal, reason="  ", by=house.lead(house.ward), at=MORNING)
    signals.dismiss(signal=signal, reason="The clinic moved", by=house.lead(house.ward), at=MORNING)
    signal.refresh_from_db()
    issue.refresh_from_db()
    assert (signal.state, signal.dismissed_gap) == (State.CLOSED, 0.2)
    assert (issue.status, issue.outcome, issue.tell_staff) == (Status.DONE, Outcome.DECLINED, "The clinic moved")
    change = SignalChange.objects.get(cause=Cause.DISMISSED)
    assert (change.reason, change.role) == ("The clinic moved", "unit_lead")
    assert "clinic" not in str(list(Event.objects.values("verb", "facts")))
    assert tick(MORNING + timedelta(hours=1)) == 0
    with pytest.raises(NotAllowed):
        signals.dismiss(signal=signal, reason="Again", by=house.lead(house.ward), at=MORNING)


def test_a_house_without_anybody_does_not_hold_up_the_others(stage, caplog):
    _house, signal = stage
    other, theirs = make_stage()
    other.people["WARD"].memberships.all().delete()
    for person in other.people.values():
        person.is_active = False
        person.save()
    assert tick(MORNING) == 1
    assert signal.issues.exists()
    assert not theirs.issues.exists()
    assert "a signal does not go on: NotAllowed" in caplog.text


def test_a_dismissal_holds_above_where_the_gap_is_seen_only_through_the_unit(stage):
    house, signal = stage
    above = make_signal(house, house.line)
    raised(signal)
    signals.dismiss(signal=signal, reason="The clinic moved", by=house.lead(house.ward), at=MORNING)
    above.refresh_from_db()
    assert (above.state, above.tier, above.dismissed_gap) == (State.CLOSED, 2, 0.2)
    kept = above.changes.get(cause=Cause.DISMISSED)
    assert (kept.reason, kept.role) == ("The clinic moved", "unit_lead")
    assert tick(MORNING + timedelta(hours=1)) == 0
    # What asks at the top only later rests with it as well, until the reason has lasted for its time.
    late = MORNING + timedelta(days=40)
    top = make_signal(house, house.top, late)
    assert tick(late) == 0
    top.refresh_from_db()
    assert (top.state, top.changes.get(cause=Cause.DISMISSED).reason) == (State.CLOSED, "The clinic moved")
    assert Issue.objects.count() == 1
    after = MORNING + timedelta(days=95)
    make_signal(house, house.branch, after)
    tick(after)
    assert list(Issue.objects.filter(status=Status.RAISED).values_list("origin__code", flat=True)) == ["BRANCH"]


def test_a_unit_above_whose_other_units_have_the_gap_too_asks_for_itself(stage):
    house, signal = stage
    above = make_signal(house, house.line)
    raised(signal)
    keep_counts(signal, {house.ward: ((80, 100), (40, 100)), house.line: ((880, 1100), (240, 500))})
    signals.dismiss(signal=signal, reason="The clinic moved", by=house.lead(house.ward), at=MORNING)
    assert tick(MORNING + timedelta(hours=1)) == 1
    above.refresh_from_db()
    assert above.state == State.ESCALATED
    assert Issue.objects.get(signal_issue__signal=above).place == house.line


def test_counts_without_the_dismissed_unit_tell_whether_the_gap_is_only_there(stage):
    house, signal = stage
    above = make_signal(house, house.line)
    raised(signal)
    keep_counts(signal, {house.ward: ((80, 100), (40, 100)), house.line: ((880, 1100), (360, 500))})
    signals.dismiss(signal=signal, reason="The clinic moved", by=house.lead(house.ward), at=MORNING)
    above.refresh_from_db()
    assert above.state == State.CLOSED


def test_a_dismissed_signal_says_the_tier_on_which_it_stood(stage):
    house, _signal = stage
    above = make_signal(house, house.line, group="English")
    tick(MORNING)
    signals.dismiss(signal=above, reason="It moved", by=house.lead(house.line), at=MORNING)
    above.refresh_from_db()
    assert (above.state, above.tier) == (State.CLOSED, 2)
    assert above.changes.get(cause=Cause.DISMISSED).tier == 2
