"""The code tables of `data/` as rows of dimensions, categories and groupings. Reads files, touches no database.

What each table states and how sure it is stands in `data/README.md`.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from boards.rules import CategoryState

_DATA: Final = Path(__file__).resolve().parent / "data"
NULL_FLAVOR: Final = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
CDCREC: Final = "urn:oid:2.16.840.1.113883.6.238"


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A category as it is stored, with other ways in which sources write it."""

    code: str
    name: str
    state: CategoryState = CategoryState.KNOWN
    system: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupingRow:
    """A way to show categories: `groups` is category code → name of its group, in the order of display."""

    code: str
    name: str
    groups: Mapping[str, str]
    default: bool = False


@dataclass(frozen=True, slots=True)
class DimensionRow:
    """A way to split patients, with its categories and the ways to show them."""

    code: str
    name: str
    categories: Sequence[CategoryRow]
    groupings: Sequence[GroupingRow] = ()
    ordered: bool = False
    partition: bool = True


@cache
def read(name: str) -> dict[str, Any]:
    """A table of `data/` by its file name without the ending."""
    table: dict[str, Any] = json.loads((_DATA / f"{name}.json").read_text(encoding="utf-8"))
    return table


def records(name: str, **wanted: str) -> list[dict[str, Any]]:
    """The records of a table whose fields equal `wanted`."""
    return [r for r in read(name)["records"] if all(r.get(key) == value for key, value in wanted.items())]


UNKNOWN: Final = CategoryRow(
    "UNK", "Unknown", CategoryState.UNKNOWN, NULL_FLAVOR, ("Unknown", "Not known", "Missing", "NI", "No information")
)
DECLINED: Final = CategoryRow(
    "ASKU",
    "Declined or no answer",
    CategoryState.DECLINED,
    NULL_FLAVOR,
    ("Declined", "Refused", "Patient declined", "Prefer not to say", "Choose not to disclose", "Asked but no answer"),
)
NOT_ASKED: Final = CategoryRow("NASK", "Not asked", CategoryState.NOT_ASKED, NULL_FLAVOR, ("Not asked",))
#: Three different things, at the end of every dimension and never dropped.
ABSENT: Final = (DECLINED, NOT_ASKED, UNKNOWN)
ABSENT_GROUPS: Final = {row.code: row.name for row in ABSENT}

_STATES: Final = {
    "unknown": CategoryState.UNKNOWN,
    "suppressed": CategoryState.UNKNOWN,
    "declined_or_unanswered": CategoryState.DECLINED,
}


def _plain(rows: Iterable[Mapping[str, Any]], aliases: Mapping[str, Sequence[str]] | None = None) -> list[CategoryRow]:
    """Records as categories: the code, its display, its state, and the display and `aliases` as other spellings."""
    more = aliases or {}
    return [
        CategoryRow(
            r["code"],
            r["display"],
            _STATES.get(r.get("unknown", ""), CategoryState.KNOWN),
            r["system"],
            (r["display"], *more.get(r["code"], ())),
        )
        for r in rows
    ]


_RACE_WORDS: Final = {
    "1002-5": ("AIAN", "American Indian", "Native American", "Alaska Native"),
    "2028-9": ("ASIAN",),
    "2054-5": ("BLACK", "African American", "AfricanAmerican", "Black/African American"),
    "2076-8": ("NHPI", "Native Hawaiian or Other Pacific Islander", "Pacific Islander"),
    "2106-3": ("WHITE", "Caucasian"),
    "2131-1": ("OTHER", "Some other race"),
    "2135-2": ("HISP", "Hispanic", "Latino", "Latina", "Latinx"),
    "2118-8": ("MENA", "Middle Eastern"),
    "MULTI": ("Multiracial", "Two or more races", "More than one race"),
}


