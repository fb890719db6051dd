"""The ring answers like the whole history, as far as it says that it reaches."""

from hypothesis import given
from hypothesis import strategies as st

from huddleboard.live.frames import Frame
from huddleboard.live.positions import BEGINNING
from huddleboard.live.ring import Ring

histories = st.lists(st.tuples(st.integers(1, 3), st.sampled_from("abc")), max_size=60)


def _history(steps):
    at, events = 0, []
    for step, topic in steps:
        at += step
        events.append(((at, 0), topic, Frame(b"%d" % at)))
    return events


@given(histories, st.integers(1, 8), st.integers(0, 60), st.integers(0, 190), st.sets(st.sampled_from("abc")))
def test_replay_is_what_the_history_holds(steps, size, prefilled, asked, topics):
    events = _history(steps)
    ring = Ring(size)
    known = events[:prefilled][-size:]
    oldest, last = (known[0][0], known[-1][0]) if known else (None, BEGINNING)
    ring.refill(known, oldest=oldest, last=last, whole=len(events[:prefilled]) <= size)
    for event in events[prefilled:]:
        ring.append(*event)
    start = (asked, 0)
    if ring.reaches(start, exact=False):
        wanted = [frame for at, topic, frame in events if at > start and topic in topics]
        assert ring.after(start, topics) == wanted


@given(histories, st.integers(1, 8))
def test_every_recent_position_is_within_reach(steps, size):
    events = _history(steps)
    ring = Ring(size)
    for event in events:
        ring.append(*event)
    assert all(ring.reaches(at, exact=True) for at, _, _ in events[-size:])


def test_orders_count_as_positions_though_nothing_is_kept():
    ring = Ring(4)
    ring.move_to((5, 0))
    ring.append((9, 0), "a", Frame(b"9"))
    assert ring.reaches((5, 0), exact=True)
    assert [frame.text for frame in ring.after((5, 0), {"a"})] == [b"9"]


def test_position_from_before_the_stream_was_made_anew_is_out_of_reach():
    ring = Ring(4)
    ring.append((100, 0), "a", Frame(b"1"))
    assert ring.reaches((99, 0), exact=False)
    assert not ring.reaches((99, 0), exact=True)
    assert ring.reaches(BEGINNING, exact=True)
