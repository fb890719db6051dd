"""System alerts: who gets one, who is told, how far it has come."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from huddles.actions import alerts as actions
from huddles.models import AlertReceipt, SystemAlert
from huddles.queries.alerts import unread_at
from org.models import Event, Message
from org.rules import NotAllowed, Role
from tests.factories import htmx, make_user, signed_in
from tests.huddles.factories import MORNING, make_house, make_issue

pytestmark = pytest.mark.django_db


def sent(house, unit=None, **fields):
    return actions.send(
        **{
            "unit": unit or house.line,
            "title": "Recall of pump 7",
            "text": "Take them out of use.",
            "uid": uuid4(),
            "by": house.lead(house.top),
            "at": MORNING,
            **fields,
        }
    )


def test_an_alert_goes_to_a_unit_and_all_open_ones_below_and_tells_each_lead_once():
    house = make_house()
    alert = sent(house)
    assert set(alert.receipts.values_list("unit", flat=True)) == {house.line.pk, house.ward.pk, house.other_ward.pk}
    told = {house.lead(unit).email for unit in (house.line, house.ward, house.other_ward)}
    told.add(house.people["STAND_IN"].email)
    messages = Message.objects.filter(template="alert")
    assert sorted(messages.values_list("recipient", flat=True)) == sorted(told)
    assert not any("Recall" in str(message.context) for message in messages)
    assert "Recall" not in str(list(Event.objects.values_list("facts", "subject_label")))


def test_the_same_alert_again_is_the_one_that_was_sent():
    house, uid = make_house(), uuid4()
    first, again = sent(house, uid=uid), sent(house, uid=uid, title="Another")
    assert (first.pk, SystemAlert.objects.count(), Message.objects.filter(template="alert").count()) == (again.pk, 1, 4)


def test_closed_units_do_not_get_it_and_whoever_sends_is_not_told():
    house = make_house()
    house.ward.closed_on = MORNING.date()
    house.ward.save()
    alert = sent(house, by=house.lead(house.line))
    assert set(alert.receipts.values_list("unit", flat=True)) == {house.line.pk, house.other_ward.pk}
    assert house.lead(house.line).email not in Message.objects.values_list("recipient", flat=True)
    with pytest.raises(NotAllowed, match="closed"):
        sent(house, house.ward)


def test_the_first_word_counts_and_an_end_is_for_all():
    house = make_house()
    alert = sent(house)
    assert unread_at(house.ward) == [alert]
    first = actions.read(alert=alert, unit=house.ward, by=house.people["STAFF"], at=MORNING)
    again = actions.read(alert=alert, unit=house.ward, by=house.lead(house.ward), at=MORNING)
    assert (first.read_by, again.read_by) == (house.people["STAFF"], house.people["STAFF"])
    assert (unread_at(house.ward), unread_at(house.other_ward)) == ([], [alert])
    with pytest.raises(NotAllowed, match="did not go to"):
        actions.read(alert=alert, unit=house.support, by=house.lead(house.support), at=MORNING)
    actions.end(alert=alert, by=house.lead(house.top), at=MORNING)
    actions.end(alert=alert, by=house.lead(house.top), at=MORNING)
    assert unread_at(house.other_ward) == []
    assert Event.objects.filter(verb="alert.ended").count() == 1


def test_what_is_confidential_is_told_to_nobody():
    house = make_house()
    issue = make_issue(house)
    issue.confidential = True
    issue.save()
    with pytest.raises(NotAllowed, match="cannot be told"):
        sent(house, issue=issue)


def test_sending_on_the_page_reading_at_the_unit_and_the_reach_of_it():
    house = make_house()
    manager, staff = signed_in(house.lead(house.line)), signed_in(house.people["STAFF"])
    page = manager.get(reverse("huddles:alert-new")).content.decode()
    uid = re.search(r'name="uid" value="([^"]+)"', page)[1]
    typed = {"unit": house.line.pk, "title": "Recall", "text": "", "uid": uid}
    assert manager.post(reverse("huddles:alert-new"), {**typed, "title": ""}).status_code == 422
    assert manager.post(reverse("huddles:alert-new"), {**typed, "unit": house.top.pk}).status_code == 422
    for _ in range(2):
        response = manager.post(reverse("huddles:alert-new"), typed)
    alert = SystemAlert.objects.get()
    assert response.url == reverse("huddles:alert", args=[alert.pk])
    assert "We at 5 West have read it" in staff.get(response.url).content.decode()
    read = reverse("huddles:alert-read", args=[alert.pk])
    assert staff.post(read, {"unit": house.other_ward.pk}).status_code == 404
    assert staff.post(read, {"unit": house.line.pk}).status_code == 403
    assert staff.post(read, {"unit": house.ward.pk, "next": "//evil.example/"}).url == response.url
    assert "1 of 3 units have read it" in manager.get(reverse("huddles:alerts")).content.decode()
    assert staff.post(reverse("huddles:alert-end", args=[alert.pk])).status_code == 403
    manager.post(reverse("huddles:alert-end", args=[alert.pk]))
    alert.refresh_from_db()
    assert alert.ended_at is not None
    assert signed_in(make_user(Role.ADMINISTRATOR, make_house().top)).get(response.url).status_code == 404


def test_the_sender_sees_who_has_read_it_and_speaks_for_a_unit_only_by_noting_what_it_told():
    house = make_house()
    alert = sent(house, house.branch)
    sender, address = signed_in(house.lead(house.branch)), reverse("huddles:alert", args=[alert.pk])
    actions.read(alert=alert, unit=house.other_ward, by=house.lead(house.other_ward), at=MORNING)
    page = sender.get(address).content.decode()
    assert re.findall(r"<button class=.primary. name=.unit. value=.(\d+).>", page) == [str(house.branch.pk)]
    told = re.findall(r'<option value="(\d+)">', page)
    assert set(told) == {str(unit.pk) for unit in (house.line, house.ward, house.support)}
    read = reverse("huddles:alert-read", args=[alert.pk])
    assert sender.post(read, {"unit": ""}).status_code == 302
    sender.post(read, {"unit": house.ward.pk})
    page = sender.get(address).content.decode()
    assert f"told to {house.lead(house.branch)}" in page
    assert f"told to {house.lead(house.other_ward)}" not in page
    assert str(house.lead(house.other_ward)) in page
    staff = signed_in(house.people["STAFF"]).get(address).content.decode()
    assert "A unit has told you" not in staff


def test_an_alert_says_its_time_as_every_other_page():
    house = make_house()
    alert = sent(house)
    for address in (reverse("huddles:alert", args=[alert.pk]), reverse("huddles:alerts")):
        page = signed_in(house.lead(house.top)).get(address).content.decode()
        assert "07:05" in page
        assert "a.m." not in page
        assert "11/24" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_pages_take_as_many_statements_for_many_alerts_as_for_one(number, django_assert_max_num_queries):
    house = make_house()
    for _ in range(number):
        alert = sent(house, house.top)
    assert AlertReceipt.objects.filter(alert=alert).count() == 6
    client = signed_in(house.lead(house.top))
    with django_assert_max_num_queries(9):
        client.get(reverse("huddles:alerts"))
    with django_assert_max_num_queries(11):
        client.get(reverse("huddles:alert", args=[alert.pk]))


def test_an_alert_comes_to_the_top_of_the_board_and_leaves_it_when_it_was_read():
    house = make_house()
    alert = sent(house)
    client = signed_in(house.people["STAFF"])
    board = client.get(f"/boards/{house.ward.pk}/").content.decode()
    assert board.index('<div id="alerts">') < board.index('<section class="letters"')
    beside = reverse("huddles:beside", args=[house.ward.pk])
    part = client.get(beside, **htmx()).content.decode()
    assert re.search(r'<div id="alerts" hx-swap-oob="innerHTML"><div class="notice bad"><p><b>Recall of pump 7', part)
    assert part.count("Recall of pump 7") == 1
    assert "Recall of pump 7" in client.get(beside).content.decode()
    actions.read(alert=alert, unit=house.ward, by=house.people["STAFF"], at=MORNING)
    part = client.get(beside, **htmx()).content.decode()
    assert '<div id="alerts" hx-swap-oob="innerHTML"></div>' in part
