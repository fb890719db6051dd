"""Groups of patients: dimensions, categories as they are stored, groupings as they are shown, combinations."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boards import rules
from org.models import Organisation


class Dimension(models.Model):
    """A way to split patients: race and ethnicity, language, sex, age, payer … or a local one."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="dimensions")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    is_ordered = models.BooleanField(_("the categories have an order"), default=False)
    is_partition = models.BooleanField(_("each patient is in exactly one category"), default=True)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("dimension")
        verbose_name_plural = _("dimensions")
        ordering = ("organisation", "position", "code")
        constraints = (models.UniqueConstraint(fields=("organisation", "code"), name="dimension_code_unique"),)

    def __str__(self) -> str:
        return self.name


class Category(models.Model):
    """A value of a dimension as it is stored: the source's code, never converted by guess."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="categories")
    code = models.CharField(_("code"), max_length=60)
    system = models.CharField(_("code system"), max_length=120, blank=True, default="")
    name = models.CharField(_("name"), max_length=120)
    state = models.CharField(
        _("state"), max_length=10, choices=rules.CategoryState.choices, default=rules.CategoryState.KNOWN
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("dimension", "position", "code")
        constraints = (
            models.UniqueConstraint(fields=("dimension", "code"), name="category_code_unique"),
            models.CheckConstraint(condition=~Q(code__contains="|"), name="category_code_without_bar"),
        )

    def __str__(self) -> str:
        return self.name


class CategoryAlias(models.Model):
    """Another way in which sources write a category ("SPANISH", "spa", "13"). Compared without regard to case."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="aliases")
    text = models.CharField(_("as written"), max_length=120)
    category = models.ForeignKey(Category, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name = _("alias")
        verbose_name_plural = _("aliases")
        constraints = (
            models.UniqueConstraint(
                models.F("dimension"), models.functions.Lower("text"), name="category_alias_unique"
            ),
        )

    def __str__(self) -> str:
        return self.text


class Grouping(models.Model):
    """A way to show a dimension's categories in groups: OMB 1997, SPD-15 of 2024, NHS, local."""

    dimension = models.ForeignKey(Dimension, models.CASCADE, related_name="groupings")
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    is_default = models.BooleanField(_("used on boards"), default=False)

    class Meta:
        verbose_name = _("grouping")
        verbose_name_plural = _("groupings")
        constraints = (
            models.UniqueConstraint(fields=("dimension", "code"), name="grouping_code_unique"),
            models.UniqueConstraint(fields=("dimension",), condition=Q(is_default=True), name="grouping_one_default"),
        )

    def __str__(self) -> str:
        return self.name


class GroupMember(models.Model):
    """The group to which a category belongs within a grouping."""

    grouping = models.ForeignKey(Grouping, models.CASCADE, related_name="members")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+")
    group = models.CharField(_("group"), max_length=80)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of groups")
        ordering = ("grouping", "position")
        constraints = (models.UniqueConstraint(fields=("grouping", "category"), name="group_member_unique"),)

    def __str__(self) -> str:
        return self.group


class Stratum(models.Model):
    """A category, or a combination of categories of different dimensions, under one key. The key "" is all."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="strata")
    key = models.CharField(max_length=255)
    categories = ArrayField(models.IntegerField(), default=list)
    dimensions = ArrayField(models.IntegerField(), default=list)

    class Meta:
        verbose_name = _("group of patients")
        verbose_name_plural = _("groups of patients")
        constraints = (models.UniqueConstraint(fields=("organisation", "key"), name="stratum_key_unique"),)

    def __str__(self) -> str:
        return self.key or "total"


class Layout(models.Model):
    """A list of strata that arrays of readings and snapshots are aligned to. Never changed once used."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="layouts")
    strata = ArrayField(models.IntegerField())

    class Meta:
        verbose_name = _("layout of strata")
        verbose_name_plural = _("layouts of strata")
        constraints = (models.UniqueConstraint(fields=("organisation", "strata"), name="layout_strata_unique"),)

    def __str__(self) -> str:
        return f"{len(self.strata)} strata"
