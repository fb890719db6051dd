"""Signing in and out, links to choose a password, the language of the pages."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from org import attempts, links, queries
from org.actions import people
from org.forms.sessions import EmailForm, LanguageForm, NewPasswordForm, SignInForm

if TYPE_CHECKING:
    from org.models import User
    from org.views.pages import SignedIn

BACKEND = "org.backends.SeatBackend"
LANGUAGE_SECONDS = 365 * 24 * 3600


def safe_next(request: HttpRequest, wanted: str | None, otherwise: str) -> str:
    """Where to go on: `wanted` when it is a page of ours."""
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url(otherwise)


def begin_session(request: HttpRequest, user: "User") -> None:
    """Sign `user` in with a new session and its limits."""
    now = timezone.now()
    login(request, user, backend=BACKEND)
    queries.start_session(request.session, user, now)
    people.note_sign_in(user=user, at=now)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with e-mail address and password. After too many wrong ones: 429 until some time has passed."""
    onward = safe_next(request, request.POST.get("next") or request.GET.get("next"), settings.LOGIN_REDIRECT_URL)
    if request.method != "POST":
        if request.user.is_authenticated:
            return redirect(onward)
        return _sign_in_page(request, SignInForm(request), onward, 200)
    form = SignInForm(request, request.POST)
    account, address = request.POST.get("username", "").strip(), attempts.address_of(request)
    counted = (
        (attempts.SIGN_IN, (account, address)),
        (attempts.SIGN_IN_ADDRESS, (address,)),
        (attempts.SIGN_IN_ACCOUNT, (account,)),
    )
    if any(attempts.spent(limit, *who) for limit, who in counted):
        form = SignInForm(request)
        refusal = _("Too many tries. Wait 15 minutes, or ask for a new password.")
        return _sign_in_page(request, form, onward, 429, refusal)
    if form.is_valid() and form.user is not None:
        attempts.forget(*_flat(counted[0]))
        begin_session(request, form.user)
        return redirect(onward)
    for limit, who in counted:
        attempts.count(limit, *who)
    return _sign_in_page(request, form, onward, 422)


def _flat(counted: tuple[attempts.Limit, tuple[str, ...]]) -> tuple[attempts.Limit, *tuple[str, ...]]:
    return (counted[0], *counted[1])


def _sign_in_page(request: HttpRequest, form: SignInForm, onward: str, status: int, refusal: str = "") -> HttpResponse:
    context = {"form": form, "next": onward, "refusal": refusal}
    return TemplateResponse(request, "org/login.html", context, status=status)


@require_POST
def sign_out(request: "SignedIn") -> HttpResponse:
    """End this session, and the streams of the person's open boards. `next`: where whoever signs in now goes on."""
    people.note_sign_out(user=request.user, at=timezone.now())
    onward = safe_next(request, request.POST.get("next"), "home")
    logout(request)
    asked = {"out": 1, **({"next": onward} if request.POST.get("next") else {})}
    return redirect(f"{resolve_url(settings.LOGOUT_REDIRECT_URL)}?{urlencode(asked)}")


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_link(request: HttpRequest) -> HttpResponse:
    """Send a link to choose a new password. The answer is the same whether or not the address is known."""
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, address = form.cleaned_data["email"], attempts.address_of(request)
        counted = ((attempts.PASSWORD_LINK, (email,)), (attempts.PASSWORD_LINK_ADDRESS, (address,)))
        if not any(attempts.spent(limit, *who) for limit, who in counted):
            people.request_password_link(email=email, at=timezone.now())
        for limit, who in counted:
            attempts.count(limit, *who)
        return redirect("org:link-sent")
    return TemplateResponse(request, "org/ask_for_link.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
def link_sent(request: HttpRequest) -> HttpResponse:
    """What to do next."""
    return TemplateResponse(request, "org/link_sent.html")


@login_not_required
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password by the link of an invitation or of a forgotten password, and be signed in."""
    now = timezone.now()
    opened = links.opened(token, now)
    if opened is None:
        return TemplateResponse(request, "org/link_over.html", status=410)
    form = NewPasswordForm(opened.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = people.choose_password(user=opened.user, password=form.cleaned_data["password"], at=now)
        begin_session(request, user)
        return redirect(settings.LOGIN_REDIRECT_URL)
    invited = opened.purpose == links.INVITATION
    context = {"form": form, "invited": invited, "person": opened.user}
    response = TemplateResponse(request, "org/welcome.html", context, status=422 if form.errors else 200)
    # The address opens an account, so no log may get it as a referrer; without an origin the form would be refused.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages on this device."""
    form = LanguageForm(request.POST)
    onward = safe_next(request, request.POST.get("next") or request.headers.get("Referer"), settings.LOGIN_REDIRECT_URL)
    response = redirect(onward)
    if form.is_valid():
        set_language_cookie(response, form.cleaned_data["language"])
    else:
        messages.error(request, _("This language is not known."))
    return response


def set_language_cookie(response: HttpResponse, code: str) -> None:
    """Keep the language on this device for a year; "" forgets it."""
    if not code:
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=LANGUAGE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
        httponly=True,
    )
