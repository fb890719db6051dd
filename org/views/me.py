"""One's own settings."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from org.actions import people
from org.forms.sessions import ChangePasswordForm, MeForm, ThemeForm
from org.views.sessions import LANGUAGE_SECONDS, set_language_cookie

if TYPE_CHECKING:
    from org.views.pages import SignedIn


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: "SignedIn") -> HttpResponse:
    """Name and language."""
    if request.method != "POST":
        return _page(request)
    form = MeForm(request.POST)
    if not form.is_valid():
        return _page(request, form=form)
    people.edit_me(user=request.user, **form.cleaned_data, at=timezone.now())
    chosen = form.cleaned_data["language"]
    request.session["language"] = chosen
    with translation.override(chosen or translation.get_language()):
        messages.success(request, _("Saved."))
    response = redirect("org:me")
    set_language_cookie(response, chosen)
    return response


@sensitive_post_parameters("old", "password", "again")
@require_POST
def password(request: "SignedIn") -> HttpResponse:
    """Change one's own password; every other session of the person ends."""
    form = ChangePasswordForm(request.user, request.POST)
    if not form.is_valid():
        return _page(request, password_form=form)
    user = people.choose_password(user=request.user, password=form.cleaned_data["password"], at=timezone.now())
    update_session_auth_hash(request, user)
    messages.success(request, _("The new password holds from now on. Other devices were signed out."))
    return redirect("org:me")


@require_POST
def theme(request: "SignedIn") -> HttpResponse:
    """Light or dark, kept on this device."""
    form = ThemeForm(request.POST)
    response = redirect("org:me")
    if form.is_valid():
        response.set_cookie(
            "theme",
            form.cleaned_data["theme"],
            max_age=LANGUAGE_SECONDS,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )  # for theme.js to read, before the page is painted
    return response


def _page(request: "SignedIn", *, form: BaseForm | None = None, password_form: BaseForm | None = None) -> HttpResponse:
    user = request.user
    context = {
        "form": form or MeForm(initial={"name": user.name, "language": user.language}),
        "password_form": password_form or ChangePasswordForm(user),
        "theme_form": ThemeForm(initial={"theme": request.COOKIES.get("theme", "")}),
    }
    return TemplateResponse(request, "org/me.html", context, status=422 if form or password_form else 200)
