"""Who may do what, which days count, how long a session lives. Tables and pure functions: no query, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise


class NotAllowed(Exception):  # noqa: N818 - a refusal, not a fault
    """A refusal with a sentence for the person who acted. `field`: what was said that it is about, like "note"."""

    def __init__(self, sentence: "str | Promise" = "", *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Overtaken(NotAllowed):
    """Somebody has published another version meanwhile: whoever goes on has seen that one."""


class UnitKind(TextChoices):
    """What a unit does. Support services receive issues sideways, hence they are units like any other."""

    INPATIENT = "inpatient", _("Inpatient unit")
    EMERGENCY = "emergency", _("Emergency department")
    CRITICAL_CARE = "critical_care", _("Critical care")
    OPERATING = "operating", _("Operating rooms")
    CLINIC = "clinic", _("Clinic")
    SERVICE_LINE = "service_line", _("Service line")
    BRANCH = "branch", _("Branch or site")
    EXECUTIVE = "executive", _("Executive team")
    REGION = "region", _("Region")
    IT = "it", _("Support: IT")
    FACILITIES = "facilities", _("Support: facilities")
    SUPPLY = "supply", _("Support: supply")
    PHARMACY = "pharmacy", _("Support: pharmacy")
    INTERPRETERS = "interpreters", _("Support: interpreters")
    ENVIRONMENT = "environment", _("Support: environmental services")
    IMAGING = "imaging", _("Support: imaging")
    LABORATORY = "laboratory", _("Support: laboratory")
    OTHER = "other", _("Other")


SUPPORT_KINDS: Final = frozenset(
    {
        UnitKind.IT,
        UnitKind.FACILITIES,
        UnitKind.SUPPLY,
        UnitKind.PHARMACY,
        UnitKind.INTERPRETERS,
        UnitKind.ENVIRONMENT,
        UnitKind.IMAGING,
        UnitKind.LABORATORY,
    }
)


class LineKind(TextChoices):
    """The line along which a unit reports: one primary line makes the tree, a second one makes the matrix."""

    PRIMARY = "primary", _("Reports to")
    SECOND = "second", _("Also reports to")


class Role(TextChoices):
    """Held at a unit; its rights flow down the tree from there."""

    STAFF = "staff", _("Staff")
    UNIT_LEAD = "unit_lead", _("Unit lead")
    MANAGER = "manager", _("Manager or director")
    EXECUTIVE = "executive", _("Executive")
    EQUITY_OFFICER = "equity_officer", _("Health equity officer")
    COACH = "coach", _("Coach")
    DATA_STEWARD = "data_steward", _("Data steward")
    ADMINISTRATOR = "administrator", _("Administrator")
    WORKFORCE = "workforce", _("Workforce equity reader")


class Permission(TextChoices):
    """One thing that somebody may do at a unit."""

    BOARD_VIEW = "board.view", _("See the board")
    STRATA_VIEW = "strata.view", _("See groups of patients, small numbers hidden")
    STRATA_EXACT = "strata.exact", _("See exact small numbers, for a recorded reason")
    EQUITY_DESK = "equity.desk", _("Follow gaps between groups over all units")
    EQUITY_EDIT = "equity.edit", _("Choose comparison groups, limits and words for gaps")
    GOAL_EDIT = "goal.edit", _("Set goals with two halves and keep their charter")
    WORKFORCE_VIEW = "workforce.view", _("See measures of staff by groups of staff")
    EXPORT = "board.export", _("Download what a page shows")
    READING_ENTER = "reading.enter", _("Enter numbers by hand")
    READING_IMPORT = "reading.import", _("Import files of numbers")
    REASON_ENTER = "reason.enter", _("Give reason and countermeasure of a red day")
    ANNOTATE = "annotation.enter", _("Write on a chart")
    MEASURE_EDIT = "measure.edit", _("Define measures, targets, boards and groups")
    SNAPSHOT_RETAKE = "snapshot.retake", _("Take a snapshot again")
    OVERVIEW = "overview.view", _("See which boards are complete, late, red")
    UNIT_EDIT = "unit.edit", _("Change tiers, units and calendars")
    PEOPLE_EDIT = "people.edit", _("Invite people and give roles")
    DEVICE_PAIR = "device.pair", _("Pair and revoke wall displays")
    AUDIT_VIEW = "audit.view", _("Read the audit trail")
    HUDDLE_RUN = "huddle.run", _("Run huddles and write in them")
    AGENDA_EDIT = "agenda.edit", _("Edit agendas, questions of rounds, choices and clocks of issues")
    ISSUE_RAISE = "issue.raise", _("Raise issues and comment on them")
    ISSUE_WORK = "issue.work", _("Take, answer, hand on and send up issues")
    ISSUE_CONFIRM = "issue.confirm", _("Confirm or reopen what was done")
    IMPROVE = "improvement.work", _("Begin tickets of improvement work and write in them")
    ALERT_SEND = "alert.send", _("Send an alert to units")
    TIER_HEALTH = "tier_health.view", _("See how huddles and answers work over the tiers")
    COACHING = "coaching.view", _("See hints for coaches")
    ROUND_LEAD = "round.lead", _("Lead rounds, promise and thank")
    ROUND_READ = "round.read", _("Read and comment what rounds noted")


_P = Permission
_SEE = frozenset({_P.BOARD_VIEW, _P.STRATA_VIEW})
_WORK = _SEE | {
    _P.REASON_ENTER,
    _P.READING_ENTER,
    _P.HUDDLE_RUN,
    _P.ISSUE_RAISE,
    _P.ISSUE_CONFIRM,
    _P.ROUND_READ,
    _P.IMPROVE,
}
_LEAD = _WORK | {_P.ANNOTATE, _P.EXPORT, _P.DEVICE_PAIR, _P.OVERVIEW, _P.ISSUE_WORK, _P.ROUND_LEAD}

#: The one access table. It answers "may she?" and, with memberships, "which rows?".
ROLES: Final[Mapping[Role, frozenset[Permission]]] = {
    Role.STAFF: _WORK,
    Role.UNIT_LEAD: _LEAD,
    Role.MANAGER: _LEAD | {_P.ALERT_SEND, _P.TIER_HEALTH, _P.GOAL_EDIT},
    Role.EXECUTIVE: _SEE
    | {
        _P.EQUITY_DESK,
        _P.GOAL_EDIT,
        _P.EXPORT,
        _P.OVERVIEW,
        _P.ANNOTATE,
        _P.REASON_ENTER,
        _P.HUDDLE_RUN,
        _P.IMPROVE,
        _P.ISSUE_RAISE,
        _P.ISSUE_WORK,
        _P.ISSUE_CONFIRM,
        _P.ALERT_SEND,
        _P.TIER_HEALTH,
        _P.ROUND_LEAD,
        _P.ROUND_READ,
    },
    Role.EQUITY_OFFICER: _SEE
    | {
        _P.EQUITY_DESK,
        _P.EQUITY_EDIT,
        _P.GOAL_EDIT,
        _P.WORKFORCE_VIEW,
        _P.EXPORT,
        _P.OVERVIEW,
        _P.ANNOTATE,
        _P.IMPROVE,
        _P.ISSUE_RAISE,
        _P.TIER_HEALTH,
        _P.ROUND_LEAD,
        _P.ROUND_READ,
    },
    Role.COACH: _SEE
    | {
        _P.OVERVIEW,
        _P.ANNOTATE,
        _P.IMPROVE,
        _P.ISSUE_RAISE,
        _P.AGENDA_EDIT,
        _P.TIER_HEALTH,
        _P.COACHING,
        _P.ROUND_LEAD,
        _P.ROUND_READ,
    },
    Role.DATA_STEWARD: _SEE
    | {
        _P.STRATA_EXACT,
        _P.EXPORT,
        _P.OVERVIEW,
        _P.READING_ENTER,
        _P.READING_IMPORT,
        _P.MEASURE_EDIT,
        _P.SNAPSHOT_RETAKE,
        _P.ANNOTATE,
    },
    Role.ADMINISTRATOR: _SEE
    | {
        _P.EXPORT,
        _P.OVERVIEW,
        _P.READING_IMPORT,
        _P.MEASURE_EDIT,
        _P.SNAPSHOT_RETAKE,
        _P.UNIT_EDIT,
        _P.PEOPLE_EDIT,
        _P.DEVICE_PAIR,
        _P.AUDIT_VIEW,
        _P.AGENDA_EDIT,
        _P.TIER_HEALTH,
    },
    Role.WORKFORCE: frozenset({_P.BOARD_VIEW, _P.WORKFORCE_VIEW}),
}

#: Whose seat answers for a unit, in this order where several are held there.
LEADING: Final = (Role.UNIT_LEAD, Role.MANAGER, Role.EXECUTIVE)

#: A wall display is not a person: it sees its boards and nothing else.
DEVICE_PERMISSIONS: Final = frozenset({_P.BOARD_VIEW})


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that carry `permission`."""
    return frozenset(role for role, permissions in ROLES.items() if permission in permissions)


