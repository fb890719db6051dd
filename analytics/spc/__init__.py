"""Statistical process control as the NHS *Making Data Count* programme teaches it, for many series at once."""

from analytics.spc.charts import XmrChart, xmr_chart
from analytics.spc.codes import LOW, Assurance, Rule, Variation, is_low, rule_of
from analytics.spc.findings import Finding, describe, sentence
from analytics.spc.limits import MDC_FACTOR, XmrLimits, xmr_limits
from analytics.spc.states import SpcStates, xmr_states

__all__ = (
    "LOW",
    "MDC_FACTOR",
    "Assurance",
    "Finding",
    "Rule",
    "SpcStates",
    "Variation",
    "XmrChart",
    "XmrLimits",
    "describe",
    "is_low",
    "rule_of",
    "sentence",
    "xmr_chart",
    "xmr_limits",
    "xmr_states",
)
