"""Whatever happens, in whatever order: one owner, one place, one clock; nothing closes without a word or by time.

Hypothesis draws sequences of everything that can happen to issues, to their people and to time. After each step the
history is read on and has to tell the state that stands. `LOOP_EXAMPLES=2000` looks longer.
"""

import os
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from huddles.actions import issues
from huddles.actions.issues.raising import Details
from huddles.models import Confidant, Issue, IssueEvent
from huddles.queries.terms import terms_of
from huddles.rules.clocks import CLOCKS
from huddles.rules.issues import (
    ACTORS,
    CLOSED,
    IN_WORK,
    LOOKS,
    OPEN,
    TRANSITIONS,
    Act,
    Actor,
    ChoiceKind,
    Outcome,
    Seen,
    Size,
    Source,
    Status,
    Urgency,
    Verdict,
    is_looked_at,
)
from org.models import Event, Message, User
from org.rules import NotAllowed
from tests.huddles.factories import MORNING, make_choice, make_house

CLOSING = {Verdict.SOLVED, Verdict.PARTLY}
#: What people do, with what it takes.
BY_HAND = sorted(act for act in Act if ACTORS[act] in {Actor.PLACE, Actor.ORIGIN})
HANDED = {Act.ASSIGN, Act.ESCALATE, Act.DELEGATE, Act.TRANSFER, Act.CLIMB, Act.INHERIT, Act.UNMERGE, Act.MERGE}

#: What people choose follows from a number: drawn one by one, examples would be too much alike.
SEEDS = st.integers(0, 2**48)


