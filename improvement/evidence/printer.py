"""The printing process: `python -m improvement.evidence.printer` reads HTML from standard input, writes a tagged PDF.

In a process of its own, as charts are drawn: what the library holds is given back, and a page server never needs it.
Ends with `ABSENT` where the library or what it leans on (Pango) is not there. Nothing is fetched: only what stands in
the HTML itself is drawn; anything else that is asked for is left out.
"""

import sys
from typing import Final

ABSENT: Final = 3
#: Accessible PDF: structure, reading order, alternative texts, language.
VARIANT: Final = "pdf/ua-1"


def main() -> None:
    """Print what comes."""
    fetcher = URLFetcher(allowed_protocols=("data",), fail_on_errors=False)
    document = HTML(string=sys.stdin.buffer.read().decode(), url_fetcher=fetcher)
    sys.stdout.buffer.write(document.write_pdf(pdf_variant=VARIANT))


if __name__ == "__main__":
    try:
        from weasyprint import HTML, URLFetcher
    except (ImportError, OSError):
        sys.exit(ABSENT)
    main()
