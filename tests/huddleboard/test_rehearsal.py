"""The model hospital's day comes out as it is written (domain 3.3), and leaves nothing behind."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from huddleboard.rehearsal import play, report_of, set_stage
from huddles.models import Issue
from org.models import Organisation

pytestmark = pytest.mark.django_db

TUESDAY = date(2026, 11, 24)


def test_every_hand_over_of_the_day_is_where_it_should_be():
    stage = set_stage(TUESDAY)
    play(stage)
    report = report_of(stage)
    assert [(check.what, check.found) for check in report.checks if not check.holds] == []
    assert len(report.checks) >= 30
    assert Issue.objects.filter(organisation=stage.organisation).count() == 23
    text = "\n".join(report.lines)
    assert "Tue 10:05" in text
    assert "Wed 11:30" in text


def test_the_command_says_how_it_came_out_and_leaves_nothing_behind():
    said = StringIO()
    call_command("rehearse_day", day=TUESDAY, stdout=said)
    assert "30 of 30 came out" in said.getvalue()
    assert not Organisation.objects.exists()


def test_a_day_on_which_lines_do_not_huddle_is_refused():
    with pytest.raises(CommandError, match="weekday"):
        call_command("rehearse_day", day=date(2026, 11, 22))
