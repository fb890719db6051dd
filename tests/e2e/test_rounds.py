"""A round by thumb: few taps, small, for everybody, readable by nobody else on the device."""

import gzip
import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from huddles.models import Issue
from org.rules import Role
from rounding.models import Promise, Recognition, Round
from tests.e2e.huddle_stage import THUMB, calm
from tests.e2e.rounds_stage import (
    DOUBLE_TAP,
    WALK,
    begin,
    five_questions,
    kept,
    mine,
    onward,
    queued,
    ready,
    sent,
    session_of,
)
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user

LIMIT = 150_000
TAPS = 12

#: Everything that lies on the device, as bytes that can be searched.
LIES_HERE = """async () => {
  const db = await new Promise((done) => {
    const asked = indexedDB.open("rounds");
    asked.onsuccess = () => done(asked.result);
  });
  const out = [];
  for (const name of db.objectStoreNames) {
    const rows = await new Promise((done) => {
      const all = db.transaction(name).objectStore(name).getAll();
      all.onsuccess = () => done(all.result);
    });
    for (const row of rows) {
      const seen = Object.entries(row).map(([key, value]) => {
        const bytes = value instanceof ArrayBuffer ? new Uint8Array(value) : value instanceof Uint8Array ? value : null;
        const key_ = value?.constructor === CryptoKey ? `key:${value.extractable}` : JSON.stringify(value);
        return `${key}=${bytes ? new TextDecoder("latin1").decode(bytes) : key_}`;
      });
      out.push(`${name}: ${seen.join(" ")}`);
    }
  }
  db.close();
  return out.join("\\n") + JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage });
}"""


def count_taps(page: Page) -> None:
    page.evaluate("document.addEventListener('click', () => (window.taps = (window.taps ?? 0) + 1), true)")


def test_a_first_round_of_five_questions_by_thumb(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit, leader = house.unit("ED"), make_user(Role.UNIT_LEAD, house.unit("ED"), name="New Lead")
    version = five_questions(unit)
    page = visitors.come(leader, WALK, **THUMB)
    expect(page.get_by_role("heading", name="Who uses this device?")).to_be_visible()
    count_taps(page)
    calm(axe, page)
    mine(page)
    calm(axe, page)
    page.locator("[data-part=units] button").first.tap()
    calm(axe, page)
    page.get_by_role("button", name=re.compile(f"^{version.question_set.name} ")).tap()
    expect(page.get_by_role("heading", name="Is the day a normal day?")).to_be_focused()
    calm(axe, page)
    page.get_by_role("button", name="Yes", exact=True).tap()
    expect(page.get_by_role("heading", name="What made today harder?")).to_be_focused()
    page.get_by_role("textbox", name="What made today harder?").fill("The lift was out for an hour")
    onward(page)
    page.get_by_role("button", name="No", exact=True).tap()
    onward(page)
    # Asked because the one before was answered with no.
    page.get_by_role("textbox", name="What is missing?").fill("Two pumps")
    calm(axe, page)
    onward(page)
    expect(page.get_by_role("heading", name="Who should be thanked?")).to_be_focused()
    onward(page)
    expect(page.get_by_role("heading", name="What you noted")).to_be_focused()
    calm(axe, page)
    onward(page, "End the round")
    expect(page.locator("[data-screen=home]")).to_be_visible()
    taps = page.evaluate("window.taps")
    print("taps of a first round:", taps)
    assert taps <= TAPS, taps
    sent(page)
    noted = Round.objects.get(leader=leader).observations.order_by("position")
    assert [(one.value, one.text) for one in noted] == [
        ("yes", ""),
        ("", "The lift was out for an hour"),
        ("no", ""),
        ("", "Two pumps"),
    ]


def test_the_first_load_is_small_and_then_it_opens_without_network(house: Hospital, visitors: Visitors) -> None:
    five_questions(house.unit("ED"))
    asked: set[str] = set()
    page = visitors.come(house.people["manager"], "/me/", **THUMB)
    page.context.on("response", lambda answer: asked.add(answer.url))
    page.goto(visitors.url + WALK)
    mine(page)
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.wait_for_load_state("networkidle")
    # What a server sends for them: texts packed, fonts and pictures as they are.
    bodies = {url: page.request.get(url).body() for url in asked if "/me/" not in url}
    weights = {
        url: len(body) if re.search(r"\.(woff2|png)$", url) else len(gzip.compress(body, 6))
        for url, body in bodies.items()
    }
    assert any("workbox" in url for url in weights)
    assert len(weights) > 20
    print("bytes of the first load:", sum(weights.values()))
    assert sum(weights.values()) <= LIMIT, sorted(weights.items(), key=lambda row: -row[1])[:8]
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("[data-part=units] button").first).to_be_visible()
    page.goto(visitors.url + WALK + "?from=screen")
    expect(page.locator("[data-part=units] button").first).to_be_visible()
    expect(page.locator("#state")).to_contain_text("No network")
    page.goto("about:blank")
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_INTERNET_DISCONNECTED" not in said]


