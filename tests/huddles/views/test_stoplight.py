"""The stoplight report as a page, on paper, beside the board and in a huddle."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from huddles.actions import issues
from huddles.models import AgendaLine
from huddles.rules.agendas import Section, StepKind
from tests.factories import make_user, signed_in
from tests.huddles.factories import make_house, make_issue
from tests.huddles.huddle_stage import begin_huddle

pytestmark = pytest.mark.django_db


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def page(house, who="STAFF", **data):
    return signed_in(house.people[who]).get(reverse("huddles:stoplight", args=[house.ward.pk]), data)


def test_staff_read_what_they_told_and_what_came_of_it():
    house = make_house()
    at = timezone.now() - timedelta(hours=2)
    lead = house.lead(house.ward)
    issues.decline(issue=make_issue(house, title="A printer", at=at), tell_staff="No money for it.", by=lead, at=at)
    make_issue(house, title="The lift is slow", at=at)
    said = text_of(page(house))
    assert "Not possible now 1" in said
    assert "A printer “No money for it.”" in said
    assert "In work 1" in said
    assert "Done 0 Nothing was done since" in said
    assert "Nothing was declined" not in said
    assert "1 of 1 raised since" in said


def test_an_empty_report_says_how_it_fills():
    said = text_of(page(make_house()))
    assert re.search(
        r"Nothing was told here since \d+ \w+( \d+)?\. What is raised as an issue stands here by itself", said
    )
    assert "answered within 7 days" not in said


def test_days_are_chosen_and_nonsense_is_the_usual_four_weeks():
    house = make_house()
    for asked, days in (("7", 7), ("91", 91), ("", 28), ("x", 28), ("12", 28), ("²", 28)):
        assert page(house, days=asked).context["report"].days == days


def test_words_about_a_patient_are_not_printed():
    house = make_house()
    make_issue(house, title="Mr Miller waits for his bed", at=timezone.now())
    html = page(house).content.decode()
    assert re.search(r'class="noprint"><span class="quiet">#\d+</span> Mr Miller waits', html)
    assert "Words stay on the screen" in html


def test_the_board_leads_to_it_and_others_do_not_find_it():
    house = make_house()
    staff = signed_in(house.people["STAFF"])
    address, beside = (reverse(f"huddles:{name}", args=[house.ward.pk]) for name in ("stoplight", "beside"))
    assert "Stoplight" not in text_of(staff.get(beside))
    at = timezone.now()
    issues.finish(issue=make_issue(house, at=at), by=house.lead(house.ward), at=at)
    make_issue(house, at=at)
    answer = staff.get(beside)
    assert f'href="{address}"' in answer.content.decode()
    assert "Stoplight report Not possible now 0 In work 1 Done 1" in text_of(answer)
    assert signed_in(make_user(email="stranger@example.org")).get(address).status_code == 404


def test_a_huddle_reads_it_out_where_its_agenda_says_so():
    house = make_house()
    make_issue(house, title="The lift is slow", at=timezone.now())
    huddle = begin_huddle(house.ward, by=house.lead(house.ward))
    address = reverse("huddles:huddle", args=[huddle.pk])
    client = signed_in(house.lead(house.ward))
    assert "part-stoplight" not in client.get(address).content.decode()
    step = AgendaLine.objects.filter(version=huddle.version, section=Section.STEP, kind=StepKind.LOOK_AHEAD).first()
    AgendaLine.objects.filter(pk=step.pk).update(kind=StepKind.STOPLIGHT)
    html = client.get(address).content.decode()
    assert "part-stoplight" in html
    assert "The lift is slow" in html.split("part-stoplight")[1]


def test_the_page_asks_as_much_for_ten_issues_as_for_one():
    house = make_house()
    client = signed_in(house.people["STAFF"])
    address = reverse("huddles:stoplight", args=[house.ward.pk])
    counts = []
    for number in (1, 9):
        for _ in range(number):
            make_issue(house, at=timezone.now())
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert counts[0] == counts[1]
