"""What was done on a round and not meant: taken back before it leaves, or decided where two devices differ."""

from playwright.sync_api import expect

from org.rules import Role
from rounding.models import Observation, Photo, Promise, Recognition, Round
from tests.e2e.huddle_stage import THUMB
from tests.e2e.rounds_stage import WALK, begin, five_questions, kept, mine, onward, sent, session_of, until
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user
from tests.huddles.phone import phone_picture
from tests.rounding.factories import make_promise


def quiet(visitors: Visitors) -> None:
    """Without network an engine writes to its console that there is none."""
    visitors.complaints[:] = [said for said in visitors.complaints if "ERR_" not in said]


def test_what_has_not_left_is_taken_back(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    page.context.set_offline(True)
    begin(page, unit.name, version)
    page.get_by_role("button", name="Note something else").tap()
    kept(page, lambda: page.locator("textarea").fill("The floor is wet"))
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": phone_picture((300, 200))}
    kept(page, lambda: page.locator("[data-part=camera]").set_input_files(picture))
    expect(page.get_by_alt_text("Photo 1")).to_be_visible()
    page.get_by_role("button", name="Take photo 1 away").tap()
    expect(page.get_by_alt_text("Photo 1")).to_be_hidden()
    page.get_by_role("button", name="Thanks").tap()
    page.locator("dialog [name=name]").fill("The wrong name")
    kept(page, lambda: page.locator("dialog .primary").tap())
    page.get_by_role("button", name="Issue").tap()
    page.get_by_role("button", name="Use the note").tap()
    kept(page, lambda: page.get_by_role("button", name="Raise it").tap())
    page.locator("#queue").tap()
    rows = page.locator("[data-screen=waiting] li")
    expect(rows).to_have_count(4)
    rows.filter(has_text="The wrong name").get_by_role("button", name="Take back").tap()
    expect(rows).to_have_count(3)
    page.context.set_offline(False)
    sent(page)
    assert Observation.objects.get(round__version=version).issue is not None
    assert not Photo.objects.filter(observation__round__version=version).exists()
    assert not Recognition.objects.filter(name="The wrong name").exists()
    quiet(visitors)


def test_a_round_begun_at_the_wrong_place_is_discarded(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    sent(page)
    until(lambda: Round.objects.filter(version=version).exists())
    page.get_by_role("button", name="All rounds").tap()
    page.get_by_role("button", name="Discard").tap()
    expect(page.get_by_text("Go on", exact=True)).to_be_hidden()
    sent(page)
    assert not Round.objects.filter(version=version).exists()


def test_a_round_with_notes_is_discarded_after_a_question_and_what_was_done_stays(
    house: Hospital, visitors: Visitors
) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    page.context.set_offline(True)
    begin(page, unit.name, version)
    kept(page, lambda: page.locator("textarea").fill("Of no use"))
    page.get_by_role("button", name="Thanks").tap()
    page.locator("dialog [name=name]").fill("Rosa of the night")
    kept(page, lambda: page.locator("dialog .primary").tap())
    picture = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": phone_picture((300, 200))}
    kept(page, lambda: page.locator("[data-part=camera]").set_input_files(picture))
    page.get_by_role("button", name="All rounds").tap()
    page.get_by_role("button", name="Discard").tap()
    expect(page.locator("dialog")).to_contain_text("Issues, thanks and promises stay.")
    page.locator("dialog").get_by_role("button", name="Keep the round").tap()
    expect(page.get_by_text("Go on", exact=True)).to_be_visible()
    page.get_by_role("button", name="Discard").tap()
    page.locator("dialog").get_by_role("button", name="Discard").tap()
    expect(page.get_by_text("Go on", exact=True)).to_be_hidden()
    page.context.set_offline(False)
    sent(page)
    assert not Round.objects.filter(version=version).exists()
    assert not Photo.objects.filter(observation__round__version=version).exists()
    assert Recognition.objects.get(name="Rosa of the night").round is None
    quiet(visitors)


def test_two_devices_of_one_person_differ_and_the_person_decides(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    leader = make_user(Role.UNIT_LEAD, unit, name="Two Devices")
    phone = visitors.come(leader, WALK, **THUMB)
    mine(phone)
    begin(phone, unit.name, version)
    phone.get_by_role("button", name="Yes", exact=True).tap()
    expect(phone.get_by_role("heading", name="What made today harder?")).to_be_visible()
    phone.locator("textarea").fill("As the phone has it")
    until(lambda: Observation.objects.filter(text="As the phone has it").exists())
    sent(phone)
    # The tablet fetches the open round, and both go on.
    tablet = visitors.come(None, "/login/", **THUMB)
    tablet.context.add_cookies([{"name": "huddleboard", "value": session_of(leader), "url": visitors.url}])
    tablet.goto(visitors.url + WALK)
    mine(tablet)
    tablet.locator("[data-part=open] button.primary").tap()
    onward(tablet)
    expect(tablet.locator("textarea")).to_have_value("As the phone has it")
    phone.context.set_offline(True)
    kept(phone, lambda: phone.locator("textarea").fill("What the phone says later"))
    tablet.locator("textarea").fill("What the tablet says")
    until(lambda: Observation.objects.filter(text="What the tablet says").exists())
    phone.context.set_offline(False)
    expect(phone.locator("#queue")).to_have_text("1 asks you", timeout=15_000)
    phone.locator("#queue").tap()
    expect(phone.get_by_text("Meanwhile it says: What the tablet says")).to_be_visible()
    phone.get_by_role("button", name="Keep both").tap()
    sent(phone)
    noted = Observation.objects.get(round__version=version, question__position=2)
    assert noted.text == "What the tablet says\nWhat the phone says later"
    quiet(visitors)


def test_a_promise_comes_back_on_the_list_and_is_kept_in_one_tap(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    five_questions(unit)
    leader = make_user(Role.UNIT_LEAD, unit)
    promise = make_promise(unit, leader, "A second interpreter tablet")
    page = visitors.come(leader, WALK, **THUMB)
    mine(page)
    expect(page.get_by_text("A second interpreter tablet")).to_be_visible()
    page.context.set_offline(True)
    kept(page, lambda: page.get_by_role("button", name="Kept", exact=True).tap())
    page.context.set_offline(False)
    sent(page)
    until(lambda: Promise.objects.get(pk=promise.pk).state == "kept")
    quiet(visitors)


def test_a_promise_that_is_refused_and_let_go_stands_nowhere_on_the_phone(house: Hospital, visitors: Visitors) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    page = visitors.come(make_user(Role.UNIT_LEAD, unit), WALK, **THUMB)
    mine(page)
    begin(page, unit.name, version)
    page.get_by_role("button", name="Promise").tap()
    page.locator("dialog [name=text]").fill("A chair for the next century")
    # As a phone says it that has not fetched the newest app.
    page.locator("dialog [name=due_on]").evaluate("(field) => field.removeAttribute('max')")
    page.locator("dialog [name=due_on]").fill("2099-12-31")
    onward(page, "Promise it")
    expect(page.locator("#queue")).to_have_text("1 asks you", timeout=20_000)
    page.locator("#queue").tap()
    expect(page.locator("[data-screen=waiting] .wrong").first).to_have_text("Promise it for a day within a year.")
    onward(page, "Let it go")
    page.locator("dialog .danger").tap()
    sent(page)
    onward(page, "← Rounds")
    expect(page.get_by_text("Go on", exact=True)).to_be_visible()
    expect(page.get_by_text("A chair for the next century")).to_have_count(0)
    page.locator("[data-part=open] .primary").tap()
    expect(page.get_by_text("A chair for the next century")).to_have_count(0)
    assert not Promise.objects.filter(text="A chair for the next century").exists()
    quiet(visitors)
