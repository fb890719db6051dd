"""Every word of the area about gaps can be renamed, and every page of it asks for words by key."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from boards import terms
from boards.actions import terms as actions
from boards.models import Term
from boards.queries import terms as words
from org.models import Event
from org.rules import NotAllowed, Role
from tests.factories import NOW, make_unit, make_user, signed_in

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("boards", "huddles", "improvement")
#: Words that stand in a template of the area only by key. Whole words, whatever their capitals.
LOADED = re.compile(
    r"\b(equity|equitable|inequit\w+|gaps?|dispari\w+|signals?|reference groups?|goals? with two halves|"
    r"community voices?|voices? of the community|completeness|evidence pack|workforce|yearly report)\b",
    re.IGNORECASE,
)


def templates() -> list[Path]:
    found: list[Path] = []
    for place in terms.TEMPLATES:
        path = ROOT / "templates" / place
        assert path.exists(), place
        found += sorted(path.rglob("*.html")) if path.is_dir() else [path]
    return found


def said(template: str) -> str:
    """What a template says to people: texts between tags and quoted ones, without names and addresses."""
    texts = re.findall(
        r"{%\s*(?:blocktranslate|translate)\b.*?%}(?:.*?(?={%\s*endblocktranslate))?", template, re.DOTALL
    )
    quoted = [text for one in texts for text in re.findall(r'translate\s+(?:"([^"]*)"|\'([^\']*)\')', one)]
    blocks = re.findall(r"{%\s*blocktranslate.*?%}(.*?){%\s*endblocktranslate", template, re.DOTALL)
    bare = re.sub(r"{%.*?%}|{{.*?}}|<[^>]*>", " ", template, flags=re.DOTALL)
    return " ".join([*(a or b for a, b in quoted), *blocks, bare])


@pytest.mark.parametrize("path", templates(), ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_page_of_the_area_says_no_loaded_word_itself(path):
    assert LOADED.findall(said(path.read_text())) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{% translate "The gap is wide" %}', ["gap"]),
        ("<h1>Equity</h1>", ["Equity"]),
        (
            "{% blocktranslate with n=1 trimmed %}{{ n }} signals{% plural %}x{% endblocktranslate %}",
            ["signals", "signals"],
        ),
        ('<a class="gap" href="{% url "improvement:evidence" %}">{% term "gap" %}</a>', []),
    ],
)
def test_the_watch_for_loaded_words_sees_what_it_should(template, found):
    assert LOADED.findall(said(template)) == found


def test_every_key_is_asked_for_somewhere_and_every_key_asked_for_is_known():
    asked = set()
    for path in (ROOT / "templates").rglob("*.html"):
        asked |= set(re.findall(r'{%\s*term\s+"(\w+)"', path.read_text()))
    for path in (
        *(path for room in ROOMS for path in (ROOT / room).rglob("*.py")),
        ROOT / "huddleboard" / "context.py",
    ):
        asked |= set(re.findall(r'(?:\.say|\bCalled)\(\s*(?:\w+,\s*)?["\'](\w+)["\']', path.read_text()))
    asked |= {"Equity", "gaps", "Signal", "reference_group"}  # the sample of the page of words
    plain = {terms.known(key) for key in asked}
    assert plain == set(terms.WORDS)


def test_words_are_as_shipped_until_they_are_renamed_in_one_language():
    assert words.AS_SHIPPED.say("gap") == "gap"
    assert words.AS_SHIPPED.say("Reference_group") == "Reference group"
    renamed = words.Words({("gap", "en"): "difference"})
    assert (renamed.say("gap"), renamed.say("Gap")) == ("difference", "Difference")
    with translation.override("es"):
        assert renamed.say("gap") != "difference"
    with pytest.raises(KeyError):
        renamed.say("no_such_word")


@pytest.mark.django_db
class TestOfAHouse:
    @pytest.fixture
    def top(self):
        return make_unit(name="Top")

    def test_renaming_keeps_each_language_apart_and_is_on_record(self, top, django_assert_num_queries):
        officer = make_user(Role.EQUITY_OFFICER, top)
        house = top.organisation
        given = {"organisation": house, "by": officer, "at": NOW}
        assert actions.rename(language="en", texts={"gap": " access   difference ", "equity": ""}, **given) == ["gap"]
        assert actions.rename(language="en", texts={"gap": "access difference"}, **given) == []
        assert actions.rename(language="es", texts={"gap": "diferencia"}, **given) == ["gap"]
        with django_assert_num_queries(1):
            assert words.say(house, "Gap") == "Access difference"
            assert words.say(house, "gaps") == "gaps"
        with translation.override("es"):
            assert words.say(house, "gap") == "diferencia"
        assert actions.as_shipped(language="en", **given) == ["gap"]
        assert list(house.terms.values_list("language", "text")) == [("es", "diferencia")]
        facts = list(Event.objects.filter(verb__startswith="terms.").order_by("pk").values_list("verb", "facts"))
        assert facts == [
            ("terms.renamed", {"language": "en", "words": "gap"}),
            ("terms.renamed", {"language": "es", "words": "gap"}),
            ("terms.as_shipped", {"language": "en", "words": "gap"}),
        ]

    @pytest.mark.parametrize(
        ("language", "texts"), [("tlh", {"gap": "x"}), ("en", {"no_such": "x"}), ("en", {"gap": "x" * 61})]
    )
    def test_what_does_not_fit_is_refused_and_nothing_is_kept(self, top, language, texts):
        with pytest.raises(NotAllowed):
            actions.rename(organisation=top.organisation, language=language, texts=texts, by=make_user(), at=NOW)
        assert not Term.objects.exists()

    def test_the_page_renames_looks_first_and_undoes(self, top):
        client = signed_in(make_user(Role.EQUITY_OFFICER, top))
        address = reverse("boards:setup-terms", args=[top.organisation.slug])
        assert client.get(address).status_code == 200
        looked = client.post(address, {"gap": "difference", "look": "1"})
        assert "difference of 18 points" in looked.content.decode()
        assert not Term.objects.exists()
        client.post(address, {"gap": "difference", "equity": "access and fairness", "keep": "1"})
        page = client.get(address).content.decode()
        assert "Access and fairness · all units" in page
        client.post(address, {"undo": "gap", "gap": "difference", "equity": "access and fairness"})
        assert dict(Term.objects.values_list("key", "text")) == {"equity": "access and fairness"}
        client.post(address, {"all": "1"})
        assert not Term.objects.exists()
        long = client.post(address, {"gap": "x" * 61, "keep": "1"})
        assert long.status_code == 422
        assert "x" * 61 in long.content.decode()

    def test_spanish_is_a_list_of_its_own(self, top):
        client = signed_in(make_user(Role.EQUITY_OFFICER, top))
        address = reverse("boards:setup-terms", args=[top.organisation.slug])
        client.post(f"{address}?language=es", {"gap": "diferencia", "keep": "1"})
        assert list(Term.objects.values_list("key", "language", "text")) == [("gap", "es", "diferencia")]
        assert 'value="diferencia"' not in client.get(address).content.decode()
        assert 'value="diferencia"' in client.get(f"{address}?language=es").content.decode()

    def test_menu_and_pages_of_the_area_use_the_words_of_the_house(self, top):
        officer = make_user(Role.EQUITY_OFFICER, top)
        slug = top.organisation.slug
        texts = {key: f"own {key.replace('_', ' ')}" for key in terms.WORDS}
        actions.rename(organisation=top.organisation, language="en", texts=texts, by=officer, at=NOW)
        client = signed_in(officer)
        for name in ("improvement:evidence", "improvement:guidelines", "improvement:yearly", "improvement:leaders"):
            page = client.get(reverse(name, args=[slug])).content.decode()
            assert "Own evidence" in page, name
            assert "Own guidelines" in page, name
            assert "Evidence pack" not in page, name

    def test_a_page_asks_for_words_once_and_only_where_it_uses_them(self, top, django_assert_num_queries):
        request = RequestFactory().get("/")
        request.user = make_user(Role.EQUITY_OFFICER, top)
        request.resolver_match = None
        with django_assert_num_queries(2):  # where the person stands, and the words
            assert {words.words_for(request).say(key) for key in terms.WORDS}
        staff = signed_in(make_user(Role.STAFF, top))
        executive = signed_in(make_user(Role.EXECUTIVE, top))
        asked = []
        for client in (staff, executive):
            with _statements() as seen:
                client.get(reverse("org:me"))
            asked.append(sum("boards_term" in one["sql"] for one in seen))
        assert asked == [0, 1]


def _statements():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


def test_every_language_of_the_house_can_have_its_words():
    assert {code for code, _name in settings.LANGUAGES} == {"en", "es"}
