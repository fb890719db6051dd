"""The printing process: `python -m improvement.evidence.printer` reads HTML from standard input, writes a tagged PDF.

In a process of its own, as charts are drawn: what the library holds is given back, and a page server never needs it.
With `--one-sheet` the letters are made as large as fit on one page; what does not fit at the smallest goes on to the
next one. Ends with `ABSENT` where the library or what it leans on (Pango) is not there. Nothing is fetched: only what
stands in the HTML itself is drawn; anything else that is asked for is left out.
"""

import sys
from typing import Final

ABSENT: Final = 3
ONE_SHEET: Final = "--one-sheet"
#: Accessible PDF: structure, reading order, alternative texts, language.
VARIANT: Final = "pdf/ua-1"
#: Letters of one sheet in points: the largest and the smallest, and how finely the size is sought.
LARGEST: Final = 13.0
SMALLEST: Final = 5.5
STEP: Final = 0.25


def main() -> None:
    """Print what comes."""
    fetcher = URLFetcher(allowed_protocols=("data",), fail_on_errors=False)
    document = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher)
    styles = [CSS(string=f"html {{ font-size: {_size(document)}pt }}")] if ONE_SHEET in sys.argv else None
    sys.stdout.buffer.write(document.write_pdf(stylesheets=styles, pdf_variant=VARIANT))


def _size(document: "HTML") -> float:
    """The largest size of letters with which all is on one page; the smallest where none is."""
    low, high = 0, round((LARGEST - SMALLEST) / STEP)
    while low < high:
        middle = (low + high + 1) // 2
        styles = [CSS(string=f"html {{ font-size: {SMALLEST + middle * STEP}pt }}")]
        if len(document.render(stylesheets=styles).pages) == 1:
            low = middle
        else:
            high = middle - 1
    return SMALLEST + low * STEP


if __name__ == "__main__":
    try:
        from weasyprint import CSS, HTML, URLFetcher
    except (ImportError, OSError):
        sys.exit(ABSENT)
    main()
