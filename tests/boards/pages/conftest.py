from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from boards.models import ReasonCode
from boards.snapshots import take_days
from boards.snapshots.tiles import refresh_tiles
from org.models import Membership, User
from tests.boards.snapshots.house import House, build_house
from tests.scenes import made_once


def build() -> House:
    """The small house with forty days of numbers up to yesterday and their snapshots."""
    built = build_house()
    now = timezone.now()
    today = now.astimezone(built.organisation.zone).date()
    built.dimension("language", "en", "es", "vi")
    bundle = built.measure("bundle")
    falls = built.measure("falls", kind="count", roll_up="sum", direction="lower", unit_text="falls", decimals=0)
    chance = np.random.default_rng(7)
    sendings = []
    for back in range(40, 0, -1):
        day = today - timedelta(days=back)
        good = chance.integers(20, 30, 3)
        counts = {
            ward: {
                "": (float(g), 40.0),
                "language:en": (float(g - 10), 25.0),
                "language:es": (9.0, 14.0),
                "language:vi": (1.0, 1.0),
            }
            for ward, g in zip(("m1", "m2", "s1"), good, strict=True)
        }
        sendings.append((bundle, day, counts))
        sendings.append((falls, day, {w: {"": (float(chance.poisson(1)), np.nan)} for w in ("m1", "m2", "s1")}))
    built.send_all(sendings, at=now)
    take_days(built.organisation, today - timedelta(days=40), today - timedelta(days=1), now)
    refresh_tiles(built.organisation, now)
    ReasonCode.objects.create(organisation=built.organisation, code="staffing", name="Staffing")
    return built


made_scene, house = made_once(build)


@pytest.fixture
def lead(house: House) -> User:
    user = User.objects.create_user("lead@example.org", "long enough 12", name="Lee Lead")
    Membership.objects.create(user=user, unit=house.units["m1"], role="unit_lead", started_on="2026-01-01")
    return user


@pytest.fixture
def director(house: House) -> User:
    user = User.objects.create_user("director@example.org", "long enough 12", name="Dee Director")
    Membership.objects.create(user=user, unit=house.units["medicine"], role="manager", started_on="2026-01-01")
    return user
