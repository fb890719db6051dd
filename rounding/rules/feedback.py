"""What came of rounds, as a table: when something that was noted is answered, and when a round has its feedback.

An observation *asks* when it became an issue or a promise; so does a promise that was made on the round beside the
questions. It is *answered* when everything that it became has its answer: the issue was answered or is done, the
promise was kept, or withdrawn with the reason. A round has *feedback* when everything on it that asks is answered.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from rounding.rules.rounds import ANSWERED_WITHIN


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that a round set going. `of`: what was noted, or the promise itself where it hangs on nothing.
    `until`: when there is time no more. `answered_at`: None where nothing came yet.
    """

    round: int
    of: Hashable
    until: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """Counts over rounds. `with_feedback` of the `asking` of them, which noted something that asks, answered all of it;
    `in_time` of `due` observations were answered in time. What still has time is in neither of the last two.
    """

    rounds: int = 0
    asking: int = 0
    with_feedback: int = 0
    due: int = 0
    in_time: int = 0


def issue_until(said_at: datetime) -> datetime:
    """Until when an issue that was noted at `said_at` is to be answered."""
    return said_at + ANSWERED_WITHIN


def promise_until(said_at: datetime, due_on: date, zone: tzinfo) -> datetime:
    """Until when a promise is to be answered: within the same time, or by the end of the day for which it was made,
    where that is later.
    """
    day_after = datetime.combine(due_on + timedelta(days=1), time(0), zone)
    return max(said_at + ANSWERED_WITHIN, day_after)


def feedback(rounds: int, asked: Iterable[Asked], now: datetime) -> Feedback:
    """Count what came of `rounds` rounds."""
    parts = _parts(asked)
    open_rounds = {of_round for (of_round, _of), all_of in parts.items() if not _is_answered(all_of)}
    asking = {of_round for of_round, _of in parts}
    verdicts = [_was_in_time(all_of, now) for all_of in parts.values()]
    return Feedback(
        rounds=rounds,
        asking=len(asking),
        with_feedback=len(asking - open_rounds),
        due=sum(verdict is not None for verdict in verdicts),
        in_time=sum(verdict is True for verdict in verdicts),
    )


def unanswered(asked: Iterable[Asked]) -> int:
    """How much of what asks has no answer yet, whether there is still time or not."""
    return sum(not _is_answered(all_of) for all_of in _parts(asked).values())


def _parts(asked: Iterable[Asked]) -> dict[tuple[int, Hashable], list[Asked]]:
    parts: dict[tuple[int, Hashable], list[Asked]] = {}
    for one in asked:
        parts.setdefault((one.round, one.of), []).append(one)
    return parts


def _is_answered(parts: Iterable[Asked]) -> bool:
    return all(one.answered_at is not None for one in parts)


def _was_in_time(parts: Iterable[Asked], now: datetime) -> bool | None:
    """Whether everything came in time; None where it may still."""
    late = [one for one in parts if (one.answered_at or now) > one.until]
    if late:
        return False
    return True if _is_answered(parts) else None
