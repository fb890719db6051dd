"""Pages of goals: what they say, to whom, and how a goal is written without a script."""

import re
from datetime import date

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from boards.models import Tile
from boards.rules import STATUS_CODES
from boards.rules import Status as BoardStatus
from improvement.models import Goal, Voice
from improvement.queries.goal_check import measures_of
from improvement.queries.goal_pages import widened_of
from improvement.rules.goals import Status
from org.rules import Role
from tests.boards.factories import make_dimension, make_measure
from tests.factories import htmx, make_unit, make_user, signed_in
from tests.improvement.factories import BASELINE, BEFORE, MONTH_5, NOW, make_goal, make_house, tell

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_december")]


@pytest.fixture
def _december(time_machine):
    time_machine.move_to(NOW, tick=False)


def text_of(response):
    shown = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", shown).split())


def page(user, name, *args, **kwargs):
    return signed_in(user).get(reverse(f"improvement:{name}", args=args, kwargs=kwargs))


def scenario(**fields):
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    tell(house, MONTH_5, date(2026, 7, 1), date(2026, 11, 1))
    return house, make_goal(house, **fields)


def test_the_page_of_a_goal_says_the_scenario_in_words():
    house, goal = scenario()
    shown = text_of(page(house.staff, "goal", goal.pk))
    for words in (
        "raise “Pain relief within 60 minutes” for all patients by 20 %: from 61 % to 73.2 % or more",
        "narrow the gap between Spanish and English by 20 %: from 18 points to 14.4 points or less",
        "Raised but widened – rising tide, growing gap",
        "Since 1 Dec, by what was told of July – November 2026.",
        "First half: not reached. 61 % → 70 %",
        "Second half: not reached. 18 points → 23 points",
        "0.73 0.70",
        "Language: known of 100 % of the patients.",
    ):
        assert words in shown
    assert "Keep up its charter" not in shown
    assert "Keep up its charter" in text_of(page(house.manager, "goal", goal.pk))


def test_what_is_hidden_is_never_told_as_known():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    month = date(2026, 7, 1), date(2026, 7, 1)
    tell(house, MONTH_5, *month, hidden={"Arabic": (3, 9), "Unknown": (2, 5)})
    shown = text_of(page(house.staff, "goal", make_goal(house).pk))
    assert "Language: known of at least 98 % of the patients." in shown


def test_whoever_may_not_see_groups_reads_the_goal_without_their_figures():
    house, goal = scenario()
    reader = make_user(Role.WORKFORCE, house.line)
    for name, args in (("goal", [goal.pk]), ("goal-charter", [goal.pk]), ("goals", [])):
        response = page(reader, name, *args)
        shown = text_of(response)
        assert goal.title in shown
        assert "the goal stands without them" in shown
        assert not re.search(r"\d of \d|61 %|18 points|0\.73|widened", shown), shown
        assert response.context.get("chart") is None
    assert "narrow the gap between Spanish and English by 20 % of what it was" in text_of(page(reader, "goal", goal.pk))
    assert "1 · Not shown here" in text_of(page(reader, "goals"))
    assert widened_of(reader, NOW.date()) == []


def test_the_balancing_measure_shows_its_number_on_the_board():
    house, goal = scenario()
    assert "not on the board of this unit" in text_of(page(house.staff, "goal", goal.pk))
    Tile.objects.create(
        unit=house.ward,
        measure=house.balancing,
        day=NOW.date(),
        period_start=NOW.date(),
        value=4.2,
        status=STATUS_CODES[BoardStatus.MISSED],
        changed_at=NOW,
    )
    assert "Left unseen : 4.2 % Missed today" in text_of(page(house.staff, "goal", goal.pk))


def test_the_list_marks_what_is_raised_but_widened_and_draws_it():
    house, _goal = scenario()
    response = page(house.staff, "goals")
    shown = text_of(response)
    assert "1 goal is raised but widened" in shown
    assert "18 points → 23 points since 1 Dec" in shown
    layers = response.context["chart"]["layer"]
    assert [layer["mark"]["style"] for layer in layers].count("worse") == 1
    assert "Set a goal" not in shown


