"""Texts with which a hospital starts, in the language of whoever reads.

A hospital may edit them, so they are stored in one language. As long as one is still, word for word, what was put there
in any language of ours, it is shown in the reader's; what the hospital has changed is shown as it was typed.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string
from django.utils.translation import gettext, override


@cache
def sources() -> Mapping[str, str]:
    """A text as it may be stored → the English one that is translated. Rooms name theirs by the path of a function."""
    with override(None):
        english = [str(text) for room in apps.get_app_configs() for text in _of(getattr(room, "shipped", ""))]
    found = {}
    for code, _name in settings.LANGUAGES:
        with override(code):
            found.update({gettext(text): text for text in english if text})
    return {**found, **{text: text for text in english if text}}


def _of(path: str) -> Iterable[Any]:
    return import_string(path)() if path else ()


def shipped(text: str) -> str:
    """`text` in the reader's language where it is one that was put there; else as it is."""
    source = sources().get(text)
    return text if source is None else gettext(source)


class ShippedField(models.CharField):
    """A text that the hospital may edit and that is read in the reader's language until it does.

    Statements written by hand do not pass here: they ask `shipped`.
    """

    def from_db_value(self, value: str | None, _expression: object, _connection: object) -> str | None:
        """What is read from the database."""
        return value and shipped(value)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """For migrations it is a text as any other."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", list(args), dict(kwargs)
