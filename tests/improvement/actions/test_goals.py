"""Writing a goal, letting it begin, bringing it to its end: what is refused, and what is kept."""

from datetime import date, timedelta

import pytest

from boards.snapshots import take_days
from improvement.actions import goals, reviews, voices
from improvement.actions.goals import Aim, Charter
from improvement.models import Goal, Review, Voice
from improvement.queries.goal_check import has_numbers, measures_of, splits_of
from improvement.queries.goals import standing_of
from improvement.rules.goals import TRANSITIONS, Status
from org.models import Event
from org.rules import NotAllowed, Role
from tests.boards.factories import make_dimension, make_measure
from tests.boards.snapshots.house import build_house
from tests.factories import make_unit, make_user
from tests.improvement.factories import BASELINE, BEFORE, MONTH_5, NOW, PERIOD, make_goal, make_house, tell

pytestmark = pytest.mark.django_db
MET = {"English": (400, 500), "Spanish": (150, 200), "Other languages": (230, 300)}


def acts(house):
    return {"by": house.manager, "at": NOW}


def aim(house, **fields):
    fields = {
        "measure": house.measure,
        "dimension": house.language,
        "group": "Spanish",
        "reference": "English",
        "raise_by": 0.2,
        "narrow_by": 0.2,
        "baseline_first": BEFORE[0],
        "baseline_last": BEFORE[1],
        "first_month": PERIOD[0],
        "last_month": PERIOD[1],
        **fields,
    }
    return Aim(**fields)


def charter(house, **fields):
    fields = {
        "title": "Pain relief in time",
        "balancing": house.balancing,
        "owner": house.manager,
        "sponsor": house.sponsor,
        "if_missed": "We ask why.",
        **fields,
    }
    return Charter(**fields)


def written(house, **fields):
    if not house.measure.published.exists():
        tell(house, BASELINE, *BEFORE)
    goal = goals.draft(unit=house.ward, title="Pain relief in time", **acts(house))
    goal = goals.write(goal=goal, charter=charter(house), aim=aim(house, **fields), **acts(house))
    reviews.plan(goal=goal, day=date(2026, 12, 15), **acts(house))
    voices.record(
        organisation=house.organisation,
        goal=goal,
        heard="Patient and family council",
        day=date(2026, 6, 4),
        said="Nobody asks about pain in our language.",
        changed="",
        **acts(house),
    )
    return goal


def test_a_goal_is_written_and_begins():
    house = make_house()
    goal = goals.activate(goal=written(house), **acts(house))
    kept = Goal.objects.get(pk=goal.pk)
    assert (kept.status, kept.activated_at, kept.raise_by, kept.group) == (Status.ACTIVE, NOW, 0.2, "Spanish")
    verbs = Event.objects.filter(organisation_id=house.organisation.pk, verb__regex="^(goal|review|voice)")
    assert list(verbs.order_by("pk").values_list("verb", flat=True)) == [
        "goal.drafted",
        "goal.written",
        "review.planned",
        "voice.recorded",
        "goal.activated",
    ]


def test_words_of_people_are_not_in_the_trail():
    house = make_house()
    goals.activate(goal=written(house), **acts(house))
    trail = str(list(Event.objects.values_list("facts", "subject_label")))
    assert not [word for word in ("Pain relief", "council", "Nobody", "We ask") if word in trail]


