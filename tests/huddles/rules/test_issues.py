"""Every status in every table; what may happen leads where the table says, everything else is refused in words."""

import itertools

import pytest

from huddles.rules import issues as rules
from huddles.rules.clocks import CLOCKS, Clock
from huddles.rules.issues import (
    ACTORS,
    CLOSED,
    DEFAULT_CHOICES,
    IN_WORK,
    OPEN,
    TRANSITIONS,
    Act,
    Actor,
    ChoiceKind,
    Status,
    Verdict,
)
from huddles.verbs import VERBS
from org.rules import NotAllowed

S, A = Status, Act

#: The loop, written a second time by hand: status → act → status after it.
STAYS = {A.REMIND, A.INHERIT, A.COPY, A.EDIT, A.STILL}
MOVES = {
    A.ESCALATE: S.RAISED,
    A.DELEGATE: S.RAISED,
    A.TRANSFER: S.RAISED,
    A.ANSWER: S.ANSWERED,
    A.DECLINE: S.DONE,
    A.FINISH: S.DONE,
    A.PARK: S.PARKED,
    A.MERGE: S.MERGED,
}
LOOP = {
    S.RAISED: MOVES | {A.ACKNOWLEDGE: S.ACKNOWLEDGED, A.ASSIGN: S.ACKNOWLEDGED, A.CLIMB: S.RAISED},
    S.ACKNOWLEDGED: MOVES | {A.ASSIGN: S.ACKNOWLEDGED},
    S.ANSWERED: MOVES | {A.ASSIGN: S.ANSWERED, A.READ_OUT: S.ANSWERED},
    S.DONE: {
        A.CONFIRM: S.CONFIRMED,
        A.REOPEN: S.RAISED,
        A.TIME_OUT: S.UNCONFIRMED,
        A.READ_OUT: S.DONE,
        A.COPY: S.DONE,
        A.EDIT: S.DONE,
        A.INHERIT: S.DONE,
        A.WORD: S.DONE,
    },
    S.PARKED: {
        A.RESUME: S.RAISED,
        A.DECLINE: S.DONE,
        A.MERGE: S.MERGED,
        A.COPY: S.PARKED,
        A.EDIT: S.PARKED,
        A.INHERIT: S.PARKED,
        A.STILL: S.PARKED,
    },
    S.MERGED: {A.UNMERGE: S.RAISED, A.READ_OUT: S.MERGED, A.EDIT: S.MERGED, A.WORD: S.MERGED},
    S.CONFIRMED: {A.REOPEN: S.RAISED, A.COPY: S.CONFIRMED},
    S.UNCONFIRMED: {
        A.CONFIRM: S.CONFIRMED,
        A.REOPEN: S.RAISED,
        A.COPY: S.UNCONFIRMED,
        A.WORD: S.UNCONFIRMED,
    },
}
for status in (S.RAISED, S.ACKNOWLEDGED, S.ANSWERED):
    LOOP[status] = LOOP[status] | dict.fromkeys(STAYS, status)
for status in (S.ACKNOWLEDGED, S.ANSWERED):
    LOOP[status] = LOOP[status] | dict.fromkeys({A.CHECK_ADD, A.CHECK_MOVE, A.CHECK_DROP, A.CHECK_IN}, status)


@pytest.mark.parametrize(("status", "act"), list(itertools.product(Status, Act)))
def test_what_may_happen_leads_where_the_loop_says_and_the_rest_is_refused_in_words(status, act):
    if act in LOOP[status]:
        assert rules.check(status, act) == LOOP[status][act]
    else:
        with pytest.raises(NotAllowed, match=r"^This issue is “.+”: that cannot be done with it now\.$"):
            rules.check(status, act)


def test_every_status_stands_in_every_table():
    assert set(TRANSITIONS) == set(Status)
    assert OPEN | CLOSED | {Status.MERGED} == set(Status)
    assert not OPEN & CLOSED
    assert IN_WORK < OPEN
    assert set(CLOCKS) == OPEN
    assert sorted(CLOCKS.values()) == sorted(Clock)


def test_every_act_has_a_hand_and_a_word_in_the_trail():
    assert set(ACTORS) == set(Act)
    assert {f"issue.{act.value}" for act in Act} <= set(VERBS)


def test_nothing_closes_but_by_the_origin_or_the_clock():
    closing = {act for row in TRANSITIONS.values() for act, after in row.items() if after in CLOSED}
    assert {act: ACTORS[act] for act in closing} == {A.CONFIRM: Actor.ORIGIN, A.TIME_OUT: Actor.CLOCK}


def test_from_every_status_the_loop_can_still_be_closed():
    for start in Status:
        reached, seen = {start}, set()
        while reached - seen:
            here = (reached - seen).pop()
            seen.add(here)
            reached |= {after for after in TRANSITIONS[here].values() if after is not None}
        assert Status.CONFIRMED in reached


@pytest.mark.parametrize("verdict", Verdict)
def test_only_solved_and_partly_end_the_loop(verdict):
    assert rules.closes(verdict) == (verdict != Verdict.NOT_SOLVED)


def test_every_list_of_words_starts_with_some_and_each_code_once():
    assert set(DEFAULT_CHOICES) == set(ChoiceKind)
    for words in DEFAULT_CHOICES.values():
        codes = [code for code, _word in words]
        assert len(codes) == len(set(codes)) >= 3


@pytest.mark.parametrize(("status", "size"), list(itertools.product(Status, rules.Size)))
def test_only_a_big_issue_that_somebody_is_on_is_looked_at_on_planned_days(status, size):
    assert rules.is_looked_at(status, size) == ((status, size) in {(S.ACKNOWLEDGED, "big"), (S.ANSWERED, "big")})
