"""The six elements of the requirement on health care equity, and when one of them stands.

Our own words for what the Joint Commission asks (LD.04.03.08, later NPSG.16.01.01): a leader, health-related social
needs, stratified data, a written plan, action when a goal is missed, a yearly report to leaders and staff.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from org.rules import Permission, Role, roles_with

#: How far back the evidence looks (days).
REACH_DAYS: Final = 366
#: So many charts of groups are drawn.
MOST_CHARTS: Final = 4
#: Dimensions that a survey asks for first, by their codes in the catalogue.
ASKED_DIMENSIONS: Final = ("race_ethnicity", "language", "sex", "age_band")


class Element(IntegerChoices):
    """The six."""

    LEADER = 1, _("A leader is named")
    NEEDS = 2, _("Social needs are asked about")
    DATA = 3, _("Quality and safety are looked at by groups")
    PLAN = 4, _("There is a written plan")
    ACTION = 5, _("Something is done when a goal is missed")
    REPORT = 6, _("Leaders and staff are told every year")


ASKS: Final[Mapping[Element, Any]] = {
    Element.LEADER: _("Somebody by name leads the work to reduce differences in care."),
    Element.NEEDS: _(
        "Patients are asked about food, housing, transport, utilities and safety, and hear where there is help."
    ),
    Element.DATA: _("Measures of quality and safety are split by who the patients are, to find differences."),
    Element.PLAN: _("For at least one difference a plan says what is done, by when and how it is known to work."),
    Element.ACTION: _("Where a goal of the plan is not reached or not kept, something else is tried."),
    Element.REPORT: _("At least once a year leaders, licensed practitioners and staff hear how far it has come."),
}


class Standing(TextChoices):
    """Whether there is proof now."""

    STANDS = "stands", _("Proof stands")
    PARTLY = "partly", _("Partly")
    MISSING = "missing", _("Proof is missing")


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that stands as proof, where it comes from, and of which day it is, in words."""

    text: str
    source: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that is not there, in plain words, and where to mend it. `needs`: what it takes to do so there."""

    text: str
    link: str
    url: str
    needs: Permission

    @property
    def whose(self) -> str:
        """Whose work it is, for a reader who may not: the roles that carry the right."""
        return ", ".join(str(role.label) for role in Role if role in roles_with(self.needs))


def standing(facts: int, lacks: int) -> Standing:
    """How an element stands with so many proofs and so many things that lack."""
    if not facts:
        return Standing.MISSING
    return Standing.PARTLY if lacks else Standing.STANDS
