"""Guidelines that use race, evidence and who answers for it: what everybody gets there.

Roles are held at the ward here: who follows gaps there reads the registry, and nothing of the whole organisation.
"""

from tests.huddleboard.access_rows import GOES, Row, row

SLUG = {"slug": "slug"}
_FOLLOW = {"executive": 200, "equity_officer": 200}


def followers(name: str, **arguments: str) -> Row:
    """Whoever follows gaps at some unit."""
    return row(name, 403, outsider=404, arguments={**SLUG, **arguments}, **_FOLLOW)


def keepers(name: str, method: str = "get", **arguments: str) -> Row:
    """Whoever follows or keeps the area for the whole organisation: nobody of the ward."""
    return row(name, 403, method, outsider=404, arguments={**SLUG, **arguments})


EVIDENCE = (
    row("improvement:equity-home", 403),
    row("improvement:my-evidence", 404),
    row("improvement:my-guidelines", 404, executive=GOES, equity_officer=GOES),
    followers("improvement:guidelines"),
    followers("improvement:unchecked"),
    followers("improvement:guideline", pk="algorithm"),
    keepers("improvement:guideline-add"),
    keepers("improvement:guidelines-adopt", "post"),
    keepers("improvement:guideline-change", pk="algorithm"),
    keepers("improvement:guideline-review", pk="algorithm"),
    keepers("improvement:leaders"),
    keepers("improvement:leader-end", "post", pk="leader"),
    keepers("improvement:yearly"),
    keepers("improvement:yearly-print", year="2026"),
    keepers("improvement:evidence"),
    keepers("improvement:evidence-print"),
    keepers("improvement:evidence-pack", "post"),
)
