"""Tuesday at Harbor Valley Health, hour by hour: 33 huddles, 19 issues of the huddles, an outage and a gap, and the
answers that come back. Every line is one act of the house, at the time at which it happens.
"""

from typing import Final

from huddleboard.rehearsal.stage import Stage
from huddles.actions import huddles as meetings
from huddles.actions import issues
from huddles.models import Huddle
from huddles.rules.issues import Ask, ChoiceKind, Outcome, Source, Urgency, Verdict

#: Solved while the unit stands together: (unit, what is wrong, what was done).
ON_THE_SPOT: Final = (
    ("4W", "Code cart seal is broken", "Seal renewed, contents checked."),
    ("4E", "Two patients with the same name side by side", "One moved; name alert on the door."),
    ("3E", "No size S gloves", "Two boxes from 3 West."),
    ("MICU", "Alarm volume of bed 4 is off", "Set again, checked at each hand-over."),
    ("MB", "Screening card not signed", "Signed; two names on the list."),
    ("PACU", "Phone at the desk is dead", "Cable was out."),
)
#: Kept by the unit, done within three days.
QUICK_HITS: Final = (
    ("5E", "Bladder scanner not charged at night", "Charger moves to the med room by Thursday."),
    ("6W", "No parking for chemotherapy", "Six places kept; signs by Friday."),
    ("3W", "Wheelchairs never back in the morning", "Evening porter brings ten each night from tomorrow."),
    ("LD", "Consent form for blood out of date", "New form loaded tomorrow, old stock out."),
    ("PED", "Breaks missed on late shift", "Break cover agreed with Mother and baby."),
    ("STEP", "Specimens stay in the tube station", "Emptied each half hour, sheet beside it."),
    ("OBS", "Late trays after dialysis", "Kitchen is called when the patient leaves."),
    ("SICU", "Pain score not asked again", "Reminder on the work list."),
)
#: What the unit cannot solve: (name, unit, what is wrong, the ask, in one line, needed by).
ESCALATED: Final = (
    ("pumps", "4E", "IV pumps are missing, three patients wait", Ask.RESOURCE, "Ten pumps", "11:00"),
    ("pumps again", "5E", "No free IV pump since six", Ask.RESOURCE, "Four pumps", "11:00"),
    ("images", "ED", "CT images take 20 minutes to appear", Ask.DECISION, "Vendor on the phone today", "14:00"),
    ("sitter", "4W", "Nobody to sit with a patient tonight", Ask.RESOURCE, "One person for tonight", "18:00"),
    ("labels", "NICU", "Label printer jams with every second label", Ask.COORDINATION, "A second printer", "16:00"),
)
INTERPRETER: Final = (("tablets", "HSC"), ("tablets north", "NSC"), ("tablets valley", "VSC"))
QUIET_UNIT: Final = "5W"
LATE_UNIT: Final = "PED"


def play(stage: Stage) -> None:
    """The whole day, and the next morning."""
    gap_climbs(stage)
    units_huddle(stage)
    lines_huddle(stage)
    interpreters_fail(stage)
    branches_huddle(stage)
    executives_huddle(stage)
    afternoon(stage)
    next_morning(stage)


def gap_climbs(stage: Stage) -> None:
    """A gap between groups was raised by a rule on Monday; nobody took it, and silence carried it to the top."""
    stage.raise_one(
        "gap",
        "Pain relief within an hour: Spanish speakers wait longer, two months in a row",
        "ED",
        "00:10",
        source=Source.RULE,
        days=-1,
        category="access",
    )
    while stage.issue("gap").place_id != stage.units["HVH"].pk:
        stage.ring(stage.issue("gap").clock_at or stage.at("00:00"))


def units_huddle(stage: Stage) -> None:
    """07:00: 24 units should meet; one does not. 19 issues are raised: 14 are solved or kept, 5 go up."""
    for code, unit in stage.units.items():
        if unit.tier.level == 1 and code != QUIET_UNIT and planned(stage, code):
            stage.hold(code, "07:08" if code == LATE_UNIT else "07:00", 14 if code == LATE_UNIT else 11)
    for code, title, words in ON_THE_SPOT:
        issue = stage.raise_one(title, title, code, "07:05")
        issues.settle(issue=issue, by=stage.leads[code], at=stage.at("07:07"), note=words)
    for code, title, words in QUICK_HITS:
        stage.raise_one(title, title, code, "07:06")
        stage.quick_hit(title, words, "07:08")
    for name, code, title, ask, asked, needed in ESCALATED:
        stage.raise_one(name, title, code, "07:07", category="equipment")
        stage.send_up(name, ask, asked, needed, "07:10")
    reason = stage.choice(ChoiceKind.NOT_HELD, "busy")
    quiet = stage.huddle(QUIET_UNIT, stage.at("07:00"))
    meetings.say_not_held(huddle=quiet, reason=reason, note="", by=stage.leads["MED"], at=stage.at("08:03"))


def planned(stage: Stage, code: str) -> bool:
    """Whether the unit huddles at seven."""
    return Huddle.objects.filter(unit=stage.units[code], planned_at=stage.at("07:00")).exists()


def lines_huddle(stage: Stage) -> None:
    """08:00: five items; two are the same and are joined, one is answered, one is kept, two go on."""
    for code in ("MED", "SURG", "WCH", "ECC", "AMB", "SUP"):
        stage.hold(code, "08:00", 13)
    issues.merge(
        issue=stage.issue("pumps again"), into=stage.issue("pumps"), by=stage.leads["MED"], at=stage.at("08:05")
    )
    issues.answer(
        issue=stage.issue("sitter"),
        outcome=Outcome.RESOURCED,
        tell_staff="A float from the pool sits with the patient from 19:00.",
        due_at=stage.at("19:00"),
        by=stage.leads["MED"],
        at=stage.at("08:07"),
    )
    issues.acknowledge(issue=stage.issue("labels"), by=stage.leads["WCH"], at=stage.at("08:06"))
    stage.send_up("pumps", Ask.RESOURCE, "Pumps from another line", "11:00", "08:09")
    stage.send_up("images", Ask.DECISION, "Vendor on the phone today", "14:00", "08:10", cannot="authority")


