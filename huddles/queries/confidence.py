"""What is told in confidence, seen from outside: who hears it, and what the audit trail must not tell of it."""

from typing import TYPE_CHECKING

from django.db.models import CharField
from django.db.models.functions import Cast

from huddles.models import Confidant, Issue

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from org.models import Organisation, User


def kept_back(organisation: "Organisation", user: "User") -> "dict[str, QuerySet[Issue]]":
    """Kind of subject → the ids, as text, of those of which the audit trail tells `user` no more than that something
    happened: confidential issues that they may not read. No statement.
    """
    confidential = Issue.objects.filter(organisation=organisation, confidential=True)
    readable = Issue.objects.visible_to(user).filter(confidential=True)
    others = confidential.exclude(pk__in=readable.values("pk"))
    return {Issue._meta.label_lower: others.annotate(key=Cast("pk", CharField())).values("key")}  # type: ignore[dict-item]


def people_of_trust(organisation_id: int) -> list[str]:
    """The names of those who hear what is confidential and may sign in, in their order. One statement."""
    named = Confidant.objects.filter(organisation=organisation_id, user__is_active=True)
    return [str(one.user) for one in named.select_related("user").order_by("position", "pk")]
