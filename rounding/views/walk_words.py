"""The sentences of the app, in the language of its page. `{n}` and other names are put in by its script."""

from django.utils.translation import gettext as _


def words() -> dict[str, str | list[str]]:
    """Name → sentence, or the pair of one and many."""
    return {**_states(), **_answers(), **_follow_ups(), **_device()}


def _states() -> dict[str, str | list[str]]:
    return {
        "nothing": _("Nothing waits"),
        "waiting": [_("{n} waits"), _("{n} wait")],
        "asks": [_("{n} asks you"), _("{n} ask you")],
        "saved": _("Sent {time}"),
        "offline": _("No network. What you note stays on this device and is sent later."),
        "signed_out": _("Sign in again, and what waits is sent. You can go on meanwhile."),
        "somebody_else": _(
            "Somebody else has signed in on this device. What {name} noted is sent when {name} signs in."
        ),
        "no_role_title": _("Rounds"),
        "no_role": _("Your role leads no rounds. What rounds noted at your unit stands on its page."),
        "unsafe_title": _("Rounds need a secure address"),
        "unsafe": _(
            "This browser keeps nothing for work without network here. Open the address that begins with https."
        ),
        "full": _("This device is full: this was not kept. It still stands here – free some room, then go on."),
        "not_kept": _("This could not be kept on the device. It still stands here – try again."),
    }


def _answers() -> dict[str, str | list[str]]:
    return {
        "yes": _("Yes"),
        "partly": _("Partly"),
        "no": _("No"),
        "of": _("{at} of {n}"),
        "set_about": [_("{n} question · {minutes} min"), _("{n} questions · {minutes} min")],
        "noted": [_("{n} noted"), _("{n} noted")],
        "free": _("Something that you saw"),
        "left": [_("{n} character fits yet"), _("{n} characters fit yet")],
        "photo_kept": _("Photo kept."),
        "photo_alt": _("Photo {n}"),
        "photo_large": _(
            "This photo is too large for this device. Take it again with fewer pixels; nothing else is lost."
        ),
        "photo_unreadable": _("This is not a photo that can be read. Nothing else is lost."),
        "photos": [_("{n} photo"), _("{n} photos")],
        "voice_start": _("Voice note"),
        "voice_more": _("Another voice note"),
        "voice_stop": _("Stop recording"),
        "voice_kept": _("Voice note kept. Its words are typed later, then the recording is gone."),
        "voice_denied": _("The microphone was not given. You can type instead."),
        "voices": [_("{n} voice note"), _("{n} voice notes")],
        "unit_reads": _("The unit reads what was noted, and what came of it."),
        "you_read": _("What was noted here stays with you."),
        "ended": _("Round at {unit} ended."),
        "share": _("{part} of 10 parts asked, the rest told"),
        "share_none": _("not said"),
    }


def _follow_ups() -> dict[str, str | list[str]]:
    return {
        "issue_kept": _("An issue comes of it."),
        "issue_number": _("Issue #{number}"),
        "thanked": _("Thanks to {name}"),
        "promised": _("Promised: {text}"),
        "promised_by": _("Promised for {day}."),
        "tomorrow": _("Tomorrow"),
        "week": _("In a week"),
        "two_weeks": _("In two weeks"),
        "due": _("{unit} · for {day} · {by}"),
        "was_due": _("{unit} · was due {day} · {by}"),
        "kept": _("{unit} · kept · {by}"),
        "withdrawn": _("{unit} · could not be kept · {by}"),
        "promise_kept": _("Kept. The unit reads it."),
        "promise_withdrawn": _("The unit reads why."),
        "undo": _("Undo"),
        "with": _("with {names}"),
        "nobody": _("nobody"),
        "kind_begin": _("Round begun"),
        "kind_note": _("Note"),
        "kind_end": _("Round ended"),
        "kind_discard": _("Round discarded"),
        "kind_reflect": _("Your own minute"),
        "kind_thank": _("Thanks"),
        "kind_promise": _("Promise"),
        "kind_answer": _("What came of a promise"),
        "kind_issue": _("Issue"),
        "kind_photo": _("Photo"),
        "kind_voice": _("Voice note"),
        "theirs": _("Meanwhile it says: {text}"),
        "keep_mine": _("Keep mine"),
        "keep_theirs": _("Keep what the other tab or device wrote"),
        "not_number": _("“{said}” is not a number."),
        "ended_elsewhere": _("This round was ended or discarded in another tab."),
        "keep_both": _("Keep both"),
        "other_unit": _("Hand in at another unit"),
        "again": _("Try again"),
        "let_go": _("Let it go"),
        "let_go_words": [_("This is not on the server."), _("These {n} entries are not on the server.")],
        "take_back": _("Take back"),
        "photo_remove": _("Take photo {n} away"),
        "photo_sent": _("This photo has been sent. It is taken away on the page of the round."),
        "photo_gone": _("The photo is gone."),
    }


def _device() -> dict[str, str | list[str]]:
    return {
        "pin_six": _("Six digits."),
        "pin_easy": _("Others try this one first. Take digits that are not all the same and not in their order."),
        "sign_in_offline": _("You need network to sign in."),
        "pin_differs": _("The two are not the same."),
        "pin_wrong": [_("That is not it. {n} try left."), _("That is not it. {n} tries left.")],
        "locked": _("What {name} noted here is locked. It opens, and is sent, when {name} signs in."),
        "out_waits": [
            _("{n} entry waits. It stays here, locked, until you sign in on this device again."),
            _("{n} entries wait. They stay here, locked, until you sign in on this device again."),
        ],
        "out_empty": _("Everything was sent. Nothing of yours stays on this device."),
        "out_pages": _("Without network, other pages of the house close once there is network again."),
        "out_offline": _("What lay here is locked. Other pages of the house close once there is network again."),
    }
