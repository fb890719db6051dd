"""A huddle whose network goes away in the middle: it goes on, says what waits, and loses nothing."""

import time
from collections.abc import Callable
from datetime import timedelta

import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from huddles.actions import huddles as acts
from huddles.models import Huddle, HuddleEntry, HuddleMark, HuddleNote, Issue
from huddles.rules.agendas import Section, StepKind
from org.rules import Role
from tests.e2e.huddle_stage import SOON, THUMB, calm, place, planned, saved, steps
from tests.e2e.stage import Hospital, Visitors
from tests.factories import make_user

READY = str(StepKind.READINESS.label)


def rows(page: Page):
    return page.locator(".hstep:not([hidden]) .hrow")


def tap(page: Page, row: int, choice: str) -> None:
    rows(page).nth(row).get_by_role("button", name=choice, exact=True).click()


def write(page: Page, row: int, text: str) -> None:
    """Words under a row, and the finger off them: they are kept at once."""
    area = rows(page).nth(row).locator("textarea")
    area.first.fill(text)
    area.first.blur()


def raise_one(page: Page, title: str) -> None:
    page.locator("#capture summary").click()
    page.locator("#capture [name=title]").fill(title)
    page.locator("#capture button").click()


def clock_is_right(page: Page, huddle: Huddle) -> None:
    """The timer of a page tells how long the huddle has lasted, to three seconds."""
    minutes, seconds = page.locator("[data-total]").inner_text().split(":")
    passed = (timezone.now() - huddle.started_at).total_seconds()
    assert abs(int(minutes) * 60 + int(seconds) - passed) <= 3


def five_minutes(huddle: Huddle, phone: Page, desk: Page, pass_minute: Callable[[], None]) -> list[str]:
    """Two people in one huddle, one of them without network for five minutes. The kinds of entries that the phone made
    meanwhile, in order: at each moment it says how many wait, and none of them has left.
    """
    made: list[str] = []
    before = HuddleEntry.objects.filter(huddle=huddle).count()
    online = [0]

    def waits(*kinds: str) -> None:
        made.extend(kinds)
        expect(phone.locator("header [data-saved]")).to_have_text(f"{len(made)} not sent yet", timeout=SOON)
        assert phone.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('huddle:')).length") == len(
            made
        )

    def arrived(entries: int) -> None:
        online[0] += entries
        saved(desk)
        assert HuddleEntry.objects.filter(huddle=huddle).count() == before + online[0]

    phone.context.set_offline(True)
    while place(phone) != READY:
        phone.get_by_role("button", name="Next").click()
        waits("step")
    tap(phone, 0, "Not ready")
    write(phone, 0, "Two patients to watch")
    tap(phone, 1, "Ready")
    waits("mark", "note", "mark")
    pass_minute()
    desk.locator("[data-look]", has_text=READY).click()
    tap(desk, 1, "Not ready")  # later than the phone: it counts
    tap(desk, 2, "Not ready")  # earlier than the phone: it does not
    write(desk, 0, "A sitter is here")
    arrived(3)
    waits()
    pass_minute()
    tap(phone, 2, "Ready")
    waits("mark")
    clock_is_right(phone, huddle)
    pass_minute()
    raise_one(desk, "The monitor of room 4 is broken")
    arrived(1)
    write(phone, 0, "Two patients to watch, bed 4 too")  # in place of the words that have not left yet
    waits()
    raise_one(phone, "Wheelchairs are missing")
    waits("issue")
    pass_minute()
    phone.get_by_role("button", name="Next").click()
    waits("step")
    pass_minute()
    for page in (phone, desk):
        clock_is_right(page, huddle)
    waits()
    phone.context.set_offline(False)
    saved(phone)
    assert HuddleEntry.objects.filter(huddle=huddle).count() == before + online[0] + len(made)
    kept = HuddleEntry.objects.filter(huddle=huddle).order_by("pk").values_list("kind", flat=True)
    assert list(kept)[before + online[0] :] == made
    return made


