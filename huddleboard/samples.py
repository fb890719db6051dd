"""Invented pages for the style guide and for looking at templates without a database. Fixed seed: always the same."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from boards.charts import ChartPoint, control_chart, strata_chart
from boards.glyphs import calendar_summary, letter_svg
from boards.pages import (
    BoardPage,
    Cell,
    ChartNote,
    Contributor,
    Crumb,
    LetterCalendar,
    MeasurePage,
    PointRow,
    ReasonCount,
    StrataTable,
    StratumRow,
    TileView,
    UnitLink,
)
from boards.rules import Status
from boards.sparks import Point, spark_svg

DAY = date(2026, 11, 21)
LETTERS = (
    ("S", "Safety", Status.MISSED),
    ("Q", "Quality", Status.MET),
    ("D", "Delivery", Status.AT_RISK),
    ("C", "Cost", Status.MET),
    ("P", "People", Status.NO_DATA),
    ("E", "Equity", Status.MISSED),
)
NAMES = (
    ("S", "Falls with harm", "per 1,000 patient days", 2.5),
    ("S", "Days since last serious safety event", "days", 41),
    ("S", "Medication events reported (more seen is good)", "events", 6),
    ("Q", "Door-to-analgesia within 60 minutes for long-bone fracture", "%", 70),
    ("Q", "Hand hygiene observed", "%", 92),
    ("Q", "Pressure injuries, hospital-acquired", "per 1,000 patient days", 1.1),
    ("D", "Discharges before noon", "%", 24),
    ("D", "Median minutes from bed request to bed", "min", 138),
    ("C", "Overtime hours", "hours", 112),
    ("C", "Blood products wasted", "units", 3),
    ("P", "Shifts filled as planned", "%", 95),
    ("P", "Staff injuries", "injuries", 0.4),
    ("E", "Interpreter used at consent", "%", 81),
    ("E", "Asked for preferred language", "%", 97),
)
SENTENCES = (
    ("common", "hit_or_miss", "Usual variation. The target is met on some days and missed on others."),
    (
        "worse_high",
        "fails",
        "Seven days above the usual level: something has changed. The target will not be met by chance.",
    ),
    ("better_low", "passes", "Lower than usual, which is better. The target is met reliably."),
    ("other_high", "", "More than usual. Whether that is good is not set for this measure."),
    ("better_high", "hit_or_miss", "A steady rise over seven days, which is better."),
    ("worse_low", "fails", "One day far below the usual range."),
)


def _status(draw: random.Random) -> Status:
    return draw.choices(
        (Status.MET, Status.MISSED, Status.NO_DATA, Status.AT_RISK, Status.NOT_DUE), weights=(64, 18, 6, 5, 7)
    )[0]


def cells(seed: int, *, linked: bool = True) -> Sequence[Cell]:
    """A month of cells up to `DAY`; later days are not due."""
    draw = random.Random(seed)
    return tuple(
        Cell(
            day=(day := DAY.replace(day=number)),
            status=_status(draw) if day <= DAY else Status.NOT_DUE,
            today=day == DAY,
            url=f"?day={day.isoformat()}" if linked and day <= DAY else "",
        )
        for number in range(1, 31)
    )


def letters(*, linked: bool = True) -> tuple[LetterCalendar, ...]:
    """The six letters with a month each."""
    found = []
    for index, (code, name, status) in enumerate(LETTERS):
        month = cells(index + 7, linked=linked)
        summary = calendar_summary(month)
        found.append(LetterCalendar(code, name, letter_svg(code, month, f"{name}. {summary}"), summary, status, month))
    return tuple(found)


def spark(seed: int, level: float, *, shift: int = 0) -> str:
    """Ninety days around `level`, with a gap, and for `shift` a run of flagged days at the end."""
    draw = random.Random(seed)
    spread = level / 8 or 1
    values: list[float | None] = [draw.gauss(level, spread) for _ in range(90)]
    values[30:33] = [None] * 3
    flags = [Point.USUAL] * 90
    if shift:
        values[-8:] = [draw.gauss(level + 1.6 * spread * (1 if shift > 1 else -1), spread / 2) for _ in range(8)]
        flags[-8:] = [Point.WORSE if shift > 1 else Point.BETTER] * 8
    return spark_svg(values, level - 3 * spread, level, level + 3 * spread, level + spread, flags)


def tile(index: int, *, status: Status, needs_reason: bool = False) -> TileView:
    """One tile; `index` chooses name, sentence and drawing."""
    letter, name, unit, level = NAMES[index % len(NAMES)]
    variation, assurance, sentence = SENTENCES[index % len(SENTENCES)]
    missing = status is Status.NO_DATA
    return TileView(
        measure_id=index + 1,
        name=name,
        letter=letter,
        role="driver",
        url="/styleguide/measure/",
        value="–" if missing else f"{level:g}",
        unit_text="" if missing else unit,
        counts="" if missing or "day" in unit else "132 of 151",
        target=f"≥ {level + 2:g} {unit if unit == '%' else ''}".strip(),
        status=status.value,
        status_text=str(status.label),
        variation="" if missing else variation,
        assurance="" if missing else assurance,
        sentence="No number has come in for this day." if missing else sentence,
        spark=spark(index, level, shift=(0, 2, 1, 0, 1, 2)[index % 6]),
        age="stale since 18 Nov" if missing else "yesterday",
        stale=missing,
        corrected=index == 4,
        gap="Spanish 53 %, English 76 %: 23 points apart, wider than a month ago." if index in {3, 12} else "",
        definition="Share of patients with a long-bone fracture who get analgesia within 60 minutes of arrival.",
        numerator_text="patients treated in time",
        denominator_text="patients with a long-bone fracture",
        direction_text="higher is better",
        source="EHR extract, 05:30",
        coverage="5 of 6 units" if index % 5 == 2 else "",
        reason="No interpreter on nights; iPad requested" if status is Status.MISSED and not needs_reason else "",
        needs_reason=needs_reason,
        changed=index == 8,
    )


def board() -> BoardPage:
    """A board with every state on it."""
    reds = tuple(tile(index, status=Status.MISSED, needs_reason=True) for index in (1, 3, 6))
    drivers = tuple(
        tile(index, status=status)
        for index, status in (
            (0, Status.MET), (2, Status.SEEN), (4, Status.MET), (5, Status.MISSED), (7, Status.AT_RISK),
            (8, Status.MET),
            (9, Status.NO_DATA), (10, Status.MET), (12, Status.MISSED),
        )
    )  # fmt: skip
    watched = tuple(tile(index, status=Status.MET) for index in range(13, 31))
    return BoardPage(
        unit_id=5,
        unit_name="5 West – Cardiology and Telemetry",
        tier_name="Tier 1 · Unit",
        organisation_name="Harbor Valley Health",
        synthetic=True,
        crumbs=(
            Crumb("Executive team", "#"),
            Crumb("Nursing and clinical", "#"),
            Crumb("Medicine", "#"),
        ),
        day=DAY,
        day_text="Saturday 21 November 2026",
        is_latest=True,
        previous_url=f"?day={DAY - timedelta(days=1)}",
        next_url="",
        next_huddle="07:00, in 22 minutes",
        freshness="28 of 30 measures are in; newest 06:12",
        letters=letters(),
        reds=reds,
        drivers=drivers,
        watched=watched,
        reasons=(
            ReasonCount("Staffing below plan", 9, 45.0, 45.0),
            ReasonCount("Interpreter not available", 5, 25.0, 70.0),
            ReasonCount("Equipment missing or broken", 4, 20.0, 90.0),
            ReasonCount("Other", 2, 10.0, 100.0),
        ),
        children=(
            UnitLink("5 West A", "#", "5WA", 21, 3, 1),
            UnitLink("5 West B", "#", "5WB", 25, 0, 0),
        ),
        may_enter=True,
        may_explain=True,
        version="sample",
        live_url="",
        explain_url="/styleguide/reason/",
        entry_url="#",
        wall_url="/styleguide/wall/",
    )


def _points() -> tuple[ChartPoint, ...]:
    draw = random.Random(3)
    found = []
    for index in range(-180, 120):
        day = DAY - timedelta(days=119 - index)
        value: float | None = draw.gauss(61 if index < 100 else 71, 4.2)
        if index in {40, 41}:
            value = None
        kind = "better" if index >= 100 else "worse" if index == 66 else "usual"
        if index == 66:
            value = 46.2
        found.append(
            ChartPoint(
                day=day,
                value=value,
                lower=49.0,
                mean=61.2,
                upper=73.4,
                target=73.2,
                kind=kind,
                period_text=f"{day:%d %b %Y}",
                value_text="–" if value is None else f"{value:.1f} %",
                counts="" if value is None else "23 of 35",
                flag={"better": "seven days above the usual level", "worse": "outside the limits"}.get(kind, ""),
            )
        )
    return tuple(found)


def strata() -> StrataTable:
    """Five groups by language: one hidden, one hidden with it, one unknown."""

    def row(
        name: str, state: str, counts: tuple[int, int] | None, hidden: str = "", *, reference: bool = False
    ) -> StratumRow:
        if counts is None:
            return StratumRow(name, state, "", "", "", None, None, None, hidden)
        low, point, high = (100 * float(bound) for bound in _wilson(*counts))
        return StratumRow(
            name, state, str(counts[0]), str(counts[1]), f"{point:.0f} %", low, point, high, "", reference
        )

    return StrataTable(
        dimension="Preferred language",
        dimension_code="language",
        window_text="August – October 2026",
        rows=(
            row("English", "known", (638, 840), reference=True),
            row("Spanish", "known", (101, 190)),
            row("Haitian Creole", "known", None, "small"),
            row("Other languages", "known", None, "complementary"),
            row("Language unknown", "unknown", (24, 41)),
        ),
        total=row("All", "known", (806, 1142)),
        note="Two groups are hidden: one has fewer than 11 cases, the other would tell it.",
        known_share="96 %",
    )


def _wilson(x: int, n: int, z: float = 1.96) -> tuple[float, float, float]:
    share = x / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * ((share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5)
    return middle - half, share, middle + half


def measure() -> MeasurePage:
    """The measure page of the equity thread."""
    points = _points()
    notes = ((DAY - timedelta(days=20), "Interpreter icon on the triage screen"),)
    table = strata()
    shown = tile(3, status=Status.AT_RISK)
    shown = replace(
        shown,
        variation="better_high",
        assurance="hit_or_miss",
        sentence="Twenty days above the usual level: a change for the better. The target is met on some days.",
        target="≥ 73.2 %",
        value="70.4",
        counts="38 of 54",
    )
    return MeasurePage(
        unit_id=5,
        unit_name="Emergency department",
        crumbs=(Crumb("Executive team", "#"), Crumb("Emergency and critical care", "#"), Crumb("ED", "/styleguide/")),
        measure_id=4,
        name="Door-to-analgesia within 60 minutes",
        question="Do patients with a broken long bone get pain relief in time, whatever language they speak?",
        tile=shown,
        chart=control_chart(points, unit_text="%", target_text="target 73.2 %", notes=notes),
        points=tuple(
            PointRow(
                point.day, point.period_text, point.value_text, point.counts.partition(" of ")[0],
                point.counts.partition(" of ")[2], "73.2 %", "no_data" if point.value is None else "missed",
                point.flag, "", corrected=False, note="",
            )
            for point in reversed(points[-30:])
        ),
        dimensions=(("language", "Language", "?by=language"),
            ("race", "Race and ethnicity", "?by=race"),
            ("payer", "Payer", "?by=payer"),
        ),
        strata=table,
        strata_chart=strata_chart(table, unit_text="%"),
        contributors=(
            Contributor("ED triage", "#", "72.0 %", "18 of 25", "at_risk", "yesterday"),
            Contributor("ED fast track", "#", "69.0 %", "20 of 29", "missed", "yesterday"),
        ),
        hidden_contributors=1,
        notes=[ChartNote(i, day, text, erasable=True) for i, (day, text) in enumerate(notes)],
        synthetic=True,
        may_annotate=True,
        downloads={"png": "#", "svg": "#", "csv": "#"},
        annotate_url="#",
    )  # fmt: skip
