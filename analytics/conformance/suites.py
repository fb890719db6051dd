"""Which suite is checked by what, and how a case is judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from analytics.conformance import charts, dots, equity, golden, rates, rephasing, standardisation, tables
from analytics.conformance.comparison import Case, Comparison, NotComparable, UnknownFormat
from analytics.conformance.files import RUN_LIMITS

Check = Callable[[Case, Comparison], None]

SUITES: Final[Mapping[str, Check]] = {
    "equity_measures": equity.check,
    "rates_ci": rates.check,
    "standardisation_funnel": standardisation.check,
    "spc_charts": charts.check,
    "spc_xmr_making_data_count": dots.check,
    "spc_rule_micro": dots.check_rule,
    "spc_auto_rephase": rephasing.check,
    "suppression": tables.check,
    "golden_real_data": golden.check,
    RUN_LIMITS: charts.check_run_limits,
}
#: words of a case's own note that set it apart
APART: Final = "not comparable"


class Outcome(Enum):
    """What became of a case."""

    AGREES = "agrees"
    DISAGREES = "DISAGREES"
    APART = "set apart"


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: where it comes from, what became of it, and the words for it."""

    name: str
    outcome: Outcome
    comparison: Comparison
    words: tuple[str, ...]


def judge(suite: str, case: Case, place: int) -> Judged:
    """Compute the case and compare. Whatever goes wrong on the way is a disagreement, never a silence."""
    name = str(case.get("id") or case.get("case_id") or f"case {place}")
    comparison = Comparison()
    note = str(case.get("note") or "")
    if APART in note.lower():
        return Judged(name, Outcome.APART, comparison, (note,))
    check = SUITES.get(suite)
    if check is None:
        return Judged(name, Outcome.DISAGREES, comparison, (f"no suite is named {suite}",))
    try:
        check(case, comparison)
    except NotComparable as reason:
        return Judged(name, Outcome.APART, comparison, (str(reason),))
    except UnknownFormat as reason:
        return Judged(name, Outcome.DISAGREES, comparison, (str(reason),))
    except Exception as error:  # noqa: BLE001 – a case that cannot be computed must not hide the others
        return Judged(name, Outcome.DISAGREES, comparison, (f"{type(error).__name__}: {error}",))
    if not comparison.compared:
        return Judged(name, Outcome.DISAGREES, comparison, ("nothing in it could be compared",))
    outcome = Outcome.DISAGREES if comparison.problems else Outcome.AGREES
    return Judged(name, outcome, comparison, tuple(comparison.problems))
