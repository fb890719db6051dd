"""A calendar: its week and its holidays."""

import re
from datetime import time
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from org.forms.plain import PlainForm
from org.forms.units import DAY
from org.rules import HuddleTime

WEEKDAYS: Final = (
    _("Monday"),
    _("Tuesday"),
    _("Wednesday"),
    _("Thursday"),
    _("Friday"),
    _("Saturday"),
    _("Sunday"),
)
DEFAULT_MINUTES: Final = 15
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?:\s*/\s*(\d{1,3}))?")


def read_times(weekday: int, text: str) -> list[HuddleTime]:
    """Huddles of a weekday from "07:00, 16:30/5": times, where needed with minutes. Raises ValidationError."""
    found = []
    for part in filter(None, (part.strip() for part in text.replace(";", ",").split(","))):
        match = _TIME.fullmatch(part)
        hour, minute, minutes = (
            (int(group) if group else DEFAULT_MINUTES for group in match.groups()) if match else (24, 0, 0)
        )
        if hour > 23 or minute > 59 or not 1 <= minutes <= 240:
            raise ValidationError(
                _now("%(text)s is no time; write 07:00, or 07:00/10 for ten minutes.") % {"text": part}
            )
        found.append(HuddleTime(weekday, time(hour, minute), minutes))
    return found


def times_text(times: list[HuddleTime]) -> str:
    """The opposite of `read_times`."""
    return ", ".join(f"{t.starts_at:%H:%M}" + ("" if t.minutes == DEFAULT_MINUTES else f"/{t.minutes}") for t in times)


class CalendarForm(PlainForm):
    """Name, working days and huddle times."""

    name = forms.CharField(label=_("Name"), max_length=80)
    is_default = forms.BooleanField(label=_("Used where no other calendar is chosen"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in enumerate(WEEKDAYS):
            self.fields[f"works_{number}"] = forms.BooleanField(label=name, required=False, initial=True)
            self.fields[f"times_{number}"] = forms.CharField(label=_("Huddles"), required=False, max_length=200)

    def week(self) -> list[tuple[Any, Any, Any]]:
        """Name, box and times of each weekday, for the table."""
        return [(name, self[f"works_{n}"], self[f"times_{n}"]) for n, name in enumerate(WEEKDAYS)]

    def clean(self) -> dict[str, Any]:
        """Read the times and add up the working days."""
        cleaned = super().clean() or {}
        cleaned["weekdays"] = sum(1 << n for n in range(7) if cleaned.get(f"works_{n}"))
        cleaned["huddles"] = []
        for n in range(7):
            try:
                cleaned["huddles"] += read_times(n, cleaned.get(f"times_{n}", ""))
            except ValidationError as error:
                self.add_error(f"times_{n}", error)
        return cleaned


class HolidayForm(PlainForm):
    """One holiday; an empty row is left out."""

    day = forms.DateField(label=_("Day"), widget=DAY, required=False)
    name = forms.CharField(label=_("Name"), max_length=80, required=False)
    works = forms.BooleanField(label=_("We work"), required=False)

    def clean(self) -> dict[str, Any]:
        """Day and name belong together."""
        cleaned = super().clean() or {}
        if bool(cleaned.get("day")) != bool(cleaned.get("name")) and not self.errors:
            raise ValidationError(_("A holiday has a day and a name."))
        return cleaned


HolidayForms = forms.formset_factory(HolidayForm, extra=4, max_num=400, absolute_max=500)
