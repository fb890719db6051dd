from dataclasses import replace

import pytest

from org.trees import House, Place, Step, decoded, plan_tree


def place(code, tier, parent="", **fields):
    values = {"second_parent": "", "calendar": "", "time_zone": "", "position": 0, "kind": "other", **fields}
    return Place(code=code, name=code.title(), tier=tier, parent=parent, **values)


HOUSE = House(
    units={u.code: u for u in (place("TOP", 3), place("MED", 2, "TOP"), place("SUR", 2, "TOP"), place("5W", 1, "MED"))},
    tiers={"Unit": 1, "Service line": 2, "Top": 3},
    calendars=frozenset({"All days"}),
)
SAME = "code,name,tier,parent_code\nTOP,Top,3,\nMED,Med,2,TOP\nSUR,Sur,2,TOP\n5W,5W,1,MED\n"


def problems(text, **options):
    return [(p.row, p.column) for p in plan_tree(text, HOUSE, **options).problems]


def test_the_same_tree_changes_nothing():
    plan = plan_tree(SAME, HOUSE)
    assert (plan.changes, plan.problems, plan.same, plan.missing) == ((), (), 4, ())


def test_new_changed_and_moved_units_are_told_apart():
    text = SAME.replace("5W,5W,1,MED", "5W,Five West,1,SUR") + "6W,Six West,Unit,MED\n"
    plan = plan_tree(text, HOUSE)
    assert [(c.code, c.steps) for c in plan.changes] == [("5W", (Step.MOVED, Step.CHANGED)), ("6W", (Step.NEW,))]
    assert plan.changes[0].fields == (("name", "5W", "Five West"), ("parent_code", "MED", "SUR"))
    assert (plan.count(Step.NEW), plan.count(Step.MOVED), plan.same) == (1, 1, 3)


def test_units_that_are_not_in_the_file_stay_or_close_as_asked():
    text = SAME.replace("SUR,Sur,2,TOP\n", "")
    assert plan_tree(text, HOUSE).missing == ("SUR",)
    plan = plan_tree(text, HOUSE, close_missing=True)
    assert [(c.code, c.steps) for c in plan.changes] == [("SUR", (Step.CLOSED,))]
    assert plan.problems == ()


def test_closing_a_unit_under_which_others_stay_is_a_problem_of_theirs():
    assert problems(SAME.replace("MED,Med,2,TOP\n", ""), close_missing=True) == [(4, "parent_code")]


def test_a_closed_unit_in_the_file_opens_again():
    house = replace(HOUSE, units={**HOUSE.units, "OLD": replace(place("OLD", 1, "MED"), closed=True)})
    plan = plan_tree(SAME + "OLD,Old,1,MED\n", house)
    assert [(c.code, c.steps) for c in plan.changes] == [("OLD", (Step.REOPENED,))]


def test_every_problem_is_found_at_once_with_row_and_column():
    text = (
        "code,name,kind,tier,parent_code,second_parent_code,calendar,time_zone,position\n"
        "TOP,Top,executive,3,,,,,\n"
        "MED,,inpatient,7,TOP,,,,\n"
        "SUR,Sur,spaceship,2,NOWHERE,,Sundays,Mars/Base,first\n"
        "5W,5W,inpatient,3,MED,MED,,,\n"
        "5W,5W again,inpatient,1,MED,,,,\n"
        ",Nameless,inpatient,1,MED,,,,\n"
    )
    assert problems(text) == [
        (3, "name"),
        (3, "tier"),
        (4, "kind"),
        (4, "parent_code"),
        (4, "calendar"),
        (4, "time_zone"),
        (4, "position"),
        (5, "second_parent_code"),
        (6, "code"),
        (7, "code"),
    ]


def test_a_tier_above_the_parent_is_a_problem():
    assert problems(SAME.replace("5W,5W,1,MED", "5W,5W,3,MED")) == [(5, "tier")]


def test_circles_second_tops_and_a_second_line_downwards_are_problems():
    circle = "code,name,tier,parent_code\nA,A,2,B\nB,B,2,C\nC,C,2,A\nD,D,1,A\n"
    assert problems(circle) == [(2, "parent_code"), (3, "parent_code"), (4, "parent_code")]
    assert problems(SAME + "T2,T2,3,\n") == [(6, "parent_code")]
    downwards = "code,name,tier,parent_code,second_parent_code\nMED,Med,2,TOP,5W\n"
    assert problems(downwards) == [(2, "second_parent_code")]
    itself = "code,name,tier,parent_code,second_parent_code\nMED,Med,2,TOP,MED\n"
    assert problems(itself) == [(2, "second_parent_code")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(0, "")]),
        ("code,name,tier,parent_code\n", [(0, "")]),
        ("code,name,tier\nA,A,1\n", [(1, "parent_code")]),
        ("code,name,tier,parent_code,mood\nA,A,1,\n", [(1, "mood")]),
        ("code,name,tier,parent_code,code\nA,A,1,,\n", [(1, "code")]),
        ("code,name,tier,parent_code\nTOP,Top,3,,,\n", [(2, "")]),
    ],
)
def test_a_file_of_another_shape_is_a_problem(text, found):
    assert problems(text) == found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters_of_office_programs_are_read(encoding, delimiter):
    text = SAME.replace("5W,5W", "5W,Entbindung für Mütter").replace(",", delimiter).replace("\n", "\r\n")
    plan = plan_tree(decoded(text.encode(encoding)), HOUSE)
    assert (plan.problems, plan.changes[0].after.name) == ((), "Entbindung für Mütter")


def test_columns_that_the_file_does_not_have_keep_what_the_unit_has():
    unit = place("5W", 1, "MED", second_parent="SUR", calendar="All days", time_zone="UTC", position=7, kind="clinic")
    house = replace(HOUSE, units=HOUSE.units | {"5W": unit})
    assert plan_tree(SAME, house).changes == ()


def test_the_fingerprint_changes_with_what_would_happen():
    moved = SAME.replace("5W,5W,1,MED", "5W,5W,1,SUR")
    assert plan_tree(moved, HOUSE).fingerprint == plan_tree(moved + "\n", HOUSE).fingerprint
    assert plan_tree(moved, HOUSE).fingerprint != plan_tree(SAME, HOUSE).fingerprint
