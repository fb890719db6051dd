"""Groups of patients: dimensions and categories of the hospital's own, spellings, and how boards group them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from boards import rules, setup_rules, single_people
from boards.models import Category, CategoryAlias, Dimension, Grouping, GroupMember, Stratum
from org import audit
from org.models import Organisation
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _lock(dimension: Dimension) -> Dimension:
    return Dimension.objects.select_for_update(of=("self",)).get(pk=dimension.pk)


def _record(
    verb: str, subject: Dimension | Category | Grouping, dimension: Dimension, by: "User", at: datetime
) -> None:
    audit.record(
        verb,
        subject=subject,
        by=by,
        at=at,
        organisation_id=dimension.organisation_id,
        facts={"dimension": dimension.code, "code": subject.code},
    )


@transaction.atomic
def add_dimension(
    *,
    organisation: Organisation,
    code: str,
    name: str,
    is_ordered: bool,
    is_partition: bool,
    by: "User",
    at: datetime,
) -> Dimension:
    """Add a way to split patients that is the hospital's own. Raises NotAllowed where the code or name stands."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    code, name = code.strip().lower(), name.strip()
    single_people.refuse(code, name)
    present = list(organisation.dimensions.values_list("code", "name", "position"))
    setup_rules.check_text_free(code, [row[0] for row in present], _("Another dimension has this code."))
    setup_rules.check_text_free(name, [row[1] for row in present], _("Another dimension has this name."))
    dimension = Dimension.objects.create(
        organisation=organisation,
        code=code,
        name=name,
        is_ordered=is_ordered,
        is_partition=is_partition,
        position=max((row[2] for row in present), default=0) + 1,
    )
    _record("dimension.added", dimension, dimension, by, at)
    return dimension


@transaction.atomic
def change_dimension(
    *, dimension: Dimension, name: str, is_ordered: bool, is_partition: bool, by: "User", at: datetime
) -> Dimension:
    """Rename a dimension, or say whether its categories have an order and each patient is in exactly one."""
    dimension = _lock(dimension)
    name = name.strip()
    single_people.refuse(name)
    others = dimension.organisation.dimensions.exclude(pk=dimension.pk).values_list("name", flat=True)
    setup_rules.check_text_free(name, others, _("Another dimension has this name."))
    dimension.name, dimension.is_ordered, dimension.is_partition = name, is_ordered, is_partition
    dimension.save(update_fields=["name", "is_ordered", "is_partition"])
    _record("dimension.changed", dimension, dimension, by, at)
    return dimension


def _check_spellings(dimension: Dimension, spellings: Sequence[str], but: int) -> list[str]:
    """Spellings without doubles and empty lines. Raises NotAllowed where one means another category already."""
    wanted = {text.casefold(): text for raw in spellings if (text := raw.strip())}
    if long := [text for text in wanted.values() if len(text) > 120]:
        raise NotAllowed(_("A spelling is at most 120 characters long: %(text)s…") % {"text": long[0][:40]})
    taken = {
        text.casefold(): name
        for text, name in dimension.aliases.exclude(category=but).values_list("text", "category__name")
    } | {code.casefold(): name for code, name in dimension.categories.exclude(pk=but).values_list("code", "name")}
    for key, text in wanted.items():
        if key in taken:
            raise NotAllowed(
                _("“%(text)s” means “%(name)s” already. A spelling leads to one category only.")
                % {"text": text, "name": taken[key]}
            )
    return list(wanted.values())


def _write_spellings(category: Category, texts: Sequence[str]) -> None:
    wanted = {text.casefold(): text for text in texts if text.casefold() != category.code.casefold()}
    present = {alias.text.casefold(): alias for alias in category.aliases.all()}
    gone = [alias.pk for key, alias in present.items() if key not in wanted or alias.text != wanted[key]]
    CategoryAlias.objects.filter(pk__in=gone).delete()
    CategoryAlias.objects.bulk_create(
        CategoryAlias(dimension_id=category.dimension_id, category=category, text=text)
        for key, text in wanted.items()
        if key not in present or present[key].text != text
    )


@transaction.atomic
def add_category(
    *,
    dimension: Dimension,
    code: str,
    name: str,
    state: rules.CategoryState,
    spellings: Sequence[str],
    by: "User",
    at: datetime,
) -> Category:
    """Add a category of the hospital's own. Raises NotAllowed where its code, name or a spelling stands already."""
    dimension = _lock(dimension)
    code, name = code.strip(), name.strip()
    present = list(dimension.categories.values_list("code", "name", "position"))
    _check_spellings(dimension, [code], 0)
    setup_rules.check_text_free(name, [row[1] for row in present], _("Another category has this name."))
    texts = _check_spellings(dimension, spellings, 0)
    category = Category.objects.create(
        dimension=dimension,
        code=code,
        name=name,
        state=state,
        system="",
        position=max((row[2] for row in present), default=0) + 1,
    )
    _write_spellings(category, texts)
    _record("category.added", category, dimension, by, at)
    return category