@pytest.mark.parametrize(
    ("missing", "word"),
    [
        ({"raise_by": None}, "A goal has two halves. Say by how much the measure gets better."),
        ({"narrow_by": None}, "A goal has two halves. Say by how much the gap narrows."),
        ({"group": ""}, "Choose the measure and the group."),
        ({"first_month": None}, "Say the months of the goal"),
    ],
)
def test_a_goal_with_one_half_does_not_begin(missing, word):
    house = make_house()
    goal = written(house, **missing)
    with pytest.raises(NotAllowed, match=word):
        goals.activate(goal=goal, **acts(house))
    assert Goal.objects.get().status == Status.DRAFT


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"sponsor": None}, "Choose the executive who answers for it"),
        ({"owner": None}, "Choose who owns the goal"),
        ({"balancing": None}, "Choose a balancing measure"),
        ({"if_missed": ""}, "Say what happens if the goal is missed"),
    ],
)
def test_a_goal_without_its_charter_does_not_begin(fields, word):
    house = make_house()
    goal = written(house)
    goals.write(goal=goal, charter=charter(house, **fields), **acts(house))
    with pytest.raises(NotAllowed, match=word):
        goals.activate(goal=goal, **acts(house))


@pytest.mark.parametrize(
    ("gone", "word"), [(Voice, "Record whom you have heard"), (Review, "Plan at least one review")]
)
def test_a_goal_without_a_voice_or_a_review_does_not_begin(gone, word):
    house = make_house()
    goal = written(house)
    gone.objects.all().delete()
    with pytest.raises(NotAllowed, match=word):
        goals.activate(goal=goal, **acts(house))


def test_a_goal_of_more_than_all_patients_does_not_begin():
    house = make_house()
    # 61 % before.
    with pytest.raises(NotAllowed, match="more than 100"):
        goals.activate(goal=written(house, raise_by=0.64), **acts(house))


def test_a_goal_of_the_past_does_not_begin():
    house = make_house()
    long_ago = {
        "baseline_first": date(1990, 1, 1),
        "baseline_last": date(1990, 12, 1),
        "first_month": date(1991, 1, 1),
        "last_month": date(1991, 3, 1),
    }
    with pytest.raises(NotAllowed, match="The months of the goal are over"):
        goals.activate(goal=written(house, **long_ago), **acts(house))
    ahead = long_ago | {"first_month": PERIOD[0], "last_month": PERIOD[1]}
    with pytest.raises(NotAllowed, match="no number of this measure in the months before"):
        goals.activate(goal=written(house, **ahead), **acts(house))


def test_numbers_of_all_patients_are_enough_to_begin():
    """Groups are told later than numbers come; the goal shows where it stands then."""
    built = build_house()
    measure = built.measure("door_to_analgesia")
    days = [date(2026, 6, 1) + timedelta(days=n) for n in range(3)]
    built.send_all([(measure, day, {"m1": {"": (8.0, 10.0)}}) for day in days])
    take_days(built.organisation, min(days), max(days), NOW)
    unit = built.units["m1"]
    goal = Goal(unit=unit, organisation=built.organisation, measure=measure, baseline_first=BEFORE[0])
    goal.baseline_last = BEFORE[1]
    [standing] = standing_of([goal], NOW.date())
    assert has_numbers(standing)
    goal.baseline_last = date(2026, 5, 1)
    [standing] = standing_of([goal], NOW.date())
    assert not has_numbers(standing)


def test_the_aim_of_a_goal_that_runs_stands_and_its_charter_is_kept_up():
    house = make_house()
    goal = goals.activate(goal=written(house), **acts(house))
    with pytest.raises(NotAllowed, match="aim of a goal stands"):
        goals.write(goal=goal, charter=charter(house), aim=aim(house, raise_by=0.1), **acts(house))
    goals.write(goal=goal, charter=charter(house, ask="Two more interpreters."), **acts(house))
    assert Goal.objects.get().ask == "Two more interpreters."
    for fields in ({"sponsor": None}, {"balancing": None}, {"owner": None}, {"if_missed": " "}):
        with pytest.raises(NotAllowed):
            goals.write(goal=goal, charter=charter(house, **fields), **acts(house))


