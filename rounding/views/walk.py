"""The app in which a round is led, also without network: its page, its worker, its manifest. It names nobody."""

import hashlib
import json
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rounding.views.walk_words import words

_STATIC: Final = Path(settings.BASE_DIR) / "static"
#: Whether names of files change with their content.
_HASHED: Final = not (settings.DEBUG or settings.TESTING)
_STYLES: Final = ("css/tokens.css", "css/app.css", "css/parts.css", "css/walk.css")
_OTHERS: Final = ("js/theme.js", "vendor/idb/idb.js", "fonts/inter-latin.woff2", "icons/mark.svg")
_WORKBOX: Final = ("core", "routing", "strategies", "precaching")


def _files() -> list[str]:
    """Every file that the app needs, by the name under which it is served."""
    modules = sorted(f"js/rounds/{path.name}" for path in (_STATIC / "js" / "rounds").glob("*.js"))
    return [static(name) for name in (*_STYLES, *_OTHERS, *modules)]


def _page(request: HttpRequest) -> str:
    return render_to_string("rounding/walk.html", {"words": words(), "styles": _STYLES}, request)


@login_not_required
@require_GET
def walk(request: HttpRequest) -> HttpResponse:
    """The page of the app. It is the same for everybody who reads one language, hence open to all."""
    response = HttpResponse(_page(request))
    patch_cache_control(response, no_cache=True)
    return response


@login_not_required
@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The worker that keeps page and files on the device. A new version of any of them is a new worker."""
    page = _page(request)
    kept: list[dict[str, str | None]] = []
    kept += [{"url": reverse("rounding:walk"), "revision": hashlib.sha256(page.encode()).hexdigest()[:16]}]
    kept += [{"url": url, "revision": None if _HASHED else _revision(url)} for url in _files()]
    context = {
        "workbox": [static(f"vendor/workbox/workbox-{part}.prod.js") for part in _WORKBOX],
        "kept": json.dumps(kept),
        "page": reverse("rounding:walk"),
        "language": get_language(),
    }
    script = render_to_string("rounding/worker.js", context)
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    patch_cache_control(response, no_cache=True)
    return response


def _revision(url: str) -> str:
    """What a file holds, where its name does not say it."""
    path = _STATIC / url.removeprefix(settings.STATIC_URL)
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]


@login_not_required
@require_GET
def manifest(_request: HttpRequest) -> HttpResponse:
    """What a phone needs to put the app on its first screen."""
    icons = [
        {"src": static(f"icons/rounds-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    told = {
        "id": reverse("rounding:walk"),
        "name": _("Rounds · huddleboard"),
        "short_name": _("Rounds"),
        "lang": get_language(),
        "start_url": reverse("rounding:walk"),
        "scope": reverse("rounding:walk"),
        "display": "standalone",
        "background_color": "#fbfaf7",
        "theme_color": "#fbfaf7",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")
