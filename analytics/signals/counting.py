"""How often a policy calls people, over many series at once: the state machine as far as false alarms need it."""

import numpy as np

from analytics.signals.counts import Bools, Ints
from analytics.signals.looks import Looks
from analytics.signals.policy import Policy


def escalations(looks: Looks) -> Ints:
    """(…): times that each series moves to escalated, where a person closes as soon as a gap has gone to monitoring.

    That is the worst case for false alarms: a gap that stays open cannot call a second time. Agrees with `decide`,
    day by day, for steps within the first tier.
    """
    return moves(looks.escalate, looks.quiet, looks.policy)


def moves(signal: Bools, quiet: Ints, policy: Policy) -> Ints:
    """As `escalations`, of any signal (…, T) with its quiet days (…, T)."""
    shape = signal.shape[:-1]
    open_now = np.zeros(shape, dtype=np.bool_)
    moved = np.full(shape, -(10**6), dtype=np.int64)
    count = np.zeros(shape, dtype=np.int64)
    for day in range(signal.shape[-1]):
        since = day - moved
        called = signal[..., day] & ~open_now & (since >= policy.days)
        closed = open_now & (np.minimum(quiet[..., day], since) >= policy.step_down)
        count += called
        moved = np.where(called | closed, day, moved)
        open_now = (open_now | called) & ~closed
    return count


def first_days(signal: Bools, begin: int = 0) -> Ints:
    """(…): day of the first signal at or after `begin`, counted from 1 there; -1 without one. `signal`: (…, T)."""
    late = signal[..., begin:]
    return np.where(late.any(axis=-1), late.argmax(axis=-1) + 1, -1).astype(np.int64)
