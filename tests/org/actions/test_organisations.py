from datetime import date, time

import pytest

from org.actions import calendars, organisations
from org.actions.calendars import HolidayPlan
from org.actions.organisations import TierPlan
from org.models import Calendar, Event
from org.rules import HuddleTime, NotAllowed
from tests.factories import NOW, make_calendar, make_organisation, make_unit

pytestmark = pytest.mark.django_db


def plans(*names):
    return [TierPlan(name, time(7 + n)) for n, name in enumerate(names)]


def set_tiers(organisation, *names):
    return organisations.set_tiers(organisation=organisation, tiers=plans(*names), by=None, at=NOW)


def names(organisation):
    return list(organisation.tiers.order_by("level").values_list("level", "name"))


def test_start_makes_tiers_and_the_top():
    organisation, top = organisations.start_organisation(name="Harbor Valley", time_zone="UTC", at=NOW)
    assert (organisation.slug, top.tier.level, top.parent, organisation.tiers.count()) == ("harbor-valley", 4, None, 4)
    assert [e.verb for e in Event.objects.order_by("pk")] == ["organisation.started", "tiers.changed", "unit.created"]
    with pytest.raises(NotAllowed, match="has this name"):
        organisations.start_organisation(name="Harbor  Valley", time_zone="UTC", at=NOW)


def test_tiers_are_renamed_added_and_removed():
    organisation = make_organisation(tiers=4)
    set_tiers(organisation, "Unit", "Line", "Executive")
    assert names(organisation) == [(1, "Unit"), (2, "Line"), (3, "Executive")]
    set_tiers(organisation, "Unit", "Line", "Branch", "Site", "System")
    assert names(organisation)[-1] == (5, "System")
    assert Event.objects.filter(verb="tiers.changed").latest("pk").facts == {"tiers": "3 4 5", "count": 5}


@pytest.mark.parametrize("count", [0, 2, 7])
def test_tiers_are_three_to_six(count):
    organisation = make_organisation()
    with pytest.raises(NotAllowed, match="three to six"):
        set_tiers(organisation, *(f"T{n}" for n in range(count)))


def test_a_tier_on_which_units_stand_stays():
    top = make_unit()
    with pytest.raises(NotAllowed, match="Units still stand"):
        set_tiers(top.organisation, "Unit", "Line", "Executive")
    assert top.organisation.tiers.count() == 4


def test_settings_name_what_changed_and_nothing_else():
    organisation = make_organisation()
    same = {
        f: getattr(organisation, f)
        for f in ("time_zone", "language", "small_cell_threshold", "idle_minutes", "hard_hours")
    }
    edit = lambda **new: organisations.edit_organisation(  # noqa: E731
        organisation=organisation,
        **{"name": organisation.name, "snapshot_at": time(5, 30), **same, **new},
        by=None,
        at=NOW,
    )
    organisation.refresh_from_db()
    edit()
    assert not Event.objects.exists()
    edit(name="Another", idle_minutes=30)
    assert Event.objects.get().facts == {"name": "changed", "idle_minutes": "30"}


def save(organisation, calendar=None, **new):
    values = {
        "name": "Week",
        "weekdays": 0b0011111,
        "is_default": False,
        "huddles": [HuddleTime(0, time(7), 15), HuddleTime(0, time(16, 30), 5)],
        "holidays": [HolidayPlan(date(2026, 12, 25), "Christmas")],
        **new,
    }
    return calendars.save_calendar(organisation=organisation, calendar=calendar, **values, by=None, at=NOW)


def test_a_calendar_is_saved_whole():
    organisation = make_organisation()
    calendar = save(organisation)
    save(organisation, calendar, name="Days", huddles=[HuddleTime(1, time(8), 10)], holidays=[])
    calendar = Calendar.objects.get()
    assert (calendar.name, calendar.weekdays, calendar.holidays.count()) == ("Days", 31, 0)
    assert [(h.weekday, h.starts_at, h.minutes) for h in calendar.huddles.all()] == [(1, time(8), 10)]
    assert [e.verb for e in Event.objects.order_by("pk")] == ["calendar.created", "calendar.changed"]


def test_one_calendar_is_the_default():
    organisation = make_organisation()
    first = save(organisation, is_default=True)
    second = save(organisation, name="Other", is_default=True)
    assert list(Calendar.objects.filter(is_default=True)) == [second]
    with pytest.raises(NotAllowed, match="is the default"):
        calendars.delete_calendar(calendar=second, by=None, at=NOW)
    calendars.delete_calendar(calendar=first, by=None, at=NOW)
    assert list(Calendar.objects.all()) == [second]


def test_a_calendar_in_use_stays():
    top = make_unit()
    calendar = make_calendar(top.organisation)
    top.calendar = calendar
    top.save()
    with pytest.raises(NotAllowed, match="Units use"):
        calendars.delete_calendar(calendar=calendar, by=None, at=NOW)


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        ({"name": "Taken"}, "is called Taken"),
        ({"huddles": [HuddleTime(0, time(7), 15)] * 2}, "huddle time stands twice"),
        (
            {"holidays": [HolidayPlan(date(2026, 1, 1), "A"), HolidayPlan(date(2026, 1, 1), "B")]},
            "holiday stands twice",
        ),
    ],
)
def test_a_calendar_does_not_say_things_twice(new, refusal):
    organisation = make_organisation()
    make_calendar(organisation, name="Taken")
    with pytest.raises(NotAllowed, match=refusal):
        save(organisation, **new)