def test_absolute_and_relative_that_disagree_are_said_so():
    house = make_house()
    tell(house, {"English": (300, 500), "Spanish": (80, 200)}, *BEFORE)
    tell(house, {"English": (400, 500), "Spanish": (116, 200)}, date(2026, 7, 1), date(2026, 7, 1))
    make_goal(house)
    shown = text_of(page(house.staff, "goals"))
    assert "In points the gap widens, as a ratio it narrows. This goal goes by the points." in shown
    assert "0.67 → 0.73" in shown


def test_nothing_is_green_where_nothing_was_told():
    house = make_house()
    goal = make_goal(house)
    for response in (page(house.staff, "goal", goal.pk), page(house.staff, "goals")):
        assert "Nothing could be told yet" in text_of(response)
        assert 'class="is-met"' not in response.content.decode()
    assert page(house.staff, "goals").context["chart"] is None


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_as_many_statements_for_three_goals_as_for_one(number, django_assert_num_queries):
    house, _goal = scenario()
    for i in range(number - 1):
        make_goal(house, title=f"Goal {i}", unit=house.ward)
    client = signed_in(house.manager)
    address = reverse("improvement:goals")
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)


def test_the_charter_and_the_report_say_who_answers_and_what_is_asked():
    house, goal = scenario(ask="Two more interpreters.")
    make_goal(house, Status.MISSED, title="Earlier one")
    charter = text_of(page(house.staff, "goal-charter", goal.pk))
    for words in ("Patient and family council", "15 Dec 2026", house.sponsor.name, "The executive team hears why"):
        assert words in charter
    report = text_of(page(house.sponsor, "goal-report", slug=house.organisation.slug))
    for words in (
        "1 · Raised but widened – rising tide, growing gap",
        "Two more interpreters.",
        house.sponsor.name,
        "review 15 Dec",
        "Earlier one",
    ):
        assert words in report


def test_a_goal_is_written_and_begins_without_a_script():
    house = make_house()
    tell(house, BASELINE, *BEFORE)
    client = signed_in(house.manager)
    assert "Before, it is seen by whoever may set goals there" in text_of(page(house.manager, "goal-new"))
    made = client.post(reverse("improvement:goal-new"), {"unit": house.ward.pk, "title": "Pain relief in time"})
    goal = Goal.objects.get()
    assert made.url == reverse("improvement:goal-edit", args=[goal.pk])
    spanish, english = (f"{house.language.pk}|{name}" for name in ("Spanish", "English"))
    said = {
        "title": "Pain relief in time",
        "measure": house.measure.pk,
        "whom": "all",
        "raise_by": "20",
        "group": spanish,
        "reference": english,
        "narrow_by": "20",
        "gap_kind": "absolute",
        "baseline_first": "2025-07",
        "baseline_last": "2026-06",
        "first_month": "2026-07",
        "last_month": "2027-06",
        "minimum": "11",
        "owner": house.manager.pk,
        "sponsor": house.sponsor.pk,
        "balancing": house.balancing.pk,
        "if_missed": "We ask why.",
    }
    assert client.post(made.url, {**said, "last_month": "later"}).status_code == 422
    assert client.post(made.url, {**said, "reference": spanish}).status_code == 422
    wrong = client.post(made.url, {**said, "baseline_last": "2026-07"})
    assert (wrong.status_code, "count twice" in text_of(wrong)) == (422, True)
    assert client.post(made.url, said).url == reverse("improvement:goal", args=[goal.pk])
    begin = reverse("improvement:goal-activate", args=[goal.pk])
    early = client.post(begin)
    assert early.status_code == 422
    assert "Plan at least one review. Record whom you have heard" in text_of(early)
    client.post(reverse("improvement:goal-plan", args=[goal.pk]), {"day": "2027-01-15"})
    heard = {"heard": "Council", "day": "2026-11-30", "said": "Ask us."}
    client.post(reverse("improvement:goal-voice", args=[goal.pk]), heard)
    assert client.post(begin).status_code == 302
    goal.refresh_from_db()
    assert (goal.status, goal.raise_by, goal.group, goal.reference) == (Status.ACTIVE, 0.2, "Spanish", "English")
    assert goal.period == (date(2026, 7, 1), date(2027, 6, 30))
    again = client.get(made.url)
    assert "measure" not in again.context["form"].fields


