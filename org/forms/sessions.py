"""Signing in, choosing a password, one's own settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, password_validation
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm
from org.models import User

THEMES = (("", _("As the device says")), ("light", _("Light")), ("dark", _("Dark")))


class SignInForm(PlainForm):
    """E-mail address and password; `user` is who they belong to, None where they do not belong together."""

    username = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    user: User | None = None

    def __init__(self, request: HttpRequest, data: Any = None) -> None:
        super().__init__(data)
        self.request = request

    def clean(self) -> dict[str, Any]:
        """Ask who it is. The answer does not tell which of the two was wrong."""
        cleaned = super().clean() or {}
        if "username" in cleaned and "password" in cleaned:
            found = authenticate(self.request, username=cleaned["username"], password=cleaned["password"])
            self.user = found if isinstance(found, User) else None
            if self.user is None:
                raise ValidationError(_("This e-mail address and this password do not belong together."))
        return cleaned


class EmailForm(PlainForm):
    """To whom a link is sent."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class NewPasswordForm(PlainForm):
    """A new password, twice."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        help_text=_("At least 12 characters. Three or four words that belong together only for you are easy to keep."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, user: User, data: Any = None) -> None:
        super().__init__(data)
        self.user = user

    def clean(self) -> dict[str, Any]:
        """Both are the same and good enough for this person."""
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two are not the same."))
        elif cleaned.get("password"):
            try:
                password_validation.validate_password(cleaned["password"], self.user)
            except ValidationError as error:
                self.add_error("password", error)
        return cleaned


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("old", "password", "again")

    def clean_old(self) -> str:
        """Whoever finds an open page cannot take it over."""
        old: str = self.cleaned_data["old"]
        if not self.user.check_password(old):
            raise ValidationError(_("This is not your present password."))
        return old


class MeForm(PlainForm):
    """One's own name and language."""

    name = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser says")), *settings.LANGUAGES]
    )


class ThemeForm(PlainForm):
    """Light or dark, on this device."""

    theme = forms.ChoiceField(label=_("Appearance"), required=False, choices=THEMES)


class LanguageForm(PlainForm):
    """The language of the pages, on this device."""

    language = forms.ChoiceField(choices=settings.LANGUAGES)
