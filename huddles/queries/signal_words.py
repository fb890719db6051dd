"""Signals in plain words: states, causes, who acted. No figure of a group stands in any of them."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from analytics.signals import Cause, State
from boards.models import Measure, SignalChange
from boards.rules import About, Cadence
from org.rules import Role

STATES: Final[Mapping[State, Any]] = {
    State.NONE: _("Quiet"),
    State.WATCH: _("Watched"),
    State.ESCALATED: _("Help is asked for"),
    State.ACKNOWLEDGED: _("Somebody is on it"),
    State.COUNTERMEASURE: _("A countermeasure runs"),
    State.MONITORING: _("Done, being watched"),
    State.CLOSED: _("Closed"),
}
_CAUSES: Final[Mapping[Cause, Any]] = {
    Cause.WATCH: _("The gap is more than chance over the last %(window)s."),
    Cause.HELD: _("The gap has held for %(run)s in a row, each time counted over %(window)s."),
    Cause.AT_ONCE: _("The gap is far beyond what chance gives in %(window)s."),
    Cause.SEQUENCE: _("Added up since counting began, the gap is beyond chance, however often one has looked."),
    Cause.OVERDUE: _("The countermeasure is past its day and the gap still holds: one tier up."),
    Cause.UNITS: _("Several units have the same gap: one tier up."),
    Cause.LIMIT: _("The gap was beyond its limit in published figures, one block after the other."),
    Cause.SILENCE: _("Nobody took it in time: it climbed."),
    Cause.HANDED: _("It was handed to another tier."),
    Cause.DISMISSED: _("It was dismissed, with a reason."),
    Cause.HARM: _("A patient came to serious harm: help is asked for at once."),
}
_QUIET: Final[Mapping[State, Any]] = {
    State.NONE: _("No signal for %(quiet)s: it is watched no longer."),
    State.MONITORING: _("No signal for %(quiet)s. It stays open until a person closes it."),
}
_PERSON: Final[Mapping[State, Any]] = {
    State.ESCALATED: _("It was asked anew: it is not solved."),
    State.ACKNOWLEDGED: _("Somebody took it on."),
    State.COUNTERMEASURE: _("It was answered: who does what, and until when."),
    State.MONITORING: _("What was promised is done; the gap is watched."),
    State.CLOSED: _("It was confirmed where it began, and closed."),
}
#: What people say about a gap between groups of staff, on the page of the signal alone.
_PERSON_OF_STAFF: Final[Mapping[State, Any]] = {
    State.COUNTERMEASURE: _("It was answered: what is done, and until when."),
    State.CLOSED: _("It was closed, with what became of it."),
}
_DOWN: Final = _("No signal for %(quiet)s: one tier down.")


def state(code: str) -> str:
    """A state as people speak of it."""
    return str(STATES[State(code)])


def looks(number: int, cadence: str) -> str:
    """So many looks, as a stretch of time: 7 days, 2 weeks, 3 months."""
    said = {
        Cadence.DAILY: ngettext("%(n)s day", "%(n)s days", number),
        Cadence.WEEKLY: ngettext("%(n)s week", "%(n)s weeks", number),
        Cadence.MONTHLY: ngettext("%(n)s month", "%(n)s months", number),
        Cadence.QUARTERLY: ngettext("%(n)s quarter", "%(n)s quarters", number),
    }[Cadence(cadence)]
    return said % {"n": number}


def cause(change: SignalChange, measure: Measure) -> str:
    """Why a step was taken, in one sentence without a figure of the group."""
    after, why, cadence = State(change.after), Cause(change.cause), measure.cadence
    if why == Cause.PERSON:
        if measure.about == About.STAFF and after in _PERSON_OF_STAFF:
            return str(_PERSON_OF_STAFF[after])
        return str(_PERSON[after])
    template = _QUIET.get(after, _DOWN) if why == Cause.QUIET else _CAUSES[why]
    window = (change.figures or {}).get("window", 0)
    said = {
        "window": looks(window, cadence),
        "run": looks(change.run, cadence),
        "quiet": looks(change.quiet, cadence),
    }
    return str(template) % said


def actor(role: str) -> str:
    """Who acted, by role: nobody's name."""
    return str(Role(role).label) if role in Role.values else _now("By rule")
