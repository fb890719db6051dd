"""The printing process: `python -m improvement.evidence.printer` reads HTML from standard input, writes a tagged PDF.

In a process of its own, as charts are drawn: what the library holds is given back, and a page server never needs it.
With `--one-sheet` the letters are made as large as fit on one page; what does not fit at the smallest goes on to the
next one, with what the document has to say to that (`.too-full`). Ends with `ABSENT` where the library or what it leans
on (Pango) is not there. Nothing is fetched: only what stands in the HTML itself is drawn; anything else that is asked
for is left out.
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
#: Where several pages are needed they are numbered, and the document says why.
TOO_FULL: Final = """
    .too-full { display: block !important }
    @page { @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
"""


def main() -> None:
    """Print what comes."""
    fetcher = URLFetcher(allowed_protocols=("data",), fail_on_errors=False)
    document = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher)
    drawn = fitted(document) if ONE_SHEET in sys.argv else document.render(pdf_variant=VARIANT)
    sys.stdout.buffer.write(drawn.write_pdf(pdf_variant=VARIANT))


def fitted(document: "HTML") -> "Document":
    """Drawn with the largest letters with which all is on one page; where none are, with the smallest and a word."""
    low, high = 0, round((LARGEST - SMALLEST) / STEP)
    best, middle = None, high
    while low <= high:
        drawn = document.render(stylesheets=[CSS(string=_letters(middle))], pdf_variant=VARIANT)
        if len(drawn.pages) == 1:
            best, low = drawn, middle + 1
        else:
            high = middle - 1
        middle = (low + high + 1) // 2
    if best is not None:
        return best
    return document.render(stylesheets=[CSS(string=_letters(0) + TOO_FULL)], pdf_variant=VARIANT)


def _letters(size: int) -> str:
    return f"html {{ font-size: {SMALLEST + size * STEP}pt }}"


if __name__ == "__main__":
    try:
        from weasyprint import CSS, HTML, Document, URLFetcher
    except (ImportError, OSError):
        sys.exit(ABSENT)
    main()
