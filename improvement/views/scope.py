"""Whose pages of the area these are, and what the reader may do on them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from org.models import Organisation
from org.queries import standing_of
from org.rules import Permission

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@dataclass(frozen=True, slots=True)
class Area:
    """The organisation, its day, and what the reader holds: at all of it (`throughout`), at some unit (`somewhere`)."""

    organisation: Organisation
    slug: str
    now: datetime
    today: date
    somewhere: frozenset[Permission]
    throughout: frozenset[Permission]

    @property
    def may_edit(self) -> bool:
        """Whether the reader keeps the area of the whole organisation."""
        return Permission.EQUITY_EDIT in self.throughout

    @property
    def may_take(self) -> bool:
        """Whether the reader may have the evidence of the whole organisation as files."""
        return {Permission.EQUITY_DESK, Permission.STRATA_VIEW, Permission.EXPORT} <= self.throughout

    def back(self, name: str, *args: int | str) -> HttpResponse:
        """To another page of the same organisation."""
        return redirect(name, self.slug, *args)


def _refuse(text: str = "") -> PermissionDenied:
    return PermissionDenied(text or _("Your role does not include this for the whole organization."))


def area_of(request: "SignedIn", slug: str) -> Area:
    """The area, for whoever follows or keeps it at some unit; 404 outside the organisation, 403 without the right."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    standing = standing_of(request.user, slug)
    somewhere = standing.somewhere if standing else frozenset()
    if not somewhere & {Permission.EQUITY_DESK, Permission.EQUITY_EDIT}:
        raise _refuse(_("Your role does not include this here."))
    now = timezone.now()
    throughout = standing.throughout if standing else frozenset()
    return Area(organisation, slug, now, now.astimezone(organisation.zone).date(), somewhere, throughout)


def area_to_edit(request: "SignedIn", slug: str) -> Area:
    """The area, for whoever keeps it for the whole organisation; else 404 or 403."""
    area = area_of(request, slug)
    if not area.may_edit:
        raise _refuse()
    return area


def area_of_all(request: "SignedIn", slug: str) -> Area:
    """The area, for whoever follows gaps of the whole organisation and sees its groups; else 404 or 403."""
    area = area_of(request, slug)
    if not {Permission.EQUITY_DESK, Permission.STRATA_VIEW} <= area.throughout:
        raise _refuse()
    return area
