"""A board of thirty stratified measures over ninety days, and somebody who reads it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.test import Client
from django.utils import timezone

from bench.system import System, build, send
from boards.actions.entry import Typed, enter_numbers
from boards.actions.remarks import explain_red
from boards.models import BoardMeasure, Measure, ReasonCode, Tile
from boards.rules import STATUS_CODES, Status
from boards.snapshots import take_days
from boards.snapshots.tiles import refresh_tiles
from org.models import Membership, Tier, Unit, User

DAYS = 90
LEVELS = ((3, 1), (2, 2), (1, 12))
EXPLAINED = 5


@dataclass
class Board:
    """The board of a unit with six wards below and one unit above, its reader, and a ward on each of two boards."""

    system: System
    unit: Unit
    reader: User
    ward: Unit
    other_ward: Unit
    yesterday: date

    @property
    def url(self) -> str:
        return f"/boards/{self.unit.pk}/"

    def sign_in(self) -> dict[str, str]:
        """The cookies of a fresh session."""
        client = Client()
        client.force_login(self.reader)
        return {name: morsel.value for name, morsel in client.cookies.items()}

    def change(self, ward: Unit, measure: Measure, count: int) -> None:
        """Enter one number of yesterday at `ward`, as its page does, which changes the boards of the units above."""
        entered = enter_numbers(
            unit=ward,
            day=self.yesterday,
            typed={measure.pk: Typed(str(count), "1000")},
            by=self.reader,
            at=timezone.now(),
        )
        if entered.result is None or entered.result.replaced + entered.result.new != 1:
            raise RuntimeError(f"The number was not stored: {entered}")


def build_board(days: int = DAYS) -> Board:
    """Twelve wards send thirty measures in twenty groups for `days` days up to yesterday; every unit has them all.

    Some reds have a reason. Call within `own_database`.
    """
    system = build(LEVELS)
    now = timezone.now()
    yesterday = now.astimezone(system.organisation.zone).date() - timedelta(days=1)
    first = yesterday - timedelta(days=days - 1)
    Tier.objects.update(huddle_at=time(8))
    above = list(Unit.objects.filter(tier__level__gt=1))
    BoardMeasure.objects.bulk_create(
        BoardMeasure(unit=unit, measure=measure, role="driver", reports=False)
        for unit in above
        for measure in system.measures
    )
    for back in range(days):
        send(system, first + timedelta(days=back))
    take_days(system.organisation, first, yesterday, now)
    refresh_tiles(system.organisation, now)
    unit = next(u for u in above if u.code == "2-0")
    reader = User.objects.create_user("reader@example.org", "a long enough word", name="Rae Reader")
    Membership.objects.create(user=reader, unit=unit, role="manager", started_on=first)
    wards = {u.parent_id: u for u in system.wards}
    other = next(ward for parent, ward in wards.items() if parent != unit.pk)
    board = Board(system, unit, reader, wards[unit.pk], other, yesterday)
    _explain(board, now)
    return board


def _explain(board: Board, now: datetime) -> None:
    reason = ReasonCode.objects.create(organisation=board.system.organisation, code="staffing", name="Staffing")
    red = Tile.objects.filter(unit=board.unit, status=STATUS_CODES[Status.MISSED]).select_related("measure")
    for tile in red[:EXPLAINED]:
        explain_red(
            unit=board.unit,
            measure=tile.measure,
            day=tile.day,
            status=Status.MISSED,
            reason=reason,
            countermeasure="Float nurse",
            by=board.reader,
            at=now,
        )
