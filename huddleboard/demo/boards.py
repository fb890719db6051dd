"""Which measures stand on which boards, and their targets. Data only; numbers behind them in `shapes`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from huddleboard.demo.places import Place

#: Board of a unit → its eight daily measures, in the order of the board. The first of each letter is worked on.
DAILY: Final[Mapping[str, Sequence[str]]] = {
    "ward": (
        "falls_rate", "hand_hygiene", "pain_reassessed", "med_scan", "discharge_before_noon", "overtime_share",
        "staffing_hppd", "interpreter_lep",
    ),
    "ward_clots": (
        "falls_rate", "hand_hygiene", "pain_reassessed", "vte_prophylaxis", "discharge_before_noon", "overtime_share",
        "staffing_hppd", "interpreter_lep",
    ),
    "ward_skin": (
        "pressure_injury_rate", "falls_rate", "pain_reassessed", "med_scan", "discharge_before_noon", "overtime_share",
        "staffing_hppd", "interpreter_lep",
    ),
    "ward_sepsis": (
        "falls_rate", "hand_hygiene", "sepsis_antibiotic", "med_scan", "discharge_before_noon", "overtime_share",
        "staffing_hppd", "interpreter_lep",
    ),
    "ward_needs": (
        "falls_rate", "hand_hygiene", "med_scan", "discharge_before_noon", "overtime_share", "staffing_hppd", "sdoh1",
        "reall_completeness",
    ),
    "icu": (
        "serious_event_days", "pressure_injury_rate", "line_bundle", "sepsis_antibiotic", "transfer_out_minutes",
        "overtime_share", "staffing_hppd", "restraint_use",
    ),
    "emergency": (
        "serious_event_days", "door_to_analgesia", "ed_lwbs", "ed_los_discharged", "ed_boarding", "overtime_share",
        "workplace_violence", "interpreter_lep",
    ),
    "rooms": (
        "serious_event_days", "surgical_pause", "or_first_case", "or_turnaround", "or_cancel", "supply_waste",
        "absence", "interpreter_lep",
    ),
    "recovery": (
        "good_catches", "hand_hygiene", "pain_reassessed", "med_scan", "transfer_out_minutes", "overtime_share",
        "absence", "interpreter_lep",
    ),
    "birth": (
        "serious_event_days", "hand_hygiene", "hemorrhage_risk", "ob_triage", "overtime_share", "staffing_hppd",
        "interpreter_lep", "reall_completeness",
    ),
    "newborn": (
        "falls_rate", "hand_hygiene", "exclusive_milk", "med_scan", "discharge_before_noon", "overtime_share",
        "staffing_hppd", "interpreter_lep",
    ),
    "nicu": (
        "serious_event_days", "hand_hygiene", "line_bundle", "exclusive_milk", "transfer_out_minutes",
        "overtime_share", "staffing_hppd", "reall_completeness",
    ),
    "clinic": (
        "good_catches", "hand_hygiene", "bp_recheck", "no_show", "third_next", "unused_slots", "absence",
        "interpreter_lep",
    ),
    "pharmacy": (
        "dispensing_errors", "good_catches", "med_history", "first_dose_minutes", "drug_waste", "absence",
        "staff_injuries", "translated_labels",
    ),
    "cleaning": (
        "good_catches", "hand_hygiene", "room_audit", "bed_clean_minutes", "clean_ontime", "overtime_share",
        "absence", "staff_injuries",
    ),
    "imaging": (
        "good_catches", "hand_hygiene", "imaging_repeat", "ct_report_minutes", "no_show", "overtime_share", "absence",
        "interpreter_lep",
    ),
}  # fmt: skip

#: Unit → measures that it also reports, weekly or monthly.
SLOWER: Final[Mapping[str, Sequence[str]]] = {
    "LD": ("ntsv_cesarean",),
    "HSC": ("bp_control",),
    "NSC": ("bp_control",),
    "4W": ("hcahps_nurse_comm",),
    "5W": ("hcahps_nurse_comm",),
    "3W": ("hcahps_nurse_comm",),
    "MICU": ("cauti_rate",),
    "SICU": ("cauti_rate",),
}

#: What upper tiers look at, most wanted first; each takes what its units report, at most `UPPER_LIMIT`.
UPPER: Final = (
    "serious_event_days", "falls_rate", "door_to_analgesia", "hand_hygiene", "ed_lwbs", "discharge_before_noon",
    "overtime_share", "staffing_hppd", "interpreter_lep", "no_show", "or_first_case", "absence", "sepsis_antibiotic",
    "restraint_use", "pain_reassessed", "med_history", "ct_report_minutes", "bed_clean_minutes", "exclusive_milk",
    "translated_labels", "ntsv_cesarean", "workplace_violence", "staff_injuries", "good_catches", "drug_waste",
    "unused_slots", "transfer_out_minutes", "ed_boarding", "bp_control", "cauti_rate",
)  # fmt: skip
UPPER_LIMIT: Final = 12


@dataclass(frozen=True, slots=True)
class Aim:
    """A target: `unit` "" for all; `months` ago it began (None: before all numbers); a band has `high`."""

    measure: str
    value: float
    unit: str = ""
    high: float | None = None
    warning: float | None = None
    months: int | None = None


AIMS: Final = (
    Aim("falls_rate", 3.0),
    Aim("pressure_injury_rate", 1.5),
    Aim("hand_hygiene", 81.0, warning=84.0),
    Aim("hand_hygiene", 85.0, unit="MICU"),
    Aim("pain_reassessed", 77.0, warning=80.0),
    Aim("med_scan", 94.0, warning=95.0),
    Aim("vte_prophylaxis", 88.0),
    Aim("sepsis_antibiotic", 60.0),
    Aim("line_bundle", 88.0),
    Aim("discharge_before_noon", 12.0, warning=16.0),
    Aim("discharge_before_noon", 22.0, unit="4W", months=5),
    Aim("overtime_share", 5.8, warning=5.5),
    Aim("staffing_hppd", 94.0, high=106.0),
    Aim("interpreter_lep", 68.0),
    Aim("sdoh1", 70.0),
    Aim("reall_completeness", 86.0, warning=90.0),
    Aim("restraint_use", 90.0),
    Aim("transfer_out_minutes", 190.0, warning=170.0),
    Aim("serious_event_days", 14.0),
    Aim("door_to_analgesia", 73.7, months=5),
    Aim("ed_lwbs", 3.5, warning=2.8),
    Aim("ed_los_discharged", 183.0),
    Aim("ed_boarding", 33.0),
    Aim("workplace_violence", 12.0),
    Aim("surgical_pause", 92.0),
    Aim("or_first_case", 72.0),
    Aim("or_turnaround", 33.0),
    Aim("or_cancel", 6.0),
    Aim("supply_waste", 62.0),
    Aim("absence", 6.4),
    Aim("hemorrhage_risk", 90.0),
    Aim("ob_triage", 20.5),
    Aim("exclusive_milk", 52.0),
    Aim("no_show", 17.0, warning=15.0),
    Aim("no_show", 9.0, unit="IMG"),
    Aim("third_next", 8.6),
    Aim("bp_recheck", 70.0),
    Aim("unused_slots", 8.0),
    Aim("dispensing_errors", 3.0),
    Aim("med_history", 80.0),
    Aim("first_dose_minutes", 44.0),
    Aim("drug_waste", 42.0),
    Aim("staff_injuries", 0.0),
    Aim("translated_labels", 78.0),
    Aim("room_audit", 84.0),
    Aim("bed_clean_minutes", 68.0, warning=64.0),
    Aim("clean_ontime", 86.0),
    Aim("imaging_repeat", 4.0),
    Aim("ct_report_minutes", 82.0),
    Aim("ntsv_cesarean", 30.0),
    Aim("bp_control", 62.0),
    Aim("hcahps_nurse_comm", 76.0),
    Aim("cauti_rate", 1.0),
)


def sent_by(rows: Sequence[Place]) -> dict[str, list[str]]:
    """Unit → measures that it reports, in the order of its board; units without a board are left out."""
    return {p.code: [*DAILY[p.board], *SLOWER.get(p.code, ())] for p in rows if p.board}
