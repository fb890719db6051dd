"""When a gap deserves attention, as data: every number of the rules and what it is by default."""

from dataclasses import dataclass
from enum import StrEnum

from analytics.inputs import setting, whole_setting
from analytics.outcomes import SettingError


class Trigger(StrEnum):
    """What moves a gap up a tier."""

    WINDOW = "window"  # rules E and F: the pooled window, on several days or once beyond doubt
    SEQUENCE = "sequence"  # rule J: the always-valid sequence, faster and harder to explain


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Settings of the rules of docs/methods/signals.md. A hospital may change each; the simulation tells what follows.

    `window`: days that are pooled; `confidence`, `least_relative`, `least_patients`: rule D, the last one per side.
    `days`: board days on which D must hold for rule E. `at_once`: confidence of rule F.
    `confirm`: level at which the always-valid sequence has to agree before E or F escalate; None asks for no agreement
    (ADR 14 says what that costs). `restart`: days after which the sequence begins anew; None never.
    `trigger`, `sequence_alpha`, `rho`: rule J, its level and the mixture's variance. `sequence_relative`: the least gap
    of J as a share of the rest's rate – half of D's, since days before a gap began dilute it. `least_expected`: how
    many events and non-events each side must have expected before J's normal approximation is trusted.
    `step_down`: days without a signal after which a gap comes down one tier. `units`: units of a hospital with the
    same gap that make a second step. `first_tier`: where an escalation arrives; `top_tier`: nothing is above it.
    Words of a trigger ("sequence") are taken as it. Raises SettingError for a value outside its range.
    """

    window: int = 28
    confidence: float = 0.95
    least_relative: float = 0.10
    least_patients: float = 30
    days: int = 7
    at_once: float = 0.998
    confirm: float | None = 0.10
    restart: int | None = 91
    trigger: Trigger = Trigger.WINDOW
    sequence_alpha: float = 0.05
    sequence_relative: float = 0.05
    rho: float = 50.0
    least_expected: float = 5.0
    step_down: int = 14
    units: int = 3
    first_tier: int = 2
    top_tier: int = 4

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "trigger", Trigger(self.trigger))
        except ValueError:
            raise SettingError(f"a trigger is {' or '.join(Trigger)}, not {self.trigger!r}"[:200]) from None
        days_and_tiers = {
            "window": self.window,
            "days": self.days,
            "step_down": self.step_down,
            "units": self.units,
            "first_tier": self.first_tier,
        }
        for name, number in days_and_tiers.items():
            whole_setting(number, name, least=1)
        if self.restart is not None:
            whole_setting(self.restart, "restart", least=1)
        if whole_setting(self.top_tier, "the top tier") < self.first_tier:
            raise SettingError(f"the top tier {self.top_tier} is below the first tier {self.first_tier}")
        shares = {"confidence": self.confidence, "at_once": self.at_once, "sequence_alpha": self.sequence_alpha}
        if self.confirm is not None:
            shares["confirm"] = self.confirm
        for name, share in shares.items():
            if not 0 < setting(share, name) < 1:
                raise SettingError(f"{name} lies between 0 and 1, not at {share}")
        if self.at_once < self.confidence:
            raise SettingError(f"at_once of {self.at_once} is less strict than the confidence of {self.confidence}")
        least = (self.least_relative, self.sequence_relative, self.least_patients, self.least_expected)
        for one in least:
            setting(one, "what is asked for at least", least=0)
        setting(self.rho, "rho", above=0)
