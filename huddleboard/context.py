"""What every page knows."""

from typing import Any

from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    """The person's theme and the name of the present page, for the shared frame."""
    match = request.resolver_match
    return {"page_name": match.view_name if match else "", "theme": request.COOKIES.get("theme", "")}
