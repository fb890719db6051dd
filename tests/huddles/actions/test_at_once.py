"""Two people, or a person and the clock, at the same moment: one after the other, never both, never neither.

Real connections in threads; each round starts them together. A deadlock would be an error of the database.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection

from huddles.actions import issues
from huddles.actions.defaults import furnish
from huddles.models import Choice, Issue, IssueEvent
from huddles.rules.issues import Act, Outcome, Source, Status, Verdict
from org.models import Message
from org.rules import NotAllowed
from tests.huddles.factories import MORNING, House, make_choice, make_house, make_issue, send_up

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

HOUR = timedelta(hours=1)
LATER = MORNING + HOUR
ROUNDS = 6


def together(*acts: Callable[[], object]) -> list[object]:
    """What each act gave or how it was refused, all begun at the same moment. Anything else is raised."""
    start = threading.Barrier(len(acts))
    found: list[object] = [None] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        try:
            start.wait(timeout=10)
            found[place] = act()
        except Exception as error:  # noqa: BLE001 - told to the test, which is another thread
            found[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
        assert not thread.is_alive()
    for one in found:
        if isinstance(one, Exception) and not isinstance(one, NotAllowed):
            raise one
    return found


def refused(found: list[object]) -> int:
    return sum(isinstance(one, NotAllowed) for one in found)


def acts_of(issue: Issue) -> list[str]:
    return list(issue.events.order_by("pk").values_list("act", flat=True))


def up(house: House, issue: Issue, reason: Choice) -> Callable[[], object]:
    return lambda: issues.escalate(
        issue=issue,
        cannot=reason,
        ask="decision",
        asked="An ask",
        needed_by=LATER + HOUR,
        by=house.lead(house.ward),
        at=LATER,
    )


def test_answering_and_sending_up_one_after_the_other():
    house = make_house()
    reason, lead = make_choice(house.organisation), house.lead(house.ward)
    for _ in range(ROUNDS):
        issue = make_issue(house)
        answering = lambda issue=issue: issues.answer(  # noqa: E731
            issue=issue, outcome=Outcome.DECIDED, tell_staff="Yes.", due_at=None, by=lead, at=LATER
        )
        assert refused(together(answering, up(house, issue, reason))) == 0
        issue.refresh_from_db()
        last = acts_of(issue)[-1]
        # Whoever came second acted on what the first had left, and the answer went where the issue was.
        assert (last, issue.status, issue.place) in [
            (Act.ESCALATE, Status.RAISED, house.line),
            (Act.ANSWER, Status.ANSWERED, house.line),
        ]
        assert len(acts_of(issue)) == 3
        assert issue.revision == 3


def test_confirming_and_reopening_is_one_of_both():
    house = make_house()
    lead = house.lead(house.ward)
    for _ in range(ROUNDS):
        issue = issues.finish(issue=make_issue(house), by=lead, at=MORNING)
        found = together(
            lambda issue=issue: issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=lead, at=LATER),
            lambda issue=issue: issues.reopen(issue=issue, note="Not yet", by=lead, at=LATER),
        )
        issue.refresh_from_db()
        if refused(found):
            assert acts_of(issue)[-1] == Act.REOPEN
            assert issue.status == Status.RAISED
        else:  # confirmed, then reopened by whoever came second
            assert acts_of(issue)[-2:] == [Act.CONFIRM, Act.REOPEN]
        assert issue.status == Status.RAISED


def test_confirming_twice_confirms_once():
    house = make_house()
    lead = house.lead(house.ward)
    for _ in range(ROUNDS):
        issue = issues.finish(issue=make_issue(house), by=lead, at=MORNING)
        say = lambda issue=issue: issues.confirm(issue=issue, verdict=Verdict.SOLVED, by=lead, at=LATER)  # noqa: E731
        assert refused(together(say, say, say)) == 2
        assert acts_of(issue).count(Act.CONFIRM) == 1


def test_merging_each_into_the_other_merges_one():
    house = make_house()
    lead = house.lead(house.ward)
    for _ in range(ROUNDS):
        first, second = make_issue(house), make_issue(house, unit=house.other_ward)
        found = together(
            lambda first=first, second=second: issues.merge(issue=first, into=second, by=lead, at=LATER),
            lambda first=first, second=second: issues.merge(issue=second, into=first, by=lead, at=LATER),
        )
        assert refused(found) == 1
        pair = Issue.objects.filter(pk__in=(first.pk, second.pk))
        assert pair.filter(status=Status.MERGED).count() == 1
        assert pair.filter(merged_into__isnull=True, status=Status.RAISED).count() == 1


def test_merging_confirming_and_separating_do_not_wait_for_each_other_for_ever():
    house = make_house()
    lead = house.lead(house.ward)
    for _ in range(ROUNDS):
        part, whole, third = make_issue(house), make_issue(house), make_issue(house)
        issues.merge(issue=part, into=whole, by=lead, at=MORNING)
        issues.finish(issue=whole, by=lead, at=MORNING)
        together(
            lambda part=part: issues.confirm(issue=part, verdict=Verdict.SOLVED, by=lead, at=LATER),
            lambda part=part, whole=whole: issues.merge(issue=part, into=whole, by=lead, at=LATER),
            lambda part=part, whole=whole: issues.merge(issue=whole, into=part, by=lead, at=LATER),
            lambda whole=whole: issues.reopen(issue=whole, note="Not yet", by=lead, at=LATER),
            lambda part=part: issues.unmerge(issue=part, by=lead, at=LATER),
            lambda whole=whole, third=third: issues.merge(issue=third, into=whole, by=lead, at=LATER),
        )
        assert Issue.objects.filter(merged_into__merged_into__isnull=False).count() == 0


def test_taking_and_climbing_is_one_of_both():
    house = make_house()
    lead = house.lead(house.ward)
    for _ in range(ROUNDS):
        issue = make_issue(house)
        at = issue.clock_at
        together(
            lambda issue=issue, at=at: issues.acknowledge(issue=issue, by=lead, at=at),
            lambda at=at: issues.ring_due(at=at),
        )
        issue.refresh_from_db()
        acts = acts_of(issue)[1:]
        # Taken before it rang, or taken by the same hand after it had climbed: in any case it is somebody's.
        assert acts in ([Act.ACKNOWLEDGE], [Act.CLIMB, Act.ACKNOWLEDGE])
        assert (issue.status, issue.owner) == (Status.ACKNOWLEDGED, lead)


def test_two_clocks_ring_everything_once():
    house = make_house()
    furnish(organisation=house.organisation, at=MORNING)
    made = [make_issue(house) for _ in range(25)]
    late = max(issue.clock_at for issue in made)
    found = together(*[lambda: issues.ring_due(at=late)] * 4)
    assert sum(found) == len(made)
    assert IssueEvent.objects.filter(act=Act.CLIMB).count() == len(made)
    assert set(Issue.objects.values_list("climbs", "place")) == {(1, house.line.pk)}
    keys = list(Message.objects.values_list("dedup_key", flat=True))
    assert len(keys) == len(set(keys)) == len(made) * 3  # who had it, who has it, who stands in


def test_the_same_words_from_two_phones_and_numbers_without_a_gap():
    house = make_house()
    uids = [uuid4() for _ in range(4)]
    raising = [
        lambda uid=uid: issues.raise_issue(
            title="Pumps", unit=house.ward, source=Source.PAGE, client_id=uid, by=None, at=MORNING
        )
        for uid in uids * 3
    ]
    together(*raising)
    assert sorted(Issue.objects.values_list("number", flat=True)) == [1, 2, 3, 4]
    assert IssueEvent.objects.count() == 4


def test_furnishing_twice_at_once_furnishes_once():
    house = make_house()
    found = together(*[lambda: furnish(organisation=house.organisation, at=MORNING)] * 3)
    assert sorted(bool(made) for made in found) == [False, False, True]


def test_sending_up_twice_climbs_one_tier_at_a_time():
    house = make_house()
    reason = make_choice(house.organisation)
    issue = make_issue(house)
    assert refused(together(up(house, issue, reason), up(house, issue, reason))) == 0
    issue.refresh_from_db()
    assert (issue.place, acts_of(issue)) == (house.branch, [Act.RAISE, Act.ESCALATE, Act.ESCALATE])
    assert send_up(house, issue, at=LATER + HOUR).place == house.top
