"""Every address, and the status code that each kind of reader gets. A row for each name; boards append theirs below.

A row is (name, keyword arguments, method, codes). Arguments are names of things in the `Place` of
`test_access_matrix.py`. Codes are given by kind of reader; a kind that is not named gets `others`.

Kinds: anonymous, device (a paired wall display), and every role of `org.rules.Role` – held at the ward, but the
administrator, who holds it at the top, and "outsider", an administrator of another organisation.
"""

from tests.boards.access_equity import EQUITY
from tests.huddleboard.access_rows import GOES, SIGN_IN, Row, public, row
from tests.huddles.access_desk import DESK
from tests.huddles.access_huddles import HUDDLES
from tests.huddles.access_issues import ISSUES
from tests.huddles.access_setup import HUDDLE_SETUP
from tests.huddles.access_signals import SIGNALS
from tests.improvement.access_evidence import EVIDENCE
from tests.improvement.access_goals import GOALS
from tests.improvement.access_tickets import TICKETS
from tests.rounding.access_k_cards import K_CARDS
from tests.rounding.access_reading import READING
from tests.rounding.access_rounds import ROUNDS
from tests.rounding.access_setup import ROUND_SETUP
from tests.rounding.access_standard import STANDARD

SLUG = {"slug": "slug"}
UNIT = {"slug": "slug", "pk": "unit"}
PERSON = {"slug": "slug", "pk": "person"}
CALENDAR = {"slug": "slug", "pk": "calendar"}


def administrators(name: str, code: int = 200, method: str = "get", **arguments: str) -> Row:
    """Only whoever sets up the organisation; nothing is there for somebody outside it."""
    return row(name, 403, method, administrator=code, outsider=404, arguments={**SLUG, **arguments})


ORG = (
    Row("home", {}, "get", {"anonymous": SIGN_IN, "device": 403}, GOES),
    public("alive"),
    public("ready"),
    Row("org:login", {}, "get", {"anonymous": 200, "device": 200}, GOES),
    row("org:logout", GOES, "post"),
    public("org:password-link"),
    public("org:link-sent"),
    public("org:welcome", 410, token="token"),
    public("org:language", GOES, "post"),
    row("org:me", 200),
    row("org:me-password", 422, "post"),
    row("org:me-theme", GOES, "post"),
    row("org:units", 200),
    row("org:displays", 200),
    row("org:display-pair", 200),
    row("org:display", 404, arguments={"pk": "display"}, unit_lead=200, manager=200, administrator=200),
    row(
        "org:display-revoke",
        404,
        "post",
        arguments={"pk": "display"},
        unit_lead=GOES,
        manager=GOES,
        administrator=GOES,
    ),
    Row("org:wall-pair", {}, "get", {"device": GOES}, 200),
    row("org:set-up", 404, administrator=GOES, outsider=GOES),
    administrators("org:organisation"),
    administrators("org:tiers"),
    administrators("org:tree"),
    administrators("org:unit-new"),
    administrators("org:tree-file"),
    administrators("org:tree-apply", GOES, "post"),
    administrators("org:tree-download"),
    administrators("org:unit", pk="unit"),
    administrators("org:unit-move", pk="unit"),
    administrators("org:unit-second-line", pk="unit"),
    administrators("org:unit-close", GOES, "post", pk="unit"),
    administrators("org:calendars"),
    administrators("org:calendar-new"),
    administrators("org:calendar", pk="calendar"),
    administrators("org:calendar-delete", GOES, "post", pk="calendar"),
    administrators("org:people"),
    administrators("org:person-invite"),
    administrators("org:person", pk="person"),
    administrators("org:person-role", 422, "post", pk="person"),
    administrators("org:person-stand-in", 422, "post", pk="person"),
    administrators("org:person-role-end", GOES, "post", pk="person", membership="membership"),
    administrators("org:person-switch", GOES, "post", pk="person"),
    administrators("org:person-invite-again", GOES, "post", pk="person"),
    administrators("org:trail"),
    administrators("org:outbox"),
    administrators("org:message-retry", GOES, "post", pk="message"),
)


