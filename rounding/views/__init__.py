"""How people and devices ask."""

from rounding.views.devices import files, package, session, shared, sync
from rounding.views.pages import thanks

__all__ = ["files", "package", "session", "shared", "sync", "thanks"]
