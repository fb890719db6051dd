"""What runs out for an issue, and when, in words. `now` is aware and local, as in `words`."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from boards.queries.words import short_day
from huddles.models import Issue
from huddles.queries import words
from huddles.queries.words import deadline
from huddles.rules.clocks import CLOCKS, Clock
from huddles.rules.issues import Status, status_text, verdict_text


def end_day(at: datetime, now: datetime) -> str:
    """The day that ends at `at` in the zone of `now`."""
    return short_day((at.astimezone(now.tzinfo) - timedelta(microseconds=1)).date(), now.date())


def status_word(issue: Issue) -> str:
    """Where an issue stands, in words."""
    return status_text(issue.status, issue.outcome)


def told_word(issue: Issue, outcome: str) -> str:
    """What whoever told it without an account says about what was done; empty where nothing was said."""
    if not issue.reporter_verdict:
        return ""
    said = _("Whoever told it says: %(verdict)s.") % {"verdict": verdict_text(issue.reporter_verdict, outcome)}
    return f"{said} “{issue.reporter_line}”" if issue.reporter_line else said


def due(status: str, clock_at: datetime | None, now: datetime) -> str:
    """What runs out for an issue of `status`, and when: "take by 12:00"; "2 h late – it was due 15:00"."""
    kind = CLOCKS.get(Status(status))
    if clock_at is None or kind is None:
        return ""
    when = deadline(clock_at, now)
    if clock_at <= now:
        return _("%(late)s late – due %(time)s") % {"late": words.span(now - clock_at), "time": when}
    return {
        Clock.ACKNOWLEDGE: _("take by %(time)s"),
        Clock.ANSWER: _("answer by %(time)s"),
        Clock.PROMISE: _("promised for %(time)s"),
        Clock.CONFIRM: _("confirm by %(time)s"),
        Clock.LOOK_AGAIN: _("look again %(time)s"),
    }[kind] % {"time": when}
