from datetime import timedelta

import pytest

from org.actions import trees
from org.models import Event, ReportingLine, Unit
from org.queries import house_of, lines_on, tree_file
from org.rules import LineKind, NotAllowed
from org.trees import plan_tree
from tests.factories import NOW, TODAY, make_calendar, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def top():
    top = make_unit(code="TOP", name="Top")
    make_unit(make_unit(top, code="MED", name="Med", level=2), code="5W", name="5 West", level=1)
    make_unit(top, code="SUR", name="Sur", level=2)
    return top


def apply(top, text, *, close_missing=False, fingerprint=None, from_day=TODAY):
    plan = plan_tree(text, house_of(top.organisation), close_missing=close_missing)
    return trees.apply_tree(
        organisation=top.organisation,
        text=text,
        close_missing=close_missing,
        fingerprint=fingerprint or plan.fingerprint,
        from_day=from_day,
        today=TODAY,
        by=None,
        at=NOW,
    )


def unit(top, code):
    return top.organisation.units.get(code=code)


def test_the_exported_tree_read_back_changes_nothing(top):
    make_calendar(top.organisation, name="Week")
    plan = plan_tree(tree_file(top.organisation), house_of(top.organisation))
    assert (plan.changes, plan.problems, plan.same) == ((), (), 4)


def test_apply_makes_moves_changes_and_closes_in_one_go(top):
    text = (
        "code,name,tier,parent_code,second_parent_code\n"
        "TOP,Top,4,,\nSUR,Surgery,3,TOP,\n5W,5 West,1,SUR,NEW\nNEW,New,2,SUR,\nBED,Beds,1,5W,\n"
    )
    apply(top, text, close_missing=True, from_day=TODAY - timedelta(days=2))
    tree = {u.code: u for u in top.organisation.units.select_related("tier")}
    assert tree["5W"].path == f"{top.pk}/{tree['SUR'].pk}/{tree['5W'].pk}/"
    assert tree["BED"].path == f"{tree['5W'].path}{tree['BED'].pk}/"
    assert (tree["SUR"].name, tree["SUR"].tier.level, tree["5W"].second_parent_id) == ("Surgery", 3, tree["NEW"].pk)
    assert (tree["MED"].closed_on, tree["5W"].closed_on) == (TODAY, None)

    def parent_on(day):
        return next(
            line.parent_id
            for line in lines_on(top.organisation_id, day)
            if (line.unit_id, line.kind) == (tree["5W"].pk, LineKind.PRIMARY)
        )

    assert parent_on(TODAY - timedelta(days=3)) == tree["MED"].pk
    assert parent_on(TODAY - timedelta(days=2)) == tree["SUR"].pk
    verbs = Event.objects.values_list("verb", flat=True)
    assert sorted(verbs) == [
        "tree.applied",
        "unit.changed",
        "unit.closed",
        "unit.created",
        "unit.created",
        "unit.moved",
    ]


def test_apply_swaps_parents_that_no_order_of_single_moves_allows(top):
    text = "code,name,tier,parent_code\nTOP,Top,4,\n5W,5 West,2,TOP\nMED,Med,2,5W\nSUR,Sur,2,TOP\n"
    apply(top, text)
    west, med = unit(top, "5W"), unit(top, "MED")
    assert (west.path, med.path) == (f"{top.pk}/{west.pk}/", f"{top.pk}/{west.pk}/{med.pk}/")


def test_apply_refuses_problems_and_leaves_everything_as_it_was(top):
    before = list(Unit.objects.values())
    with pytest.raises(NotAllowed, match="has problems"):
        apply(top, "code,name,tier,parent_code\nX,New one,1,TOP\nY,Other,1,NOWHERE\n")
    assert list(Unit.objects.values()) == before
    assert not Event.objects.exists()


def test_apply_refuses_what_was_not_shown(top):
    text = "code,name,tier,parent_code\nX,New one,1,TOP\n"
    with pytest.raises(NotAllowed, match="look again"):
        apply(top, text, fingerprint="of another plan")
    assert Unit.objects.count() == 4


def test_apply_rolls_back_whole_when_a_line_cannot_be_dated(top):
    text = "code,name,tier,parent_code\nX,New one,1,TOP\n5W,5 West,1,SUR\n"
    ReportingLine.objects.filter(unit__code="5W").update(valid=(TODAY, None))
    with pytest.raises(NotAllowed, match="already changed"):
        apply(top, text, from_day=TODAY - timedelta(days=1))
    assert not Unit.objects.filter(code="X").exists()


def test_apply_to_an_empty_organisation_makes_the_whole_tree():
    top = make_unit(code="TOP", name="Top")
    rows = "".join(f"U{n},Unit {n},1,TOP\n" for n in range(300))
    plan = apply(top, "code,name,tier,parent_code\n" + rows)
    assert (len(plan.changes), top.organisation.units.count()) == (300, 301)
    assert ReportingLine.objects.filter(parent=top).count() == 300
