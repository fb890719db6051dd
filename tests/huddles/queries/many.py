"""Very many issues, made by one statement: what speed is measured with."""

from django.db import connection

from org.models import Unit, User

WORDS = [
    "pump",
    "bed",
    "door",
    "monitor",
    "label",
    "network",
    "scale",
    "interpreter",
    "lift",
    "pharmacy",
    "oxygen",
    "printer",
    "chair",
    "curtain",
    "alarm",
]

_FILL = """
INSERT INTO huddles_issue (organisation_id, number, client_id, title, detail, tried, spot, origin_id, place_id,
    owner_id, status, urgency, size, confidential, recurring, groups, source, raised_by_id, reporter, raised_at,
    arrived_at, ask, asked, outcome, tell_staff, verdict, closed_at, clock_at, climbs, reopened, changed_at, revision)
SELECT %(organisation)s, 1000000 + n, gen_random_uuid(),
    initcap(words[1 + n %% 15]) || ' and ' || words[1 + n / 15 %% 15] || ' do not work in room ' || n %% 997,
    '', '', '', unit, CASE WHEN n %% 7 = 0 THEN %(top)s ELSE unit END, %(owner)s,
    CASE WHEN open THEN 'raised' ELSE 'confirmed' END, 'routine', 'unsorted', false, false, '{}', 'page', %(owner)s, '',
    begun, begun, '', '', CASE WHEN open THEN '' ELSE 'decided' END, CASE WHEN open THEN '' ELSE 'Mended.' END,
    CASE WHEN open THEN '' ELSE 'solved' END, CASE WHEN NOT open THEN begun + interval '1 hour' END,
    CASE WHEN open THEN begun + interval '4 hours' END, 0, 0, %(at)s, 1
FROM (SELECT n, (%(units)s::int[])[1 + n %% array_length(%(units)s::int[], 1)] AS unit, %(words)s::text[] AS words,
    n %% %(open_every)s = 0 AS open, %(at)s - n * interval '10 minutes' AS begun
    FROM generate_series(1, %(most)s) n) made
"""


def many_issues(top: Unit, units: list[Unit], owner: User, at, *, most: int, open_every: int = 20) -> None:
    """`most` issues spread over `units`, one in `open_every` of them open, the others confirmed."""
    with connection.cursor() as cursor:
        values = {
            "organisation": top.organisation_id,
            "words": WORDS,
            "top": top.pk,
            "units": [unit.pk for unit in units],
            "owner": owner.pk,
            "at": at,
            "most": most,
            "open_every": open_every,
        }
        cursor.execute(_FILL, values)
        cursor.execute("ANALYZE huddles_issue; ANALYZE org_unit; ANALYZE org_membership; ANALYZE huddles_issuecopy")