def stewards(name: str, code: int = 200, method: str = "get", **arguments: str) -> Row:
    """Whoever sets up the measures of the whole organisation: its administrator here, since the steward is a ward's."""
    return row(name, 403, method, administrator=code, outsider=404, arguments={**SLUG, **arguments})


def ward_stewards(name: str, code: int = 200, method: str = "get", **arguments: str) -> Row:
    """Whoever sets up the ward's board."""
    return row(
        name,
        403,
        method,
        data_steward=code,
        administrator=code,
        outsider=404,
        arguments={**SLUG, **arguments},
    )


BOARD = {"unit_id": "unit"}
PLACED = {"unit_id": "unit", "pk": "placement"}
TARGET = {"pk": "measure", "target_pk": "target"}
GROUPING = {"pk": "dimension", "grouping_pk": "grouping"}

BOARD_SETUP = (
    row("boards:setup", 403, data_steward=GOES, administrator=GOES, outsider=GOES),
    stewards("boards:setup-letters"),
    stewards("boards:setup-letter", pk="letter"),
    stewards("boards:setup-letter-move", GOES, "post", pk="letter"),
    stewards("boards:setup-letter-remove", GOES, "post", pk="letter"),
    row("boards:setup-terms", 403, outsider=404, arguments=SLUG),
    administrators("boards:setup-workforce"),
    stewards("boards:setup-reasons"),
    stewards("boards:setup-reason", pk="reason"),
    stewards("boards:setup-reason-move", GOES, "post", pk="reason"),
    stewards("boards:setup-reason-use", GOES, "post", pk="reason"),
    stewards("boards:setup-measures"),
    stewards("boards:setup-measure-add"),
    stewards("boards:setup-catalogue"),
    stewards("boards:setup-measure", pk="measure"),
    stewards("boards:setup-measure-use", GOES, "post", pk="measure"),
    stewards("boards:setup-measure-again", GOES, "post", pk="measure"),
    stewards("boards:setup-targets", pk="measure"),
    stewards("boards:setup-target-end", GOES, "post", **TARGET),
    stewards("boards:setup-target-remove", GOES, "post", **TARGET),
    ward_stewards("boards:setup-boards"),
    ward_stewards("boards:setup-board", **BOARD),
    ward_stewards("boards:setup-board-add", **BOARD),
    ward_stewards("boards:setup-board-copy", 422, "post", **BOARD),
    ward_stewards("boards:setup-placement", 422, "post", **PLACED),
    ward_stewards("boards:setup-placement-move", GOES, "post", **PLACED),
    ward_stewards("boards:setup-placement-remove", GOES, "post", **PLACED),
    stewards("boards:setup-groups"),
    stewards("boards:setup-groups-load", GOES, "post"),
    stewards("boards:setup-category", pk="category"),
    stewards("boards:setup-category-remove", GOES, "post", pk="category"),
    stewards("boards:setup-dimension", pk="dimension"),
    stewards("boards:setup-grouping-use", GOES, "post", pk="dimension"),
    stewards("boards:setup-category-add", pk="dimension"),
    stewards("boards:setup-grouping-add", pk="dimension"),
    stewards("boards:setup-grouping", **GROUPING),
    stewards("boards:setup-grouping-remove", GOES, "post", **GROUPING),
)


def importers(name: str, code: int = 200, method: str = "get", *, outside: int = 404, **arguments: str) -> Row:
    """Whoever imports files for the whole organisation; the steward is a ward's here, and a file may name any unit."""
    return row(name, 403, method, administrator=code, outsider=outside, arguments=arguments)


