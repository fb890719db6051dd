"""Entries of a device: in order, each once, whatever happened meanwhile."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huddles.models import Issue
from huddles.rules.issues import Source
from org.models import Message, Unit
from org.rules import Role
from rounding.actions import question_sets, rounds, sync
from rounding.actions.sync import State, store_entries
from rounding.models import Observation, Promise, Recognition, Reflection, Round
from rounding.queries.package import package_of
from rounding.rules.questions import SetKind
from tests.factories import make_unit, make_user
from tests.huddles.factories import make_house
from tests.rounding.factories import AT, make_note, make_promise, make_round, make_set

pytestmark = pytest.mark.django_db


def entry(kind, minutes=0, **said):
    return {"id": str(uuid4()), "kind": kind, "at": (AT + timedelta(minutes=minutes)).isoformat(), **said}


def sent(by, *entries, at=AT + timedelta(hours=8)):
    return store_entries(entries=entries, by=by, at=at)


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def leader(house):
    return house.lead(house.ward)


def a_round(house, version, uid):
    """The entries of one short round, as a phone makes them."""
    first, second, third = str(uuid4()), str(uuid4()), str(uuid4())
    questions = list(version.questions.order_by("position"))
    day = (AT + timedelta(days=2)).date().isoformat()
    return [
        entry("begin", 0, round=uid, unit=house.ward.pk, version=version.pk),
        entry("note", 1, round=uid, observation=first, question=questions[0].pk, position=1, value="yes"),
        entry("note", 2, round=uid, observation=second, question=questions[1].pk, position=2, text="Pumps are short"),
        entry("note", 3, round=uid, observation=third, position=3, text="A cart blocks the exit"),
        entry("issue", 4, round=uid, observation=third, title="A cart blocks the exit", spot="East door"),
        entry("thank", 5, round=uid, thanks=str(uuid4()), name="Rosa from housekeeping", text="Rooms ready early"),
        entry("promise", 6, round=uid, promise=str(uuid4()), text="Two pumps from the store", due_on=day),
        entry("reflect", 7, round=uid, asked=8, surprised="How calm it was"),
        entry("end", 8, round=uid),
    ]


def test_a_round_arrives_whole_and_in_order(house, leader):
    version, uid = make_set(house.ward), str(uuid4())
    results = sent(leader, *a_round(house, version, uid))
    assert [result.state for result in results] == [State.STORED] * 9
    made = Round.objects.get(uid=uid)
    assert (made.unit, made.leader, made.version) == (house.ward, leader, version)
    assert (made.began_at, made.ended_at) == (AT, AT + timedelta(minutes=8))
    noted = list(made.observations.values_list("position", "value", "text", "at"))
    assert noted == [
        (1, "yes", "", AT + timedelta(minutes=1)),
        (2, "", "Pumps are short", AT + timedelta(minutes=2)),
        (3, "", "A cart blocks the exit", AT + timedelta(minutes=3)),
    ]
    issue = Issue.objects.get()
    assert (issue.source, issue.origin, issue.spot) == (Source.ROUND, house.ward, "East door")
    assert made.observations.get(position=3).issue == issue
    assert results[4].about["issue"] == issue.number
    assert Recognition.objects.get().name == "Rosa from housekeeping"
    assert Promise.objects.get().text == "Two pumps from the store"
    assert Reflection.objects.get().asked == 8


def test_whatever_comes_again_is_there_once(house, leader):
    entries = a_round(house, make_set(house.ward), str(uuid4()))
    first = sent(leader, *entries)
    assert sent(leader, *entries, at=AT + timedelta(hours=9)) == first
    counts = [model.objects.count() for model in (Round, Observation, Issue, Recognition, Promise, Reflection)]
    assert counts == [1, 3, 1, 1, 1, 1]


def test_what_hangs_on_a_refused_round_waits_and_another_round_goes_on(house, leader):
    house.ward.closed_on = AT.date()
    house.ward.save(update_fields=["closed_on"])
    version = make_set(house.ward)
    refused, good = str(uuid4()), str(uuid4())
    ward = a_round(house, version, refused)[:3]
    other = [
        entry("begin", 9, round=good, unit=house.other_ward.pk, version=version.pk),
        entry("note", 10, round=good, observation=str(uuid4()), position=1, text="All well"),
    ]
    results = sent(house.lead(house.line), *ward, *other)
    assert [result.state for result in results] == ["refused", "waits", "waits", "stored", "stored"]
    assert results[0].reason == "5 West is closed."
    assert results[0].about == {"field": "unit"}


def test_a_unit_that_moved_away_meanwhile_takes_the_round_by_its_pass(house):
    director = house.lead(house.line)
    version = make_set(house.ward)
    given = {unit["id"]: unit["pass"] for unit in package_of(director, AT)["units"]}
    Unit.objects.filter(pk=house.ward.pk).update(parent=house.top, path=f"{house.top.path}{house.ward.pk}/")
    begin = entry("begin", round=str(uuid4()), unit=house.ward.pk, version=version.pk)
    (without,) = sent(director, begin)
    assert (without.state, without.reason) == ("refused", "You do not lead rounds at this unit.")
    (stored,) = sent(director, {**begin, "pass": given[house.ward.pk]})
    assert stored.state == State.STORED
    stranger = make_user(Role.MANAGER, make_unit())
    (borrowed,) = sent(stranger, {**begin, "round": str(uuid4()), "pass": given[house.ward.pk]})
    assert borrowed.state == State.REFUSED


def test_a_question_set_that_changed_meanwhile_takes_the_answers_under_its_old_words(house, leader):
    version, uid = make_set(house.ward), str(uuid4())
    question_sets.publish(
        question_set=version.question_set,
        name="Other questions",
        lines=question_sets.lines_of(version)[:1],
        terms=question_sets.terms_of(version),
        based_on=1,
        by=leader,
        at=AT,
    )
    question_sets.retire(question_set=version.question_set, by=leader, at=AT)
    results = sent(leader, *a_round(house, version, uid))
    assert {result.state for result in results} == {State.STORED}
    assert Round.objects.get().version == version


def test_the_same_note_changed_in_two_places_is_for_a_person_to_decide(house, leader):
    noted = make_note(make_round(house.ward, leader), "Two pumps")
    about = {"round": str(noted.round.uid), "observation": str(noted.uid), "position": 1}
    (first,) = sent(leader, entry("note", **about, text="Three pumps", revision=1))
    assert (first.state, first.about["revision"]) == ("stored", 2)
    (second,) = sent(leader, entry("note", **about, text="Four pumps", revision=1))
    assert (second.state, second.theirs["text"], second.revision) == ("differs", "Three pumps", 2)
    (decided,) = sent(leader, entry("note", **about, text="Four pumps", revision=second.revision))
    assert decided.state == State.STORED
    noted.refresh_from_db()
    assert noted.text == "Four pumps"


def test_a_question_that_was_answered_on_another_device_is_for_a_person_to_decide(house, leader):
    made = make_round(house.ward, leader)
    question = made.version.questions.get(position=2)
    make_note(made, "By my phone", question=question)
    said = {"round": str(made.uid), "question": question.pk, "position": 1}
    (other,) = sent(leader, entry("note", **said, observation=str(uuid4()), text="By my tablet"))
    assert (other.state, other.theirs["text"]) == ("differs", "By my phone")
    assert Observation.objects.count() == 1


def test_a_promise_that_was_answered_elsewhere_is_for_a_person_to_decide(house, leader):
    promise = make_promise(house.ward, leader)
    said = {"promise": str(promise.uid), "state": "kept", "revision": 1}
    (kept,) = sent(leader, entry("answer", **said, answer="They came on Monday"))
    assert kept.state == State.STORED
    (late,) = sent(leader, entry("answer", **{**said, "state": "withdrawn"}, answer="None to be had"))
    assert (late.state, late.theirs) == ("differs", {"state": "kept", "answer": "They came on Monday"})


def test_a_promise_for_a_day_that_is_over_when_it_arrives_stands(house, leader):
    made = make_round(house.ward, leader)
    said = {"round": str(made.uid), "text": "By tonight", "due_on": AT.date().isoformat()}
    promised = entry("promise", promise=str(uuid4()), **said)
    (late,) = sent(leader, promised, at=AT + timedelta(days=3))
    assert late.state == State.STORED
    (never,) = sent(leader, entry("promise", 60 * 24 * 2, promise=str(uuid4()), **said), at=AT + timedelta(days=3))
    assert (never.state, never.reason) == ("refused", "Promise it for today or a later day.")


def test_somebody_elses_round_takes_nothing(house, leader):
    made = make_round(house.ward, leader)
    (refused,) = sent(
        house.lead(house.line), entry("note", round=str(made.uid), observation=str(uuid4()), position=1, text="Mine")
    )
    assert (refused.state, refused.reason) == ("refused", "This round is led by somebody else.")


def test_two_who_lead_together_both_note(house, leader):
    made = make_round(house.ward, house.lead(house.line), partner=leader)
    (stored,) = sent(leader, entry("note", round=str(made.uid), observation=str(uuid4()), position=1, text="Seen"))
    assert stored.state == State.STORED


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "burn"},
        {"kind": "note", "round": "no uuid"},
        {"kind": "begin", "unit": "x", "version": 1, "round": str(uuid4())},
        {"kind": "begin", "unit": 10**12, "version": 1, "round": str(uuid4())},
        {"kind": "begin", "unit": 1, "version": None, "round": str(uuid4())},
    ],
)
def test_what_cannot_be_read_is_refused_in_a_sentence(house, leader, said):
    (result,) = sent(leader, {"id": str(uuid4()), **said})
    assert result.state == State.REFUSED
    assert result.reason.endswith(".")


def test_the_clock_of_a_device_is_taken_within_reason(house, leader):
    version, late, early = make_set(house.ward), str(uuid4()), str(uuid4())
    sent(leader, entry("begin", 60 * 24 * 365, round=late, unit=house.ward.pk, version=version.pk), at=AT)
    sent(leader, entry("begin", -60 * 24 * 365, round=early, unit=house.ward.pk, version=version.pk), at=AT)
    assert Round.objects.get(uid=late).began_at == AT
    assert Round.objects.get(uid=early).began_at == AT - timedelta(days=30)


def test_thanks_reach_whoever_bears_the_name_at_the_unit(house, leader):
    nurse = make_user(Role.STAFF, house.ward, name="Ana Reyes", email="ana@example.org")
    make_user(Role.STAFF, house.other_ward, name="Ana Reyes")
    made = make_round(house.ward, house.lead(house.line))
    said = {"round": str(made.uid), "name": "ana  reyes", "text": "Calm at night"}
    sent(house.lead(house.line), entry("thank", thanks=str(uuid4()), **said))
    assert Recognition.objects.get().person == nurse
    mail = Message.objects.get(template="thanks")
    assert mail.recipient == "ana@example.org"
    assert "Calm" not in str(mail.context)


def test_a_round_begun_at_the_wrong_place_is_taken_away_with_its_notes_until_it_has_ended(house, leader):
    made = make_round(house.ward, leader, going_on=True)
    discard = entry("discard", round=str(made.uid))
    (gone,) = sent(leader, discard)
    assert gone.state == State.STORED
    assert not Round.objects.exists()
    assert sent(leader, discard)[0].state == State.STORED
    ended = make_round(house.ward, leader)
    (refused,) = sent(leader, entry("discard", round=str(ended.uid)))
    assert (refused.state, refused.reason) == ("refused", "This round has ended: its unit may have read it.")


def test_what_was_done_on_a_round_stays_when_the_round_is_discarded(house, leader):
    version, uid = make_set(house.ward), str(uuid4())
    sent(leader, *a_round(house, version, uid)[:-1])
    assert Observation.objects.count() == 3
    (gone,) = sent(leader, entry("discard", round=uid))
    assert gone.state == State.STORED
    assert not Round.objects.exists()
    assert not Observation.objects.exists()
    assert Issue.objects.get().title == "A cart blocks the exit"
    assert Recognition.objects.get().round is None
    assert Promise.objects.visible_to(house.people["STAFF"]).get().text == "Two pumps from the store"


def test_what_was_promised_between_two_is_not_told_by_discarding_their_round(house, leader):
    made = make_round(house.ward, leader, make_set(house.ward, kind=SetKind.NEW_STARTER), going_on=True)
    make_promise(house.ward, leader, of_round=made)
    (refused,) = sent(leader, entry("discard", round=str(made.uid)))
    assert refused.state == State.REFUSED
    assert not Promise.objects.visible_to(house.people["STAFF"]).exists()


def test_words_that_may_tell_who_a_patient_is_are_hinted_at_when_they_arrive(house, leader):
    made = make_round(house.ward, leader)
    said = {"round": str(made.uid), "observation": str(uuid4()), "position": 1}
    (stored,) = sent(leader, entry("note", **said, text="Mrs. Smith waited an hour"))
    assert stored.state == State.STORED
    assert stored.about["hint"] == "“Smith” looks like the name of a patient."
    (plain,) = sent(leader, entry("note", **{**said, "observation": str(uuid4())}, text="Somebody waited an hour"))
    assert "hint" not in plain.about


def test_what_comes_after_a_discard_in_the_same_batch_waits(house, leader):
    version, uid = make_set(house.ward), str(uuid4())
    begin, first, *_rest = a_round(house, version, uid)
    late = entry("note", 9, round=uid, observation=str(uuid4()), position=4, text="Too late")
    results = sent(leader, begin, first, entry("discard", round=uid), late)
    assert [result.state for result in results] == [State.STORED, State.STORED, State.STORED, State.WAITS]
    assert not Round.objects.exists()


def test_a_round_that_another_device_discards_in_the_middle_of_a_batch_waits(house, leader):
    gone = make_round(house.ward, leader, going_on=True)
    known = {gone.uid: Round.objects.select_related("unit__organisation").get(pk=gone.pk)}
    Round.objects.filter(pk=gone.pk).delete()
    said = entry("note", round=str(gone.uid), observation=str(uuid4()), position=1, text="Nobody has it")
    assert sync._store(sync.Entry(said, leader, AT, known)).state == State.WAITS


def test_a_note_of_a_batch_takes_as_many_statements_as_the_action_alone(house, leader):
    made = make_round(house.ward, leader, going_on=True)

    def note(position):
        return {"uid": uuid4(), "of_round": made, "question": None, "position": position, "text": "Seen"}

    with CaptureQueriesContext(connection) as alone:
        rounds.note(**note(1), by=leader, said_at=AT, at=AT)

    def batch(first, last):
        said = {"round": str(made.uid), "text": "Seen"}
        return [entry("note", **said, observation=str(uuid4()), position=n) for n in range(first, last)]

    with CaptureQueriesContext(connection) as one:
        sent(leader, *batch(2, 3))
    with CaptureQueriesContext(connection) as eleven:
        sent(leader, *batch(3, 14))
    assert len(eleven) - len(one) == 10 * len(alone)
