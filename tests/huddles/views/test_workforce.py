"""Workforce equity: what readers of groups of staff see and do, and that nobody else hears of it by any road."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.signals import Cause, Event, State
from boards.models import BoardMeasure, Measure, Signal
from huddles.actions import signals
from huddles.models import Issue, SignalIssue
from huddles.queries.signal_rows import gaps_below, sought
from org.models import Event as Trail
from org.models import Message
from org.rules import NotAllowed, Permission, Role
from tests.factories import make_membership, make_user, signed_in
from tests.huddles.factories import MORNING
from tests.huddles.signals import make_signal, make_stage, publish

pytestmark = pytest.mark.django_db
#: A word that stands nowhere but in what is told of staff.
GROUP = "Quokka colleagues"


@pytest.fixture
def stage(time_machine):
    """The house with a gap between groups of staff at the ward, and a reader of the whole house."""
    time_machine.move_to(MORNING, tick=False)
    house, signal = make_stage()
    Measure.objects.update(about="staff", name="Colleagues promoted")
    Signal.objects.update(group=GROUP)
    signal = Signal.objects.get(pk=signal.pk)
    BoardMeasure.objects.create(unit=house.ward, measure=signal.measure)
    house.people["READER"] = make_user(Role.WORKFORCE, house.top, name="Wren Reader")
    return house, signal


def page(person, name, *arguments, **query):
    return signed_in(person).get(reverse(name, args=arguments), query).content.decode()


def do(person, signal, event, **data):
    return signed_in(person).post(reverse("huddles:signal-answer", args=[signal.pk]), {"event": event, **data})


def test_it_never_becomes_an_issue_and_nobody_is_mailed(stage):
    house, signal = stage
    for days in range(20):
        signals.carry_on(at=MORNING + timedelta(days=days))
    assert signals.raise_for(signal_id=signal.pk, at=MORNING) is None
    assert (Issue.objects.count(), SignalIssue.objects.count(), Message.objects.count()) == (0, 0, 0)
    assert gaps_below(house.top, MORNING) == []


@pytest.mark.parametrize("role", Role)
def test_lists_of_signals_of_patients_tell_nobody_of_staff(stage, role):
    house, _signal = stage
    person = make_user(role, house.top, name="Somebody")
    for permission in (Permission.EQUITY_DESK, Permission.STRATA_VIEW):
        assert not sought(person, permission, shown="open", tier="", unit=None).exists()
        assert not sought(person, permission, shown="open", tier="", unit=house.ward).exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.WORKFORCE, Role.EQUITY_OFFICER}))
def test_no_page_of_anybody_else_has_a_trace(stage, role):
    """Wherever signals of patients show: lists, board, measure, huddles, desk, equity, evidence, trail, searching."""
    house, signal = stage
    make_signal(house, house.line, group=GROUP)
    signals.answer_of_staff(signal=signal, event=Event.ACKNOWLEDGE, said="", by=house.people["READER"], at=MORNING)
    slug = house.organisation.slug
    client = signed_in(make_user(role, house.top, name="Somebody"))
    addresses = [
        reverse("huddles:signals"),
        reverse("huddles:workforce"),
        reverse("huddles:signal", args=[signal.pk]),
        reverse("huddles:issues") + "?q=colleagues",
        reverse("huddles:today"),
        reverse("huddles:mine"),
        reverse("improvement:equity-home"),
        reverse("improvement:evidence", args=[slug]),
        reverse("org:trail", args=[slug]),
        reverse("org:units") + "?q=colleagues",
        reverse("huddles:setup-signals", args=[slug]),
        *(
            reverse(name, args=[unit.pk])
            for unit in (house.ward, house.line, house.top)
            for name in ("huddles:unit-signals", "boards:board", "boards:tiles", "boards:equity", "huddles:desk")
        ),
        reverse("boards:measure", args=[house.ward.pk, signal.measure_id]),
        reverse("boards:groups", args=[house.ward.pk, signal.measure_id]),
        reverse("boards:groups-file", args=[house.ward.pk, signal.measure_id]),
    ]
    codes = set()
    for address in addresses:
        response = client.get(address)
        codes.add(response.status_code)
        assert "Quokka" not in response.content.decode(), address
        assert "1 gap asks" not in response.content.decode(), address
    assert 200 in codes
    assert client.get(reverse("huddles:signal", args=[signal.pk])).status_code == 404
    assert do(house.lead(house.ward), signal, "acknowledge").status_code == 404


def test_the_trail_tells_others_that_something_happened_and_readers_that_it_was_this_signal(stage):
    house, signal = stage
    signals.answer_of_staff(signal=signal, event=Event.ACKNOWLEDGE, said="", by=house.people["READER"], at=MORNING)
    signals.dismiss(signal=signal, reason="All were read.", by=house.people["READER"], at=MORNING)
    assert {
        (e.verb, e.subject_label, e.unit_id, str(e.facts)) for e in Trail.objects.filter(verb__startswith="sig")
    } == {(verb, f"#{signal.pk}", None, "{}") for verb in ("signal.moved", "signal.dismissed")}
    admin = make_user(Role.ADMINISTRATOR, house.top, name="Ada Admin")

    def rows():
        found = signed_in(admin).get(reverse("org:trail", args=[house.organisation.slug])).context["rows"]
        return {(row.who, row.subject) for row in found if row.what.startswith("Signal")}

    assert rows() == {("", "told in confidence")}
    make_membership(admin, house.top, Role.WORKFORCE)
    assert rows() == {("Wren Reader", f"#{signal.pk}")}


def test_readers_find_it_on_their_page_with_published_figures(stage):
    house, signal = stage
    told = publish(signal, MORNING.date().replace(day=1) - timedelta(days=1))
    told.names = ["English", GROUP]
    told.save(update_fields=["names"])
    for person in (house.people["READER"], house.people["EQUITY"]):
        text = page(person, "huddles:workforce")
        assert f"Colleagues promoted: {GROUP}" in text
        assert f'value="{house.ward.pk}" selected' in text or "Measures of staff, by groups" in text
        one = page(person, "huddles:signal", signal.pk)
        assert "101 of 190" in one or "101/190" in one
        assert "patient" not in one.partition("<main")[2].lower()
    assert GROUP not in page(make_user(Role.WORKFORCE, house.other_ward, name="Another"), "huddles:workforce")


def test_one_gap_stands_once_where_it_is_lowest_until_somebody_is_on_it(stage):
    house, signal = stage
    make_signal(house, house.line, group=GROUP)
    reader = house.people["READER"]
    text = page(reader, "huddles:workforce")
    assert text.count(f"promoted: {GROUP}") == 1
    assert f"Seen also in: {house.line.name}" in text
    # Whoever reads the ward alone is not told that the line has it too.
    assert "Seen also in" not in page(make_user(Role.WORKFORCE, house.ward, name="Of the ward"), "huddles:workforce")
    signals.dismiss(signal=signal, reason="All were read.", by=reader, at=MORNING)
    assert house.line.name in page(reader, "huddles:workforce")


def test_readers_carry_it_to_its_end_on_its_own_page(stage):
    house, signal = stage
    reader = house.people["READER"]
    due = (MORNING + timedelta(days=30)).date()
    for event, data, state in (
        ("acknowledge", {}, State.ACKNOWLEDGED),
        ("start", {"said": "Posts are advertised on every unit.", "due": due.isoformat()}, State.COUNTERMEASURE),
        ("finish", {"said": "All posts of the quarter were."}, State.MONITORING),
        ("reopen", {"said": "Two were not."}, State.ESCALATED),
        ("close", {"said": "The board of directors has the report."}, State.CLOSED),
    ):
        assert do(reader, signal, event, **data).status_code == 302, event
        signal.refresh_from_db()
        assert signal.state == state
    assert [step.reason for step in signal.changes.filter(cause=Cause.PERSON)] == [
        "",
        "Posts are advertised on every unit.",
        "All posts of the quarter were.",
        "Two were not.",
        "The board of directors has the report.",
    ]
    text = page(reader, "huddles:signal", signal.pk)
    assert "Posts are advertised on every unit." in text
    assert "Workforce equity reader" in text
    assert "Wren Reader" not in text.partition("</header>")[2]


@pytest.mark.parametrize(
    ("event", "data", "said"),
    [
        ("start", {"said": "", "due": "2026-12-24"}, "Say it in a sentence."),
        ("start", {"said": "Posts are advertised.", "due": "2026-11-24"}, "Say until when"),
        ("start", {"said": "Posts are advertised.", "due": "soon"}, "Say until when"),
        ("reopen", {"said": "Not solved."}, "cannot be moved so now"),
    ],
)
def test_what_cannot_be_is_refused_where_it_was_said(stage, event, data, said):
    house, signal = stage
    response = do(house.people["READER"], signal, event, **data)
    assert response.status_code == 422
    if event == "start":
        assert said in response.content.decode()
    signal.refresh_from_db()
    assert signal.state == State.ESCALATED


def test_unknown_acts_and_signals_about_patients_have_no_such_page(stage):
    house, signal = stage
    assert do(house.people["READER"], signal, "harm").status_code == 404
    with pytest.raises(NotAllowed):
        signals.tell_harm(signal=signal, by=house.people["READER"], at=MORNING)
    Measure.objects.update(about="patients")
    assert do(house.people["EQUITY"], signal, "acknowledge").status_code == 404
    with pytest.raises(NotAllowed):
        signals.answer_of_staff(
            signal=Signal.objects.get(), event=Event.ACKNOWLEDGE, said="", by=house.people["EQUITY"], at=MORNING
        )


def test_the_page_takes_as_many_statements_for_many_gaps_as_for_one(stage):
    house, _signal = stage
    client = signed_in(house.people["READER"])
    address = reverse("huddles:workforce")
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address)
    for unit in (house.other_ward, house.support, house.line):
        make_signal(house, unit, group=GROUP)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(many) == len(one)


def test_only_readers_have_the_entry_in_their_menu(stage):
    house, _signal = stage
    address = f'href="{reverse("huddles:workforce")}"'
    seen = {
        role
        for role in Role
        if address in page(make_user(role, house.ward, name=f"One {role}"), "boards:board", house.ward.pk)
    }
    assert seen == {Role.WORKFORCE, Role.EQUITY_OFFICER}
