"""Entries of a page: each applied once, in order, whatever the network does."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections

from huddles.actions import huddles, issues
from huddles.actions.sync import KINDS, store_entries
from huddles.models import HuddleEntry, HuddleMark, HuddleNote, Issue
from huddles.rules.agendas import Section
from huddles.rules.issues import Size, Source, Status, Urgency
from tests.factories import make_user
from tests.huddles.factories import make_house, make_issue
from tests.huddles.huddle_stage import PLANNED, begun, lines, make_huddle

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def entry(kind, minute=1, **said):
    return {"id": str(uuid4()), "kind": kind, "at": (PLANNED + minute * MINUTE).isoformat(), **said}


def store(huddle, *entries, by, minute=10):
    return store_entries(huddle=huddle, entries=entries, by=by, at=PLANNED + minute * MINUTE)


def test_a_huddle_that_was_held_offline_comes_in_whole_and_in_order():
    house = make_house()
    huddle = make_huddle(house.ward)
    lead = house.lead(house.ward)
    huddles.agenda_for(huddle.unit, PLANNED)
    begin = entry("start", 2)
    assert store(huddle, begin, by=lead, minute=20)[0].stored
    huddle.refresh_from_db()
    ready = lines(huddle, Section.READINESS)[0]
    note = str(uuid4())
    batch = [
        entry("mark", 3, line=ready.pk, choice="at_risk"),
        entry("note", 4, note=note, line=ready.pk, text="One monitor is missing", revision=0),
        entry("step", 5, step=4),
        entry("issue", 6, title="A monitor is missing", spot="Room 4"),
        entry("end", 13),
    ]
    results = store(huddle, *batch, by=lead, minute=20)
    assert [(r.id, r.stored, r.reason) for r in results] == [(e["id"], True, "") for e in batch]
    assert (results[1].note_uid, results[1].note_revision) == (note, 1)
    huddle.refresh_from_db()
    assert (huddle.started_at, huddle.step, huddle.ended_at) == (PLANNED + 2 * MINUTE, 4, PLANNED + 13 * MINUTE)
    assert HuddleMark.objects.get().tapped_at == PLANNED + 3 * MINUTE
    issue = Issue.objects.get()
    assert (issue.huddle, issue.source, issue.client_id) == (huddle, Source.HUDDLE, UUID(batch[3]["id"]))
    assert (issue.raised_at, issue.spot, issue.urgency) == (PLANNED + 6 * MINUTE, "Room 4", Urgency.ROUTINE)


def test_what_is_sent_again_is_stored_once_and_hears_the_same():
    house = make_house()
    huddle = begun(house)
    lead, staff = house.lead(house.ward), house.people["STAFF"]
    line = lines(huddle, Section.LOOK_AHEAD)[0]
    note = str(uuid4())
    first = entry("note", note=note, line=line.pk, text="a", revision=0)
    more = [first, entry("issue", title="Bed 3 is broken"), entry("mark", line=line.pk, choice="nothing")]
    before = store(huddle, *more, by=lead)
    store(huddle, entry("note", note=note, line=line.pk, text="a and b", revision=1), by=staff)
    assert store(huddle, *more, by=lead) == before
    assert list(HuddleNote.objects.values_list("text", flat=True)) == ["a and b"]
    assert (Issue.objects.count(), HuddleMark.objects.count(), HuddleEntry.objects.count()) == (1, 1, 4)
    # Who has not seen "and b" and writes on does not write over it.
    last = store(huddle, entry("note", note=note, line=line.pk, text="a, then c", revision=1), by=lead)[0]
    assert (last.stored, last.note_uid != note, last.note_revision) == (True, True, 1)
    assert sorted(HuddleNote.objects.values_list("text", flat=True)) == ["a and b", "a, then c"]


def test_a_refused_entry_says_why_and_holds_up_no_other():
    house = make_house()
    huddle = begun(house)
    staff = house.people["STAFF"]
    seat = lines(huddle, Section.SEAT)[0]
    own, foreign = make_issue(house), make_issue(house, unit=house.support)
    batch = [
        entry("mark", line=seat.pk, choice="ready"),
        entry("mark", line="no number", choice="here"),
        {"id": "no uuid", "kind": "end"},
        entry("dance"),
        entry("issue", title=" "),
        entry("note", note="nothing", line=seat.pk, text="x", revision=0),
        entry("confirm", issue=foreign.pk, verdict="solved"),
        entry("sort", issue=own.pk, way="keep"),
        entry("step", step=99),
        entry("mark", line=seat.pk, choice="here"),
    ]
    results = store(huddle, *batch, by=staff)
    assert [r.stored for r in results] == [False] * 9 + [True]
    assert all(r.reason for r in results[:-1])
    assert HuddleEntry.objects.count() == 1
    # What was refused may be sent again when the reason is gone.
    lead = house.lead(house.ward)
    assert store(huddle, batch[7], by=lead)[0].stored
    own.refresh_from_db()
    assert (own.status, own.owner) == (Status.ACKNOWLEDGED, lead)


@pytest.mark.parametrize(("said", "minute"), [(-500, 0), (500, 10), (3, 3)])
def test_a_clock_that_is_wrong_moves_nothing_out_of_the_huddle(said, minute):
    house = make_house()
    huddle = begun(house)
    line = lines(huddle, Section.SEAT)[0]
    store(huddle, entry("mark", said, line=line.pk, choice="here"), by=house.people["STAFF"])
    assert HuddleMark.objects.get().tapped_at == PLANNED + minute * MINUTE


def test_answers_are_read_out_and_confirmed_and_new_items_sorted():
    house = make_house()
    huddle = begun(house)
    lead = house.lead(house.ward)
    done, new, spot = (make_issue(house, at=PLANNED - timedelta(hours=9)) for _ in range(3))
    issues.finish(issue=done, by=lead, at=PLANNED - timedelta(hours=1))
    answers = [entry("read_out", issue=done.pk), entry("confirm", issue=done.pk, verdict="partly", text="Two are left")]
    sorts = [entry("sort", issue=new.pk, way="quick_hit"), entry("sort", issue=spot.pk, way="on_the_spot")]
    assert all(r.stored for r in store(huddle, *answers, *sorts, by=lead))
    for issue in (done, new, spot):
        issue.refresh_from_db()
    assert (done.status, done.verdict) == (Status.CONFIRMED, "partly")
    assert (new.status, new.size) == (Status.ANSWERED, Size.QUICK_HIT)
    assert (spot.status, spot.size) == (Status.CONFIRMED, Size.ON_THE_SPOT)
    assert set(done.events.filter(at__gte=PLANNED).values_list("huddle", flat=True)) == {huddle.pk}


def test_whoever_may_only_look_raises_nothing():
    house = make_house()
    huddle = begun(house)
    result = store(huddle, entry("issue", title="x"), by=make_user())[0]
    assert (result.stored, result.reason) == (False, "Your role does not include this here.")


def test_entries_of_every_kind_are_known():
    kinds = ["start", "step", "end", "mark", "note", "remove", "restore", "issue", "read_out", "confirm", "sort"]
    kinds.append("check_in")
    assert sorted(KINDS) == sorted(kinds)


@pytest.mark.django_db(transaction=True)
def test_the_same_batch_twice_at_the_same_moment_is_stored_once():
    house = make_house()
    huddle = begun(house)
    lead = house.lead(house.ward)
    line = lines(huddle, Section.LOOK_BACK)[0]
    batch = [entry("note", note=str(uuid4()), line=line.pk, text=f"note {n}", revision=0) for n in range(8)]
    batch += [entry("issue", title=f"issue {n}") for n in range(4)]
    gate = threading.Barrier(2)
    found = []

    def send():
        try:
            gate.wait(10)
            found.append(store(huddle, *batch, by=lead))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 2
    assert found[0] == found[1]
    assert all(result.stored for result in found[0])
    assert (HuddleNote.objects.count(), Issue.objects.count(), HuddleEntry.objects.count()) == (8, 4, 12)
