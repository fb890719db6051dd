"""What is under way at the moment at which the demo hospital is made: invented, as `concerns`. Data only."""

from dataclasses import dataclass
from typing import Final

from huddleboard.demo.concerns import Concern


@dataclass(frozen=True, slots=True)
class Waiting:
    """An issue that is under way at the moment at which the hospital is made: raised `hours` ago at `unit`, it has
    reached the unit of `tier` above and stands there as `status`; "declined" and "parked" are not possible now.
    """

    concern: Concern
    unit: str
    tier: int
    status: str
    hours: float
    urgent: bool = False
    people: int | None = None
    groups: tuple[str, ...] = ()


def _open(title: str, category: str, letter: str, asked: str, answer: str = "") -> Concern:
    return Concern(title, category, letter, answer, (), asked=asked)


UNDER_WAY: Final = (
    Waiting(
        _open("CT images take 20 minutes to appear since yesterday", "it", "D", "A call to the vendor from the top"),
        "ED",
        4,
        "raised",
        26,
        urgent=True,
        people=40,
    ),
    Waiting(
        _open("Interpreter video is down in three clinics", "access", "E", "Rent twelve units until it is repaired"),
        "HSC",
        4,
        "raised",
        21,
        people=60,
        groups=("language:es",),
    ),
    Waiting(
        _open("Boarders wait eight hours every night this week", "flow", "D", "Open six beds on step-down tonight"),
        "ED",
        4,
        "raised",
        19,
        people=22,
    ),
    Waiting(
        _open("Agency cost of nights is over budget for the third month", "staffing", "C", "Decide on four posts"),
        "MICU",
        4,
        "acknowledged",
        44,
    ),
    Waiting(
        _open(
            "Discharge papers only in English at the weekend",
            "access",
            "E",
            "Papers in five languages",
            "The print shop delivers sets in five languages before Saturday.",
        ),
        "5W",
        3,
        "answered",
        30,
        groups=("language:es", "language:other"),
    ),
    Waiting(
        _open(
            "IV pumps are missing in the morning",
            "equipment",
            "D",
            "Ten pumps by noon",
            "Twelve pumps were moved from the operating rooms. Are there enough now?",
        ),
        "5W",
        3,
        "done",
        27,
    ),
    Waiting(
        _open(
            "No sitter for a patient who climbs out of bed",
            "staffing",
            "S",
            "One person for tonight",
            "A float from the pool came at 19:00, and is booked until Friday.",
        ),
        "ED",
        2,
        "done",
        25,
    ),
    Waiting(
        _open(
            "Aggressive visitor at the desk in the evening",
            "staffing",
            "P",
            "A guard in the evening",
            "A guard walks by at 19:00 and 21:00 from today.",
        ),
        "ED",
        2,
        "answered",
        24,
    ),
    Waiting(
        _open("Potassium results come after rounds", "flow", "D", "An early draw at 04:30"), "STEP", 2, "raised", 5
    ),
    Waiting(
        _open("Two nights without a second triage nurse", "staffing", "S", "One nurse tonight"), "ED", 2, "raised", 4
    ),
    Waiting(_open("Blanket warmer in bay 3 smells burnt", "equipment", "S", ""), "ED", 1, "raised", 2, urgent=True),
    Waiting(_open("Nobody empties the specimen tube after 22:00", "method", "D", ""), "ED", 1, "acknowledged", 22),
    Waiting(
        _open("Signs to the X-ray room are in English only", "access", "E", "", "Signs in Spanish are up by Friday."),
        "ED",
        1,
        "answered",
        24,
    ),
    Waiting(_open("Bladder scanner is not charged at night", "equipment", "Q", ""), "5W", 1, "raised", 3),
    Waiting(
        _open(
            "A third triage booth is needed in the evening",
            "facilities",
            "D",
            "A wall moved this year",
            "No wall can be moved before the rebuilding in spring. A folding screen comes on Monday.",
        ),
        "ED",
        2,
        "declined",
        50,
    ),
    Waiting(_open("Chairs in the waiting room are worn", "facilities", "P", ""), "ED", 1, "parked", 70),
)

#: What somebody of 5 West told in confidence, without an account, so many hours ago.
IN_CONFIDENCE: Final = _open("Remarks about accents when families ask for an interpreter", "access", "E", "")
IN_CONFIDENCE_UNIT: Final = "5W"
IN_CONFIDENCE_HOURS: Final = 20.0
