"""No number about one clinician by groups, ever: words that would name single people who work here.

A pure check of a code or the name of a column. A kind of work ("job family", "physician specialty") is a group and
passes; a clinician, or what tells one from another (an id, a license number), is a person and does not.
"""

import re
from typing import Final

from django.utils.translation import gettext as _

from org.rules import NotAllowed

_WHO: Final = (
    r"clinicians?|providers?|physicians?|doctors?|surgeons?|nurses?|attendings?|hospitalists?|prescribers?|consultants?|"
    r"practitioners?|midwi(?:fe|ves)|therapists?|anesthetists?|anaesthetists?|anesthesiologists?|pharmacists?|residents?|"
    r"operators?|performers?|employees?|staff_members?|colleagues?|workers?|caregivers?|performed_by|ordered_by|seen_by"
)
_TELLS: Final = r"ids?|no|nr|num|numbers?|codes?|names?|keys?|npis?|badges?|pins?|uuid|e_?mails?"
_ONE: Final = re.compile(
    rf"^(?:(?:attending|treating|ordering|responsible|admitting|referring|primary|rendering|individual|single|each|by|"
    rf"the)_)*(?:{_WHO})$|(?:^|_)(?:{_WHO}|staff|user|personnel)_?(?:{_TELLS})(?:_|$)|"
    r"(?:^|_)(?:npi|gmc(?:_\w+)?|nmc_pin|licen[sc]e_(?:no|nr|number|id)|dea_(?:no|number)|payroll_(?:no|number|id))(?:_|$)"
)


def names_one_person(word: str) -> bool:
    """Whether a dimension, or a column, of this name would tell single people who work here apart."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", word.strip())
    plain = re.sub(r"[^a-z0-9]+", "_", snake.casefold()).strip("_")
    return bool(_ONE.search(plain))


def sentence() -> str:
    """Why it is refused."""
    return _(
        "This would show numbers of single people who work here. Nobody's own numbers are shown by groups; use a kind "
        "of work instead, such as a job family."
    )


def refuse(*words: str) -> None:
    """Raise NotAllowed where one of `words` names single people."""
    if any(names_one_person(word) for word in words):
        raise NotAllowed(sentence())
