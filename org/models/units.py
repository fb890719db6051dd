"""The organisation and its tree of units."""

from datetime import time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from org import rules
from org.shipped import ShippedField

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models.people import User


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Organisations, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "OrganisationQuerySet":
        """Organisations in which `user` may see a board."""
        return self.filter(pk__in=Unit.objects.visible_to(user).values("organisation"))

    def governed_by(self, user: "User | AnonymousUser", permission: rules.Permission) -> "OrganisationQuerySet":
        """Organisations in which `user` holds `permission` at the top unit, hence everywhere."""
        tops = Unit.objects.with_permission(user, permission).filter(parent__isnull=True)
        return self.filter(pk__in=tops.values("organisation"))


class Organisation(models.Model):
    """A hospital or health system: the top of one tree, with the settings that all of it shares."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), max_length=60, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="America/New_York")
    language = models.CharField(_("language"), max_length=10, default="en")
    snapshot_at = models.TimeField(_("daily snapshot at"), default=time(5, 30))
    small_cell_threshold = models.PositiveSmallIntegerField(
        _("hide counts below"), default=11, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    idle_minutes = models.PositiveSmallIntegerField(_("sign out after minutes without use"), default=60)
    hard_hours = models.PositiveSmallIntegerField(_("sign out after hours in any case"), default=12)
    is_synthetic = models.BooleanField(_("all data are made up"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = (
            models.CheckConstraint(condition=Q(small_cell_threshold__gte=1), name="organisation_threshold_positive"),
            models.CheckConstraint(
                condition=Q(idle_minutes__gte=1, hard_hours__gte=1), name="organisation_session_positive"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The organisation's time zone."""
        return ZoneInfo(self.time_zone)


class Tier(models.Model):
    """A level of the management line with a daily huddle. Level 1 is the front line."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="tiers")
    level = models.PositiveSmallIntegerField(_("level"))
    name = ShippedField(_("name"), max_length=60)
    huddle_at = models.TimeField(_("huddle starts at"), null=True, blank=True)
    huddle_minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)

    class Meta:
        verbose_name = _("tier")
        verbose_name_plural = _("tiers")
        ordering = ("organisation", "level")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "level"), name="tier_level_unique"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=rules.MAX_TIERS), name="tier_level_1_to_6"),
        )

    def __str__(self) -> str:
        return f"{self.level} · {self.name}"


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units, in the ward's language."""

    def open(self) -> "UnitQuerySet":
        """Units that are not closed."""
        return self.filter(closed_on__isnull=True)

    def below(self, unit: "Unit") -> "UnitQuerySet":
        """All units under `unit` along the primary line, without itself."""
        return self.filter(path__startswith=unit.path).exclude(pk=unit.pk)

    def above(self, unit: "Unit") -> "UnitQuerySet":
        """The units over `unit`, top first."""
        return self.filter(pk__in=rules.ancestor_ids(unit.path)).order_by("path")

    def with_permission(self, user: "User | AnonymousUser", permission: rules.Permission) -> "UnitQuerySet":
        """Units where `user` holds `permission` by a role at the unit or anywhere above it, on either line."""
        return self.filter(_reach(user, rules.roles_with(permission)))

    def visible_to(self, user: "User | AnonymousUser") -> "UnitQuerySet":
        """Units whose boards `user` may open: those under a membership, and the line above it."""
        roles = rules.roles_with(rules.Permission.BOARD_VIEW)
        return self.filter(_reach(user, roles) | _line_above(user, roles))


def _held(user: "User | AnonymousUser", roles: frozenset[rules.Role]) -> "models.QuerySet[Unit]":
    """Units where `user` holds one of `roles` by name."""
    return Unit.objects.filter(
        memberships__user_id=(user.pk or 0) if user.is_authenticated and user.is_active else 0,
        memberships__role__in=sorted(roles),
        memberships__ended_on__isnull=True,
    )


def _reach(user: "User | AnonymousUser", roles: frozenset[rules.Role]) -> Q:
    """Units at or under the held ones, along the primary line and below a second line."""
    outer = models.OuterRef("path")
    held = _held(user, roles).annotate(outer=models.ExpressionWrapper(outer, models.CharField()))
    below = models.Exists(held.filter(outer__startswith=models.F("path")))
    second = models.Exists(held.filter(outer__startswith=models.F("second_children__path")))
    return Q(below) | Q(second)


def _line_above(user: "User | AnonymousUser", roles: frozenset[rules.Role]) -> Q:
    """Units over the held ones: a ward sees what it is part of."""
    return Q(models.Exists(_held(user, roles).filter(path__startswith=models.OuterRef("path"))))


class Unit(models.Model):
    """A place in the tree: ward, service line, branch, executive team or support service."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="units")
    tier = models.ForeignKey(Tier, models.PROTECT, related_name="units", verbose_name=_("tier"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("reports to")
    )
    second_parent = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="second_children",
        verbose_name=_("also reports to"),
    )
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=20, choices=rules.UnitKind.choices, default=rules.UnitKind.OTHER)
    path = models.CharField(max_length=255, editable=False, db_collation="C")
    position = models.PositiveIntegerField(_("order"), default=0)
    time_zone = models.CharField(_("time zone"), max_length=60, blank=True, default="")
    calendar = models.ForeignKey(
        "org.Calendar", models.SET_NULL, null=True, blank=True, related_name="units", verbose_name=_("calendar")
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("organisation", "path")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "code"), name="unit_code_unique"),
            models.UniqueConstraint(fields=("path",), name="unit_path_unique", deferrable=models.Deferrable.DEFERRED),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("id")), name="unit_parent_not_itself"
            ),
            models.CheckConstraint(
                condition=Q(second_parent__isnull=True)
                | (~Q(second_parent=models.F("id")) & ~Q(second_parent=models.F("parent"))),
                name="unit_second_parent_another",
            ),
        )

    def __str__(self) -> str:
        return self.name


class ReportingLine(models.Model):
    """To whom a unit reported when. A move ends one line and starts another, so every day keeps its own tree."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="lines")
    parent = models.ForeignKey(Unit, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=rules.LineKind.choices, default=rules.LineKind.PRIMARY)
    valid = DateRangeField(_("from, until"))

    class Meta:
        verbose_name = _("reporting line")
        verbose_name_plural = _("reporting lines")
        constraints = (
            ExclusionConstraint(
                name="line_one_at_a_time",
                expressions=(
                    ("unit", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ),
            ),
            models.CheckConstraint(condition=~Q(unit=models.F("parent")), name="line_not_to_itself"),
        )

    def __str__(self) -> str:
        return f"{self.unit_id} → {self.parent_id}"


class TreeChange(models.Model):
    """What past days of a tree were changed: from `first_day` on, the numbers of `units` contain others than before.

    Written with every move, second line, closing and reopening, and never changed: whoever keeps numbers along the
    tree reads on from the last one that it knows.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="tree_changes")
    units = ArrayField(models.IntegerField())
    first_day = models.DateField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("change of the tree")
        verbose_name_plural = _("changes of the tree")
        constraints = (models.CheckConstraint(condition=Q(units__len__gt=0), name="tree_change_of_units"),)

    def __str__(self) -> str:
        return f"{self.first_day} {self.units}"
