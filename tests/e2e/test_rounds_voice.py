"""A voice note ends with its screen: nothing listens on unseen, and what was said until then is kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect

from org.rules import Role
from rounding.models import Recording
from tests.e2e.rounds_stage import Phone, begin, five_questions, mine, onward, sent
from tests.e2e.stage import Hospital, Web
from tests.factories import make_user

#: A microphone that hums and is given without a question.
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
#: Every microphone that this page has been given, so that a test can ask whether one still listens.
WATCHED = """
    const given = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.streams = [];
    navigator.mediaDevices.getUserMedia = async (what) => {
      const stream = await given(what);
      window.streams.push(stream);
      return stream;
    };
"""
LISTENING = "streams.flatMap((one) => one.getTracks()).filter((one) => one.readyState === 'live').length"


@pytest.fixture
def phone(playwright: Playwright, browser_type_launch_args: dict, tmp_path: Path, web: Web) -> Iterator[Phone]:
    launch = {**browser_type_launch_args, "args": [*browser_type_launch_args["args"], *MICROPHONE]}
    made = Phone(playwright, launch, tmp_path / "profile", web.url)
    yield made
    made.close()


def test_a_voice_note_ends_with_its_screen_and_is_kept(house: Hospital, phone: Phone) -> None:
    unit = house.unit("ED")
    version = five_questions(unit)
    phone.open()
    phone.sign_in(make_user(Role.UNIT_LEAD, unit))
    phone.context.add_init_script(WATCHED)
    page = phone.walk()
    mine(page)
    begin(page, unit.name, version)
    page.get_by_role("button", name="Voice note").tap()
    expect(page.locator("[data-part=voice][aria-pressed=true]")).to_be_visible()
    page.wait_for_timeout(600)
    assert page.evaluate(LISTENING) == 1
    onward(page)
    expect(page.locator("[data-text=at]").first).to_have_text("2 of 4")
    assert page.evaluate(LISTENING) == 0
    sent(page)
    assert Recording.objects.filter(observation__round__version=version).count() == 1
    assert phone.complaints == []
