"""Reminders: once each, to whoever has it in hand, with a day and a link and nothing of what was written."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.urls import reverse

from improvement.actions.nudges import nudge
from improvement.rules.cycles import NUDGED, State
from improvement.rules.tickets import Size, Stage
from improvement.tasks import remind_of_tests
from org import mail
from org.models import Message
from tests.improvement.factories import NOW, make_cycle, make_house, make_paper, make_step, make_ticket

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def kinds():
    return sorted((m.context["kind"], m.context["day"], m.recipient) for m in Message.objects.all())


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def ticket(house):
    return make_ticket(house.ward, size=Size.A3, stage=Stage.WORK, owner=house.manager, title="Falls at night")


@pytest.mark.parametrize("left", NUDGED)
def test_a_test_a_step_and_a_second_look_are_remembered_before_and_on_their_day(house, ticket, left):
    day = TODAY + timedelta(days=left)
    cycle = make_cycle(ticket, starts_on=TODAY - timedelta(days=9), ends_on=day)
    paper = make_paper(ticket, audit_on=day)
    make_step(paper, owner=house.staff, due_on=day)
    assert nudge(organisation=house.organisation, at=NOW) == 3
    told = day.isoformat()
    assert kinds() == sorted(
        [("cycle", told, house.manager.email), ("look", told, house.manager.email), ("step", told, house.staff.email)]
    )
    nudge(organisation=house.organisation, at=NOW + timedelta(hours=3))
    assert Message.objects.count() == 3
    for message in Message.objects.all():
        assert "Falls" not in str(message.context)
    page = reverse("improvement:paper", args=[ticket.pk])
    addresses = [reverse("improvement:cycle", args=[cycle.pk]), f"{page}#plan", f"{page}#follow_up"]
    links = {message.context["link"] for message in Message.objects.all()}
    assert links == {settings.SITE_URL + address for address in addresses}


@pytest.mark.parametrize("left", [-1, 1, 2, 4])
def test_other_days_are_quiet(house, ticket, left):
    make_cycle(ticket, starts_on=TODAY - timedelta(days=9), ends_on=TODAY + timedelta(days=left))
    assert nudge(organisation=house.organisation, at=NOW) == 0


def test_what_is_over_or_nobodys_is_quiet(house, ticket):
    make_cycle(ticket, State.ENDED, starts_on=TODAY - timedelta(days=9), ends_on=TODAY)
    make_cycle(ticket, State.PLAN, starts_on=TODAY - timedelta(days=9), ends_on=TODAY)
    paper = make_paper(ticket)
    make_step(paper, due_on=TODAY)
    make_step(paper, owner=house.staff, due_on=TODAY, done_at=NOW)
    make_step(paper, owner=house.staff, due_on=TODAY, gone_at=NOW)
    assert nudge(organisation=house.organisation, at=NOW) == 0
    make_step(paper, owner=house.staff, due_on=TODAY)
    house.staff.is_active = False
    house.staff.save()
    assert nudge(organisation=house.organisation, at=NOW) == 0


def test_nobody_is_reminded_before_six(house, ticket):
    make_cycle(ticket, starts_on=TODAY - timedelta(days=9), ends_on=TODAY)
    early = NOW.astimezone(house.organisation.zone).replace(hour=5, minute=59)
    assert nudge(organisation=house.organisation, at=early) == 0
    assert nudge(organisation=house.organisation, at=early.replace(hour=6)) == 1


def test_the_mail_says_what_and_when_in_the_language_of_whoever_gets_it(house, ticket, mailoutbox):
    house.manager.language = "es"
    house.manager.save()
    ticket.refresh_from_db()
    make_cycle(ticket, starts_on=TODAY - timedelta(days=9), ends_on=TODAY)
    nudge(organisation=house.organisation, at=NOW)
    [message] = Message.objects.all()
    assert mail.send(message, NOW) == ""
    [sent] = mailoutbox
    assert "ficha" in sent.subject
    assert f"/improvement/cycles/{ticket.cycles.get().pk}/" in sent.body


def test_the_clock_asks_every_organisation(house, ticket, time_machine):
    time_machine.move_to(NOW, tick=False)
    make_cycle(ticket, starts_on=TODAY - timedelta(days=9), ends_on=TODAY)
    assert remind_of_tests() == 1