def race_and_ethnicity(default: str) -> DimensionRow:
    """The one combined question of SPD-15, with CDCREC detail codes as spellings of their minimum category.

    Shown as in 2024 ("spd15") or, with people of Middle Eastern origin under White, as in 1997 ("omb_1997").
    """
    minimum = [r for r in records("omb_2024_spd15") if r["level"] in {"minimum", "tabulation"}]
    local = {r["local_code"]: r["code"] for r in minimum} | {"OTHER": "2131-1"}
    spelt: dict[str, list[str]] = {code: list(words) for code, words in _RACE_WORDS.items()}
    for r in read("cdcrec_rollup")["records"]:
        home = local.get(r["spd15"] or "")
        if home is not None and r["code"] != home:
            spelt[home] += [r["code"], r["display"]]
    other = {"code": "2131-1", "display": "Other race", "system": CDCREC}
    categories = [*_plain([*minimum, other], spelt), *ABSENT]
    names = {row.code: row.name for row in categories}
    old = names | {"2118-8": names["2106-3"], "MULTI": "Two or more races"}
    return DimensionRow(
        "race_ethnicity",
        "Race and ethnicity",
        categories,
        (
            GroupingRow("spd15", "SPD-15 of 2024", names, default == "spd15"),
            GroupingRow("omb_1997", "OMB 1997, combined", old, default == "omb_1997"),
        ),
    )


def ethnic_category() -> DimensionRow:
    """The ethnic category of the NHS in England, 16+1 codes, by the groups of the 2001 and of the 2021 census."""
    rows = records("nhs_ethnicity")
    in_2021 = read("nhs_ethnicity")["groups_2021"]
    categories = [row for row in _plain(rows) if row.code != "X"]
    at_99 = next(i for i, row in enumerate(categories) if row.code == "99")
    unknown = categories[at_99]
    categories[at_99] = CategoryRow(unknown.code, unknown.name, unknown.state, unknown.system, ("X", *UNKNOWN.aliases))
    groups = {r["code"]: r["group"] for r in rows if r["code"] != "X"}
    return DimensionRow(
        "race_ethnicity",
        "Ethnic category",
        categories,
        (
            GroupingRow("nhs", "NHS, census of 2001", groups, default=True),
            GroupingRow("nhs_2021", "NHS, census of 2021", groups | in_2021),
        ),
    )


def _two_questions() -> list[DimensionRow]:
    """Race and ethnicity as the two questions of 1997, as eCQM reports still send them."""
    race = [r for r in records("omb_1997", category="race") if "unknown" not in r]
    multi = CategoryRow("MULTI", "Two or more races", CategoryState.KNOWN, "local", _RACE_WORDS["MULTI"])
    ethnicity = [r for r in records("omb_1997", category="ethnicity") if "unknown" not in r]
    words = {"2135-2": _RACE_WORDS["2135-2"], "2186-5": ("Not Hispanic", "Non-Hispanic", "Non Hispanic or Latino")}
    return [
        DimensionRow("race", "Race (question of 1997)", [*_plain(race, _RACE_WORDS), multi, *ABSENT]),
        DimensionRow("ethnicity", "Ethnicity (question of 1997)", [*_plain(ethnicity, words), *ABSENT]),
    ]


_REGIONS: Final = {
    "en": ("en-US", "en-GB", "en-CA", "en-AU"),
    "es": ("es-US", "es-MX", "es-PR", "es-419", "es-ES", "Castilian"),
    "zh": ("zh-Hans", "zh-Hant", "zh-CN", "zh-TW", "Chinese"),
    "cmn": ("Mandarin", "zh-cmn"),
    "yue": ("Cantonese", "zh-yue", "zh-HK"),
    "fr": ("fr-FR", "fr-CA"),
    "pt": ("pt-BR", "pt-PT"),
    "ht": ("Haitian", "Creole"),
    "fa": ("Farsi", "Persian"),
    "ksw": ("Karen",),
    "ase": ("ASL", "sgn-US"),
    "bfi": ("BSL",),
}
_BOARD_LANGUAGES: Final = {"zh": "Chinese", "cmn": "Chinese", "yue": "Chinese", "tl": "Tagalog", "fil": "Tagalog"}
_OWN_BOARD_LANGUAGES: Final = frozenset({"en", "es", "vi", "ko", "ar", "ht", "ru", "so", "ase", "bfi"})


