"""What a state means, as data that a caller can put into any language, and as one plain English sentence."""

from dataclasses import dataclass

from analytics.outcomes import Reason
from analytics.spc.codes import SIDELESS, Assurance, Rule, Variation
from analytics.spc.states import SpcStates


@dataclass(frozen=True, slots=True)
class Finding:
    """What the latest point of one series says.

    `key` names the sentence: no_data, too_few, all_met, none_met, out_of_range, flat, common, or rule and side
    (outside_high, trend_low, shift_high, ...; alternating and others point nowhere).
    `run`: points in a row that the rule found. `points`: points that the limits rest on; `provisional`: fewer than 13.
    `reason`: why there are no limits. `narrow`: they are narrower than chance alone would make them. `center`: the
    center line.
    """

    variation: Variation
    assurance: Assurance
    rule: Rule
    low: bool
    run: int
    points: int
    provisional: bool
    flat: bool
    reason: Reason = Reason.COMPUTED
    narrow: bool = False
    center: float = float("nan")

    @property
    def key(self) -> str:
        """Names the sentence; a caller translates by it."""
        if not self.points or self.reason is Reason.NO_DATA:
            return "no_data"
        if self.reason is Reason.OUT_OF_RANGE:
            return "out_of_range"
        if self.reason is Reason.ALL_MET:
            return "all_met" if self.center else "none_met"
        if self.variation is Variation.NONE:
            return "too_few"
        if self.flat:
            return "flat"
        if self.rule is Rule.NONE:
            return "common"
        if self.rule in SIDELESS:
            return str(self.rule)
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
        reason=Reason(int(states.reason[index])),
        narrow=bool(states.narrow[index]),
        center=float(states.mean[index]),
    )


_WHAT = {
    "no_data": "No figures yet.",
    "too_few": "Too few figures to tell what is usual.",
    "all_met": "It was met every time: no limits to draw.",
    "none_met": "It was never met: no limits to draw.",
    "out_of_range": "No limits, because a time between events of nothing or less cannot be charted.",
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
    "beyond_two_high": "Two of the last three {noun} are far above the usual level{judged}.",
    "beyond_two_low": "Two of the last three {noun} are far below the usual level{judged}.",
    "four_of_five_high": "Four of the last five {noun} are well above the usual level{judged}.",
    "four_of_five_low": "Four of the last five {noun} are well below the usual level{judged}.",
    "run_of_eight_high": "{run} {noun} in a row above the usual level{judged}.",
    "run_of_eight_low": "{run} {noun} in a row below the usual level{judged}.",
    "run_of_nine_high": "{run} {noun} in a row above the usual level{judged}.",
    "run_of_nine_low": "{run} {noun} in a row below the usual level{judged}.",
    "trend_of_six_high": "{run} {noun} of steady rise{judged}.",
    "trend_of_six_low": "{run} {noun} of steady fall{judged}.",
    "alternating": "The last {run} {noun} go up and down in turn{judged}.",
    "hugging": "The last {run} {noun} keep unusually close to the usual level{judged}.",
    "avoiding": "The last {run} {noun} keep away from the usual level, on both sides of it{judged}.",
    "long_run_high": "{run} {noun} in a row above the middle, more than chance makes{judged}.",
    "long_run_low": "{run} {noun} in a row below the middle, more than chance makes{judged}.",
    "few_crossings": "The figures change sides of the middle less often than chance would have it{judged}.",
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
    if finding.narrow:
        told += " The figures vary less than chance alone would have it, so the limits are narrow."
    return told + f" (Early days: limits from only {finding.points} {noun}.)" if finding.provisional else told