MIN_TIERS: Final = 3
MAX_TIERS: Final = 6

DEFAULT_TIERS: Final = ((1, _("Unit")), (2, _("Service line")), (3, _("Branch")), (4, _("Executive team")))


def shipped_texts() -> list[Any]:
    """What this room puts there for a start (`org.shipped`), marked for translation."""
    return [name for _level, name in DEFAULT_TIERS]


PATH_SEPARATOR: Final = "/"


def child_path(parent_path: str, unit_id: int) -> str:
    """The path of a unit below `parent_path`: ids from the top down, each ended by a slash ("3/17/")."""
    return f"{parent_path}{unit_id}{PATH_SEPARATOR}"


def ancestor_ids(path: str) -> list[int]:
    """Ids of the units above, top first, without the unit itself. `"3/17/4/"` gives `[3, 17]`."""
    return [int(part) for part in path.split(PATH_SEPARATOR) if part][:-1]


def check_move(path: str, new_parent_path: str) -> None:
    """Refuse to hang a unit below itself. Raises NotAllowed."""
    if new_parent_path.startswith(path):
        raise NotAllowed(_("A unit cannot report to itself or to a unit below it."))


def has_circle(above: Mapping[int, int | None]) -> bool:
    """Whether the lines unit → unit above lead anywhere back to their start."""
    safe: set[int] = set()
    for start in above:
        walked: set[int] = set()
        unit: int | None = start
        while unit is not None and unit not in safe:
            if unit in walked:
                return True
            walked.add(unit)
            unit = above.get(unit)
        safe |= walked
    return False


