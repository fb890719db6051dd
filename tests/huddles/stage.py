"""What the addresses of this room name, beside the ward of the access table."""

from org.models import Unit


def huddle_things(ward: Unit) -> dict[str, int | str]:
    """One of everything, by the name that rows of the access table use."""
    return {**_huddles(ward), **_issues(ward), **_setup(ward), **_desk(ward)}


def _huddles(ward: Unit) -> dict[str, int | str]:
    return {}


def _issues(ward: Unit) -> dict[str, int | str]:
    return {}


def _setup(ward: Unit) -> dict[str, int | str]:
    return {}


def _desk(ward: Unit) -> dict[str, int | str]:
    return {}
