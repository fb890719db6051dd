"""Who asks: the person of a session, together with what they hold, in one statement."""

from functools import lru_cache

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from org.access import SEATS, seats_from
from org.models import User


@lru_cache(maxsize=1)
def _sql() -> str:
    columns = ", ".join(f'person."{field.column}"' for field in User._meta.concrete_fields)
    return (
        f"SELECT {columns}, seat.* FROM org_user person LEFT JOIN LATERAL "  # noqa: S608 - columns
        f"({SEATS.format(person='person.id')}) seat ON true "
        "WHERE person.id = %s"
    )


class SeatBackend(ModelBackend):
    """Signs in by e-mail and password. Every page asks what its reader holds, so that comes with the person."""

    def get_user(self, user_id: int) -> User | None:
        """The person with their seats remembered for `access`; None where there is none or they may not sign in."""
        names = [field.attname for field in User._meta.concrete_fields]
        with connection.cursor() as cursor:
            cursor.execute(_sql(), [user_id])
            rows = cursor.fetchall()
        if not rows:
            return None
        user = User.from_db(connection.alias, names, rows[0][: len(names)])
        seats = [row[len(names) :] for row in rows]
        user.seats = seats_from(row for row in seats if row[0] is not None)  # type: ignore[attr-defined]
        return user if self.user_can_authenticate(user) else None
