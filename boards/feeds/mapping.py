"""How the files of a source are read: the recipe that a saved mapping holds as JSON. Fields: docs/feeds.md."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Final, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from boards import single_people

Form = Literal["long", "saner", "wide"]
Means = Literal["day", "week_ending", "week_starting", "week", "month", "quarter"]
Order = Literal["", "ymd", "dmy", "mdy"]


@dataclass(frozen=True, slots=True)
class Numbers:
    """How numbers are written. Without `decimal` a point is the decimal mark and a comma is refused as ambiguous."""

    decimal: Literal["", ".", ","] = ""
    thousands: Literal["", ",", ".", " ", "'"] = ""
    suppressed: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dates:
    """How dates are written: ISO always; `order` for 03/04/2026, `pattern` in strptime's signs, `excel` serial days."""

    order: Order = ""
    pattern: str = ""
    excel: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Rows whose cell in `column` is one of `equals`, or none of `unlike`. Compared without regard to case."""

    column: str
    equals: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Count:
    """Where a count comes from: a column (less another, `minus`), or the number of rows (`rows`), perhaps only some."""

    column: str = ""
    minus: str = ""
    rows: bool = False
    where: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class WideMeasure:
    """One measure of a wide file: its counts, and the rows that speak of it."""

    measure: str
    numerator: Count | None = None
    denominator: Count | None = None
    filters: tuple[Filter, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitColumn:
    """The unit: a column with unit codes or values that `codes` translates, or one `constant` unit for the file."""

    column: str = ""
    constant: str = ""
    codes: Mapping[str, str] = field(default_factory=dict)
    unknown: Literal["error", "skip"] = "error"


@dataclass(frozen=True, slots=True)
class Deal:
    """Rows without a date, dealt evenly over days in the order of the file or of a numeric column. For trials only."""

    first: str
    last: str
    order_by: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """The period: a column and what its date means, or rows dealt to days."""

    column: str = ""
    means: Means = "day"
    deal: Deal | None = None


@dataclass(frozen=True, slots=True)
class StratumColumn:
    """A dimension's column; `values` translates cells to category codes, other cells are looked up as they are."""

    dimension: str
    column: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a file is read. The default reads the simple long form as it is documented."""

    form: Form = "long"
    encoding: str = ""
    delimiter: str = ""
    header_row: int = 1
    numbers: Numbers = field(default_factory=Numbers)
    dates: Dates = field(default_factory=Dates)
    rename: Mapping[str, str] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    ignore_others: bool = False
    filters: tuple[Filter, ...] = ()
    totals: tuple[Filter, ...] = ()
    measure: str = ""
    unit: UnitColumn = field(default_factory=UnitColumn)
    period: Period = field(default_factory=Period)
    measures: tuple[WideMeasure, ...] = ()
    strata: tuple[StratumColumn, ...] = ()
    intersections: tuple[tuple[str, ...], ...] = ()
    aggregate: bool = False
    patients: bool = False

    @property
    def adds_up(self) -> bool:
        """Whether many rows make one reading."""
        return self.aggregate or self.patients


_T = TypeVar("_T")
_NAMES: Final = {str: "text", int: "number", bool: "true or false", dict: "object", list: "list"}


def recipe(settings: Mapping[str, Any]) -> Recipe:
    """The recipe that a mapping's settings describe. Raises ValidationError with every mistake and where it stands."""
    mistakes: list[str] = []
    made = _build(Recipe, settings, "", mistakes)
    if made is not None and not mistakes:
        mistakes += _unfit(made)
    if mistakes or made is None:
        raise ValidationError(mistakes)
    return made


