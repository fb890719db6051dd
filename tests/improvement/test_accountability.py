"""Who leads, and to whom the yearly report was told."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from huddleboard.demo.people import domain_of
from huddleboard.demo.removal import remove
from improvement.actions import accountability as actions
from improvement.models import Algorithm, EquityLeader, YearlyReport
from improvement.queries.accountability import leaders_of, reports_of
from improvement.rules import accountability as rules
from improvement.rules.accountability import Audience
from org.models import Event, Membership, Organisation
from org.rules import NotAllowed, Role
from tests.factories import NOW, TODAY, make_unit, make_user, signed_in
from tests.improvement.evidence_factories import make_algorithm, make_leader
from tests.improvement.test_algorithms import review


def name(top, user, by, since=TODAY):
    return actions.name_leader(organisation=top.organisation, user=user, title="Chief", since=since, by=by, at=NOW)


def tell(top, by, **said):
    given = {"year": 2026, "told_on": TODAY, "audience": Audience.LEADERS, "how": "Meeting of leaders", **said}
    return actions.told(organisation=top.organisation, by=by, at=NOW, **given)


def test_a_leader_is_named_once_and_ends(top, officer, executive):
    leader = name(top, executive, officer)
    with pytest.raises(NotAllowed):
        name(top, executive, officer)
    actions.end_leader(leader=leader, by=officer, at=NOW)
    actions.end_leader(leader=leader, by=officer, at=NOW)
    again = name(top, executive, officer)
    assert [(one.pk, one.until) for one in leaders_of(top.organisation)] == [(again.pk, None), (leader.pk, TODAY)]
    verbs = list(Event.objects.filter(verb__startswith="equity_leader").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["equity_leader.named", "equity_leader.ended", "equity_leader.named"]


def test_who_is_no_part_of_the_house_does_not_lead_it(top, officer):
    with pytest.raises(NotAllowed):
        name(top, make_user(Role.EXECUTIVE, make_unit()), officer)
    with pytest.raises(NotAllowed):
        name(top, officer, officer, since=date(2027, 1, 1))


def test_the_database_keeps_leaders_apart(top, officer):
    make_leader(top.organisation, officer)
    with pytest.raises(IntegrityError, match="equity_leader_once"), transaction.atomic():
        make_leader(top.organisation, officer)
    with pytest.raises(IntegrityError, match="equity_leader_days_in_order"), transaction.atomic():
        make_leader(top.organisation, make_user(), until=date(2025, 1, 1))
    make_leader(top.organisation, officer, until=date(2026, 2, 1))


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"year": 2019}, "year"),
        ({"year": 2027}, "year"),
        ({"told_on": date(2026, 11, 23)}, "told_on"),
        ({"told_on": date(2025, 12, 31)}, "told_on"),
        ({"how": "  "}, "how"),
    ],
)
def test_what_cannot_be_told_is_refused(top, officer, said, field):
    with pytest.raises(NotAllowed) as refused:
        tell(top, officer, **said)
    assert refused.value.field == field
    assert not YearlyReport.objects.exists()


def test_a_report_is_told_once_to_each_on_a_day_without_its_words_in_the_trail(top, officer):
    tell(top, officer)
    with pytest.raises(NotAllowed):
        tell(top, officer, how="Again")
    tell(top, officer, audience=Audience.STAFF)
    years = reports_of(top.organisation, TODAY)
    assert [(year.year, len(year.told)) for year in years] == [(2026, 2), (2025, 0)]
    facts = Event.objects.filter(verb="yearly_report.told").order_by("pk").first().facts
    assert facts == {"report_year": 2026, "day": "2026-11-22", "audience": "leaders"}


def test_a_house_that_is_made_up_can_be_removed_with_whoever_led_it(top, officer):
    top.organisation.is_synthetic = True
    top.organisation.save()
    make_leader(top.organisation, officer)
    review(make_algorithm(top.organisation), officer)
    tell(top, officer)
    Membership.objects.filter(user=officer).delete()
    officer.email = f"olu@{domain_of(top.organisation.slug)}"
    officer.save()
    remove(top.organisation)
    assert not Organisation.objects.filter(pk=top.organisation_id).exists()
    assert not Algorithm.objects.exists()


def test_who_has_not_heard_within_a_year():
    told = [(date(2025, 11, 20), "leaders"), (date(2026, 3, 1), "staff"), (date(2026, 3, 1), "community")]
    assert rules.missing_audiences(told, TODAY) == [Audience.LEADERS]
    assert rules.missing_audiences([], TODAY) == [Audience.LEADERS, Audience.STAFF]
    assert rules.missing_audiences([(TODAY, "leaders"), (TODAY, "staff")], TODAY) == []


def test_the_pages(top, officer, executive):
    client, slug = signed_in(officer), top.organisation.slug
    page = reverse("improvement:leaders", args=[slug])
    assert "Nobody is named" in client.get(page).content.decode()
    assert client.post(page, {"user": executive.pk, "title": "CMO", "since": "soon"}).status_code == 422
    client.post(page, {"user": executive.pk, "title": "CMO", "since": "2026-01-02"})
    assert "Eve Executive" in client.get(page).content.decode()
    client.post(reverse("improvement:leader-end", args=[slug, EquityLeader.objects.get().pk]))
    assert EquityLeader.objects.get().until is not None
    yearly = reverse("improvement:yearly", args=[slug])
    sent = {"year": 2025, "told_on": "2026-01-15", "audience": "staff", "how": "Letter to all staff"}
    assert client.post(yearly, {**sent, "how": ""}).status_code == 422
    client.post(yearly, sent)
    assert "Letter to all staff" in signed_in(executive).get(yearly).content.decode()
    assert signed_in(executive).post(yearly, sent).status_code == 403
