"""The registry of algorithms and guidelines that use race."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from improvement.actions import algorithms as actions
from improvement.models import Algorithm, AlgorithmReview
from improvement.queries.algorithms import registry
from improvement.rules import algorithms as rules
from improvement.rules.algorithms import Kind, Review
from improvement.rules.starter import guidelines
from org.models import Event
from org.rules import NotAllowed, Role
from tests.factories import NOW, TODAY, make_unit, make_user, signed_in
from tests.improvement.evidence_factories import make_algorithm

NEXT = TODAY + timedelta(days=180)


def review(algorithm, by, **said):
    given = {"status": Review.KEPT, "decision": "No better one yet.", "replaced_by": "", "next_review": NEXT, **said}
    return actions.review(algorithm=algorithm, by=by, at=NOW, **given)


@pytest.mark.parametrize("before", list(Review))
@pytest.mark.parametrize("after", list(Review))
def test_every_state_leads_to_every_other_but_back_to_not_reviewed(before, after):
    given = {"decision": "Because.", "next_review": NEXT, "today": TODAY}
    if after == Review.NOT_REVIEWED:
        with pytest.raises(NotAllowed):
            rules.check_review(before, after, **given)
    else:
        rules.check_review(before, after, **given)


@pytest.mark.parametrize(
    ("after", "said", "field"),
    [
        (Review.KEPT, {"decision": " "}, "decision"),
        (Review.CHANGED, {"decision": ""}, "decision"),
        (Review.RETIRED, {"decision": ""}, "decision"),
        (Review.KEPT, {"next_review": None}, "next_review"),
        (Review.UNDER_REVIEW, {"next_review": None}, "next_review"),
        (Review.CHANGED, {"next_review": TODAY}, "next_review"),
        (Review.CHANGED, {"next_review": TODAY + timedelta(days=1097)}, "next_review"),
        (Review.UNDER_REVIEW, {"next_review": date(9999, 12, 31)}, "next_review"),
    ],
)
def test_a_review_says_what_its_outcome_needs(after, said, field):
    given = {"decision": "Because.", "next_review": NEXT, "today": TODAY, **said}
    with pytest.raises(NotAllowed) as refused:
        rules.check_review(Review.NOT_REVIEWED, after, **given)
    assert refused.value.field == field


def test_every_state_is_in_every_table():
    assert set(rules.ORDER) == set(rules.NEXT) == set(Review)
    assert rules.DECIDED | rules.COMES_BACK | {Review.NOT_REVIEWED} == set(Review)


def test_the_starting_list_names_a_source_for_every_entry():
    rows = guidelines()
    assert len(rows) >= 10
    assert len({row.code for row in rows}) == len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert any(year in row.source for year in map(str, range(2004, 2027))), row.code
        assert all(len(text) <= rules.TEXT_LENGTH for text in (row.uses, row.source, row.now))
        assert len(row.name) <= rules.NAME_LENGTH


def test_the_starting_list_comes_once_as_not_reviewed(top, officer):
    make_algorithm(top.organisation, name=guidelines()[0].name.upper())
    came = actions.adopt_list(organisation=top.organisation, by=officer, at=NOW)
    assert came == len(guidelines()) - 1
    assert actions.adopt_list(organisation=top.organisation, by=officer, at=NOW) == 0
    assert set(top.organisation.algorithms.values_list("status", flat=True)) == {"not_reviewed"}
    assert Event.objects.get(verb="algorithms.adopted").facts == {"count": came}


def test_a_review_is_written_once_and_stands_on_record(top, officer):
    found = make_algorithm(top.organisation)
    written = review(found, officer, status=Review.CHANGED, replaced_by="CKD-EPI 2021")
    found.refresh_from_db()
    assert (found.status, found.last_review, found.next_review) == ("changed", TODAY, NEXT)
    assert (found.decision, found.replaced_by) == ("No better one yet.", "CKD-EPI 2021")
    for change in ({"decision": "Something else."}, {"status": "kept"}, {"at": NOW + timedelta(days=1)}):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            AlgorithmReview.objects.filter(pk=written.pk).update(**change)
    officer_gone = AlgorithmReview.objects.filter(pk=written.pk).update(by=None)
    assert officer_gone == 1
    facts = Event.objects.get(verb="algorithm.reviewed").facts
    assert facts == {"kind": "algorithm", "from": "not_reviewed", "to": "changed", "day": NEXT.isoformat()}


def test_what_is_retired_is_due_no_more(top, officer):
    found = make_algorithm(top.organisation, next_review=date(2020, 1, 1))
    assert registry(top.organisation, TODAY).overdue == 1
    review(found, officer, status=Review.RETIRED)
    found.refresh_from_db()
    assert found.next_review is None
    assert registry(top.organisation, TODAY).overdue == 0


def test_the_database_refuses_a_decision_without_a_reason(top):
    with pytest.raises(IntegrityError, match="algorithm_decided_says_why"), transaction.atomic():
        make_algorithm(top.organisation, status="kept")
    with pytest.raises(IntegrityError, match="algorithm_review_says_why"), transaction.atomic():
        AlgorithmReview.objects.create(
            algorithm=make_algorithm(top.organisation), before="not_reviewed", status="retired", at=NOW
        )
    make_algorithm(top.organisation, name="B", status="kept", decision="Because.", last_review=TODAY)


def test_overdue_stands_first_then_what_nobody_has_looked_at(top, django_assert_num_queries):
    house = top.organisation
    make_algorithm(house, name="Kept", status="kept", decision="x", last_review=TODAY, next_review=NEXT)
    make_algorithm(house, name="Late", status="kept", decision="x", last_review=TODAY, next_review=date(2026, 1, 1))
    make_algorithm(house, name="New", next_review=NEXT, unit=top, place="Laboratory")
    make_algorithm(house, name="Gone", status="retired", decision="x", last_review=TODAY)
    make_algorithm(make_unit().organisation, name="Elsewhere")
    with django_assert_num_queries(1):
        found = registry(house, TODAY)
    assert [one.name for one in found.entries] == ["Late", "New", "Kept", "Gone"]
    assert found.entries[1].place == "Harbor Hospital · Laboratory"
    assert found.counts == {"not_reviewed": 1, "under_review": 0, "kept": 2, "changed": 0, "retired": 1}
    assert [one.name for one in registry(house, TODAY, status="retired").entries] == ["Gone"]


def test_a_name_stands_once_and_a_unit_is_of_the_house(top, officer):
    make_algorithm(top.organisation, name="FRAX")
    given = {"organisation": top.organisation, "by": officer, "at": NOW}
    for described, field in (
        (actions.Described(name="frax", kind=Kind.ALGORITHM, uses="x"), "name"),
        (actions.Described(name="Other", kind=Kind.ALGORITHM, uses="x", unit=make_unit()), "unit"),
    ):
        with pytest.raises(NotAllowed) as refused:
            actions.add(described=described, **given)
        assert refused.value.field == field


class TestPages:
    def address(self, name, top, *more):
        return reverse(f"improvement:{name}", args=[top.organisation.slug, *more])

    def test_from_the_empty_registry_to_a_decision(self, top, officer):
        client = signed_in(officer)
        empty = client.get(self.address("guidelines", top)).content.decode()
        assert "The registry is empty" in empty
        client.post(self.address("guidelines-adopt", top))
        listed = client.get(self.address("guidelines", top)).content.decode()
        assert "eGFR from creatinine with a race coefficient" in listed
        found = Algorithm.objects.get(code="egfr")
        later = (timezone.localdate() + timedelta(days=365)).isoformat()
        typed = {"status": "changed", "decision": "", "replaced_by": "CKD-EPI 2021", "next_review": later}
        again = client.post(self.address("guideline-review", top, found.pk), typed)
        assert again.status_code == 422
        assert "CKD-EPI 2021" in again.content.decode()
        typed["decision"] = "All labs changed."
        never = client.post(self.address("guideline-review", top, found.pk), {**typed, "next_review": "9999-12-31"})
        assert (never.status_code, "within the next 3 years" in never.text) == (422, True)
        done = client.post(self.address("guideline-review", top, found.pk), typed)
        assert done.status_code == 302
        page = client.get(self.address("guideline", top, found.pk)).content.decode()
        assert "All labs changed." in page
        assert "Olu Officer" in page
        assert "CKD-EPI 2021" in client.get(self.address("guidelines", top), {"status": "changed"}).content.decode()

    def test_adding_and_changing(self, top, officer):
        client = signed_in(officer)
        sent = {"name": "Own rule", "kind": "order_set", "uses": "Asks for race.", "place": "Order set of labor"}
        assert client.post(self.address("guideline-add", top), {**sent, "uses": ""}).status_code == 422
        assert client.post(self.address("guideline-add", top), sent).status_code == 302
        found = Algorithm.objects.get()
        sent["owner"] = officer.pk
        assert client.post(self.address("guideline-change", top, found.pk), sent).status_code == 302
        assert Algorithm.objects.get().owner == officer
        assert client.get(self.address("guideline-change", top, found.pk)).status_code == 200

    def test_an_executive_reads_and_changes_nothing(self, top, executive):
        client = signed_in(executive)
        found = make_algorithm(top.organisation, next_review=timezone.now().date() - timedelta(days=2))
        page = client.get(self.address("guidelines", top)).content.decode()
        assert "overdue" in page
        assert "Take the list" not in page
        assert "Write down a review" not in client.get(self.address("guideline", top, found.pk)).content.decode()
        assert client.post(self.address("guidelines-adopt", top)).status_code == 403
        assert client.post(self.address("guideline-review", top, found.pk)).status_code == 403

    def test_one_and_three_rows_take_the_same_statements(self, top, executive):
        client = signed_in(executive)
        client.get(self.address("guidelines", top))
        counts = []
        for number in (1, 2, 3):
            make_algorithm(top.organisation, name=f"Rule {number}", owner=executive, unit=top)
            if number != 2:
                with _captured() as seen:
                    client.get(self.address("guidelines", top))
                counts.append(len(seen))
        assert counts[0] == counts[1]

    def test_another_house_is_not_there(self, top, officer):
        other = make_algorithm(make_unit().organisation)
        client = signed_in(officer)
        assert client.get(self.address("guideline", top, other.pk)).status_code == 404
        assert client.get(reverse("improvement:guidelines", args=[other.organisation.slug])).status_code == 404
        assert signed_in(make_user(Role.MANAGER, top)).get(self.address("guidelines", top)).status_code == 403


def _captured():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)
