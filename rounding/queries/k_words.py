"""Sentences about K-cards: how often, what is due, and why it is so."""

from datetime import date
from typing import Final

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rounding.rules import k_cards as rules
from rounding.rules.k_cards import Pace, Per, Tally, Why

TWICE: Final = 2


def pace_text(pace: Pace) -> str:
    """Like "twice a week"."""
    if pace.apart > 1:
        return _("once in two weeks") if pace.per == Per.WEEK else _("once in two months")
    if pace.often == TWICE:
        return _("twice a week") if pace.per == Per.WEEK else _("twice a month")
    if pace.per == Per.WEEK:
        return ngettext("once a week", "%(n)s times a week", pace.often) % {"n": pace.often}
    return ngettext("once a month", "%(n)s times a month", pace.often) % {"n": pace.often}


def due_text(pace: Pace, done: int) -> str:
    """Like "1 of 2 pulled this week", or "3 pulled this week" where that is more than was due."""
    said = {"done": done, "often": pace.often}
    told = _more(pace) if done > pace.often else _so_far(pace)
    return told % said


def _so_far(pace: Pace) -> str:
    if pace.per == Per.WEEK:
        return (
            _("%(done)s of %(often)s pulled this week")
            if pace.apart == 1
            else _("%(done)s of %(often)s pulled in two weeks")
        )
    return (
        _("%(done)s of %(often)s pulled this month")
        if pace.apart == 1
        else _("%(done)s of %(often)s pulled in two months")
    )


def _more(pace: Pace) -> str:
    if pace.per == Per.WEEK:
        return _("%(done)s pulled this week") if pace.apart == 1 else _("%(done)s pulled in two weeks")
    return _("%(done)s pulled this month") if pace.apart == 1 else _("%(done)s pulled in two months")


def reason_text(pace: Pace, full: Pace, tally: Tally, measure: str) -> str:
    """Why a card is pulled as often as it is, in one sentence. `full`: how often it is while nothing is steady."""
    said = {
        "green": tally.green,
        "checks": tally.checks,
        "measure": measure,
        "pace": pace_text(pace),
        "full": pace_text(full),
        "enough": rules.ENOUGH,
        "percent": rules.STEADY_PERCENT,
        "again": rules.GREEN_AGAIN,
    }
    if pace.why == Why.FEW:
        return _few(tally, said)
    if pace.why == Why.STEADY:
        if measure:
            told = _("Green %(green)s of %(checks)s times in three months and no missed day of %(measure)s: %(pace)s")
        else:
            told = _("Green %(green)s of %(checks)s times in three months: %(pace)s")
        return _("%(told)s instead of %(full)s.") % {**said, "told": told % said}
    return (_stays(pace.why) % said).replace(" %", "\u00a0%")


def new_text(full: Pace, hung_on: date, today: date) -> str:
    """Of a card that hangs for less than three months and that nobody has pulled."""
    if hung_on == today:
        return _("New: hung today, not pulled yet. It is pulled %(full)s.") % {"full": pace_text(full)}
    said = {"day": formats.date_format(hung_on, _("j M")), "full": pace_text(full)}
    return _("Hung on %(day)s, not pulled yet. It is pulled %(full)s.") % said


def _few(tally: Tally, said: dict[str, object]) -> str:
    if not tally.checks:
        return _("Not pulled in three months. It is pulled %(full)s.") % said
    told = ngettext(
        "Green %(green)s of %(checks)s time in three months: %(full)s, until %(enough)s checks tell more.",
        "Green %(green)s of %(checks)s times in three months: %(full)s, until %(enough)s checks tell more.",
        tally.checks,
    )
    return told % said


def _stays(why: Why) -> str:
    if why == Why.NOT_STEADY:
        return _(
            "Green %(green)s of %(checks)s times in three months: %(full)s, until more than %(percent)s %% are green."
        )
    if why == Why.RED_LATELY:
        return _(
            "Green %(green)s of %(checks)s times in three months, but red lately: %(full)s, "
            "until it is green %(again)s times in a row."
        )
    if why == Why.HARM:
        return _(
            "Green %(green)s of %(checks)s times in three months, but %(measure)s missed its target: %(full)s, "
            "until three months pass without."
        )
    return _(
        "Green %(green)s of %(checks)s times in three months, but %(measure)s has no numbers to judge by: %(full)s."
    )


def week_text(start: date, green: int, red: int) -> str:
    """A week of a card for the ear: "Week of 3 Nov: 2 green, 1 red"."""
    day = formats.date_format(start, _("j M"))
    if not green and not red:
        return _("Week of %(day)s: not pulled") % {"day": day}
    if not red:
        return _("Week of %(day)s: %(green)s green") % {"day": day, "green": green}
    if not green:
        return _("Week of %(day)s: %(red)s red") % {"day": day, "red": red}
    return _("Week of %(day)s: %(green)s green, %(red)s red") % {"day": day, "green": green, "red": red}