def check_tiers(level: int, parent_level: int) -> None:
    """Refuse a unit that stands on a higher tier than the unit to which it reports. Raises NotAllowed."""
    if level > parent_level:
        raise NotAllowed(_("A unit cannot stand on a higher tier than the unit to which it reports."))


def check_tier_count(count: int) -> None:
    """Refuse fewer than three or more than six tiers. Raises NotAllowed."""
    if not MIN_TIERS <= count <= MAX_TIERS:
        raise NotAllowed(_("An organization has three to six tiers."))


ALL_WEEKDAYS: Final = 0b1111111


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Which days count for a unit. `weekdays`: bit 0 is Monday; `holidays`: day → the unit works on it."""

    weekdays: int = ALL_WEEKDAYS
    holidays: Mapping[date, bool] | None = None

    def is_open(self, day: date) -> bool:
        """Whether the unit works on `day`; a holiday's own word goes before the weekday."""
        if self.holidays is not None and day in self.holidays:
            return self.holidays[day]
        return bool(self.weekdays >> day.weekday() & 1)


@dataclass(frozen=True, slots=True)
class HuddleTime:
    """A huddle of the weekly pattern. `weekday` 0 is Monday; `starts_at` is wall-clock time in the unit's zone."""

    weekday: int
    starts_at: time
    minutes: int


def huddles_on(times: Iterable[HuddleTime], open_days: OpenDays, day: date) -> list[HuddleTime]:
    """The huddles of `day`, earliest first; none where the unit does not work."""
    if not open_days.is_open(day):
        return []
    return sorted((t for t in times if t.weekday == day.weekday()), key=lambda t: t.starts_at)


def next_huddle(
    times: Iterable[HuddleTime], open_days: OpenDays, zone: tzinfo, now: datetime, horizon_days: int = 14
) -> tuple[datetime, HuddleTime] | None:
    """The first huddle that starts at or after `now` (aware), within `horizon_days`, as a moment in `zone`.

    Compared as moments, since wall-clock times repeat in autumn and are missing in spring: a huddle in the hour that
    comes twice is held in the first of the two, one in the missing hour as much later as the clock was moved.
    """
    pattern = list(times)
    today = now.astimezone(zone).date()
    for offset in range(-1, horizon_days + 1):
        day = today + timedelta(days=offset)
        moments = [
            (datetime.combine(day, huddle.starts_at, zone).astimezone(UTC), huddle)
            for huddle in huddles_on(pattern, open_days, day)
        ]
        coming = [(moment, huddle) for moment, huddle in moments if moment >= now]
        if coming:
            moment, huddle = min(coming, key=lambda found: found[0])
            return moment.astimezone(zone), huddle
    return None


def session_ended(*, started: datetime, seen: datetime, now: datetime, idle_minutes: int, hard_hours: int) -> bool:
    """Whether a session is over: unused for `idle_minutes`, or older than `hard_hours` whatever was done in it."""
    return now - seen >= timedelta(minutes=idle_minutes) or now - started >= timedelta(hours=hard_hours)


#: Letters and digits that cannot be mistaken for each other when read from a wall three metres away.
PAIRING_ALPHABET: Final = "ACDEFGHJKLMNPQRTUVWXY34679"
PAIRING_LENGTH: Final = 6
PAIRING_MINUTES: Final = 15


def normal_pairing_code(typed: str) -> str:
    """What somebody typed, as a pairing code: capitals, no spaces or dashes."""
    return "".join(c for c in typed.upper() if c.isalnum())


MESSAGE_ATTEMPTS: Final = 8


def retry_after(attempts: int) -> timedelta:
    """How long a message waits after its n-th failed attempt: 1, 2, 4 … minutes, at most an hour."""
    return timedelta(minutes=min(2 ** max(attempts - 1, 0), 60))
