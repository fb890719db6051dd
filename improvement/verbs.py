"""What the audit trail calls the events of this room, and the facts that they carry."""

from collections.abc import Mapping
from typing import Any, Final

VERBS: Final[Mapping[str, Any]] = {}

FACTS: Final[Mapping[str, Any]] = {}
