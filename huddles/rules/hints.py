"""Hints that a text may tell who a patient is: pure, quick, never in the way. English and Spanish.

They are guesses: a hint is shown beside the field and nothing is refused. A missed name is worse than a hint too many,
but whoever sees hints at every second word stops reading them; so a name needs a word that announces a patient.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """What a part of a text looks like."""

    NAME = "name"
    NUMBER = "number"
    BIRTH = "birth"
    PHONE = "phone"


#: What is said about each. Lazy: the reader's language.
WORDS: Final = {
    Kind.NAME: _("“%(found)s” looks like the name of a patient."),
    Kind.NUMBER: _("“%(found)s” looks like a number of a patient."),
    Kind.BIRTH: _("“%(found)s” looks like a date of birth."),
    Kind.PHONE: _("“%(found)s” looks like a phone number."),
}

#: How much of a text is looked at: more than any field takes.
LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Hint:
    """A part of a text, from `start` until `end`, that looks like `kind`."""

    kind: Kind
    start: int
    end: int
    found: str

    @property
    def words(self) -> str:
        """What is said about it."""
        return str(WORDS[self.kind]) % {"found": self.found}


_MONTH: Final = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|ene|abr|ago|dic|enero|febrero|marzo|abril|mayo|junio|julio"
    r"|agosto|septiembre|octubre|noviembre|diciembre|january|february|march|april|june|july|august|september|october"
    r"|november|december)\.?"
)
_DATE: Final = (
    rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-](?:\d{{4}}|\d{{2}})|\d{{4}}-\d{{1,2}}-\d{{1,2}}"
    rf"|\d{{1,2}}(?:\s+de)?\s+{_MONTH}(?:\s+de)?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}},?\s+\d{{4}})"
)
_BORN: Final = (
    r"(?:d\.?o\.?b\.?|born(?:\s+on)?|birth\s?date|date\s+of\s+birth"
    r"|f\.?d?\.?n\.?|nacid[oa](?:\s+el)?|fecha\s+de\s+nacimiento)"
)
#: A capital letter, then small ones, also after an apostrophe or a hyphen: O'Neill, García-López, McKay.
_CAPITAL: Final = r"[A-ZÀ-ÖØ-Þ](?:['’][A-ZÀ-ÖØ-Þ])?[a-zà-öø-ÿ]+(?:['’-]?[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)*"
_TITLE: Final = r"(?:Mr|Mrs|Ms|Miss|Mx|Sra|Sr|Srta|Señora|Señorita|Señor|Don|Doña|Baby)\b\.?"
_PATIENT: Final = r"(?:[Pp]atients?|[Pp]ts?\.?|PT|PATIENT|[Pp]acientes?|PACIENTE|[Rr]esident|[Rr]esidente)"
#: Words that begin with a capital after "patient" and are no names.
_NO_NAMES: Final = frozenset(
    """room bed transport care safety experience lift lifts transfer access monitor monitors portal falls fall and or
    the in on at services education satisfaction advocate flow volume relations tower line family families monday
    tuesday wednesday thursday friday saturday sunday with without was is has had were are waiting waited needs needed
    fell says said spanish english lunes martes miércoles jueves viernes sábado domingo y en con sin es está fue cae
    cayó espera habitación cama""".split()  # noqa: SIM905 - a list of words reads best as words
)

_BIRTH = re.compile(rf"\b{_BORN}\s*[:=]?\s*({_DATE})", re.IGNORECASE)
#: Any full date of more than three years ago is rather a birth than an event of the ward; the caller has no clock,
#: so years before 2016 stand for it.
_OLD_DATE = re.compile(rf"(?<![\d./-])({_DATE})(?![\d/-])", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d{2}")
_RECORD = re.compile(
    r"\b(?:m\.?r\.?n\.?|med(?:ical)?\s+rec(?:ord)?|record|chart|acc(?:oun)?t|account|encounter|visit|csn|fin|har"
    r"|historia(?:\s+cl[ií]nica)?|h\.?c\.?|nhc|expediente|cuenta|patient\s+id|id\s+del?\s+paciente)"
    r"\s*(?:no\.?|number|num(?:ber)?|n[uú]mero|nº|n°|#|:|=)?\s*[:#]?\s*([A-Za-z]{0,3}\d[\d-]{3,13}\d)\b",
    re.IGNORECASE,
)
_SSN = re.compile(r"(?<![\d-])(\d{3}-\d{2}-\d{4})(?![\d-])")
_LONG = re.compile(r"(?<![\w.,-])(\d{7,12})(?![\w-]|[.,]\d)")
_PHONE = re.compile(
    r"(?<![\w.-])((?:\+\d{1,3}[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-])\d{3}[\s.-]\d{4}|\+\d{1,3}(?:[\s.-]?\d{2,4}){3,4})(?![\w-])"
)
_TITLED = re.compile(rf"\b{_TITLE}\s+({_CAPITAL}(?:\s+(?:de\s+(?:la\s+)?|del\s+)?{_CAPITAL}){{0,2}})")
_NAMED = re.compile(rf"\b{_PATIENT}\s*[:,]?\s+({_CAPITAL}(?:\s+(?:de\s+(?:la\s+)?|del\s+)?{_CAPITAL}){{0,2}})")
_CALLED = re.compile(
    rf"\b(?:[Nn]amed|[Cc]alled|[Nn]ame\s+is|[Ll]lamad[oa]|[Ss]e\s+llama)\s+({_CAPITAL}(?:\s+{_CAPITAL}){{0,2}})"
)
#: "Smith, John": a surname and a given name as lists of patients write them, alone in the text or after a bed.
_LISTED = re.compile(
    rf"(?:^|\b(?:bed|room|rm|cama|hab)\.?\s*\w{{1,5}}[:\s]\s*)({_CAPITAL},\s{_CAPITAL})\b", re.IGNORECASE
)


def find(text: str) -> tuple[Hint, ...]:
    """What in `text` may tell who a patient is, in the order of the text; parts do not overlap."""
    text = text[:LONGEST]
    hints: list[Hint] = []
    for kind, match in _matches(text):
        start, end = match.span(1)
        if all(end <= other.start or start >= other.end for other in hints):
            hints.append(Hint(kind, start, end, match.group(1)))
    return tuple(sorted(hints, key=lambda hint: hint.start))


def _matches(text: str) -> list[tuple[Kind, re.Match[str]]]:
    """All that matches, the surest first: where two overlap the first is kept."""
    found = [(Kind.BIRTH, match) for match in _BIRTH.finditer(text)]
    found += [(Kind.NUMBER, match) for match in _SSN.finditer(text)]
    found += [(Kind.NUMBER, match) for match in _RECORD.finditer(text)]
    found += [(Kind.PHONE, match) for match in _PHONE.finditer(text)]
    found += [(Kind.BIRTH, match) for match in _OLD_DATE.finditer(text) if _is_long_ago(match.group(1))]
    found += [(Kind.NUMBER, match) for match in _LONG.finditer(text)]
    names = [match for pattern in (_TITLED, _NAMED, _CALLED) for match in pattern.finditer(text)]
    names += [match for match in _LISTED.finditer(text) if match.group(1).istitle()]
    return found + [(Kind.NAME, match) for match in names if match.group(1).split()[0].lower() not in _NO_NAMES]


def _is_long_ago(written: str) -> bool:
    year = _YEAR.search(written)
    if year is not None:
        return 1900 <= int(year.group()) < 2016
    short = re.search(r"(\d{2})$", written)
    return short is not None and 30 <= int(short.group(1)) <= 99