def nothing_is_lost(huddle: Huddle, phone: Page, desk: Page) -> None:
    """What the two have said is there once and in the order in which they said it."""
    kinds = [step.kind for step in steps(huddle)]
    assert kinds[huddle.step] == kinds[kinds.index(StepKind.READINESS) + 1]
    notes = list(HuddleNote.objects.filter(huddle=huddle).order_by("written_at"))
    assert [note.text for note in notes] == ["Two patients to watch, bed 4 too", "A sitter is here"]
    raised = Issue.objects.filter(huddle=huddle).order_by("raised_at")
    assert [issue.title for issue in raised] == ["The monitor of room 4 is broken", "Wheelchairs are missing"]
    lines = list(huddle.version.lines.filter(section=Section.READINESS).order_by("position")[:3])
    marks = dict(HuddleMark.objects.filter(huddle=huddle).values_list("line_id", "choice"))
    assert [marks[line.pk] for line in lines] == ["not_ready", "not_ready", "ready"]
    moments = [notes[0].written_at, notes[1].written_at, raised[0].raised_at, raised[1].raised_at]
    passed = [round((moment - huddle.started_at).total_seconds() / 60) for moment in moments]
    assert [minute - passed[0] for minute in passed] in ([0, 1, 3, 3], [0, 1, 3, 4], [0, 1, 4, 4])
    desk.get_by_role("link", name="Back to the huddle").click()
    for page in (phone, desk):
        expect(page.locator(".hstep:not([hidden]) h2")).to_have_text(steps(huddle)[huddle.step].title, timeout=SOON)
        page.locator("[data-look]", has_text=READY).click()
        for row, choice in enumerate(("Not ready", "Not ready", "Ready")):
            pressed = rows(page).nth(row).locator("[aria-pressed=true]")
            expect(pressed).to_have_text(choice, timeout=SOON)
        texts = rows(page).nth(0).locator("textarea")
        expect(texts.nth(0)).to_have_value("Two patients to watch, bed 4 too", timeout=SOON)
        expect(texts.nth(1)).to_have_value("A sitter is here", timeout=SOON)
        page.get_by_role("link", name="Back to the huddle").click()


def test_check_09_one_thumb_through_five_minutes_without_network(house: Hospital, visitors: Visitors, axe: Axe) -> None:
    huddle = planned(house.unit("ED"))
    with time_machine.travel(time.time(), tick=True) as now:
        phone = visitors.come(house.people["lead"], "/me/", **THUMB)
        desk = visitors.come(make_user(Role.STAFF, house.unit("ED")), "/me/")
        for page in (phone, desk):
            page.clock.install()
            page.goto(f"{visitors.url}/huddles/{huddle.pk}/")
        phone.get_by_role("button", name="Begin the huddle").tap()
        expect(phone.locator("#steps")).to_be_visible()
        desk.goto(f"{visitors.url}/huddles/{huddle.pk}/")
        expect(desk.locator("#steps")).to_be_visible()
        for button in phone.locator(".hbar button:visible, .tap:visible, .hbar summary").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 56
        tap(phone, 0, "Here")
        saved(phone)

        def pass_minute() -> None:
            now.shift(60)
            for page in (phone, desk):
                page.clock.run_for(60_000)
            calm(axe, phone)

        huddle.refresh_from_db()
        five_minutes(huddle, phone, desk, pass_minute)
        nothing_is_lost(huddle, phone, desk)
        while phone.get_by_role("button", name="Next").is_visible():
            phone.get_by_role("button", name="Next").tap()
        phone.get_by_role("button", name="End the huddle").tap()
        expect(phone.get_by_role("heading", name="How did it go?")).to_be_visible()
        saved(phone)
        calm(axe, phone)
    huddle.refresh_from_db()
    assert 5 <= (huddle.ended_at - huddle.started_at).total_seconds() / 60 < 8
    visitors.complaints[:] = [c for c in visitors.complaints if "ERR_INTERNET_DISCONNECTED" not in c]


def kept_by(page: Page) -> int:
    """How many entries are still on the device."""
    return page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('huddle:')).length")


