"""What a decision says at a huddle: keys and figures for a caller that translates, and one plain English sentence."""

from analytics.outcomes import Reason
from analytics.signals.figures import Figures
from analytics.signals.machine import Cause, Decision, State

_CAUSES = {
    Cause.WATCH: "Keep an eye on it: the gap is more than chance over the last {window} days.",
    Cause.HELD: "Ask for help: the gap has held for {run} board days in a row.",
    Cause.AT_ONCE: "Ask for help now: the gap is far beyond what chance gives in {window} days.",
    Cause.SEQUENCE: (
        "Ask for help: added up since counting began, the gap is beyond chance, however often one has looked."
    ),
    Cause.OVERDUE: "One tier up: the countermeasure is past its day and the gap still holds.",
    Cause.UNITS: "One tier up: several units have the same gap.",
    Cause.LIMIT: "Ask for help: the gap was beyond its limit in published figures, one block after the other.",
    Cause.SILENCE: "One tier up: nobody has taken it in time.",
    Cause.HANDED: "Handed to another tier.",
    Cause.DISMISSED: "Dismissed by a person, with a reason that is kept.",
    Cause.HARM: "Ask for help now: a patient came to serious harm.",
}
_PEOPLE = {
    State.ESCALATED: "Asked anew: it is not solved.",
    State.ACKNOWLEDGED: "Somebody has taken this on.",
    State.COUNTERMEASURE: "A countermeasure is under way.",
    State.MONITORING: "The countermeasure is done; the gap is being watched.",
    State.CLOSED: "Closed by a person.",
}


def key(decision: Decision) -> str:
    """Names the sentence, for a caller that translates: the cause; for a quiet step or a person's act where it led.

    Such as held, quiet_none, quiet_monitoring, person_closed.
    """
    if decision.cause in {Cause.QUIET, Cause.PERSON}:
        return f"{decision.cause}_{decision.after.state}"
    return str(decision.cause)


def sentence(decision: Decision, *, group: str, rest: str = "everyone else") -> str:
    """The decision and its figures in plain English. `group`: as people speak of it ("Spanish speakers")."""
    figures = decision.figures
    if decision.cause is Cause.PERSON:
        return _PEOPLE[decision.after.state]
    if figures is None:
        return _CAUSES[decision.cause]
    if decision.cause is Cause.UNCHANGED:
        return gap_sentence(figures, group=group, rest=rest)
    if decision.cause is Cause.QUIET:
        what = f"No signal for {figures.quiet} days: {_quiet(decision)}"
    else:
        what = _CAUSES[decision.cause].format(window=figures.window, run=figures.run)
    return f"{what} {gap_sentence(figures, group=group, rest=rest)}"


def gap_sentence(figures: Figures, *, group: str, rest: str = "everyone else") -> str:
    """The window's two rates and their gap with its interval; or that it is not full yet, or has too few to judge."""
    if figures.gap is None or figures.lower is None or figures.upper is None:
        people = f"{figures.people:g} against {figures.rest_people:g} cases"
        if figures.reason is Reason.TOO_FEW_POINTS:
            return f"{group}: counted for less than {figures.window} days ({people} so far)."
        people += f" in {figures.window} days"
        return f"{group}: too few to judge ({people})."
    rate, other = 100 * figures.events / figures.people, 100 * figures.rest_events / figures.rest_people
    side = "above" if figures.gap > 0 else "below"
    ends = sorted((100 * figures.lower, 100 * figures.upper))
    return (
        f"{group}: {rate:.1f} % of {figures.people:g} against {other:.1f} % of {figures.rest_people:g} for {rest}, "
        f"{abs(100 * figures.gap):.1f} points {side} (between {ends[0]:.1f} and {ends[1]:.1f} at "
        f"{100 * figures.confidence:g} % confidence)."
    )


def _quiet(decision: Decision) -> str:
    if decision.after.state is State.NONE:
        return "no longer watched."
    if decision.after.tier < decision.before.tier:
        return "one tier down. It stays open until a person closes it."
    return "monitored on the tier that was asked first. It stays open until a person closes it."