FEEDS = (
    row(
        "boards:entry",
        200,
        arguments=BOARD,
        executive=403,
        equity_officer=403,
        coach=403,
        administrator=403,
        workforce=403,
        outsider=404,
    ),
    importers("boards:feeds", outside=200),
    importers("boards:feed-upload", outside=200),
    importers("boards:feed-template", outside=200),
    importers("boards:feed-groups", outside=200),
    importers("boards:feed-source-add", outside=200),
    importers("boards:feed-file", pk="file"),
    importers("boards:feed-problems", pk="file"),
    row("boards:feed-rows", 403, outsider=404, arguments={"pk": "file"}),
    importers("boards:feed-count", GOES, "post", pk="file"),
    importers("boards:feed-discard", GOES, "post", pk="file"),
    importers("boards:feed-group-map", GOES, "post", pk="word"),
    importers("boards:feed-source", pk="source"),
    importers("boards:feed-mapping-add", pk="source"),
    importers("boards:feed-mapping", pk="source", mapping_pk="mapping"),
)

CHART = {"unit_id": "unit", "measure_id": "measure"}
#: No number ever came to the ward's board here: who may ask gets 404 where there is nothing to show.
DRAWING = {**CHART, "kind": "svg"}
REASON = {**CHART, "day": "2026-11-20"}


def readers(name: str, code: int = 200, **arguments: str) -> Row:
    """Every role at the ward, and the administrator above it; nothing is there for somebody outside."""
    return row(name, code, outsider=404, arguments=arguments)


def takers(name: str, code: int, **arguments: str) -> Row:
    """Whoever may download what a page shows."""
    return row(name, code, staff=403, coach=403, workforce=403, outsider=404, arguments=arguments)


def shown(name: str, **arguments: str) -> Row:
    """What a paired display shows; everybody else is sent to the page that pairs a screen."""
    return Row(name, arguments, "get", {"device": 200}, GOES)


BOARDS = (
    row("boards:overview", 200, staff=403, workforce=403),
    readers("boards:board", **BOARD),
    readers("boards:tiles", **BOARD),
    readers("boards:live-token", **BOARD),
    readers("boards:wall-view", **BOARD),
    row(
        "boards:reason",
        404,
        equity_officer=403,
        coach=403,
        data_steward=403,
        administrator=403,
        workforce=403,
        arguments=REASON,
    ),
    readers("boards:measure", **CHART),
    row("boards:notes", GOES, "post", staff=403, administrator=403, workforce=403, outsider=404, arguments=CHART),
    takers("boards:chart", 404, **DRAWING),
    takers("boards:points", 200, **CHART),
    takers("boards:groups-file", 404, **CHART),
    row("boards:groups", 200, workforce=403, outsider=404, arguments=CHART),
    readers("boards:equity", **BOARD),
    shown("boards:wall"),
    shown("boards:wall-board", unit_id="unit"),
    shown("boards:wall-tiles", unit_id="unit"),
    shown("boards:wall-live", unit_id="unit"),
    row("styleguide", 404),
    row("styleguide-page", 404, arguments={"name": "board"}),
)

#: What stands beside a board is for whoever may open the board.
BESIDE = (
    readers("huddles:beside", **BOARD),
    row("huddles:my-desk", 404, unit_lead=GOES, manager=GOES, executive=GOES),
    row(
        "huddles:my-tier-health",
        404,
        manager=GOES,
        executive=GOES,
        equity_officer=GOES,
        coach=GOES,
        administrator=GOES,
        outsider=GOES,
    ),
)

TABLE = (
    *ORG,
    *BOARD_SETUP,
    *FEEDS,
    *BOARDS,
    *BESIDE,
    *HUDDLES,
    *ISSUES,
    *HUDDLE_SETUP,
    *DESK,
    *GOALS,
    *TICKETS,
    *EQUITY,
    *EVIDENCE,
    *SIGNALS,
    *ROUNDS,
    *ROUND_SETUP,
    *READING,
    *STANDARD,
    *K_CARDS,
)
