"""`{% term "gap" %}`: what the hospital calls it; `{% term "Gap" %}` begins with a capital."""

from django import template

from boards.queries import terms

register = template.Library()


@register.simple_tag(takes_context=True)
def term(context: template.Context, key: str) -> str:
    """The word for `key`. A page without a request gives `words` in its context, else words are as shipped."""
    given = context.get("words")
    if isinstance(given, terms.Words):
        return given.say(key)
    request = context.get("request")
    return (terms.AS_SHIPPED if request is None else terms.words_for(request)).say(key)
