"""The course of a huddle, what is tapped and written in it; every refusal in words."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connections

from huddles.actions import huddles, notes
from huddles.models import Huddle, HuddleMark, HuddleNote
from huddles.rules.agendas import Choice, Section
from huddles.rules.issues import ChoiceKind
from org.rules import NotAllowed
from tests.huddles.factories import make_choice, make_house
from tests.huddles.huddle_stage import PLANNED, begun, lines, make_huddle

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def refused(act, **said):
    with pytest.raises(NotAllowed) as refusal:
        act(**said)
    return str(refusal.value)


def test_what_was_done_already_is_no_refusal():
    house = make_house()
    huddle = begun(house)
    staff = house.people["STAFF"]
    again = huddles.start(huddle=huddle, by=staff, at=PLANNED + MINUTE)
    assert (again.started_at, again.started_by) == (PLANNED, house.lead(house.ward))
    huddles.end(huddle=huddle, by=staff, at=PLANNED + 9 * MINUTE)
    assert huddles.end(huddle=huddle, by=staff, at=PLANNED + 10 * MINUTE).ended_at == PLANNED + 9 * MINUTE


def test_a_huddle_that_nobody_ended_for_hours_counts_as_long_as_planned():
    house = make_house()
    huddle = begun(house)
    ended = huddles.end(huddle=huddle, by=house.people["STAFF"], at=PLANNED + timedelta(hours=5))
    assert ended.ended_at == PLANNED + 15 * MINUTE


def test_the_agenda_is_fixed_when_it_begins():
    house = make_house()
    huddle = begun(house)
    version = huddle.version
    agenda = version.agenda
    newer = agenda.versions.create(number=2, published_at=PLANNED)
    huddle.refresh_from_db()
    assert huddle.version == version
    later = make_huddle(house.ward, planned_at=PLANNED + timedelta(hours=8))
    assert huddles.start(huddle=later, by=house.people["STAFF"], at=later.planned_at).version == newer


@pytest.mark.parametrize("minutes", [-31, 12 * 60 + 1])
def test_a_huddle_begins_neither_too_early_nor_half_a_day_late(minutes):
    house = make_house()
    huddle = make_huddle(house.ward)
    at = PLANNED + minutes * MINUTE
    assert refused(huddles.start, huddle=huddle, by=house.people["STAFF"], at=at)
    assert not Huddle.objects.filter(started_at__isnull=False).exists()


def test_steps_are_led_in_a_running_huddle_only():
    house = make_house()
    huddle = make_huddle(house.ward)
    said = {"by": house.people["STAFF"], "at": PLANNED}
    assert refused(huddles.go_to_step, huddle=huddle, step=1, **said) == "This huddle has not begun yet."
    assert refused(huddles.end, huddle=huddle, **said) == "This huddle has not begun yet."
    huddle = huddles.start(huddle=huddle, **said)
    assert refused(huddles.go_to_step, huddle=huddle, step=10, **said) == "The agenda has no such step."
    huddles.end(huddle=huddle, **said)
    assert refused(huddles.go_to_step, huddle=huddle, step=1, **said) == "This huddle has ended."


def test_a_step_that_comes_in_late_does_not_lead_back():
    house = make_house()
    huddle = begun(house)
    lead = house.lead(house.ward)
    huddles.go_to_step(huddle=huddle, step=5, by=lead, at=PLANNED + 5 * MINUTE)
    late = huddles.go_to_step(huddle=huddle, step=2, by=house.people["STAFF"], at=PLANNED + 2 * MINUTE)
    assert late.step == 5


def test_a_huddle_is_called_at_any_time_but_only_one_at_once():
    house = make_house()
    night = PLANNED + timedelta(hours=16)
    make_huddle(house.ward)
    staff = house.people["STAFF"]
    called = huddles.call_huddle(unit=house.ward, by=staff, at=night)
    assert (called.is_extra, called.started_at, called.minutes) == (True, night, 15)
    assert "Join that huddle" in refused(huddles.call_huddle, unit=house.ward, by=staff, at=night + MINUTE)
    huddles.end(huddle=called, by=staff, at=night + 5 * MINUTE)
    assert "for this minute" in refused(huddles.call_huddle, unit=house.ward, by=staff, at=night)
    house.ward.closed_on = night.date()
    house.ward.save()
    assert (
        refused(huddles.call_huddle, unit=house.ward, by=staff, at=night + timedelta(hours=5)) == "This unit is closed."
    )


def test_not_held_asks_a_reason_and_may_be_taken_back_or_held_after_all():
    house = make_house()
    huddle = make_huddle(house.ward)
    reason = make_choice(house.organisation, ChoiceKind.NOT_HELD)
    said = {"huddle": huddle, "by": house.lead(house.line), "at": PLANNED + timedelta(hours=1)}
    assert refused(huddles.say_not_held, reason=None, note="", **said) == "Choose a reason."
    wrong = make_choice(house.organisation, ChoiceKind.PARK)
    assert refused(huddles.say_not_held, reason=wrong, note="", **said) == "Choose a reason."
    early = {**said, "at": PLANNED - timedelta(hours=1)}
    assert refused(huddles.say_not_held, reason=reason, note="", **early) == "It is too early to say so."
    assert "200" in refused(huddles.say_not_held, reason=reason, note="x" * 201, **said)
    held = huddles.say_not_held(reason=reason, note="Two admissions at once", **said)
    assert (held.not_held_reason, held.not_held_note) == (reason, "Two admissions at once")
    assert huddles.take_back_not_held(**said).not_held_reason is None
    huddles.say_not_held(reason=reason, note="", **said)
    begun_late = huddles.start(**{**said, "at": PLANNED + timedelta(hours=2)})
    assert (begun_late.not_held_reason, begun_late.started_at) == (None, PLANNED + timedelta(hours=2))
    assert "counts as held" in refused(huddles.say_not_held, reason=reason, note="", **said)


def test_a_huddle_on_paper_is_entered_afterwards_and_counts_as_held():
    house = make_house()
    huddle = make_huddle(house.ward)
    said = {"huddle": huddle, "by": house.people["STAFF"], "at": PLANNED + timedelta(hours=3)}
    ok = {"started_at": PLANNED + MINUTE, "ended_at": PLANNED + 12 * MINUTE}
    for wrong in (
        {**ok, "ended_at": PLANNED},
        {**ok, "ended_at": PLANNED + timedelta(hours=4)},
        {"started_at": PLANNED - timedelta(hours=2), "ended_at": PLANNED},
        {"started_at": PLANNED - timedelta(minutes=20), "ended_at": PLANNED + timedelta(hours=3, minutes=50)},
    ):
        assert refused(huddles.enter_from_paper, **wrong, **said)
    assert refused(huddles.enter_from_paper, **ok, **{**said, "at": PLANNED + timedelta(days=4)})
    entered = huddles.enter_from_paper(**ok, **said)
    assert (entered.from_paper, entered.started_at, entered.ended_at) == (True, *ok.values())
    line = lines(entered, Section.LOOK_BACK)[0]
    notes.write_note(huddle=entered, uid=uuid4(), line=line.pk, text="A fall", revision=0, by=said["by"], at=said["at"])
    assert "begun here" in refused(huddles.enter_from_paper, **ok, **said)


def test_the_latest_tap_counts_whenever_it_comes_in():
    house = make_house()
    huddle = begun(house)
    line = lines(huddle, Section.READINESS)[0]
    said = {"huddle": huddle, "line": line.pk, "by": house.people["STAFF"], "now": PLANNED + 9 * MINUTE}
    notes.mark(choice=Choice.NOT_READY, at=PLANNED + 5 * MINUTE, **said)
    notes.mark(choice=Choice.READY, at=PLANNED + 2 * MINUTE, **said)
    assert HuddleMark.objects.get().choice == Choice.NOT_READY
    notes.mark(choice=Choice.READY, at=PLANNED + 6 * MINUTE, **said)
    assert HuddleMark.objects.get().choice == Choice.READY
    notes.mark(choice="", at=PLANNED + 7 * MINUTE, **said)
    assert not HuddleMark.objects.exists()


def test_taps_are_those_of_their_section_and_the_self_check_comes_after_the_end():
    house = make_house()
    huddle = begun(house)
    staff = house.people["STAFF"]
    seat, check = lines(huddle, Section.SEAT)[0], lines(huddle, Section.FIDELITY)[0]
    said = {"huddle": huddle, "by": staff, "at": PLANNED + MINUTE}
    assert refused(notes.mark, line=seat.pk, choice=Choice.READY, **said) == "This cannot be tapped here."
    assert "after the huddle" in refused(notes.mark, line=check.pk, choice=Choice.YES, **said)
    assert "not on the agenda" in refused(notes.mark, line=0, choice=Choice.YES, **said)
    huddles.end(**said)
    notes.mark(line=check.pk, choice=Choice.YES, **said)
    late = {**said, "at": PLANNED + timedelta(days=4)}
    assert "three days" in refused(notes.mark, line=check.pk, choice=Choice.NO, **late)
    before = make_huddle(house.other_ward)
    assert "not begun" in refused(notes.mark, line=seat.pk, choice=Choice.HERE, **{**said, "huddle": before})


def test_words_that_somebody_else_has_changed_stand_beside_them():
    house = make_house()
    huddle = begun(house)
    line = lines(huddle, Section.LOOK_AHEAD)[0]
    uid = uuid4()
    said = {"huddle": huddle, "line": line.pk, "uid": uid, "at": PLANNED + MINUTE}
    lead, staff = house.lead(house.ward), house.people["STAFF"]
    first = notes.write_note(text="Two to watch", revision=0, by=lead, **said)
    assert notes.write_note(text="Two to watch", revision=0, by=lead, **said) == first  # sent twice
    changed = notes.write_note(text="Two to watch, one for falls", revision=1, by=staff, **said)
    assert (changed.pk, changed.revision) == (first.pk, 2)
    other = notes.write_note(text="Three to watch", revision=1, by=lead, **said)
    assert (other.beside, other.text, other.revision) == (first, "Three to watch", 1)
    assert sorted(HuddleNote.objects.values_list("text", flat=True)) == [
        "Three to watch",
        "Two to watch, one for falls",
    ]


def test_a_note_is_taken_away_and_brought_back():
    house = make_house()
    huddle = begun(house)
    line = lines(huddle, Section.STEP)[1]
    uid, staff = uuid4(), house.people["STAFF"]
    said = {"huddle": huddle, "uid": uid, "by": staff, "at": PLANNED + MINUTE}
    assert refused(notes.remove_note, revision=1, **said) == "This note is not there."
    assert refused(notes.write_note, line=line.pk, text="  ", revision=0, **said)
    assert refused(notes.write_note, line=line.pk, text="x" * 501, revision=0, **said)
    notes.write_note(line=line.pk, text="Thanks to the night shift", revision=0, **said)
    assert "It stays" in refused(notes.remove_note, revision=0, **said)
    assert notes.remove_note(revision=1, **said).removed_at is not None
    assert notes.restore_note(**said).removed_at is None
    other = make_huddle(house.other_ward)
    other = huddles.start(huddle=other, by=staff, at=PLANNED)
    elsewhere = {**said, "huddle": other}
    assert "another huddle" in refused(
        notes.write_note, line=lines(other, Section.STEP)[1].pk, text="x", revision=0, **elsewhere
    )


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_lose_nothing():
    house = make_house()
    huddle = begun(house)
    line = lines(huddle, Section.LOOK_BACK)[0]
    shared = uuid4()
    writers = {"lead": house.lead(house.ward), "staff": house.people["STAFF"]}
    gate = threading.Barrier(2)
    failures = []

    def write(name, by):
        try:
            gate.wait(10)
            for turn in range(12):
                said = {"huddle": huddle, "line": line.pk, "by": by, "at": PLANNED + MINUTE, "revision": 0}
                notes.write_note(uid=uuid4(), text=f"{name} {turn}", **said)
                notes.write_note(uid=shared, text=f"{name} shared {turn}", **said)
                notes.mark(huddle=huddle, line=line.pk, choice=Choice.NOTHING, by=by, at=PLANNED + MINUTE)
        except Exception as failure:  # noqa: BLE001 - told below
            failures.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=item) for item in writers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    texts = sorted(HuddleNote.objects.values_list("text", flat=True))
    wanted = sorted(f"{name}{kind} {turn}" for name in writers for kind in ("", " shared") for turn in range(12))
    assert texts == wanted
    huddle.refresh_from_db()
    assert huddle.revision == 1 + 24 * 3