def language() -> DimensionRow:
    """Preferred language by BCP-47 code; boards show the larger ones and pool the rest."""
    rows = [r for r in records("language", category="language") if "unknown" not in r and r["code"] != "zxx"]
    spelt = {r["code"]: (*r.get("iso639_2", "").split("/"), *_REGIONS.get(r["code"], ())) for r in rows}
    other = CategoryRow("other", "Other language", CategoryState.KNOWN, "local", ("Other", "Other languages"))
    undetermined = CategoryRow(
        UNKNOWN.code, "Language unknown", UNKNOWN.state, UNKNOWN.system, (*UNKNOWN.aliases, "und", "Undetermined")
    )
    categories = [*_plain(rows, spelt), other, DECLINED, NOT_ASKED, undetermined]
    names = {row.code: row.name for row in categories}
    board = {
        code: _BOARD_LANGUAGES.get(code, name if code in _OWN_BOARD_LANGUAGES else "Other languages")
        for code, name in names.items()
    }
    board |= {row.code: names[row.code] for row in ABSENT}
    english = {code: "English" if code == "en" else "Other than English" for code in names}
    english |= {row.code: names[row.code] for row in ABSENT}
    return DimensionRow(
        "language",
        "Preferred language",
        categories,
        (
            GroupingRow("board", "Larger languages, others together", board, default=True),
            GroupingRow("english", "English or other", english),
        ),
    )


def _yes_no(code: str, name: str, system: str) -> DimensionRow:
    return DimensionRow(
        code,
        name,
        [
            CategoryRow("yes", "Yes", CategoryState.KNOWN, system, ("Y", "true", "1", "373066001", "LA33-6")),
            CategoryRow("no", "No", CategoryState.KNOWN, system, ("N", "false", "0", "373067005", "LA32-8")),
            *ABSENT,
        ],
    )


def sex(*, nhs: bool) -> DimensionRow:
    """Sex as sources send it, spellings from FHIR, US Core and HL7 v2; those of the NHS only where `nhs`.

    "X" is another thing in the NHS (not known) than in US registrations, hence it is never a spelling elsewhere.
    """
    base = [r for r in records("sex_gender", category="administrative_gender") if "unknown" not in r]
    spelt: dict[str, list[str]] = {code: [] for code in (*(r["code"] for r in base), "unknown")}
    for r in read("sex_gender")["records"]:
        if "maps_to" in r and (nhs or r["category"] != "nhs_person_stated_gender"):
            spelt[r["maps_to"]].append(r["code"])
    gone = CategoryRow(
        UNKNOWN.code, UNKNOWN.name, UNKNOWN.state, UNKNOWN.system, (*UNKNOWN.aliases, *spelt.pop("unknown"))
    )
    return DimensionRow("sex", "Sex", [*_plain(base, spelt), DECLINED, NOT_ASKED, gone])


def gender_and_orientation() -> list[DimensionRow]:
    """Gender identity and sexual orientation: optional, never loaded unless asked for."""
    out = []
    for code, name in (("gender_identity", "Gender identity"), ("sexual_orientation", "Sexual orientation")):
        rows = [r for r in records("sogi", category=code) if "unknown" not in r]
        out.append(DimensionRow(code, name, [*_plain(rows), *ABSENT]))
    return out


def age_bands(chosen: str) -> DimensionRow:
    """A set of age bands by IHE ADX codes. Raises KeyError where there is no such set."""
    rows = records("age_bands", set=chosen)
    if not rows:
        raise KeyError(chosen)
    categories = [
        CategoryRow(
            r["code"],
            r["display"],
            CategoryState.KNOWN,
            r["system"],
            tuple({r["display"], r["display"].replace("-", "–"), r["display"].replace("-", " to ")}),
        )
        for r in rows
    ]
    code = "age_band" if chosen == "board_default" else f"age_band_{chosen}"
    return DimensionRow(code, "Age", [*categories, UNKNOWN], ordered=True)


_PAYER_WORDS: Final = {
    "1": ("MC",),
    "2": ("MD",),
    "5": ("Private", "Commercial", "Private insurance"),
    "8": ("Self-pay / no payer", "Uninsured"),
    "81": ("Self-pay", "SelfPay", "SP"),
    "9": ("Other",),
    "14": ("Dual", "Dual eligible"),
}


