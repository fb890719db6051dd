"""The people who sign in."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from org import rules
from org.models.units import Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser


class UserManager(BaseUserManager["User"]):
    """Finds and makes people by e-mail address."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this e-mail address, whatever its capitals."""
        return self.get(email__iexact=username)

    def visible_to(self, user: "User | AnonymousUser") -> "models.QuerySet[User]":
        """People who hold or held a role at a unit whose people are `user`'s to edit."""
        reach = Unit.objects.with_permission(user, rules.Permission.PEOPLE_EDIT)
        return self.filter(memberships__unit__in=reach).distinct()

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person; without a password nobody can sign in as them until they set one."""
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with every right in the Django admin; used by `manage.py createsuperuser`."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in with an e-mail address. What they may do comes from memberships, not from here."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=10, blank=True, default="")
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the technical administration"), default=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_unique"),)

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        """The first word of the name."""
        return self.name.split(" ")[0] if self.name else self.email
