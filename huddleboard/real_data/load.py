"""Import a data set: the organisation, its files on the ordinary road, the snapshots of its days, the tiles."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from boards.actions import feeds
from boards.actions.telling import tell_groups
from boards.feeds.problems import Finding
from boards.models import Batch, DueSnapshot, Measure
from boards.rules import Cadence, is_due
from boards.snapshots import take_snapshot
from boards.snapshots.tiles import refresh_tiles
from huddleboard.real_data.plans import Paper
from huddleboard.real_data.sets import SETS
from huddleboard.real_data.setup import make_organisation, save_mapping
from org.models import Organisation

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Done:
    """What an import did. `days` is how many snapshots were taken; `findings` what was wrong with files that are new;
    `refused`: files that were set aside.
    """

    organisation: Organisation
    made: bool
    refused: Sequence[Batch]
    days: int
    snapshots: int
    findings: Sequence[Finding]


def import_set(name: str, folder: Path, *, at: datetime, say: Say) -> Done:
    """Import the data set `name` from `folder`; the same again changes nothing.

    Interrupted, it goes on where it stopped: set-up and each file count whole or not at all, and a day without its
    snapshot is still due. Raises plans.Absent where a file is missing.
    """
    plan = SETS[name](folder)
    organisation, made = make_organisation(plan, at)
    say(f"{organisation.name}: {len(plan.places)} units" + ("" if made else ", there already"))
    received = [_receive(organisation, paper, at, say) for paper in plan.papers]
    days, snapshots = _take(organisation, at, say)
    refused = [each.batch for each in received if each.batch.state == Batch.State.QUARANTINED]
    findings = [finding for each in received if not each.again for finding in each.findings]
    return Done(organisation, made, refused, days, snapshots, findings)


def _receive(organisation: Organisation, paper: Paper, at: datetime, say: Say) -> feeds.Received:
    mapping = save_mapping(organisation, paper, at)
    received = feeds.import_file(
        source=mapping.source,
        file_name=paper.file.name,
        content=paper.file.read_bytes(),
        mapping=mapping,
        by=None,
        at=at,
    )
    batch = received.batch
    if received.again:
        say(f"{batch.file_name}: this very file counted before")
    else:
        say(f"{batch.file_name}: {batch.rows:,} rows, {batch.new_readings:,} readings ({batch.get_state_display()})")
    return received


def _take(organisation: Organisation, at: datetime, say: Say) -> tuple[int, int]:
    """Snapshots of the days that wait, whole ones; then of the newest day on which a number is due.

    Tiles are brought up to date twice, first as of the last day with readings: so a board whose numbers ended years
    ago knows since when it has none.
    """
    waiting = DueSnapshot.objects.filter(organisation=organisation).order_by("day")
    days = list(waiting.values_list("day", flat=True).distinct())
    if not days:
        return 0, 0
    written = 0
    for number, day in enumerate(days, start=1):
        written += take_snapshot(organisation, day, at).snapshots
        if number % 100 == 0:
            say(f"snapshots of {number} of {len(days)} days")
    say(f"snapshots of {len(days)} days: {written:,} numbers")
    evening = datetime.combine(days[-1], time(12), organisation.zone)
    refresh_tiles(organisation, min(evening, at), tell=False)
    yesterday = at.astimezone(organisation.zone).date() - timedelta(days=1)
    newest = sorted(_newest_due(organisation, yesterday) - set(days))
    for day in newest:
        written += take_snapshot(organisation, day, at).snapshots
    refresh_tiles(organisation, at)
    tell_groups(organisation=organisation, at=at)
    say("tiles drawn")
    return len(days) + len(newest), written


def _newest_due(organisation: Organisation, yesterday: date) -> set[date]:
    """The newest day up to `yesterday` on which numbers of each cadence are due."""
    cadences = Measure.objects.active().filter(organisation=organisation).values_list("cadence", flat=True).distinct()
    return {
        next(
            day
            for back in range(100)
            if is_due(Cadence(cadence), day := yesterday - timedelta(days=back), open_day=True)
        )
        for cadence in cadences
    }