def cut_off(page: Page) -> None:
    """The server does not take any entry of this page, and somebody has written and tapped."""
    page.route("**/entries/", lambda route: route.abort())
    page.locator(".own textarea").first.fill("A guest from pharmacy")
    page.locator(".hrow").first.get_by_role("button", name="Here").click()
    expect(page.locator("header [data-saved]")).to_contain_text("not sent yet", timeout=SOON)


def test_a_page_warns_while_something_waits_and_it_goes_once_after_a_reload_or_a_restart(
    house: Hospital, visitors: Visitors
) -> None:
    huddle, lead = planned(house.unit("ED")), house.people["lead"]
    acts.start(huddle=huddle, by=lead, at=timezone.now())
    page = visitors.come(lead, f"/huddles/{huddle.pk}/")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tap(page, 1, "Here")
    saved(page)
    page.reload()
    assert asked == []
    cut_off(page)
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.locator(".own textarea").first).to_have_value("A guest from pharmacy")
    expect(page.locator(".hrow").first.get_by_role("button", name="Here")).to_have_attribute("aria-pressed", "true")
    assert kept_by(page) == 2
    device = page.context.storage_state()
    page.context.close()  # the browser falls; the person opens it again, on whatever page
    page = visitors.come(lead, f"/boards/{huddle.unit_id}/", storage_state=device)
    expect(page.locator("h1").first).to_be_visible()
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('huddle:'))", timeout=SOON)
    assert HuddleNote.objects.get(huddle=huddle).text == "A guest from pharmacy"
    assert list(HuddleMark.objects.filter(huddle=huddle).values_list("choice", flat=True)) == ["here", "here"]
    assert sorted(HuddleEntry.objects.filter(huddle=huddle).values_list("kind", flat=True)) == ["mark", "mark", "note"]
    again = visitors.come(lead, f"/boards/{huddle.unit_id}/", storage_state=device)  # as if it had not heard "stored"
    again.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('huddle:'))", timeout=SOON)
    assert HuddleNote.objects.filter(huddle=huddle).count() == 1
    visitors.complaints[:] = [c for c in visitors.complaints if "ERR_FAILED" not in c]


def test_words_that_come_too_late_are_shown_again(house: Hospital, visitors: Visitors) -> None:
    huddle, lead = planned(house.unit("ED")), house.people["lead"]
    acts.start(huddle=huddle, by=lead, at=timezone.now())
    page = visitors.come(lead, f"/huddles/{huddle.pk}/")
    page.on("dialog", lambda dialog: dialog.accept())
    cut_off(page)
    ago = timezone.now() - timedelta(days=4)
    Huddle.objects.filter(pk=huddle.pk).update(started_at=ago - timedelta(minutes=9), ended_at=ago)
    page.unroute("**/entries/")
    page.goto(f"{visitors.url}/mine/")
    notice = page.get_by_role("alert").filter(has_text="A guest from pharmacy")
    expect(notice).to_contain_text("This huddle is closed for writing", timeout=SOON)
    assert kept_by(page) == 0
    visitors.complaints[:] = [c for c in visitors.complaints if "ERR_FAILED" not in c]


def test_the_page_tells_the_time_of_its_unit_wherever_the_device_is(house: Hospital, visitors: Visitors) -> None:
    huddle = planned(house.unit("ED"))
    acts.start(huddle=huddle, by=house.people["lead"], at=timezone.now())
    page = visitors.come(house.people["lead"], f"/huddles/{huddle.pk}/", timezone_id="Asia/Kathmandu")
    before = timezone.now().astimezone(house.organisation.zone)
    tap(page, 0, "Here")
    saved(page)
    clocks = {f"{before:%H:%M}", f"{timezone.now().astimezone(house.organisation.zone):%H:%M}"}
    assert page.locator("header [data-saved]").inner_text().split()[-1] in clocks
    page.context.set_offline(True)
    lost = page.locator("[data-connection]")
    expect(lost).to_contain_text("offline since", timeout=SOON)
    hour = int(lost.inner_text().split()[-1][:2])
    assert hour in {before.hour, timezone.now().astimezone(house.organisation.zone).hour, (before.hour - 1) % 24}
    visitors.complaints[:] = [c for c in visitors.complaints if "ERR_INTERNET_DISCONNECTED" not in c]