class Loop(RuleBasedStateMachine):
    """A house, its people, a few issues, and time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.at = MORNING
        self.shadow: dict[int, tuple[str, int, int]] = {}
        self.read = self.message = self.events = 0
        self.told: defaultdict[int, set[int]] = defaultdict(set)
        self.done: Counter[str] = Counter()
        self.rung: set[tuple[int, int, str]] = set()
        self.climbs: Counter[int] = Counter()
        self.words: Counter[int] = Counter()
        self.last: dict[int, str] = {}
        self.arrived: dict[int, datetime] = {}
        self.secret: dict[int, int | None] = {}

    def teardown(self) -> None:
        STEPS.update(self.done)
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    @initialize()
    def a_house(self) -> None:
        self.house = house = make_house()
        self.cannot = make_choice(house.organisation)
        self.reason = make_choice(house.organisation, ChoiceKind.PARK)
        self.units = [house.top, house.branch, house.line, house.ward, house.other_ward, house.support]
        self.active = {user.pk for user in house.people.values()}
        self.parents = {unit.pk: unit.parent_id for unit in self.units}
        self.trusted = [house.lead(house.branch), house.lead(house.other_ward)]
        for place, user in enumerate(self.trusted):
            Confidant.objects.create(organisation=house.organisation, user=user, position=place)
        self.uids: list[UUID] = []
        for unit in (house.ward, house.other_ward, house.ward):
            self._raise(unit, house.lead(unit), Urgency.ROUTINE, confidential=False, uid=uuid4())
        self._raise(house.ward, house.people["STAFF"], Urgency.ROUTINE, confidential=True, uid=uuid4())
        first, second, _third, _secret = Issue.objects.order_by("pk")
        issues.merge(issue=second, into=first, by=house.lead(house.ward), at=self.at)

    # What happens

    def _pick(self, seed: int | str) -> Random:
        """The same number chooses differently at another moment of an example, and the same in the same one."""
        return Random(f"{seed}:{self.events}:{self.at}")

    def _people(self) -> list[User]:
        return [user for user in self.house.people.values() if user.pk in self.active]

    def _raise(self, unit, by, urgency, *, confidential, uid) -> None:
        details = Details(urgency=urgency, confidential=confidential)
        issue = issues.raise_issue(
            title="Words", unit=unit, source=Source.PAGE, client_id=uid, by=by, at=self.at, details=details
        )
        self.uids.append(uid)
        if confidential:
            self.secret[issue.pk] = None if by is None else by.pk

    @rule(seed=SEEDS)
    def somebody_raises_something(self, seed):
        if len(self.uids) >= 6:
            return
        pick = self._pick(seed)
        urgency, secret = pick.choice(list(Urgency)), pick.random() < 0.25
        unit = pick.choice(self.units)
        by = pick.choice([*self._people(), None])
        self._raise(unit, by, urgency, confidential=secret, uid=uuid4())

    @rule(seed=SEEDS)
    def a_phone_sends_it_again(self, seed):
        pick, before = self._pick(seed), Issue.objects.count()
        unit = pick.choice(self.units)
        uid = pick.choice(self.uids)
        self._raise(unit, None, Urgency.ROUTINE, confidential=False, uid=uid)
        self.uids.pop()
        assert Issue.objects.count() == before
        self._whoever_told_it_says_a_word(pick)

    def _whoever_told_it_says_a_word(self, pick):
        """It closes and opens nothing."""
        issue, before = pick.choice(list(Issue.objects.order_by("pk"))), self._traces()
        status = issue.status
        try:
            issues.reporter_says(issue=issue, verdict=pick.choice(list(Verdict)), at=self.at)
        except NotAllowed:
            assert self._traces() == before
        else:
            self.done[Act.WORD] += 1
        issue.refresh_from_db()
        assert issue.status == status

    @rule(seed=SEEDS)
    def people_act(self, seed):
        """A few things at once, mostly such as may happen now."""
        pick = self._pick(seed)
        for _ in range(4):
            self._somebody_acts(pick)

    def _somebody_acts(self, pick):
        """What is refused leaves no trace."""
        issue = pick.choice(list(Issue.objects.order_by("pk")))
        allowed = [act for act in BY_HAND if act in TRANSITIONS[Status(issue.status)]]
        if issue.merged_into_id is not None:
            allowed = [Act.UNMERGE, Act.READ_OUT, Act.CONFIRM, Act.REOPEN, Act.CONFIRM]
        allowed = [act for act in allowed if act not in LOOKS or is_looked_at(issue.status, issue.size)]
        allowed += [act for act in allowed if act not in {Act.COPY, Act.EDIT, Act.READ_OUT}] * 2
        allowed += [act for act in allowed if act in LOOKS] * 2  # few issues have days on which they are looked at
        act = Act(pick.choice(BY_HAND if pick.random() < 0.1 or not allowed else allowed))
        by = pick.choice(self._people())
        before = self._traces()
        try:
            getattr(self, f"_{act.value}")(pick, issue, {"issue": issue, "by": by, "at": self.at})
        except NotAllowed:
            assert self._traces() == before
            self.done[f"{act.value} refused"] += 1
        else:
            self.done[act.value] += 1

    def _traces(self) -> tuple[int, int, int]:
        return IssueEvent.objects.count(), Message.objects.count(), Event.objects.count()

    @rule(minutes=st.sampled_from([1, 10, 60, 300, 1500, 6000]), rings=st.booleans(), seed=SEEDS)
    def time_passes(self, minutes, rings, seed):
        self.at += timedelta(minutes=minutes)
        if rings:
            self._the_clock_rings()
        self.people_act(seed)

    @rule(seed=SEEDS)
    def the_clock_rings(self, seed):
        self._the_clock_rings()
        self.people_act(seed)

    def _the_clock_rings(self):
        while issues.ring_due(at=self.at):
            self.done["rung"] += 1
        issues.pass_on(at=self.at)
        assert not Issue.objects.ringing(self.at).exists()
        assert not Issue.objects.open().filter(owner__is_active=False).exists()

    @rule(who=st.sampled_from(["BRANCH", "LINE", "WARD", "STAND_IN", "IT", "STAFF"]))
    def somebody_leaves_or_comes_back(self, who):
        user = User.objects.get(pk=self.house.people[who].pk)
        user.is_active = not user.is_active
        user.save()
        self.active ^= {user.pk}
        self.people_act(who)

    def _acknowledge(self, _pick, _issue, what):
        issues.acknowledge(**what)

    def _assign(self, pick, _issue, what):
        issues.assign(**what, owner=pick.choice(list(self.house.people.values())))

    def _escalate(self, pick, _issue, what):
        to = pick.choice([None, None, *self.units])
        issues.escalate(
            **what,
            cannot=self.cannot,
            ask="decision",
            asked="An ask",
            needed_by=self.at + timedelta(hours=2),
            to=to,
            note=pick.choice(["", "Cause"]),
        )

    def _delegate(self, pick, issue, what):
        below = [unit for unit in self.units if unit.path.startswith(issue.place.path) and unit.pk != issue.place_id]
        to = pick.choice(below or self.units)
        issues.delegate(**what, to=to, note="Please")

    def _transfer(self, pick, _issue, what):
        issues.transfer(**what, to=pick.choice(self.units), note="Please")

    def _answer(self, pick, _issue, what):
        outcome = pick.choice([Outcome.DECIDED, Outcome.RESOURCED, Outcome.WATCHED])
        size = pick.choice([None, Size.BIG])
        issues.answer(**what, outcome=outcome, tell_staff="It comes.", due_at=None, size=size)

    def _decline(self, _pick, _issue, what):
        issues.decline(**what, tell_staff="No.")

    def _finish(self, pick, _issue, what):
        if pick.randint(0, 4) == 0:
            issues.settle(**what)
        else:
            issues.finish(**what)

    def _read_out(self, _pick, _issue, what):
        issues.read_out(**what)

    def _confirm(self, pick, _issue, what):
        issues.confirm(**what, verdict=pick.choice(list(Verdict)), note="A note")

    def _reopen(self, _pick, _issue, what):
        issues.reopen(**what, note="Not yet")

    def _park(self, pick, _issue, what):
        days = pick.randint(0, 5)
        day = self.at.date() + timedelta(days=days)
        issues.park(**what, reason=self.reason, look_again_on=day)

    def _resume(self, _pick, _issue, what):
        issues.resume(**what)

    def _merge(self, pick, issue, what):
        others = list(Issue.objects.order_by("pk"))
        likely = [one for one in others if one.status in IN_WORK and not one.confidential and one.pk != issue.pk]
        issues.merge(**what, into=pick.choice(likely if likely and self.at.minute % 5 else others))

    def _unmerge(self, _pick, _issue, what):
        issues.unmerge(**what)

    def _copy(self, pick, _issue, what):
        issues.copy_to(**what, unit=pick.choice(self.units))

    def _edit(self, pick, issue, what):
        details = Details(urgency=pick.choice(list(Urgency)), size=pick.choice([Size.BIG, Size.QUICK_HIT]))
        revision = issue.revision - pick.choice([0, 0, 1])
        issues.edit(**what, title="Other words", details=details, revision=revision)

    def _planned(self, pick, issue):
        open_ones = list(issue.check_ins.filter(seen="").order_by("pk").values_list("pk", flat=True))
        return pick.choice(open_ones or [0])

    def _day(self, pick):
        return self.at.date() + timedelta(days=pick.randint(-1, 9))

    def _check_add(self, pick, _issue, what):
        issues.plan_check_in(**what, day=self._day(pick))

    def _check_move(self, pick, issue, what):
        issues.move_check_in(**what, check_in=self._planned(pick, issue), day=self._day(pick))

    def _check_drop(self, pick, issue, what):
        issues.drop_check_in(**what, check_in=self._planned(pick, issue))

    def _check_in(self, pick, issue, what):
        issues.look_in(**what, check_in=self._planned(pick, issue), seen=pick.choice(list(Seen)))

    # What always holds

    @invariant()
    def everything_holds(self):
        if not hasattr(self, "house"):
            return
        fresh = list(IssueEvent.objects.filter(pk__gt=self.read).order_by("pk"))
        self._every_message_goes_out_once(fresh)
        for event in fresh:
            self.read = event.pk
            self._follow(event)
        found = {issue.pk: issue for issue in Issue.objects.all()}
        for issue in found.values():
            self._history_tells_what_stands(issue, found)
            self._a_clock_runs_where_something_is_open(issue)
            self._nothing_closes_without_the_word_of_every_origin_or_by_time(issue, found)
            self._only_big_ones_that_somebody_is_on_have_days(issue)
            if issue.confidential:
                assert issue.owner_id in {user.pk for user in self.trusted}
                assert (issue.place_id, issue.merged_into_id) == (issue.origin_id, None)
        self.events += len(fresh)
        assert Event.objects.filter(verb__startswith="issue.").count() == self.events

    def _only_big_ones_that_somebody_is_on_have_days(self, issue: Issue) -> None:
        planned = list(issue.check_ins.filter(seen="").order_by("day").values_list("day", flat=True))
        assert not planned or is_looked_at(issue.status, issue.size)
        assert len(set(planned)) == len(planned)
        assert issue.check_in_at == (
            terms_of(issue.place, issue.urgency, self.at).end_of(planned[0]) if planned else None
        )

    def _history_tells_what_stands(self, issue: Issue, found: dict[int, Issue]) -> None:
        status, place, owner = self.shadow[issue.pk]
        assert issue.status == status
        if issue.merged_into_id is None:
            assert (issue.place_id, issue.owner_id) == (place, owner)
        else:
            whole = found[issue.merged_into_id]
            assert whole.merged_into_id is None
            assert (issue.place_id, issue.owner_id) == (whole.place_id, whole.owner_id)

    def _follow(self, event: IssueEvent) -> None:
        """Read one event: it has to go on from where the history stood."""
        if event.act == Act.RAISE:
            assert event.issue_id not in self.shadow
            self.shadow[event.issue_id] = (event.status, event.to_place_id, event.owner_id)
            self.arrived[event.issue_id] = event.at
            return
        status, place, owner = self.shadow[event.issue_id]
        row = TRANSITIONS[Status(status)]
        if status == Status.MERGED and event.act in {Act.CONFIRM, Act.REOPEN, Act.MERGE}:
            assert event.status == Status.MERGED  # the word of an origin that has joined; its whole moves
        elif event.act == Act.CONFIRM and event.status == status:
            assert status in {Status.DONE, Status.UNCONFIRMED}  # others have not said so yet
        else:
            assert event.act in row
            assert event.status == (row[Act(event.act)] or status)
        if status != Status.MERGED:
            assert event.from_place_id == place
        if event.act not in HANDED | {Act.ACKNOWLEDGE, Act.ANSWER, Act.DECLINE, Act.REOPEN}:
            assert event.owner_id == owner or status == Status.MERGED
        self._rings_once(event, place)
        if event.act in {Act.CONFIRM, Act.TIME_OUT, Act.REOPEN}:
            self.last[event.issue_id] = event.act
            self.words[event.issue_id] += event.act == Act.CONFIRM and event.by_id is not None
        self.shadow[event.issue_id] = (event.status, event.to_place_id, event.owner_id)
        if event.to_place_id != place:
            self.arrived[event.issue_id] = event.at
        self._new_owner_is_told(event, owner)

    def _rings_once(self, event: IssueEvent, place: int) -> None:
        """A clock that has rung at a place rings there again only after somebody has done something."""
        if event.act == Act.CLIMB:
            assert event.to_place_id == self.parents[place]
            assert event.to_place_id is not None
            self.climbs[event.issue_id] += 1
            assert event.at > self.arrived[event.issue_id]  # each tier has its own time
        if event.act in {Act.CLIMB, Act.REMIND}:
            key = (event.issue_id, place, event.clock)
            assert key not in self.rung
            self.rung.add(key)
        elif event.act not in {Act.COPY, Act.INHERIT, Act.READ_OUT, Act.WORD}:
            self.rung = {key for key in self.rung if key[0] != event.issue_id}

    def _new_owner_is_told(self, event: IssueEvent, owner: int) -> None:
        if event.act in HANDED and event.owner_id not in {owner, event.by_id} and event.owner_id in self.active:
            part = event.act == Act.MERGE and event.pk not in self.told  # it came with its whole, which tells
            assert part or event.owner_id in self.told[event.pk]

    def _every_message_goes_out_once(self, fresh: list[IssueEvent]) -> None:
        events = {event.pk: event for event in fresh}
        users = {user.email: user.pk for user in self.house.people.values()}
        for message in Message.objects.filter(template="issue", pk__gt=self.message).order_by("pk"):
            self.message = message.pk
            _kind, event_id, user_id = message.dedup_key.split(":")
            event = events[int(event_id)]  # nothing is said later about what happened before
            assert users[message.recipient] == int(user_id) != event.by_id
            assert int(user_id) not in self.told[event.pk]
            self.told[event.pk].add(int(user_id))
            assert int(user_id) in self.active
            if event.issue_id in self.secret:
                assert int(user_id) in {user.pk for user in self.trusted} | {self.secret[event.issue_id]}

    def _a_clock_runs_where_something_is_open(self, issue: Issue) -> None:
        assert (issue.clock_at is not None) == (issue.status in OPEN) == (Status(issue.status) in CLOCKS)
        assert issue.rang_at is None or issue.clock_at is not None
        assert (issue.closed_at is not None) == (issue.status in CLOSED)
        assert issue.climbs == self.climbs[issue.pk]

    def _nothing_closes_without_the_word_of_every_origin_or_by_time(
        self, issue: Issue, found: dict[int, Issue]
    ) -> None:
        if issue.status == Status.CONFIRMED:
            assert self.last[issue.pk] == Act.CONFIRM
            for origin in (one for one in found.values() if issue.pk in {one.pk, one.merged_into_id}):
                assert origin.verdict in CLOSING
                assert self.words[origin.pk]
        elif issue.status == Status.UNCONFIRMED:
            assert self.last[issue.pk] in {Act.TIME_OUT, Act.CONFIRM}


#: What happened how often, over all examples of a run.
STEPS: Counter[str] = Counter()


@pytest.mark.slow
@pytest.mark.django_db
def test_whatever_happens_an_issue_has_one_owner_one_place_and_closes_only_where_it_began():
    run_state_machine_as_test(
        Loop,
        settings=settings(
            max_examples=int(os.environ.get("LOOP_EXAMPLES", "12")),
            stateful_step_count=int(os.environ.get("LOOP_STEPS", "30")),
            derandomize="LOOP_EXAMPLES" not in os.environ,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    happened = {act for act in BY_HAND if STEPS[act]}
    assert happened == set(BY_HAND), "the sequences have to be long enough for every act"
    print(sorted(STEPS.items()))
