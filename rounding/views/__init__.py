"""How people and devices ask."""

from rounding.views.devices import files, package, sync
from rounding.views.pages import thanks

__all__ = ["files", "package", "sync", "thanks"]
