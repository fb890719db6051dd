"""Every A3 and every test says who gains and who may lose, or stands before whoever follows equity."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from improvement.actions import equity_checks
from improvement.actions.equity_checks import Answers
from improvement.models import EquityCheck
from improvement.rules.cycles import State
from improvement.rules.tickets import Size, Stage
from org.models import Event
from org.rules import NotAllowed, Role
from tests.factories import make_unit, make_user, signed_in
from tests.improvement.factories import NOW, make_cycle, make_house, make_ticket

pytestmark = pytest.mark.django_db
SAID = Answers("Spanish speakers", "By language, each month", "Whoever waits longest", "Nobody; English stays as it is")
TYPED = {f"equity-{name}": getattr(SAID, name) for name in Answers.__dataclass_fields__}


def text(answer):
    return answer.content.decode()


def test_a_check_is_of_one_thing_and_whole():
    house = make_house()
    ticket = make_ticket(house.ward)
    cycle = make_cycle(ticket)
    whole = {"groups": "a", "split": "b", "gains": "c", "loses": "d", "written_at": NOW}
    for name, fields in (
        ("equity_check_of_one_thing", {}),
        ("equity_check_of_one_thing", {"ticket": ticket, "cycle": cycle}),
        ("equity_check_is_whole", {"ticket": ticket, "loses": ""}),
    ):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            EquityCheck.objects.create(**{**whole, **fields})
    made = [EquityCheck.objects.create(**whole, ticket=ticket), EquityCheck.objects.create(**whole, cycle=cycle)]
    assert list(EquityCheck.objects.visible_to(house.staff).order_by("pk")) == made
    assert not EquityCheck.objects.visible_to(make_user(Role.EXECUTIVE, make_unit()))


@pytest.mark.parametrize("missing", Answers.__dataclass_fields__)
def test_a_check_that_is_not_whole_is_refused_with_its_field(missing):
    house = make_house()
    said = Answers(**{**{n: getattr(SAID, n) for n in Answers.__dataclass_fields__}, missing: " "})
    with pytest.raises(NotAllowed) as refusal:
        equity_checks.check(of=make_ticket(house.ward), said=said, by=house.staff, at=NOW)
    assert refusal.value.field == missing


def test_a_check_is_written_and_written_anew_and_the_trail_keeps_its_words_back():
    house = make_house()
    cycle = make_cycle(make_ticket(house.ward))
    equity_checks.check(of=cycle, said=SAID, by=house.staff, at=NOW)
    again = equity_checks.check(of=cycle, said=Answers("All", "None", "All", "Nobody"), by=house.manager, at=NOW)
    assert EquityCheck.objects.get() == again
    assert again.written_by == house.manager
    told = Event.objects.filter(verb="equity_check.written")
    assert [event.facts for event in told] == [{"ticket": cycle.ticket.number, "cycle": 1}] * 2


@pytest.mark.parametrize("name", ["ticket", "cycle"])
def test_it_is_asked_on_the_page_and_kept(name):
    house = make_house()
    ticket = make_ticket(house.ward, size=Size.A3)
    thing = ticket if name == "ticket" else make_cycle(ticket)
    client, address = signed_in(house.staff), reverse(f"improvement:{name}", args=[thing.pk])
    assert "Not done yet" in text(client.get(address))
    refused = client.post(reverse(f"improvement:{name}-equity", args=[thing.pk]), {**TYPED, "equity-loses": ""})
    assert refused.status_code == 422
    assert "Spanish speakers" in text(refused)
    assert client.post(reverse(f"improvement:{name}-equity", args=[thing.pk]), TYPED).url == address
    shown = text(client.get(address))
    assert "Not done yet" not in shown
    assert "English stays as it is" in shown


def test_a_small_ticket_is_not_asked():
    house = make_house()
    ticket = make_ticket(house.ward, size=Size.DO_IT)
    page = signed_in(house.staff).get(reverse("improvement:ticket", args=[ticket.pk]))
    assert "Equity check" not in text(page)


def test_whoever_follows_equity_sees_what_is_missing_until_it_is_done():
    house = make_house()
    officer = make_user(Role.EQUITY_OFFICER, house.top)
    a3 = make_ticket(house.ward, size=Size.A3, stage=Stage.WORK, owner=house.staff, title="Falls at night")
    make_ticket(house.ward, size=Size.A3, title="Only an idea")
    make_ticket(house.ward, size=Size.DO_IT, stage=Stage.WORK, owner=house.staff, title="A small thing")
    cycle = make_cycle(make_ticket(house.ward, size=Size.PDSA), question="Does an icon help?")
    make_cycle(cycle.ticket, State.PLAN, question="Planned")
    client = signed_in(officer)
    address = reverse("improvement:unchecked", args=[house.organisation.slug])
    rows = client.get(address).context["rows"]
    assert [(row.kind, row.title, row.owner) for row in rows] == [
        ("A3", "Falls at night", house.staff.name),
        ("PDSA 1", "Does an icon help?", ""),
    ]
    assert "Falls at night" in text(client.get(reverse("improvement:equity-home")))
    for thing in (a3, cycle):
        equity_checks.check(of=thing, said=SAID, by=house.staff, at=NOW)
    assert "says who gains and who may lose" in text(client.get(address))
    assert client.get(address).context["count"] == 0
