"""Evidence as one document: the page to print, and the same as a PDF with tags and text that can be selected."""

import base64
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import get_language

from boards import render
from boards.chart_style import chart_config
from improvement.evidence.printer import ABSENT, ONE_SHEET
from improvement.pages import Evidence, Figure

#: Seconds after which printing is given up.
PATIENCE: Final = 90
WIDTH: Final = 620
HEIGHT: Final = 240
#: Pixels left of a chart: on paper its labels are set in wider letters than those by which it was laid out.
LABELS: Final = 20
_STATIC: Final = Path(settings.BASE_DIR) / "static"


class NoPrinter(RuntimeError):  # noqa: N818 - a refusal with a sentence
    """The library that makes PDFs, or what it leans on, is not installed here."""


class NotPrinted(RuntimeError):  # noqa: N818 - a refusal with a sentence
    """The document could not be printed."""


def pictures_of(evidence: Evidence) -> Mapping[str, str]:
    """Each chart as an address that holds it whole; none where they cannot be drawn: the tables stand beside them."""
    return drawn([figure for section in evidence.sections for figure in section.figures])


def drawn(figures: Sequence[Figure], width: int = WIDTH, height: int = HEIGHT) -> Mapping[str, str]:
    """Charts by their code as addresses that hold them whole; none where they cannot be drawn."""
    paper = {"width": width, "config": chart_config()}
    given: list[dict[str, Any]] = [{**figure.specification, **paper} for figure in figures]
    for one in given:
        one["height"] = min(one["height"], height)
        one["padding"] = {**one.get("padding", {}), "left": LABELS}
    try:
        pictures = render.draw_all(given)
    except render.NotDrawn:
        return {}
    return {
        figure.code: "data:image/svg+xml;base64," + base64.b64encode(svg).decode()
        for figure, svg in zip(figures, pictures, strict=True)
    }


def html_of(evidence: Evidence, *, title: str, made_by: str, pictures: Mapping[str, str], inline: bool = False) -> str:
    """The document. `inline`: with its styles and letters in it, as printing needs; else the page links them."""
    context: dict[str, Any] = {
        "evidence": evidence,
        "words": evidence.words,
        "title": title,
        "made_by": made_by,
        "pictures": pictures,
        "language": (get_language() or "en").split("-")[0],
        "css": styles_of("evidence-document") if inline else "",
    }
    return render_to_string("improvement/evidence/document.html", context)


@cache
def styles_of(name: str) -> str:
    """A style of `static/css`, with the letters of the house as data so that no system font is needed."""
    faces = ""
    for face in ("inter-latin", "inter-latin-ext"):
        letters = base64.b64encode((_STATIC / "fonts" / f"{face}.woff2").read_bytes()).decode()
        faces += (
            f'@font-face{{font-family:"{"Inter" if face == "inter-latin" else "Inter Ext"}";font-weight:100 900;'
            f"src:url(data:font/woff2;base64,{letters})}}\n"
        )
    return faces + (_STATIC / "css" / f"{name}.css").read_text(encoding="utf-8")


def pdf_of(html: str, *, one_sheet: bool = False) -> bytes:
    """The document as a tagged PDF, on `one_sheet` with letters as large as fit on it. Raises NoPrinter where that
    cannot be made here, NotPrinted where it failed.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", "improvement.evidence.printer", *([ONE_SHEET] if one_sheet else [])],
            input=html.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
            cwd=settings.BASE_DIR,
        )
    except subprocess.TimeoutExpired as error:
        raise NotPrinted("not within its time") from error
    except subprocess.CalledProcessError as error:
        if error.returncode == ABSENT:
            raise NoPrinter("no printer") from error
        raise NotPrinted("the printer failed") from error
    return done.stdout
