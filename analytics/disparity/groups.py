"""Groups of patients side by side: a value, its standard error and the number of people of each, for many tables."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from analytics.inputs import flags, floats, setting, wholes
from analytics.outcomes import AnalyticsError, CountError, SettingError, ShapeError

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Tables of J groups; leading axes count the tables. Made by `of_estimates` or `of_counts`, which check.

    `estimate`: (..., J) in the measure's unit, NaN where it is missing. `error`: (..., J) standard errors, NaN where
    none is known. `people`: (..., J), NaN where unknown; a group of 0 people is not there at all, so that tables of
    different widths can be filled up with empty groups.
    `favourable`: (...) whether a higher value is better. `order`: (J,) rank of each group, the lowest is the most
    disadvantaged; None for groups without an order. `reference`: (...) column of the reference group, -1 for none.
    `scale`: the largest value possible (100 for per cent, 1000 for per mille).
    """

    estimate: Floats
    error: Floats
    people: Floats
    favourable: Bools
    order: Floats | None
    reference: Ints
    scale: float

    @classmethod
    def of_estimates(
        cls,
        estimate: npt.ArrayLike,
        error: npt.ArrayLike | None = None,
        people: npt.ArrayLike | None = None,
        *,
        favourable: npt.ArrayLike,
        order: npt.ArrayLike | None = None,
        reference: npt.ArrayLike | None = None,
        scale: float = 100.0,
    ) -> "Groups":
        """Groups of known values; arrays that broadcast to (..., J), None or NaN where nothing is known.

        Raises ShapeError where the arrays do not fit, CountError for negative or infinite people, AnalyticsError for
        infinite values or negative standard errors, SettingError for two groups of the same rank, a reference column
        that is not there or a scale that is not positive.
        """
        nothing = np.nan
        arrays = (estimate, nothing if error is None else error, nothing if people is None else people)
        try:
            values, errors, sizes = (
                np.array(a, dtype=np.float64) for a in np.broadcast_arrays(*(floats(a) for a in arrays))
            )
            better = np.broadcast_to(flags(favourable), values.shape[:-1])
            asked = wholes(-1 if reference is None else reference, "reference columns")
            column = np.broadcast_to(asked, values.shape[:-1])
        except ValueError as unfit:
            raise ShapeError(f"values, errors, people, direction and reference do not fit together: {unfit}") from None
        if not values.ndim:
            raise ShapeError("groups stand along the last axis: a single number is no table")
        _check(values, errors, sizes, column, scale)
        ranks = _ranks(order, values.shape[-1])
        if not values.shape[-1]:
            # No group is one group that is not there.
            values, errors, sizes = (np.full((*values.shape[:-1], 1), fill) for fill in (np.nan, np.nan, 0.0))
            ranks = None if ranks is None else np.zeros(1)
        return cls(values, errors, sizes, better, ranks, column, float(scale))

    @classmethod
    def of_counts(
        cls,
        x: npt.ArrayLike,
        n: npt.ArrayLike,
        *,
        favourable: npt.ArrayLike,
        order: npt.ArrayLike | None = None,
        reference: npt.ArrayLike | None = None,
        scale: float = 100.0,
    ) -> "Groups":
        """Groups of proportions x / n with their binomial standard errors; counts (..., J), NaN is "not known".

        A group with n = 0 is not there. Raises CountError for x above n, else as `of_estimates`.
        """
        try:
            events, sizes = np.broadcast_arrays(floats(x), floats(n))
        except ValueError as unfit:
            raise ShapeError(f"numerators and denominators do not fit together: {unfit}") from None
        if np.isinf(events).any() or (events < 0).any() or (events > sizes).any():
            raise CountError("a numerator is negative, infinite or above its denominator")
        scale = setting(scale, "a scale", above=0)
        share = events / np.where(sizes > 0, sizes, np.nan)
        spread = np.sqrt(share * (1 - share) / np.where(sizes > 0, sizes, np.nan))
        return cls.of_estimates(
            scale * share,
            scale * spread,
            sizes,
            favourable=favourable,
            order=order,
            reference=reference,
            scale=scale,
        )

    @property
    def there(self) -> Bools:
        """(..., J) groups that have people, or of which nothing is known."""
        found: Bools = self.people != 0
        return found

    @property
    def present(self) -> Bools:
        """(..., J) groups that are there and have a value."""
        return self.there & ~np.isnan(self.estimate)

    def with_estimates(self, estimate: Floats) -> "Groups":
        """The same groups with other values, (K, ..., J): one more axis in front, of which direction goes along."""
        shape = estimate.shape
        return replace(
            self,
            estimate=estimate,
            error=np.broadcast_to(self.error, shape),
            people=np.broadcast_to(self.people, shape),
            favourable=np.broadcast_to(self.favourable, shape[:-1]),
            reference=np.broadcast_to(self.reference, shape[:-1]),
        )


def pick(primary: Floats, secondary: Floats, among: Bools) -> Ints:
    """(...) column of the largest `primary` among the marked; of equal ones that with the larger `secondary`.

    The choice rests on the figures and not on the place of a group, so the order of groups without an order never
    matters. 0 where none is marked.
    """
    first = np.where(among, primary, -np.inf)
    tied = among & (first == first.max(axis=-1, keepdims=True))
    second = np.where(np.isnan(secondary), -1.0, secondary)
    chosen: Ints = np.argmax(np.where(tied, second, -np.inf), axis=-1)
    return chosen


def at(values: Floats, column: Ints) -> Floats:
    """(...) the value of each table's chosen column."""
    taken: Floats = np.take_along_axis(values, column[..., None], axis=-1)[..., 0]
    return taken


def _check(values: Floats, errors: Floats, sizes: Floats, column: Ints, scale: float) -> None:
    if np.isinf(values).any() or np.isinf(errors).any() or (errors < 0).any():
        raise AnalyticsError("a value is infinite, or a standard error infinite or negative")
    if np.isinf(sizes).any() or (sizes < 0).any():
        raise CountError("numbers of people must be finite and not negative")
    if (column < -1).any() or (column >= values.shape[-1]).any():
        raise SettingError(f"a reference group is a column from 0 to {values.shape[-1] - 1}, or -1 for none")
    setting(scale, "a scale", above=0)


def _ranks(order: npt.ArrayLike | None, width: int) -> Floats | None:
    if order is None:
        return None
    ranks = floats(order)
    if ranks.shape != (width,):
        raise ShapeError(f"an order has one rank for each of the {width} groups, not the shape {ranks.shape}")
    if np.isnan(ranks).any() or len(np.unique(ranks)) < width:
        raise SettingError("every group of an order has a rank of its own")
    return ranks