def interpreters_fail(stage: Stage) -> None:
    """08:30: the video units are down in three clinics; staff tell it by the code at the unit."""
    for minute, (name, code) in enumerate(INTERPRETER):
        stage.raise_one(
            name,
            "Interpreter video is down",
            code,
            f"08:3{minute}",
            source=Source.CODE,
            urgency=Urgency.URGENT,
            category="access",
        )
    first = stage.issue("tablets")
    clinic = stage.leads["HSC"]
    issues.transfer(issue=first, to=stage.units["INT"], note="Is it the network?", by=clinic, at=stage.at("08:36"))
    services = stage.leads["INT"]
    issues.acknowledge(issue=stage.issue("tablets"), by=services, at=stage.at("08:40"))
    for name, _code in INTERPRETER[1:]:
        issues.merge(issue=stage.issue(name), into=stage.issue("tablets"), by=services, at=stage.at("08:44"))
    stage.send_up(
        "tablets",
        Ask.DECISION,
        "Rent video units until the network is repaired",
        "15:00",
        "08:50",
        cannot="money",
        to="OPS",
        note="The service line has met already; three clinics wait.",
    )


def branches_huddle(stage: Stage) -> None:
    """09:00: three items; one is solved, two go to the executives."""
    for code in ("CLIN", "OPS"):
        stage.hold(code, "09:00", 14)
    issues.finish(
        issue=stage.issue("pumps"),
        by=stage.leads["CLIN"],
        at=stage.at("09:10"),
        note="Twelve pumps moved from the operating rooms.",
    )
    stage.send_up("images", Ask.RESOURCE, "A call to the vendor from the top", "14:00", "09:11", cannot="authority")
    stage.send_up("tablets", Ask.DECISION, "Rent twelve video units", "15:00", "09:12", cannot="money")


def executives_huddle(stage: Stage) -> None:
    """10:00: a queue of three. Each gets one outcome, one owner, one hour."""
    stage.hold("HVH", "10:00", 13)
    _ceo, _cno, cmo, coo, *_others = stage.executives
    issues.answer(
        issue=stage.issue("tablets"),
        outcome=Outcome.DECIDED,
        tell_staff="Twelve video units are rented and in the clinics by 15:00.",
        due_at=stage.at("15:00"),
        by=coo,
        at=stage.at("10:05"),
    )
    issues.answer(
        issue=stage.issue("images"),
        outcome=Outcome.RESOURCED,
        tell_staff="The vendor is called before noon; a second reading station opens until then.",
        due_at=stage.at("18:00"),
        by=cmo,
        at=stage.at("10:08"),
    )
    issues.answer(
        issue=stage.issue("gap"),
        outcome=Outcome.DECIDED,
        tell_staff="The chief medical officer sponsors an A3 on pain relief for Spanish speakers.",
        due_at=stage.at("18:00", 28),
        by=cmo,
        at=stage.at("10:11"),
    )


def afternoon(stage: Stage) -> None:
    """15:05 a promise is late; 15:40 it is done; 16:30 two clinics confirm and the third one does not."""
    _ceo, _cno, cmo, coo, *_others = stage.executives
    stage.ring(stage.at("15:05"))
    issues.finish(issue=stage.issue("tablets"), by=coo, at=stage.at("15:40"))
    for name, code in INTERPRETER[:2]:
        issues.read_out(issue=stage.issue(name), by=stage.leads[code], at=stage.at("16:30"))
        issues.confirm(issue=stage.issue(name), verdict=Verdict.SOLVED, by=stage.leads[code], at=stage.at("16:32"))
    name, code = INTERPRETER[2]
    issues.confirm(
        issue=stage.issue(name),
        verdict=Verdict.NOT_SOLVED,
        note="Ours stays dark: the unit went to the wrong floor.",
        by=stage.leads[code],
        at=stage.at("16:34"),
    )
    issues.finish(issue=stage.issue("images"), by=cmo, at=stage.at("17:30"))
    issues.finish(issue=stage.issue("sitter"), by=stage.leads["MED"], at=stage.at("19:05"))
    issues.finish(
        issue=stage.issue("labels"), by=stage.leads["WCH"], at=stage.at("15:30"), note="Second printer is here."
    )
    issues.acknowledge(issue=stage.issue("tablets"), by=coo, at=stage.at("16:50"))


def next_morning(stage: Stage) -> None:
    """Wednesday 07:00: what came back is read out where it began, and confirmed; the last clinic at 11:30."""
    coo = stage.executives[3]
    heard = {"pumps": "4E", "pumps again": "5E", "images": "ED", "sitter": "4W", "labels": "NICU"}
    for code in sorted(set(heard.values())):
        stage.hold(code, "07:00", 10, days=1)
    for name, code in heard.items():
        issues.read_out(issue=stage.issue(name), by=stage.leads[code], at=stage.at("07:02", 1))
        issues.confirm(issue=stage.issue(name), verdict=Verdict.SOLVED, by=stage.leads[code], at=stage.at("07:03", 1))
    issues.finish(issue=stage.issue("tablets"), by=coo, at=stage.at("10:40", 1), note="The unit is on the right floor.")
    name, code = INTERPRETER[2]
    issues.confirm(issue=stage.issue(name), verdict=Verdict.SOLVED, by=stage.leads[code], at=stage.at("11:30", 1))