def test_two_share_a_tablet_and_neither_reads_the_other(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    ada = make_user(Role.UNIT_LEAD, unit, name="Ada Shares")
    ben = make_user(Role.UNIT_LEAD, unit, name="Ben Shares")
    page = visitors.come(ada, WALK, **THUMB)

    def take_pin(pin: str) -> None:
        page.get_by_role("button", name="Several people").tap()
        page.get_by_label("PIN of six digits").fill(pin)
        page.get_by_label("Once more").fill(pin)
        calm(axe, page)
        page.get_by_role("button", name="Begin", exact=True).tap()
        ready(page)

    take_pin("135790")
    page.context.set_offline(True)
    begin(page, unit.name, version)
    kept(page, lambda: page.get_by_role("button", name="Yes", exact=True).tap())
    expect(page.get_by_role("heading", name="What made today harder?")).to_be_visible()
    kept(page, lambda: page.locator("textarea").fill("Ada's own words"))
    page.get_by_role("button", name="All rounds").tap()
    page.get_by_role("button", name="Lock").tap()
    expect(page.get_by_role("heading", name="Who is rounding?")).to_be_visible()
    calm(axe, page)
    lies = page.evaluate(LIES_HERE)
    assert "Ada Shares" in lies
    for secret in ("own words", unit.name, "What made today harder"):
        assert secret not in lies
    # Ben signs in on the same tablet: a second person, a second PIN.
    page.context.set_offline(False)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "huddleboard", "value": session_of(ben), "url": visitors.url}])
    page.goto(visitors.url + WALK)
    take_pin("246802")
    expect(page.get_by_text("Go on", exact=True)).to_be_hidden()
    assert Round.objects.filter(version=version).count() == 0
    # Without network Ada opens hers by her PIN, not by Ben's.
    page.get_by_role("button", name="Lock").tap()
    page.get_by_role("button", name="Ada Shares").tap()
    page.get_by_label("PIN").fill("246802")
    page.get_by_role("button", name="Open").tap()
    expect(page.locator(".wrong")).to_have_text("That is not it. 4 tries left.")
    calm(axe, page)
    page.get_by_label("PIN").fill("135790")
    page.get_by_role("button", name="Open").tap()
    expect(page.locator("#state")).to_contain_text("What Ada Shares noted is sent when Ada Shares signs in")
    assert Round.objects.filter(version=version).count() == 0
    page.locator("[data-part=open] .primary").tap()
    expect(page.locator("textarea")).to_have_value("Ada's own words")
    page.context.add_cookies([{"name": "huddleboard", "value": session_of(ada), "url": visitors.url}])
    page.evaluate("window.dispatchEvent(new Event('online'))")
    sent(page)
    assert Round.objects.get(version=version).leader == ada
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_INTERNET" not in said and "409" not in said]


