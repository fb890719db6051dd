"""Template tags of the board."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from boards.pages import TileView

register = template.Library()


@register.simple_tag(takes_context=True)
def tile(context: template.Context, view: TileView) -> SafeString:
    """One tile as `boards/tile.html` draws it. Offers to give a reason where `page` says that the reader may.

    The template engine costs more than everything else on a board, so a tile that says the same as before is not drawn
    again: the memory's key is all that stands on the tile, the language and the address for reasons.
    """
    page = context.get("page")
    explain_url = page.explain_url if page is not None and view.needs_reason and page.may_explain else ""
    draw = _draw.__wrapped__ if settings.DEBUG else _draw
    return draw(view, explain_url, get_language())


@lru_cache(maxsize=2048)
def _draw(view: TileView, explain_url: str, language: str | None) -> SafeString:  # noqa: ARG001 - part of the key
    found = get_template("boards/tile.html").render({"t": view, "explain_url": explain_url})
    return mark_safe(found)  # noqa: S308 - the template escapes
