from datetime import timedelta

import numpy as np
import pytest
from django.test import Client

from boards.models import Dimension, DueSnapshot, Grouping, ReasonCode
from boards.snapshots import take_days
from boards.snapshots.tiles import refresh_tiles
from org.models import Membership, User
from org.rules import Role
from tests.boards.snapshots.house import AT, DAY, House, build_house
from tests.factories import signed_in
from tests.scenes import made_once

WARDS = ("m1", "m2", "s1")


def build() -> House:
    """The small house with five days of numbers up to DAY, their snapshots, and boards."""
    built = build_house()
    bundle = built.measure("bundle")
    falls = built.measure("falls", kind="count", roll_up="sum", direction="lower", unit_text="falls", decimals=0)
    for back in range(4, -1, -1):
        day = DAY - timedelta(days=back)
        built.send(bundle, {ward: {"": (30.0, 40.0)} for ward in WARDS}, day=day)
        built.send(falls, {ward: {"": (float(back), np.nan)} for ward in WARDS}, day=day)
    take_days(built.organisation, DAY - timedelta(days=4), DAY, AT)
    refresh_tiles(built.organisation, AT)
    DueSnapshot.objects.all().delete()
    ReasonCode.objects.create(organisation=built.organisation, code="staffing", name="Staffing")
    return built


made_scene, house = made_once(build)


def person(house: House, role: Role, unit: str, email: str = "") -> User:
    user = User.objects.create_user(email or f"{role}-{unit}@example.org", "long enough 12", name=f"{role} at {unit}")
    Membership.objects.create(user=user, unit=house.units[unit], role=role, started_on="2026-01-01")
    return user


@pytest.fixture
def steward(house: House) -> User:
    return person(house, Role.DATA_STEWARD, "top")


@pytest.fixture
def ward_steward(house: House) -> User:
    """Somebody who sets up the boards of medicine and below, and nothing for the whole house."""
    return person(house, Role.DATA_STEWARD, "medicine")


@pytest.fixture
def client(steward) -> Client:
    return signed_in(steward)


@pytest.fixture
def language(house) -> Dimension:
    dimension = house.dimension("language", "en", "es")
    Grouping.objects.create(dimension=dimension, code="board", name="Board", is_default=True)
    return dimension