def test_five_wrong_pins_lock_until_the_person_signs_in_again(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    cleo = make_user(Role.UNIT_LEAD, unit, name="Cleo Forgets")
    page = visitors.come(cleo, WALK, **THUMB)
    page.get_by_role("button", name="Several people").tap()
    page.get_by_label("PIN of six digits").fill("111222")
    page.get_by_label("Once more").fill("111222")
    page.get_by_role("button", name="Begin", exact=True).tap()
    ready(page)
    page.context.set_offline(True)
    begin(page, unit.name, version)
    kept(page, lambda: page.get_by_role("button", name="Yes", exact=True).tap())
    page.reload()
    page.get_by_role("button", name="Cleo Forgets").tap()
    for _ in range(5):
        page.get_by_label("PIN").fill("999999")
        page.get_by_role("button", name="Open").tap()
        page.wait_for_timeout(1200)
    expect(page.get_by_text("What Cleo Forgets noted here is locked.")).to_be_visible()
    page.get_by_role("button", name="Back: that is not me").tap()
    expect(page.get_by_role("heading", name="Who is rounding?")).to_be_visible()
    page.context.set_offline(False)
    # The sign-in that was there opens nothing: a password is asked for.
    page.goto(visitors.url + WALK)
    page.get_by_role("button", name="Cleo Forgets").tap()
    page.get_by_role("button", name="Sign in", exact=True).tap()
    page.wait_for_url("**/login/**")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.context.add_cookies([{"name": "huddleboard", "value": session_of(cleo), "url": visitors.url}])
    page.goto(visitors.url + WALK)
    mine(page)
    sent(page)
    assert Round.objects.get(version=version).observations.get().value == "yes"
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_INTERNET" not in said and "401" not in said]


def test_signing_out_leaves_nothing_readable_and_loses_nothing(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    leader = make_user(Role.UNIT_LEAD, unit, name="Dora Leaves")
    page = visitors.come(leader, WALK, **THUMB)
    mine(page)
    page.context.set_offline(True)
    begin(page, unit.name, version)
    kept(page, lambda: page.locator("textarea").fill("Said before she left"))
    waiting = queued(page)
    page.context.set_offline(False)
    # Signed out on another page of the house, before anything was sent.
    page.route("**/rounds/sync/", lambda route: route.abort())
    page.goto(f"{visitors.url}/me/")
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.wait_for_timeout(500)
    lies = page.evaluate(LIES_HERE)
    assert "key:" not in lies
    assert queued(page) == waiting
    page.goto(visitors.url + WALK)
    page.get_by_role("button", name="Dora Leaves").tap()
    expect(page.get_by_text("What Dora Leaves noted here is locked.")).to_be_visible()
    page.unroute("**/rounds/sync/")
    page.context.add_cookies([{"name": "huddleboard", "value": session_of(leader), "url": visitors.url}])
    page.goto(visitors.url + WALK)
    mine(page)
    sent(page)
    assert Round.objects.get(version=version).observations.get().text == "Said before she left"
    page.get_by_role("button", name="Sign out").tap()
    page.locator("dialog").get_by_role("button", name="Sign out").tap()
    expect(page.get_by_role("heading", name="Sign in to begin")).to_be_visible()
    lies = page.evaluate(LIES_HERE)
    assert "Dora" not in lies
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_" not in said and "401" not in said]


def test_the_cno_and_the_coo_walk_where_there_is_no_signal(house: Hospital, visitors: Visitors) -> None:
    """Half past ten of the model day: three units, four notes, two thanks, one issue; sent once with signal."""
    executive = house.people["executive"]
    five_questions(house.unit("ED"))
    page = visitors.come(executive, WALK, **THUMB)
    mine(page)
    names = page.locator("[data-part=units] button b").all_inner_texts()[:3]
    page.context.set_offline(True)
    before, earlier = Issue.objects.count(), list(Round.objects.values_list("pk", flat=True))
    mine_now = Round.objects.filter(leader=executive).exclude(pk__in=earlier)
    for number, name in enumerate(names):
        page.locator("[data-part=units] button").filter(has=page.get_by_text(name, exact=True)).first.tap()
        page.wait_for_timeout(DOUBLE_TAP)
        page.get_by_role("button", name=re.compile("^Executive safety walk")).tap()
        kept(page, lambda number=number: page.locator("textarea").fill(f"What could harm here, {number}"))
        if number == 0:
            page.get_by_role("button", name="Issue").tap()
            page.get_by_role("button", name="Use the note").tap()
            kept(page, lambda: page.get_by_role("button", name="Raise it").tap())
            onward(page)
            kept(page, lambda: page.locator("textarea").fill("A rule that is bent"))
            page.get_by_role("button", name="Promise").tap()
            page.locator("dialog [name=text]").fill("I ask pharmacy")
            kept(page, lambda: page.locator("dialog .primary").tap())
        else:
            page.get_by_role("button", name="Thanks").tap()
            page.locator("dialog [name=name]").fill(f"Colleague {number}")
            kept(page, lambda: page.locator("dialog .primary").tap())
        page.get_by_role("button", name="All rounds").tap()
        page.locator("[data-part=open] .primary").filter(has_text=name).first.tap()
        expect(page.locator("[data-screen=ask]")).to_be_visible()
        while page.locator("[data-screen=ask]").is_visible():
            onward(page)
        kept(page, lambda: onward(page, "End the round"))
    assert not mine_now.exists()
    page.context.set_offline(False)
    sent(page)
    made = mine_now.all()
    assert sorted(one.unit.name for one in made) == sorted(names)
    assert sum(one.observations.count() for one in made) == 4
    assert Issue.objects.count() - before == 1
    assert Recognition.objects.filter(by=executive, round__in=made).count() == 2
    assert Promise.objects.get(by=executive, round__in=made).text == "I ask pharmacy"
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_INTERNET" not in said]
