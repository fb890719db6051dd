"""Every address, and the status code that each kind of reader gets. A row for each name; boards append theirs below.

A row is (name, keyword arguments, method, codes). Arguments are names of things in the `Place` of
`test_access_matrix.py`. Codes are given by kind of reader; a kind that is not named gets `others`.

Kinds: anonymous, device (a paired wall display), and every role of `org.rules.Role` – held at the ward, but the
administrator, who holds it at the top, and "outsider", an administrator of another organisation.
"""

from typing import Any, NamedTuple

SIGN_IN = 302  # to the sign-in page; a redirect elsewhere is told apart as GOES
GOES = 303  # any other redirect, as the table writes it


class Row(NamedTuple):
    """An address and what everybody gets there."""

    name: str
    arguments: dict[str, str]
    method: str
    codes: dict[str, int]
    others: int
    data: dict[str, Any] | None = None


def public(name: str, code: int = 200, method: str = "get", **arguments: str) -> Row:
    """The same for everybody."""
    return Row(name, arguments, method, {}, code)


def row(name: str, others: int, method: str = "get", *, data: dict[str, Any] | None = None, **codes: Any) -> Row:
    """Whoever has not signed in goes to the sign-in page, a display gets 403; the rest as told."""
    arguments = codes.pop("arguments", {})
    return Row(name, arguments, method, {"anonymous": SIGN_IN, "device": 403, **codes}, others, data)


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

BOARDS: tuple[Row, ...] = ()

TABLE = (*ORG, *BOARDS)