def _unfit(made: Recipe) -> list[str]:
    """What is well formed but makes no sense."""
    found = []
    if made.header_row < 1:
        found.append(_("header_row: 1 or more."))
    if made.delimiter and (len(made.delimiter) != 1 or not made.delimiter.isascii()):
        found.append(_("delimiter: one sign."))
    if made.numbers.decimal and made.numbers.decimal == made.numbers.thousands:
        found.append(_("numbers: decimal and thousands cannot be the same sign."))
    if made.form != "wide":
        extra = [n for n in ("measures", "strata", "intersections", "aggregate", "patients") if getattr(made, n)]
        return found + [_("%(name)s: only for the form “wide”.") % {"name": name} for name in extra]
    if not made.measures:
        found.append(_("measures: at least one is needed."))
    if not (made.unit.column or made.unit.constant):
        found.append(_("unit: a column or a constant is needed."))
    if not (made.period.column or made.period.deal):
        found.append(_("period: a column is needed."))
    for number, one in enumerate(made.measures):
        counts = [c for c in (one.numerator, one.denominator) if c is not None]
        if not counts:
            found.append(_("measures[%(n)s]: a numerator or a denominator is needed.") % {"n": number})
        if any(bool(c.column) == c.rows for c in counts):
            found.append(_("measures[%(n)s]: each count is either a column or rows.") % {"n": number})
        if any((c.rows or c.where) for c in counts) and not made.adds_up:
            found.append(_("measures[%(n)s]: rows are counted only with “aggregate”.") % {"n": number})
    columns = [made.unit.column, *(word for stratum in made.strata for word in (stratum.dimension, stratum.column))]
    found += [f"{word}: {single_people.sentence()}" for word in columns if single_people.names_one_person(word)]
    known = {stratum.dimension for stratum in made.strata}
    if any(not set(names) <= known or len(set(names)) < len(names) or len(names) == 1 for names in made.intersections):
        found.append(_("intersections: at least two dimensions out of those in strata."))
    return found


def _build(kind: type[_T], given: Any, path: str, mistakes: list[str]) -> _T | None:
    if not isinstance(given, Mapping):
        mistakes.append(_("%(path)s: an object is expected.") % {"path": path or "settings"})
        return None
    hints = get_type_hints(kind)
    known = {f.name: f for f in fields(kind)}  # type: ignore[arg-type]
    mistakes.extend(
        _("%(path)s: is not known.") % {"path": f"{path}{name}"}
        for name in sorted(map(str, given.keys() - known.keys()))
    )
    values: dict[str, Any] = {}
    for name, about in known.items():
        if name in given:
            values[name] = _value(hints[name], given[name], f"{path}{name}", mistakes)
        elif about.default is MISSING and about.default_factory is MISSING:
            mistakes.append(_("%(path)s: is needed.") % {"path": f"{path}{name}"})
    return None if mistakes else kind(**values)


def _value(hint: Any, given: Any, path: str, mistakes: list[str]) -> Any:
    origin = get_origin(hint)
    if origin in {UnionType, Union}:
        inner = next(part for part in get_args(hint) if part is not NoneType)
        return None if given is None else _value(inner, given, path, mistakes)
    if origin is Literal:
        if given in get_args(hint):
            return given
        options = ", ".join(f"“{option}”" for option in get_args(hint))
        mistakes.append(_("%(path)s: one of %(options)s.") % {"path": path, "options": options})
        return None
    if origin is tuple:
        if isinstance(given, Sequence) and not isinstance(given, str):
            inner = get_args(hint)[0]
            return tuple(_value(inner, item, f"{path}[{i}]", mistakes) for i, item in enumerate(given))
        mistakes.append(_("%(path)s: a list is expected.") % {"path": path})
        return ()
    if origin is not None:
        return _words(given, path, mistakes)
    if is_dataclass(hint) and isinstance(hint, type):
        return _build(hint, given, f"{path}.", mistakes)
    if isinstance(given, hint) and (hint is bool or not isinstance(given, bool)):
        return given
    mistakes.append(_("%(path)s: %(kind)s is expected.") % {"path": path, "kind": _NAMES.get(hint, str(hint))})
    return None


def _words(given: Any, path: str, mistakes: list[str]) -> Mapping[str, str]:
    if isinstance(given, Mapping) and all(isinstance(k, str) and isinstance(v, str) for k, v in given.items()):
        return dict(given)
    mistakes.append(_("%(path)s: an object of texts is expected.") % {"path": path})
    return {}
