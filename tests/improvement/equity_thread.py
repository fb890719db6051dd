"""The scene of the equity thread: an emergency department in which all fare better and one gap widens.

Readings of the story come in, months are told, a goal with two halves runs, a rule opens an issue, silence carries it
up: all by the real actions and tasks.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
from time_machine import Traveller

from boards.actions.readings import ReadingRows, store_readings
from boards.actions.references import choose_reference
from boards.actions.strata import stratum_ids
from boards.models import Batch, BoardMeasure, Category, Dimension, Measure, Source
from boards.snapshots import take_days
from boards.snapshots.tiles import refresh_tiles
from boards.tasks import look_at_gaps
from huddleboard.demo import story
from huddles.models import Issue
from huddles.tasks import carry_on_signals, ring_clocks
from improvement.actions import goals, reviews, voices
from improvement.actions.goals import Aim, Charter
from improvement.models import Goal
from improvement.tasks import keep_limits_of_goals
from org.models import Calendar
from org.rules import Role
from tests.factories import make_user
from tests.huddles.factories import House, make_house

LAST = date(2026, 10, 31)
#: Thursday 5 November 2026, 07:05 in New York.
NOVEMBER = datetime(2026, 11, 5, 12, 5, tzinfo=UTC)
NAMES = {"en": "English", "es": "Spanish", "other": "Other languages", "UNK": "Not known", "ase": "Sign language"}


def make_department() -> House:
    """Four tiers over one emergency department; its measure stands on its board."""
    house = make_house()
    Calendar.objects.create(organisation=house.organisation, name="Weekdays", weekdays=0b11111, is_default=True)
    language = Dimension.objects.create(organisation=house.organisation, code="language", name="Language")
    for position, (code, name) in enumerate(NAMES.items()):
        state = "unknown" if code == "UNK" else "known"
        Category.objects.create(dimension=language, code=code, name=name, state=state, position=position)
    letter = house.organisation.letters.create(code="E", name="Equity")
    for code, name in (("analgesia", "Door to analgesia within 60 minutes"), ("lwbs", "Left without being seen")):
        measure = Measure.objects.create(
            organisation=house.organisation, code=code, name=name, letter=letter, kind="proportion",
            direction="higher" if code == "analgesia" else "lower", roll_up="ratio", stratifiable=True,
        )  # fmt: skip
        BoardMeasure.objects.create(unit=house.ward, measure=measure, role="driver")
    house.people["EQUITY"] = make_user(Role.EQUITY_OFFICER, house.top, name="Equity officer")
    return house


def send(house: House) -> np.ndarray:
    """Every day's counts of the story up to the end of October; (P, 1, G, 17) true counts by month."""
    told = story.languages(np.random.default_rng(3), LAST)
    first = story.first_day(LAST)
    keys = stratum_ids(house.organisation.pk, ["", *(f"language:{code}" for code in NAMES)])
    days = np.arange(np.datetime64(first), np.datetime64(LAST) + 1)
    columns = {"": tuple(sum(told[code][side] for code in NAMES) for side in (0, 1))}
    columns |= {f"language:{code}": told[code] for code in NAMES}
    width, count = len(columns), len(days)
    rows = ReadingRows(
        np.full(count * width, house.ward.pk, np.int32),
        np.full(count * width, Measure.objects.get(code="analgesia").pk, np.int32),
        np.repeat(days, width),
        np.repeat(days + 1, width),
        np.tile(np.array([keys[key] for key in columns], np.int32), count),
        np.stack([x for x, _n in columns.values()], axis=1).ravel(),
        np.stack([n for _x, n in columns.values()], axis=1).ravel(),
        np.zeros(count * width, bool),
    )
    source = Source.objects.create(organisation=house.organisation, code="ed", name="ED")
    batch = Batch.objects.create(organisation=house.organisation, source=source, received_at=NOVEMBER)
    store_readings(organisation=house.organisation, batch=batch, rows=rows, at=NOVEMBER)
    take_days(house.organisation, first, LAST, NOVEMBER)
    refresh_tiles(house.organisation, NOVEMBER)
    month = (days.astype("datetime64[M]") - np.datetime64(first, "M")).astype(int)
    truth = np.zeros((2, 1, len(NAMES), 17))
    for group, code in enumerate(NAMES):
        x, n = told[code]
        np.add.at(truth[0, 0, group], month, x)
        np.add.at(truth[1, 0, group], month, n - x)
    return truth


def set_goal(house: House) -> Goal:
    """All at least a fifth higher, the gap between English and Spanish at least a fifth narrower, in twelve months."""
    measure, language = Measure.objects.get(code="analgesia"), Dimension.objects.get()
    sponsor, owner = house.lead(house.top), house.lead(house.ward)
    choose_reference(measure=measure, dimension=language, rule="fixed", group="English", by=None, at=NOVEMBER)
    began = datetime(2026, 6, 1, 14, tzinfo=UTC)
    aim = Aim(
        measure=measure, dimension=language, group="Spanish", reference="English", raise_by=0.2, narrow_by=0.2,
        baseline_first=date(2025, 6, 1), baseline_last=date(2026, 5, 1), first_month=date(2026, 6, 1),
        last_month=date(2027, 5, 1), minimum=11,
    )  # fmt: skip
    charter = Charter(
        title="Pain relief in time, in every language", balancing=Measure.objects.get(code="lwbs"), owner=owner,
        sponsor=sponsor, if_missed="The executive team decides on an A3.",
    )  # fmt: skip
    goal = goals.draft(unit=house.ward, title=charter.title, by=owner, at=began)
    goal = goals.write(goal=goal, charter=charter, aim=aim, by=owner, at=began)
    reviews.plan(goal=goal, day=date(2026, 12, 15), by=owner, at=began)
    voices.record(
        organisation=house.organisation, goal=goal, heard="Patient and family council", day=date(2026, 5, 20),
        said="Nobody asks about pain in our language.", changed="", by=owner, at=began,
    )  # fmt: skip
    return goals.activate(goal=goal, by=owner, at=NOVEMBER)


def the_rule_opens_an_issue() -> Issue:
    """Wider than at the beginning for two months in a row: a signal, and the issue that it opens by itself."""
    assert keep_limits_of_goals() == 1
    assert look_at_gaps() > 0
    carry_on_signals()
    return Issue.objects.get()


def nobody_answers(issue: Issue, clock: Traveller) -> list[tuple[str, date]]:
    """Twenty days of silence: the units at which the issue arrives, and when, the first one included."""
    stays = [(issue.place.code, NOVEMBER.date())]
    for quarter in range(4 * 20):
        moment = NOVEMBER + timedelta(hours=6 * quarter)
        clock.move_to(moment)
        ring_clocks()
        carry_on_signals()
        issue.refresh_from_db()
        if issue.place.code != stays[-1][0]:
            stays.append((issue.place.code, moment.date()))
    return stays
