"""Writes docs/lifecycles.md from the tables of the rules. Usage: python -m scripts.lifecycles [--check]

With --check it writes nothing, and ends with 1 where the page does not say what the tables say.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:9/0")
os.environ.setdefault("HUDDLEBOARD_TESTING", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")

import django

django.setup()

from analytics.signals.machine import OPEN, TRANSITIONS, Event, State  # noqa: E402 - Django comes first
from huddles.queries import signal_words  # noqa: E402 - Django comes first
from huddles.rules import clocks, issues, schedule  # noqa: E402 - Django comes first

PAGE = Path(__file__).resolve().parent.parent / "docs" / "lifecycles.md"
RINGS = {
    clocks.Clock.ACKNOWLEDGE: "climbs to the next tier; at the top its owner and stand-ins are told, once",
    clocks.Clock.ANSWER: "its owner and stand-ins are told, once",
    clocks.Clock.PROMISE: "its owner and stand-ins are told, once",
    clocks.Clock.CONFIRM: "closes as not confirmed, and is counted apart",
    clocks.Clock.LOOK_AGAIN: "is taken up again where it was; the clock goes on that stood still",
}
HANDS = {
    issues.Actor.PLACE: "who works with issues where it is, or its owner",
    issues.Actor.ORIGIN: "who speaks for the unit where it began",
    issues.Actor.TELLER: "whoever told it",
    issues.Actor.CLOCK: "time",
    issues.Actor.REPORTER: "whoever told it without an account, by their link",
    issues.Actor.ANYONE: "who may raise issues there",
}


def issue_statuses() -> list[str]:
    lines = ["| status | clock | when it rings the issue | then it may be |", "|---|---|---|---|"]
    for status, moves in issues.TRANSITIONS.items():
        clock = clocks.CLOCKS.get(status)
        after = [f"{act.label} → {(to or status).label}" for act, to in moves.items()]
        rings = RINGS[clock] if clock else ""
        lines.append(f"| **{status.label}** | {clock or ''} | {rings} | {'; '.join(after)} |")
    return lines


def issue_acts() -> list[str]:
    lines = ["| act | whose hand |", "|---|---|"]
    for act, actor in issues.ACTORS.items():
        also = issues.UNTIL_TAKEN.get(act)
        until_taken = f"; until somebody has had it in hand also {HANDS[also]}" if also else ""
        lines.append(f"| {act.label} | {HANDS[actor]}{until_taken} |")
    return lines


def huddle_states() -> list[str]:
    minutes = int(schedule.GRACE.total_seconds() // 60)
    hours = int(schedule.FORGOTTEN.total_seconds() // 3600)
    return [
        "| state | when |",
        "|---|---|",
        f"| {schedule.HuddleState.COMING.label} | before its time |",
        f"| {schedule.HuddleState.DUE.label} | from its time until {minutes} minutes after its planned end |",
        f"| {schedule.HuddleState.RUNNING.label} | begun, not ended |",
        f"| {schedule.HuddleState.HELD.label} | ended, or begun {hours} hours ago and forgotten |",
        (
            f"| {schedule.HuddleState.NOT_HELD.label} | not begun by then, or somebody has said why, also ahead of its "
            "time; beginning it, or entering it from paper, takes that back |"
        ),
    ]


SIGNAL_ACTS = {
    Event.ACKNOWLEDGE: "its issue is taken",
    Event.START: "its issue is answered, with who does what until when",
    Event.FINISH: "its issue is done or declined",
    Event.CLOSE: "its issue is confirmed where it began",
    Event.REOPEN: "its issue is opened again or handed on",
    Event.DISMISS: "it is dismissed, with a reason",
    Event.HARM: "a patient came to serious harm",
}
SIGNAL_RULES = {
    State.NONE: "more than chance → {watch}; held, far beyond chance or beyond its limit → {escalated}",
    State.WATCH: "held, far beyond chance or beyond its limit → {escalated}; 14 quiet days → {none}",
    State.ESCALATED: "silence or several units: one tier up; 14 quiet days: one tier down, at last → {monitoring}",
    State.ACKNOWLEDGED: "several units: one tier up → {escalated}; 14 quiet days: down, at last → {monitoring}",
    State.COUNTERMEASURE: "still so after its day: up → {escalated}; 14 quiet days: down, at last → {monitoring}",
    State.MONITORING: "held again after seven days, or beyond its limit in a newer block → {escalated}",
    State.CLOSED: "held again after seven days, if it was dismissed only when it is worse → a new signal",
}


def signal_states() -> list[str]:
    names = {state: signal_words.state(state) for state in State}
    words = {state.value: name for state, name in names.items()}
    lines = ["| where it stands | by people | by rule |", "|---|---|---|"]
    for state, moves in TRANSITIONS.items():
        acts = [f"{SIGNAL_ACTS[event]} → {names[after]}" for event, after in moves.items()]
        up = ", one tier up" if state in OPEN else ""
        acts += [f"{SIGNAL_ACTS[Event.HARM]} → {names[State.ESCALATED]}{up}"] if moves else []
        lines.append(f"| **{names[state]}** | {'; '.join(acts)} | {SIGNAL_RULES[state].format(**words)} |")
    return lines


def page() -> str:
    parts = [
        "# Life cycles",
        "Written by `python -m scripts.lifecycles` from `huddles/rules` and `analytics/signals`; a test compares them.",
        "## An issue",
        "An issue has one place and one owner. Every status in which somebody has to do something has one clock.",
        "\n".join(issue_statuses()),
        "\n".join(issue_acts()),
        "## A signal",
        (
            "A gap between groups of patients that deserves attention. Every step is kept with the figures that caused "
            "it; nothing closes by itself."
        ),
        "\n".join(signal_states()),
        "## A huddle",
        "Its state follows from its times; nothing has to write it.",
        "\n".join(huddle_states()),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> int:
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text() != page())
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
