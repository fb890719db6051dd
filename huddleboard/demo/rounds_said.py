"""What people say on rounds in the demo hospital: by kind of round, by place of the question. Invented; no patients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rounding.rules.questions import SetKind

#: Kind → place of a question → what may be answered: words, or "=" and what is tapped.
SAID: Final[Mapping[SetKind, Mapping[int, Sequence[str]]]] = {
    SetKind.STAFF: {
        1: (
            "Two discharges were ready before ten",
            "The new float nurse knew the unit from day one",
            "Interpreter tablet worked every time this week",
            "Transport came within ten minutes",
            "The night shift left the supply room in order",
        ),
        3: (
            "Third shift with one aide short",
            "Phones ring at the desk while medicines are prepared",
            "Waiting for the tube system, then walking to pharmacy",
            "Looking for a wheelchair takes ten minutes",
            "Two admissions at the same time as handover",
        ),
        4: (
            "The label printer loses its connection",
            "One of two bladder scanners is in repair since last week",
            "Gloves in size S run out by Thursday",
            "The badge reader at the supply room is slow",
        ),
        5: (
            "One place for wheelchairs, marked on the floor",
            "Fewer alarms that mean nothing",
            "A second workstation by the window",
            "Discharge medicines the evening before",
        ),
        6: ("=yes", "=yes", "=partly", "=no"),
        8: ("=yes", "=yes", "=yes", "=partly"),
        9: ("Thank you for coming at shift change", "Come on a night, too", "Nothing more today"),
    },
    SetKind.PATIENT: {
        1: ("=yes", "=yes", "=partly", "=no"),
        2: ("=yes", "=yes", "=partly", "=yes"),
        4: ("=0", "=1", "=1", "=2"),
        5: ("=yes", "=yes", "=partly"),
        6: (
            "Noise of the carts at night",
            "Nobody said how long the scan takes",
            "The way to the elevator is not marked",
        ),
        8: ("Tell us the day before when we go home", "Menus in Spanish", "A place for the family to charge a phone"),
    },
    SetKind.GEMBA: {
        1: ("Pumps come back cleaned and charged to one shelf", "Every bed is asked for at the time of the order"),
        2: ("The shelf is full at seven", "The list on the wall is empty by noon", "We do not, before somebody calls"),
        3: ("We called three units and borrowed one", "It waited for the evening shift"),
        5: (
            "Walking to the second floor for tubing",
            "Typing the same number into two systems",
            "Searching a lead apron",
        ),
        6: ("The line has not moved since the change in spring", "It got better, then stayed"),
        8: (
            "A decision about the second shelf",
            "Half an hour of the engineer",
            "Nothing, let us try it for two weeks",
        ),
    },
    SetKind.HUMBLE: {
        1: (
            "For families who come after work: nobody explains at eight in the evening",
            "For those who do not read English",
        ),
        2: ("By nods. We notice at home that they did not understand", "A cousin translates on the phone"),
        3: ("The night cleaners. They hear most", "Volunteers at the door"),
        5: ("When I report something and hear nothing for weeks", "In meetings with five titles before my name"),
        6: ("That the forms are there in Spanish. Only half of them are", "That a call back is quick"),
        7: ("The second signature", "Asking for numbers that nobody reads"),
    },
    SetKind.SAFETY_WALK: {
        1: (
            "Two look-alike vials side by side",
            "The door that sticks on the way to the crash cart",
            "Being one nurse short at night",
        ),
        2: ("Scanning after giving, when the scanner is flat", "Propping the fire door for the carts"),
        3: ("In October, and the shelf was moved two days later", "Never yet. I tell the lead"),
        4: ("The door, and the scanners", "Night staffing, and the CT waits"),
    },
    SetKind.ENVIRONMENT: {
        1: ("=yes", "=yes", "=partly"),
        2: ("=yes", "=partly", "=no"),
        3: ("=yes", "=yes", "=no"),
        4: ("=yes", "=partly"),
        5: ("=partly", "=no", "=yes"),
        6: ("=yes",),
        7: ("=partly", "=yes"),
        8: ("=yes",),
        9: ("=yes", "=yes", "=yes", "=no"),
    },
    SetKind.NEW_STARTER: {
        1: ("The team, and the two weeks with a mentor", "The schedule is what I was told"),
        2: ("The first weekend alone", "Nothing so far"),
        3: ("=yes", "=partly"),
        4: ("Where I came from the whiteboard had the plan of the family, too",),
    },
    SetKind.STAT_SHEET: {
        1: ("Two patients at high risk of falling", "None today"),
        3: ("=yes", "=partly", "=no"),
        4: ("One bed scale is missing", "All there"),
        5: ("Transport at noon", "Two wait for a bed upstairs", "Nothing"),
        7: ("Hourly round was missed in the evening", "All did"),
        8: ("Whiteboards with the day of going home", "Nothing this week"),
        9: ("At the desk at three o’clock", "Nowhere, we are fine"),
    },
}

#: Seen beside the questions, where the round went.
SEEN: Final = (
    "Linen cart stands in front of the exit",
    "The sign to the elevator hangs behind a plant",
    "Hand rub at bed side is empty in two bays",
    "A colleague explained the plan with a drawing, in Spanish",
)

#: For what somebody is thanked.
THANKS: Final = (
    "Stayed with a frightened family until the interpreter came",
    "Found the missing pump before anybody asked",
    "Spoke up when the label looked wrong",
    "Four rooms ready before seven",
    "Showed the new colleague the way through a hard night",
    "Called the pharmacy three times, kindly, until it came",
)
#: Colleagues without an account, thanked by name.
OTHERS: Final = ("Rosa from housekeeping", "Tom from transport", "The night pharmacist", "Ines from the kitchen")


@dataclass(frozen=True, slots=True)
class Vow:
    """A promise: what, for how many days later, and what is said when it is kept, or why it could not be."""

    text: str
    days: int
    kept: str
    why: str


VOWS: Final = (
    Vow(
        "Two wheelchairs from the store room",
        3,
        "They stand at the east door",
        "There are none before the delivery in spring",
    ),
    Vow(
        "Ask IT for a new label printer",
        7,
        "It prints since this morning",
        "IT replaces all of them in March, not before",
    ),
    Vow("Bring gloves in size S to the supply round", 5, "Supply brings two boxes more a week", ""),
    Vow("Come on a night shift", 14, "Was there from two to four", ""),
    Vow(
        "Talk with transport about noon",
        7,
        "They send a second porter from twelve to two",
        "No porter can be spared at noon",
    ),
    Vow("Get the menus in Spanish", 10, "They lie on every ward", ""),
    Vow("Have the door to the crash cart repaired", 2, "Facilities repaired it the next day", ""),
    Vow(
        "Find out why we hear nothing of reports",
        14,
        "A reply within a week is the rule now",
        "It takes a new form; that comes with the next release",
    ),
)

COMMENTS: Final = (
    "It came back yesterday, thank you.",
    "On nights it is the same.",
    "We have tried it with one shelf. It helps.",
)

#: A leader's own minute.
SURPRISED: Final = ("How long they had lived with it", "How much they knew about the numbers", "That nobody was angry")

#: What a note is about, by what its words hold.
THEMES: Final = (
    ("supplies", ("glove", "linen", "wheelchair", "hand rub", "gown", "towel")),
    ("equipment", ("pump", "printer", "monitor", "scale", "scanner", "lift", "label", "bed scale", "badge reader")),
    ("language and interpreters", ("interpret", "spanish", "language", "translat", "menu")),
    ("staffing", ("staffing", "nurse", "porter", "alone", "one more")),
    ("flow", ("wait", "transport", "elevator", "going home", "upstairs", "discharge", "noon")),
    ("safety", ("fall", "exit", "crash", "wrong", "risk", "alarm", "missed")),
    ("communication", ("report", "explain", "call", "hear", "told", "whiteboard", "plan")),
    ("environment", ("noise", "sign", "light", "door", "cold", "warm", "loud", "clean")),
)


def themes_of(text: str) -> list[str]:
    """Up to two themes of what was noted."""
    words = text.lower()
    return [tag for tag, holds in THEMES if any(part in words for part in holds)][:2]
