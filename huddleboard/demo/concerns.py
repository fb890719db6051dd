"""What people of the demo hospital raise, and what they hear back: invented, but of the kind one hears. Data only."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Concern:
    """An issue as somebody says it. `tier`: how high it has to go for its answer; `side`: the support service to which
    it is handed instead ("" for none); `where`: the units in which it is raised.
    """

    title: str
    category: str
    letter: str
    answer: str
    where: tuple[str, ...]
    tier: int = 1
    side: str = ""
    asked: str = ""


_WARDS: Final = ("4W", "4E", "5W", "5E", "6W", "3W", "3E", "PED", "MB", "STEP", "OBS")
_CARE: Final = ("MICU", "SICU", "NICU", "ED", "STEP")
_CLINICS: Final = ("HSC", "NSC", "VSC")

CONCERNS: Final = (
    Concern(
        "Bladder scanner is not charged at night",
        "equipment",
        "Q",
        "Charger moved to the med room; night shift plugs it in.",
        _WARDS,
    ),
    Concern(
        "Two blood pressure machines show different values",
        "equipment",
        "S",
        "One taken out of use, loan device here by noon.",
        _WARDS,
        side="FAC",
    ),
    Concern(
        "No isolation gowns in the cart by the door",
        "supplies",
        "S",
        "Par level raised from 20 to 40 a day.",
        _WARDS,
        side="SCM",
    ),
    Concern(
        "Call light of room 12 does not ring at the desk",
        "facilities",
        "S",
        "Repaired; all rooms of the hall were checked.",
        _WARDS,
        side="FAC",
    ),
    Concern(
        "Late trays for patients after dialysis",
        "communication",
        "D",
        "Kitchen is called when the patient leaves dialysis.",
        ("4W", "4E", "5E"),
    ),
    Concern(
        "Discharge papers only in English at the weekend",
        "access",
        "E",
        "Spanish set printed each Friday; video interpreter reads it through.",
        _WARDS,
        tier=2,
        asked="A set of papers in the five main languages",
    ),
    Concern(
        "IV pumps are missing in the morning",
        "equipment",
        "D",
        "Six pumps moved from the operating rooms; count at 06:30 every day.",
        _WARDS,
        tier=3,
        asked="Ten pumps by noon",
    ),
    Concern(
        "Transport waits over 40 minutes for CT",
        "flow",
        "D",
        "Porter from 10:00 to 14:00 only for CT, two weeks on trial.",
        ("ED", "5W", "3W"),
        tier=3,
        asked="A porter for CT from 10:00 to 14:00",
    ),
    Concern(
        "No sitter for a patient who climbs out of bed",
        "staffing",
        "S",
        "Float from the pool for tonight; sitter list is kept at tier 2.",
        _WARDS,
        tier=2,
        asked="One person for tonight",
    ),
    Concern(
        "Pain score is not asked again after an hour",
        "method",
        "Q",
        "Reminder on the work list; two charts a day are looked at together.",
        _WARDS,
    ),
    Concern(
        "Interpreter tablet has no sound",
        "it",
        "E",
        "Tablet exchanged; a spare one is at the desk.",
        ("ED", "HSC", "NSC", "OBS"),
        side="IT",
    ),
    Concern(
        "Door of the medication room does not lock",
        "facilities",
        "S",
        "Lock exchanged the same day.",
        _WARDS,
        side="FAC",
    ),
    Concern(
        "Labels of the new heparin look like the old ones",
        "supplies",
        "S",
        "Bins moved apart, red lid on the stronger one.",
        ("MICU", "SICU", "5E", "PHA"),
        side="PHA",
    ),
    Concern(
        "Potassium results come after rounds",
        "flow",
        "D",
        "Early draw at 04:30 for patients on the list.",
        _CARE,
        tier=2,
        asked="An early draw at 04:30",
    ),
    Concern(
        "Bed cleaning is not called when the patient leaves",
        "communication",
        "D",
        "Clerk presses it in the system when the wheelchair comes.",
        _WARDS,
    ),
    Concern(
        "Lift 3 stops between floors",
        "facilities",
        "D",
        "Lift out of use until the vendor has been; beds go by lift 1.",
        ("3W", "3E", "OR", "ED"),
        tier=3,
        side="FAC",
        asked="A vendor today",
    ),
    Concern(
        "New staff do not know where the code cart is",
        "method",
        "S",
        "Part of the first hour with the buddy; poster at the desk.",
        _WARDS,
    ),
    Concern(
        "Phones ring through at night because nobody is at the desk",
        "communication",
        "P",
        "Calls go to the charge nurse's phone after 22:00.",
        _WARDS,
        side="IT",
    ),
    Concern(
        "Wheelchairs are never back in the morning",
        "equipment",
        "D",
        "Evening porter brings back ten each night.",
        ("ED", "HSC", "VSC", "3E"),
    ),
    Concern(
        "Aggressive visitor at the desk yesterday evening",
        "staffing",
        "P",
        "Guard walks by at 19:00 and 21:00; panic button tested.",
        ("ED", "4W", "OBS"),
        tier=2,
        asked="A guard in the evening",
    ),
    Concern("Scale for beds is broken since Monday", "equipment", "Q", "Loan scale from 3 East until Friday.", _WARDS),
    Concern(
        "Consent form for blood is out of date",
        "method",
        "Q",
        "New form loaded; old stock thrown away.",
        ("OR", "3W", "3E", "LD"),
    ),
    Concern(
        "Specimens stay in the tube station",
        "flow",
        "D",
        "Clerk empties it every half hour, round sheet beside it.",
        _CARE,
    ),
    Concern(
        "Family could not find a parking place for chemotherapy",
        "access",
        "D",
        "Six places by the door are kept for treatment.",
        ("6W", "VSC"),
        tier=3,
        asked="Six parking places by the door",
    ),
    Concern(
        "No Spanish speaker for the asthma class",
        "access",
        "E",
        "Class with interpreter booked on Tuesdays.",
        _CLINICS,
        side="INT",
    ),
    Concern(
        "Appointment letters go to old addresses",
        "it",
        "E",
        "Address is asked at each visit; vendor mends the field.",
        _CLINICS,
        tier=2,
        side="IT",
        asked="A repair of the address field",
    ),
    Concern(
        "Vaccines came too warm",
        "supplies",
        "S",
        "Delivery refused, new one tomorrow at 07:00; logger in every box.",
        _CLINICS,
        side="PHA",
    ),
    Concern(
        "Two patients with the same name in neighbouring rooms",
        "method",
        "S",
        "One moved; name alert on the door.",
        _WARDS,
    ),
    Concern(
        "Breaks are missed on late shift",
        "staffing",
        "P",
        "Break cover agreed with the next unit; written on the board.",
        _WARDS,
    ),
    Concern(
        "First case starts late since the room is not set",
        "flow",
        "D",
        "Room set by 06:40, checked by the evening lead.",
        ("OR",),
    ),
    Concern(
        "Instrument trays come back incomplete",
        "supplies",
        "Q",
        "Count sheet signed on both sides for two weeks.",
        ("OR",),
        tier=2,
        asked="A count on both sides",
    ),
    Concern(
        "CT images take long to appear",
        "it",
        "D",
        "Vendor on the phone; second reading station opened.",
        ("IMG", "ED"),
        tier=4,
        asked="A call to the vendor from the top",
    ),
    Concern(
        "Overtime three days in a row on nights",
        "staffing",
        "C",
        "Two shifts filled from the pool; schedule looked at on Thursday.",
        _CARE,
        tier=2,
        asked="Two nights from the pool",
    ),
    Concern("Gloves in size S are out", "supplies", "P", "Two boxes from 4 East; order doubled.", _WARDS, side="SCM"),
    Concern(
        "Newborn screening card was not signed",
        "method",
        "Q",
        "Checked at hand-over; two names on the list.",
        ("MB", "LD"),
    ),
    Concern(
        "Noise of the floor machine at 05:00", "facilities", "P", "Machine comes at 10:00 now.", _WARDS, side="EVS"
    ),
    Concern(
        "Patients wait outside before the clinic opens",
        "access",
        "D",
        "Door opens at 07:30; chairs in the hall.",
        _CLINICS,
    ),
    Concern(
        "Insulin given before the tray arrives", "method", "S", "Tray first, then insulin: card on the tray.", _WARDS
    ),
    Concern(
        "Badge readers of the stairwell are down",
        "it",
        "S",
        "Repaired at 09:20; log kept by hand until then.",
        ("ED", "PHA", "LD"),
        side="IT",
    ),
    Concern(
        "Agency nurse without log-in for half a shift",
        "it",
        "C",
        "Log-ins are ready the day before; list goes out at 15:00.",
        _WARDS,
        tier=2,
        side="IT",
        asked="Log-ins the day before",
    ),
)

#: What an origin says when it is not solved after all.
NOT_YET: Final = ("It came back after two days.", "Works on days, not at night.", "Only one of the two is repaired.")

#: Why it goes up, by the code of the list.
CANNOT: Final = ("authority", "money", "other_unit", "system", "expertise")
