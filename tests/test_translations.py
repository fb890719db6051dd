"""Whoever chooses Spanish reads Spanish: everywhere, nothing guessed, every number in its place."""

import gettext as gnu
import io
from datetime import date

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext

from boards import rules
from boards.queries import words
from org import rules as org_rules
from scripts import catalog, messages
from scripts.catalog import Catalog, Key, Message

TEMPLATES = sorted((messages.PROJECT / "templates").rglob("*.html"))


def test_every_message_has_a_spanish_text_and_the_compiled_file_is_up_to_date() -> None:
    said = messages.check()
    assert not said, "make messages brings the files up to date, then:\n" + "\n".join(said)


def test_messages_are_found_in_every_room_and_in_templates() -> None:
    places = {place.split("/")[0] for message in messages.extracted().values() for place in message.places}
    assert {"org", "boards", "huddles", "huddleboard", "templates"} <= places


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(messages.PROJECT).as_posix())
def test_templates_say_nothing_outside_translate_tags(path) -> None:
    if path.relative_to(messages.PROJECT).as_posix() == messages.SAMPLES:
        assert "invented" in path.read_text(encoding="utf-8"), "only the page of invented samples is left out"
        return
    assert messages.bare_words(path.read_text(encoding="utf-8")) == []


def test_a_browser_of_gnu_catalogs_reads_the_same_texts() -> None:
    """The compiled file is an ordinary one: the standard library's reader is the judge."""
    found = catalog.load(messages.PO)
    read = gnu.GNUTranslations(io.BytesIO(catalog.compiled(found)))
    for key, message in found.messages.items():
        if key.plural:
            assert read.ngettext(key.text, key.plural, 1) == message.translations[0]
            assert [read.ngettext(key.text, key.plural, n) for n in (0, 2, 1000)] == [message.translations[1]] * 3
        elif key.context:
            assert read.pgettext(key.context, key.text) == message.translations[0]
        else:
            assert read.gettext(key.text) == message.translations[0]


def test_a_catalog_that_is_written_is_read_as_it_was() -> None:
    tricky = 'Say "why"\\ \t in\ntwo lines\n'
    entries = [
        Message(Key("", tricky), (tricky.upper(),), ("a.py",), ("note",), frozenset({"fuzzy"})),
        Message(Key("verb", "Open"), ("Abrir",)),
        Message(Key("", "%(n)s unit", "%(n)s units"), ("%(n)s unidad", "%(n)s unidades")),
    ]
    one = Catalog(dict(messages.HEADER), {entry.key: entry for entry in entries})
    again = catalog.read(catalog.write(one))
    assert again.header == one.header
    assert again.messages == one.messages
    assert catalog.write(again) == catalog.write(one)


@pytest.mark.parametrize(
    ("text", "line"),
    [('msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "line 4"), ('msgid "a"\nmsgstr b\n', "line 2")],
)
def test_a_catalog_that_cannot_be_read_names_the_line(text: str, line: str) -> None:
    with pytest.raises(catalog.CatalogError, match=line):
        catalog.read(text)


def test_messages_are_found_under_every_name_of_the_functions() -> None:
    source = """
from django.utils.translation import gettext as _, gettext_lazy as _lazy, ngettext, pgettext
from django.utils import translation
A = {"a": _lazy("Lazy")}
_("Two " "parts")
ngettext("%(n)s day", "%(n)s days", n)
pgettext("verb", "Open")
later = _lazy
later("By another name")
translation.gettext("By module")
_(variable)
other("Not one")
"""
    assert set(messages.keys_of_python(source)) == {
        Key("", "Lazy"),
        Key("", "Two parts"),
        Key("", "%(n)s day", "%(n)s days"),
        Key("verb", "Open"),
        Key("", "By module"),
        Key("", "By another name"),
    }


def test_messages_of_templates_are_found_as_django_looks_them_up() -> None:
    source = (
        '{% translate "It’s 5 %" %}{% translate "Open" context "verb" as x %}{{ a|default:_("None") }}'
        "{% blocktranslate count n=rows %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
        "{# translate 'no' #}{% blocktranslate trimmed %}\n One\n line {% endblocktranslate %}"
    )
    assert set(messages.keys_of_template(source)) == {
        Key("", "It’s 5 %%"),
        Key("verb", "Open"),
        Key("", "None"),
        Key("", "%(n)s row", "%(n)s rows"),
        Key("", "One line"),
    }


@pytest.mark.parametrize(
    ("message", "wrong"),
    [
        (Message(Key("", "a %(n)s"), ("b",)), "placeholders"),
        (Message(Key("", "a %(n)s"), ("b %(m)s",)), "placeholders"),
        (Message(Key("", "a"), ("",)), "not translated"),
        (Message(Key("", "a"), ("b",), flags=frozenset({"fuzzy"})), "not translated"),
        (Message(Key("", " or "), ("o",)), "space"),
        (Message(Key("", "%(n)s day", "%(n)s days"), ("%(n)s día",)), "1 forms"),
    ],
)
def test_what_is_wrong_is_named(message: Message, wrong: str) -> None:
    good = Message(Key("", "good"), ("bueno",))
    said = messages.problems(
        Catalog({}, {message.key: message, good.key: good}), {message.key: message, good.key: good}
    )
    assert len(said) == 1
    assert said[0].startswith(wrong) or wrong in said[0]


def test_what_is_new_or_gone_is_named() -> None:
    old, new = Message(Key("", "old"), ("viejo",)), Message(Key("", "new"), places=("a.py",))
    said = messages.problems(Catalog({}, {old.key: old}), {new.key: new})
    assert said == ["not in the catalog: 'new' (a.py)", "no longer in the code: 'old'"]


@pytest.mark.parametrize("text", ["<p>Bare words</p>", '<a title="Open it">1</a>', '<input placeholder="Name">'])
def test_bare_words_are_seen(text: str) -> None:
    assert messages.bare_words(text)


def test_texts_of_constants_are_chosen_when_they_are_shown() -> None:
    with translation.override("es"):
        assert str(rules.Status.MET.label) == "Cumplido"
        assert str(dict(rules.Cadence.choices)[rules.Cadence.DAILY]) == "Cada día"
        assert str(org_rules.Role.UNIT_LEAD.label) == "Jefatura de unidad"
    with translation.override("en"):
        assert str(rules.Status.MET.label) == "Met"


def test_plurals_numbers_and_days_read_well() -> None:
    day = date(2026, 11, 18)
    with translation.override("es"):
        assert ngettext("%(n)s unit", "%(n)s units", 1) % {"n": 1} == "1 unidad"
        assert ngettext("%(n)s unit", "%(n)s units", 0) % {"n": 0} == "0 unidades"
        assert words.short_day(day, date(2026, 11, 22)) == "18 nov"
        assert words.short_day(day, date(2027, 1, 2)) == "18 nov 2026"
        assert words.long_day(day) == "Miércoles 18 de noviembre de 2026"
        assert words.age(date(2026, 10, 31), day, rules.Cadence.MONTHLY) == "octubre"
        assert words.age(date(2025, 10, 31), day, rules.Cadence.MONTHLY) == "octubre de 2025"
        assert words.number(1234.5, 1) == "1\N{NO-BREAK SPACE}234,5"
        assert gettext("today") == "hoy"
