"""What people of the demo hospital wrote: why a day was red and what is done, and words on charts."""

import zlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from boards.models import Annotation, BoardMeasure, Measure, ReasonCode, RedReason, Snapshot
from boards.rules import STATUS_CODES, MeasureRole, Status
from huddleboard.demo.causes import Note
from org.models import Organisation, Unit, User

#: The share of red days that got a reason; the last day waits for its huddle.
EXPLAINED: Final = 0.86

_USUAL: Final = ("staffing", "demand", "method", "documentation", "patient", "other_department", "other")
_REASONS: Final[Mapping[str, Sequence[str]]] = {
    "interpreter_lep": ("interpreter", "interpreter", "it_down", "demand", "documentation"),
    "translated_labels": ("interpreter", "it_down", "method"),
    "discharge_before_noon": ("transport", "other_department", "patient", "documentation", "method"),
    "transfer_out_minutes": ("no_bed", "no_bed", "transport", "staffing"),
    "ed_boarding": ("no_bed", "no_bed", "staffing", "demand"),
    "ed_lwbs": ("demand", "demand", "staffing", "no_bed"),
    "ed_los_discharged": ("demand", "other_department", "no_bed", "equipment"),
    "door_to_analgesia": ("demand", "interpreter", "method", "staffing"),
    "ct_report_minutes": ("equipment", "equipment", "demand", "staffing"),
    "or_first_case": ("method", "documentation", "patient", "transport", "equipment"),
    "or_turnaround": ("supplies", "staffing", "equipment"),
    "or_cancel": ("patient", "method", "no_bed"),
    "supply_waste": ("method", "supplies"),
    "first_dose_minutes": ("transport", "staffing", "supplies"),
    "overtime_share": ("staffing", "demand"),
    "staffing_hppd": ("staffing", "staffing", "demand"),
    "absence": ("staffing", "other"),
    "no_show": ("transport", "interpreter", "patient", "other"),
    "bed_clean_minutes": ("staffing", "demand", "method"),
}
_ANSWERS: Final[Mapping[str, Sequence[str]]] = {
    "staffing": (
        "Float from the pool asked for",
        "Break cover agreed with the next unit",
        "Skill mix set for tomorrow",
    ),
    "demand": ("Surge plan step 1 opened", "Second triage nurse from 11:00", "Discharges named at 08:00"),
    "equipment": ("Ticket opened, loan device fetched", "Vendor called", "Checked every morning this week"),
    "supplies": ("Par level raised", "Supply asked for a second delivery", "Substitute agreed"),
    "method": ("Standard read at the huddle", "Checklist tried on one shift", "K-card on it this week"),
    "interpreter": (
        "Video unit kept on the unit",
        "Interpreter booked the day before",
        "Phone line number on the wall",
    ),
    "transport": ("Transport asked to come at 10:00", "Family called the evening before", "Own porter until noon"),
    "other_department": ("Talked with them after the huddle", "Order set the evening before", "Asked at tier 2"),
    "no_bed": ("Bed meeting at 16:30", "Two beds opened on step-down", "Asked at tier 2"),
    "it_down": ("Ticket opened, paper used", "Downtime sheet renewed"),
    "documentation": ("Charted after the fact, reminder set", "Field moved to the first screen"),
    "patient": ("None needed", "Plan changed with the family"),
    "other": ("Looked at again tomorrow", "None needed"),
}


def _choice(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def explain_reds(
    organisation: Organisation,
    last: date,
    leads: Mapping[str, User],
    seed: int,
    zone: ZoneInfo,
) -> int:
    """Give most red days of measures that are worked on a reason and a countermeasure; returns how many.

    Days before the last one only: the reds of the last day wait for the morning's huddle.
    """
    rng = np.random.default_rng([seed, zlib.crc32(b"reasons")])
    reasons = dict(ReasonCode.objects.filter(organisation=organisation).values_list("code", "id"))
    worked_on = {
        (unit, measure): (code, unit_code)
        for unit, measure, code, unit_code in BoardMeasure.objects.filter(
            unit__organisation=organisation, role=MeasureRole.DRIVER, reports=True
        ).values_list("unit_id", "measure_id", "measure__code", "unit__code")
    }
    reds = (
        Snapshot.objects.filter(organisation=organisation, status=STATUS_CODES[Status.MISSED], day__lt=last)
        .order_by("day", "unit_id", "measure__code")
        .values_list("day", "unit_id", "measure_id")
    )
    rows = []
    for day, unit, measure in reds:
        if (unit, measure) not in worked_on or rng.random() > EXPLAINED:
            continue
        code, unit_code = worked_on[unit, measure]
        reason = _choice(_REASONS.get(code, _USUAL), rng)
        morning = datetime.combine(day + timedelta(days=1), time(7, int(rng.integers(2, 13))), zone)
        rows.append(
            RedReason(
                unit_id=unit,
                measure_id=measure,
                day=day,
                reason_id=reasons[reason],
                countermeasure=_choice(_ANSWERS[reason], rng),
                entered_by=leads.get(unit_code),
                entered_at=morning.astimezone(UTC),
            )
        )
    RedReason.objects.bulk_create(rows, batch_size=5000)
    return len(rows)


def annotate(
    notes: Sequence[Note],
    units: Mapping[str, Unit],
    measures: Mapping[str, Measure],
    leads: Mapping[str, User],
    first: date,
) -> int:
    """Write the words on the charts of units of this house; returns how many."""
    rows = [
        Annotation(
            unit=units[note.unit],
            measure=measures[note.measure],
            day=note.day,
            text=note.text,
            written_by=leads.get(note.unit),
            written_at=datetime.combine(note.day, time(15), UTC),
        )
        for note in notes
        if note.unit in units and note.day >= first
    ]
    Annotation.objects.bulk_create(rows)
    return len(rows)
