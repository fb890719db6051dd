"""Template tags of the board."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from boards.pages import TileView
from boards.rules import Status

register = template.Library()
MAY_EXPLAIN = template.Variable("page.may_explain")
EXPLAIN_URL = template.Variable("page.explain_url")


@register.simple_tag(takes_context=True)
def tile(context: template.Context, view: TileView) -> SafeString:
    """One tile as `boards/tile.html` draws it. Offers to give a reason where the context's `page` says that one may.

    The template engine costs more than everything else on a board, so a tile that says the same as before is not drawn
    again: the memory's key is all that stands on the tile, the language and the address for reasons.
    """
    explain_url = ""
    if (view.needs_reason or (view.reason and view.status == Status.MISSED)) and MAY_EXPLAIN.resolve(context):
        explain_url = str(EXPLAIN_URL.resolve(context))
    draw = _draw.__wrapped__ if settings.DEBUG else _draw
    return draw(view, explain_url, get_language())


@lru_cache(maxsize=2048)
def _draw(view: TileView, explain_url: str, language: str | None) -> SafeString:  # noqa: ARG001 - part of the key
    found = get_template("boards/tile.html").render({"t": view, "explain_url": explain_url})
    return mark_safe(found)  # noqa: S308 - the template escapes
