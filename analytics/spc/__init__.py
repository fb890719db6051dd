"""Statistical process control: charts of every common kind, their rules and what they say, for many series at once."""

from analytics.spc.baselines import Baseline, Lines, baseline, lines
from analytics.spc.chart import Chart, Phase, chart
from analytics.spc.charts import XmrChart, xmr_chart
from analytics.spc.codes import LOW, SIDELESS, Assurance, Rule, Variation, is_low, rule_of
from analytics.spc.columns import figures
from analytics.spc.cusum import Cusum, bernoulli_cusum
from analytics.spc.findings import Finding, describe, sentence
from analytics.spc.kinds import EXACT_FACTOR, Kind, kind_of
from analytics.spc.limits import MDC_FACTOR, XmrLimits, xmr_limits
from analytics.spc.rare import Between, days_between
from analytics.spc.rephase import Candidate, Suggestion, Verdict, suggest_phases, why
from analytics.spc.rulesets import RuleSet
from analytics.spc.runs import Runs, median_runs, run_limits
from analytics.spc.states import LOCK_FROM, PROVISIONAL_BELOW, SpcStates, assurance, states, xmr_states
from analytics.spc.versions import History, LimitState, LimitVersion, holding, limit_state, lines_on, locked

__all__ = (
    "EXACT_FACTOR",
    "LOCK_FROM",
    "LOW",
    "MDC_FACTOR",
    "PROVISIONAL_BELOW",
    "SIDELESS",
    "Assurance",
    "Baseline",
    "Between",
    "Candidate",
    "Chart",
    "Cusum",
    "Finding",
    "History",
    "Kind",
    "LimitState",
    "LimitVersion",
    "Lines",
    "Phase",
    "Rule",
    "RuleSet",
    "Runs",
    "SpcStates",
    "Suggestion",
    "Variation",
    "Verdict",
    "XmrChart",
    "XmrLimits",
    "assurance",
    "baseline",
    "bernoulli_cusum",
    "chart",
    "days_between",
    "describe",
    "figures",
    "holding",
    "is_low",
    "kind_of",
    "limit_state",
    "lines",
    "lines_on",
    "locked",
    "median_runs",
    "rule_of",
    "run_limits",
    "sentence",
    "states",
    "suggest_phases",
    "why",
    "xmr_chart",
    "xmr_limits",
    "xmr_states",
)
