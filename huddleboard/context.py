"""What every page knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from boards.queries.terms import AS_SHIPPED, words_for
from boards.queries.waiting_words import count_waiting
from org import queries
from org.queries import Standing
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


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of a menu: the name of its address, its label, what it takes to open it; None is for everybody.

    `whole`: it takes it for a whole organisation, not only for some units.
    """

    name: str
    label: Any
    permission: Permission | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A label that the hospital may rename: a key of `boards.terms`."""

    key: str


MENU: Final = (
    Entry("home", _("My board")),
    Entry("huddles:today", _("Huddles of today")),
    Entry("huddles:issues", _("Issues")),
    Entry("huddles:mine", _("About me")),
    Entry("rounding:k-cards", _("K-cards"), Permission.ROUND_READ),
    Entry("huddles:my-desk", _("Desk"), Permission.ISSUE_WORK),
    Entry("rounding:mine", _("Rounds"), Permission.ROUND_READ),
    Entry("rounding:standard-work", _("My standard work"), Permission.ROUND_LEAD),
    Entry("boards:overview", _("All boards"), Permission.OVERVIEW),
    Entry("improvement:work", _("Improvement work"), Permission.BOARD_VIEW),
    Entry("improvement:equity-home", Called("Equity"), Permission.EQUITY_DESK, whole=True),
    Entry("huddles:workforce", Called("Workforce"), Permission.WORKFORCE_VIEW),
    Entry("improvement:goals", _("Goals"), Permission.BOARD_VIEW),
    Entry("boards:completeness", _("What is known of patients"), Permission.EQUITY_DESK),
    Entry("huddles:signals", Called("Signals"), Permission.EQUITY_DESK),
    Entry("huddles:alerts", _("System alerts"), Permission.ALERT_SEND),
    Entry("huddles:my-tier-health", _("Tier health"), Permission.TIER_HEALTH),
    Entry("improvement:my-evidence", Called("Evidence"), Permission.EQUITY_DESK, whole=True),
    Entry("improvement:my-guidelines", Called("Guidelines"), Permission.EQUITY_DESK),
    Entry("boards:feeds", _("Import numbers"), Permission.READING_IMPORT, whole=True),
    Entry("boards:words", _("Words to map"), Permission.READING_IMPORT, whole=True),
    Entry("org:displays", _("Wall displays"), Permission.DEVICE_PAIR),
    Entry("org:set-up", _("Set up"), Permission.UNIT_EDIT, whole=True),
    Entry("rounding:roster", _("Rosters"), Permission.PEOPLE_EDIT),
    Entry("boards:setup", _("Boards and measures"), Permission.MEASURE_EDIT),
    Entry("huddles:setup", _("Agendas and clocks"), Permission.AGENDA_EDIT, whole=True),
    Entry("org:me", _("My settings")),
)
#: The tabs of the pages with which a hospital sets itself up.
SET_UP: Final = (
    Entry("org:organisation", _("Settings"), Permission.UNIT_EDIT, whole=True),
    Entry("org:tiers", _("Tiers"), Permission.UNIT_EDIT, whole=True),
    Entry("org:tree", _("Units"), Permission.UNIT_EDIT, whole=True),
    Entry("org:calendars", _("Calendars"), Permission.UNIT_EDIT, whole=True),
    Entry("org:people", _("People"), Permission.PEOPLE_EDIT),
    Entry("boards:setup-letters", _("Letters"), Permission.MEASURE_EDIT, whole=True),
    Entry("boards:setup-measures", _("Measures"), Permission.MEASURE_EDIT, whole=True),
    Entry("boards:setup-boards", _("Boards"), Permission.MEASURE_EDIT),
    Entry("boards:setup-groups", _("Groups of patients"), Permission.MEASURE_EDIT, whole=True),
    Entry("boards:setup-reasons", _("Reasons"), Permission.MEASURE_EDIT, whole=True),
    Entry("huddles:setup-agendas", _("Agendas"), Permission.AGENDA_EDIT, whole=True),
    Entry("rounding:setup-questions", _("Questions of rounds"), Permission.AGENDA_EDIT, whole=True),
    Entry("huddles:setup-choices", _("Words to choose"), Permission.AGENDA_EDIT, whole=True),
    Entry("rounding:setup-standard-work", _("Standard work"), Permission.AGENDA_EDIT, whole=True),
    Entry("huddles:setup-levels", _("Clocks of issues"), Permission.AGENDA_EDIT, whole=True),
    Entry("huddles:setup-signals", Called("Signals"), Permission.EQUITY_EDIT, whole=True),
    Entry("huddles:setup-trust", _("People of trust"), Permission.PEOPLE_EDIT, whole=True),
    Entry("boards:setup-terms", _("Words"), Permission.EQUITY_EDIT, whole=True),
    Entry("boards:setup-workforce", Called("Workforce"), Permission.EQUITY_EDIT, whole=True),
    Entry("org:trail", _("Audit trail"), Permission.AUDIT_VIEW, whole=True),
    Entry("org:outbox", _("Messages"), Permission.PEOPLE_EDIT, whole=True),
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
    """The frame for the person who asks, about the organisation that the page is about. One statement, and one more for
    whoever maps words.

    Which one that is says the address (its `slug`), else the view (`org.views.pages.look_at`).
    """
    kwargs = request.resolver_match.kwargs if request.resolver_match else {}
    looked_at = kwargs.get("slug", getattr(request, "looked_at", None))
    standing = queries.standing_of(request.user, looked_at) if request.user.is_authenticated else None
    return House(
        organisation_name=standing.organisation_name if standing else "",
        synthetic=standing.synthetic if standing else False,
        menu=_menu(request, standing) if request.user.is_authenticated else (),
        set_up=_set_up(request, standing) if standing else (),
        units_url=reverse("org:units"),
        logout_url=reverse("org:logout"),
    )


def _menu(request: HttpRequest, standing: Standing | None) -> list[Item]:
    if standing is None:
        return items(MENU, frozenset(), frozenset())
    entries = items(MENU, standing.anywhere, standing.wholly, lambda key: words_for(request).say(key))
    return [_with_count(item, standing) for item in entries]


def _with_count(item: Item, standing: Standing) -> Item:
    """The entry with how many words wait to be mapped, for whoever maps them. One statement for them alone."""
    if item.name != "boards:words" or Permission.READING_IMPORT not in standing.throughout:
        return item
    waiting = count_waiting(standing.organisation_id)
    return replace(item, label=f"{item.label} ({waiting})") if waiting else item


def _set_up(request: HttpRequest, standing: Standing) -> list[Item]:
    slug = standing.organisation_slug
    return items(SET_UP, standing.somewhere, standing.throughout, lambda key: words_for(request).say(key), slug=slug)


def items(
    entries: Sequence[Entry],
    somewhere: frozenset[Permission],
    throughout: frozenset[Permission],
    say: Callable[[str], str] = AS_SHIPPED.say,
    **where: str,
) -> list[Item]:
    """The entries that somebody may open who holds these permissions at some unit, and those at all of them.

    `say`: what the hospital calls a key; asked only where an entry is shown that it may rename.
    """
    return [
        Item(
            reverse(entry.name, kwargs=where),
            say(entry.label.key) if isinstance(entry.label, Called) else str(entry.label),
            entry.name,
        )
        for entry in entries
        if entry.permission is None or entry.permission in (throughout if entry.whole else somewhere)
    ]
