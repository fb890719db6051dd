"""The board of a unit on a day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2s
from typing import TYPE_CHECKING, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boards import rules, sparks
from boards.glyphs import calendar_summary, letter_svg
from boards.models import BoardMeasure, Measure, RedReason, Tile
from boards.pages import BoardPage, Cell, Crumb, LetterCalendar, ReasonCount, TileView, UnitLink
from boards.queries import past, signs, words
from boards.queries.series import series
from boards.queries.states import TileLike, TileState, blank_state, states_of
from boards.queries.tiles import pareto_of, placements, reds_explained, remembered, stored_tiles
from boards.queries.units import Near, near, near_on
from org import access
from org.models import Unit
from org.rules import Permission

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from org.models import User

#: The Pareto of reasons looks back this far.
PARETO_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a board, and what they may do there."""

    permissions: frozenset[Permission]
    zone_now: datetime
    seen: int = 0  # the newest tile version that the reader has looked at; 0 where that is not known

    def may(self, permission: Permission) -> bool:
        """Whether the reader holds `permission` at this unit."""
        return permission in self.permissions

    def may_see_groups(self, measure: Measure) -> bool:
        """Whether the reader may see the groups that this measure counts: of patients, or of staff."""
        return self.may(rules.GROUPS_NEED[rules.About(measure.about)])


def latest_day(local_now: datetime) -> date:
    """The day that a board shows unless asked: yesterday, which is the last whole one."""
    return local_now.date() - timedelta(days=1)


def with_versions(units: "QuerySet[Unit]") -> "QuerySet[Unit]":
    """Units that also carry the versions of their tiles and of those of the units straight below (`tile_versions`),
    and what stands on their boards (`placed`).
    """
    own = Q(unit=OuterRef("pk"))
    tiles = Tile.objects.filter(own | Q(unit__parent=OuterRef("pk")) | Q(unit__second_parent=OuterRef("pk")))
    placed = BoardMeasure.objects.filter(unit=OuterRef("pk"))
    return units.annotate(
        tile_versions=ArraySubquery(tiles.order_by("pk").values("version")),
        placed=ArraySubquery(placed.order_by("position", "pk").values("pk")),
    )


def tile_versions(unit: Unit) -> Sequence[int]:
    """The versions that `with_versions` brought along."""
    versions: Sequence[int] = unit.tile_versions  # type: ignore[attr-defined]
    return versions


def board_version(unit: Unit, day: date, reader: Reader) -> str:
    """A text that changes whenever the board of `unit` on `day` would look different to this reader.

    `unit` comes from `with_versions`. No statement.
    """
    today, may = reader.zone_now.date(), sorted(reader.permissions)
    versions = tile_versions(unit)
    marked_since = reader.seen if any(0 < reader.seen < version for version in versions) else 0
    placed: Sequence[int] = unit.placed  # type: ignore[attr-defined]
    parts = (unit.pk, unit.name, day, today, may, get_language(), versions, placed, marked_since)
    return blake2s(repr(parts).encode(), digest_size=10).hexdigest()


def tile_states(unit: Unit, day: date, shown: Sequence[BoardMeasure], *, stored: bool) -> dict[int, TileState]:
    """Measure id → state on `day`: the stored tile where it is of today's board, else made from the snapshots."""
    if stored:
        return stored_tiles(unit)
    measures = {p.measure_id: p.measure for p in shown}
    points = series([unit.pk], [(m.pk, m.cadence) for m in measures.values()], day)
    return {state.measure_id: state for state in states_of(points, measures)}


def tile_view(
    placement: BoardMeasure, found: TileLike | None, today: date, reason: str, base: str, seen: int = 0
) -> TileView:
    """One tile, in words and markup; without a state, the tile of a measure of which nothing ever came."""
    measure = placement.measure
    state = found or blank_state(placement.unit_id, placement.measure_id, today)
    status = rules.STATUS_OF_CODE[state.status]
    stale = state.value is None
    sign = signs.of(state, measure)
    return TileView(
        measure_id=measure.pk,
        name=measure.name,
        letter=measure.letter.code,
        role=placement.role,
        url=f"{base}measures/{measure.pk}/",
        value=words.number(state.value, measure.decimals),
        unit_text=measure.unit_text,
        counts=words.behind(measure.kind, state.numerator, state.denominator),
        target=words.target(state.target, state.target_high, measure.direction, measure.decimals, measure.unit_text),
        status=status.value,
        status_text=str(status.label),
        variation=sign.variation,
        assurance=sign.assurance,
        sentence=sign.sentence,
        spark=""
        if found is None
        else sparks.spark_svg(state.tail_values, state.lower, state.mean, state.upper, state.target, state.tail_flags),
        age=words.stale_since(state.last_value_day, today) if stale else words.age(state.day, today, measure.cadence),
        stale=stale,
        corrected=state.corrected,
        gap=signs.gap_text(state.gap, measure),
        definition=measure.definition,
        numerator_text=measure.numerator_text,
        denominator_text=measure.denominator_text,
        direction_text=str(words.DIRECTIONS[measure.direction]),
        source=measure.source_note,
        coverage=words.coverage(state.reported, state.expected),
        reason=reason,
        changed=found is not None and 0 < seen < found.version,
        asked=signs.asked_text(state.asked),
        needs_reason=rules.asks_reason(status, placement.role, explained=bool(reason)),
    )


