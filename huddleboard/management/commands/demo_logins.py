"""`manage.py demo_logins`: the accounts with which anybody may look around in the invented hospital."""

from typing import Any

from django.core.management.base import BaseCommand

from huddleboard.demo import hospital
from huddleboard.demo.people import LOGINS, PASSWORD, domain_of
from org.models import Organisation, User


class Command(BaseCommand):
    """Prints one login per role of each demo hospital that there is; a changed password is not given away."""

    help = "Print one login per role of the demo hospital."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """One line per login that still opens with the public password."""
        demos = Organisation.objects.filter(is_synthetic=True, slug__in=[hospital.SLUG, hospital.SMALL_SLUG])
        for demo in demos.order_by("slug"):
            domain = domain_of(demo.slug)
            people = {u.email: u for u in User.objects.filter(email__in=[f"{p.local}@{domain}" for p in LOGINS])}
            self.stdout.write(f"{demo.name} – invented people and numbers. Password of all: {PASSWORD}")
            for login in LOGINS:
                user = people.get(f"{login.local}@{domain}")
                if user is not None and user.is_active and user.check_password(PASSWORD):
                    self.stdout.write(f"  {login.role.label:<22} {user.email}")
        if not demos:
            self.stdout.write("There is no demo hospital. Make one: manage.py demo_hospital")
