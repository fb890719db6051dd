from datetime import UTC, date, datetime, timedelta

import numpy as np

from boards.snapshots import take_days
from boards.snapshots.tiles import refresh_tiles
from tests.boards.snapshots.house import House, build_house
from tests.scenes import made_once

FIRST = date(2026, 8, 1)
LAST = date(2026, 11, 18)
NOON = datetime(2026, 11, 19, 15, tzinfo=UTC)
WARDS = ("m1", "m2", "s1", "pharmacy", "imaging")


def send_months(house: House, measure, first: date = FIRST, last: date = LAST, seed: int = 5, **rates) -> None:
    """Numbers of five wards by language: many English, some Spanish, few Vietnamese."""
    chance = np.random.default_rng(seed)
    rates = {"en": 0.8, "es": 0.6, "vi": 0.7, **rates}
    sendings = []
    for number in range((last - first).days + 1):
        sent = {}
        for ward, size in zip(WARDS, (14, 12, 10, 4, 6), strict=True):
            people = {code: int(chance.poisson(size * share)) for code, share in (("en", 2), ("es", 0.7), ("vi", 0.08))}
            good = {code: int(chance.binomial(n, rates[code])) for code, n in people.items()}
            sent[ward] = {"": (float(sum(good.values())), float(sum(people.values())))}
            sent[ward] |= {f"language:{code}": (float(good[code]), float(people[code])) for code in people}
        sendings.append((measure, first + timedelta(days=number), sent))
    house.send_all(sendings, at=NOON)
    take_days(house.organisation, first, last, NOON)
    refresh_tiles(house.organisation, NOON)


def build() -> House:
    """Three months and a half of numbers by language."""
    built = build_house()
    built.dimension("language", "en", "es", "vi")
    send_months(built, built.measure("bundle"))
    return built


made_scene, house = made_once(build)
