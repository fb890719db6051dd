"""What happened at Harbor Valley: special causes, tests of change, and the words that stand on the charts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that moved `measures` of `units` (none: all) from `first` to `last`, both included.

    `shift` is on the logit scale for shares and relative for the rest; a `lasting` one grows over its days and stays.
    """

    first: date
    last: date
    measures: tuple[str, ...]
    units: tuple[str, ...]
    shift: float
    lasting: bool = False

    def over(self, days: NDArray[np.datetime64]) -> NDArray[np.float64]:
        """The shift on each of `days` (n,)."""
        begin, end = np.datetime64(self.first), np.datetime64(self.last)
        if not self.lasting:
            return np.where((days >= begin) & (days <= end), self.shift, 0.0)
        length = max(int((end - begin).astype(int)), 1)
        grown = (days - begin).astype(int) / length
        return self.shift * np.clip(grown, 0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Note:
    """A word on a chart."""

    unit: str
    measure: str
    day: date
    text: str


def flu_start(last: date) -> date:
    """The 10th of January of the latest winter that is over."""
    year = last.year if last >= date(last.year, 3, 1) else last.year - 1
    return date(year, 1, 10)


def causes(last: date) -> Sequence[Cause]:
    """All that happened in the thirteen months that end with `last`."""

    def ago(days: int) -> date:
        return last - timedelta(days=days)

    flu = flu_start(last)
    surge = (flu, flu + timedelta(days=34))
    return (
        Cause(*surge, ("ed_lwbs",), ("ED",), 0.75),
        Cause(*surge, ("ed_los_discharged", "transfer_out_minutes"), (), 0.22),
        Cause(*surge, ("ed_boarding",), ("ED",), 0.7),
        Cause(*surge, ("absence", "overtime_share"), (), 0.3),
        Cause(*surge, ("staffing_hppd",), (), -0.025),
        Cause(*surge, ("pain_reassessed",), ("4W", "4E", "5W", "PED"), -0.25),
        Cause(ago(41), ago(40), ("ct_report_minutes",), ("IMG",), 1.05),
        Cause(ago(41), ago(40), ("ed_los_discharged",), ("ED",), 0.38),
        Cause(ago(41), ago(40), ("ed_lwbs",), ("ED",), 0.9),
        Cause(ago(1), ago(0), ("ct_report_minutes",), ("IMG",), 0.5),
        Cause(ago(128), ago(107), ("staffing_hppd",), ("5W",), -0.09),
        Cause(ago(128), ago(107), ("overtime_share",), ("5W",), 0.65),
        Cause(ago(128), ago(107), ("falls_rate",), ("5W",), 0.9),
        Cause(ago(128), ago(107), ("pain_reassessed", "med_scan"), ("5W",), -0.6),
        Cause(ago(150), ago(128), ("discharge_before_noon",), ("4W",), 0.62, lasting=True),
        Cause(ago(95), ago(80), ("or_first_case",), ("OR",), 0.5, lasting=True),
        Cause(ago(210), ago(190), ("no_show",), ("NSC",), -0.4, lasting=True),
        Cause(ago(18), ago(0), ("falls_rate",), ("3E",), -0.25),
        Cause(ago(12), ago(6), ("hand_hygiene",), ("SICU",), -0.7),
        Cause(ago(66), ago(60), ("first_dose_minutes",), ("PHA",), 0.35),
    )


def notes(last: date) -> Sequence[Note]:
    """Words on charts, without the name of anybody."""

    def ago(days: int) -> date:
        return last - timedelta(days=days)

    flu = flu_start(last)
    return (
        Note("ED", "ed_lwbs", flu, "Flu surge begins"),
        Note("ED", "ed_los_discharged", flu, "Flu surge begins"),
        Note("ED", "ed_los_discharged", ago(41), "CT down for two days"),
        Note("IMG", "ct_report_minutes", ago(41), "CT down for two days"),
        Note("IMG", "ct_report_minutes", ago(1), "CT slow again, vendor called"),
        Note("5W", "staffing_hppd", ago(128), "Six nurses short at once"),
        Note("5W", "overtime_share", ago(128), "Six nurses short at once"),
        Note("5W", "staffing_hppd", ago(106), "Float pool agreed with 4 East"),
        Note("4W", "discharge_before_noon", ago(150), "PDSA 1: discharge orders the evening before"),
        Note("4W", "discharge_before_noon", ago(128), "Adopted on all shifts"),
        Note("OR", "or_first_case", ago(95), "PDSA 2: consent checked at the pre-op visit"),
        Note("NSC", "no_show", ago(210), "Reminder calls in the patient's language"),
        Note("3E", "falls_rate", ago(18), "PDSA 2: walk with every patient at 14:00, six weeks"),
        Note("PHA", "first_dose_minutes", ago(66), "Tube system out for a week"),
    )
