"""What a row of the access table is made of."""

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