def _month_cells(states: Sequence[TileLike], day: date, today: date, base: str) -> list[Cell]:
    first = day.replace(day=1)
    after = date(first.year + (first.month == 12), first.month % 12 + 1, 1)
    loudest: dict[date, int] = {}
    for state in states:
        for point, code in zip(reversed(state.tail_days), reversed(state.tail_statuses), strict=True):
            if point < first:
                break
            loudest[point] = max(code, loudest.get(point, 0))
    cells = []
    for offset in range((after - first).days):
        point = first + timedelta(days=offset)
        status = rules.STATUS_OF_CODE[loudest.get(point, 0)] if point <= day else rules.Status.NOT_DUE
        url = f"{base}?day={point.isoformat()}" if point < today and point in loudest else ""
        cells.append(Cell(point, status.value, point == day, url))
    return cells


def letter_calendars(
    shown: Sequence[BoardMeasure], states: Mapping[int, TileLike], day: date, today: date, base: str
) -> list[LetterCalendar]:
    """One calendar per letter that has a measure on the board: the loudest driver of each day of the month."""
    letters: dict[str, tuple[str, list[BoardMeasure]]] = {}
    for placement in shown:
        letter = placement.measure.letter
        letters.setdefault(letter.code, (letter.name, []))[1].append(placement)
    out = []
    for code, (name, mine) in letters.items():
        drivers = [p for p in mine if p.role != rules.MeasureRole.WATCH] or mine
        cells = _month_cells([states[p.measure_id] for p in drivers if p.measure_id in states], day, today, base)
        present = next((cell.status for cell in reversed(cells) if cell.day <= day and cell.status != "not_due"), "")
        out.append(
            LetterCalendar(
                code, name, letter_svg(code, cells), calendar_summary(cells), present or rules.Status.NOT_DUE, cells
            )
        )
    return out


def _reasons(
    unit: Unit, states: Collection[TileLike], day: date
) -> tuple[dict[tuple[int, date], str], list[ReasonCount]]:
    """Reasons of red days in words by measure and day, as far back as `states` speak of, and the Pareto of the last
    weeks. One statement.
    """
    weeks = day - timedelta(days=PARETO_DAYS - 1)
    found = reds_explained(unit, min([weeks, *(state.day for state in states)]), day)
    bars = pareto_of(red for red in found if red.day >= weeks)
    return {(red.measure_id, red.day): red.words for red in found}, bars


def countermeasure_of(unit: Unit, measure: Measure, day: date) -> str:
    """What was written to be done about a red day; empty where nothing was."""
    return (
        RedReason.objects.filter(unit=unit, measure=measure, day=day).values_list("countermeasure", flat=True).first()
        or ""
    )


def _around(found: Sequence[Near], user: "User") -> tuple[list[Crumb], list[UnitLink]]:
    """The way up, and the units below with what their boards show now: those of `found` that the reader may open."""
    crumbs, children = [], []
    for other in found:
        if not access.sees(user, other.path):
            continue
        url = reverse("boards:board", args=[other.pk])
        if other.below:
            children.append(UnitLink(other.name, url, other.code, other.met, other.missed, other.no_data))
        else:
            crumbs.append(Crumb(other.name, url))
    return crumbs, children


def _freshness(shown: Sequence[BoardMeasure], states: Mapping[int, TileLike], zone_now: datetime) -> str:
    known = [states[p.measure_id] for p in shown if p.measure_id in states]
    arrived = [s for s in known if s.value is not None]
    newest = max((s.data_at for s in arrived if s.data_at), default=None)
    text = _("%(arrived)s of %(all)s measures are in") % {"arrived": len(arrived), "all": len(shown)}
    if newest is None:
        return text
    local = newest.astimezone(zone_now.tzinfo)
    when = words.clock(local) if local.date() == zone_now.date() else words.short_day(local.date(), zone_now.date())
    return _("%(text)s; newest %(when)s") % {"text": text, "when": when}


