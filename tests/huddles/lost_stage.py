"""The house of `test_nothing_is_lost.py`, made in a database of its own: 24 units that all meet now, two people each.

Run as `python -m tests.huddles.lost_stage`, with the servers in the environment; prints what the test has to know.
"""

import json
import os
import sys
from datetime import timedelta
from uuid import uuid4

import django

UNITS = 24
#: Issues whose clock runs out while things break.
CLOCKS = 24


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    from huddles.actions import huddles, issues
    from huddles.actions.defaults import furnish
    from huddles.models import AgendaLine, Huddle, Issue
    from huddles.rules.agendas import Section
    from huddles.rules.issues import Source
    from org.rules import Role
    from tests.factories import make_organisation, make_unit, make_user
    from tests.factories import signed_in as client_of

    call_command("migrate", verbosity=0)
    now = timezone.now()
    organisation = make_organisation(time_zone="UTC")
    top = make_unit(organisation=organisation)
    line = make_unit(make_unit(top))
    make_user(Role.EXECUTIVE, top)
    furnish(organisation=organisation, at=now)

    def signed_in(user: object) -> str:
        return client_of(user).cookies[settings.SESSION_COOKIE_NAME].value

    told = {"huddles": [], "clocks": []}
    for number in range(UNITS):
        ward = make_unit(line)
        lead, nurse = make_user(Role.UNIT_LEAD, ward), make_user(Role.STAFF, ward)
        huddle = Huddle.objects.create(unit=ward, day=now.date(), planned_at=now, minutes=15)
        huddle = huddles.start(huddle=huddle, by=lead, at=now)
        lines = AgendaLine.objects.filter(version=huddle.version)
        told["huddles"].append(
            {
                "pk": huddle.pk,
                "notes": list(lines.filter(section=Section.LOOK_BACK).values_list("pk", flat=True)),
                "marks": list(lines.filter(section=Section.READINESS).values_list("pk", flat=True)),
                "writers": [signed_in(lead), signed_in(nurse)],
            }
        )
        if number < CLOCKS:
            issue = issues.raise_issue(
                title="Nobody takes it", unit=ward, source=Source.PAGE, client_id=uuid4(), by=nurse, at=now
            )
            Issue.objects.filter(pk=issue.pk).update(clock_at=now + timedelta(seconds=4 + number))
            told["clocks"].append(issue.pk)
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