def test_people_of_a_goal_are_who_leads_there_and_executives_above():
    house = make_house()
    goal = goals.draft(unit=house.ward, title="A", **acts(house))
    other = make_user(Role.MANAGER, make_unit(house.top))
    for fields, word in (
        ({"owner": house.staff}, "leads this unit"),
        ({"owner": other}, "leads this unit"),
        ({"sponsor": house.manager}, "Choose an executive"),
        ({"sponsor": make_user(Role.EXECUTIVE, make_unit())}, "Choose an executive"),
    ):
        with pytest.raises(NotAllowed, match=word):
            goals.write(goal=goal, charter=charter(house, **fields), **acts(house))
    goals.write(goal=goal, charter=charter(house, owner=make_user(Role.UNIT_LEAD, house.ward)), **acts(house))


def test_an_aim_is_of_this_house_and_makes_sense():
    house, elsewhere = make_house(), make_house()
    goal = goals.draft(unit=house.ward, title="A", **acts(house))
    age = make_dimension(house.organisation, "age", "Young", "Old")
    for fields, word in (
        ({"measure": elsewhere.measure}, "share of cases"),
        ({"measure": make_measure(house.organisation, "beds", "count")}, "share of cases"),
        ({"measure": make_measure(house.organisation, "plain", stratifiable=False)}, "share of cases"),
        ({"measure": make_measure(house.organisation, "between", direction="band")}, "share of cases"),
        ({"group": "Martian"}, "group that is there"),
        ({"reference": "Martian"}, "group of the same kind"),
        ({"dimension": age}, "group that is there"),
        ({"dimension": elsewhere.language}, "group that is there"),
        ({"reference": "Spanish"}, "compared with others"),
        ({"raise_by": 0.0}, "more than nothing"),
        ({"narrow_by": 1.5}, "at most 100"),
        ({"minimum": 0}, "at least 1"),
        ({"last_month": date(2026, 6, 1)}, "before the first"),
        ({"baseline_last": date(2026, 7, 1)}, "count twice"),
        ({"measure": house.balancing}, "balance itself"),
    ):
        with pytest.raises(NotAllowed, match=word):
            goals.write(goal=goal, charter=charter(house), aim=aim(house, **fields), **acts(house))
    assert Goal.objects.get().measure is None


def test_met_is_what_both_halves_say():
    house = make_house()
    goal = goals.activate(goal=written(house), **acts(house))
    with pytest.raises(NotAllowed, match="A goal is met when"):
        goals.close(goal=goal, to=Status.MET, note="", **acts(house))
    tell(house, MONTH_5, date(2026, 7, 1), date(2026, 7, 1))
    with pytest.raises(NotAllowed, match="A goal is met when"):
        goals.close(goal=goal, to=Status.MET, note="", **acts(house))
    tell(house, {name: (8 * x, 8 * n) for name, (x, n) in MET.items()}, date(2026, 8, 1), date(2026, 8, 1))
    goals.close(goal=goal, to=Status.MET, note="", **acts(house))
    assert (Goal.objects.get().status, Goal.objects.get().closed_at) == (Status.MET, NOW)


@pytest.mark.parametrize("to", [Status.MISSED, Status.ENDED, Status.STOPPED])
def test_every_other_end_says_why(to):
    house = make_house()
    goal = make_goal(house)
    with pytest.raises(NotAllowed, match=r"^Say"):
        goals.close(goal=goal, to=to, note="  ", **acts(house))
    goals.close(goal=goal, to=to, note="The unit moves.", **acts(house))
    assert (Goal.objects.get().status, Goal.objects.get().closing_note) == (to, "The unit moves.")


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("to", [Status.MISSED, Status.ENDED, Status.STOPPED, Status.ACTIVE])
def test_only_the_steps_of_the_table_are_taken(status, to):
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    goal = make_goal(house, status)
    step = (
        (lambda: goals.activate(goal=goal, **acts(house)))
        if to == Status.ACTIVE
        else (lambda: goals.close(goal=goal, to=to, note="So.", **acts(house)))
    )
    if to in TRANSITIONS[status]:
        step()
        assert Goal.objects.get().status == to
    else:
        with pytest.raises(NotAllowed, match="not at a point"):
            step()
        assert Goal.objects.get().status == status


