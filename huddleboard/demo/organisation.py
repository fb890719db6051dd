"""The tree, the calendars and the boards of a demo organisation, written in sets."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange

from boards.models import BoardMeasure, Measure, Target
from boards.rules import MeasureRole
from huddleboard.demo import boards, places, staff
from huddleboard.demo.places import Place
from huddleboard.demo.story import months_before
from org import audit
from org.models import Calendar, CalendarHuddle, Holiday, Organisation, ReportingLine, Tier, Unit
from org.rules import child_path

ZONE: Final = "America/New_York"
#: Before the first number: everything has always been so.
LONG_AGO: Final = date(2020, 1, 1)
#: The position of the first measure of staff, behind all others.
_LAST: Final = 100


def holidays(year: int) -> dict[date, str]:
    """The six federal holidays on which clinics and offices of the demo close."""

    def weekday_of(month: int, weekday: int, number: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (number - 1))

    last_of_may = date(year, 5, 31)
    return {
        date(year, 1, 1): "New Year's Day",
        last_of_may - timedelta(days=last_of_may.weekday()): "Memorial Day",
        date(year, 7, 4): "Independence Day",
        weekday_of(9, 0, 1): "Labor Day",
        weekday_of(11, 3, 4): "Thanksgiving",
        date(year, 12, 25): "Christmas Day",
    }


def _calendars(organisation: Organisation, years: Sequence[int]) -> dict[str, Calendar]:
    made = {
        name: Calendar(organisation=organisation, name=name, weekdays=days, is_default=name == places.EVERY_DAY)
        for name, (days, _, _) in places.CALENDARS.items()
    }
    Calendar.objects.bulk_create(made.values())
    CalendarHuddle.objects.bulk_create(
        CalendarHuddle(calendar=made[name], weekday=weekday, starts_at=time.fromisoformat(starts), minutes=minutes)
        for name, (days, times, minutes) in places.CALENDARS.items()
        for weekday in range(7)
        if days >> weekday & 1
        for starts in times
    )
    Holiday.objects.bulk_create(
        Holiday(calendar=calendar, day=day, name=name, works=False)
        for calendar in made.values()
        if calendar.weekdays == places.WORK_DAYS
        for year in years
        for day, name in holidays(year).items()
    )
    return made


def make_organisation(
    slug: str,
    name: str,
    tiers: Sequence[tuple[int, str, str]],
    rows: Sequence[Place],
    last: date,
    at: datetime,
) -> tuple[Organisation, dict[str, Unit]]:
    """The organisation, marked as synthetic, and its units by code. Parents stand before children in `rows`."""
    organisation = Organisation.objects.create(name=name, slug=slug, time_zone=ZONE, is_synthetic=True)
    levels = {
        level: Tier(
            organisation=organisation, level=level, name=title, huddle_at=time.fromisoformat(starts) if starts else None
        )
        for level, title, starts in tiers
    }
    Tier.objects.bulk_create(levels.values())
    calendars = _calendars(organisation, range(last.year - 2, last.year + 2))
    units: dict[str, Unit] = {}
    for depth in sorted({p.tier for p in rows}, reverse=True):
        _make_level(organisation, [p for p in rows if p.tier == depth], levels[depth], calendars, units)
    seconds = [units[p.code] for p in rows if p.second]
    for place in rows:
        if place.second:
            units[place.code].second_parent = units[place.second]
    Unit.objects.bulk_update(seconds, ["second_parent"])
    valid = DateRange(LONG_AGO, None)
    ReportingLine.objects.bulk_create(
        [
            ReportingLine(unit=units[p.code], parent=units[p.parent], kind="primary", valid=valid)
            for p in rows
            if p.parent
        ]
        + [
            ReportingLine(unit=units[p.code], parent=units[p.second], kind="second", valid=valid)
            for p in rows
            if p.second
        ],
        batch_size=2000,
    )
    audit.record(
        "organisation.demo_made",
        subject=organisation,
        by=None,
        at=at,
        organisation_id=organisation.pk,
        facts={"units": len(units), "synthetic": True},
    )
    return organisation, units


def _make_level(
    organisation: Organisation,
    rows: Sequence[Place],
    tier: Tier,
    calendars: Mapping[str, Calendar],
    units: dict[str, Unit],
) -> None:
    made = [
        Unit(
            organisation=organisation,
            tier=tier,
            parent=units.get(p.parent),
            code=p.code,
            name=p.name,
            kind=p.kind,
            path=f"new/{organisation.pk}/{p.code}",
            position=position,
            calendar=calendars[p.calendar],
        )
        for position, p in enumerate(rows, start=1)
    ]
    Unit.objects.bulk_create(made, batch_size=2000)
    for unit in made:
        unit.path = child_path(unit.parent.path if unit.parent else "", unit.pk)
        units[unit.code] = unit
    Unit.objects.bulk_update(made, ["path"], batch_size=2000)


def _roles(codes: Sequence[str], letters: Mapping[str, str]) -> list[tuple[str, MeasureRole]]:
    """The first measure of each letter is worked on, the others are watched."""
    seen: set[str] = set()
    out = []
    for code in codes:
        out.append((code, MeasureRole.WATCH if letters[code] in seen else MeasureRole.DRIVER))
        seen.add(letters[code])
    return out


def make_boards(rows: Sequence[Place], units: Mapping[str, Unit], measures: Mapping[str, Measure], last: date) -> None:
    """Put measures on boards and set their targets."""
    letters = {code: measure.letter.code for code, measure in measures.items()}
    sent = boards.sent_by(rows)
    placements = [
        BoardMeasure(unit=units[unit], measure=measures[code], role=role, position=position, reports=True)
        for unit, codes in sent.items()
        for position, (code, role) in enumerate(_roles(codes, letters), start=1)
    ]
    for place in rows:
        if place.tier == 1:
            continue
        path = units[place.code].path
        below = {code for unit, codes in sent.items() if units[unit].path.startswith(path) for code in codes}
        shown = [code for code in boards.UPPER if code in below][: boards.UPPER_LIMIT]
        placements += [
            BoardMeasure(unit=units[place.code], measure=measures[code], role=role, position=position, reports=False)
            for position, (code, role) in enumerate(_roles(shown, letters), start=1)
        ]
    placements += _of_staff(rows, units, measures)
    BoardMeasure.objects.bulk_create(placements, batch_size=2000)
    used = {code for codes in sent.values() for code in codes}
    Target.objects.bulk_create(
        Target(
            measure=measures[aim.measure],
            unit=units[aim.unit] if aim.unit else None,
            valid=DateRange(
                LONG_AGO if aim.months is None else months_before(last + timedelta(days=1), aim.months), None
            ),
            value=aim.value,
            high=aim.high,
            warning=aim.warning,
        )
        for aim in boards.AIMS
        if aim.measure in used and (not aim.unit or aim.unit in sent)
    )


def _of_staff(rows: Sequence[Place], units: Mapping[str, Unit], measures: Mapping[str, Measure]) -> list[BoardMeasure]:
    """Measures of staff stand last, to be watched, on the boards of the lines that send them and of those above."""
    sent = staff.sent_by(rows)
    above = {code for line in sent for code, unit in units.items() if units[line].path.startswith(unit.path)}
    return [
        BoardMeasure(
            unit=units[code],
            measure=measures[measure],
            role=MeasureRole.WATCH,
            position=_LAST + position,
            reports=code in sent,
        )
        for code in sorted(above)
        for position, measure in enumerate(staff.MEASURES)
    ]
