"""The paper of a ticket as a table: which sections an A3 and a charter have, what each asks, how much fits.

The nine sections of an A3 are those of domain.md §5.5; the first is its head. Six- and eight-step variants leave some
out, so each may be left out but keeps what was written in it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from improvement.rules.tickets import Size


class Form(TextChoices):
    """What kind of paper it is."""

    A3 = "a3", _("A3")
    CHARTER = "charter", _("Project charter")


class Section(TextChoices):
    """A section of a paper, by the name of its text."""

    BACKGROUND = "background", _("Background")
    CONDITION = "condition", _("Current condition")
    GOAL = "goal", _("Goal")
    CAUSES = "causes", _("Causes")
    COUNTERMEASURES = "countermeasures", _("Countermeasures")
    PLAN = "plan", _("Plan")
    RESULTS = "results", _("Results")
    FOLLOW_UP = "follow_up", _("Follow-up")
    SCOPE = "scope", _("Scope")
    TEAM = "team", _("Team")
    RISKS = "risks", _("Risks")
    DRIVERS = "drivers", _("Drivers")


#: Which paper a size asks for; the others have none.
PAPER_OF: Final[Mapping[str, Form]] = {Size.A3: Form.A3, Size.PROJECT: Form.CHARTER}
SECTIONS: Final[Mapping[str, tuple[Section, ...]]] = {
    Form.A3: (
        Section.BACKGROUND,
        Section.CONDITION,
        Section.GOAL,
        Section.CAUSES,
        Section.COUNTERMEASURES,
        Section.PLAN,
        Section.RESULTS,
        Section.FOLLOW_UP,
        Section.DRIVERS,
    ),
    Form.CHARTER: (
        Section.BACKGROUND,
        Section.GOAL,
        Section.SCOPE,
        Section.TEAM,
        Section.CONDITION,
        Section.PLAN,
        Section.RISKS,
        Section.RESULTS,
        Section.DRIVERS,
    ),
}
#: Sections that a paper begins without: whoever needs them puts them in.
AT_FIRST_OUT: Final[Mapping[str, tuple[Section, ...]]] = {Form.A3: (Section.DRIVERS,), Form.CHARTER: ()}
#: Sections as wide as the sheet, below its halves.
WIDE: Final = frozenset({Section.DRIVERS})
#: The sections of the left half of the sheet; the rest stand on the right.
LEFT: Final[Mapping[str, frozenset[Section]]] = {
    Form.A3: frozenset({Section.BACKGROUND, Section.CONDITION, Section.GOAL, Section.CAUSES}),
    Form.CHARTER: frozenset({Section.BACKGROUND, Section.GOAL, Section.SCOPE, Section.TEAM}),
}
ASKS: Final[Mapping[Section, Any]] = {
    Section.BACKGROUND: _("Why this, why now, and for whom? Which aim does it serve?"),
    Section.CONDITION: _("What happens today? What did you see where the work is done, and for which groups?"),
    Section.GOAL: _("What should be how much better, by when, and for whom?"),
    Section.CAUSES: _("Why does it happen? Which facts were checked?"),
    Section.COUNTERMEASURES: _("What takes the causes away? Who may be worse off by it?"),
    Section.PLAN: _("Who does what by when, and which tests come first?"),
    Section.RESULTS: _("What came of it, beside what was expected? What else changed?"),
    Section.FOLLOW_UP: _("Which standard changed? Who else can use it? When does somebody look again?"),
    Section.SCOPE: _("What belongs to it, and what does not?"),
    Section.TEAM: _("Who takes part, with how much time? Who decides?"),
    Section.DRIVERS: _("What does the aim hang on, and which ideas move that?"),
    Section.RISKS: _("What could go wrong, and who may be worse off?"),
}

#: Characters of a section that a page takes in, and that are refused whatever comes.
TEXT: Final = 4000
MOST: Final = 12_000
#: Bytes of one change, and of the shared text with all that is known of it.
LARGEST_CHANGE: Final = 256 * 1024
LARGEST_STATE: Final = 4 * 1024 * 1024
#: A pause after which what stood is kept as a version, and how long writing goes on without one.
PAUSE: Final = timedelta(minutes=10)
LONGEST_STRETCH: Final = timedelta(minutes=30)
NAME: Final = 80
COMMENT: Final = 1000


class Kept(TextChoices):
    """Why a version was kept."""

    PAUSE = "pause", _("kept after a pause")
    NAMED = "named", _("kept by hand")
    BEFORE_RESTORE = "before", _("what stood before an earlier version came back")


class Branch(TextChoices):
    """A bone of the fishbone: where a cause lies."""

    PEOPLE = "people", _("People")
    WAY = "way", _("Way of working")
    PLACE = "place", _("Place")
    EQUIPMENT = "equipment", _("Equipment")
    SUPPLIES = "supplies", _("Supplies")
    INFORMATION = "information", _("Information")
    RULES = "rules", _("Rules and priorities")


class Standing(TextChoices):
    """What is known of a cause."""

    GUESS = "guess", _("Not checked yet")
    FACT = "fact", _("Checked: it is so")
    REFUTED = "refuted", _("Checked: it is not so")


class Level(TextChoices):
    """How much: of an effect, of an effort."""

    LITTLE = "1", _("little")
    SOME = "2", _("some")
    MUCH = "3", _("much")


class Course(TextChoices):
    """How far a countermeasure is."""

    IDEA = "idea", _("Idea")
    CHOSEN = "chosen", _("Chosen")
    TRIED = "tried", _("Being tried")
    STANDARD = "standard", _("Standard now")
    DROPPED = "dropped", _("Let go")


class Place(TextChoices):
    """Where a node of a driver diagram stands."""

    PRIMARY = "primary", _("Primary driver")
    SECONDARY = "secondary", _("Secondary driver")
    IDEA = "idea", _("Idea of change")


#: Where what hangs on a node may stand.
BELOW: Final[Mapping[str, tuple[Place, ...]]] = {
    Place.PRIMARY: (Place.SECONDARY, Place.IDEA),
    Place.SECONDARY: (Place.IDEA,),
    Place.IDEA: (),
}


class Part(TextChoices):
    """Which kind of measure shows whether a driver moves."""

    OUTCOME = "outcome", _("Outcome")
    PROCESS = "process", _("Process")
    BALANCING = "balancing", _("Balancing")


LINE: Final = 200
#: How deep one asks why.
DEEPEST: Final = 5
MOST_CAUSES: Final = 60
MOST_COUNTERMEASURES: Final = 30
MOST_STEPS: Final = 60
MOST_DRIVERS: Final = 80


def sections_of(form: str, left_out: "frozenset[str] | set[str] | list[str]") -> list[Section]:
    """The sections of a paper in their order, without those left out."""
    return [section for section in SECTIONS[form] if section not in left_out]


def keeps_before(began: datetime | None, last_edit: datetime | None, now: datetime) -> bool:
    """Whether what stands is kept as a version before a change at `now`: after a pause, or a long stretch of writing.

    `began`: the first change that no version holds yet, None where one holds all; `last_edit`: the last of them.
    """
    if began is None or last_edit is None:
        return False
    return now - last_edit >= PAUSE or now - began >= LONGEST_STRETCH