def payer() -> DimensionRow:
    """Source of payment by SOP codes; boards show the roll-up."""
    rows = [r for r in records("payer_sop") if r["rollup"] != "Unknown"]
    gone = CategoryRow(UNKNOWN.code, "Payer unknown", UNKNOWN.state, UNKNOWN.system, (*UNKNOWN.aliases, "99", "9999"))
    categories = [*_plain(rows, _PAYER_WORDS), DECLINED, NOT_ASKED, gone]
    groups = {r["code"]: r["rollup"] for r in rows} | ABSENT_GROUPS | {gone.code: gone.name}
    return DimensionRow("payer", "Payer", categories, (GroupingRow("board", "Kinds of payer", groups, default=True),))


def disability() -> list[DimensionRow]:
    """The six questions, each a dimension of its own since they overlap, and the summary of any."""
    questions = [
        _yes_no(f"disability_{r['key']}", r["display"], r["system"])
        for r in records("disability", category="disability")
    ]
    rows = [r for r in records("disability", category="disability_summary") if "unknown" not in r]
    return [DimensionRow("disability", "Any disability", [*_plain(rows), *ABSENT]), *questions]


def deprivation(*, nhs: bool) -> list[DimensionRow]:
    """Area deprivation. Decile 1 is the most deprived in the IMD and the least in the ADI, so they never share one."""
    if nhs:
        tenths = records("deprivation", category="imd_decile")
        fifths = _plain(records("deprivation", category="imd_quintile"))
        names = {row.code: row.name for row in fifths}
        grouped = {r["code"]: names[str(r["quintile"])] for r in tenths} | {UNKNOWN.code: UNKNOWN.name}
        by_fifths = GroupingRow("quintiles", "Fifths", grouped, default=True)
        return [
            DimensionRow(
                "imd_decile", "Deprivation (IMD tenth)", [*_plain(tenths), UNKNOWN], [by_fifths], ordered=True
            ),
            DimensionRow("imd_quintile", "Deprivation (IMD fifth)", [*fifths, UNKNOWN], ordered=True),
        ]
    adi = [*records("deprivation", category="us_adi_state_decile"), *records("deprivation", category="us_adi_special")]
    svi = records("deprivation", category="us_svi_quartile")
    return [
        DimensionRow("adi_state_decile", "Area deprivation (ADI, state tenth)", [*_plain(adi), UNKNOWN], ordered=True),
        DimensionRow("svi_quartile", "Social vulnerability (SVI, fourth)", [*_plain(svi), UNKNOWN], ordered=True),
    ]


def unambiguous(row: DimensionRow) -> DimensionRow:
    """`row` without spellings that would lead to more than one of its categories: they are nobody's."""
    spelt = [{text.lower(): text for text in category.aliases if text} for category in row.categories]
    homes = Counter(low for texts in spelt for low in texts)
    return replace(
        row,
        categories=[
            replace(category, aliases=tuple(text for low, text in texts.items() if homes[low] == 1))
            for category, texts in zip(row.categories, spelt, strict=True)
        ],
    )


def dimensions(*, grouping: str, bands: str, with_gender_and_orientation: bool) -> list[DimensionRow]:
    """All dimensions of a starting catalogue, in the order of display. `grouping`: omb_1997, spd15 or nhs."""
    nhs = grouping == "nhs"
    lep = records("language", category="lep")
    words = {"LEP": ("Limited English proficiency", "yes"), "EP": ("English proficient", "no")}
    rows = [
        ethnic_category() if nhs else race_and_ethnicity(grouping),
        language(),
        _yes_no("interpreter", "Interpreter needed", "http://snomed.info/sct"),
        DimensionRow("lep", "English proficiency", [*_plain(lep, words), *ABSENT]),
        sex(nhs=nhs),
        age_bands(bands),
        payer(),
        *deprivation(nhs=nhs),
        *disability(),
        *([] if nhs else _two_questions()),
        *(gender_and_orientation() if with_gender_and_orientation else []),
    ]
    return [unambiguous(row) for row in rows]
