"""When a gap deserves attention: daily looks that do not cry wolf, and the steps that follow.

`gap_looks` gives the figures of every day, `decide` what the rules make of one, `act` what a person does. The weekly
`screening` for analysts is imported by its own name; `python -m analytics.signals` simulates.
docs/methods/signals.md says what each rule means.
"""

from analytics.signals.counting import escalations, first_days
from analytics.signals.counts import DailyCounts, Harm
from analytics.signals.figures import Figures, Look, look_of
from analytics.signals.looks import Looks, gap_looks
from analytics.signals.machine import Cause, Decision, Event, Standing, State, act, decide
from analytics.signals.nightly import Day, Night, Window, step
from analytics.signals.policy import Policy, Trigger
from analytics.signals.sentences import gap_sentence, key, sentence
from analytics.signals.sequence import Sequence, always_valid

__all__ = (
    "Cause",
    "DailyCounts",
    "Day",
    "Decision",
    "Event",
    "Figures",
    "Harm",
    "Look",
    "Looks",
    "Night",
    "Policy",
    "Sequence",
    "Standing",
    "State",
    "Trigger",
    "Window",
    "act",
    "always_valid",
    "decide",
    "escalations",
    "first_days",
    "gap_looks",
    "gap_sentence",
    "key",
    "look_of",
    "sentence",
    "step",
)