def options_of(client, goal):
    found = client.get(reverse("improvement:goal-edit", args=[goal.pk])).context["form"].fields["group"].choices
    return {head: [name for _key, name in rows] for head, rows in found if isinstance(rows, list)}


def test_the_form_offers_the_groups_by_which_the_measure_is_told():
    house = make_house()
    make_dimension(house.organisation, "housing", "Yes", "No")
    make_dimension(house.organisation, "food", "Yes", "No")
    make_dimension(house.organisation, "staff_contract", "Part time", "Full time")
    client, goal = signed_in(house.manager), make_goal(house, Status.DRAFT, measure=None, dimension=None, group="")
    assert options_of(client, goal) == {
        "Language": ["English", "Spanish", "Other languages"],
        "Housing": ["Housing: Yes", "Housing: No"],
        "Food": ["Food: Yes", "Food: No"],
    }
    tell(house, BASELINE, *BEFORE, unit=house.top)
    told = make_goal(house, Status.DRAFT, dimension=None, group="", reference="")
    assert list(options_of(client, told)) == ["Language"]
    staff = make_measure(house.organisation, "retention", about="staff")
    assert told.measure in measures_of(house.organisation.pk)
    assert staff not in measures_of(house.organisation.pk)
    housing = house.organisation.dimensions.get(code="housing")
    typed = {"title": "A", "measure": house.measure.pk, "group": f"{housing.pk}|Yes", "gap_kind": "absolute"}
    refused = client.post(reverse("improvement:goal-edit", args=[told.pk]), {**typed, "whom": "all", "minimum": "30"})
    assert (refused.status_code, "Choose a group by which this measure is told." in text_of(refused)) == (422, True)


def test_what_is_missing_is_told_while_it_is_typed_and_nothing_is_kept():
    house = make_house()
    goal = make_goal(house, Status.DRAFT, raise_by=None, narrow_by=None)
    address = reverse("improvement:goal-check", args=[goal.pk])
    client = signed_in(house.manager)
    shown = text_of(client.post(address, {"title": "A", "raise_by": "20"}, **htmx()))
    assert "by how much the measure gets better? Yes" in shown
    assert "by how much the gap narrows? No" in shown
    goal.refresh_from_db()
    assert goal.raise_by is None


def test_what_was_typed_stays_when_it_is_refused():
    house = make_house()
    goal = make_goal(house, Status.DRAFT)
    address = reverse("improvement:goal-edit", args=[goal.pk])
    shown = signed_in(house.manager).post(address, {"title": "", "raise_by": "many", "if_missed": "We ask."})
    assert shown.status_code == 422
    content = shown.content.decode()
    assert 'value="many"' in content
    assert "We ask.</textarea>" in content


def test_a_draft_is_nobodys_business_but_of_who_sets_goals():
    house = make_house()
    goal = make_goal(house, Status.DRAFT)
    assert page(house.staff, "goal", goal.pk).status_code == 404
    assert page(house.manager, "goal", goal.pk).status_code == 200
    lead = make_user(Role.UNIT_LEAD, house.ward)
    assert page(lead, "goal", goal.pk).status_code == 404
    for name in ("owner", "sponsor"):
        named = make_goal(house, Status.DRAFT, **{name: lead})
        shown = page(lead, "goal", named.pk)
        assert (shown.status_code, "Let it begin" in text_of(shown)) == (200, False)
    assert page(make_user(Role.STAFF, make_unit(house.line)), "goal", make_goal(house).pk).status_code == 404


def test_a_voice_that_looks_like_a_patient_is_asked_about_once():
    house = make_house()
    goal = make_goal(house)
    address = reverse("improvement:goal-voice", args=[goal.pk])
    client = signed_in(house.manager)
    said = {"heard": "Council", "day": "2026-11-30", "said": "Mrs. Garcia waited for hours.", "changed": ""}
    asked = client.post(address, said)
    assert (asked.status_code, "looks like the name of a patient" in text_of(asked)) == (422, True)
    assert Voice.objects.count() == 1
    client.post(address, {**said, "sure": "on"})
    assert Voice.objects.filter(said__startswith="Mrs. Garcia").count() == 1


