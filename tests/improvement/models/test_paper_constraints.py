"""What PostgreSQL itself refuses of the pages of tickets: every named constraint, both ways; and who sees a page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, models, transaction

from improvement.models import (
    Cause,
    Countermeasure,
    Driver,
    Paper,
    PaperComment,
    PaperVersion,
    PaperWriter,
    PlanStep,
)
from improvement.rules.papers import Course, Form, Kept, Place, Section, Standing
from improvement.rules.tickets import Size
from org.rules import Role
from tests.factories import make_unit, make_user
from tests.improvement.factories import (
    NOW,
    make_cause,
    make_countermeasure,
    make_driver,
    make_house,
    make_paper,
    make_step,
    make_ticket,
)

pytestmark = pytest.mark.django_db

MODELS = (Paper, PaperVersion, PaperWriter, PaperComment, Cause, Countermeasure, Driver, PlanStep)


def new_paper(**fields):
    return make_paper(make_ticket(make_unit(), size=Size.A3), **fields)


def version(paper, number=1, kept=Kept.NAMED):
    return PaperVersion.objects.create(paper=paper, number=number, kept=kept, at=NOW)


def writer(paper, user, section=Section.GOAL):
    return PaperWriter.objects.create(paper=paper, user=user, section=section, at=NOW)


def comment(paper, **fields):
    given = {"uid": uuid4(), "section": Section.GOAL, "text": "How do you know?", "at": NOW, **fields}
    return PaperComment.objects.create(paper=paper, **given)


def twice(make, other):
    """A case of which the second is refused and another one is not."""

    def case(paper):
        make(paper)
        return lambda: make(paper), lambda: other(paper)

    return case


def of_itself(row):
    type(row).objects.filter(pk=row.pk).update(of=row, **({"branch": ""} if isinstance(row, Cause) else {}))


def writers_twice(paper):
    user = make_user()
    writer(paper, user)
    return lambda: writer(paper, user, Section.CAUSES), lambda: writer(paper, make_user())


CHECKED = {"standing": Standing.FACT, "fact": "Seen on three nights", "checked_at": NOW}

#: constraint → what makes, of a page, that which is refused and that which is not.
CASES = {
    "paper_form_known": lambda _: (lambda: new_paper(form="a4"), lambda: new_paper(form=Form.CHARTER)),
    "paper_sections_known": lambda _: (
        lambda: new_paper(left_out=["goal", "poem"]),
        lambda: new_paper(left_out=["goal", "risks"]),
    ),
    "paper_version_unique": twice(version, lambda paper: version(paper, 2)),
    "paper_version_kept_known": lambda p: (lambda: version(p, kept="why"), lambda: version(p, kept=Kept.PAUSE)),
    "paper_writer_once": writers_twice,
    "paper_writer_section_known": lambda p: (
        lambda: writer(p, make_user(), "poem"),
        lambda: writer(p, make_user(), Section.RISKS),
    ),
    "paper_comment_section_known": lambda p: (lambda: comment(p, section="poem"), lambda: comment(p, section="team")),
    "paper_comment_has_text": lambda p: (lambda: comment(p, text=""), lambda: comment(p, text="?")),
    "paper_comment_settled_after": lambda p: (
        lambda: comment(p, settled_at=NOW - timedelta(seconds=1)),
        lambda: comment(p, settled_at=NOW),
    ),
    "cause_has_text": lambda p: (lambda: make_cause(p, ""), lambda: make_cause(p, "x")),
    "cause_is_a_rib_or_answers_why": lambda p: (
        lambda: make_cause(p, branch=""),
        lambda: make_cause(p, of=make_cause(p)),
    ),
    "cause_of_another": lambda p: (
        lambda: of_itself(make_cause(p)),
        lambda: make_cause(p, of=make_cause(p)),
    ),
    "cause_standing_known": lambda p: (
        lambda: make_cause(p, **CHECKED | {"standing": "maybe"}),
        lambda: make_cause(p, **CHECKED),
    ),
    "cause_checked_by_a_fact": lambda p: (
        lambda: make_cause(p, **CHECKED | {"fact": ""}),
        lambda: make_cause(p, **CHECKED | {"standing": Standing.REFUTED}),
    ),
    "countermeasure_has_text": lambda p: (lambda: make_countermeasure(p, ""), lambda: make_countermeasure(p, "x")),
    "countermeasure_course_known": lambda p: (
        lambda: make_countermeasure(p, course="soon", loses="Nobody"),
        lambda: make_countermeasure(p, course=Course.STANDARD, loses="Nobody"),
    ),
    "countermeasure_levels_known": lambda p: (
        lambda: make_countermeasure(p, effect="1", effort="4"),
        lambda: make_countermeasure(p, effect="3", effort=""),
    ),
    "countermeasure_says_who_may_be_worse_off": lambda p: (
        lambda: make_countermeasure(p, course=Course.CHOSEN),
        lambda: make_countermeasure(p, course=Course.DROPPED),
    ),
    "driver_has_text": lambda p: (lambda: make_driver(p, ""), lambda: make_driver(p, "x")),
    "driver_hangs_on_something": lambda p: (
        lambda: make_driver(p, place=Place.SECONDARY),
        lambda: make_driver(p, place=Place.SECONDARY, of=make_driver(p)),
    ),
    "driver_of_another": lambda p: (
        lambda: of_itself(make_driver(p, place=Place.SECONDARY, of=make_driver(p))),
        lambda: make_driver(p, place=Place.IDEA, course=Course.IDEA, of=make_driver(p)),
    ),
    "driver_part_known": lambda p: (lambda: make_driver(p, part="luck"), lambda: make_driver(p, part="process")),
    "driver_only_ideas_have_a_course": lambda p: (
        lambda: make_driver(p, course=Course.IDEA),
        lambda: make_driver(p, place=Place.IDEA, course=Course.TRIED, of=make_driver(p)),
    ),
    "plan_step_has_what": lambda p: (lambda: make_step(p, ""), lambda: make_step(p, "x")),
}


def test_every_constraint_has_its_case():
    kinds = (models.CheckConstraint, models.UniqueConstraint)
    named = {one.name for model in MODELS for one in model._meta.constraints if isinstance(one, kinds)}
    assert named == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_the_database_refuses_it_and_takes_its_neighbour(name):
    bad, good = CASES[name](new_paper())
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        bad()
    good()


@pytest.mark.parametrize("name", ["branch", "checked_at"])
def test_the_other_side_of_what_goes_together(name):
    paper = new_paper()
    fields = {"of": make_cause(paper), "branch": "way"} if name == "branch" else CHECKED | {"checked_at": None}
    with pytest.raises(IntegrityError, match=r"cause_is_a_rib|cause_checked"), transaction.atomic():
        make_cause(paper, **fields)


def test_a_ticket_has_one_page_and_a_row_is_sent_once():
    paper = new_paper()
    with pytest.raises(IntegrityError, match="ticket_id"), transaction.atomic():
        make_paper(paper.ticket)
    for make in (make_cause, make_countermeasure, make_step, comment):
        uid = make(paper).uid
        with pytest.raises(IntegrityError, match="uid"), transaction.atomic():
            make(paper, uid=uid)


def test_who_sees_a_board_sees_its_pages_and_who_improves_there_writes_them():
    house = make_house()
    paper = make_paper(make_ticket(house.ward, size=Size.A3))
    steward = make_user(Role.DATA_STEWARD, house.top)
    assert list(Paper.objects.visible_to(house.staff)) == list(Paper.objects.worked_by(house.staff)) == [paper]
    assert list(Paper.objects.visible_to(steward)) == [paper]
    assert not Paper.objects.worked_by(steward)
    assert not Paper.objects.visible_to(make_user(Role.EXECUTIVE, make_unit()))


def test_no_words_of_a_page_stand_in_what_a_trail_calls_it():
    paper = new_paper()
    rows = (paper, make_cause(paper), make_countermeasure(paper), make_step(paper), comment(paper), version(paper))
    told = " ".join(str(row) for row in (*rows, writer(paper, make_user(name="Wanda"))))
    for word in ("Nobody", "list", "know", "Wanda"):
        assert word not in told
    assert str(paper).startswith("A3")
