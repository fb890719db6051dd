"""What a signal means, in one plain sentence; and the gap between groups, in one line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analytics.spc import Assurance, Rule, Variation
from boards import rules
from boards.models import Measure
from boards.queries import words


@dataclass(frozen=True, slots=True)
class Sign:
    """Icons and sentence of a tile; all empty where there is nothing to say."""

    variation: str = ""
    assurance: str = ""
    sentence: str = ""


class Signalled(Protocol):
    """What a sentence is made from: codes of `analytics.spc` and the number of points."""

    variation: int
    assurance: int
    rule: int
    run: int
    provisional: bool
    value: float | None


_HIGH: Final = frozenset({Variation.BETTER_HIGH, Variation.WORSE_HIGH, Variation.OTHER_HIGH})

_MEANINGS: Final = {
    Variation.BETTER_HIGH: gettext_lazy("something has changed for the better"),
    Variation.BETTER_LOW: gettext_lazy("something has changed for the better"),
    Variation.WORSE_HIGH: gettext_lazy("something has changed for the worse"),
    Variation.WORSE_LOW: gettext_lazy("something has changed for the worse"),
    Variation.OTHER_HIGH: gettext_lazy("something has changed"),
    Variation.OTHER_LOW: gettext_lazy("something has changed"),
}

_ASSURANCES: Final = {
    Assurance.PASSES: gettext_lazy("The target will be met if nothing changes."),
    Assurance.FAILS: gettext_lazy("The target will not be met unless something changes."),
    Assurance.HIT_OR_MISS: gettext_lazy("The target will be met on some days and missed on others."),
}


def rule_text(rule: Rule, run: int, *, high: bool) -> str:
    """What a rule saw, in words: "7 in a row above the usual level"."""
    if rule == Rule.OUTSIDE:
        return _("far above the usual range") if high else _("far below the usual range")
    if rule == Rule.TREND:
        return (
            ngettext("rising %(n)s in a row", "rising %(n)s in a row", run)
            if high
            else ngettext("falling %(n)s in a row", "falling %(n)s in a row", run)
        ) % {"n": run}
    if rule == Rule.TWO_OF_THREE:
        return _("two of three near the upper limit") if high else _("two of three near the lower limit")
    if rule == Rule.SHIFT:
        return (
            ngettext("%(n)s in a row above the usual level", "%(n)s in a row above the usual level", run)
            if high
            else ngettext("%(n)s in a row below the usual level", "%(n)s in a row below the usual level", run)
        ) % {"n": run}
    return ""


def of(state: Signalled | None, measure: Measure) -> Sign:
    """Icons and sentence of a tile: what the process is doing, and whether it will meet its target."""
    if state is None or state.value is None:
        return Sign()
    variation, assurance = Variation(state.variation), Assurance(state.assurance)
    if variation == Variation.NONE:
        rare = measure.kind in {rules.Kind.COUNT, rules.Kind.RATE}
        return Sign(sentence=_("Too rare for a single day to say much.")) if rare else Sign()
    if variation == Variation.COMMON:
        said = _("Usual ups and downs, nothing has changed.")
    else:
        seen = rule_text(Rule(state.rule), state.run, high=variation in _HIGH)
        said = _("%(seen)s – %(meaning)s.") % {"seen": seen, "meaning": _MEANINGS[variation]}
        said = said[:1].upper() + said[1:]
    if assurance in _ASSURANCES and measure.direction != rules.Direction.CONTEXT:
        said = f"{said} {_ASSURANCES[assurance]}"
    if state.provisional:
        said = f"{said} {_('Few points yet, limits are provisional.')}"
    return Sign(str(variation), str(assurance), said)


def asked_text(asked: int) -> str:
    """How many gaps between groups of patients ask for help at a measure; empty where none does."""
    if not asked:
        return ""
    return ngettext("%(n)s gap asks for help", "%(n)s gaps ask for help", asked) % {"n": asked}


def gap_text(gap: Mapping[str, object] | None, measure: Measure) -> str:
    """The worst gap of a measure in one line, as it was published. Empty where there is none."""
    if not gap or "first" not in gap:
        return ""  # nothing, or a mark of a rolling window from before groups were told by the month
    difference = float(str(gap["difference"]))
    unit = words.difference_unit(measure.unit_text)
    said = {
        "group": gap["group"],
        "difference": ("+" if difference > 0 else "−") + words.number(abs(difference), measure.decimals),
        "unit": unit,
        "reference": gap["against"],
        "window": words.months(date.fromisoformat(str(gap["first"])), date.fromisoformat(str(gap["last"]))),
    }
    if gap["against"]:
        return _("%(group)s: %(difference)s %(unit)s against %(reference)s, %(window)s") % said
    return _("%(group)s: %(difference)s %(unit)s against everyone else, %(window)s") % said