@transaction.atomic
def change_category(
    *,
    category: Category,
    name: str,
    state: rules.CategoryState,
    spellings: Sequence[str],
    by: "User",
    at: datetime,
) -> Category:
    """Change name, state and spellings of a category. Its code stays: readings stand under it."""
    dimension = _lock(category.dimension)
    category = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
    name = name.strip()
    others = dimension.categories.exclude(pk=category.pk).values_list("name", flat=True)
    setup_rules.check_text_free(name, others, _("Another category has this name."))
    texts = _check_spellings(dimension, spellings, category.pk)
    category.name, category.state = name, state
    category.save(update_fields=["name", "state"])
    _write_spellings(category, texts)
    _record("category.changed", category, dimension, by, at)
    return category


@transaction.atomic
def remove_category(*, category: Category, by: "User", at: datetime) -> None:
    """Remove a category for which nothing was ever sent. Raises NotAllowed otherwise."""
    dimension = _lock(category.dimension)
    if Stratum.objects.filter(organisation=dimension.organisation_id, categories__contains=[category.pk]).exists():
        raise NotAllowed(_("Numbers were sent for this category, so it stays. Rename it or group it with another one."))
    _record("category.removed", category, dimension, by, at)
    category.delete()


@transaction.atomic
def use_grouping(*, dimension: Dimension, grouping: Grouping | None, by: "User", at: datetime) -> None:
    """Show a dimension by this grouping on all pages; None shows every category by itself."""
    dimension = _lock(dimension)
    if grouping is not None and grouping.dimension_id != dimension.pk:
        raise NotAllowed(_("This grouping belongs to another dimension."))
    dimension.groupings.filter(is_default=True).update(is_default=False)
    if grouping is not None:
        dimension.groupings.filter(pk=grouping.pk).update(is_default=True)
    audit.record(
        "grouping.used",
        subject=dimension,
        by=by,
        at=at,
        organisation_id=dimension.organisation_id,
        facts={"dimension": dimension.code, "grouping": grouping.code if grouping else None},
    )


@transaction.atomic
def add_grouping(
    *, dimension: Dimension, code: str, name: str, like: Grouping | None, by: "User", at: datetime
) -> Grouping:
    """Add a grouping, empty or a copy of another one. Raises NotAllowed where its code or name stands already."""
    dimension = _lock(dimension)
    code, name = code.strip().lower(), name.strip()
    present = list(dimension.groupings.values_list("code", "name"))
    setup_rules.check_text_free(code, [row[0] for row in present], _("Another grouping has this code."))
    setup_rules.check_text_free(name, [row[1] for row in present], _("Another grouping has this name."))
    if like is not None and like.dimension_id != dimension.pk:
        raise NotAllowed(_("This grouping belongs to another dimension."))
    grouping = Grouping.objects.create(dimension=dimension, code=code, name=name)
    if like is not None:
        GroupMember.objects.bulk_create(
            GroupMember(grouping=grouping, category_id=m.category_id, group=m.group, position=m.position)
            for m in like.members.all()
        )
    _record("grouping.added", grouping, dimension, by, at)
    return grouping


@transaction.atomic
def arrange_groups(*, grouping: Grouping, groups: Mapping[int, str], by: "User", at: datetime) -> int:
    """Say to which group each category (id → group, "" none) belongs; returns how many changed.

    Groups stand in the order of their first category. Categories of other dimensions are refused.
    """
    dimension = _lock(grouping.dimension)
    ordered = list(dimension.categories.order_by("position", "code").values_list("pk", flat=True))
    if set(groups) - set(ordered):
        raise NotAllowed(_("This category belongs to another dimension."))
    before = dict(grouping.members.values_list("category_id", "group"))
    after = {pk: groups.get(pk, before.get(pk, "")).strip()[:80] for pk in ordered}
    changed = [pk for pk in ordered if after[pk] != before.get(pk, "")]
    if not changed:
        return 0
    places = {group: place for place, group in reversed(list(enumerate((after[pk] for pk in ordered), start=1)))}
    grouping.members.all().delete()
    GroupMember.objects.bulk_create(
        GroupMember(grouping=grouping, category_id=pk, group=after[pk], position=places[after[pk]])
        for pk in ordered
        if after[pk]
    )
    _record("grouping.arranged", grouping, dimension, by, at)
    return len(changed)


@transaction.atomic
def remove_grouping(*, grouping: Grouping, by: "User", at: datetime) -> None:
    """Remove a grouping that no page uses. Raises NotAllowed for the one in use."""
    dimension = _lock(grouping.dimension)
    grouping = Grouping.objects.get(pk=grouping.pk)
    if grouping.is_default:
        raise NotAllowed(_("Boards use this grouping. Choose another one first."))
    _record("grouping.removed", grouping, dimension, by, at)
    grouping.delete()
