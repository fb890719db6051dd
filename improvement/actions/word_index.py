"""What follows every change of a ticket, its paper or its cycles: it is found by what it says, its page drawn anew."""

from typing import Final

from django.db import connection

_RENEW: Final = """
    INSERT INTO improvement_ticketwords (ticket_id, vector)
    SELECT t.id, setweight(to_tsvector('simple', t.title), 'A')
        || to_tsvector('simple', concat_ws(' ', t.problem, t.outcome))
        || to_tsvector('simple', coalesce((SELECT p.texts FROM improvement_paper p WHERE p.ticket_id = t.id), '{{}}'))
        || to_tsvector('simple', coalesce((
            SELECT string_agg(concat_ws(' ', c.question, c.change, c.done, c.surprises, c.learned, c."then"), ' ')
            FROM improvement_cycle c WHERE c.ticket_id = t.id), ''))
        || to_tsvector('simple', coalesce((
            SELECT string_agg(concat_ws(' ', c.text, c.fact), ' ')
            FROM improvement_cause c JOIN improvement_paper p ON p.id = c.paper_id
            WHERE p.ticket_id = t.id AND c.gone_at IS NULL), ''))
        || to_tsvector('simple', coalesce((
            SELECT string_agg(concat_ws(' ', m.text, m.side_effects, m.loses), ' ')
            FROM improvement_countermeasure m JOIN improvement_paper p ON p.id = m.paper_id
            WHERE p.ticket_id = t.id AND m.gone_at IS NULL), ''))
    FROM improvement_ticket t WHERE {which}
    ON CONFLICT (ticket_id) DO UPDATE SET vector = excluded.vector
"""


_ANEW: Final = "WITH anew AS (UPDATE improvement_paper SET version = version + 1 WHERE ticket_id = %s) "


def renew(ticket_id: int) -> None:
    """Take in what a ticket says now, and let its page be drawn anew. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_ANEW + _RENEW.format(which="t.id = %s"), [ticket_id, ticket_id])


def renew_all(organisation_id: int) -> None:
    """Take in what all tickets of an organisation say. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_RENEW.format(which="t.organisation_id = %s"), [organisation_id])
