"""K-cards on pages: pulling one by its code without scripts, the board of cards, the line beside the board."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from huddles.models import Issue
from org.rules import Role
from rounding.models import KCard, KCheck
from rounding.rules.questions import AnswerKind, Line, Words
from tests.factories import htmx, make_user, signed_in
from tests.huddles.factories import make_house
from tests.rounding.stage_k_cards import HANDS, make_card, make_card_set, make_check

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    return make_house()


@pytest.fixture
def lead(house):
    return house.lead(house.ward)


@pytest.fixture
def client(lead):
    return signed_in(lead)


@pytest.fixture
def card(house, lead):
    return make_card(house.ward, lead)


def text(response) -> str:
    return unescape(response.content.decode())


def url(name: str, *args) -> str:
    return reverse(f"rounding:{name}", args=args)


def answers(card: KCard, *values: str) -> dict[str, str]:
    asked = card.question_set.versions.get().questions.filter(kind="yes_no").order_by("position")
    return {f"e-{question.pk}": value for question, value in zip(asked, values, strict=True)}


def hidden(response) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="(uid|version)" value="([^"]*)"', response.content.decode())
    return dict(found)


def test_every_page_answers_and_has_no_inline_script_or_style(client, house, card, lead):
    red = make_check(card, lead, "no", "yes", "yes", gets_in_the_way="Empty")
    pages = [
        url("k-cards"),
        url("k-board", house.ward.pk),
        url("k-card", card.pk),
        url("k-sheet", card.pk),
        url("k-pull", card.token),
        url("k-turned", card.token, red.uid),
        url("stat-sheets", house.ward.pk),
    ]
    for page in pages:
        response = client.get(page)
        assert response.status_code == 200, page
        assert not re.search(r"\sstyle=|\son[a-z]+=", response.content.decode()), page


def test_whoever_scans_the_code_signs_in_and_turns_the_card_without_scripts(house, card):
    page = url("k-pull", card.token)
    assert Client().get(page).headers["Location"] == f"{reverse('org:login')}?next={page}"
    staff = signed_in(house.people["STAFF"])
    shown = staff.get(page)
    assert [HANDS[n].text in text(shown) for n in range(4)] == [True, True, True, False]  # words turn no card
    sent = {**hidden(shown), **answers(card, "yes", "no", "none"), "gets_in_the_way": "Empty dispenser"}
    turned = staff.post(page, sent)
    check = KCheck.objects.get()
    assert turned.headers["Location"] == url("k-turned", card.token, check.uid)
    assert (str(check.uid), check.side, check.gets_in_the_way) == (sent["uid"], "red", "Empty dispenser")
    assert staff.post(page, sent).headers["Location"] == turned.headers["Location"]
    assert KCheck.objects.count() == 1
    said = text(staff.get(turned.headers["Location"]))
    assert "The card shows red" in said
    assert HANDS[1].text in said
    raised = staff.post(url("k-issue", card.token, check.uid), follow=True)
    issue = Issue.objects.get()
    assert issue.title == f"{card.question_set.name}: {HANDS[1].text}"
    assert (issue.detail, issue.origin) == ("Empty dispenser", house.ward)
    assert f"#{issue.number}" in text(raised)
    assert url("k-issue", card.token, check.uid) not in text(raised)
    staff.post(url("k-issue", card.token, check.uid))
    assert Issue.objects.count() == 1


def test_what_was_tapped_stays_where_a_line_is_missing(client, card):
    page = url("k-pull", card.token)
    sent = {**hidden(client.get(page)), **answers(card, "yes", "no", ""), "coach_note": "Ask why"}
    refused = client.post(page, sent)
    assert refused.status_code == 422
    assert hidden(refused) == {name: sent[name] for name in ("uid", "version")}
    assert len(re.findall(r" required checked>", refused.content.decode())) == 2
    assert "Answer every line." in text(refused)
    assert text(refused).count("Not answered yet") == 1
    assert "Ask why" in text(refused)
    assert not KCheck.objects.exists()


def test_a_page_that_was_open_while_the_questions_changed_is_still_taken(client, card):
    version = card.question_set.versions.get()
    sent = {**answers(card, "yes", "yes", "yes"), "uid": "no uuid", "version": str(version.pk)}
    newer = card.question_set.versions.create(number=2, published_at=timezone.now())
    newer.questions.create(position=1, kind=AnswerKind.YES_NO, text="Is it clean?")
    assert "Is it clean?" in text(client.get(url("k-pull", card.token)))
    assert client.post(url("k-pull", card.token), sent).status_code == 302
    assert KCheck.objects.get().version == version
    other = make_card_set(card.unit)
    assert client.post(url("k-pull", card.token), {**sent, "version": str(other.pk)}).status_code == 404


def test_a_green_raises_nothing_and_a_long_title_is_cut(client, house, lead, card):
    green = make_check(card, lead)
    turned = url("k-turned", card.token, green.uid)
    assert "The card shows green" in text(client.get(turned))
    assert "This card shows green" in text(client.post(url("k-issue", card.token, green.uid), follow=True))
    assert not Issue.objects.exists()
    long = make_card(house.ward, lead, make_card_set(house.ward, Line(AnswerKind.YES_NO, "x" * 200)))
    red = make_check(long, lead, "no")
    client.post(url("k-issue", long.token, red.uid))
    assert len(Issue.objects.get().title) == 140
    assert Issue.objects.get().title.endswith("x…")
    assert client.get(url("k-turned", card.token, red.uid)).status_code == 404
    assert client.get(url("k-turned", card.token, uuid4())).status_code == 404


def test_the_code_of_another_unit_or_of_a_card_that_was_taken_away_opens_nothing(client, house, card):
    beside = signed_in(house.lead(house.other_ward))
    assert beside.get(url("k-pull", card.token)).status_code == 404
    assert signed_in(make_user(Role.DATA_STEWARD, house.ward)).get(url("k-pull", card.token)).status_code == 403
    gone = client.post(url("k-take-away", card.pk), follow=True)
    assert "does not hang here any more" in text(gone)
    assert client.get(url("k-pull", card.token)).status_code == 404
    assert "This card was taken away" in text(client.get(url("k-card", card.pk)))
    assert client.post(url("k-card", card.pk), {"often": 3, "per": "week"}).status_code == 302


def test_a_leader_puts_a_card_up_and_says_how_often(client, house):
    chosen = make_card_set(house.ward).question_set
    board = url("k-board", house.ward.pk)
    assert "No card hangs here yet" in text(client.get(board))
    refused = client.post(url("k-put-up", house.ward.pk), {"question_set": chosen.pk, "often": 0, "per": "week"})
    assert refused.status_code == 422
    sent = {"question_set": chosen.pk, "often": 3, "per": "month"}
    made = client.post(url("k-put-up", house.ward.pk), sent, follow=True)
    assert f"“{chosen.name}” hangs here now" in text(made)
    card = KCard.objects.get()
    assert "Every card of the house hangs here" in text(client.get(board))
    client.post(url("k-card", card.pk), {"often": 1, "per": "week"})
    card.refresh_from_db()
    assert (card.often, card.per) == (1, "week")
    assert client.post(url("k-card", card.pk), {"often": "", "per": "week"}).status_code == 422
    staff = signed_in(house.people["STAFF"])
    assert url("k-put-up", house.ward.pk) not in text(staff.get(board))
    assert staff.post(url("k-put-up", house.ward.pk), sent).status_code == 403
    assert staff.post(url("k-card", card.pk), sent).status_code == 403


def test_pages_name_nobody_who_checked(client, house, card):
    nurse = make_user(Role.STAFF, house.ward, name="Nadia Checks")
    make_check(card, nurse, "no", "yes", "yes", gets_in_the_way="Empty", coach_note="Ask why", at=timezone.now())
    for page in (url("k-card", card.pk), url("k-board", house.ward.pk), url("k-cards")):
        assert "Nadia" not in text(client.get(page)), page
    assert "Ask why" in text(client.get(url("k-card", card.pk)))
    assert "Ask why" not in text(signed_in(house.people["STAFF"]).get(url("k-card", card.pk)))


def test_the_sheet_bears_the_code_and_its_address(client, card, settings):
    settings.SITE_URL = "https://board.example"
    page = text(client.get(url("k-sheet", card.pk)))
    assert f"https://board.example/k/{card.token}/" in page
    assert 'class="qr" src="data:image/svg+xml' in page
    assert HANDS[2].hint in page


def test_lines_are_asked_in_the_language_of_the_reader(client, house, lead):
    said = Line(AnswerKind.YES_NO, "Is it clean?", others={"es": Words("¿Está limpio?")})
    card = make_card(house.ward, lead, make_card_set(house.ward, said))
    with override("es"):
        lead.language = "es"
        lead.save()
        page = text(client.get(url("k-pull", card.token), headers={"Accept-Language": "es"}))
    assert "¿Está limpio?" in page
    assert "Is it clean?" not in page


def test_due_cards_stand_on_the_page_of_whoever_leads(house, card):
    page = url("k-cards")
    assert url("k-pull", card.token) in text(signed_in(house.lead(house.line)).get(page))
    staff = text(signed_in(house.people["STAFF"]).get(page))
    assert url("k-pull", card.token) not in staff
    assert url("k-board", house.ward.pk) in staff
    assert signed_in(make_user(Role.DATA_STEWARD, house.ward)).get(page).status_code == 403


def test_one_line_stands_beside_the_board(client, house, lead):
    page = url("k-beside", house.ward.pk)
    assert client.get(page).headers["Location"] == url("k-board", house.ward.pk)
    assert client.get(page, **htmx()).status_code == 204  # no card, no line
    card = make_card(house.ward, lead, often=1)
    make_check(make_card(house.ward, lead), lead, "no", "yes", "yes", at=timezone.now())
    line = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text(client.get(page, **htmx())))).strip()
    assert line == "K-cards 1 red 1 not pulled 2 due"
    make_check(card, lead, at=timezone.now())
    assert "1 green" in text(client.get(page, **htmx()))
    beside = reverse("huddles:beside", args=[house.ward.pk])
    assert f'hx-get="{page}"' in text(client.get(beside))
    steward = signed_in(make_user(Role.DATA_STEWARD, house.ward))
    assert page not in text(steward.get(beside))
    assert steward.get(page, **htmx()).status_code == 204
    assert signed_in(house.lead(house.other_ward)).get(page, **htmx()).status_code == 404


@pytest.mark.parametrize("name", ["k-board", "stat-sheets"])
def test_a_reader_without_the_right_is_told_so(house, name):
    assert signed_in(make_user(Role.DATA_STEWARD, house.ward)).get(url(name, house.ward.pk)).status_code == 403
    assert signed_in(house.lead(house.other_ward)).get(url(name, house.ward.pk)).status_code == 404
