"""People of an organisation: inviting, roles, stand-ins, letting in and out."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from org import queries
from org.actions import people
from org.forms.people import InviteForm, RoleForm, StandInForm
from org.models import Membership, Organisation, Unit, User
from org.rules import NotAllowed, Permission, Role
from org.views.pages import form_page, listed, seen_organisation, today_in

if TYPE_CHECKING:
    from org.models.units import UnitQuerySet
    from org.views.pages import SignedIn


@require_GET
def person_list(request: "SignedIn", slug: str) -> HttpResponse:
    """People with roles at the units that this person looks after."""
    here = seen_organisation(request, slug, Permission.PEOPLE_EDIT)
    sought = request.GET.get("q", "").strip()[:80]
    page = listed(queries.people_of(here, request.user, sought), request.GET.get("page", ""))
    return TemplateResponse(
        request, "org/people.html", {"page": page, "q": sought, "organisation": here, "tab": "people"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: "SignedIn", slug: str) -> HttpResponse:
    """Give somebody a first role; who is new gets a link by e-mail."""
    here = seen_organisation(request, slug, Permission.PEOPLE_EDIT)
    initial = {"language": here.language, "role": Role.STAFF}
    form = InviteForm(_reach(request, here), request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data
        try:
            role = people.invite_person(**wanted, today=today_in(here), by=request.user, at=timezone.now())
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(person)s was invited.") % {"person": wanted["name"]})
            return redirect("org:person", slug=slug, pk=role.user_id)
    context = {"organisation": here, "tab": "people", "title": _("Invite somebody"), "submit": _("Invite")}
    return form_page(request, form, context)


@require_GET
def person(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Somebody's roles, and what can be done."""
    here, found = _person(request, slug, pk)
    return _page(request, here, found)


@require_POST
def give_role(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Give one more role."""
    here, found = _person(request, slug, pk)
    form = RoleForm(_reach(request, here), request.POST)
    if form.is_valid():
        try:
            people.give_role(user=found, **form.cleaned_data, today=today_in(here), by=request.user, at=timezone.now())
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The role holds from now on."))
            return redirect("org:person", slug=slug, pk=pk)
    return _page(request, here, found, role_form=form)


@require_POST
def stand_in(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let somebody stand in for another, with the same role at the same unit."""
    here, found = _person(request, slug, pk)
    form = StandInForm(request.user, found, request.POST)
    if form.is_valid():
        other = form.cleaned_data["stands_in_for"]
        try:
            people.give_role(
                user=found,
                unit=other.unit,
                role=other.role,
                stands_in_for=other,
                today=today_in(here),
                by=request.user,
                at=timezone.now(),
            )
        except NotAllowed as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The stand-in holds from now on."))
            return redirect("org:person", slug=slug, pk=pk)
    return _page(request, here, found, stand_in_form=form)


@require_POST
def end_role(request: "SignedIn", slug: str, pk: int, membership: int) -> HttpResponse:
    """End one role."""
    here, found = _person(request, slug, pk)
    roles = Membership.objects.visible_to(request.user).filter(user=found, unit__organisation=here)
    role = get_object_or_404(roles, pk=membership)
    return _done(
        request,
        slug,
        pk,
        _("The role has ended."),
        lambda: people.end_membership(membership=role, today=today_in(here), by=request.user, at=timezone.now()),
    )


@require_POST
def switch(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Let somebody sign in no more, or again. Only whoever looks after all of their roles may."""
    here, found = _person(request, slug, pk)
    act, done = (
        (people.deactivate_person, _("%(person)s may not sign in any more."))
        if found.is_active
        else (people.reactivate_person, _("%(person)s may sign in again."))
    )

    def do() -> None:
        if queries.roles_beyond(found, request.user):
            raise NotAllowed(_("This person also has roles elsewhere: end the roles here instead."))
        act(user=found, organisation=here, by=request.user, at=timezone.now())

    return _done(request, slug, pk, done % {"person": found}, do)


@require_POST
def invite_again(request: "SignedIn", slug: str, pk: int) -> HttpResponse:
    """Send the link of an invitation once more."""
    here, found = _person(request, slug, pk)
    return _done(
        request,
        slug,
        pk,
        _("The link goes out within a minute."),
        lambda: people.send_invitation_again(user=found, organisation=here, by=request.user, at=timezone.now()),
    )


def _done(request: "SignedIn", slug: str, pk: int, done: str, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("org:person", slug=slug, pk=pk)


def _reach(request: "SignedIn", here: Organisation) -> "UnitQuerySet":
    units = Unit.objects.with_permission(request.user, Permission.PEOPLE_EDIT).filter(organisation=here)
    return units.open().order_by("path")


def _person(request: "SignedIn", slug: str, pk: int) -> tuple[Organisation, User]:
    here = seen_organisation(request, slug, Permission.PEOPLE_EDIT)
    return here, get_object_or_404(queries.people_of(here, request.user), pk=pk)


def _page(
    request: "SignedIn",
    here: Organisation,
    found: User,
    *,
    role_form: BaseForm | None = None,
    stand_in_form: BaseForm | None = None,
) -> HttpResponse:
    context = {
        "person": found,
        "invited_only": not found.has_usable_password(),
        "role_form": role_form or RoleForm(_reach(request, here)),
        "stand_in_form": stand_in_form or StandInForm(request.user, found),
        "organisation": here,
        "tab": "people",
    }
    return TemplateResponse(request, "org/person.html", context, status=422 if role_form or stand_in_form else 200)
