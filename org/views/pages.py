"""What pages of this room share: who asks, which organisation, a page with one form, a list in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone

from org import access
from org.models import Organisation
from org.rules import Permission

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails

    from org.models import User

    class SignedIn(HttpRequest):
        """A request of somebody who has signed in."""

        user: User
        htmx: HtmxDetails


Row = TypeVar("Row")
ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """One page of a list. It is not counted: long lists stay fast."""

    rows: Sequence[Row]
    number: int
    has_next: bool

    @property
    def first(self) -> int:
        """The number of the first row in the whole list."""
        return (self.number - 1) * ROWS_PER_PAGE + 1

    @property
    def last(self) -> int:
        """The number of the last row in the whole list."""
        return self.first + len(self.rows) - 1


def listed(rows: "QuerySet[Any]", asked: str) -> Listed[Any]:
    """The asked page of `rows`; what is no number is the first. One statement besides prefetches."""
    number = min(int(asked), 10_000) if asked.isascii() and asked.isdigit() and int(asked) > 0 else 1
    start = (number - 1) * ROWS_PER_PAGE
    found = list(rows[start : start + ROWS_PER_PAGE + 1])
    return Listed(found[:ROWS_PER_PAGE], number, len(found) > ROWS_PER_PAGE)


def look_at(request: HttpRequest, organisation_id: int) -> None:
    """Say which organisation a page is about where its address does not: the frame names this one."""
    request.looked_at = organisation_id  # type: ignore[attr-defined]


def organisation_of(request: "SignedIn", slug: str, permission: Permission) -> Organisation:
    """The organisation of an address, when this person may do `permission` in all of it: else 404 or 403."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    access.require_everywhere(request.user, permission, organisation)
    return organisation


def seen_organisation(request: "SignedIn", slug: str, permission: Permission) -> Organisation:
    """The organisation of an address, when this person may do `permission` at some unit of it: else 404 or 403."""
    organisation = get_object_or_404(Organisation.objects.visible_to(request.user), slug=slug)
    access.require_anywhere(request.user, permission, organisation)
    return organisation


def today_in(organisation: Organisation) -> date:
    """The day that it is at the organisation."""
    return timezone.now().astimezone(organisation.zone).date()


def form_page(
    request: HttpRequest, form: BaseForm, context: Mapping[str, Any], template: str = "org/form.html"
) -> HttpResponse:
    """A page with one form: 422 where it has errors."""
    status = 422 if form.is_bound and form.errors else 200
    return TemplateResponse(request, template, {"form": form, **context}, status=status)
