"""Whose set-up a request is about."""

from typing import TYPE_CHECKING

from boards.views.setup.scope import UNPROCESSABLE, Scope
from org.rules import Permission
from org.views.pages import organisation_of

if TYPE_CHECKING:
    from org.views.pages import SignedIn


__all__ = ["UNPROCESSABLE", "Scope", "scope_of"]


def scope_of(request: "SignedIn", slug: str, tab: str, permission: Permission = Permission.AGENDA_EDIT) -> Scope:
    """The organisation, when this person may do `permission` in all of it; 404 outside it, 403 without the right."""
    organisation = organisation_of(request, slug, permission)
    return Scope(organisation, slug, tab)
