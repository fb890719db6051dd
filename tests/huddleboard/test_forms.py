"""Every form of the house is a plain one: no label ends in a colon, whatever page shows it."""

import importlib
from pathlib import Path

import pytest
from django.forms import BaseForm
from django.template import Context, Template

from org.forms.plain import PlainForm
from org.forms.sessions import ThemeForm

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for room in ("org", "boards")
    for path in (ROOT / room / "forms").glob("[a-z]*.py")
)


@pytest.mark.parametrize("module", MODULES)
def test_every_form_is_plain(module):
    loaded = importlib.import_module(module)
    forms = [found for found in vars(loaded).values() if isinstance(found, type) and issubclass(found, BaseForm)]
    assert [form.__name__ for form in forms if not issubclass(form, PlainForm)] == []


def test_a_label_ends_without_a_colon():
    drawn = Template("{{ form.as_div }}").render(Context({"form": ThemeForm()}))
    assert "</label>" in drawn
    assert ":</label>" not in drawn
