"""Gaps between groups of staff: found and stored as those of patients, and no board changes by them."""

import pytest

from analytics.signals import Event, State
from boards.actions import signals as actions
from boards.models import Measure, Signal, Tile
from boards.snapshots.tiles import refresh_tiles
from org.models import Event as Trail
from org.rules import NotAllowed, Role
from tests.boards.signals.stage import build, days, moment, run, send, wide
from tests.factories import make_user

pytestmark = pytest.mark.django_db
LAST = days(29)[28]


def look(about: str, capture) -> tuple[Signal, Tile, Tile, int]:
    """A gap that asks for help after 29 days: its signal, the tile before and after, how many told boards."""
    house, measure = build()
    Measure.objects.filter(pk=measure.pk).update(about=about)
    for i, day in enumerate(days(29)):
        send(house, measure, day, {"m1": wide(i)}, at=moment(day))
    run(house, days(27))
    refresh_tiles(house.organisation, moment(days(29)[26]))
    before = Tile.objects.get(unit=house.units["m1"], measure=measure)
    with capture() as told:
        run(house, days(2, days(28)[27]))
    after = Tile.objects.get(unit=house.units["m1"], measure=measure)
    return Signal.objects.get(unit=house.units["m1"]), before, after, len(told)


def test_a_gap_between_staff_becomes_a_signal_like_any_other_and_no_board_hears_of_it(
    django_capture_on_commit_callbacks,
):
    signal, before, after, told = look("staff", django_capture_on_commit_callbacks)
    assert (signal.state, signal.group) == (State.ESCALATED, "es")
    assert signal.changes.get(after=State.ESCALATED).figures["people"] > 100
    assert (after.asked, after.version) == (before.asked, before.version) == (0, before.version)
    assert told == 0
    with django_capture_on_commit_callbacks() as callbacks:
        actions.do(signal=signal, event=Event.ACKNOWLEDGE, day=LAST, at=moment(LAST), by=None)
        actions.do(signal=signal, event=Event.REOPEN, day=LAST, at=moment(LAST), by=None)
    assert callbacks == []


def test_of_patients_the_same_gap_is_told_to_the_board(django_capture_on_commit_callbacks):
    signal, before, after, told = look("patients", django_capture_on_commit_callbacks)
    assert signal.state == State.ESCALATED
    assert (after.asked, after.version > before.version) == (1, True)
    assert told > 0


def test_the_trail_has_no_more_than_the_number_of_a_signal_about_staff(django_capture_on_commit_callbacks):
    signal, *_rest = look("staff", django_capture_on_commit_callbacks)
    by = make_user(Role.WORKFORCE, signal.unit)
    actions.do(signal=signal, event=Event.ACKNOWLEDGE, day=LAST, at=moment(LAST), by=by)
    written = Trail.objects.get(verb="signal.moved")
    assert (written.subject_label, written.unit_id, written.facts) == (f"#{signal.pk}", None, {})
    assert written.actor_id == by.pk


def test_no_limit_is_set_on_a_measure_of_staff():
    house, measure = build()
    measure.about = "staff"
    with pytest.raises(NotAllowed, match="groups of patients"):
        actions.set_limit(
            unit=house.units["m1"],
            measure=measure,
            dimension_id=house.organisation.dimensions.get().pk,
            group="es",
            points=3.0,
            by=None,
            at=moment(LAST),
            since=LAST,
        )


@pytest.mark.parametrize(
    ("role", "at", "sees"),
    [
        *((role, "top", role in {Role.WORKFORCE, Role.EQUITY_OFFICER}) for role in Role),
        (Role.WORKFORCE, "m1", True),
        (Role.WORKFORCE, "medicine", True),
        (Role.WORKFORCE, "m2", False),
        (Role.EQUITY_OFFICER, "surgery", False),
    ],
)
def test_a_signal_about_staff_is_seen_by_the_readers_of_its_unit(role, at, sees):
    house, measure = build()
    Measure.objects.filter(pk=measure.pk).update(about="staff")
    signal = Signal.objects.create(
        organisation=house.organisation,
        unit=house.units["m1"],
        measure=measure,
        dimension=house.organisation.dimensions.get(),
        group="es",
        state=State.ESCALATED,
        tier=1,
        since=LAST,
        changed_on=LAST,
    )
    assert Signal.objects.visible_to(make_user(role, house.units[at])).filter(pk=signal.pk).exists() is sees