def test_the_log_of_voices_and_what_changed():
    house = make_house()
    voice = make_goal(house).voices.get()
    client = signed_in(house.manager)
    slug = house.organisation.slug
    client.post(
        reverse("improvement:voice-new", args=[slug]), {"heard": "Parish", "day": "2026-11-30", "said": "Signs."}
    )
    assert Voice.objects.get(heard="Parish").goal is None
    client.post(reverse("improvement:voice-answer", args=[voice.pk]), {"changed": "The screen asks first."})
    shown = text_of(client.get(reverse("improvement:voices", args=[slug])))
    assert "Parish" in shown
    assert "What changed: The screen asks first." in shown


def test_an_answer_is_offered_to_whoever_may_give_it():
    house = make_house()
    make_goal(house, unit=house.top)
    log = text_of(page(house.manager, "voices", slug=house.organisation.slug))
    assert "Nobody asks about pain" in log
    assert "Say what changed" not in log
    assert "Say what changed" in text_of(page(house.sponsor, "voices", slug=house.organisation.slug))


def test_another_page_may_show_what_is_raised_but_widened(django_assert_num_queries):
    house, goal = scenario()
    make_goal(house, Status.MISSED)
    with django_assert_num_queries(5):
        rows = widened_of(house.staff, NOW.date())
    assert [row.pk for row in rows] == [goal.pk]
    drawn = " ".join(re.sub(r"<[^>]+>", " ", render_to_string("goals/widened.html", {"widened": rows})).split())
    assert "1 goal is raised but widened" in drawn
    assert render_to_string("goals/widened.html", {"widened": []}).strip() == ""
    assert widened_of(make_user(Role.STAFF, make_unit(house.line)), NOW.date()) == []


def test_a_review_is_held_and_a_planned_one_taken_off():
    house = make_house()
    goal = make_goal(house)
    review = goal.reviews.get()
    client = signed_in(house.manager)
    refused = client.post(reverse("improvement:goal-plan", args=[goal.pk]), {"day": "2026-12-01"})
    assert (refused.status_code, "This day is over" in text_of(refused)) == (422, True)
    client.post(reverse("improvement:goal-plan", args=[goal.pk]), {"day": "2027-02-01"})
    later = goal.reviews.get(day="2027-02-01")
    client.post(reverse("improvement:goal-review-drop", args=[goal.pk, later.pk]))
    assert list(goal.reviews.all()) == [review]
    address = reverse("improvement:goal-review", args=[goal.pk, review.pk])
    assert client.post(address, {"seen": "Wider.", "decided": ""}).status_code == 422
    client.post(address, {"seen": "Wider.", "decided": "An A3."})
    assert "What was decided: An A3." in text_of(page(house.staff, "goal", goal.pk))


def test_a_goal_ends_and_says_why():
    house = make_house()
    goal = make_goal(house)
    address = reverse("improvement:goal-close", args=[goal.pk])
    client = signed_in(house.manager)
    for said, word in (({"to": "met"}, "A goal is met when"), ({"to": "missed"}, "Say what is done now")):
        refused = client.post(address, said)
        assert (refused.status_code, word in text_of(refused)) == (422, True)
    client.post(address, {"to": "missed", "note": "An A3 on triage."})
    assert "An A3 on triage." in text_of(page(house.staff, "goal", goal.pk))
    assert "This goal is over" in text_of(client.get(address))


def test_goals_stand_in_the_menu_of_whoever_sees_boards():
    house = make_house()
    address = reverse("improvement:goals")
    assert f'href="{address}"' in signed_in(house.staff).get(address).content.decode()


def test_an_empty_page_says_what_to_do_next():
    house = make_house()
    assert "Begin with one measure" in text_of(page(house.manager, "goals"))
    assert "Once a unit whose board you see sets one" in text_of(page(house.staff, "goals"))
    assert page(house.sponsor, "goal-report", slug=house.organisation.slug).status_code == 200


def test_a_unit_that_is_asked_for_is_chosen_already():
    house = make_house()
    shown = signed_in(house.manager).get(reverse("improvement:goal-new"), {"unit": house.ward.pk})
    assert re.search(rf'<option value="{house.ward.pk}" selected>', shown.content.decode())
