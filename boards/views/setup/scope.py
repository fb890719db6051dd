"""Whose set-up a request is about, and the frame that all of its pages share."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from org.models import Organisation
from org.rules import Permission

if TYPE_CHECKING:
    from boards.views.board import SignedIn

Found = TypeVar("Found", bound=Model)

UNPROCESSABLE: Final = HTTPStatus.UNPROCESSABLE_ENTITY

_TABS: Final = (
    ("boards:setup-boards", gettext_lazy("Boards")),
    ("boards:setup-measures", gettext_lazy("Measures")),
    ("boards:setup-letters", gettext_lazy("Letters")),
    ("boards:setup-reasons", gettext_lazy("Reasons")),
    ("boards:setup-groups", gettext_lazy("Groups of patients")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the pages of board set-up."""

    url: str
    label: str
    current: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """The organisation that is set up, and `query`, which keeps it in addresses where a person has several."""

    organisation: Organisation
    organisations: Sequence[Organisation]
    query: str
    tabs: Sequence[Tab]

    def back(self, name: str, *args: int) -> HttpResponse:
        """To another page of the same organisation."""
        return redirect(reverse(name, args=args) + self.query)


def tabs(current: str, query: str = "", *, whole: bool = True) -> list[Tab]:
    """The pages of board set-up; `current` is the name of the one that is shown.

    Who may not set up the `whole` organisation has only the boards of their units.
    """
    shown = _TABS if whole else _TABS[:1]
    return [Tab(reverse(name) + query, str(label), name == current) for name, label in shown]


def tabs_of_boards(request: "SignedIn") -> list[Tab]:
    """The pages of board set-up for somebody who sets up the boards of some units, or of all."""
    whole = Organisation.objects.governed_by(request.user, Permission.MEASURE_EDIT).exists()
    return tabs(_TABS[0][0], whole=whole)


def scope_of(request: "SignedIn", current: str) -> Scope:
    """The organisation that was asked for, or the first that this person may set up; 403 where there is none."""
    governed = list(Organisation.objects.governed_by(request.user, Permission.MEASURE_EDIT).order_by("name"))
    if not governed:
        raise PermissionDenied(_("Your role does not include this for the whole organisation."))
    asked = request.GET.get("organisation", "")
    organisation = next((one for one in governed if one.slug == asked), governed[0])
    return _scope(organisation, governed, current)


def found(request: "SignedIn", model: type[Found], pk: int, current: str, path: str = "") -> tuple[Found, Scope]:
    """A thing of an organisation that this person may set up, with its scope; 403 without the right, else 404.

    `path` leads from the thing to what belongs to the organisation ("dimension__").
    """
    governed = list(Organisation.objects.governed_by(request.user, Permission.MEASURE_EDIT).order_by("name"))
    if not governed:
        raise PermissionDenied(_("Your role does not include this for the whole organisation."))
    thing = get_object_or_404(model, pk=pk, **{f"{path}organisation__in": governed})
    owner = thing
    for step in (*path.split("__")[:-1], "organisation_id"):
        owner = getattr(owner, step)
    return thing, _scope(next(one for one in governed if one.pk == owner), governed, current)


def _scope(organisation: Organisation, governed: Sequence[Organisation], current: str) -> Scope:
    query = "?" + urlencode({"organisation": organisation.slug}) if len(governed) > 1 else ""
    return Scope(organisation, governed, query, tabs(current, query))
