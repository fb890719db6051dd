"""Letters, reasons and measures: what happens, and what open boards hear of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from boards import rules
from boards.actions import letters, measures, reasons
from boards.models import BoardMeasure, DueSnapshot, Letter, Measure, ReasonCode, Tile
from boards.views.setup.measures import MeasureForm
from org import live
from org.models import Event
from org.rules import NotAllowed
from tests.boards.setup.stage import definition
from tests.boards.snapshots.house import AT, DAY


@pytest.fixture
def told(monkeypatch, django_capture_on_commit_callbacks):
    """Runs what waits for the commit and gives the topics that were told."""

    def run(action):
        sent = []
        monkeypatch.setattr(live, "_send", lambda entries, **_: sent.extend(e["t"] for e in entries))
        with django_capture_on_commit_callbacks(execute=True):
            action()
        return sent

    return run


def versions():
    return dict(Tile.objects.values_list("id", "version"))


def test_letters_are_added_renamed_ordered_and_removed(house, steward):
    safety = letters.add_letter(organisation=house.organisation, code="s", name=" Safety ", by=steward, at=AT)
    assert (safety.code, safety.name, safety.position) == ("S", "Safety", 1)
    with pytest.raises(NotAllowed, match="stands already"):
        letters.add_letter(organisation=house.organisation, code="S", name="Other", by=steward, at=AT)
    letters.move_letter(letter=safety, up=True, by=steward, at=AT)
    assert list(house.organisation.letters.order_by("position").values_list("code", flat=True)) == ["S", "Q"]
    with pytest.raises(NotAllowed, match="Measures stand under this letter"):
        letters.remove_letter(letter=house.letter, by=steward, at=AT)
    letters.remove_letter(letter=safety, by=steward, at=AT)
    assert list(Letter.objects.values_list("code", flat=True)) == ["Q"]
    assert list(Event.objects.values_list("verb", flat=True).order_by("id")) == [
        "letter.added",
        "letter.moved",
        "letter.removed",
    ]


def test_renaming_a_letter_gives_its_tiles_a_new_version_and_tells_their_boards(house, steward, told):
    before = versions()
    sent = told(lambda: letters.rename_letter(letter=house.letter, code="Q", name="Good", by=steward, at=AT))
    assert {pk: version + 1 for pk, version in before.items()} == versions()
    units = set(Tile.objects.values_list("unit_id", flat=True))
    assert set(sent) == {f"unit:{pk}" for pk in units} | {f"org:{house.organisation.pk}"}
    assert told(lambda: letters.rename_letter(letter=house.letter, code="Q", name="Good", by=steward, at=AT)) == []


def test_reasons_are_added_ordered_retired_and_brought_back(house, steward):
    staffing = ReasonCode.objects.get()
    transport = reasons.add_reason(organisation=house.organisation, name="Staffing!", by=steward, at=AT)
    assert transport.code == "staffing-2"
    with pytest.raises(NotAllowed, match="bring it back"):
        reasons.add_reason(organisation=house.organisation, name="STAFFING", by=steward, at=AT)
    reasons.move_reason(reason=transport, up=True, by=steward, at=AT)
    assert list(ReasonCode.objects.order_by("position").values_list("pk", flat=True)) == [transport.pk, staffing.pk]
    assert not reasons.use_reason(reason=staffing, active=False, by=steward, at=AT).is_active
    assert reasons.use_reason(reason=staffing, active=True, by=steward, at=AT).is_active
    assert Event.objects.filter(verb__in=["reason.retired", "reason.brought_back"]).count() == 2


def test_a_measure_is_added_and_a_wrong_one_refused(house, steward):
    like = definition(house.measures["bundle"], code="new_one", name="New")
    made = measures.add_measure(organisation=house.organisation, definition=like, by=steward, at=AT)
    assert (made.code, made.letter_id, made.roll_up) == ("new_one", house.letter.pk, "ratio")
    with pytest.raises(NotAllowed, match="identifier new_one"):
        measures.add_measure(organisation=house.organisation, definition=like, by=steward, at=AT)
    with pytest.raises(NotAllowed, match="median"):
        measures.add_measure(
            organisation=house.organisation,
            definition=replace(like, code="m", kind=rules.Kind.MEDIAN, roll_up=rules.RollUp.SUM),
            by=steward,
            at=AT,
        )


def test_a_new_name_bumps_the_tiles_of_this_measure_only_and_tells_their_boards(house, steward, told):
    bundle = house.measures["bundle"]
    before = versions()
    sent = told(
        lambda: measures.change_measure(
            measure=bundle, definition=definition(bundle, name="Sepsis bundle"), by=steward, at=AT
        )
    )
    after = versions()
    mine = set(Tile.objects.filter(measure=bundle).values_list("id", flat=True))
    assert {pk for pk in before if after[pk] != before[pk]} == mine
    assert f"unit:{house.units['m1'].pk}" in sent
    assert Event.objects.get(verb="measure.changed").facts["fields"] == "name"
    assert DueSnapshot.objects.count() == 0


def test_another_meaning_is_confirmed_and_past_days_are_taken_again_from_the_day(house, steward):
    bundle = house.measures["bundle"]
    changed = definition(bundle, multiplier=1000.0)
    with pytest.raises(NotAllowed, match="confirm"):
        measures.change_measure(measure=bundle, definition=changed, by=steward, at=AT)
    bundle.refresh_from_db()
    assert bundle.multiplier == 100
    first = DAY - timedelta(days=1)
    due = measures.change_measure(
        measure=bundle, definition=changed, by=steward, at=AT, meaning_confirmed=True, again_from=first
    )
    days = set(DueSnapshot.objects.values_list("day", flat=True))
    assert days == {first, DAY}
    assert due == DueSnapshot.objects.count()
    assert set(DueSnapshot.objects.values_list("unit__code", flat=True)) >= {"m1", "m2", "s1", "medicine", "top"}
    facts = Event.objects.get(verb="measure.changed").facts
    assert facts["multiplier"] == "100.0 → 1000.0"


def test_identifier_stays_once_readings_stand_and_may_change_before(house, steward):
    bundle = house.measures["bundle"]
    with pytest.raises(NotAllowed, match="identifier"):
        measures.change_measure(measure=bundle, definition=definition(bundle, code="other"), by=steward, at=AT)
    fresh = house.measure("fresh")
    measures.change_measure(
        measure=fresh, definition=definition(fresh, code="fresher", direction=rules.Direction.LOWER), by=steward, at=AT
    )
    fresh.refresh_from_db()
    assert (fresh.code, fresh.direction) == ("fresher", "lower")


def test_another_direction_turns_the_variation_of_the_tiles_at_once(house, steward):
    falls = house.measures["falls"]
    unit = house.units["m1"]
    Tile.objects.filter(measure=falls, unit=unit).update(tail_flags=[9])
    measures.change_measure(
        measure=falls,
        definition=definition(falls, direction=rules.Direction.HIGHER),
        by=steward,
        at=AT,
        meaning_confirmed=True,
    )
    assert len(Tile.objects.get(measure=falls, unit=unit).tail_flags) == 5


def test_a_retired_measure_leaves_every_board_and_comes_back_where_it_stood(house, steward, told):
    falls = house.measures["falls"]
    shown = set(Tile.objects.filter(measure=falls).values_list("unit_id", flat=True))
    assert shown
    sent = told(lambda: measures.use_measure(measure=falls, active=False, by=steward, at=AT))
    assert not Tile.objects.filter(measure=falls).exists()
    assert {f"unit:{pk}" for pk in shown} <= set(sent)
    assert BoardMeasure.objects.filter(measure=falls).exists()
    measures.use_measure(measure=falls, active=True, by=steward, at=AT)
    assert set(Tile.objects.filter(measure=falls).values_list("unit_id", flat=True)) == shown


def test_measures_come_from_the_catalogue_with_their_letter_once(house, steward):
    codes = ["falls_rate", "hand_hygiene_nothing"]
    with pytest.raises(NotAllowed, match="hand_hygiene_nothing"):
        measures.add_from_catalogue(organisation=house.organisation, codes=codes, by=steward, at=AT)
    made = measures.add_from_catalogue(organisation=house.organisation, codes=["falls_rate"], by=steward, at=AT)
    assert [m.code for m in made] == ["falls_rate"]
    assert Measure.objects.get(code="falls_rate").letter.code == "S"
    assert measures.add_from_catalogue(organisation=house.organisation, codes=["falls_rate"], by=steward, at=AT) == []
    with pytest.raises(NotAllowed, match="Tick"):
        measures.add_from_catalogue(organisation=house.organisation, codes=[], by=steward, at=AT)


@pytest.mark.parametrize("order", [("falls_rate", "falls_injury"), ("falls_injury", "falls_rate")])
def test_the_catalogue_knows_whose_cases_are_among_those_of_another(house, steward, order):
    """Whichever comes first: falls with injury are falls, and told in step with them."""
    for code in order:
        measures.add_from_catalogue(organisation=house.organisation, codes=[code], by=steward, at=AT)
    injury = Measure.objects.get(code="falls_injury")
    assert (injury.part_of.code, injury.part_of.part_of) == ("falls_rate", None)
    Measure.objects.filter(code="falls_injury").update(part_of=None)
    measures.add_from_catalogue(organisation=house.organisation, codes=["ecat"], by=steward, at=AT)
    assert not Measure.objects.exclude(part_of=None).exists()  # what the hospital has said stays
    measures.add_from_catalogue(organisation=house.organisation, codes=["ed_lwbs"], by=steward, at=AT)
    assert Measure.objects.get(code="ed_lwbs").part_of.code == "ecat"


def test_taking_again_is_refused_for_days_to_come_and_bounded(house, steward):
    bundle = house.measures["bundle"]
    with pytest.raises(NotAllowed, match="up to yesterday"):
        measures.take_again(measure=bundle, first=AT.date(), by=steward, at=AT)
    due = measures.take_again(measure=bundle, first=DAY - timedelta(days=4000), by=steward, at=AT)
    assert due == DueSnapshot.objects.count() > 5 * 3
    assert Event.objects.get(verb="measure.taken_again").facts["unit_days"] == due


def test_cases_are_among_those_of_a_measure_of_the_same_kind(house, steward):
    falls, injured = (house.measure(code, kind="count", roll_up="sum") for code in ("all_falls", "hurt"))
    shares = house.measure("shares")
    say = {"by": steward, "at": AT}
    measures.change_measure(measure=injured, definition=definition(injured, part_of=falls), **say)
    injured.refresh_from_db()
    assert injured.part_of == falls
    for measure, whole, said in (
        (shares, falls, "of the same kind"),
        (injured, injured, "part of itself"),
        (falls, injured, "nor of its own parts"),
    ):
        with pytest.raises(NotAllowed, match=said):
            measures.change_measure(measure=measure, definition=definition(measure, part_of=whole), **say)
    form = MeasureForm.of(injured)
    assert form["part_of"].value() == falls.pk
    codes = set(form.fields["part_of"].queryset.values_list("code", flat=True))
    assert "hurt" not in codes
    assert codes >= {"all_falls", "shares"}
    assert Event.objects.get(verb="measure.changed").facts == {"code": "hurt", "fields": "part_of"}
