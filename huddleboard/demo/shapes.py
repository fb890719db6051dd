"""How each measure of the demo behaves: level, volume, rhythm, noise. Data only.

Invented figures of a believable size; none is taken from a hospital.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

FLAT: Final = (1.0,) * 7
#: Monday to Sunday.
WARD: Final = (1.02, 1.05, 1.05, 1.03, 1.0, 0.92, 0.93)
DISCHARGES: Final = (0.95, 1.05, 1.1, 1.1, 1.25, 0.85, 0.7)
EMERGENCY: Final = (1.13, 1.02, 0.98, 0.96, 0.97, 0.95, 0.99)
SURGERY: Final = (1.15, 1.22, 1.2, 1.18, 1.05, 0.62, 0.58)
CLINIC: Final = (1.1, 1.05, 1.0, 1.0, 0.85, 0.0, 0.0)

#: Few different lists of groups: a snapshot reads each list of a day in one statement.
ALL_GROUPS: Final = ("language", "race_ethnicity", "sex", "age_band", "payer")
BOTH: Final = ("language", "race_ethnicity")
OF_STAFF: Final = ("staff_job_family", "staff_race_ethnicity", "staff_sex", "staff_age_band")


@dataclass(frozen=True, slots=True)
class Shape:
    """`level` in the measure's own unit (a share as 0–1); `volume` denominators a day per unit of `Place.size`.

    `events`: the numerator counts rare events, else it is a quantity. `spread` between units, `noise` from day to day,
    `drift` over all the history: on the logit scale for shares, relative otherwise. `gaps`: dimension → category →
    shift of the same scale. `crossed`: race and ethnicity by language is sent too.
    """

    level: float
    volume: float = 0.0
    rhythm: tuple[float, ...] = FLAT
    events: bool = False
    spread: float = 0.05
    noise: float = 0.08
    drift: float = 0.0
    groups: tuple[str, ...] = ()
    gaps: Mapping[str, Mapping[str, float]] | None = None
    crossed: bool = False
    only_interpreted: bool = False


_LANGUAGE_GAP: Final = {"language": {"es": -0.35, "zh": -0.3, "vi": -0.3, "other": -0.4, "ase": -0.2}}
_SMALL_GAP: Final = {"language": {"es": -0.12, "zh": -0.1, "vi": -0.1, "other": -0.12}}
_WAIT_GAP: Final = {"language": {"es": 0.1, "zh": 0.08, "vi": 0.08, "other": 0.12}, "race_ethnicity": {"2054-5": 0.05}}
_SHOW_GAP: Final = {
    "language": {"es": 0.25, "other": 0.2},
    "race_ethnicity": {"2054-5": 0.2},
    "payer": {"2": 0.08, "81": 0.1, "1": -0.05},
}
#: Aides, food and cleaning lift and are stuck more often than others.
_INJURY_GAP: Final = {
    "staff_job_family": {"support_of_care": 0.5, "environment_food": 0.6, "facilities_transport": 0.4, "office": -1.3}
}
_RESTRAINT_GAP: Final = {"race_ethnicity": {"2054-5": 0.35}, "language": {"es": 0.2, "other": 0.25}}

SHAPES: Final[Mapping[str, Shape]] = {
    "falls_rate": Shape(2.6, 0.88, WARD, events=True, groups=ALL_GROUPS, drift=-0.1, spread=0.15),
    "pressure_injury_rate": Shape(1.4, 0.88, WARD, events=True, groups=ALL_GROUPS, spread=0.15),
    "hand_hygiene": Shape(0.885, 0.75, noise=0.12, drift=0.25, spread=0.15),
    "pain_reassessed": Shape(
        0.845, 1.3, WARD, groups=ALL_GROUPS, gaps=_SMALL_GAP, crossed=True, drift=0.1, spread=0.15
    ),
    "med_scan": Shape(0.962, 6.5, WARD, noise=0.1, drift=0.1, spread=0.15),
    "vte_prophylaxis": Shape(0.94, 0.9, WARD, groups=ALL_GROUPS),
    "sepsis_antibiotic": Shape(0.82, 0.16, groups=BOTH, gaps=_LANGUAGE_GAP),
    "line_bundle": Shape(0.945, 0.55, spread=0.15),
    "discharge_before_noon": Shape(0.20, 0.24, DISCHARGES, groups=ALL_GROUPS, spread=0.15),
    "overtime_share": Shape(0.045, 13.5, WARD, noise=0.16, spread=0.1),
    "staffing_hppd": Shape(0.998, 9.4, WARD, noise=0.028, spread=0.006),
    "interpreter_lep": Shape(0.80, 0.22, WARD, groups=("language",), only_interpreted=True, noise=0.15, spread=0.15),
    "sdoh1": Shape(0.81, 0.5, groups=ALL_GROUPS, gaps=_SMALL_GAP, drift=0.4),
    "reall_completeness": Shape(0.92, 0.55, drift=0.3),
    "restraint_use": Shape(52.0, 0.9, events=True, groups=BOTH, gaps=_RESTRAINT_GAP),
    "transfer_out_minutes": Shape(140.0, 0.24, DISCHARGES, noise=0.2, spread=0.15),
    "serious_event_days": Shape(1 / 260),
    "good_catches": Shape(0.022, 1.0, WARD, events=True, spread=0.3, drift=0.35),
    "dispensing_errors": Shape(2.0, 14.0, events=True),
    "door_to_analgesia": Shape(0.61, 0.021, groups=ALL_GROUPS, crossed=True, gaps={"race_ethnicity": {"2054-5": -0.3}}),
    "ed_lwbs": Shape(0.022, 1.0, EMERGENCY, groups=ALL_GROUPS, gaps=_SHOW_GAP, crossed=True, noise=0.2),
    "ed_los_discharged": Shape(168.0, 0.72, EMERGENCY, groups=BOTH, gaps=_WAIT_GAP, noise=0.07),
    "ed_boarding": Shape(0.245, 0.21, EMERGENCY, groups=BOTH, noise=0.2),
    "workplace_violence": Shape(4.4, 1.0, EMERGENCY, events=True),
    "surgical_pause": Shape(0.975, 1.0, SURGERY),
    "or_first_case": Shape(0.79, 0.42, SURGERY, noise=0.2),
    "or_turnaround": Shape(30.5, 0.75, SURGERY, noise=0.08),
    "or_cancel": Shape(0.036, 1.0, SURGERY, groups=BOTH, gaps=_SHOW_GAP),
    "supply_waste": Shape(54.0, 1.0, SURGERY, noise=0.12),
    "absence": Shape(0.046, 0.55, spread=0.1, noise=0.22),
    "hemorrhage_risk": Shape(0.965, 0.55, groups=BOTH),
    "ob_triage": Shape(17.5, 0.9, groups=BOTH, gaps=_WAIT_GAP, noise=0.14),
    "exclusive_milk": Shape(0.64, 0.6, groups=BOTH),
    "no_show": Shape(0.128, 1.0, CLINIC, groups=ALL_GROUPS, gaps=_SHOW_GAP, crossed=True, noise=0.13, spread=0.15),
    "third_next": Shape(7.4, 0.11, CLINIC, noise=0.1, spread=0.15),
    "bp_recheck": Shape(0.80, 0.22, CLINIC, groups=ALL_GROUPS, gaps=_SMALL_GAP),
    "unused_slots": Shape(0.058, 1.15, CLINIC, noise=0.18),
    "med_history": Shape(0.865, 0.21, groups=ALL_GROUPS, gaps=_SMALL_GAP),
    "first_dose_minutes": Shape(39.0, 0.12, noise=0.1),
    "drug_waste": Shape(36.0, 0.14, noise=0.12),
    "staff_injuries": Shape(0.0011, 1.0, events=True, spread=0.1),
    "translated_labels": Shape(
        0.87, 0.09, groups=("language",), only_interpreted=True, gaps={"language": {"vi": -0.4}}
    ),
    "room_audit": Shape(0.895, 0.6),
    "bed_clean_minutes": Shape(58.0, 0.85, DISCHARGES, noise=0.1),
    "clean_ontime": Shape(0.905, 1.6, noise=0.12),
    "imaging_repeat": Shape(0.026, 1.0, noise=0.1),
    "ct_report_minutes": Shape(66.0, 0.17, noise=0.14),
    "ntsv_cesarean": Shape(0.255, 0.16, groups=BOTH, gaps={"race_ethnicity": {"2054-5": 0.3}}),
    "bp_control": Shape(0.675, 0.3, groups=ALL_GROUPS, gaps=_LANGUAGE_GAP, drift=0.15, noise=0.03),
    "hcahps_nurse_comm": Shape(0.80, 0.05, groups=BOTH, gaps=_LANGUAGE_GAP),
    "cauti_rate": Shape(0.9, 0.5, events=True),
    # Of staff; the volume is for each colleague and day: hires, people in post, hours, answers to a survey.
    "staff_retention": Shape(0.80, 0.00062, groups=OF_STAFF, noise=0.05),
    "staff_promotion": Shape(0.0185, 0.0295, groups=OF_STAFF, gaps={"staff_sex": {"female": -1.0}}, noise=0.05),
    "staff_injury_rate": Shape(5.4, 4.9, events=True, groups=OF_STAFF, gaps=_INJURY_GAP, noise=0.1),
    "staff_experience": Shape(0.71, 0.0061, groups=OF_STAFF, noise=0.03),
}
