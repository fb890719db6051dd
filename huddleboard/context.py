"""What every page knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from org import queries
from org.rules import Permission


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of a menu. `name` tells which one the present page is."""

    url: str
    label: str
    name: str


@dataclass(frozen=True, slots=True)
class House:
    """The frame of a page: whose organisation, what the person may open."""

    organisation_name: str
    synthetic: bool
    menu: Sequence[Item]
    set_up: Sequence[Item]
    units_url: str
    logout_url: str


#: Name of the address, label, what it takes to see the entry; "" is for everybody who has signed in.
MENU: Final = (
    ("home", _("My board"), None),
    ("boards:overview", _("All boards"), Permission.OVERVIEW),
    ("boards:feeds", _("Import numbers"), Permission.READING_IMPORT),
    ("org:displays", _("Wall displays"), Permission.DEVICE_PAIR),
    ("org:set-up", _("Set up"), Permission.UNIT_EDIT),
    ("boards:setup", _("Boards and measures"), Permission.MEASURE_EDIT),
    ("org:me", _("My settings"), None),
)
#: The tabs of the pages with which a hospital sets itself up.
SET_UP: Final = (
    ("org:organisation", _("Settings"), Permission.UNIT_EDIT),
    ("org:tiers", _("Tiers"), Permission.UNIT_EDIT),
    ("org:tree", _("Units"), Permission.UNIT_EDIT),
    ("org:calendars", _("Calendars"), Permission.UNIT_EDIT),
    ("org:people", _("People"), Permission.PEOPLE_EDIT),
    ("boards:setup-letters", _("Letters"), Permission.MEASURE_EDIT),
    ("boards:setup-measures", _("Measures"), Permission.MEASURE_EDIT),
    ("boards:setup-boards", _("Boards"), Permission.MEASURE_EDIT),
    ("boards:setup-groups", _("Groups of patients"), Permission.MEASURE_EDIT),
    ("boards:setup-reasons", _("Reasons"), Permission.MEASURE_EDIT),
    ("org:trail", _("Audit trail"), Permission.AUDIT_VIEW),
    ("org:outbox", _("Messages"), Permission.PEOPLE_EDIT),
)


def house(request: HttpRequest) -> dict[str, Any]:
    """`house` for the shared frame, the theme, the name of the page. Reads nothing until a frame is drawn."""
    match = request.resolver_match
    return {
        "page_name": match.view_name if match else "",
        "theme": request.COOKIES.get("theme", ""),
        "house": SimpleLazyObject(lambda: frame(request)),
    }


def frame(request: HttpRequest) -> House:
    """The frame for the person who asks. One statement."""
    standing = queries.standing_of(request.user) if request.user.is_authenticated else None
    held = standing.permissions if standing else frozenset[Permission]()
    slug = standing.organisation_slug if standing else ""
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    slug = str(kwargs.get("slug", slug))
    return House(
        organisation_name=standing.organisation_name if standing else "",
        synthetic=standing.synthetic if standing else False,
        menu=items(MENU, held) if request.user.is_authenticated else (),
        set_up=items(SET_UP, held, slug=slug) if slug else (),
        units_url=reverse("org:units"),
        logout_url=reverse("org:logout"),
    )


def items(
    entries: Sequence[tuple[str, Any, Permission | None]], held: frozenset[Permission], **where: str
) -> list[Item]:
    """The entries that somebody with the permissions `held` may open."""
    found = []
    for name, label, permission in entries:
        if permission is not None and permission not in held:
            continue
        try:
            found.append(Item(reverse(name, kwargs=where), str(label), name))
        except NoReverseMatch:
            continue
    return found
