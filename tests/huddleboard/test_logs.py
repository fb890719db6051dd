"""No log line opens an account."""

import io
import logging

import pytest
from django.test import Client
from django.urls import reverse

TOKEN = "Mg:1wXyZ:secret-part_of-a-link"


@pytest.fixture
def lines():
    """What the console's handler writes meanwhile."""
    handler = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    before = handler.setStream(io.StringIO())
    yield handler.stream
    handler.setStream(before)


def test_a_refused_form_of_a_link_leaves_no_token_in_the_log(lines):
    answer = Client(enforce_csrf_checks=True).post(reverse("org:welcome", args=[TOKEN]), {"password": "x"})
    assert answer.status_code == 403
    assert "/welcome/…/" in lines.getvalue()
    assert "secret" not in lines.getvalue()


@pytest.mark.parametrize("name", ["huddles:capture", "huddles:follow", "rounding:calendar"])
def test_a_code_at_a_unit_and_addresses_that_open_something_stay_out_too(lines, name):
    path = reverse(name, args=["secret-part_of-a-code"])
    logging.getLogger("huddles").warning("asked for %s", path)
    assert "asked for " in lines.getvalue()
    assert "secret" not in lines.getvalue()


def test_other_lines_stay_as_they_are(lines):
    logging.getLogger("boards").warning("units at %s: %d", "/boards/5w/", 3)
    assert lines.getvalue().rstrip().endswith("WARNING boards units at /boards/5w/: 3")
