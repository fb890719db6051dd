"""Rows of the access table about setup."""

from org.rules import Role
from tests.huddleboard.access_rows import GOES, Row, row

SLUG = {"slug": "slug"}
AGENDA = {"slug": "slug", "pk": "agenda"}
CHOICE = {"slug": "slug", "pk": "choice"}
CONFIDANT = {"slug": "slug", "pk": "confidant"}
ALERT = {"pk": "alert"}


def keepers(name: str, code: int = 200, method: str = "get", data: dict | None = None, **arguments: str) -> Row:
    """Only whoever may edit agendas, words and clocks of the whole organisation; nothing is there outside it."""
    return row(name, 403, method, data=data, administrator=code, outsider=404, arguments={**SLUG, **arguments})


#: Whoever leads the ward, or one above it.
LEADS = {Role.UNIT_LEAD.value: 200, Role.MANAGER.value: 200, Role.EXECUTIVE.value: 200}
SENDS = {Role.MANAGER.value: 200, Role.EXECUTIVE.value: 200}
ENDS = {Role.MANAGER.value: GOES, Role.EXECUTIVE.value: GOES}
HUDDLES = {role.value: GOES for role in (Role.STAFF, Role.UNIT_LEAD, Role.MANAGER, Role.EXECUTIVE)}

HUDDLE_SETUP: tuple[Row, ...] = (
    row("huddles:setup", 404, administrator=GOES, outsider=GOES),
    keepers("huddles:setup-agendas"),
    keepers("huddles:setup-defaults", GOES, "post"),
    keepers("huddles:setup-agenda", pk="agenda"),
    keepers("huddles:setup-agenda-version", pk="agenda", number="version"),
    keepers("huddles:setup-agenda-unit", 404, "post", pk="agenda"),
    keepers("huddles:setup-agenda-remove", GOES, "post", pk="agenda"),
    keepers("huddles:setup-choices"),
    keepers("huddles:setup-choice-list", kind="choice_list"),
    keepers("huddles:setup-choice", pk="choice"),
    keepers("huddles:setup-choice-move", GOES, "post", pk="choice"),
    keepers("huddles:setup-choice-use", GOES, "post", pk="choice"),
    keepers("huddles:setup-levels"),
    keepers("huddles:setup-level", tier="tier", urgency="urgency"),
    keepers("huddles:setup-trust"),
    keepers("huddles:setup-trust-name", 404, "post"),
    keepers("huddles:setup-trust-move", GOES, "post", pk="confidant"),
    keepers("huddles:setup-trust-release", GOES, "post", pk="confidant"),
    row("huddles:habits", 403, arguments={"unit_id": "unit"}, outsider=404, **LEADS),
    row("huddles:alerts", 200),
    row("huddles:alert-new", 403, **SENDS),
    row("huddles:alert", 200, arguments=ALERT, outsider=404),
    row("huddles:alert-read", GOES, "post", arguments=ALERT, outsider=404),
    row("huddles:alert-end", 403, "post", arguments=ALERT, outsider=404, **ENDS),
)