def _told_gap(measure: Measure, reader: Reader) -> bool:
    """Whether a tile names the worst gap to this reader: one between groups of staff has readers of its own."""
    return measure.about == rules.About.PATIENTS or reader.may_see_groups(measure)


def board_tiles(
    unit: Unit, day: date, reader: Reader, only: Collection[int] | None = None
) -> tuple[list[TileView], dict[int, TileState], list[BoardMeasure], list[ReasonCount]]:
    """The tiles of a board, reds without a reason first; `only` narrows to some measures. Three statements, and one
    more where nothing came within reach of the points of a tile.
    """
    today = reader.zone_now.date()
    shown = placements(unit)
    if only is not None:
        shown = [p for p in shown if p.measure_id in only]
    states = tile_states(unit, day, shown, stored=day >= latest_day(reader.zone_now))
    for pk, newest in past.newest_numbers(unit, past.silent(shown, states), day).items():
        states[pk] = replace(states.get(pk) or blank_state(unit.pk, pk, day), last_value_day=newest, version=0)
    reasons, bars = _reasons(unit, states.values(), today)
    base = reverse("boards:board", args=[unit.pk])
    views = []
    for placement in shown:
        state = states.get(placement.measure_id)
        reason = "" if state is None else reasons.get((placement.measure_id, state.day), "")
        view = remembered(tile_view, placement, state, today, reason, base, reader.seen)
        views.append(view if not view.gap or _told_gap(placement.measure, reader) else replace(view, gap=""))
    if day < latest_day(reader.zone_now):
        views = past.tiles_on(views, day)
    return views, states, shown, bars


def board_page(
    unit: Unit, day: date, reader: Reader, user: "User | None", next_huddle: str, live_url: str
) -> BoardPage:
    """Everything that the board of `unit` shows on `day`. Four statements, whatever the number of tiles; for
    a day of the past some more.

    `unit` comes from `with_versions`, with tier and organisation; `user` None is a wall, which names no other unit.
    """
    today = reader.zone_now.date()
    latest = latest_day(reader.zone_now)
    views, states, shown, bars = board_tiles(unit, day, reader)
    base = reverse("boards:board", args=[unit.pk])
    after = day + timedelta(days=1)
    is_latest = day >= latest
    crumbs, children = ([], []) if user is None else _around(near(unit) if is_latest else near_on(unit, day), user)
    if not is_latest:
        crumbs, children = past.around_on(unit, crumbs, children, states, day)
    last_numbers = past.last_numbers(states, day)
    return BoardPage(
        unit_id=unit.pk,
        unit_name=unit.name,
        tier_name=_("Tier %(level)s · %(name)s") % {"level": unit.tier.level, "name": unit.tier.name},
        organisation_name=unit.organisation.name,
        synthetic=unit.organisation.is_synthetic,
        crumbs=crumbs,
        day=day,
        day_text=words.long_day(day),
        is_latest=is_latest,
        previous_url=f"{base}?day={(day - timedelta(days=1)).isoformat()}",
        next_url="" if is_latest else f"{base}?day={after.isoformat()}" if after < latest else base,
        next_huddle=next_huddle,
        freshness=_freshness(shown, states, reader.zone_now),
        letters=letter_calendars(shown, states, day, today, base),
        reds=[v for v in views if v.needs_reason],
        drivers=[v for v in views if not v.needs_reason and v.role != rules.MeasureRole.WATCH],
        watched=[v for v in views if v.role == rules.MeasureRole.WATCH],
        reasons=bars,
        children=children,
        may_enter=reader.may(Permission.READING_ENTER) and any(p.reports for p in shown),
        may_explain=reader.may(Permission.REASON_ENTER),
        version=board_version(unit, day, reader),
        settled=is_latest and past.told_by_tiles(shown, states),
        zone=str(reader.zone_now.tzinfo),
        live_url=live_url,
        tiles_url=f"{base}tiles/?day={day.isoformat()}",
        token_url=f"{base}live/",
        explain_url=f"{base}reasons/{day.isoformat()}/",
        entry_url=f"{base}entry/",
        wall_url=f"{base}wall/" if user is not None else "",
        numbers_text="" if last_numbers is None else words.short_day(last_numbers, today),
        numbers_url="" if last_numbers is None else past.asked(last_numbers),
        groups_url=f"{base}equity/{'' if is_latest else past.asked(day)}"
        if any(p.measure.stratifiable and reader.may_see_groups(p.measure) for p in shown)
        else "",
        groups_of_staff=not reader.may(Permission.STRATA_VIEW),
        choose_url=""
        if shown or not reader.may(Permission.MEASURE_EDIT)
        else reverse("boards:setup-board", args=[unit.organisation.slug, unit.pk]),
    )
