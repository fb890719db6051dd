"""Words for groups of patients that nobody has mapped yet: given to a category that stands, or accepted as new."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from boards.models import Category, CategoryAlias, GroupMember
from boards.rules import CategoryState
from org import audit
from org.rules import NotAllowed

if TYPE_CHECKING:
    from org.models import User


def _waiting(category: Category) -> Category:
    locked = Category.objects.select_for_update(of=("self",)).select_related("dimension").get(pk=category.pk)
    if locked.state != CategoryState.UNMAPPED:
        raise NotAllowed(_("This group has been mapped meanwhile."))
    return locked


def _record(verb: str, category: Category, by: "User", at: datetime, into: Category | None = None) -> None:
    audit.record(
        verb,
        subject=category,
        by=by,
        at=at,
        organisation_id=category.dimension.organisation_id,
        facts={"dimension": category.dimension.code, "code": category.code, "into": into.code if into else ""},
    )


@transaction.atomic
def map_category(*, category: Category, into: Category, by: "User", at: datetime) -> Category:
    """From the next file on, the word of `category` means `into`. Raises NotAllowed where it is not waiting.

    What came under the word before stays as it was sent, under its own category, which from now on has the name and
    state of `into` and is shown in its groups: nothing is added up anew behind anybody's back.
    """
    category = _waiting(category)
    if into.dimension_id != category.dimension_id or into.state == CategoryState.UNMAPPED:
        raise NotAllowed(_("Choose a category of the same dimension that is mapped itself."))
    for text in {category.code.casefold(): category.code, category.name.casefold(): category.name}.values():
        if not CategoryAlias.objects.filter(dimension=category.dimension, text__iexact=text).exists():
            CategoryAlias.objects.create(dimension=category.dimension, text=text, category=into)
    groups = GroupMember.objects.filter(category=into)
    GroupMember.objects.bulk_create(
        [GroupMember(grouping_id=g.grouping_id, category=category, group=g.group, position=g.position) for g in groups],
        ignore_conflicts=True,
    )
    category.name, category.state, category.position = into.name, into.state, into.position
    category.save(update_fields=["name", "state", "position"])
    _record("category.mapped", category, by, at, into)
    return category


@transaction.atomic
def accept_category(*, category: Category, name: str, by: "User", at: datetime) -> Category:
    """The word is a category of its own, called `name` from now on. Raises NotAllowed where it is not waiting."""
    category = _waiting(category)
    if not name.strip():
        raise NotAllowed(_("Give the category a name."))
    category.name, category.state = name.strip()[:120], CategoryState.KNOWN
    category.save(update_fields=["name", "state"])
    _record("category.accepted", category, by, at)
    return category
