"""Whose set-up a request is about, and the frame that all of its pages share."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from org import access
from org.models import Organisation
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn

Found = TypeVar("Found", bound=Model)

UNPROCESSABLE: Final = HTTPStatus.UNPROCESSABLE_ENTITY


@dataclass(frozen=True, slots=True)
class Scope:
    """The organisation that is set up, its short name in addresses, and which of the set-up pages this is."""

    organisation: Organisation
    slug: str
    tab: str

    def back(self, name: str, *args: int | str) -> HttpResponse:
        """To another page of the same organisation."""
        return redirect(name, self.slug, *args)


def visible_organisation(request: "SignedIn", slug: str) -> Organisation:
    """The organisation when this person may see a board of it; 404 otherwise."""
    return get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)


def scope_of(request: "SignedIn", slug: str, current: str) -> Scope:
    """The organisation, when this person may set up the whole of it; 404 outside it, 403 without the right."""
    organisation = visible_organisation(request, slug)
    access.require_everywhere(request.user, Permission.MEASURE_EDIT, organisation)
    return Scope(organisation, slug, current)


def found(
    request: "SignedIn", slug: str, model: type[Found], pk: int, current: str, path: str = ""
) -> tuple[Found, Scope]:
    """A thing of the organisation with its scope; 404 where there is none.

    `path` leads from the thing to what belongs to the organisation ("dimension__").
    """
    scope = scope_of(request, slug, current)
    return get_object_or_404(model, pk=pk, **{f"{path}organisation": scope.organisation}), scope


def scope_of_boards(organisation: Organisation) -> Scope:
    """The frame for somebody who sets up the boards of some units, or of all."""
    return Scope(organisation, organisation.slug, "boards:setup-boards")