def test_every_status_is_in_the_table():
    assert set(TRANSITIONS) == set(Status)


def test_a_closed_unit_sets_no_goal_and_a_goal_has_a_title():
    house = make_house()
    with pytest.raises(NotAllowed, match="title"):
        goals.draft(unit=house.ward, title=" ", **acts(house))
    house.ward.closed_on = NOW.date()
    with pytest.raises(NotAllowed, match="closed"):
        goals.draft(unit=house.ward, title="A", **acts(house))


def test_reviews_are_planned_held_and_taken_off():
    house = make_house()
    goal = make_goal(house)
    [first] = goal.reviews.all()
    with pytest.raises(NotAllowed, match="at least one review"):
        reviews.drop(review=first, **acts(house))
    with pytest.raises(NotAllowed, match="This day is over"):
        reviews.plan(goal=goal, day=date(2026, 12, 1), **acts(house))
    with pytest.raises(NotAllowed, match=r"^Choose a day within the next 3 years\.$"):
        reviews.plan(goal=goal, day=date(9999, 12, 31), **acts(house))
    second = reviews.plan(goal=goal, day=date(2027, 1, 15), **acts(house))
    assert reviews.plan(goal=goal, day=date(2027, 1, 15), **acts(house)) == second
    with pytest.raises(NotAllowed, match="decided"):
        reviews.hold(review=first, seen="Wider.", decided="", **acts(house))
    held = reviews.hold(review=first, seen="Wider.", decided="An A3.", **acts(house))
    assert (held.held_on, held.seen, held.decided) == (NOW.date(), "Wider.", "An A3.")
    with pytest.raises(NotAllowed, match="It stays"):
        reviews.drop(review=first, **acts(house))
    reviews.drop(review=second, **acts(house))
    assert list(goal.reviews.all()) == [first]


def test_nothing_is_planned_for_a_goal_that_is_over_or_held_for_one_that_has_not_begun():
    house = make_house()
    with pytest.raises(NotAllowed, match="is over"):
        reviews.plan(goal=make_goal(house, Status.MISSED), day=date(2027, 1, 1), **acts(house))
    with pytest.raises(NotAllowed, match="has not begun"):
        reviews.hold(review=make_goal(house, Status.DRAFT).reviews.get(), seen="a", decided="b", **acts(house))


def test_voices_are_of_the_past_and_of_this_house():
    house, elsewhere = make_house(), make_house()
    fields = {"heard": "Council", "said": "A", "changed": "", "day": NOW.date(), **acts(house)}
    with pytest.raises(NotAllowed, match="still to come"):
        voices.record(organisation=house.organisation, **{**fields, "day": date(2026, 12, 3)})
    with pytest.raises(NotAllowed, match="another organization"):
        voices.record(organisation=house.organisation, goal=make_goal(elsewhere), **fields)
    for name in ("heard", "said"):
        with pytest.raises(NotAllowed, match=r"^Say"):
            voices.record(organisation=house.organisation, **{**fields, name: " "})
    kept = voices.record(organisation=house.organisation, **fields)
    voices.answer(voice=kept, changed="The screen asks first.", **acts(house))
    assert Voice.objects.get(pk=kept.pk).changed == "The screen asks first."


def test_no_goal_is_set_on_a_measure_of_staff_nor_by_groups_of_staff():
    house = make_house()
    staff = make_measure(house.organisation, "staff_retention", stratifiable=True, about="staff")
    make_dimension(house.organisation, "staff_sex", "female", "male")
    goal = goals.draft(unit=house.ward, title="Who stays", **acts(house))
    with pytest.raises(NotAllowed, match="share of cases"):
        goals.write(goal=goal, charter=charter(house), aim=aim(house, measure=staff), **acts(house))
    assert staff not in measures_of(house.organisation.pk)
    assert {split.dimension.code for split in splits_of(house.organisation.pk)} == {house.language.code}
