"""The kinds of chart, and what each of them asks of its points."""

from enum import IntEnum
from typing import Final

from analytics.outcomes import SettingError

EXACT_FACTOR: Final = 3 / 1.128
"""Three standard deviations in mean moving ranges (d2 of two points is 1.128). Making Data Count rounds it to 2.66."""
RANGE_LIMIT: Final = 3.267
"""Upper limit of a chart of moving ranges, in mean moving ranges (D4 of two points)."""
TIME_POWER: Final = 3.6
"""Times between events become nearly normal as their 3.6th root (Nelson 1994)."""


class Kind(IntEnum):
    """A kind of chart. The numbers are stored beside limits: a kind keeps its number for ever.

    RUN: any figure around its median, no limits. XMR: any figure, limits from moving ranges. MR: those moving ranges.
    P: share of cases (values are events, sizes are cases). U: events per exposure. C: events in equal periods.
    P_PRIME, U_PRIME, C_PRIME: the same with limits as wide as the points really spread (Laney), for large sizes.
    G: cases or whole days between events. T: time between events. I_PRIME: ratio with limits from moving ranges that
    are weighted by size (Taylor).
    """

    RUN = 0
    XMR = 1
    MR = 2
    P = 3
    U = 4
    C = 5
    P_PRIME = 6
    U_PRIME = 7
    C_PRIME = 8
    G = 9
    T = 10
    I_PRIME = 11

    @property
    def sized(self) -> bool:
        """Whether the kind needs the size of each point."""
        return self in _SIZED

    @property
    def may_be_sized(self) -> bool:
        """Whether sizes may be given: values are then divided by them."""
        return self in _SIZED or self in {Kind.RUN, Kind.XMR, Kind.MR}

    @property
    def share(self) -> bool:
        """Whether the points are shares of a whole, so that no line lies above 1."""
        return self in {Kind.P, Kind.P_PRIME}

    @property
    def never_negative(self) -> bool:
        """Whether neither a point nor a line can lie below 0."""
        return self not in {Kind.RUN, Kind.XMR, Kind.I_PRIME}

    @property
    def spread_seen(self) -> bool:
        """Whether limits come from how much the points really vary, for which at least two are needed."""
        return self in {Kind.XMR, Kind.P_PRIME, Kind.U_PRIME, Kind.C_PRIME, Kind.T, Kind.I_PRIME}


_SIZED: Final = frozenset({Kind.P, Kind.U, Kind.P_PRIME, Kind.U_PRIME, Kind.I_PRIME})
_NAMES: Final = {
    "run": Kind.RUN,
    "i": Kind.XMR,
    "x": Kind.XMR,
    "xmr": Kind.XMR,
    "mr": Kind.MR,
    "p": Kind.P,
    "u": Kind.U,
    "c": Kind.C,
    "pp": Kind.P_PRIME,
    "up": Kind.U_PRIME,
    "cp": Kind.C_PRIME,
    "p'": Kind.P_PRIME,
    "u'": Kind.U_PRIME,
    "c'": Kind.C_PRIME,
    "g": Kind.G,
    "t": Kind.T,
    "ip": Kind.I_PRIME,
    "i'": Kind.I_PRIME,
}


def kind_of(name: str) -> Kind:
    """The kind that a short name means: "xmr" or "i", "p", "p'" or "pp", ... in any case, with ' or ′.

    Raises SettingError for a name that is none.
    """
    found = _NAMES.get(name.strip().lower().replace("′", "'").replace("’", "'"))
    if found is None:
        raise SettingError(f"there is no chart of the kind {name!r}; there are {', '.join(_NAMES)}")
    return found
