"""What a state means, as data that a caller can put into any language, and as one plain English sentence."""

from dataclasses import dataclass

from analytics.spc.codes import Assurance, Rule, Variation
from analytics.spc.states import SpcStates


@dataclass(frozen=True, slots=True)
class Finding:
    """What the latest point of one series says.

    `key` names the sentence: no_data, too_few, flat, common, or rule and side (outside_high, trend_low, shift_high
    ...).
    `run`: points in a row that the rule found. `points`: points that the limits rest on; `provisional`: fewer than 13.
    """

    variation: Variation
    assurance: Assurance
    rule: Rule
    low: bool
    run: int
    points: int
    provisional: bool
    flat: bool

    @property
    def key(self) -> str:
        """Names the sentence; a caller translates by it."""
        if not self.points:
            return "no_data"
        if self.variation is Variation.NONE:
            return "too_few"
        if self.flat:
            return "flat"
        if self.rule is Rule.NONE:
            return "common"
        return f"{self.rule}_{'low' if self.low else 'high'}"

    @property
    def judgement(self) -> str:
        """better, worse, other (no direction), or nothing without a signal."""
        return str(self.variation).split("_")[0] if self.rule else ""


def describe(states: SpcStates, index: int) -> Finding:
    """The finding of one of the series of `states`; IndexError beyond them."""
    return Finding(
        variation=Variation(int(states.variation[index])),
        assurance=Assurance(int(states.assurance[index])),
        rule=Rule(int(states.rule[index])),
        low=bool(states.low[index]),
        run=int(states.run[index]),
        points=int(states.n_points[index]),
        provisional=bool(states.provisional[index]),
        flat=bool(states.flat[index]),
    )


_WHAT = {
    "no_data": "No figures yet.",
    "too_few": "Too few figures to tell what is usual.",
    "flat": "All figures are the same.",
    "common": "Within the usual ups and downs.",
    "outside_high": "The latest figure is unusually high{judged}.",
    "outside_low": "The latest figure is unusually low{judged}.",
    "trend_high": "{run} {noun} of steady rise{judged}.",
    "trend_low": "{run} {noun} of steady fall{judged}.",
    "two_of_three_high": "Two of the last three {noun} are close to the upper limit{judged}.",
    "two_of_three_low": "Two of the last three {noun} are close to the lower limit{judged}.",
    "shift_high": "{run} {noun} in a row above the usual level{judged}.",
    "shift_low": "{run} {noun} in a row below the usual level{judged}.",
}
_JUDGED = {
    "better": ": something has changed for the better",
    "worse": ": something has changed for the worse",
    "other": ": something has changed",
    "": "",
}
_TARGET = {
    Assurance.NONE: "",
    Assurance.PASSES: " As things are, the target is met every time.",
    Assurance.FAILS: " As things are, the target is missed every time.",
    Assurance.HIT_OR_MISS: " As things are, the target is met some of the time, by chance.",
}


def sentence(finding: Finding, noun: str = "points") -> str:
    """The finding in plain English. `noun`: what a point is, in the plural ("days", "weeks")."""
    what = _WHAT[finding.key].format(run=finding.run, noun=noun, judged=_JUDGED[finding.judgement])
    told = what + _TARGET[finding.assurance]
    return told + f" (Early days: limits from only {finding.points} {noun}.)" if finding.provisional else told
