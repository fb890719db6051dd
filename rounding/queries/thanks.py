"""Thanks to somebody, for the page on which they read them."""

from org.models import User
from rounding.models import Recognition

MOST = 100


def thanks_to(user: User) -> list[Recognition]:
    """Thanks to `user`, the newest first. One statement."""
    rows = Recognition.objects.visible_to(user).filter(person=user).select_related("unit", "by")
    return list(rows.order_by("-at", "-pk")[:MOST])
